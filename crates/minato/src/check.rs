//! `minato fsck` and `minato scrub`: a check of what is stored, by whoever may read the
//! configuration.
//!
//! Exit codes are 0 when nothing was found, 1 when something was, repaired or not, and 2 when it
//! could not be told.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use minato_core::check::here::{self, Outcome};
use minato_types::job::Status;
use serde_json::json;

use crate::config::Config;
use crate::serve;

/// Something was found.
const FOUND: u8 = 1;
/// It could not be told whether there is something to be found.
const UNKNOWN: u8 = 2;

/// What to check.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Compares database and store.
    Fsck {
        /// Repairs what can be repaired.
        repair: bool,
    },
    /// Reads all blobs again.
    Scrub {
        /// Mebibytes in a second, at most.
        rate: u32,
    },
}

impl Check {
    /// Its name, as the command line and the API have it.
    const fn name(self) -> &'static str {
        match self {
            Self::Fsck { .. } => "fsck",
            Self::Scrub { .. } => "scrub",
        }
    }
}

/// Checks and prints what was found; the exit code.
pub async fn run(config: &Config, check: Check, as_json: bool) -> ExitCode {
    match attempt(config, check).await {
        Ok(outcome) => conclude(&outcome, as_json),
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::from(UNKNOWN)
        }
    }
}

async fn attempt(config: &Config, check: Check) -> Result<Outcome> {
    if let minato_db::Options::Sqlite { path } = &config.database
        && !path.is_file()
    {
        bail!("there is no database `{}`; is `data_dir` the right one?", path.display());
    }
    // Whoever runs on the embedded database has it alone.
    let name = check.name();
    let _lock = serve::lock(config).with_context(|| {
        format!(
            "can't run beside a Minato on the embedded database; ask that one: \
             `POST /api/v2.0/system/{name}/schedule` with `{{\"schedule\":{{\"type\":\"Manual\"}}}}`"
        )
    })?;
    // It has no log: what it finds is what it prints.
    let app = serve::open(config, Arc::default()).await?;
    let tell = progress();
    let stop = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let outcome = match check {
        Check::Fsck { repair } => here::fsck(&app, repair, tell, stop).await,
        Check::Scrub { rate } => here::scrub(&app, rate, tell, stop).await,
    };
    app.close().await?;
    Ok(outcome?)
}

/// Tells on a terminal how far it is.
fn progress() -> impl FnMut(u64, u64) {
    let mut last = None;
    move |done, total| {
        let percent = done.saturating_mul(100) / total.max(1);
        if std::io::stderr().is_terminal() && last != Some(percent) {
            last = Some(percent);
            let _ = write!(std::io::stderr(), "\r{percent} %\r");
        }
    }
}

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn conclude(outcome: &Outcome, as_json: bool) -> ExitCode {
    let is_done = outcome.status == Status::Success;
    if as_json {
        let (status, message) = (outcome.status.as_str(), &outcome.message);
        println!("{}", json!({ "status": status, "message": message, "report": outcome.report }));
    } else {
        print!("{}", outcome.log);
    }
    if !is_done {
        let why = if outcome.message.is_empty() { "it was stopped" } else { &outcome.message };
        complain(&format!("the check did not end: {why}"));
        return ExitCode::from(UNKNOWN);
    }
    ExitCode::from(if outcome.report.total() > 0 { FOUND } else { 0 })
}

#[expect(clippy::print_stderr, reason = "the last word of a program that can't go on")]
fn complain(text: &str) {
    eprintln!("minato: {text}");
}
