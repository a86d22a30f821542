//! A place in a document, and how typed values are read from it.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::{Citation, Document, Shape};
use crate::Timestamp;
use crate::redact::Place;
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
    /// What the value there says of what it holds, and the value, where the former is known.
    origin: Option<(Place, &'e Value)>,
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
const MOST_STEPS: usize = 4;

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
        Self { document, base: base.into(), origin: None, steps, value, pointer: OnceLock::new() }
    }

    /// The same where it is known what the value says of what it holds.
    pub(super) fn with_place(self, place: Option<Place>) -> Self {
        Self { origin: place.map(|place| (place, self.value)), ..self }
    }

    /// What stands around this place says of the value, where that is known of the place at which the steps begin.
    pub(super) fn place(&self) -> Option<Place> {
        let (mut place, mut value) = self.origin?;
        let steps = &self.steps.steps[..self.steps.count];
        for (index, step) in steps.iter().enumerate() {
            let is_last = index + 1 == steps.len();
            (place, value) = match (step, value) {
                (Step::Key(key), Value::Object(members)) => {
                    let found = if is_last { self.value } else { members.get(*key)? };
                    (place.of_member(members, key, found), found)
                }
                (Step::Index(index), Value::Array(values)) => {
                    (place.of_element(values, *index)?, values.get(*index)?)
                }
                _ => return None,
            };
            if !is_last {
                place = place.inside(value);
            }
        }
        Some(place)
    }

    /// The place one step further.
    fn step(&self, step: Step<'e>, value: &'e Value) -> Self {
        if self.steps.count == MOST_STEPS {
            let here = Self::new(self.document, self.pointer().to_owned(), self.value);
            let place = self.place().map(|place| place.inside(self.value));
            return here.with_place(place).step(step, value);
        }
        let mut steps = self.steps;
        steps.steps[steps.count] = step;
        steps.count += 1;
        let (base, origin) = (self.base.clone(), self.origin);
        Self { document: self.document, base, origin, steps, value, pointer: OnceLock::new() }
    }

    /// The place of a member that was found before.
    pub(crate) fn child(&self, key: &'e str, value: &'e Value) -> Self {
        self.step(Step::Key(key), value)
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
        self.pointer.get_or_init(|| self.spelt_pointer())
    }

    pub(super) fn spelt_pointer(&self) -> String {
        let steps = &self.steps.steps[..self.steps.count];
        let length = |step: &Step<'_>| match step {
            Step::Key(key) => 1 + key.len(),
            Step::Index(_) => 4,
        };
        let mut pointer = String::with_capacity(self.base.len() + steps.iter().map(length).sum::<usize>());
        pointer.push_str(&self.base);
        for step in steps {
            match step {
                Step::Key(key) => push_token(&mut pointer, key),
                Step::Index(index) => push_index(&mut pointer, *index),
            }
        }
        pointer
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
            Value::Array(_) | Value::Object(_) => self.each().collect(),
            _ => Vec::new(),
        }
    }

    /// The elements of a list of anything; a single value where a list belongs is a list of one.
    pub(crate) fn each(&self) -> impl Iterator<Item = Node<'e>> {
        let values = match self.value {
            Value::Array(values) => values.as_slice(),
            _ => &[],
        };
        let alone = (!self.value.is_array()).then(|| self.clone());
        let listed = values.iter().enumerate().map(|(index, value)| self.step(Step::Index(index), value));
        listed.chain(alone)
    }

    /// Cites this place with its literal value.
    pub fn citation(&self) -> Citation {
        Citation::of(self, None)
    }

    /// Cites a text of which it is known what is left of it once what could be a secret is blanked.
    pub(crate) fn citation_of_text(&self, left: &str) -> Citation {
        Citation::of(self, Some(left))
    }

    /// The member to which AWS gives the name `key` in an object of this shape, in whatever spelling it is here; this
    /// place where the member is absent.
    pub(crate) fn member_as(&self, shape: &Shape, key: &str) -> Node<'e> {
        let fields = if let Shape::Object(fields) = shape { *fields } else { &[] };
        let field = fields.iter().find(|field| field.keys[0] == key);
        let found = field.and_then(|field| self.get_any(field.keys)).or_else(|| self.get(key));
        found.unwrap_or_else(|| self.clone())
    }

    /// Cites the member called `key`, or this whole place where the member is absent.
    pub fn cite(&self, key: &str) -> Citation {
        self.get(key).unwrap_or_else(|| self.clone()).citation()
    }
}

