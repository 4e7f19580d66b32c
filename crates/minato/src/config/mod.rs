//! Start-up configuration: defaults < `minato.yaml` < environment < flags.
//!
//! [`SETTINGS`] is the one list of what can be set; flags, environment variables, the
//! help text and the table in the documentation are made from it. What can be changed
//! while running is not here but in the database.

mod logs;
mod settings;
mod sources;
mod traces;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use ipnet::IpNet;
use minato_clients::Guard;
use minato_core::GcTimes;
use minato_core::settings::Changes;
use minato_store::s3::{S3Config, S3Credentials};
use minato_types::secret::Secret;

use settings::OVERWRITE;
pub use settings::{SETTINGS, Setting, markdown_table};
use sources::Values;
pub use sources::{Environment, command_line};

/// Where blobs are kept.
#[derive(Clone, Debug)]
pub enum Storage {
    /// In a folder.
    Disk(PathBuf),
    /// In a bucket.
    S3(Box<S3Config>),
}

/// Certificate chain and key, both PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, our own certificate first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// A configuration that was checked as a whole.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address to tell figures on; `None` tells none.
    pub metrics_listen: Option<SocketAddr>,
    /// Folder for everything that Minato keeps itself.
    pub data_dir: PathBuf,
    /// Public address, without a slash at the end.
    pub external_url: Option<String>,
    /// First password of `admin`.
    pub admin_password: Option<Secret>,
    /// The database.
    pub database: minato_db::Options,
    /// The blobs.
    pub storage: Storage,
    /// The log.
    pub logs: crate::logs::Options,
    /// Where traces are sent to, if anywhere.
    pub traces: Option<crate::traces::Options>,
    /// TLS, when Minato ends it itself.
    pub tls: Option<TlsFiles>,
    /// The file with the certificate of our own authority.
    pub tls_authority: Option<PathBuf>,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Clients that are sent to S3; `None` is everybody.
    pub redirect_clients: Option<Vec<IpNet>>,
    /// How long running requests may go on after a signal to stop.
    pub shutdown_grace: Duration,
    /// How long an upload may stay unfinished.
    pub upload_lifetime: Duration,
    /// How often expired uploads are looked for.
    pub sweep_interval: Duration,
    /// When garbage is collected.
    pub gc: GcTimes,
    /// How long deletions can be undone; 0 for not at all.
    pub undo_period: Duration,
    /// What may be called from here.
    pub outbound: Guard,
    /// By what address scanners come that are to use the one inside.
    pub internal_url: Option<String>,
    /// How many jobs run at once.
    pub job_workers: usize,
    /// How long a job is a process's own without a sign of life.
    pub job_lease: Duration,
    /// How long a robot's secret stays good after it was replaced.
    pub robot_secret_overlap: Duration,
    /// Settings of running instances that are fixed here.
    pub overwritten_settings: Option<Changes>,
}

impl Config {
    /// Reads all sources of this process.
    pub fn load(arguments: &clap::ArgMatches) -> Result<Self> {
        Self::from_sources(arguments, &Environment::of_process())
    }

    /// Reads flags, environment and file, and checks the whole.
    pub fn from_sources(arguments: &clap::ArgMatches, environment: &Environment) -> Result<Self> {
        Self::check(&Values::collect(arguments, environment)?, environment)
    }

