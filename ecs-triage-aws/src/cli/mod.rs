//! The command line: reads files, calls the engine, prints its report. It holds no diagnostic knowledge.

mod args;
mod check;
mod diagnose;
mod fleet;
mod input;
#[cfg(feature = "sdk")]
mod interrupt;
mod junit;
#[cfg(feature = "sdk")]
mod live;
mod live_args;
mod locate;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod own;
mod print;
#[cfg(feature = "sdk")]
mod progress;
mod redact;
mod reference;
mod sarif;
#[cfg(feature = "sdk")]
mod save;
mod verify;

use std::ffi::OsString;

use clap::{CommandFactory, Parser};

#[cfg(feature = "mcp")]
pub(crate) use args::time;
use args::{Cli, Command};
#[cfg(feature = "mcp")]
pub(crate) use input::files_of;
#[cfg(feature = "mcp")]
pub(crate) use reference::{Known, known};

/// What the command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing is wrong.
    Fine = 0,
    /// A failure was diagnosed.
    Failure = 1,
    /// Wrong usage, or input that cannot be read.
    Unreadable = 2,
    /// The evidence does not tell.
    Undetermined = 3,
    /// A signal came; the answer is of what was read until then. The status that shells give for SIGINT.
    Interrupted = 130,
}

/// Why the command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A file or standard input could not be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// What was to be read.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// What was to be written.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A partial result is no text.
    #[error(
        "a partial result is not for a terminal; redirect it into a file or pipe it into `ecs-triage fleet -`"
    )]
    PartialToTerminal,
    /// No rule has the code.
    #[error("no cause or advisory is called `{code}`; `ecs-triage rules` lists them{}", suggestion.as_ref().map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default())]
    UnknownCode {
        /// The code asked for.
        code: String,
        /// A code that looks like it.
        suggestion: Option<String>,
    },
    /// A report of an earlier run could not be read.
    #[error("`{path}` is not a report: {found}; write one with `ecs-triage --format json`")]
    NotAReport {
        /// File.
        path: String,
        /// What was found.
        found: String,
    },
    /// The client of the server does not speak the protocol, or a folder it may read does not exist.
    #[cfg(feature = "mcp")]
    #[error("cannot serve: {0}")]
    Serve(#[source] std::io::Error),
    /// A map of placeholders could not be read.
    #[error("`{path}`: {source}")]
    NotAMap {
        /// File.
        path: String,
        /// What is wrong with it.
        source: ecs_triage_core::redact::MapError,
    },
    /// A file of rules of the user's own cannot be used.
    #[error(transparent)]
    OwnRules(#[from] ecs_triage_core::own::OwnRulesError),
    /// There is nothing to check.
    #[error("no task definition in the input; `aws ecs describe-task-definition` prints one")]
    NoDefinition,
    /// The folder for the evidence holds something already.
    #[cfg(feature = "sdk")]
    #[error("`{path}` is not empty; name a new folder, so that the evidence of two incidents is not mixed")]
    NotEmpty {
        /// The folder.
        path: String,
    },
    /// There can be no calls.
    #[cfg(feature = "sdk")]
    #[error(transparent)]
    Connect(#[from] crate::sdk::ConnectError),
    /// No service was found that could be followed.
    #[cfg(feature = "sdk")]
    #[error("there is no service to follow; name one with --service")]
    NothingToFollow,
    /// The build has no SDK.
    #[cfg(not(feature = "sdk"))]
    #[error(
        "this build makes no calls; `cargo install ecs-triage-aws --features full` builds one that has `live`"
    )]
    NoSdk,
    /// There is nothing to diagnose.
    #[error("no input: name files or folders, or pipe JSON in; `ecs-triage --help` shows how")]
    NoInput,
}

/// Runs the command with its arguments, the program's name first, and returns the exit status: 0 nothing wrong, 1 a
/// failure was diagnosed, 2 wrong usage or unreadable input, 3 could not determine, 130 stopped by a signal.
///
/// Writes to standard output and standard error. The Python wheel's command is this function too.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    match Cli::try_parse_from(args) {
        Ok(cli) => match obey(cli) {
            Ok(outcome) => outcome as u8,
            Err(error) => {
                output::complain(&error.to_string());
                Outcome::Unreadable as u8
            }
        },
        Err(usage) => {
            // Nobody is left to tell when the output is gone.
            let _ = usage.print();
            if usage.use_stderr() { Outcome::Unreadable as u8 } else { Outcome::Fine as u8 }
        }
    }
}

fn obey(cli: Cli) -> Result<Outcome, CliError> {
    match cli.command {
        None => diagnose::run(&cli.diagnose),
        Some(Command::Diagnose(args)) => diagnose::run(&args),
        Some(Command::Fleet(args)) => fleet::run(&args),
        #[cfg(feature = "sdk")]
        Some(Command::Live(args)) => live::run(&args),
        #[cfg(not(feature = "sdk"))]
        Some(Command::Live(_)) => Err(CliError::NoSdk),
        Some(Command::IamPolicy) => reference::iam_policy(),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Verify(args)) => verify::run(&args),
        Some(Command::Restore(args)) => redact::restore(&args),
        Some(Command::Explain(args)) => reference::explain(&args),
        Some(Command::Rules(args)) => reference::rules(&args),
        #[cfg(feature = "mcp")]
        Some(Command::Mcp(args)) => mcp::run(&args),
        Some(Command::Schema) => reference::schema(),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "ecs-triage", &mut script);
            output::write(&script)
        }
    }
}