/// Looks a key up as written, then with its first letter in the other case; `null` counts as absent.
pub(super) fn member<'e>(value: &'e Value, key: &str) -> Option<(&'e String, &'e Value)> {
    let object = value.as_object()?;
    let present = |key: &str| object.get_key_value(key).filter(|(_, value)| !value.is_null());
    let swapped = || may_be_swapped(object, key).then(|| with_first_letter_swapped(key, present))?;
    present(key).or_else(swapped)
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
    let mut joined = String::with_capacity(pointer.len() + 1 + key.len());
    joined.push_str(pointer);
    push_token(&mut joined, key);
    joined
}

fn push_token(pointer: &mut String, key: &str) {
    pointer.push('/');
    match key.contains(['~', '/']) {
        true => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
        false => pointer.push_str(key),
    }
}

fn push_index(pointer: &mut String, index: usize) {
    match u8::try_from(index) {
        Ok(digit @ 0..10) => pointer.extend(['/', char::from(b'0' + digit)]),
        _ => pointer.push_str(&format!("/{index}")),
    }
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

    /// The same of a place that nobody else needs.
    fn of_place(node: Node<'e>) -> Option<Self> {
        Self::read(&node)
    }
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

/// The members of one object with their names in it, in the order in which a view declares them.
pub(crate) type Members<'e, const N: usize> = Arc<[Option<(&'e String, &'e Value)>; N]>;

/// Looks up all members of an object that a view knows, in one pass. `slot` tells the place of a member by any of its
/// names, `keys` has all names of each.
pub(crate) fn members_of<'e, const N: usize>(
    node: &Node<'e>,
    keys: &[&[&str]; N],
    slot: fn(&str) -> Option<usize>,
) -> Members<'e, N> {
    let mut members = [None; N];
    for (key, value) in node.value().as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let found = match slot(key) {
            Some(slot) if members[slot].is_none() => {
                members[slot] = Some((key, value));
                continue;
            }
            found => found.or_else(|| with_first_letter_swapped(key, slot)),
        };
        // Several names of one member, or one in two spellings: the first name that is declared goes before.
        if let Some(slot) = found {
            members[slot] = keys[slot].iter().find_map(|key| member(node.value(), key));
        }
    }
    Arc::new(members)
}

