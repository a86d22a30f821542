//! `--redact` and `ecs-triage restore`.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use ecs_triage_core::Report;
use ecs_triage_core::redact::Redactor;

use super::args::{RedactArgs, RestoreArgs};
use super::input::{Files, Input, read_stdin};
use super::{CliError, Outcome, output};

/// The report and its files as they are to be shown.
pub(crate) fn hidden(report: Report, input: Input, args: &RedactArgs) -> Result<(Report, Files), CliError> {
    let mut shown = (report, input.files);
    with(args, |redactor| {
        redactor.learn(&input.evidence);
        let files = std::mem::take(&mut shown.1);
        shown = (redactor.report(&shown.0), files.redacted(redactor));
    })?;
    Ok(shown)
}

/// Lets a redactor do its work if that is asked for, with the placeholders of an earlier answer.
pub(crate) fn with(args: &RedactArgs, work: impl FnOnce(&mut Redactor)) -> Result<(), CliError> {
    if !args.redact && args.redact_map.is_none() {
        return Ok(());
    }
    let mut redactor = match &args.redact_map {
        Some(path) if path.exists() => read_map(path)?,
        _ => Redactor::new(),
    };
    work(&mut redactor);
    match &args.redact_map {
        Some(path) => write_map(path, &redactor.to_map()),
        None => Ok(()),
    }
}

pub(crate) fn restore(args: &RestoreArgs) -> Result<Outcome, CliError> {
    let redactor = read_map(&args.redact_map)?;
    let bytes = if args.input == Path::new("-") {
        read_stdin()?
    } else {
        let path = args.input.display().to_string();
        fs::read(&args.input).map_err(|source| CliError::Read { path, source })?
    };
    output::write(redactor.restored(&String::from_utf8_lossy(&bytes)).as_bytes())
}

fn read_map(path: &Path) -> Result<Redactor, CliError> {
    let name = || path.display().to_string();
    let bytes = fs::read(path).map_err(|source| CliError::Read { path: name(), source })?;
    Redactor::from_map(&bytes).map_err(|source| CliError::NotAMap { path: name(), source })
}

/// Nobody else may read the map: it undoes what was hidden.
fn write_map(path: &Path, map: &str) -> Result<(), CliError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(map.as_bytes()));
    written.map_err(|source| CliError::Write { path: path.display().to_string(), source })
}
