//! Many documents, each diagnosed on its own, in threads and without the interpreter.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

use ecs_triage_core::{Evidence, Timestamp};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

use crate::evidence::moment;
use crate::report::Report;
use crate::value;

/// One document, as text or as what boto3 returned.
enum Document {
    Text(Vec<u8>),
    Value(Value),
}

impl Document {
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self::Text(bytes.as_bytes().to_vec()));
        }
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Self::Text(text.to_string_lossy().into_owned().into_bytes()));
        }
        Ok(Self::Value(value::of(object)?))
    }

    fn diagnose(self, observed_at: Option<Timestamp>) -> ecs_triage_core::Report {
        let mut evidence = Evidence::new();
        if let Some(at) = observed_at {
            evidence.observed(at);
        }
        let added = match self {
            Self::Text(bytes) => evidence.add_json(&bytes),
            Self::Value(value) => evidence.add_value(None, value),
        };
        // The report says what could not be read.
        drop(added);
        ecs_triage_core::diagnose(&evidence)
    }
}

/// Diagnoses each document on its own, in so many threads.
#[pyfunction]
pub(crate) fn diagnose_batch(
    py: Python<'_>,
    documents: Vec<Bound<'_, PyAny>>,
    threads: NonZeroUsize,
    observed_at: Option<&str>,
) -> PyResult<Vec<Report>> {
    let observed_at = moment(py, observed_at)?;
    let documents = documents.iter().map(Document::of).collect::<PyResult<Vec<_>>>()?;
    Ok(wrapped(py.detach(|| diagnose_all(documents, threads, observed_at))))
}

fn wrapped(reports: Vec<ecs_triage_core::Report>) -> Vec<Report> {
    reports.into_iter().map(|report| Report { report }).collect()
}

fn diagnose_all(
    documents: Vec<Document>,
    threads: NonZeroUsize,
    observed_at: Option<Timestamp>,
) -> Vec<ecs_triage_core::Report> {
    let share = documents.len().div_ceil(threads.get()).max(1);
    let one = |documents: Vec<Document>| -> Vec<_> {
        documents.into_iter().map(|document| document.diagnose(observed_at)).collect()
    };
    if documents.len() <= share {
        return one(documents);
    }
    let mut shares = Vec::new();
    let mut rest = documents.into_iter();
    loop {
        let next: Vec<_> = rest.by_ref().take(share).collect();
        if next.is_empty() {
            break;
        }
        shares.push(next);
    }
    thread::scope(|scope| {
        let workers: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| one(share))).collect();
        workers
            .into_iter()
            .flat_map(|worker| match worker.join() {
                Ok(reports) => reports,
                // What a thread died of is this thread's end as well.
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

/// The documents of a file or of bytes: lines of JSON, JSON values in a row, or the elements of an array.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Stream {
    source: Mutex<Source>,
}

enum Source {
    /// Nothing was read yet.
    New(Box<dyn BufRead + Send>),
    /// Each line is a document; so large a file is never in memory.
    Lines(Box<dyn BufRead + Send>),
    /// The documents that are left.
    Values(std::vec::IntoIter<Document>),
}

#[pymethods]
impl Stream {
    /// Reads bytes.
    #[staticmethod]
    fn of_bytes(bytes: Vec<u8>) -> Self {
        Self { source: Mutex::new(Source::New(Box::new(Cursor::new(bytes)))) }
    }

    /// Reads a file.
    #[staticmethod]
    fn of_file(path: PathBuf) -> PyResult<Self> {
        let reader = BufReader::with_capacity(1 << 20, File::open(path)?);
        Ok(Self { source: Mutex::new(Source::New(Box::new(reader))) })
    }

    /// Diagnoses the next documents, each on its own, in so many threads; none when there are no more.
    fn next_batch(
        &self,
        py: Python<'_>,
        count: usize,
        threads: NonZeroUsize,
        observed_at: Option<&str>,
    ) -> PyResult<Vec<Report>> {
        let observed_at = moment(py, observed_at)?;
        let reports = py.detach(|| -> io::Result<_> {
            let documents = {
                let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
                source.take(count)?
            };
            Ok(diagnose_all(documents, threads, observed_at))
        })?;
        Ok(wrapped(reports))
    }
}

impl Source {
    fn take(&mut self, count: usize) -> io::Result<Vec<Document>> {
        let mut documents = Vec::new();
        if let Self::New(reader) = self {
            let mut reader = std::mem::replace(reader, Box::new(io::empty()));
            let Some(line) = next_line(&mut reader)? else {
                *self = Self::Values(Vec::new().into_iter());
                return Ok(documents);
            };
            let is_array = line.trim_ascii_start().starts_with(b"[");
            if !is_array && serde_json::from_slice::<IgnoredAny>(&line).is_ok() {
                documents.push(Document::Text(line));
                *self = Self::Lines(reader);
            } else {
                let mut whole = line;
                reader.read_to_end(&mut whole)?;
                *self = Self::Values(split(&whole).into_iter());
            }
        }
        match self {
            Self::Lines(reader) => {
                while documents.len() < count
                    && let Some(line) = next_line(reader)?
                {
                    documents.push(Document::Text(line));
                }
            }
            Self::Values(values) => documents.extend(values.take(count)),
            Self::New(_) => {}
        }
        Ok(documents)
    }
}

/// The next line that is not empty.
fn next_line(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(line));
        }
    }
}

/// The elements of an array, or the values in a row; the tail that is no JSON is one document.
fn split(text: &[u8]) -> Vec<Document> {
    if let Ok(values) = serde_json::from_slice::<Vec<Value>>(text) {
        return values.into_iter().map(Document::Value).collect();
    }
    let mut documents = Vec::new();
    let mut values = Deserializer::from_slice(text).into_iter::<Value>();
    let mut read = 0;
    while let Some(Ok(value)) = values.next() {
        read = values.byte_offset();
        documents.push(Document::Value(value));
    }
    let rest = text.get(read..).unwrap_or_default();
    if !rest.trim_ascii().is_empty() {
        documents.push(Document::Text(rest.to_vec()));
    }
    documents
}
