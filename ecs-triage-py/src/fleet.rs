//! Fleets: any number of tasks, folded into incidents.

use std::fs::File;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use ecs_triage_core::fleet::{FleetOptions, GroupBy, Splitter};
use ecs_triage_core::report::TextStyle;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::evidence::moment;
use crate::report::Report;
use crate::{errors, value};

/// Bytes that are read at once.
const BLOCK: usize = 4 << 20;

/// Tasks and events, folded as they come. The interpreter is free meanwhile.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Fleet {
    fleet: Mutex<ecs_triage_core::fleet::Fleet>,
}

/// Whole records of a file.
struct Block {
    bytes: Vec<u8>,
    line: u64,
}

impl Fleet {
    fn lock(&self) -> MutexGuard<'_, ecs_triage_core::fleet::Fleet> {
        self.fleet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a file in one thread and folds it in others.
    fn fold_file(&self, path: &Path, threads: NonZeroUsize) -> io::Result<()> {
        let mut file = File::open(path)?;
        let source = path.to_string_lossy();
        let parts: Vec<_> = (0..threads.get()).map(|_| self.lock().sibling()).collect();
        let (sender, receiver) = sync_channel::<Block>(threads.get());
        let receiver = Arc::new(Mutex::new(receiver));
        let (read, parts) = thread::scope(|scope| {
            let workers: Vec<_> = parts
                .into_iter()
                .map(|mut part| {
                    let receiver = Arc::clone(&receiver);
                    let source = &source;
                    scope.spawn(move || {
                        while let Some(block) = next(&receiver) {
                            part.add_at(source, block.line, &block.bytes);
                        }
                        part
                    })
                })
                .collect();
            // Workers end when nobody can send any more; they never end before.
            let read = read_blocks(&mut file, |block| drop(sender.send(block)));
            drop(sender);
            let parts: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
            (read, parts)
        });
        let mut fleet = self.lock();
        for part in parts {
            match part {
                Ok(part) => fleet.merge(part),
                // What a thread died of is this thread's end as well.
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        read
    }
}

fn next(receiver: &Mutex<Receiver<Block>>) -> Option<Block> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn read_blocks(file: &mut impl Read, mut each: impl FnMut(Block)) -> io::Result<()> {
    let mut splitter = Splitter::new();
    let mut buffer = vec![0; BLOCK];
    loop {
        let mut give = |piece: ecs_triage_core::fleet::Piece<'_>| {
            each(Block { bytes: piece.bytes.to_vec(), line: piece.line });
        };
        match file.read(&mut buffer) {
            Ok(0) => {
                splitter.finish(give);
                return Ok(());
            }
            Ok(length) => splitter.push(&buffer[..length], &mut give),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[pymethods]
impl Fleet {
    #[new]
    fn new(
        py: Python<'_>,
        since: Option<&str>,
        until: Option<&str>,
        group_by: &str,
        top: usize,
        capacity: usize,
    ) -> PyResult<Self> {
        let mut options = FleetOptions::new().top(top).capacity(capacity);
        if let Some(at) = moment(py, since)? {
            options = options.since(at);
        }
        if let Some(at) = moment(py, until)? {
            options = options.until(at);
        }
        let way = GroupBy::parse(group_by).ok_or_else(|| {
            pyo3::exceptions::PyValueError::new_err("group_by: expected service, family, cluster or cause")
        })?;
        let options = options.group_by(way);
        Ok(Self { fleet: Mutex::new(ecs_triage_core::fleet::Fleet::with(options)) })
    }

    /// Adds records: NDJSON, a JSON array, or documents one after the other.
    fn add_bytes(&self, py: Python<'_>, bytes: Vec<u8>) {
        py.detach(|| self.lock().add(&bytes));
    }

    /// Adds what boto3 returned, or an event.
    fn add_object(&self, py: Python<'_>, object: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value::of(object)?;
        py.detach(|| self.lock().add(value.to_string().as_bytes()));
        Ok(())
    }

    /// Adds a file, in so many threads.
    fn add_file(&self, py: Python<'_>, path: PathBuf, threads: NonZeroUsize) -> PyResult<()> {
        Ok(py.detach(|| self.fold_file(&path, threads))?)
    }

    /// Takes over what another fleet has folded.
    fn merge(&self, py: Python<'_>, other: &Self) {
        py.detach(|| {
            // One lock at a time: two fleets may be merged into each other.
            let other = other.lock().clone();
            self.lock().merge(other);
        });
    }

    /// What was folded, as bytes for another process.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.lock().to_bytes()))
    }

    /// A fleet as `to_bytes` wrote it.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: Vec<u8>) -> PyResult<Self> {
        let fleet = py.detach(|| ecs_triage_core::fleet::Fleet::from_bytes(&bytes));
        let fleet = fleet.map_err(|error| errors::fleet(py, &error.to_string()))?;
        Ok(Self { fleet: Mutex::new(fleet) })
    }

    /// What was folded, as incidents.
    fn report(&self, py: Python<'_>) -> FleetReport {
        FleetReport { report: py.detach(|| self.lock().report()) }
    }
}

/// What became of many tasks.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct FleetReport {
    report: ecs_triage_core::fleet::FleetReport,
}

#[pymethods]
impl FleetReport {
    /// The report as JSON: the same bytes as in Rust.
    fn to_json(&self, py: Python<'_>) -> String {
        py.detach(|| self.report.to_json())
    }

    /// The report as Markdown.
    fn markdown(&self, py: Python<'_>) -> String {
        py.detach(|| self.report.to_markdown())
    }

    /// The report as text for a terminal.
    fn text(&self, py: Python<'_>, width: usize, colour: bool) -> String {
        py.detach(|| self.report.to_text(TextStyle::new(width, colour)))
    }

    /// The whole diagnosis of each incident's sample.
    fn samples(&self) -> Vec<Option<Report>> {
        let incidents = self.report.incidents.iter();
        incidents.map(|incident| Some(Report { report: incident.sample.as_ref()?.report.clone() })).collect()
    }
}
