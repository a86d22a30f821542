//! What the containers of a task logged, as far as it was fetched.

use std::fmt;

use super::Subject;
use super::statement::{Source, Statement};
use crate::Timestamp;
use crate::evidence::logs::LogEvent;
use crate::evidence::{Citation, Evidence, Request};
use crate::redact::redacted;

/// Lines before the end of a container that are read.
const LINES: usize = 50;

/// The log of one container.
#[derive(Debug, Clone)]
pub struct Log<'e> {
    /// Name of the container; absent when the stream does not name it.
    pub container: Option<&'e str>,
    /// Id of the task.
    pub task: &'e str,
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

/// Every log in the evidence whose stream tells the task: `PREFIX/CONTAINER/TASK` with awslogs.
pub fn logs(evidence: &Evidence) -> Vec<Log<'_>> {
    let mut logs: Vec<Log<'_>> = Vec::new();
    for (event, request) in evidence.answers::<LogEvent<'_>>() {
        let Some((container, task)) = stream(&event, request).and_then(parts) else { continue };
        let Some(text) = event.message() else { continue };
        let line = Line { at: event.timestamp(), text, event };
        match logs.iter_mut().find(|log| log.task == task && log.container == container) {
            Some(log) => log.lines.push(line),
            None => logs.push(Log { container, task, lines: vec![line] }),
        }
    }
    for log in &mut logs {
        // A stable sort: lines of one moment keep their order.
        log.lines.sort_by_key(|line| line.at);
    }
    logs
}

fn stream<'e>(event: &LogEvent<'e>, request: Option<&'e Request>) -> Option<&'e str> {
    let asked = || {
        let request = request?;
        let several = request.params.get("logStreamNames").and_then(|names| names.as_array());
        request.param("logStreamName").or_else(|| match several?.as_slice() {
            [only] => only.as_str(),
            _ => None,
        })
    };
    event.log_stream_name().or_else(asked)
}

/// Container and task of a stream's name.
fn parts(stream: &str) -> Option<(Option<&str>, &str)> {
    let (rest, task) = stream.rsplit_once('/')?;
    let container = rest.rsplit('/').next().filter(|name| !name.is_empty());
    (task.len() >= 32).then_some((container, task))
}

impl<'e> Subject<'e> {
    /// The logs of this task.
    pub fn logs(&self) -> Vec<Log<'e>> {
        let Some(id) = self.task.as_ref().and_then(|task| task.task_arn()?.rsplit('/').next()) else {
            return Vec::new();
        };
        logs(self.evidence).into_iter().filter(|log| log.task == id).collect()
    }

    /// The last lines of this task's containers as messages, up to the end of the task.
    pub(super) fn logged(&self) -> Vec<Statement> {
        let end = self.timeline.latest();
        let said = |log: Log<'e>| {
            let named = log.container.filter(|name| self.exits.iter().any(|exit| exit.container == *name));
            let before = |line: &Line<'_>| !matches!((line.at, end), (Some(at), Some(end)) if at > end);
            let lines: Vec<Line<'e>> = log.lines.into_iter().filter(before).collect();
            let last = lines.len().saturating_sub(LINES);
            let lines = lines.into_iter().skip(last);
            lines
                .map(|line| {
                    let text = redacted(line.text);
                    Statement::new(Source::Log, &text, line.citation()).container(named).at(line.at)
                })
                .collect::<Vec<_>>()
        };
        self.logs().into_iter().flat_map(said).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_names_container_and_task() {
        let task = "0123456789abcdef0123456789abcdef";
        for (stream, expected) in [
            (format!("ecs/web/{task}"), Some(Some("web"))),
            (format!("a/b/web/{task}"), Some(Some("web"))),
            (format!("web/{task}"), Some(Some("web"))),
            (task.to_owned(), None),
            ("2026/10/12/[$LATEST]abc".to_owned(), None),
        ] {
            assert_eq!(parts(&stream).map(|(container, _)| container), expected, "{stream}");
        }
    }
}
