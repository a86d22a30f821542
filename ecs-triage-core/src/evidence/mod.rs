//! The documents at hand: what AWS answered, where each answer came from, and typed views of it.

mod answer;
pub mod autoscaling;
mod bare;
pub mod batch;
mod calls;
mod citation;
pub mod cloudtrail;
pub mod cloudwatch;
mod document;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod efs;
pub mod elb;
pub mod elbv2;
mod embedded;
pub mod iam;
mod index;
mod join;
mod kind;
pub mod kms;
pub mod logs;
mod node;
mod places;
mod queried;
mod recognise;
pub mod relaxed;
pub mod s3;
pub mod secretsmanager;
mod shape;
pub mod ssm;
mod streams;
pub mod text;
mod unanswered;
mod wrapper;

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use serde_json::Value;

pub use answer::Answer;
use answer::AnswerRecord;
pub(crate) use calls::split_name;
pub use calls::{CallRead, calls_read};
pub use citation::Citation;
pub use document::Document;
pub(crate) use document::Quoting;
pub use join::{InlinePolicies, Listed};
use kind::ByKind;
pub use kind::{Kind, View};
pub(crate) use node::join;
pub use node::{Node, Read};
pub use shape::{Field, Shape};
pub(crate) use streams::Writer;

use crate::Timestamp;
use crate::error::{EvidenceError, Problem};
use crate::redact::{Place, redact_value};

/// Everything that is known about an incident: the responses that somebody has fetched.
///
/// ```
/// use ecs_triage_core::Evidence;
/// let mut evidence = Evidence::new();
/// evidence.add_json(br#"{"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123", "lastStatus": "RUNNING"}]}"#)?;
/// assert_eq!(evidence.documents()[0].name(), "describe-tasks");
/// # Ok::<(), ecs_triage_core::EvidenceError>(())
/// ```
#[derive(Debug, Default, Clone)]
pub struct Evidence {
    documents: Vec<Document>,
    /// Names of documents, and the number last given to another one that was to have the name.
    names: HashMap<String, usize>,
    /// How much may still be unpacked.
    room: embedded::Room,
    items: Vec<Item>,
    /// Positions in `items`, so that a rule that asks for one kind does not pass over all others.
    by_kind: ByKind,
    answers: Vec<AnswerRecord>,
    /// Positions in `answers` by their operation.
    by_operation: HashMap<String, Vec<usize>>,
    /// The names of all roles, once somebody asks for one.
    role_names: OnceLock<Vec<join::RoleName>>,
    /// Where each task stands among the items, by ARN: copies of a task count once.
    tasks: HashMap<String, usize>,
    /// The lines of logs by what wrote them, once somebody asks.
    written: OnceLock<streams::Written>,
    problems: Vec<Problem>,
    observed_at: Option<Timestamp>,
    /// The newest time in the documents.
    latest: Option<Timestamp>,
    /// The newest time at which a document, or a wrapper in it, says that it was made.
    stated: Option<Timestamp>,
    /// Whether it is only judged: nothing of it is shown.
    is_bare: bool,
}

/// One object of a kind that is read here, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    document: usize,
    pointer: String,
    /// The request that this answers, when it is known.
    request: Option<usize>,
    /// The answer that this is part of.
    answer: Option<usize>,
    /// What it says of what it holds, in a document that is read as it was given.
    place: Option<Place>,
}

/// The call that a document answers.
///
/// Many answers do not name what was asked: `ListRolePolicies` names no role.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// Service as botocore names it: `iam`.
    pub service: String,
    /// Operation: `ListRolePolicies`.
    pub operation: String,
    /// Parameters with botocore's names.
    pub params: Value,
}

/// What could be a secret in the parameters is masked.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("service", &self.service)
            .field("operation", &self.operation)
            .field("params", &redact_value(&self.params))
            .finish()
    }
}

