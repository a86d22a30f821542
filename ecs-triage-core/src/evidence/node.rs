//! A place in a document, and how typed values are read from it.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::{Citation, Document, Shape};
use crate::Timestamp;
use crate::sizes::{parse_cpu, parse_memory};

/// A place in a document: the value there, and the JSON pointer that leads to it.
///
/// Keys are found in the casing in which the document came: `stoppedReason` also finds `StoppedReason`,
/// which is how Step Functions and AWS Batch write the same object.
#[derive(Clone)]
pub struct Node<'e> {
    document: &'e Document,
    /// Where the steps begin.
    base: Cow<'e, str>,
    steps: Steps<'e>,
    value: &'e Value,
    /// Base and steps as text, once somebody asked.
    pointer: OnceLock<String>,
}

/// Steps from the base to the place: most places are looked at and never cited, so no text is made of them.
#[derive(Clone, Copy, Debug)]
struct Steps<'e> {
    steps: [Step<'e>; MOST_STEPS],
    count: usize,
}

/// Deeper places begin anew at the pointer of the one above.
const MOST_STEPS: usize = 6;

#[derive(Clone, Copy, Debug)]
enum Step<'e> {
    Key(&'e str),
    Index(usize),
}

/// The place; never the value, which may be secret.
impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.document.name(), self.pointer())
    }
}

impl<'e> Node<'e> {
    pub(crate) fn new(document: &'e Document, base: impl Into<Cow<'e, str>>, value: &'e Value) -> Self {
        let steps = Steps { steps: [Step::Index(0); MOST_STEPS], count: 0 };
        Self { document, base: base.into(), steps, value, pointer: OnceLock::new() }
    }

    /// The place one step further.
    fn step(&self, step: Step<'e>, value: &'e Value) -> Self {
        if self.steps.count == MOST_STEPS {
            return Self::new(self.document, self.pointer().to_owned(), value).step(step, value);
        }
        let mut steps = self.steps;
        steps.steps[steps.count] = step;
        steps.count += 1;
        Self { document: self.document, base: self.base.clone(), steps, value, pointer: OnceLock::new() }
    }

    /// The value at this place.
    pub fn value(&self) -> &'e Value {
        self.value
    }

    /// The document this place is in.
    pub fn document(&self) -> &'e Document {
        self.document
    }

    /// JSON pointer of this place within its document.
    pub fn pointer(&self) -> &str {
        self.pointer.get_or_init(|| {
            let mut pointer = self.base.clone().into_owned();
            for step in &self.steps.steps[..self.steps.count] {
                match step {
                    Step::Key(key) => pointer = join(&pointer, key),
                    Step::Index(index) => pointer.push_str(&format!("/{index}")),
                }
            }
            pointer
        })
    }

    /// The member called `key`, in whatever casing the document has it; `null` counts as absent.
    pub fn get(&self, key: &str) -> Option<Node<'e>> {
        let (found, value) = member(self.value, key)?;
        Some(self.step(Step::Key(found), value))
    }

    /// The member found by the first of `keys` that is present.
    pub fn get_any(&self, keys: &[&str]) -> Option<Node<'e>> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// What the first of `keys` that is present holds, read without noting its place.
    pub(crate) fn scalar<T: Scalar<'e>>(&self, keys: &[&str]) -> Option<T> {
        T::of(keys.iter().find_map(|key| member(self.value, key))?.1)
    }

    /// The place that a JSON pointer leads to from here.
    pub fn at(&self, pointer: &str) -> Option<Node<'e>> {
        let value = self.value.pointer(pointer)?;
        Some(Self::new(self.document, format!("{}{pointer}", self.pointer()), value))
    }

    /// The elements of this place when it is a list; a single object where a list belongs is a list of one.
    pub fn elements(&self) -> Vec<Node<'e>> {
        match self.value {
            Value::Array(values) => {
                values.iter().enumerate().map(|(index, value)| self.step(Step::Index(index), value)).collect()
            }
            Value::Object(_) => vec![self.clone()],
            _ => Vec::new(),
        }
    }

    /// Cites this place with its literal value.
    pub fn citation(&self) -> Citation {
        Citation::new(self.document, self.pointer())
    }

    /// Cites the member called `key`, or this whole place where the member is absent.
    pub fn cite(&self, key: &str) -> Citation {
        self.get(key).unwrap_or_else(|| self.clone()).citation()
    }
}

/// Looks a key up as written, then with its first letter in the other case; `null` counts as absent.
pub(super) fn member<'e>(value: &'e Value, key: &str) -> Option<(&'e str, &'e Value)> {
    let object = value.as_object()?;
    let present = |key: &str| object.get_key_value(key).filter(|(_, value)| !value.is_null());
    let swapped = || may_be_swapped(object, key).then(|| with_first_letter_swapped(key, present))?;
    present(key).or_else(swapped).map(|(key, value)| (key.as_str(), value))
}

