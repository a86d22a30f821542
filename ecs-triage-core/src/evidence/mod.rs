//! The documents at hand: what AWS answered, where each answer came from, and typed views of it.

mod calls;
mod citation;
mod document;
pub mod ecs;
mod kind;
mod node;
mod recognise;
pub mod text;
mod wrapper;

use serde_json::Value;

pub use citation::Citation;
pub use document::Document;
pub use kind::{Kind, View};
pub(crate) use node::join;
pub use node::{Field, Node, Read, Shape};

use crate::Timestamp;
use crate::error::{EvidenceError, Problem};

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
    items: Vec<Item>,
    problems: Vec<Problem>,
    observed_at: Option<Timestamp>,
}

/// One object of a kind that is read here, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    document: usize,
    pointer: String,
    /// The request that this answers, when it is known.
    request: Option<usize>,
}

/// The call that a document answers.
///
/// Many answers do not name what was asked: `ListRolePolicies` names no role.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Request {
    /// Service as botocore names it: `iam`.
    pub service: String,
    /// Operation: `ListRolePolicies`.
    pub operation: String,
    /// Parameters with botocore's names.
    pub params: Value,
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

impl Evidence {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
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
                self.add_value(name, decoded.value)
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
        if let Some(bundle) = recognise::as_bundle(&value) {
            let mut outcome = Ok(());
            for (name, value) in bundle {
                outcome = self.add_value(Some(name), value.clone()).and(outcome);
            }
            return outcome;
        }
        let index = self.documents.len();
        let recognised = recognise::recognise(name, &value);
        let name = self.free_name(name.or(recognised.command.as_deref()).unwrap_or("input"));
        self.documents.push(Document::new(name, value));
        self.index(index, recognised)
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

    /// The documents in the order in which they were added.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// What could not be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Everything of one kind, in the order in which it was added.
    pub fn all<'e, V: View<'e>>(&'e self) -> impl Iterator<Item = V> + 'e {
        self.items_of(V::KIND).filter_map(|item| V::read(&self.node(item)))
    }

    /// Everything of one kind, each with the call that it answers where that is known.
    pub fn answers<'e, V: View<'e>>(&'e self) -> impl Iterator<Item = (V, Option<&'e Request>)> + 'e {
        self.items_of(V::KIND).filter_map(|item| Some((V::read(&self.node(item))?, self.request(item))))
    }

    /// Puts another value at a place, for judging a change before it is made. `None` when there is no such place.
    pub(crate) fn set(&mut self, document: &str, pointer: &str, value: Value) -> Option<()> {
        let (parent, key) = pointer.rsplit_once('/').unwrap_or(("", ""));
        let document = self.documents.iter_mut().find(|found| found.name() == document)?;
        match document.value_mut().pointer_mut(parent)? {
            Value::Object(members) if !pointer.is_empty() => {
                members.insert(key.replace("~1", "/").replace("~0", "~"), value);
            }
            Value::Array(values) => *values.get_mut(key.parse::<usize>().ok()?)? = value,
            _ => return None,
        }
        Some(())
    }

    /// Whether the answer to this call is at hand, so that it need not be asked for.
    pub(crate) fn has_answer(&self, service: &str, operation: &str, params: &Value) -> bool {
        self.documents.iter().flat_map(Document::requests).any(|request| {
            request.service == service && request.operation == operation && request.params == *params
        })
    }

    pub(crate) fn items_of(&self, kind: Kind) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind == kind)
    }

    pub(crate) fn node<'e>(&'e self, item: &Item) -> Node<'e> {
        let document = &self.documents[item.document];
        let value = document.value().pointer(&item.pointer).unwrap_or(&Value::Null);
        Node::new(document, item.pointer.clone(), value)
    }

    pub(crate) fn request(&self, item: &Item) -> Option<&Request> {
        self.documents[item.document].requests().get(item.request?)
    }

    fn index(&mut self, document: usize, recognised: recognise::Recognised) -> Result<(), EvidenceError> {
        let name = self.documents[document].name().to_owned();
        if recognised.items.is_empty() && recognised.embedded.is_empty() {
            let found = node::kind_of(self.documents[document].value());
            return Err(self.reject(EvidenceError::Unrecognised {
                document: name,
                pointer: String::new(),
                expected:
                    "a response of ECS, IAM, ECR, EC2, ELB, CloudWatch or another service that is read here"
                        .into(),
                found: format!("{found} that is none of them"),
            }));
        }
        self.documents[document].set_requests(recognised.requests);
        for found in recognised.items {
            let item = Item { kind: found.kind, document, pointer: found.pointer, request: found.request };
            let mut mismatches = Vec::new();
            self.node(&item).mismatches(item.kind.shape(), &mut mismatches);
            for wrong in mismatches {
                self.problems.push(Problem::new(&name, &wrong.pointer, wrong.expected, wrong.found));
            }
            self.items.push(item);
        }
        for inner in recognised.embedded {
            let index = self.documents.len();
            let recognised = recognise::recognise(None, &inner.value);
            self.documents.push(Document::wrapped(name.clone(), inner.pointer, inner.value));
            self.index(index, recognised)?;
        }
        Ok(())
    }

    fn reject(&mut self, error: EvidenceError) -> EvidenceError {
        self.problems.push(error.to_problem());
        error
    }

    /// Two documents never share a name, so that a citation finds its document.
    fn free_name(&self, wanted: &str) -> String {
        let taken = |name: &str| self.documents.iter().any(|document| document.name() == name);
        if !taken(wanted) {
            return wanted.to_owned();
        }
        let mut number = 2;
        while taken(&format!("{wanted}-{number}")) {
            number += 1;
        }
        format!("{wanted}-{number}")
    }
}

fn recorded(request: &Request, key: &str, answer: Value) -> Value {
    serde_json::json!({
        "service": request.service,
        "operation": request.operation,
        "params": request.params,
        key: answer,
    })
}
