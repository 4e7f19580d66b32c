//! The list of settings.

use std::fmt::Write as _;

/// One setting. In `minato.yaml` it has its key, in the environment `MINATO_` and the key in
/// capitals, on the command line `--` and the key with dashes.
#[derive(Debug)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// What holds when nobody sets it.
    pub default: Option<&'static str>,
    /// How the default is told when it is none of the above.
    pub otherwise: &'static str,
    /// What it is, in one sentence.
    pub help: &'static str,
    /// The environment variable, where Harbor has a name for it.
    pub variable: Option<&'static str>,
    /// Whether it must not stand on a command line, which everybody on the machine can read.
    pub secret: bool,
}

const fn setting(key: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { key, default: Some(default), otherwise: "", help, variable: None, secret: false }
}

const fn optional(key: &'static str, otherwise: &'static str, help: &'static str) -> Setting {
    Setting { key, default: None, otherwise, help, variable: None, secret: false }
}

/// The setting that sets others.
pub(super) const OVERWRITE: &str = "config_overwrite_json";

/// Everything that can be set at the start.
pub const SETTINGS: &[Setting] = &[
    setting("listen", "127.0.0.1:8080", "Address and port to listen on."),
    optional(
        "metrics_listen",
        "no figures",
        "Address and port on which `/metrics` tells Prometheus what goes on, in plain HTTP and to everybody who can reach it, such as `127.0.0.1:9090`.",
    ),
    setting(
        "data_dir",
        "./data",
        "Folder for the embedded database, the blobs on disk and the first password.",
    ),
    optional(
        "external_url",
        "from each request",
        "Public address of the registry, such as `https://registry.example.com`. Scanners come by it.",
    ),
    Setting {
        secret: true,
        ..optional(
            "admin_password",
            "made up, printed once and kept in `admin-password` in the data folder",
            "Password of `admin`; used at the first start only.",
        )
    },
    Setting {
        secret: true,
        ..optional(
            "database_url",
            "SQLite in the data folder",
            "`postgres://user:password@host/database` for PostgreSQL.",
        )
    },
    setting("database_connections", "20", "Most connections of this process to PostgreSQL."),
    optional(
        "storage_url",
        "`storage` in the data folder",
        "`s3://bucket/prefix` with `endpoint`, `region`, `path-style`, `redirect` and `redirect-endpoint` as query parameters; keys from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.",
    ),
    setting(
        "log",
        "info",
        "Which log lines are written: a level (`debug`, `info`, `warning`, `error`, `off`), then perhaps others for components, such as `info,registry=debug` or `info,access=off`.",
    ),
    setting("log_format", "auto", "`text`, `json`, or `auto`: text on a terminal, JSON elsewhere."),
    optional(
        "log_location",
        "standard output",
        "Folder for log files, one for each component: `core.log` and so on.",
    ),
    setting(
        "log_rotate_size",
        "200M",
        "How large a log file may become before a new one is begun, such as `500k` or `1G`.",
    ),
    optional(
        "log_rotate_age",
        "by size only",
        "How old a log file may become before a new one is begun, such as `24h` or `7d`.",
    ),
    setting(
        "log_rotate_count",
        "50",
        "How many older log files of a component are kept, packed; `0` keeps none.",
    ),
    optional(
        "log_endpoint",
        "not sent on",
        "Syslog server that gets all log lines as well: `tcp://host:port`, `udp://host:port` or `tls://host:port`.",
    ),
    optional(
        "log_endpoint_authority",
        "those that the machine trusts",
        "Certificate (PEM) of the authority that the syslog server's certificate is from.",
    ),
    Setting {
        variable: Some("OTEL_EXPORTER_OTLP_ENDPOINT"),
        ..optional(
            "trace_endpoint",
            "no traces",
            "Collector that gets traces by OTLP over HTTP, such as `http://collector:4318`; `/v1/traces` is added.",
        )
    },
    Setting {
        secret: true,
        variable: Some("OTEL_EXPORTER_OTLP_HEADERS"),
        ..optional(
            "trace_headers",
            "none",
            "Headers for the collector, such as `authorization=Bearer%20…`, separated by commas.",
        )
    },
    Setting {
        variable: Some("OTEL_SERVICE_NAME"),
        ..setting("trace_service_name", "minato", "What traces call this registry.")
    },
    setting(
        "trace_sample_rate",
        "1",
        "Which part of requests and jobs is traced, from `0` to `1`; a request that belongs to a trace follows it.",
    ),
    optional("tls_certificate", "no TLS", "Certificate chain (PEM); with `tls_key`, Minato speaks TLS."),
    optional("tls_key", "no TLS", "Private key of the certificate (PEM)."),
    optional(
        "tls_authority",
        "nothing to download",
        "Certificate of your own authority (PEM), which users can download from `/api/v2.0/systeminfo/getcert`.",
    ),
    optional(
        "trusted_proxies",
        "nobody",
        "Addresses or networks, separated by commas, whose `X-Forwarded-*` headers are believed.",
    ),
    optional(
        "redirect_clients",
        "everybody",
        "Addresses or networks of clients that are sent to S3 for blobs, if `storage_url` says that any are.",
    ),
    setting("shutdown_grace", "30s", "How long running requests may go on after a signal to stop."),
    setting("upload_lifetime", "24h", "How long an unfinished upload is kept."),
    setting(
        "sweep_interval",
        "1m",
        "How often it is looked whether uploads and sessions have expired, which a job then takes away.",
    ),
    setting("gc_delay", "2m", "How long the bytes of what was deleted stay, for those who are reading them."),
    setting(
        "undo_period",
        "7d",
        "How long deleted tags, artifacts and repositories can be had back; their bytes stay as long. `0s`: not at all.",
    ),
    setting(
        "gc_hold",
        "1h",
        "How long a blob stays that a push has named and that no manifest needs yet; longer than any push takes.",
    ),
    optional(
        "internal_url",
        "there is none",
        "Address by which scanners reach the registry that are registered with `use_internal_addr`, such as `http://registry.internal:8080`.",
    ),
    optional(
        "outbound_allow",
        "nothing more",
        "Addresses or networks, separated by commas, that may be called from here whatever else holds, such as a receiver of webhooks on this machine.",
    ),
    optional(
        "outbound_deny",
        "nothing more",
        "Addresses or networks that must not be called from here, beside this machine itself and link-local ones.",
    ),
    setting("gc_interval", "30s", "How often garbage is collected."),
    setting(
        "job_workers",
        "10",
        "How many jobs this process runs at once; `0` leaves them to other replicas.",
    ),
    setting(
        "job_lease",
        "30s",
        "How long a job stays with a process that gives no sign of life before another takes it over.",
    ),
    setting(
        "robot_secret_overlap",
        "5m",
        "How long a robot's secret stays good after it was replaced; `0s` ends it at once.",
    ),
    Setting {
        secret: true,
        variable: Some("CONFIG_OVERWRITE_JSON"),
        ..optional(
            OVERWRITE,
            "settings are changed while running",
            "Settings of the management API's `/configurations`, as a JSON object. They are set at every start, and none can be changed while running.",
        )
    },
];

impl Setting {
    /// The environment variable.
    pub fn variable(&self) -> String {
        self.variable.map_or_else(|| format!("MINATO_{}", self.key.to_uppercase()), str::to_owned)
    }

    /// The flag, without its dashes.
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }
}

/// The settings as the documentation shows them.
pub fn markdown_table() -> String {
    let mut table = "| key | variable | flag | default | what it is |\n|---|---|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let flag = if setting.secret { "–".to_owned() } else { format!("`--{}`", setting.flag()) };
        let default =
            setting.default.map_or_else(|| setting.otherwise.to_owned(), |text| format!("`{text}`"));
        let _ = writeln!(
            table,
            "| `{}` | `{}` | {flag} | {default} | {} |",
            setting.key,
            setting.variable(),
            setting.help
        );
    }
    table
}
