//! Tells which response a document is, and where in it the objects stand that are read.

use serde_json::{Map, Value};

use super::calls::{Call, Suspect};
use super::embedded::Room;
use super::node::{join, member};
use super::wrapper::Holds;
use super::{Kind, Request, bare, calls, embedded, relaxed, text, wrapper};
use crate::Timestamp;

/// What a document turned out to hold.
#[derive(Debug, Default)]
pub(crate) struct Recognised {
    /// CLI command of the first response found: a name for a document that has none.
    pub(crate) command: Option<String>,
    pub(crate) items: Vec<Found>,
    pub(crate) answers: Vec<FoundAnswer>,
    pub(crate) requests: Vec<Request>,
    /// JSON that stood as text inside the document.
    pub(crate) embedded: Vec<Embedded>,
    /// Times at which the document, or a wrapper in it, was made.
    pub(crate) times: Vec<Timestamp>,
    /// A wrapper was opened that has nothing in it, and may.
    pub(crate) is_empty_wrapper: bool,
    /// What came closest to being understood.
    pub(crate) suspect: Option<Suspect>,
}

impl Recognised {
    /// Whether nothing at all was understood.
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.answers.is_empty() && self.embedded.is_empty() && !self.is_empty_wrapper
    }
}

/// One object of a kind that is read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) pointer: String,
    pub(crate) request: Option<usize>,
    pub(crate) answer: Option<usize>,
}

/// The answer to a call, which may hold nothing.
#[derive(Debug)]
pub(crate) struct FoundAnswer {
    /// Known unless a recorded call is of an operation that is not read here.
    pub(crate) call: Option<&'static Call>,
    pub(crate) pointer: String,
    pub(crate) request: Option<usize>,
}

/// JSON inside a text.
#[derive(Debug)]
pub(crate) struct Embedded {
    pub(crate) pointer: String,
    pub(crate) value: Value,
    /// The call that it answers.
    pub(crate) request: Option<Request>,
    /// Whether it is no fault when nothing in it is understood.
    pub(crate) may_be_foreign: bool,
}

/// Wrappers nest a handful deep in practice; this is far beyond and bounds the recursion.
const DEEPEST: usize = 32;

/// How deep the rows of a query stand: in a list, or alone.
const ROW_DEPTH: usize = 2;

/// Members in which people and their tools put evidence, so that what stands there is meant.
const WRAPPING: &[&str] =
    &["inputs", "evidence", "documents", "response", "result", "data", "output", "jobSummaryList"];

/// Members of records that programs write, in which a message of ECS may stand.
const TELLING: &[&str] =
    &["error", "errorMessage", "log", "message", "msg", "reason", "statusReason", "updateStatusReason"];

/// Finds what `value` holds. `name` may begin with the CLI command that printed it.
pub(crate) fn recognise(name: Option<&str>, value: &Value, room: &mut Room) -> Recognised {
    let call = name.and_then(calls::of_name);
    recognise_answer(call.map(|call| Request::new(call.service, call.operation, Value::Null)), value, room)
}

/// Finds what `value` holds, which answers `request`.
pub(crate) fn recognise_answer(request: Option<Request>, value: &Value, room: &mut Room) -> Recognised {
    let mut found = Recognised::default();
    let mut walk = Walk { found: &mut found, room };
    let place = match request {
        Some(request) => walk.asked(request, Place::default()),
        None => Place::default(),
    };
    walk.visit(value, String::new(), place);
    found
}

/// The entries of `{ "describe-tasks": …, "get_role.json": … }`, which may stand under `inputs` or `evidence`.
pub(crate) fn as_bundle(value: &Value) -> Option<Vec<(&str, &Value)>> {
    let members = value.as_object()?;
    let is_named = |(name, value): (&String, &Value)| {
        (value.is_object() || value.is_array()) && (calls::of_name(name).is_some() || is_events(name, value))
    };
    if members.iter().any(is_named) {
        let entries = members.iter().filter(|(_, value)| value.is_object() || value.is_array());
        return Some(entries.map(|(name, value)| (name.as_str(), value)).collect());
    }
    // Under such a member names of one's own are no surprise.
    let inner = ["inputs", "evidence", "documents"].iter().find_map(|key| members.get(*key)?.as_object())?;
    let entries = inner.iter().filter(|(_, value)| value.is_object() || value.is_array());
    let entries: Vec<_> = entries.map(|(name, value)| (name.as_str(), value)).collect();
    (!entries.is_empty()).then_some(entries)
}

