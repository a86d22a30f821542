//! A fleet as bytes, for other processes and machines.
//!
//! Little-endian numbers and texts with their length in front, behind a name and a version. A reader of another version
//! refuses them: partial results are made and merged by one version.

use super::cells::{Cell, Cells, Outcome, Sample};
use super::tasks::{Entry, Tasks};
use super::{Counts, Fleet, FleetOptions, GroupBy, Problem};
use crate::Timestamp;
use crate::rules::{self, Confidence, Verdict};

const NAME: &[u8; 8] = b"ecsfleet";
const VERSION: u32 = 1;

/// Why bytes are no partial result that can be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartialError {
    /// They were not written by [`Fleet::to_bytes`].
    #[error("expected a partial result of a fleet, found other bytes")]
    Foreign,
    /// They were written by another version of this library; use one version for all parts.
    #[error(
        "expected a partial result of version {expected}, found version {found}: write and merge all parts with one version of ecs-triage"
    )]
    Version {
        /// The version that is read.
        expected: u32,
        /// The version found.
        found: u32,
    },
    /// They are cut or damaged.
    #[error("expected a whole partial result, found damage at byte {at}")]
    Damaged {
        /// Where reading stopped.
        at: usize,
    },
    /// They name a cause that is not known here; use one version for all parts.
    #[error(
        "expected a code of a cause, found `{code}`: write and merge all parts with one version of ecs-triage"
    )]
    Cause {
        /// The code found.
        code: String,
    },
}

impl Fleet {
    /// What was folded, as bytes for another process: [`Fleet::from_bytes`] reads them there.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::new());
        out.0.extend_from_slice(NAME);
        out.number(VERSION);
        let options = &self.options;
        for time in [options.since, options.until] {
            out.text(time.map(|time| time.to_string()).as_deref());
        }
        out.text(Some(options.group_by.as_str()));
        out.large(options.top as u64);
        out.large(options.capacity as u64);
        let counts = self.counts;
        for count in [
            counts.records,
            counts.states,
            counts.outside,
            counts.unrecognised,
            counts.broken,
            counts.lines,
            counts.incomplete,
        ] {
            out.large(count);
        }
        out.number(self.problems.len() as u32);
        for problem in &self.problems {
            out.text(problem.source.as_deref());
            out.large(problem.line);
            out.text(Some(&problem.message));
        }
        out.number(self.cells.list().len() as u32);
        for cell in self.cells.list() {
            out.cell(cell);
        }
        out.number(self.tasks.level());
        out.number(self.tasks.iter().count() as u32);
        for entry in self.tasks.iter() {
            out.large(entry.fingerprint);
            for number in [entry.rank, entry.cell, entry.time, entry.lived] {
                out.number(number);
            }
        }
        out.0
    }

    /// A fleet as [`Fleet::to_bytes`] wrote it.
    ///
    /// # Errors
    /// [`PartialError`] when the bytes are cut, damaged, of another version or something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PartialError> {
        let Some(rest) = bytes.strip_prefix(NAME) else { return Err(PartialError::Foreign) };
        let mut reader = Reader { bytes, at: bytes.len() - rest.len() };
        let found = reader.number()?;
        if found != VERSION {
            return Err(PartialError::Version { expected: VERSION, found });
        }
        let (since, until) = (reader.time()?, reader.time()?);
        let group_by = reader.text()?.and_then(GroupBy::parse).ok_or(reader.damage())?;
        let options = FleetOptions {
            since,
            until,
            group_by,
            top: reader.size()?,
            capacity: FleetOptions::new().capacity(reader.size()?.min(1 << 31)).capacity,
        };
        let mut fleet = Fleet::with(options);
        fleet.counts = Counts {
            records: reader.large()?,
            states: reader.large()?,
            outside: reader.large()?,
            unrecognised: reader.large()?,
            broken: reader.large()?,
            lines: reader.large()?,
            incomplete: reader.large()?,
        };
        for _ in 0..reader.number()? {
            let source = reader.text()?.map(str::to_owned);
            let line = reader.large()?;
            let message = reader.text()?.ok_or(reader.damage())?.to_owned();
            fleet.problems.insert(Problem { source, line, message });
        }
        let mut places = Vec::new();
        for _ in 0..reader.number()? {
            let cell = reader.cell()?;
            places.push(fleet.cells.take(cell));
        }
        fleet.tasks = reader.tasks(fleet.options.capacity, &places, &fleet.cells)?;
        if reader.at == bytes.len() { Ok(fleet) } else { Err(reader.damage()) }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn large(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.large(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// A text, or that there is none.
    fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.bytes(text.as_bytes()),
            None => self.large(u64::MAX),
        }
    }

    fn cell(&mut self, cell: &Cell) {
        let place = cell.place();
        for text in [place.cluster, place.service, place.definition, place.deployment] {
            self.text(text);
        }
        let outcome = &cell.outcome;
        self.text(outcome.code);
        self.text(outcome.container.as_deref());
        self.number(position(VERDICTS, outcome.verdict));
        self.number(outcome.confidence.map_or(0, |confidence| position(CONFIDENCES, confidence) + 1));
        self.number(u32::from(outcome.ended_itself));
        self.number(u32::from(cell.sample.is_some()));
        if let Some(sample) = &cell.sample {
            let (is_open, time, fingerprint) = sample.order;
            self.number(u32::from(is_open));
            self.number(time);
            self.large(fingerprint);
            self.bytes(&sample.record);
        }
    }
}

