//! Any number of tasks, folded into incidents.
//!
//! A [`Fleet`] takes task state change events, tasks and responses of `DescribeTasks` in any order and split, and says
//! which services fail, for which cause, how often, since when and since which revision. Every task is diagnosed as
//! [`diagnose`](crate::diagnose) would alone; it counts once, in its newest state, however often and in whatever order
//! EventBridge delivered it. Fleets of threads, processes and Spark executors are merged into the same report.
//!
//! ```
//! use ecs_triage_core::fleet::Fleet;
//!
//! let event = |task: u32, version: u32| format!(r#"{{"version": "0", "detail-type": "ECS Task State Change",
//!     "time": "2026-11-22T08:0{task}:00Z", "detail": {{
//!         "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/{task:032x}", "version": {version},
//!         "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod", "group": "service:web",
//!         "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:42",
//!         "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "stoppedAt": "2026-11-22T08:0{task}:00Z",
//!         "containers": [{{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}}]
//! }}}}"#);
//! let mut one = Fleet::new();
//! one.add(event(1, 5).as_bytes());
//! let mut other = Fleet::new();
//! other.add(event(2, 5).as_bytes());
//! other.add(event(1, 5).as_bytes()); // delivered twice
//! one.merge(other);
//! let report = one.report();
//! let incident = &report.incidents[0];
//! assert_eq!((incident.code, incident.tasks), (Some("app-oom-killed"), 2));
//! ```

mod cells;
mod hash;
mod images;
mod incidents;
mod memory;
mod observe;
mod options;
mod partial;
mod records;
mod report;
mod said;
mod scan;
mod shape;
mod span;
mod tasks;
mod text;
mod track;
mod words;

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

pub use options::{FleetOptions, GroupBy};
pub use partial::PartialError;
pub use records::{Piece, Splitter};
pub use report::{
    Buckets, CauseTotal, CrashLoop, DeploymentShare, FleetReport, Incident, Input, JSON_SCHEMA, Problem,
    Regression, RevisionShare, SCHEMA, SampleTask, ServiceTotal, Totals, VerdictTotal,
};

use crate::Verdict;
use cells::{Cells, Place};
use memory::Memory;
use observe::Observed;
use shape::{Event, Reader};
use tasks::{Entry, Tasks};

/// Problems that are kept; the rest is counted.
const MOST_PROBLEMS: usize = 10;

/// Tasks and events, folded as they come.
///
/// Memory grows with the number of services, revisions and causes, not with that of tasks.
#[derive(Clone)]
pub struct Fleet {
    options: FleetOptions,
    tasks: Tasks,
    cells: Cells,
    counts: Counts,
    problems: BTreeSet<Problem>,
    /// Outcomes of the shapes of events that were met.
    memory: Memory,
    reader: Reader,
}

/// Options and numbers: the records that are kept as samples may hold secrets.
impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("options", &self.options)
            .field("counts", &self.counts)
            .field("tasks", &self.tasks.iter().count())
            .field("groups", &self.cells.list().len())
            .field("problems", &self.problems.len())
            .finish_non_exhaustive()
    }
}

/// What was read, exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    /// Documents.
    records: u64,
    /// States of tasks, and other subjects, in them.
    states: u64,
    /// States that are older or newer than was asked for.
    outside: u64,
    /// Documents that hold nothing that is read here.
    unrecognised: u64,
    /// Lines that are no JSON.
    broken: u64,
    /// Lines of what was added without saying at which line it begins.
    lines: u64,
    /// Sources that were not read to their end.
    incomplete: u64,
}

impl Default for Fleet {
    fn default() -> Self {
        Self::with(FleetOptions::default())
    }
}

impl Fleet {
    /// Nothing yet, with the options as they are.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing yet, with these options.
    pub fn with(options: FleetOptions) -> Self {
        Self {
            tasks: Tasks::new(options.capacity),
            options,
            cells: Cells::default(),
            counts: Counts::default(),
            problems: BTreeSet::new(),
            memory: Memory::default(),
            reader: Reader::default(),
        }
    }

