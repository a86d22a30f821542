//! Which container of which task wrote a line of a log.

use std::collections::BTreeMap;
use std::fmt;

use super::answer::Answer;
use super::calls::kebab;
use super::ecs::{Container, Task};
use super::logs::LogEvent;
use super::node::Read;
use super::{Evidence, Item, Kind, Request};
use crate::Timestamp;
use crate::error::Problem;

/// What wrote a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Writer<'e> {
    /// Name of the container; absent when the stream does not name it.
    pub(crate) container: Option<&'e str>,
    /// Id of the task.
    pub(crate) task: &'e str,
    /// Whether the stream says so; else it is only the one that can have written it.
    pub(crate) is_named: bool,
}

/// Lines that came together: their document, and the answer in it.
type Fetch = (usize, Option<usize>);

/// Lines of logs by the id of the task that wrote them, in the order in which they stand.
#[derive(Clone, Default)]
pub(super) struct Written(BTreeMap<String, Vec<WrittenLine>>);

/// In a document that was broken the name of a stream may have taken in what follows it.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").field("tasks", &self.0.len()).finish_non_exhaustive()
    }
}

/// A line of a log and what wrote it.
#[derive(Clone)]
struct WrittenLine {
    /// Position among the items.
    item: usize,
    container: Option<String>,
    is_named: bool,
}

impl Evidence {
    /// Every line of a log whose writer is known: its stream names it, or it is the only one that can have written it.
    pub(crate) fn log_lines(&self) -> impl Iterator<Item = (LogEvent<'_>, Writer<'_>)> {
        self.written().0.keys().flat_map(|task| self.log_lines_of(task))
    }

    /// Those that a task wrote, by its id.
    pub(crate) fn log_lines_of(&self, task: &str) -> impl Iterator<Item = (LogEvent<'_>, Writer<'_>)> {
        self.written().0.get_key_value(task).into_iter().flat_map(move |(task, lines)| {
            lines.iter().filter_map(move |line| {
                let event = LogEvent::read(&self.node(&self.items[line.item]))?;
                let container = line.container.as_deref();
                Some((event, Writer { container, task, is_named: line.is_named }))
            })
        })
    }

    fn written(&self) -> &Written {
        self.written.get_or_init(|| {
            let mut written = Written::default();
            let mut nameless: BTreeMap<Fetch, Option<Writer<'_>>> = BTreeMap::new();
            for position in self.by_kind.of(Kind::LogEvent) {
                let item = &self.items[*position];
                let Some(event) = LogEvent::read(&self.node(item)) else { continue };
                let writer = match stream(&event, self.request(item)) {
                    Some(stream) => named(stream).or_else(|| self.writer_named_in(stream)),
                    None => *nameless.entry(fetch(item)).or_insert_with(|| self.only_writer(item)),
                };
                let Some(Writer { container, task, is_named }) = writer else { continue };
                let line = WrittenLine { item: *position, container: container.map(str::to_owned), is_named };
                written.0.entry(task.to_owned()).or_default().push(line);
            }
            written
        })
    }

    /// Whether lines of a stream are at hand.
    pub(super) fn has_lines_of(&self, stream: &str) -> bool {
        named(stream).is_some_and(|wanted| {
            let lines = self.written().0.get(wanted.task).into_iter().flatten();
            lines.map(|line| line.container.as_deref()).any(|container| container == wanted.container)
        })
    }

    /// Lines without a stream that several containers can have written, or none.
    pub(super) fn nameless_lines(&self) -> Vec<Problem> {
        if self.all::<Task<'_>>().next().is_none() {
            return Vec::new();
        }
        let nameless = self.log_items().filter(|(item, event)| stream(event, self.request(item)).is_none());
        let fetches: BTreeMap<Fetch, &Item> = nameless.map(|(item, _)| (fetch(item), item)).collect();
        let open = fetches.into_values().filter(|item| self.only_writer(item).is_none());
        open.map(|item| {
            let answer = item.answer.map(|answer| Answer::new(self, answer).node());
            let node = answer.unwrap_or_else(|| self.node(item));
            let document = node.document();
            let message = "the lines do not name their stream, and they could be of more than one container or \
                           of none that is known: record the call with its `logStreamName`, or put the \
                           container's name after the command in the file's name";
            Problem::note(document.name(), &document.outer_pointer(node.pointer()), message.to_owned())
        })
        .collect()
    }

    fn log_items(&self) -> impl Iterator<Item = (&Item, LogEvent<'_>)> {
        self.items_of(Kind::LogEvent).filter_map(|item| Some((item, LogEvent::read(&self.node(item))?)))
    }

    /// The container whose Docker id or FireLens stream this is.
    fn writer_named_in(&self, stream: &str) -> Option<Writer<'_>> {
        let writers = self.all::<Task<'_>>().flat_map(writers);
        let is_it = |(_, container, writer): &(Task<'_>, Container<'_>, Writer<'_>)| {
            let of_firelens = stream
                .strip_suffix(writer.task)
                .and_then(|rest| rest.strip_suffix("-firelens-"))
                .zip(writer.container)
                .is_some_and(|(rest, name)| rest.ends_with(name));
            of_firelens || container.runtime_id() == Some(stream)
        };
        // Of `api` and `web-api` the longer name is in more than the other.
        writers.filter(is_it).map(|(_, _, writer)| writer).max_by_key(|writer| writer.container.map(str::len))
    }

    /// The only container that can have written lines which name no stream: by the name that the document has, and by
    /// the time at which its task lived.
    fn only_writer(&self, line: &Item) -> Option<Writer<'_>> {
        let times: Vec<Timestamp> = self
            .log_items()
            .filter(|(item, _)| fetch(item) == fetch(line))
            .filter_map(|(_, event)| event.timestamp())
            .collect();
        let can_be = |(task, _, _): &(Task<'_>, Container<'_>, Writer<'_>)| {
            let is_within = |at: &Timestamp| {
                task.created_at().is_none_or(|created| created <= *at)
                    && task.stopped_at().is_none_or(|stopped| *at <= stopped)
            };
            times.is_empty() || times.iter().any(is_within)
        };
        let writers: Vec<Writer<'_>> =
            self.all::<Task<'_>>().flat_map(writers).filter(can_be).map(|(_, _, writer)| writer).collect();
        let label = line.answer.and_then(|answer| Answer::new(self, answer).label());
        let labelled = writers.iter().filter(|writer| {
            let name = writer.container.map(kebab);
            label.is_some() && (name == label || Some(writer.task) == label.as_deref())
        });
        let writer = only(labelled).or_else(|| only(writers.iter())).copied();
        writer.map(|writer| Writer { is_named: false, ..writer })
    }
}

