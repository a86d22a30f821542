//! A place in a document, and how typed values are read from it.

use serde_json::Value;

use super::{Citation, Document};
use crate::Timestamp;

/// A place in a document: the value there, and the JSON pointer that leads to it.
///
/// Keys are found in the casing in which the document came: `stoppedReason` also finds `StoppedReason`,
/// which is how Step Functions and AWS Batch write the same object.
#[derive(Clone, Debug)]
pub struct Node<'e> {
    document: &'e Document,
    pointer: String,
    value: &'e Value,
}

impl<'e> Node<'e> {
    pub(crate) fn new(document: &'e Document, pointer: String, value: &'e Value) -> Self {
        Self { document, pointer, value }
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
        &self.pointer
    }

    /// The member called `key`, in whatever casing the document has it; `null` counts as absent.
    pub fn get(&self, key: &str) -> Option<Node<'e>> {
        let (found, value) = member(self.value, key)?;
        Some(Self { document: self.document, pointer: join(&self.pointer, found), value })
    }

    /// The member found by the first of `keys` that is present.
    pub fn get_any(&self, keys: &[&str]) -> Option<Node<'e>> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// The place that a JSON pointer leads to from here.
    pub fn at(&self, pointer: &str) -> Option<Node<'e>> {
        let value = self.value.pointer(pointer)?;
        Some(Self { document: self.document, pointer: format!("{}{pointer}", self.pointer), value })
    }

    /// The elements of this place when it is a list; a single object where a list belongs is a list of one.
    pub fn elements(&self) -> Vec<Node<'e>> {
        match self.value {
            Value::Array(values) => values
                .iter()
                .enumerate()
                .map(|(index, value)| Self {
                    document: self.document,
                    pointer: format!("{}/{index}", self.pointer),
                    value,
                })
                .collect(),
            Value::Object(_) => vec![self.clone()],
            _ => Vec::new(),
        }
    }

    /// Cites this place with its literal value.
    pub fn citation(&self) -> Citation {
        Citation::new(self.document, &self.pointer, self.value)
    }

    /// Cites the member called `key`, or this whole place where the member is absent.
    pub fn cite(&self, key: &str) -> Citation {
        self.get(key).unwrap_or_else(|| self.clone()).citation()
    }
}

/// Looks a key up as written, then with its first letter in the other case.
pub(super) fn member<'e>(value: &'e Value, key: &str) -> Option<(&'e str, &'e Value)> {
    let object = value.as_object()?;
    let found = object.get_key_value(key).filter(|(_, value)| !value.is_null()).or_else(|| {
        let first = key.chars().next()?;
        let swapped =
            if first.is_ascii_lowercase() { first.to_ascii_uppercase() } else { first.to_ascii_lowercase() };
        let key = format!("{swapped}{}", &key[first.len_utf8()..]);
        object.get_key_value(&key).filter(|(_, value)| !value.is_null())
    });
    found.map(|(key, value)| (key.as_str(), value))
}