/// Whether an object can have the key in the other case of its first letter. Names are in order, capitals before small
/// letters: the first or the last tells that there are none.
fn may_be_swapped(object: &Map<String, Value>, key: &str) -> bool {
    let first_of = |name: Option<&String>| name.and_then(|name| name.bytes().next());
    if key.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        first_of(object.keys().next()).is_some_and(|first| first <= b'Z')
    } else {
        first_of(object.keys().next_back()).is_some_and(|last| last >= b'a')
    }
}

/// Calls `look_up` with the key in the other case of its first letter, without allocating.
pub(super) fn with_first_letter_swapped<T>(key: &str, look_up: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    /// Longer than the name of any member of AWS.
    const LONGEST: usize = 64;
    let mut buffer = [0; LONGEST];
    let swapped = buffer.get_mut(..key.len())?;
    swapped.copy_from_slice(key.as_bytes());
    let first = swapped.first_mut()?;
    *first ^= if first.is_ascii_alphabetic() { 0x20 } else { 0 };
    look_up(std::str::from_utf8(swapped).ok()?)
}

/// The value that a JSON pointer leads to, as [`Value::pointer`] finds it, which makes texts of every step.
pub(super) fn value_at<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    if pointer.is_empty() || pointer.contains('~') || !pointer.starts_with('/') {
        return value.pointer(pointer);
    }
    pointer.split('/').skip(1).try_fold(value, |value, step| match value {
        Value::Object(members) => members.get(step),
        Value::Array(values) => {
            let is_index = !step.starts_with('+') && (!step.starts_with('0') || step.len() == 1);
            values.get(step.parse::<usize>().ok().filter(|_| is_index)?)
        }
        _ => None,
    })
}

/// Appends one reference token to a JSON pointer (RFC 6901).
pub(crate) fn join(pointer: &str, key: &str) -> String {
    if key.contains(['~', '/']) {
        return format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    }
    let mut joined = String::with_capacity(pointer.len() + 1 + key.len());
    joined.push_str(pointer);
    joined.push('/');
    joined.push_str(key);
    joined
}

/// A type that is read from a value alone, whatever its place.
pub(crate) trait Scalar<'e>: Sized {
    /// What the type expects.
    const SHAPE: Shape;
    /// The value, or `None` when something else is there.
    fn of(value: &'e Value) -> Option<Self>;
}

impl<'e, T: Scalar<'e>> Read<'e> for T {
    const SHAPE: Shape = <T as Scalar<'e>>::SHAPE;
    fn read(node: &Node<'e>) -> Option<Self> {
        T::of(node.value)
    }
}

/// A type that can be read from a place in a document.
pub trait Read<'e>: Sized {
    /// What the type expects.
    const SHAPE: Shape;
    /// The value, or `None` when something else is there.
    fn read(node: &Node<'e>) -> Option<Self>;
}

impl<'e> Scalar<'e> for &'e str {
    const SHAPE: Shape = Shape::Text;
    fn of(value: &'e Value) -> Option<Self> {
        value.as_str()
    }
}

/// Stands for a document in the declaration of a view; what is read is its [`Node`].
pub(crate) struct DocumentText;

impl Read<'_> for DocumentText {
    const SHAPE: Shape = Shape::Document;
    fn read(_: &Node<'_>) -> Option<Self> {
        Some(Self)
    }
}

impl<'e> Scalar<'e> for i64 {
    const SHAPE: Shape = Shape::Integer;
    fn of(value: &'e Value) -> Option<Self> {
        integer(value)
    }
}

pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        // Decimals of DynamoDB exports and exponent notation arrive as floats.
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        }),
        Value::String(text) => text.trim().parse().ok().or_else(|| amount(text)),
        _ => None,
    }
}

/// CPU units or MiB as people write them into a task definition before they register it: `1 vCPU`, `2 GB`.
fn amount(text: &str) -> Option<i64> {
    parse_cpu(text).or_else(|| parse_memory(text)).map(i64::from)
}

impl<'e> Scalar<'e> for f64 {
    const SHAPE: Shape = Shape::Number;
    fn of(value: &'e Value) -> Option<Self> {
        number(value)
    }
}

pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

impl<'e> Scalar<'e> for bool {
    const SHAPE: Shape = Shape::Boolean;
    fn of(value: &'e Value) -> Option<Self> {
        boolean(value)
    }
}

pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

impl<'e> Scalar<'e> for Timestamp {
    const SHAPE: Shape = Shape::Time;
    fn of(value: &'e Value) -> Option<Self> {
        Timestamp::from_json(value)
    }
}

