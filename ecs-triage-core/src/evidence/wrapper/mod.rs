//! What ECS objects come wrapped in: events, records of queues and streams, other services' answers.

pub(crate) mod batch;
mod events;
mod lambda;
mod log_records;
mod queues;
mod stacks;
mod step_functions;
mod streams;
mod templates;
mod trail;

use serde_json::{Map, Value};

use super::node::member;
use super::{Kind, Request};

/// What a wrapper holds.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) parts: Vec<Part>,
    /// Pointers of the times at which it was made.
    pub(crate) times: Vec<&'static str>,
}

/// A part of what a wrapper holds.
#[derive(Debug)]
pub(crate) struct Part {
    /// Pointer from the wrapper.
    pub(crate) pointer: String,
    pub(crate) holds: Holds,
    /// The call that the part answers.
    pub(crate) request: Option<Request>,
}

/// What stands at a part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Holds {
    /// An object of a kind.
    Object(Kind),
    /// Something to recognise; text may be JSON, or a message.
    Anything,
    /// Something to recognise; text that is no event is somebody's own and says nothing here.
    Event,
    /// Base64 of something to recognise.
    Data,
}

impl Contents {
    fn add(mut self, pointer: impl Into<String>, holds: Holds) -> Self {
        self.parts.push(Part { pointer: pointer.into(), holds, request: None });
        self
    }

    fn add_answer(mut self, pointer: impl Into<String>, holds: Holds, request: &Request) -> Self {
        self.parts.push(Part { pointer: pointer.into(), holds, request: Some(request.clone()) });
        self
    }

    fn at(mut self, time: &'static str) -> Self {
        self.times.push(time);
        self
    }

    fn of(pointer: impl Into<String>, holds: Holds) -> Self {
        Self::default().add(pointer, holds)
    }
}

/// One reader a wrapper; the first that knows the object opens it.
static READERS: &[fn(&Wrapper<'_>) -> Option<Contents>] = &[
    events::open,
    trail::open,
    step_functions::open,
    log_records::open,
    streams::open,
    queues::open,
    lambda::open,
    stacks::open,
    templates::open,
];

/// The contents of a wrapper; `None` when the object is none.
pub(crate) fn open(members: &Map<String, Value>, value: &Value) -> Option<Contents> {
    let wrapper = Wrapper { members, value };
    READERS.iter().find_map(|read| read(&wrapper))
}

/// Whether text that is JSON is an event of AWS, and not a line that an application wrote.
pub(crate) fn is_event(value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let wrapper = Wrapper { members, value };
    wrapper.text("detail-type").is_some() && wrapper.has("detail") || trail::is_record(&wrapper)
}

/// An object that may be a wrapper.
struct Wrapper<'v> {
    members: &'v Map<String, Value>,
    value: &'v Value,
}

impl<'v> Wrapper<'v> {
    fn new(value: &'v Value) -> Option<Self> {
        Some(Self { members: value.as_object()?, value })
    }

    /// The member called `key`, and how the document spells it.
    fn get(&self, key: &str) -> Option<(&'v str, &'v Value)> {
        member(self.value, key).map(|(key, value)| (key.as_str(), value))
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.has(key))
    }

    fn text(&self, key: &str) -> Option<&'v str> {
        self.get(key)?.1.as_str()
    }

    /// Pointer of the member called `key`.
    fn pointer(&self, key: &str) -> Option<String> {
        Some(super::node::join("", self.get(key)?.0))
    }

    /// Pointers of the elements of the list `key`, when one of them satisfies `test`.
    fn list_of(&self, key: &str, test: impl Fn(&Wrapper<'_>) -> bool) -> Option<Vec<String>> {
        let (spelling, list) = self.get(key)?;
        let list = list.as_array()?;
        let known = list.iter().filter_map(Wrapper::new).any(|element| test(&element));
        known.then(|| (0..list.len()).map(|index| format!("/{spelling}/{index}")).collect())
    }
}

impl Contents {
    fn of_all(pointers: Vec<String>, holds: Holds) -> Self {
        pointers.into_iter().fold(Self::default(), |contents, pointer| contents.add(pointer, holds))
    }
}