    fn check(values: &Values, environment: &Environment) -> Result<Self> {
        let data_dir = PathBuf::from(values.required("data_dir")?.text());
        Ok(Self {
            listen: values.parse("listen", "an address and a port, such as `127.0.0.1:8080` or `[::]:80`")?,
            metrics_listen: values.parse_with("metrics_listen", address)?,
            external_url: values.parse_with("external_url", external_url)?,
            admin_password: values.get("admin_password").map(|value| Secret::new(value.text())),
            database: database(values, &data_dir)?,
            storage: storage(values, environment, &data_dir)?,
            logs: logs::options(values)?,
            traces: traces::options(values)?,
            tls: tls(values)?,
            tls_authority: values.get("tls_authority").map(|value| value.text().into()),
            trusted_proxies: values.parse_with("trusted_proxies", networks)?.unwrap_or_default(),
            redirect_clients: values.parse_with("redirect_clients", networks)?,
            shutdown_grace: duration(values, "shutdown_grace")?,
            upload_lifetime: duration(values, "upload_lifetime")?,
            sweep_interval: duration(values, "sweep_interval")?,
            gc: gc(values)?,
            undo_period: duration(values, "undo_period")?,
            outbound: Guard {
                allow: values.parse_with("outbound_allow", networks)?.unwrap_or_default(),
                deny: values.parse_with("outbound_deny", networks)?.unwrap_or_default(),
            },
            internal_url: values.parse_with("internal_url", external_url)?,
            job_workers: values.parse("job_workers", "a number")?,
            job_lease: job_lease(values)?,
            robot_secret_overlap: duration(values, "robot_secret_overlap")?,
            overwritten_settings: overwritten_settings(values)?,
            data_dir,
        })
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "expected an address and a port, such as `127.0.0.1:9090`".to_owned())
}

fn external_url(text: &str) -> Result<String, String> {
    let allowed = "expected `http://` or `https://`, a host and perhaps a port, and no path";
    let (scheme, rest) = text.split_once("://").ok_or(allowed)?;
    let authority = rest.trim_end_matches('/');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    if !matches!(scheme, "http" | "https") || authority.is_empty() || !authority.bytes().all(plain) {
        return Err(allowed.to_owned());
    }
    Ok(format!("{scheme}://{authority}"))
}

fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |part: &str| {
        let part = part.trim();
        part.parse().or_else(|_| part.parse().map(|address: std::net::IpAddr| IpNet::from(address))).map_err(|_| {
            format!("`{part}` is none; expected addresses or networks separated by commas, such as `10.0.0.0/8`")
        })
    };
    text.split(',').filter(|part| !part.trim().is_empty()).map(network).collect()
}

fn duration(values: &Values, key: &'static str) -> Result<Duration> {
    let parse = |text: &str| {
        humantime::parse_duration(text)
            .map_err(|_| "expected a time such as `30s`, `15m` or `24h`".to_owned())
    };
    values.parse_with(key, parse)?.ok_or_else(|| anyhow!("`{key}` has no value"))
}

fn gc(values: &Values) -> Result<GcTimes> {
    let interval = duration(values, "gc_interval")?;
    if interval.is_zero() {
        return Err(anyhow!("`gc_interval` is 0, expected a time such as `30s`"));
    }
    Ok(GcTimes { delay: duration(values, "gc_delay")?, hold: duration(values, "gc_hold")?, interval })
}

fn job_lease(values: &Values) -> Result<Duration> {
    let lease = duration(values, "job_lease")?;
    if lease < Duration::from_secs(1) {
        return Err(anyhow!("`job_lease` is less than a second, expected a time such as `30s`"));
    }
    Ok(lease)
}

fn overwritten_settings(values: &Values) -> Result<Option<Changes>> {
    let Some(value) = values.get(OVERWRITE) else { return Ok(None) };
    // Not repeated: it may hold passwords.
    let changes: Changes = serde_json::from_str(value.text())
        .map_err(|_| anyhow!("{}: expected a JSON object of settings and their values", value.origin()))?;
    minato_core::settings::check(&changes).map_err(|why| anyhow!("{}: {why}", value.origin()))?;
    Ok(Some(changes))
}

fn tls(values: &Values) -> Result<Option<TlsFiles>> {
    match (values.get("tls_certificate"), values.get("tls_key")) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            Ok(Some(TlsFiles { certificate: certificate.text().into(), key: key.text().into() }))
        }
        (Some(given), None) => bail!("{} needs `tls_key` beside it", given.origin()),
        (None, Some(given)) => bail!("{} needs `tls_certificate` beside it", given.origin()),
    }
}