impl Request {
    /// A call of `operation` of `service` with `params`.
    pub fn new(service: impl Into<String>, operation: impl Into<String>, params: Value) -> Self {
        Self { service: service.into(), operation: operation.into(), params }
    }

    /// The text parameter called `name`.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)?.as_str()
    }
}

const A_RESPONSE: &str =
    "a response of ECS, IAM, ECR, EC2, ELB, CloudWatch or another service that is read here";

impl Evidence {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for whoever judges tasks and shows neither proof nor problems: values that are cited need not be searched
    /// for secrets, and members of another type than expected need not be noted.
    pub(crate) fn bare() -> Self {
        Self { is_bare: true, ..Self::default() }
    }

    /// Adds a document and finds out which response it is.
    ///
    /// Reads JSON, NDJSON, and the forms that people paste when they have nothing better.
    ///
    /// # Errors
    /// [`EvidenceError`] when nothing in it can be read. The report says so too, and every other document
    /// still counts.
    pub fn add_json(&mut self, bytes: &[u8]) -> Result<(), EvidenceError> {
        self.add(None, bytes)
    }

    /// Adds a document under the name by which citations shall refer to it.
    ///
    /// A name that begins with the CLI command, such as `get-role-policy-task`, also tells what was asked.
    ///
    /// # Errors
    /// As [`Evidence::add_json`].
    pub fn add_named(&mut self, name: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        self.add(Some(name), bytes)
    }

    fn add(&mut self, name: Option<&str>, bytes: &[u8]) -> Result<(), EvidenceError> {
        match document::decode(bytes) {
            Ok(decoded) => {
                let label = name.unwrap_or("input").to_owned();
                for note in decoded.notes {
                    self.problems.push(Problem::note(&label, &note.pointer, note.message));
                }
                let quoting = if decoded.is_repaired { Quoting::Scalars } else { Quoting::Values };
                self.add_decoded(name, decoded.value, quoting)
            }
            Err(found) => Err(self.reject(EvidenceError::Unreadable {
                document: name.unwrap_or("input").to_owned(),
                pointer: String::new(),
                expected: "JSON that the AWS CLI or an SDK printed".into(),
                found,
            })),
        }
    }

    /// Adds a document that is already parsed.
    ///
    /// # Errors
    /// As [`Evidence::add_json`].
    pub fn add_value(&mut self, name: Option<&str>, value: Value) -> Result<(), EvidenceError> {
        self.add_decoded(name, value, Quoting::Values)
    }

    fn add_decoded(
        &mut self,
        name: Option<&str>,
        value: Value,
        quoting: Quoting,
    ) -> Result<(), EvidenceError> {
        if let Some(bundle) = recognise::as_bundle(&value) {
            let mut outcome = Ok(());
            for (name, value) in bundle {
                outcome = self.add_decoded(Some(name), value.clone(), quoting).and(outcome);
            }
            let observed = ["observedAt", "observed_at"].iter().find_map(|key| value.get(*key));
            self.latest = observed.and_then(Timestamp::from_json).max(self.latest);
            return outcome;
        }
        let index = self.documents.len();
        // A stream of events is spelled as EventBridge spells it.
        let renamed = if self.is_bare { None } else { renamed(name, &value) };
        let (value, places) = match renamed {
            Some(renamed) => (renamed.value, Some(renamed.places)),
            None => (value, None),
        };
        let mut recognised = recognise::recognise(name, &value, &mut self.room);
        let name = self.free_name(name.or(recognised.command.as_deref()).unwrap_or("input"));
        let quoting = if self.is_bare { Quoting::Nothing } else { quoting };
        self.documents.push(Document::new(name, value, quoting).with_places(places));
        let suspect = recognised.suspect.take();
        if !recognised.is_empty() && self.index(index, recognised) {
            return Ok(());
        }
        Err(self.reject(self.unrecognised(index, suspect)))
    }