/// Appends one reference token to a JSON pointer (RFC 6901).
pub(crate) fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What a typed view expects at a place, for telling a user what was found instead.
#[derive(Debug)]
pub enum Shape {
    /// Text.
    Text,
    /// A whole number, perhaps written as text.
    Integer,
    /// A number, perhaps written as text.
    Number,
    /// True or false, perhaps written as text.
    Boolean,
    /// A time in any encoding that [`Timestamp`] reads.
    Time,
    /// Anything.
    Any,
    /// A JSON document, perhaps as text: a policy, the manifest of an image.
    Document,
    /// A list of one shape.
    List(&'static Shape),
    /// An object with known members.
    Object(&'static [Field]),
}

/// One member that a typed view reads.
#[derive(Debug)]
pub struct Field {
    /// The names under which it is accepted, AWS's own first.
    pub keys: &'static [&'static str],
    /// What is expected there.
    pub shape: &'static Shape,
}

/// A type that can be read from a place in a document.
pub trait Read<'e>: Sized {
    /// What the type expects.
    const SHAPE: Shape;
    /// The value, or `None` when something else is there.
    fn read(node: &Node<'e>) -> Option<Self>;
}

impl<'e> Read<'e> for &'e str {
    const SHAPE: Shape = Shape::Text;
    fn read(node: &Node<'e>) -> Option<Self> {
        node.value.as_str()
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

impl<'e> Read<'e> for i64 {
    const SHAPE: Shape = Shape::Integer;
    fn read(node: &Node<'e>) -> Option<Self> {
        match node.value {
            // Decimals of DynamoDB exports and exponent notation arrive as floats.
            Value::Number(number) => number.as_i64().or_else(|| {
                let float = number.as_f64()?;
                (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
            }),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

impl<'e> Read<'e> for f64 {
    const SHAPE: Shape = Shape::Number;
    fn read(node: &Node<'e>) -> Option<Self> {
        match node.value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }
}

impl<'e> Read<'e> for bool {
    const SHAPE: Shape = Shape::Boolean;
    fn read(node: &Node<'e>) -> Option<Self> {
        match node.value {
            Value::Bool(value) => Some(*value),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

impl<'e> Read<'e> for Timestamp {
    const SHAPE: Shape = Shape::Time;
    fn read(node: &Node<'e>) -> Option<Self> {
        Timestamp::from_json(node.value)
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
                $( crate::evidence::Field { keys: &[$key $(, $alias)*], shape: &views!(@shape $kind) }, )*
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

/// Something at a place that is not what is expected there.
#[derive(Debug)]
pub(crate) struct Mismatch {
    pub(crate) pointer: String,
    pub(crate) expected: &'static str,
    pub(crate) found: &'static str,
}

impl Node<'_> {
    /// Compares what is here with what a view expects; members that no view reads are ignored.
    pub(crate) fn mismatches(&self, shape: &'static Shape) -> Vec<Mismatch> {
        let mut found = Vec::new();
        walk(self, shape, &mut |node, shape| {
            if !node.fits(shape) {
                found.push(Mismatch {
                    pointer: node.pointer.clone(),
                    expected: shape.noun(),
                    found: kind_of(node.value),
                });
            }
        });
        found
    }

    fn fits(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Any | Shape::List(_) => true,
            Shape::Document => self.value.is_object() || self.value.is_string(),
            Shape::Text => self.value.is_string(),
            Shape::Integer => i64::read(self).is_some() || is_null_text(self.value),
            Shape::Number => f64::read(self).is_some(),
            Shape::Boolean => bool::read(self).is_some(),
            // A time that cannot be read is ignored, as AWS documents none that must be present.
            Shape::Time => self.value.is_string() || self.value.is_number(),
            Shape::Object(_) => self.value.is_object(),
        }
    }
}

/// AWS's own sample events carry the text `null` where a number belongs; people blank numbers out.
fn is_null_text(value: &Value) -> bool {
    matches!(value.as_str(), Some("null" | "" | "-"))
}

/// Calls `visit` with every place under `node` that a view reads, and what it expects there.
pub(crate) fn walk<'e>(
    node: &Node<'e>,
    shape: &'static Shape,
    visit: &mut impl FnMut(&Node<'e>, &'static Shape),
) {
    visit(node, shape);
    match shape {
        Shape::List(element) => {
            for node in node.elements_of_any() {
                walk(&node, element, visit);
            }
        }
        Shape::Object(fields) => {
            for field in *fields {
                if let Some(node) = node.get_any(field.keys) {
                    walk(&node, field.shape, visit);
                }
            }
        }
        _ => {}
    }
}

impl Shape {
    /// How many of the members that a view reads `value` has; text that is read as text counts as one.
    pub(crate) fn likeness(&self, value: &Value) -> usize {
        match (self, value) {
            (Shape::Text, Value::String(_)) => 1,
            (Shape::Object(fields), Value::Object(_)) => fields
                .iter()
                .filter(|field| field.keys.iter().any(|key| member(value, key).is_some()))
                .count(),
            _ => 0,
        }
    }

    /// What a view of this shape is, in words for an error message.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Shape::Text => "text",
            Shape::Integer => "a whole number",
            Shape::Number => "a number",
            Shape::Boolean => "true or false",
            Shape::Time => "a time",
            Shape::Any => "a value",
            Shape::Document => "a JSON document",
            Shape::List(_) => "a list",
            Shape::Object(_) => "an object",
        }
    }
}

/// What a JSON value is, in words for an error message.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
