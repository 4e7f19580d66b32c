//! `minato`: a container registry in one binary.

use std::process::ExitCode;
use std::sync::Arc;

use minato::check::Check;
use minato::config::{Config, command_line};
use minato::logs::Logs;
use minato::traces::Traces;
use minato_types::clock::SystemClock;

fn main() -> ExitCode {
    let matches = command_line().get_matches();
    let outcome = match matches.subcommand() {
        Some(("serve", arguments)) => serve(arguments),
        Some(("token-certificate", arguments)) => token_certificate(arguments),
        Some(("fsck", arguments)) => {
            return check(arguments, Check::Fsck { repair: arguments.get_flag("repair") });
        }
        Some(("scrub", arguments)) => {
            let rate = arguments.get_one("rate").copied().unwrap_or_default();
            return check(arguments, Check::Scrub { rate });
        }
        _ => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: &clap::ArgMatches) -> anyhow::Result<()> {
    let config = Config::load(arguments)?;
    let runtime = runtime()?;
    let traces =
        config.traces.as_ref().map(|options| Traces::start(options, runtime.handle())).transpose()?;
    let logs = Logs::init(&config.logs, traces.as_ref(), Arc::new(SystemClock))?;
    let outcome = runtime.block_on(minato::serve::run(config, logs.losses()));
    // While there is still somebody to send the last ones.
    drop(traces);
    outcome
}

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn token_certificate(arguments: &clap::ArgMatches) -> anyhow::Result<()> {
    let config = Config::load(arguments)?;
    print!("{}", runtime()?.block_on(minato::serve::token_certificate(&config))?);
    Ok(())
}

/// Checks; 2 where that can't even begin.
fn check(arguments: &clap::ArgMatches, check: Check) -> ExitCode {
    let run = || -> anyhow::Result<ExitCode> {
        let config = Config::load(arguments)?;
        Ok(runtime()?.block_on(minato::check::run(&config, check, arguments.get_flag("json"))))
    };
    run().unwrap_or_else(|error| {
        complain(&error);
        ExitCode::from(2)
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

#[expect(clippy::print_stderr, reason = "the last word of a program that can't start")]
fn complain(error: &anyhow::Error) {
    eprintln!("minato: {error:#}");
}