impl<'e> Read<'e> for Node<'e> {
    const SHAPE: Shape = Shape::Any;
    fn read(node: &Node<'e>) -> Option<Self> {
        Some(node.clone())
    }
}

/// Declares typed views: structs over a [`Node`] with one documented getter a member.
///
/// `name: Type = "key"` reads one value, `name: [Type] = "key"` a list; further keys after `|` are
/// the names under which reshaped output carries the same value.
macro_rules! views {
    ($(
        $(#[$doc:meta])*
        $view:ident {
            $( $(#[$field_doc:meta])* $name:ident : $kind:tt = $key:literal $(| $alias:literal)* ; )*
        }
    )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $view<'e>(crate::evidence::Node<'e>);

        impl<'e> $view<'e> {
            $(
                $(#[$field_doc])*
                pub fn $name(&self) -> views!(@type $kind) {
                    views!(@read $kind, self.0, &[$key $(, $alias)*])
                }
            )*

            /// The place this was read from.
            pub fn node(&self) -> &crate::evidence::Node<'e> {
                &self.0
            }

            /// Cites the member with AWS's name `key`, in whatever spelling the document has it.
            pub fn cite(&self, key: &str) -> crate::evidence::Citation {
                let shape: &crate::evidence::Shape = &<$view<'_> as crate::evidence::Read<'_>>::SHAPE;
                if let crate::evidence::Shape::Object(fields) = shape {
                    if let Some(field) = fields.iter().find(|field| field.keys[0] == key) {
                        if let Some(node) = self.0.get_any(field.keys) {
                            return node.citation();
                        }
                    }
                }
                self.0.cite(key)
            }
        }

        impl<'e> crate::evidence::Read<'e> for $view<'e> {
            const SHAPE: crate::evidence::Shape = crate::evidence::Shape::Object(&[
                $( crate::evidence::Field::new(&[$key $(, $alias)*], &views!(@shape $kind)), )*
            ]);
            fn read(node: &crate::evidence::Node<'e>) -> Option<Self> {
                node.value().is_object().then(|| Self(node.clone()))
            }
        }
    )* };

    (@type [$kind:tt]) => { Vec<views!(@inner $kind)> };
    (@type $kind:tt) => { Option<views!(@inner $kind)> };

    (@inner text) => { &'e str };
    (@inner integer) => { i64 };
    (@inner number) => { f64 };
    (@inner boolean) => { bool };
    (@inner time) => { crate::Timestamp };
    (@inner any) => { crate::evidence::Node<'e> };
    (@inner document) => { crate::evidence::Node<'e> };
    (@inner $view:ident) => { $view<'e> };

    (@shape [$kind:tt]) => { crate::evidence::Shape::List(&views!(@shape $kind)) };
    (@shape $kind:tt) => { <views!(@static $kind) as crate::evidence::Read<'static>>::SHAPE };

    (@static text) => { &'static str };
    (@static integer) => { i64 };
    (@static number) => { f64 };
    (@static boolean) => { bool };
    (@static time) => { crate::Timestamp };
    (@static any) => { crate::evidence::Node<'static> };
    (@static document) => { crate::evidence::node::DocumentText };
    (@static $view:ident) => { $view<'static> };

    (@read [$kind:tt], $node:expr, $keys:expr) => {
        $node.get_any($keys).map(|list| {
            list.elements_of_any().iter().filter_map(|node| crate::evidence::Read::read(node)).collect()
        }).unwrap_or_default()
    };
    (@read text, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read integer, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read number, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read boolean, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read time, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read $kind:tt, $node:expr, $keys:expr) => {
        $node.get_any($keys).as_ref().and_then(crate::evidence::Read::read)
    };
}
pub(crate) use views;

impl<'e> Node<'e> {
    /// The elements of a list of anything; a single value where a list belongs is a list of one.
    pub(crate) fn elements_of_any(&self) -> Vec<Node<'e>> {
        match self.value {
            Value::Array(_) | Value::Object(_) => self.elements(),
            _ => vec![self.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_lead_where_they_lead_elsewhere() {
        let value = json!({"a": [{"b/c": 1, "": {"d~e": 2}}, [3]], "0": 4, "": 5});
        for pointer in [
            "",
            "/",
            "/a",
            "/a/0",
            "/a/00",
            "/a/+1",
            "/a/1/0",
            "/a/1/1",
            "/a/2",
            "/0",
            "/0/0",
            "/a/0/b~1c",
            "/a/0//d~0e",
            "/a/0/",
            "/a/x",
            "a",
            "/a/-",
            "//",
        ] {
            assert_eq!(value_at(&value, pointer), value.pointer(pointer), "{pointer}");
        }
    }
}
