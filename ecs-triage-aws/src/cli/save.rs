//! Keeps the evidence of a live triage in a folder, so that it can be diagnosed again and attached to a ticket.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use ecs_triage_core::Report;

use super::{CliError, output};
use crate::live::Triage;

/// Evidence of several incidents in one folder would be taken for one.
pub(crate) fn check(folder: &Path) -> Result<(), CliError> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(failed(folder, source)),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(CliError::NotEmpty { path: folder.display().to_string() }),
        },
    }
}

/// Writes each recorded call as a file, and the report beside them.
pub(crate) fn save(folder: &Path, triage: &Triage, report: &Report) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    let recorded = triage.recorded();
    for call in &recorded {
        write(&folder.join(format!("{}.json", call.name)), &call.to_json())?;
    }
    // Prose: a folder of evidence is read without it.
    write(&folder.join("report.md"), &report.to_markdown())?;
    output::complain(&format!(
        "kept {} answers in `{1}`, without the values of environment variables; `ecs-triage {1}` diagnoses them again",
        recorded.len(),
        folder.display()
    ));
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Names and logs of an account are for its people alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|source| failed(path, source))?;
    file.write_all(text.as_bytes()).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: io::Error) -> CliError {
    CliError::Write { path: path.display().to_string(), source }
}