/// Declares one view as [`views`] does, whose members are looked up once and then asked for again and again.
macro_rules! indexed_view {
    (
        $(#[$doc:meta])*
        $view:ident {
            $( $(#[$field_doc:meta])* $name:ident : $kind:tt = $key:literal $(| $alias:literal)* ; )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $view<'e>(
            crate::evidence::Node<'e>,
            crate::evidence::node::Members<'e, { [$( stringify!($name) ),*].len() }>,
        );

        /// The place; never the values, which may be secret.
        impl std::fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($view)).field(&self.0).finish()
            }
        }

        const _: () = {
            /// The place of each member.
            #[expect(non_camel_case_types, reason = "named as the getters are")]
            enum Slot { $( $name, )* }

            const KEYS: &[&[&str]; [$( stringify!($name) ),*].len()] = &[ $( &[$key $(, $alias)*], )* ];

            fn slot(key: &str) -> Option<usize> {
                Some(match key {
                    $( $key $(| $alias)* => Slot::$name as usize, )*
                    _ => return None,
                })
            }

            impl<'e> $view<'e> {
                $(
                    $(#[$field_doc])*
                    pub fn $name(&self) -> views!(@type $kind) {
                        views!(@read_at $kind, self.1[Slot::$name as usize], self.0)
                    }
                )*

                views!(@place $view);

                /// The member with AWS's name `key`, in whatever spelling the document has it; the whole place where it is absent.
                pub(crate) fn member(&self, key: &str) -> crate::evidence::Node<'e> {
                    let slot = slot(key).filter(|slot| KEYS[*slot][0] == key);
                    match slot.and_then(|slot| self.1[slot]) {
                        Some((key, value)) => self.0.child(key, value),
                        None => self.0.get(key).unwrap_or_else(|| self.0.clone()),
                    }
                }
            }

            impl<'e> crate::evidence::Read<'e> for $view<'e> {
                const SHAPE: crate::evidence::Shape = crate::evidence::Shape::Object(&[
                    $( crate::evidence::Field::new(&[$key $(, $alias)*], &views!(@shape $kind)), )*
                ]);
                fn read(node: &crate::evidence::Node<'e>) -> Option<Self> {
                    Self::of_place(node.clone())
                }
                fn of_place(node: crate::evidence::Node<'e>) -> Option<Self> {
                    let is_object = node.value().is_object();
                    let members = is_object.then(|| crate::evidence::node::members_of(&node, KEYS, slot))?;
                    Some(Self(node, members))
                }
            }
        };
    };
}
pub(crate) use indexed_view;

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

            views!(@place $view);

            /// The member with AWS's name `key`, in whatever spelling the document has it; the whole place where it is absent.
            pub(crate) fn member(&self, key: &str) -> crate::evidence::Node<'e> {
                self.0.member_as(&<Self as crate::evidence::Read<'_>>::SHAPE, key)
            }
        }

        impl<'e> crate::evidence::Read<'e> for $view<'e> {
            const SHAPE: crate::evidence::Shape = crate::evidence::Shape::Object(&[
                $( crate::evidence::Field::new(&[$key $(, $alias)*], &views!(@shape $kind)), )*
            ]);
            fn read(node: &crate::evidence::Node<'e>) -> Option<Self> {
                Self::of_place(node.clone())
            }
            fn of_place(node: crate::evidence::Node<'e>) -> Option<Self> {
                node.value().is_object().then_some(Self(node))
            }
        }
    )* };

    (@place $view:ident) => {
        /// The place this was read from.
        pub fn node(&self) -> &crate::evidence::Node<'e> {
            &self.0
        }

        /// Cites the member with AWS's name `key`, in whatever spelling the document has it.
        pub fn cite(&self, key: &str) -> crate::evidence::Citation {
            self.member(key).citation()
        }
    };

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
            list.each().filter_map(crate::evidence::Read::of_place).collect()
        }).unwrap_or_default()
    };
    (@read text, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read integer, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read number, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read boolean, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read time, $node:expr, $keys:expr) => { $node.scalar($keys) };
    (@read $kind:tt, $node:expr, $keys:expr) => {
        $node.get_any($keys).and_then(crate::evidence::Read::of_place)
    };

    (@read_at [$kind:tt], $member:expr, $node:expr) => {
        $member.map(|(key, value)| {
            $node.child(key, value).each().filter_map(crate::evidence::Read::of_place).collect()
        }).unwrap_or_default()
    };
    (@read_at text, $member:expr, $node:expr) => { views!(@scalar $member) };
    (@read_at integer, $member:expr, $node:expr) => { views!(@scalar $member) };
    (@read_at boolean, $member:expr, $node:expr) => { views!(@scalar $member) };
    (@read_at time, $member:expr, $node:expr) => { views!(@scalar $member) };
    (@read_at $kind:tt, $member:expr, $node:expr) => {
        $member.and_then(|(key, value)| crate::evidence::Read::of_place($node.child(key, value)))
    };
    (@scalar $member:expr) => { $member.and_then(|(_, value)| crate::evidence::node::Scalar::of(value)) };
}
pub(crate) use views;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::evidence::Quoting;
    use crate::evidence::ecs::Task;

    #[test]
    fn members_that_are_looked_up_once_are_those_that_are_looked_up_each() {
        let keys: &[&str] = &["stoppedReason", "stopReason", "reason", "statusReason"];
        for value in [
            json!({"reason": "a"}),
            json!({"reason": "a", "stoppedReason": "b"}),
            json!({"StoppedReason": "a", "reason": "b"}),
            json!({"Reason": "a", "stopReason": "b"}),
            json!({"StoppedReason": "a", "stoppedReason": "b"}),
            json!({"StoppedReason": "a", "stoppedReason": null}),
            json!({"stoppedReason": null, "Reason": "a", "reason": null}),
            json!({"stoppedReason": 1, "reason": "a"}),
            json!({"STOPPEDREASON": "a", "stoppedreason": "b"}),
        ] {
            let document = Document::new("describe-tasks".to_owned(), value, Quoting::Values);
            let node = Node::new(&document, "", document.as_read());
            let task = Task::read(&node).unwrap();
            assert_eq!(task.stopped_reason(), node.scalar(keys), "{node:?} {}", document.as_read());
        }
    }

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
