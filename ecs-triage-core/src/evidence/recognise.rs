//! Tells which response a document is, and where in it the objects stand that are read.

use serde_json::{Map, Value};

use super::node::join;
use super::{Kind, Request, calls, wrapper};

/// What a document turned out to hold.
#[derive(Debug, Default)]
pub(crate) struct Recognised {
    /// CLI command of the first response found: a name for a document that has none.
    pub(crate) command: Option<String>,
    pub(crate) items: Vec<Found>,
    pub(crate) requests: Vec<Request>,
    /// JSON that stood as text inside the document.
    pub(crate) embedded: Vec<Embedded>,
}

/// One object of a kind that is read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) pointer: String,
    pub(crate) request: Option<usize>,
}

/// JSON inside a text.
#[derive(Debug)]
pub(crate) struct Embedded {
    pub(crate) pointer: String,
    pub(crate) value: Value,
}

/// Wrappers nest a handful deep in practice; this is far beyond and bounds the recursion.
const DEEPEST: usize = 32;

/// Finds what `value` holds. `name` may begin with the CLI command that printed it.
pub(crate) fn recognise(name: Option<&str>, value: &Value) -> Recognised {
    let mut found = Recognised::default();
    let request = name.and_then(calls::of_name).map(|call| {
        found.requests.push(Request::new(call.service, call.operation, Value::Null));
        0
    });
    Walk { found: &mut found }.visit(value, String::new(), request, 0);
    found
}

/// The entries of `{ "describe-tasks": …, "get-role": … }`.
pub(crate) fn as_bundle(value: &Value) -> Option<impl Iterator<Item = (&str, &Value)>> {
    let members = value.as_object()?;
    let is_bundle = !members.is_empty() && members.keys().all(|name| calls::of_name(name).is_some());
    is_bundle.then(|| members.iter().map(|(name, value)| (name.as_str(), value)))
}

struct Walk<'r> {
    found: &'r mut Recognised,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value, pointer: String, request: Option<usize>, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match value {
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    self.visit(value, format!("{pointer}/{index}"), request, depth + 1);
                }
            }
            Value::Object(members) => self.visit_object(value, members, pointer, request, depth),
            Value::String(text) => self.visit_text(text, pointer, request),
            _ => {}
        }
    }

    fn visit_object(
        &mut self,
        value: &Value,
        members: &Map<String, Value>,
        pointer: String,
        request: Option<usize>,
        depth: usize,
    ) {
        if let Some(recorded) = recorded_call(members) {
            self.found.requests.push(recorded.request);
            let request = Some(self.found.requests.len() - 1);
            let inside = join(&pointer, recorded.key);
            match recorded.key {
                "error" if recorded.answer.is_object() => self.add(Kind::ApiError, inside, request),
                _ => self.visit(recorded.answer, inside, request, depth + 1),
            }
            return;
        }
        let inner = wrapper::unwrap(value);
        if !inner.is_empty() {
            for part in inner {
                let at = format!("{pointer}{}", part.pointer);
                match (part.kind, value.pointer(&part.pointer)) {
                    (Some(kind), _) => self.add(kind, at, request),
                    (None, Some(inside)) => self.visit(inside, at, request, depth + 1),
                    (None, None) => {}
                }
            }
            return;
        }
        let mut is_response = false;
        for part in calls::parts_of(members) {
            is_response = true;
            self.found.command.get_or_insert_with(|| part.call.command.to_owned());
            let at = join(&pointer, part.key);
            match part.value {
                Value::Array(values) => {
                    for index in 0..values.len() {
                        self.add(part.kind, format!("{at}/{index}"), request);
                    }
                }
                Value::Null => {}
                _ => self.add(part.kind, at, request),
            }
        }
        if is_response {
            return;
        }
        if let Some(kind) = calls::bare_kind(members) {
            self.found.command.get_or_insert_with(|| kind.document_name().to_owned());
            self.add(kind, pointer, request);
        }
    }

    /// Text is JSON within JSON, or a message.
    fn visit_text(&mut self, text: &str, pointer: String, request: Option<usize>) {
        let trimmed = text.trim();
        if trimmed.starts_with(['{', '[']) {
            if let Ok(value) = serde_json::from_str(trimmed) {
                self.found.embedded.push(Embedded { pointer, value });
                return;
            }
        }
        if !trimmed.is_empty() {
            self.found.command.get_or_insert_with(|| "message".to_owned());
            self.add(Kind::Message, pointer, request);
        }
    }

    fn add(&mut self, kind: Kind, pointer: String, request: Option<usize>) {
        self.found.items.push(Found { kind, pointer, request });
    }
}

struct Recorded<'v> {
    request: Request,
    key: &'static str,
    answer: &'v Value,
}

/// `{"service": …, "operation": …, "params": …, "response": …}`, or `"error"` in place of the response.
fn recorded_call(members: &Map<String, Value>) -> Option<Recorded<'_>> {
    let service = members.get("service")?.as_str()?;
    let operation = members.get("operation")?.as_str()?;
    let (key, answer) = ["response", "error"]
        .into_iter()
        .find_map(|key| Some((key, members.get(key).filter(|answer| !answer.is_null())?)))?;
    let params = members.get("params").cloned().unwrap_or(Value::Null);
    Some(Recorded { request: Request::new(service, operation, params), key, answer })
}