/// Verdicts and confidences as they are numbered in the bytes.
const VERDICTS: &[Verdict] =
    &[Verdict::Failure, Verdict::Undetermined, Verdict::InProgress, Verdict::NotAFailure, Verdict::Healthy];
const CONFIDENCES: &[Confidence] = &[Confidence::Possible, Confidence::Likely, Confidence::Confirmed];

fn position<T: PartialEq>(all: &[T], one: T) -> u32 {
    all.iter().position(|known| *known == one).unwrap_or(0) as u32
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn damage(&self) -> PartialError {
        PartialError::Damaged { at: self.at }
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], PartialError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or(self.damage())?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, PartialError> {
        let bytes = self.take(4)?;
        bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)).ok_or(self.damage())
    }

    fn large(&mut self) -> Result<u64, PartialError> {
        let bytes = self.take(8)?;
        bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)).ok_or(self.damage())
    }

    fn size(&mut self) -> Result<usize, PartialError> {
        usize::try_from(self.large()?).map_err(|_| self.damage())
    }

    fn text(&mut self) -> Result<Option<&'b str>, PartialError> {
        let length = self.large()?;
        if length == u64::MAX {
            return Ok(None);
        }
        let bytes = self.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        std::str::from_utf8(bytes).map(Some).map_err(|_| self.damage())
    }

    fn time(&mut self) -> Result<Option<Timestamp>, PartialError> {
        match self.text()? {
            None => Ok(None),
            Some(text) => Timestamp::parse(text).map(Some).ok_or(self.damage()),
        }
    }

    fn one_of<T: Copy>(&self, all: &[T], number: u32) -> Result<T, PartialError> {
        all.get(number as usize).copied().ok_or(self.damage())
    }

    fn cell(&mut self) -> Result<Cell, PartialError> {
        let boxed = |text: Option<&str>| text.map(Box::from);
        let cluster = boxed(self.text()?);
        let service = boxed(self.text()?);
        let definition = boxed(self.text()?);
        let deployment = boxed(self.text()?);
        let code = match self.text()? {
            None => None,
            Some(code) => {
                let rule = rules::rule(code).ok_or_else(|| PartialError::Cause { code: code.to_owned() })?;
                Some(rule.code)
            }
        };
        let container = boxed(self.text()?);
        let verdict = self.number()?;
        let verdict = self.one_of(VERDICTS, verdict)?;
        let confidence = match self.number()? {
            0 => None,
            number => Some(self.one_of(CONFIDENCES, number - 1)?),
        };
        let ended_itself = self.number()? != 0;
        let outcome = Outcome { verdict, code, confidence, container, ended_itself };
        let sample = match self.number()? {
            0 => None,
            _ => {
                let order = (self.number()? != 0, self.number()?, self.large()?);
                let length = self.size()?;
                Some(Sample { order, record: self.take(length)?.into() })
            }
        };
        let mut cell = Cell { key: 0, cluster, service, definition, deployment, outcome, sample };
        cell.key = Cells::key(&cell.place(), cell.outcome.hash());
        Ok(cell)
    }

    fn tasks(&mut self, capacity: usize, places: &[u32], cells: &Cells) -> Result<Tasks, PartialError> {
        let level = self.number()?;
        if level >= u64::BITS {
            return Err(self.damage());
        }
        let mut tasks = Tasks::new(capacity);
        tasks.thin_to(level);
        for _ in 0..self.number()? {
            let fingerprint = self.large()?.max(1);
            let (rank, cell) = (self.number()?, self.number()?);
            let (time, lived) = (self.number()?, self.number()?);
            let cell = places.get(cell as usize).copied().ok_or(self.damage())?;
            tasks.add(Entry { fingerprint, rank, cell, time, lived }, |cell| cells.order(cell));
        }
        Ok(tasks)
    }
}