    fn unrecognised(&self, document: usize, suspect: Option<calls::Suspect>) -> EvidenceError {
        let document = &self.documents[document];
        let found = shape::kind_of(document.as_read());
        let (pointer, expected, found) = match suspect {
            Some(suspect) => (suspect.pointer, suspect.expected.to_owned(), suspect.found.to_owned()),
            None => (String::new(), A_RESPONSE.to_owned(), format!("{found} that is none of them")),
        };
        EvidenceError::Unrecognised { document: document.name().to_owned(), pointer, expected, found }
    }

    /// Adds the answer to a call that the caller made, as [`Request`] names it.
    ///
    /// # Errors
    /// As [`Evidence::add_json`].
    pub fn add_answer(&mut self, request: &Request, answer: Value) -> Result<(), EvidenceError> {
        self.add_value(None, recorded(request, "response", answer))
    }

    /// Adds the error that a call of the caller ended in; a refused or failed call is evidence too.
    ///
    /// # Errors
    /// As [`Evidence::add_json`].
    pub fn add_failure(&mut self, request: &Request, code: &str, message: &str) -> Result<(), EvidenceError> {
        let error = serde_json::json!({ "Code": code, "Message": message });
        self.add_value(None, recorded(request, "error", error))
    }

    /// Says when the evidence was fetched. Without it, the newest time in the documents stands for it.
    pub fn observed(&mut self, at: Timestamp) {
        self.observed_at = Some(at);
    }

    /// When the evidence was fetched, if that was said.
    pub fn observed_at(&self) -> Option<Timestamp> {
        self.observed_at
    }

    /// When the evidence was fetched: as was said, else the newest time at which something in it happened.
    pub fn latest_time(&self) -> Option<Timestamp> {
        self.observed_at.or(self.latest)
    }

    /// When the documents say that they were made, apart from what is in them.
    pub(crate) fn stated_time(&self) -> Option<Timestamp> {
        self.stated
    }

