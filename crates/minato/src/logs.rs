//! Log lines to standard output.

use std::io::IsTerminal as _;

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts logging as configured.
pub fn init(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| anyhow!("`log` is `{}`: {error}; expected a level such as `info`", config.log))?;
    // "already exists, skipping" and the like, at every start.
    let filter = filter.add_directive("sqlx::postgres::notice=warn".parse()?);
    let json = match config.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !std::io::stdout().is_terminal(),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stdout);
    let outcome = if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    outcome.map_err(|error| anyhow!("logging can't be started: {error}"))
}