fn database(values: &Values, data_dir: &std::path::Path) -> Result<minato_db::Options> {
    let Some(value) = values.get("database_url") else {
        return Ok(minato_db::Options::Sqlite { path: data_dir.join("minato.db") });
    };
    let url = value.text();
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let max_connections = values.parse("database_connections", "a number from 1")?;
        return Ok(minato_db::Options::Postgres { url: url.to_owned(), max_connections });
    }
    // Not repeated: it may hold a password.
    bail!("{}: the value is no `postgres://user:password@host/database` address", value.origin())
}

fn storage(values: &Values, environment: &Environment, data_dir: &std::path::Path) -> Result<Storage> {
    let Some(value) = values.get("storage_url") else {
        return Ok(Storage::Disk(data_dir.join("storage")));
    };
    if !value.text().starts_with("s3://") {
        bail!("{}: `{}` is not supported; expected `s3://bucket/prefix`", value.origin(), value.text());
    }
    let required = |name: &str| {
        environment
            .get(name)
            .ok_or_else(|| anyhow!("{} needs the environment variable `{name}`", value.origin()))
    };
    let credentials = S3Credentials {
        access_key_id: required("AWS_ACCESS_KEY_ID")?.to_owned(),
        secret_access_key: Secret::new(required("AWS_SECRET_ACCESS_KEY")?),
        session_token: environment.get("AWS_SESSION_TOKEN").map(Secret::new),
    };
    let config =
        S3Config::parse(value.text(), credentials).map_err(|why| anyhow!("{}: {why}", value.origin()))?;
    Ok(Storage::S3(Box::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(flags: &[&str], variables: &[(&str, &str)]) -> Result<Config> {
        let mut words = vec!["minato", "serve"];
        words.extend(flags);
        let matches = command_line().try_get_matches_from(words)?;
        let (_, arguments) = matches.subcommand().unwrap();
        Config::from_sources(arguments, &Environment::of(variables))
    }

    fn complaint(flags: &[&str], variables: &[(&str, &str)]) -> String {
        format!("{:#}", load(flags, variables).unwrap_err())
    }

    fn file(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("minato.yaml");
        std::fs::write(&path, text).unwrap();
        (folder, path.to_str().unwrap().to_owned())
    }

    #[test]
    fn defaults() {
        let config = load(&[], &[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.data_dir, PathBuf::from("./data"));
        assert!(
            matches!(config.database, minato_db::Options::Sqlite { path } if path.ends_with("data/minato.db"))
        );
        assert!(matches!(config.storage, Storage::Disk(path) if path.ends_with("data/storage")));
        assert_eq!(config.upload_lifetime, Duration::from_hours(24));
        assert!(config.tls.is_none() && config.external_url.is_none() && config.trusted_proxies.is_empty());
    }

    #[test]
    fn flags_win_over_environment_over_file() {
        let (_folder, path) = file("listen: 127.0.0.1:1\nlog: warn\nupload_lifetime: 5m\n");
        let variables =
            [("MINATO_CONFIG", path.as_str()), ("MINATO_LISTEN", "127.0.0.1:2"), ("MINATO_LOG", "debug")];
        let config = load(&["--listen", "127.0.0.1:3"], &variables).unwrap();
        assert_eq!(config.listen.port(), 3);
        assert_eq!(config.logs.levels, crate::logs::Levels::parse("debug").unwrap());
        assert_eq!(config.upload_lifetime, Duration::from_mins(5));
    }

    #[test]
    fn lists_in_the_file_and_in_the_environment_are_the_same() {
        let (_folder, path) = file("trusted_proxies: [10.0.0.0/8, '::1']\n");
        let from_file = load(&["--config", &path], &[]).unwrap().trusted_proxies;
        let from_environment =
            load(&[], &[("MINATO_TRUSTED_PROXIES", "10.0.0.0/8, ::1")]).unwrap().trusted_proxies;
        assert_eq!(from_file, from_environment);
        assert_eq!(from_file.len(), 2);
    }

    #[test]
    fn errors_name_the_key_the_origin_and_what_is_allowed() {
        let text = complaint(&[], &[("MINATO_LISTEN", "nowhere")]);
        assert!(
            text.contains("MINATO_LISTEN") && text.contains("`nowhere`") && text.contains("127.0.0.1:8080"),
            "{text}"
        );
        let text = complaint(&["--metrics-listen", "9090"], &[]);
        assert!(text.contains("--metrics-listen") && text.contains("127.0.0.1:9090"), "{text}");
        let text = complaint(&["--shutdown-grace", "soon"], &[]);
        assert!(text.contains("--shutdown-grace") && text.contains("`30s`"), "{text}");
        let (_folder, path) = file("listne: x\n");
        let text = complaint(&["--config", &path], &[]);
        assert!(text.contains("listne") && text.contains(&path) && text.contains("`listen`"), "{text}");
        let text = complaint(&[], &[("MINATO_LISTNE", "x")]);
        assert!(text.contains("MINATO_LISTNE"), "{text}");
        let text = complaint(&[], &[("MINATO_LOG", "info,registry=loud")]);
        assert!(text.contains("MINATO_LOG") && text.contains("registry=debug"), "{text}");
        let text = complaint(&["--log-endpoint", "logs:514"], &[]);
        assert!(text.contains("--log-endpoint") && text.contains("tcp://host:port"), "{text}");
        let text =
            complaint(&["--log-endpoint", "tcp://logs:514", "--log-endpoint-authority", "ca.pem"], &[]);
        assert!(text.contains("--log-endpoint-authority") && text.contains("tls://"), "{text}");
        let text = complaint(&[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]);
        assert!(text.contains("OTEL_EXPORTER_OTLP_ENDPOINT") && text.contains("4318"), "{text}");
        let text = complaint(&["--tls-key", "k.pem"], &[]);
        assert!(text.contains("tls_certificate"), "{text}");
        let text = complaint(&[], &[("MINATO_EXTERNAL_URL", "https://x/path")]);
        assert!(text.contains("no path"), "{text}");
    }

    #[test]
    fn settings_of_running_instances_can_be_fixed() {
        let variable = "CONFIG_OVERWRITE_JSON";
        let config = load(&[], &[(variable, r#"{"read_only":true}"#)]).unwrap();
        assert_eq!(config.overwritten_settings.unwrap()["read_only"], true);
        let text = complaint(&[], &[(variable, r#"{"read_onyl":true}"#)]);
        assert!(text.contains(variable) && text.contains("`read_onyl`"), "{text}");
        let text = complaint(&[], &[(variable, r#"{"ldap_search_password":"hunter2""#)]);
        assert!(text.contains(variable) && !text.contains("hunter2"), "{text}");
        let (_folder, path) = file("config_overwrite_json: '{\"session_timeout\": 5}'\n");
        assert!(load(&["--config", &path], &[]).unwrap().overwritten_settings.is_some());
    }

    #[test]
    fn secrets_are_not_repeated() {
        let text = complaint(&[], &[("MINATO_DATABASE_URL", "mysql://u:hunter2@h/d")]);
        assert!(text.contains("MINATO_DATABASE_URL") && !text.contains("hunter2"), "{text}");
        let text = complaint(&[], &[("MINATO_STORAGE_URL", "s3://b")]);
        assert!(text.contains("AWS_ACCESS_KEY_ID"), "{text}");
        let printed = format!("{:?}", load(&[], &[("MINATO_ADMIN_PASSWORD", "Hunter2hunter2")]).unwrap());
        assert!(!printed.contains("Hunter2"), "{printed}");
    }

    /// With `MINATO_TEST_FIX` set, writes the table instead (`make fix`).
    #[test]
    fn the_documentation_has_the_table() {
        const MARKS: [&str; 2] = ["<!-- settings -->\n", "<!-- end of settings -->\n"];
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let docs = std::fs::read_to_string(path).unwrap();
        let (before, rest) = docs.split_once(MARKS[0]).unwrap();
        let (_, after) = rest.split_once(MARKS[1]).unwrap();
        let right = format!("{before}{}{}{}{after}", MARKS[0], markdown_table(), MARKS[1]);
        if std::env::var_os("MINATO_TEST_FIX").is_some() {
            std::fs::write(path, &right).unwrap();
        } else {
            assert_eq!(docs, right, "run `make fix`");
        }
    }
}
