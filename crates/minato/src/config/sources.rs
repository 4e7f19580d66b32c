//! Where values come from, and saying so when one is wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::settings::{SETTINGS, Setting};

/// Read when it is there and no other file is named.
const DEFAULT_FILE: &str = "minato.yaml";

/// The environment variables of the process, or of a test.
#[derive(Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        let texts = std::env::vars_os();
        Self(
            texts
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// The given ones.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// A value and who set it.
#[derive(Debug)]
pub(super) struct Value {
    text: String,
    origin: String,
}

impl Value {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }
}

/// One value for each setting that has one, from the strongest source.
#[derive(Debug)]
pub(super) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    pub(super) fn collect(arguments: &ArgMatches, environment: &Environment) -> Result<Self> {
        let mut values = BTreeMap::new();
        for setting in SETTINGS {
            if let Some(text) = setting.default {
                let origin = format!("the default of `{}`", setting.key);
                values.insert(setting.key, Value { text: text.to_owned(), origin });
            }
        }
        let named =
            arguments.get_one::<String>("config").map(String::as_str).or(environment.get("MINATO_CONFIG"));
        match named {
            Some(path) => read_file(Path::new(path), &mut values)?,
            None if Path::new(DEFAULT_FILE).is_file() => read_file(Path::new(DEFAULT_FILE), &mut values)?,
            None => {}
        }
        check_variables(environment)?;
        for setting in SETTINGS {
            if let Some(text) = environment.get(&setting.variable()) {
                let origin = format!("the environment variable `{}`", setting.variable());
                values.insert(setting.key, Value { text: text.to_owned(), origin });
            }
            if !setting.secret
                && let Some(text) = arguments.get_one::<String>(setting.key)
            {
                let origin = format!("the flag `--{}`", setting.flag());
                values.insert(setting.key, Value { text: text.clone(), origin });
            }
        }
        Ok(Self(values))
    }

    pub(super) fn get(&self, key: &'static str) -> Option<&Value> {
        self.0.get(key)
    }

    pub(super) fn required(&self, key: &'static str) -> Result<&Value> {
        self.get(key).ok_or_else(|| anyhow!("`{key}` has no value"))
    }

    /// A value that must be there and parse.
    pub(super) fn parse<T: FromStr>(&self, key: &'static str, allowed: &str) -> Result<T> {
        let parse = |text: &str| text.parse().map_err(|_| format!("expected {allowed}"));
        self.parse_with(key, parse)?.ok_or_else(|| anyhow!("`{key}` has no value"))
    }

    /// A value that, if it is there, must parse. The parser says what is allowed.
    pub(super) fn parse_with<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let parsed =
            parse(&value.text).map_err(|why| anyhow!("{}: `{}`: {why}", value.origin, value.text))?;
        Ok(Some(parsed))
    }
}

/// Not settings: those of the tests, and those by which Kubernetes tells every container of a
/// service that is called `minato`.
const FOREIGN: [&str; 4] = ["MINATO_TEST_", "MINATO_TOOLS", "MINATO_SERVICE_", "MINATO_PORT"];

/// A variable of ours that no setting has is a mistyped one.
fn check_variables(environment: &Environment) -> Result<()> {
    let known =
        |name: &str| name == "MINATO_CONFIG" || SETTINGS.iter().any(|setting| setting.variable() == name);
    let foreign = |name: &str| FOREIGN.iter().any(|prefix| name.starts_with(prefix));
    let stray =
        environment.0.keys().find(|name| name.starts_with("MINATO_") && !known(name) && !foreign(name));
    match stray {
        None => Ok(()),
        Some(name) => {
            bail!("the environment variable `{name}` is none of Minato's; `minato serve --help` lists them")
        }
    }
}

fn read_file(path: &Path, values: &mut BTreeMap<&'static str, Value>) -> Result<()> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file `{shown}` can't be read"))?;
    let parsed: Option<BTreeMap<String, serde_norway::Value>> = serde_norway::from_str(&text)
        .with_context(|| format!("the configuration file `{shown}` is no list of `key: value` lines"))?;
    for (key, value) in parsed.unwrap_or_default() {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            let known: Vec<String> = SETTINGS.iter().map(|setting| format!("`{}`", setting.key)).collect();
            bail!("the key `{key}` in `{shown}` is unknown; known are {}", known.join(", "));
        };
        let Some(text) = plain_text(&value) else {
            bail!("the key `{key}` in `{shown}` needs a plain value");
        };
        values.insert(setting.key, Value { text, origin: format!("the key `{key}` in `{shown}`") });
    }
    Ok(())
}

/// Text, numbers and switches as they are written; lists joined by commas.
fn plain_text(value: &serde_norway::Value) -> Option<String> {
    match value {
        serde_norway::Value::String(text) => Some(text.clone()),
        serde_norway::Value::Number(number) => Some(number.to_string()),
        serde_norway::Value::Bool(on) => Some(on.to_string()),
        serde_norway::Value::Sequence(items) => {
            Some(items.iter().map(plain_text).collect::<Option<Vec<_>>>()?.join(","))
        }
        _ => None,
    }
}

/// `minato`'s command line.
pub fn command_line() -> Command {
    let config = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .help("Configuration file [variable: MINATO_CONFIG] [default: minato.yaml, if it is there]");
    let configured = |name: &'static str, about: &'static str| {
        Command::new(name)
            .about(about)
            .after_help(variables_only())
            .arg(config.clone())
            .args(SETTINGS.iter().filter(|setting| !setting.secret).map(argument))
    };
    Command::new("minato")
        .about("A container registry in one binary, compatible with Harbor")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(configured("serve", "Runs the registry until it is told to stop (SIGTERM or SIGINT)"))
        .subcommand(configured(
            "token-certificate",
            "Prints the certificate by which other registries can check our tokens (`rootcertbundle`)",
        ))
        .subcommand(
            configured(
                "fsck",
                "Compares database and store; exits with 0 when nothing was found, 1 when something was, 2 when it could not be told",
            )
            .arg(switch("repair", "Repairs what can be repaired; otherwise nothing is changed"))
            .arg(switch("json", "Prints the report as JSON")),
        )
        .subcommand(
            configured(
                "scrub",
                "Reads all blobs again and marks those that are damaged; exits like `fsck`",
            )
            .arg(
                Arg::new("rate")
                    .long("rate")
                    .value_name("MIB")
                    .value_parser(value_parser!(u32).range(1..=100_000))
                    .default_value("20")
                    .help("Mebibytes that are read in a second, at most"),
            )
            .arg(switch("json", "Prints the report as JSON")),
        )
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn argument(setting: &'static Setting) -> Arg {
    let default = setting.default.unwrap_or(setting.otherwise);
    let help = format!("{} [variable: {}] [default: {default}]", setting.help, setting.variable());
    Arg::new(setting.key).long(setting.flag()).value_name("VALUE").help(help)
}

fn variables_only() -> String {
    let mut text =
        "By variable or file only, as everybody on a machine can read its command lines:\n".to_owned();
    for setting in SETTINGS.iter().filter(|setting| setting.secret) {
        let (variable, help) = (setting.variable(), setting.help);
        let _ = writeln!(text, "  {variable}  {help} [default: {}]", setting.otherwise);
    }
    text
}
