//! What the containers of a task logged, as far as it was fetched.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::statement::{Source, Statement};
use super::subject::{Subject, SubjectKind};
use crate::Timestamp;
use crate::evidence::logs::LogEvent;
use crate::evidence::{Citation, Evidence, Writer};
use crate::redact::redacted;

/// Lines before the end of a container that are read.
const LINES: usize = 50;

/// The log of one container.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Log<'e> {
    /// Name of the container; absent when the stream does not name it.
    pub container: Option<&'e str>,
    /// Id of the task.
    pub task: &'e str,
    /// Whether the stream names them; else they are the only ones that can have written the lines.
    pub is_named: bool,
    /// The lines that were fetched, in order of time.
    pub lines: Vec<Line<'e>>,
}

/// A line of a log; it may hold secrets.
#[derive(Clone)]
pub struct Line<'e> {
    /// When it was written.
    pub at: Option<Timestamp>,
    /// What it says, perhaps in several lines.
    pub text: &'e str,
    event: LogEvent<'e>,
}

impl fmt::Debug for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("at", &self.at)
            .field("text", &redacted(self.text))
            .finish_non_exhaustive()
    }
}

impl Line<'_> {
    /// The proof of the line.
    pub fn citation(&self) -> Citation {
        self.event.cite("message")
    }
}

/// Whether a line is the container runtime's, which could not run the program. Where the runtime is left alone with the
/// container it can only say so in the container's log.
pub(crate) fn is_of_runtime(line: &str) -> bool {
    let line = line.trim_start().to_ascii_lowercase();
    line.starts_with("exec /") || line.contains("exec user process caused")
}

/// Every log in the evidence whose task is known: the stream tells it, or only one container can have written it.
pub fn logs(evidence: &Evidence) -> Vec<Log<'_>> {
    by_container(evidence.log_lines())
}

fn by_container<'e>(lines: impl Iterator<Item = (LogEvent<'e>, Writer<'e>)>) -> Vec<Log<'e>> {
    let mut logs: Vec<Log<'_>> = Vec::new();
    let mut places: HashMap<(&str, Option<&str>), usize> = HashMap::new();
    for (event, Writer { container, task, is_named }) in lines {
        let Some(text) = event.message() else { continue };
        let place = *places.entry((task, container)).or_insert_with(|| {
            logs.push(Log { container, task, is_named, lines: Vec::new() });
            logs.len() - 1
        });
        let log = &mut logs[place];
        log.is_named &= is_named;
        log.lines.push(Line { at: event.timestamp(), text, event });
    }
    for log in &mut logs {
        // A stable sort: lines of one moment keep their order.
        log.lines.sort_by_key(|line| line.at);
    }
    logs
}

/// Logs of which nothing else is known: each is a subject by what its last lines say.
pub(super) fn alone(evidence: &Evidence) -> impl Iterator<Item = Subject<'_>> {
    let mut logs: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for event in evidence.all::<LogEvent<'_>>() {
        let Some(text) = event.message() else { continue };
        let name = event.log_stream_name().unwrap_or(event.node().document().name());
        logs.entry(name).or_default().push(Line { at: event.timestamp(), text, event });
    }
    logs.into_iter().map(|(name, mut lines)| {
        lines.sort_by_key(|line| line.at);
        let mut subject = Subject::new(SubjectKind::Message, name, evidence);
        subject.log = last_said(lines, None);
        subject
    })
}

/// The last of some lines as messages.
fn last_said(lines: Vec<Line<'_>>, container: Option<&str>) -> Vec<Statement> {
    let last = lines.len().saturating_sub(LINES);
    let said = lines.into_iter().skip(last).map(|line| {
        let text = redacted(line.text);
        Statement::new(Source::Log, &text, line.citation()).container(container).at(line.at)
    });
    said.collect()
}

impl<'e> Subject<'e> {
    /// The logs of this task.
    pub fn logs(&self) -> Vec<Log<'e>> {
        let id = self.task.as_ref().and_then(|task| task.task_arn()?.rsplit('/').next());
        id.map(|id| by_container(self.evidence.log_lines_of(id))).unwrap_or_default()
    }

    /// The last lines of this task's containers as messages, up to the end of the task.
    pub(super) fn logged(&self) -> Vec<Statement> {
        let end = self.timeline.latest();
        let said = |log: Log<'e>| {
            let named = log.container.filter(|name| self.exits.iter().any(|exit| exit.container == *name));
            let before = |line: &Line<'_>| !matches!((line.at, end), (Some(at), Some(end)) if at > end);
            last_said(log.lines.into_iter().filter(before).collect(), named)
        };
        self.logs().into_iter().flat_map(said).collect()
    }
}