    /// How many objects there are of a kind.
    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.by_kind.of(kind).len()
    }

    /// How many objects there are of other kinds than one.
    pub(crate) fn items_but(&self, kind: Kind) -> usize {
        self.items.len() - self.count(kind)
    }

    /// The documents in the order in which they were added, those inside them after each.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// What could not be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Everything of one kind, in the order in which it was added.
    pub fn all<'e, V: View<'e>>(&'e self) -> impl Iterator<Item = V> + 'e {
        self.items_of(V::KIND).filter_map(|item| V::of_place(self.node(item)))
    }

    /// Everything of one kind, each with the call that it answers where that is known.
    pub fn answers<'e, V: View<'e>>(&'e self) -> impl Iterator<Item = (V, Option<&'e Request>)> + 'e {
        self.items_of(V::KIND).filter_map(|item| Some((V::of_place(self.node(item))?, self.request(item))))
    }

    /// Puts another value at a place, for judging a change before it is made; `-` stands for the place behind the
    /// last element of a list. `None` when there is no such place.
    pub(crate) fn set(&mut self, document: &str, pointer: &str, value: Value) -> Option<()> {
        let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", ""));
        let document = self.documents.iter_mut().find(|found| found.name() == document)?;
        self.written.take();
        self.role_names.take();
        match document.value_mut().pointer_mut(parent)? {
            Value::Object(members) if !pointer.is_empty() => {
                members.insert(key.replace("~1", "/").replace("~0", "~"), value);
            }
            Value::Array(values) if key == "-" => values.push(value),
            Value::Array(values) => *values.get_mut(key.parse::<usize>().ok()?)? = value,
            _ => return None,
        }
        Some(())
    }

    /// Whether the answer to this call is at hand, so that it need not be asked for.
    ///
    /// An answer whose file tells only the command is this call's when it names everything that is asked for. Lines of
    /// a log name nothing, and are known by what wrote them.
    pub(crate) fn has_answer(&self, service: &str, operation: &str, params: &Value) -> bool {
        let stream = params.get("logStreamName").and_then(Value::as_str);
        if stream.is_some_and(|stream| self.has_lines_of(stream)) {
            return true;
        }
        self.documents.iter().any(|document| {
            document.requests().iter().any(|request| {
                request.service == service
                    && request.operation == operation
                    && (request.params == *params
                        || request.params.is_null() && names_all(document.as_read(), params))
            })
        })
    }

    pub(crate) fn items_of(&self, kind: Kind) -> impl Iterator<Item = &Item> {
        self.by_kind.of(kind).iter().map(|index| &self.items[*index])
    }

    pub(crate) fn node<'e>(&'e self, item: &'e Item) -> Node<'e> {
        self.node_at(item.document, &item.pointer).with_place(item.place)
    }

    fn node_at<'e>(&'e self, document: usize, pointer: &'e str) -> Node<'e> {
        let document = &self.documents[document];
        let value = node::value_at(document.as_read(), pointer).unwrap_or(&Value::Null);
        Node::new(document, pointer, value)
    }

    /// The JSON document at a place: what stands there, or what the text there holds.
    ///
    /// IAM policies, the policies of other services and image manifests come as objects or as text, and
    /// what is read in either way is cited in the same way.
    pub fn decoded<'e>(&'e self, node: &Node<'e>) -> Option<Node<'e>> {
        if !node.value().is_string() {
            return Some(node.clone());
        }
        let inner = node.document().inner(node.pointer())?;
        Some(self.node_at(inner, ""))
    }

    pub(crate) fn request(&self, item: &Item) -> Option<&Request> {
        self.documents[item.document].requests().get(item.request?)
    }

    fn reject(&mut self, error: EvidenceError) -> EvidenceError {
        self.problems.push(error.to_problem());
        error
    }

    /// Two documents never share a name, so that a citation finds its document.
    fn free_name(&mut self, wanted: &str) -> String {
        let Some(&last) = self.names.get(wanted) else {
            self.names.insert(wanted.to_owned(), 1);
            return wanted.to_owned();
        };
        let mut number = last;
        let free = loop {
            number += 1;
            let name = format!("{wanted}-{number}");
            if !self.names.contains_key(&name) {
                break name;
            }
        };
        self.names.insert(wanted.to_owned(), number);
        self.names.insert(free.clone(), 1);
        free
    }
}

/// A document with names of somebody's own under AWS's.
fn renamed(name: Option<&str>, value: &Value) -> Option<places::Renamed> {
    let may_be_queried = name.is_none_or(queried::may_be_in);
    may_be_queried.then(|| queried::read(value)).flatten().or_else(|| relaxed::respelled(value))
}

/// Whether every text of a call's parameters stands in an answer, by itself or as a part of an ARN.
fn names_all(answer: &Value, params: &Value) -> bool {
    match params {
        Value::String(text) => names(answer, text),
        Value::Array(values) => values.iter().all(|value| names_all(answer, value)),
        Value::Object(members) => members.values().all(|value| names_all(answer, value)),
        _ => true,
    }
}

fn names(answer: &Value, wanted: &str) -> bool {
    match answer {
        Value::String(text) => {
            text == wanted
                || text.split(['/', ':']).any(|part| part == wanted)
                || text.ends_with(&format!("/{wanted}"))
        }
        Value::Array(values) => values.iter().any(|value| names(value, wanted)),
        Value::Object(members) => members.values().any(|value| names(value, wanted)),
        _ => false,
    }
}

/// Whether a call only reads, and its answer is understood here.
pub(crate) fn is_read_call(service: &str, operation: &str) -> bool {
    const READS: &[&str] = &["Describe", "Get", "List", "BatchGet", "Head", "Filter", "Lookup"];
    READS.iter().any(|verb| operation.starts_with(verb))
        && calls::CALLS.iter().any(|call| call.service == service && call.operation == operation)
}

fn recorded(request: &Request, key: &str, answer: Value) -> Value {
    serde_json::json!({
        "service": request.service,
        "operation": request.operation,
        "params": request.params,
        key: answer,
    })
}
