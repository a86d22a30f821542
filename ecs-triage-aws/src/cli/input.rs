//! Turns files, folders and standard input into evidence.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use ecs_triage_core::redact::Redactor;
use ecs_triage_core::{Evidence, Timestamp};

use super::{CliError, output};

/// What the inputs held.
pub(crate) struct Input {
    pub(crate) evidence: Evidence,
    /// Where the documents came from.
    pub(crate) files: Files,
    /// A document could not be read at all.
    pub(crate) has_unreadable: bool,
}

/// Reads every input. What one document lacks is a problem in the report; only a file that the system
/// does not hand out is an error.
pub(crate) fn evidence(inputs: &[PathBuf], observed_at: Option<Timestamp>) -> Result<Input, CliError> {
    let mut input = Input { evidence: Evidence::new(), files: Files::default(), has_unreadable: false };
    if let Some(at) = observed_at {
        input.evidence.observed(at);
    }
    if inputs.is_empty() {
        if io::stdin().is_terminal() {
            return Err(CliError::NoInput);
        }
        input.add(None, &read_stdin()?);
    }
    for path in inputs {
        if path == Path::new("-") {
            input.add(None, &read_stdin()?);
        } else if path.is_dir() {
            for file in files_of(path)? {
                input.add_file(&file)?;
            }
        } else {
            input.add_file(path)?;
        }
    }
    Ok(input)
}

/// The files that documents came from, for formats that point into files.
#[derive(Default)]
pub(crate) struct Files {
    texts: Vec<(PathBuf, String)>,
    /// Name of a document, and which file it is in.
    documents: BTreeMap<String, usize>,
}

impl Files {
    fn add<'n>(&mut self, path: &Path, bytes: &[u8], documents: impl Iterator<Item = &'n str>) {
        let file = self.texts.len();
        self.texts.push((path.to_owned(), String::from_utf8_lossy(bytes).into_owned()));
        self.documents.extend(documents.map(|name| (name.to_owned(), file)));
    }

    /// The same files under the names that a redacted report has for their documents.
    pub(crate) fn redacted(mut self, redactor: &mut Redactor) -> Self {
        let mut documents = BTreeMap::new();
        for (name, file) in self.documents {
            let name = redactor.document(&name);
            let path = &mut self.texts[file].0;
            *path = match path.extension() {
                Some(ending) => Path::new(&name).with_extension(ending),
                None => PathBuf::from(&name),
            };
            documents.insert(name, file);
        }
        self.documents = documents;
        self
    }

    /// The file that a document came from, and its text; [`None`] for standard input.
    pub(crate) fn of(&self, document: &str) -> Option<(&Path, &str)> {
        let (path, text) = self.texts.get(*self.documents.get(document)?)?;
        Some((path, text))
    }
}

impl Input {
    fn add_file(&mut self, path: &Path) -> Result<(), CliError> {
        let bytes =
            fs::read(path).map_err(|source| CliError::Read { path: path.display().to_string(), source })?;
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let known = self.evidence.documents().len();
        self.add(Some(&name), &bytes);
        let documents = &self.evidence.documents()[known..];
        self.files.add(path, &bytes, documents.iter().map(|document| document.name()));
        Ok(())
    }

    fn add(&mut self, name: Option<&str>, bytes: &[u8]) {
        let added = match name {
            Some(name) => self.evidence.add_named(name, bytes),
            None => self.evidence.add_json(bytes),
        };
        // The evidence keeps the problem and the report shows it, beside what the other documents say.
        self.has_unreadable |= added.is_err();
    }
}

pub(crate) fn read_stdin() -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|source| CliError::Read { path: "standard input".into(), source })?;
    Ok(bytes)
}

/// The documents of a folder in order of name. Prose and hidden files are no documents.
pub(crate) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = |source| CliError::Read { path: folder.display().to_string(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_prose = path.extension() == Some(OsStr::new("md"));
        if name.starts_with('.') || is_prose {
            continue;
        }
        if path.is_dir() {
            output::complain(&format!(
                "`{}` is a folder of its own and was not read; name it as well",
                path.display()
            ));
            continue;
        }
        files.push(path);
    }
    files.sort();
    Ok(files)
}