fn fetch(item: &Item) -> Fetch {
    (item.document, item.answer)
}

/// The containers of a task.
fn writers<'e>(task: Task<'e>) -> impl Iterator<Item = (Task<'e>, Container<'e>, Writer<'e>)> {
    let id = task.task_arn().and_then(|arn| arn.rsplit('/').next());
    let containers = task.containers();
    containers.into_iter().filter_map(move |container| {
        let writer = Writer { container: container.name(), task: id?, is_named: true };
        Some((task.clone(), container, writer))
    })
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    found.next().filter(|_| found.next().is_none())
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

/// Container and task of a stream's name: `PREFIX/CONTAINER/TASK` with awslogs.
fn named(stream: &str) -> Option<Writer<'_>> {
    let (rest, task) = stream.rsplit_once('/')?;
    let container = rest.rsplit('/').next().filter(|name| !name.is_empty());
    (task.len() >= 32).then_some(Writer { container, task, is_named: true })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TASK: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_stream_names_container_and_task() {
        for (stream, expected) in [
            (format!("ecs/web/{TASK}"), Some(Some("web"))),
            (format!("a/b/web/{TASK}"), Some(Some("web"))),
            (format!("web/{TASK}"), Some(Some("web"))),
            (TASK.to_owned(), None),
            ("2026/10/12/[$LATEST]abc".to_owned(), None),
        ] {
            assert_eq!(named(&stream).map(|writer| writer.container), expected, "{stream}");
        }
    }

    /// The containers whose lines are known, and how many answers are of nobody.
    fn written(containers: &[&str], documents: &[(&str, Value)]) -> (Vec<String>, usize) {
        let containers: Vec<Value> = containers
            .iter()
            .map(|name| json!({"name": name, "runtimeId": format!("{name}-d0c"), "exitCode": 1}))
            .collect();
        let task = json!({"taskArn": format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{TASK}"),
            "createdAt": 1_790_000_000, "stoppedAt": 1_790_000_100, "lastStatus": "STOPPED", "containers": containers});
        let mut evidence = Evidence::new();
        evidence.add_value(None, json!({ "tasks": [task] })).unwrap();
        for (name, value) in documents {
            evidence.add_named(name, value.to_string().as_bytes()).unwrap();
        }
        let written =
            evidence.log_lines().filter_map(|(_, writer)| writer.container.map(str::to_owned)).collect();
        (written, evidence.nameless_lines().len())
    }

    fn line(milliseconds: u64) -> Value {
        json!({"events": [{"timestamp": milliseconds, "message": "x", "ingestionTime": milliseconds}],
            "nextForwardToken": "f/1", "nextBackwardToken": "b/1"})
    }

    #[test]
    fn lines_without_a_stream_are_of_the_only_container_that_can_have_written_them() {
        let during = || line(1_790_000_050_000);
        assert_eq!(written(&["app"], &[("log.json", during())]), (vec!["app".into()], 0));
        assert_eq!(written(&["app", "proxy"], &[("log.json", during())]), (vec![], 1));
        let labelled = ("get-log-events-proxy.json", during());
        assert_eq!(written(&["app", "proxy"], &[labelled]), (vec!["proxy".into()], 0));
        assert_eq!(written(&["app"], &[("log.json", line(1_780_000_000_000))]), (vec![], 1));
    }

    #[test]
    fn streams_of_docker_and_of_firelens_name_their_container() {
        let named = |stream: String| {
            let event = json!({"timestamp": 1, "message": "x", "ingestionTime": 1, "eventId": "1", "logStreamName": stream});
            written(&["api", "web-api"], &[("log.json", json!({ "events": [event] }))]).0
        };
        assert_eq!(named("api-d0c".into()), ["api"]);
        assert_eq!(named(format!("from-fluent-bit-web-api-firelens-{TASK}")), ["web-api"]);
        assert_eq!(named("something".into()), Vec::<String>::new());
    }
}
