//! From arguments to the files that are read.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use super::super::CliError;

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// As the report names it; empty for standard input.
    pub(super) label: String,
    /// [`None`] is standard input.
    pub(super) path: Option<PathBuf>,
    /// Length in bytes as stored; [`None`] when it is not known.
    pub(super) length: Option<u64>,
}

/// What the arguments name: files, folders with all below them, patterns, and `-`.
///
/// # Errors
/// What does not exist or cannot be looked into, before anything is read.
pub(super) fn sources(inputs: &[PathBuf]) -> Result<Vec<Source>, CliError> {
    let mut sources = Vec::new();
    if inputs.is_empty() {
        if io::stdin().is_terminal() {
            return Err(CliError::NoInput);
        }
        sources.push(standard_input());
    }
    for input in inputs {
        if input == Path::new("-") {
            sources.push(standard_input());
        } else if input.exists() {
            add(input, &mut sources)?;
        } else {
            for path in matching(input)? {
                add(&path, &mut sources)?;
            }
        }
    }
    Ok(sources)
}

fn standard_input() -> Source {
    Source { label: String::new(), path: None, length: None }
}

fn add(path: &Path, sources: &mut Vec<Source>) -> Result<(), CliError> {
    let unreadable = |source| CliError::Read { path: path.display().to_string(), source };
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_dir() {
        // A pipe or a device has no length that tells anything.
        let length = about.is_file().then_some(about.len());
        sources.push(Source { label: path.display().to_string(), path: Some(path.to_owned()), length });
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?);
    }
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let name = entry.file_name();
        // `.part.crc`, `_SUCCESS`: what Spark and Hadoop leave beside the data.
        if name.as_encoded_bytes().starts_with(b".") || name == "_SUCCESS" {
            continue;
        }
        let below = entry.path();
        // A linked folder may lead back here.
        if below.is_symlink() && below.is_dir() {
            continue;
        }
        add(&below, sources)?;
    }
    Ok(())
}

/// What a pattern stands for, where the shell did not look for it.
fn matching(pattern: &Path) -> Result<Vec<PathBuf>, CliError> {
    let missing = || CliError::Read {
        path: pattern.display().to_string(),
        source: io::Error::from(io::ErrorKind::NotFound),
    };
    let text = pattern.to_str().filter(|text| text.contains(['*', '?', '['])).ok_or_else(missing)?;
    let found: Vec<PathBuf> = glob::glob(text).map_err(|_| missing())?.flatten().collect();
    if found.is_empty() { Err(missing()) } else { Ok(found) }
}