/// `events` holds events of EventBridge, or tasks as such events carry them; a service's own messages are
/// an answer's member of the same name.
fn is_events(name: &str, value: &Value) -> bool {
    let first = value.as_array().map_or(Some(value), |values| values.first());
    let has = |key: &str| first.is_some_and(|event| event.get(key).is_some());
    matches!(name, "event" | "events")
        && ["detail", "detail-type", "taskArn", "taskDefinitionArn", "stopCode"].iter().any(|key| has(key))
}

/// Where the walk is, and what is known of it.
#[derive(Clone, Copy, Default)]
struct Place {
    request: Option<usize>,
    call: Option<&'static Call>,
    answer: Option<usize>,
    depth: usize,
    /// Within an object that is not understood, where only whole answers and wrappers count.
    is_foreign: bool,
}

struct Walk<'r> {
    found: &'r mut Recognised,
    /// How many bytes may still be unpacked.
    room: &'r mut Room,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value, pointer: String, place: Place) {
        if place.depth > DEEPEST {
            return;
        }
        let place = Place { depth: place.depth + 1, ..place };
        match value {
            Value::Array(values) => self.visit_list(values, &pointer, place),
            Value::Object(members) => self.visit_object(value, members, pointer, place),
            Value::String(text) if !place.is_foreign => self.visit_text(value, text, pointer, place),
            _ => {}
        }
    }

    fn visit_list(&mut self, values: &[Value], pointer: &str, place: Place) {
        // A list where an answer belongs is what a query took out of it, perhaps nothing.
        let items = self.found.items.len();
        let answers = self.found.answers.len();
        let takes_words = place.call.is_some_and(|call| call.kinds().any(Kind::is_text));
        for (index, value) in values.iter().enumerate() {
            match value.as_str() {
                // Rows that a query made have names and states beside the messages.
                Some(text) if !takes_words && is_word(text) => {}
                Some(text) if Timestamp::parse(text).is_some() => {
                    self.found.times.extend(Timestamp::parse(text))
                }
                _ => self.visit(value, format!("{pointer}/{index}"), place),
            }
        }
        let (Some(call), None) = (place.call, place.answer) else {
            return;
        };
        if self.found.answers.len() == answers && (values.is_empty() || self.found.items.len() > items) {
            let answer = self.answer(Some(call), pointer.to_owned(), place);
            for item in &mut self.found.items[items..] {
                item.answer = Some(answer);
            }
        }
    }

    fn visit_object(&mut self, value: &Value, members: &Map<String, Value>, pointer: String, place: Place) {
        self.note_response_date(value);
        if let Some(recorded) = recorded_call(members) {
            self.note_observation(members);
            return self.visit_recorded(recorded, &pointer, place);
        }
        // A call without what came back says nothing, least of all that there is nothing.
        if is_unanswered(members) {
            return;
        }
        if let Some(contents) = wrapper::open(members, value) {
            return self.visit_wrapper(contents, value, &pointer, place);
        }
        if let Some(kind) = place.call.and_then(Call::whole)
            && kind.shape().likeness(value) > 0
        {
            let answer = self.answer(place.call, pointer.clone(), place);
            return self.add(kind, value, pointer, Place { answer: Some(answer), ..place });
        }
        if let Some(error) = member(value, "Error").filter(|(_, error)| member(error, "Code").is_some()) {
            return self.visit_error(error.1, join(&pointer, error.0), place);
        }
        let is_asked = place.call.is_some_and(|call| call.is_answered_by(members));
        let bare = match () {
            () if is_asked => None,
            () if place.is_foreign => bare::whole_kind(value),
            () => bare::kind(members, value),
        };
        if let Some(kind) = bare {
            return self.visit_bare(kind, value, pointer, place);
        }
        let mut parts = calls::parts_of(members, place.call);
        if let Some(key) = bare::service_events(members).filter(|_| !is_asked) {
            // A service's messages in a member of any name; of `events` they are no lines of a log.
            parts.retain(|part| part.key != key);
            let place = Place { request: None, call: None, answer: None, is_foreign: false, ..place };
            self.visit(&members[key], join(&pointer, key), place);
            if parts.is_empty() {
                return;
            }
        }
        let holds_something = parts.iter().any(|part| !part.places.is_empty());
        if !parts.is_empty() && (holds_something || !place.is_foreign) {
            return self.visit_parts(parts, value, &pointer, place);
        }
        if let Some(kind) = bare::last_kind(value).filter(|_| !place.is_foreign) {
            return self.visit_bare(kind, value, pointer, place);
        }
        let asked =
            place.call.into_iter().flat_map(Call::kinds).find(|kind| kind.shape().likeness(value) > 0);
        if let Some(kind) = asked.filter(|_| !place.is_foreign) {
            return self.visit_bare(kind, value, pointer, place);
        }
        if self.found.suspect.is_none() {
            self.found.suspect = calls::suspect(members)
                .map(|suspect| Suspect { pointer: format!("{pointer}{}", suspect.pointer), ..suspect });
        }
        for (key, value) in members {
            // Whatever record a logger, a queue or a view made of it, an event of AWS is one.
            if let Some(event) = value.as_str().and_then(embedded::json).filter(wrapper::is_event) {
                self.embed(join(&pointer, key), event, Place::default(), true);
                continue;
            }
            // What a query took out has names of the user's own.
            let may_tell = place.depth <= ROW_DEPTH || TELLING.contains(&key.as_str());
            let tells = || may_tell && value.as_str().is_some_and(relaxed::is_message);
            let is_foreign = place.is_foreign || !(WRAPPING.contains(&key.as_str()) || tells());
            self.visit(value, join(&pointer, key), Place { is_foreign, ..place });
        }
    }

    fn visit_recorded(&mut self, recorded: Recorded<'_>, pointer: &str, place: Place) {
        let inside = join(pointer, recorded.key);
        let place = self.asked(recorded.request, place);
        if recorded.key == "error" {
            return self.visit_error(recorded.answer, inside, place);
        }
        let answers = self.found.answers.len();
        self.visit(recorded.answer, inside.clone(), place);
        // What was recorded counts even when nothing in it is read: an empty answer is an answer.
        if self.found.answers.len() == answers {
            self.answer(place.call, inside, place);
        }
    }

    fn visit_error(&mut self, error: &Value, pointer: String, place: Place) {
        // An error line names its operation, which is known in one service alone.
        let operation = match error {
            Value::String(line) => text::CliError::parse(line).map(|error| error.operation),
            error => member(error, "Operation").and_then(|(_, operation)| operation.as_str()),
        };
        let place = match (place.request, operation.and_then(calls::find_operation)) {
            (None, Some(call)) => self.asked(Request::new(call.service, call.operation, Value::Null), place),
            _ => place,
        };
        let answer = self.answer(place.call, pointer.clone(), place);
        self.add(Kind::ApiError, error, pointer, Place { answer: Some(answer), ..place });
    }

    fn visit_wrapper(&mut self, contents: wrapper::Contents, value: &Value, pointer: &str, place: Place) {
        self.found.is_empty_wrapper |= contents.parts.is_empty();
        let times = contents.times.iter().filter_map(|time| Timestamp::from_json(value.pointer(time)?));
        self.found.times.extend(times);
        for part in contents.parts {
            let at = format!("{pointer}{}", part.pointer);
            let Some(inside) = value.pointer(&part.pointer) else {
                continue;
            };
            let place = Place { request: None, call: None, answer: None, is_foreign: false, ..place };
            let place = match part.request {
                Some(request) => self.asked(request, place),
                None => place,
            };
            match part.holds {
                Holds::Object(Kind::ApiError) => self.visit_error(inside, at, place),
                Holds::Object(kind) => self.add(kind, inside, at, place),
                Holds::Anything => self.visit(inside, at, place),
                Holds::Event => {
                    if let Some(value) = inside.as_str().and_then(embedded::json) {
                        self.embed(at, value, place, true);
                    }
                }
                Holds::Data => match inside.as_str().and_then(|text| embedded::data(text, self.room)) {
                    Some(value) => {
                        self.embed(at, value, place, false);
                    }
                    None => {
                        let (expected, found) =
                            ("base64 of JSON", "text that is none, or that unpacks to more than 16 MiB");
                        self.found.suspect.get_or_insert(Suspect { pointer: at, expected, found });
                    }
                },
            }
        }
    }

    fn visit_bare(&mut self, kind: Kind, value: &Value, pointer: String, place: Place) {
        let call = place.call.or_else(|| calls::answering_with(kind));
        self.found.command.get_or_insert_with(|| match kind.document_name() {
            "input" => call.map_or("input", |call| call.command).to_owned(),
            name => name.to_owned(),
        });
        // A list of such objects is one answer, which is noted once its end is reached.
        let is_element = place.call.is_some() && pointer.ends_with(|last: char| last.is_ascii_digit());
        let answer = match call {
            Some(call) if place.answer.is_none() && !is_element => {
                Some(self.answer(Some(call), pointer.clone(), place))
            }
            _ => place.answer,
        };
        self.add(kind, value, pointer, Place { answer, ..place });
    }

    fn visit_parts(&mut self, parts: Vec<calls::Part>, value: &Value, pointer: &str, place: Place) {
        let mut answered: Vec<(&'static Call, usize)> = Vec::new();
        for part in parts {
            self.found.command.get_or_insert_with(|| part.call.command.to_owned());
            let known = answered.iter().find(|(call, _)| std::ptr::eq(*call, part.call));
            let answer = match known {
                Some((_, answer)) => *answer,
                None => {
                    let answer = self.answer(Some(part.call), pointer.to_owned(), place);
                    answered.push((part.call, answer));
                    answer
                }
            };
            for at in part.places {
                let Some(inside) = value.pointer(&at) else {
                    continue;
                };
                self.add(
                    part.kind,
                    inside,
                    format!("{pointer}{at}"),
                    Place { answer: Some(answer), ..place },
                );
            }
        }
    }

    /// Text is JSON within JSON, an ARN, an error that the CLI printed, or a message.
    fn visit_text(&mut self, value: &Value, text: &str, pointer: String, place: Place) {
        let trimmed = text.trim();
        if let Some(value) = embedded::json(trimmed) {
            self.embed(pointer, value, place, false);
            return;
        }
        if trimmed.is_empty() {
            return;
        }
        if text::CliError::parse(trimmed).is_some() {
            self.found.command.get_or_insert_with(|| "error".to_owned());
            return self.visit_error(value, pointer, place);
        }
        let kind = match place.call.into_iter().flat_map(Call::kinds).find(|kind| kind.is_text()) {
            Some(kind) => kind,
            None => match arn_kind(trimmed) {
                Some(kind) => kind,
                None if trimmed.starts_with("arn:") && !trimmed.contains(' ') => return,
                None => Kind::Message,
            },
        };
        self.found.command.get_or_insert_with(|| "message".to_owned());
        self.add(kind, value, pointer, place);
    }

    /// The date of the HTTP answer, which boto3 keeps.
    fn note_response_date(&mut self, value: &Value) {
        let date = value.pointer("/ResponseMetadata/HTTPHeaders/date").and_then(Value::as_str);
        let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
        let time = date.and_then(|date| Timestamp::from_epoch(date.timestamp().as_second() as f64));
        self.found.times.extend(time);
    }

    /// When a call was made, where its recorder says so.
    fn note_observation(&mut self, recorded: &Map<String, Value>) {
        self.found.times.extend(recorded.get("observedAt").and_then(Timestamp::from_json));
    }

    /// The place of the answer to `request`.
    fn asked(&mut self, request: Request, place: Place) -> Place {
        let call = calls::find(&request.service, &request.operation);
        // One spelling of service and operation, whichever the recorder had.
        self.found.requests.push(match call {
            Some(call) => Request::new(call.service, call.operation, request.params),
            None => request,
        });
        let request = Some(self.found.requests.len() - 1);
        Place { request, call, answer: None, is_foreign: false, ..place }
    }

    fn answer(&mut self, call: Option<&'static Call>, pointer: String, place: Place) -> usize {
        if let Some(call) = call {
            self.found.command.get_or_insert_with(|| call.command.to_owned());
        } else if let Some(request) = place.request {
            let operation = calls::kebab(&self.found.requests[request].operation);
            self.found.command.get_or_insert(operation);
        }
        self.found.answers.push(FoundAnswer { call, pointer, request: place.request });
        self.found.answers.len() - 1
    }

    fn embed(&mut self, pointer: String, value: Value, place: Place, may_be_foreign: bool) {
        let request = place.request.map(|request| self.found.requests[request].clone());
        self.found.embedded.push(Embedded { pointer, value, request, may_be_foreign });
    }

    fn add(&mut self, kind: Kind, value: &Value, pointer: String, place: Place) {
        let Place { request, answer, .. } = place;
        let text = match kind {
            Kind::LogEvent => member(value, "message").map(|(key, line)| (join(&pointer, key), line)),
            Kind::TrailEvent => {
                member(value, "CloudTrailEvent").map(|(key, record)| (join(&pointer, key), record))
            }
            Kind::LogLine => Some((pointer.clone(), value)),
            _ => None,
        };
        if let Some((pointer, text)) = text
            && let Some(event) = text.as_str().and_then(embedded::json).filter(wrapper::is_event)
        {
            self.embed(pointer, event, Place::default(), true);
            if kind != Kind::TrailEvent {
                return;
            }
        }
        if kind == Kind::Job {
            for task in wrapper::batch::tasks(value) {
                let pointer = format!("{pointer}{task}");
                self.found.items.push(Found { kind: Kind::Task, pointer, request, answer });
            }
        }
        self.found.items.push(Found { kind, pointer, request, answer });
    }
}