    /// Nothing yet, with the options of this one, for another thread: what either learns of an event, both know.
    ///
    /// ```
    /// use ecs_triage_core::fleet::Fleet;
    ///
    /// let mut fleet = Fleet::new();
    /// let mut sibling = fleet.sibling();
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| fleet.add(b"{}"));
    ///     scope.spawn(|| sibling.add(b"{}"));
    /// });
    /// fleet.merge(sibling);
    /// assert_eq!(fleet.report().input.unrecognised, 2);
    /// ```
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self { memory: self.memory.sibling(), ..Self::with(self.options.clone()) }
    }

    /// What it looks at, and how its report is cut.
    pub fn options(&self) -> &FleetOptions {
        &self.options
    }

    /// Adds whole records: NDJSON, a JSON array, or documents one after the other.
    ///
    /// Never fails: a line that cannot be read is counted, and the first ones are told in
    /// [`FleetReport::problems`], by their number among all lines added in this way.
    pub fn add(&mut self, bytes: &[u8]) {
        let first = self.counts.lines + 1;
        let ends = self.add_records("", first, bytes);
        self.counts.lines += ends + u64::from(bytes.last().is_some_and(|last| *last != b'\n'));
    }

    /// Adds whole records that begin at a line of a file or stream called `source`.
    ///
    /// Brackets and commas around the records are passed over, so that a part of an array is as good as all of it;
    /// [`Splitter`] cuts a stream into such parts.
    pub fn add_at(&mut self, source: &str, line: u64, bytes: &[u8]) {
        self.add_records(source, line, bytes);
    }

    /// Says how many lines ended.
    fn add_records(&mut self, source: &str, first: u64, bytes: &[u8]) -> u64 {
        let mut line = first;
        let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        loop {
            let start = at;
            at = scan::between(bytes, at);
            line += scan::line_ends(&bytes[start..at]);
            if at >= bytes.len() {
                return line - first;
            }
            if let Some(event) = shape::event(bytes, at, &mut self.reader)
                && let Some(outcome) = self.memory.recall(event.key, &bytes[at..event.end])
            {
                self.observe_event(&event, outcome, &bytes[at..event.end]);
                at = event.end;
                line += event.line_ends;
                continue;
            }
            match value_at(bytes, at) {
                Ok((value, end)) => {
                    let record = &bytes[at..end];
                    self.add_document(value, record, line, source);
                    at = end;
                    line += scan::line_ends(record);
                }
                Err(message) => {
                    self.counts.broken += 1;
                    self.note(source, line, message);
                    // The line's end is counted with the blanks before the next record.
                    at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
                }
            }
        }
    }

    /// Says that a file or stream was not read, or not to its end: what is counted is a part.
    ///
    /// `why` is told in [`FleetReport::problems`], the number of such sources in [`Input::incomplete`].
    pub fn incomplete(&mut self, source: &str, why: &str) {
        self.counts.incomplete += 1;
        self.note(source, 0, why.to_owned());
    }

    fn add_document(&mut self, value: Value, record: &[u8], line: u64, source: &str) {
        self.counts.records += 1;
        let outcome = observe::document(value, record, &mut |observed| self.observe(observed));
        if let Err(error) = outcome {
            self.counts.unrecognised += 1;
            self.note(source, line, error.to_problem().message);
        }
    }

    fn observe_event(&mut self, event: &Event<'_>, outcome: usize, record: &[u8]) {
        self.counts.records += 1;
        let time = event.times.seen();
        if !self.options.covers(time) {
            self.counts.outside += 1;
            return;
        }
        let place = Place::of_task(
            Some(event.task_arn),
            event.cluster_arn,
            event.definition_arn,
            event.group,
            event.started_by,
        );
        let (outcome, hash) = self.memory.outcome(outcome);
        let cell = self.cells.of(&place, outcome, hash);
        let entry = Entry {
            fingerprint: tasks::fingerprint(hash::of(event.task_arn.as_bytes())),
            rank: tasks::rank(event.is_stopped, event.version),
            cell,
            time: time.and_then(|time| u32::try_from(time).ok()).unwrap_or(0),
            lived: event.times.lived(),
        };
        self.keep(entry, record);
    }

    fn observe(&mut self, observed: &Observed<'_>) {
        let hash = observed.outcome.hash();
        if !self.options.covers(observed.time) {
            self.counts.outside += 1;
            return;
        }
        let cell = self.cells.of(&observed.place, observed.outcome, hash);
        let entry = Entry {
            fingerprint: observed.fingerprint,
            rank: observed.rank,
            cell,
            time: observed.time.and_then(|time| u32::try_from(time).ok()).unwrap_or(0),
            lived: observed.lived,
        };
        self.keep(entry, observed.record);
    }

    fn keep(&mut self, entry: Entry, record: &[u8]) {
        self.counts.states += 1;
        self.tasks.add(entry, |cell| self.cells.order(cell));
        let order = (entry.rank < tasks::rank(true, 0), entry.time, entry.fingerprint);
        self.cells.sample(entry.cell, order, || record.into());
    }

    fn note(&mut self, source: &str, line: u64, message: String) {
        let source = (!source.is_empty()).then(|| source.to_owned());
        self.problems.insert(Problem { source, line, message });
        if self.problems.len() > MOST_PROBLEMS {
            self.problems.pop_last();
        }
    }

    /// Takes over what another fleet has folded, as if it had been added here.
    ///
    /// The options are those of `self`; what the other one left out for its own options stays out.
    pub fn merge(&mut self, other: Fleet) {
        let places: Vec<u32> =
            other.cells.into_list().into_iter().map(|cell| self.cells.take(cell)).collect();
        self.tasks.thin_to(other.tasks.level());
        for entry in other.tasks.iter() {
            let cell = places[entry.cell as usize];
            self.tasks.add(Entry { cell, ..*entry }, |cell| self.cells.order(cell));
        }
        let (own, others) = (&mut self.counts, other.counts);
        own.records += others.records;
        own.states += others.states;
        own.outside += others.outside;
        own.unrecognised += others.unrecognised;
        own.broken += others.broken;
        own.lines += others.lines;
        own.incomplete += others.incomplete;
        self.problems.extend(other.problems);
        while self.problems.len() > MOST_PROBLEMS {
            self.problems.pop_last();
        }
    }

    /// How many tasks came to each verdict and cause, without the incidents around them.
    #[must_use]
    pub fn tally(&self) -> Vec<(Verdict, Option<&'static str>, u64)> {
        incidents::tally(self)
    }

    /// What was folded, as incidents. More can be added afterwards.
    #[must_use]
    pub fn report(&self) -> FleetReport {
        incidents::report(self)
    }
}

/// The JSON object at a place, and where it ends.
fn value_at(bytes: &[u8], at: usize) -> Result<(Value, usize), String> {
    let mut values = serde_json::Deserializer::from_slice(&bytes[at..]).into_iter::<Value>();
    match values.next() {
        Some(Ok(value @ Value::Object(_))) => Ok((value, at + values.byte_offset())),
        Some(Ok(_)) | None => Err("expected a JSON object, found something else".into()),
        Some(Err(error)) => {
            let what = if error.is_eof() { "the end came too early" } else { "the syntax is wrong" };
            Err(format!("expected a JSON object: {what} at column {}", error.column()))
        }
    }
}