/// A name or a state, but no message, ARN, time or document.
fn is_word(text: &str) -> bool {
    let text = text.trim();
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/');
    text.chars().all(is_plain) && !text.ends_with("Error") && Timestamp::parse(text).is_none()
}

/// What a bare ARN names.
fn arn_kind(text: &str) -> Option<Kind> {
    if !text.starts_with("arn:") || text.contains(' ') {
        return None;
    }
    let resource = text.splitn(6, ':').nth(5)?;
    match resource.split('/').next()? {
        "task" => Some(Kind::TaskArn),
        "container-instance" => Some(Kind::ContainerInstanceArn),
        "service" => Some(Kind::ServiceArn),
        _ => None,
    }
}

/// A recorded call from which the answer was cut out.
fn is_unanswered(members: &Map<String, Value>) -> bool {
    let is = |key: &str, is_kind: fn(&Value) -> bool| members.get(key).is_some_and(is_kind);
    is("service", Value::is_string) && is("operation", Value::is_string) && is("params", Value::is_object)
}

struct Recorded<'v> {
    request: Request,
    key: &'static str,
    answer: &'v Value,
}

/// `{"service": …, "operation": …, "params": …, "response": …}`, or `"error"` in place of the response; `"observedAt"`
/// tells when it was made.
fn recorded_call(members: &Map<String, Value>) -> Option<Recorded<'_>> {
    let service = members.get("service")?.as_str()?;
    let operation = members.get("operation")?.as_str()?;
    let (key, answer) = ["error", "response"]
        .into_iter()
        .find_map(|key| Some((key, members.get(key).filter(|answer| !answer.is_null())?)))
        .or_else(|| Some(("response", members.get("response")?)))?;
    let params = members.get("params").cloned().unwrap_or(Value::Null);
    Some(Recorded { request: Request::new(service, operation, params), key, answer })
}
