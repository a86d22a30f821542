//! What typed views expect, and how what is there compares with it.

use serde_json::Value;

use super::node::{boolean, integer, join, member, number};

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
    /// A time in any encoding that [`Timestamp`](crate::Timestamp) reads.
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
    /// Whether there are times in it.
    has_times: bool,
}

impl Field {
    pub(crate) const fn new(keys: &'static [&'static str], shape: &'static Shape) -> Self {
        Self { keys, shape, has_times: shape.has_times() }
    }
}

/// A place below the one at which a walk began, and the steps that lead to it.
pub(crate) struct Place<'w, 'v> {
    parent: Option<&'w Place<'w, 'v>>,
    step: Step<'v>,
    pub(crate) value: &'v Value,
}

enum Step<'v> {
    Start,
    Key(&'v str),
    Index(usize),
}

impl Place<'_, '_> {
    /// JSON pointer of the place, when the walk began at `start`.
    pub(crate) fn pointer(&self, start: &str) -> String {
        let before = || self.parent.map_or_else(|| start.to_owned(), |parent| parent.pointer(start));
        match self.step {
            Step::Start => start.to_owned(),
            Step::Key(key) => join(&before(), key),
            Step::Index(index) => format!("{}/{index}", before()),
        }
    }
}

impl Shape {
    /// Calls `visit` with every place that a view of this shape reads in `value`, and what it expects there.
    pub(crate) fn walk<'v>(&self, value: &'v Value, visit: &mut impl FnMut(&Place<'_, 'v>, &Shape)) {
        self.walk_from(&Place { parent: None, step: Step::Start, value }, visit);
    }

    fn walk_from<'v>(&self, place: &Place<'_, 'v>, visit: &mut impl FnMut(&Place<'_, 'v>, &Shape)) {
        visit(place, self);
        match (self, place.value) {
            (Shape::List(element), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    let step = Step::Index(index);
                    element.walk_from(&Place { parent: Some(place), step, value }, visit);
                }
            }
            // A single value where a list belongs is a list of one.
            (Shape::List(element), _) => element.walk_from(place, visit),
            (Shape::Object(fields), Value::Object(_)) => {
                for field in *fields {
                    let found = field.keys.iter().find_map(|key| member(place.value, key));
                    if let Some((key, value)) = found {
                        let step = Step::Key(key);
                        field.shape.walk_from(&Place { parent: Some(place), step, value }, visit);
                    }
                }
            }
            _ => {}
        }
    }

    const fn has_times(&self) -> bool {
        match self {
            Shape::Time => true,
            Shape::List(element) => element.has_times(),
            Shape::Object(fields) => {
                let mut at = 0;
                while at < fields.len() && !fields[at].has_times {
                    at += 1;
                }
                at < fields.len()
            }
            _ => false,
        }
    }

    /// Calls `visit` with every place where a view of this shape reads a time.
    pub(crate) fn times<'v>(&self, value: &'v Value, visit: &mut impl FnMut(&'v Value)) {
        match (self, value) {
            (Shape::Time, time) => visit(time),
            (Shape::List(element), Value::Array(values)) => {
                values.iter().for_each(|value| element.times(value, visit));
            }
            (Shape::List(element), _) => element.times(value, visit),
            (Shape::Object(fields), Value::Object(_)) => {
                for field in fields.iter().filter(|field| field.has_times) {
                    if let Some((_, value)) = field.keys.iter().find_map(|key| member(value, key)) {
                        field.shape.times(value, visit);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether a value is of the type that a view of this shape reads; members of it are not looked at.
    pub(crate) fn fits(&self, value: &Value) -> bool {
        match self {
            Shape::Any | Shape::List(_) => true,
            Shape::Document => value.is_object() || value.is_string(),
            Shape::Text => value.is_string(),
            Shape::Integer => integer(value).is_some() || is_null_text(value),
            Shape::Number => number(value).is_some(),
            Shape::Boolean => boolean(value).is_some(),
            // A time that cannot be read is ignored, as AWS documents none that must be present.
            Shape::Time => value.is_string() || value.is_number(),
            Shape::Object(_) => value.is_object(),
        }
    }

    /// How many of the members that a view reads `value` has; text that is read as text counts as one.
    pub(crate) fn likeness(&self, value: &Value) -> usize {
        match (self, value) {
            (Shape::Text, Value::String(_)) => 1,
            (Shape::Object(fields), Value::Object(_)) => {
                let has = |field: &&Field| field.keys.iter().any(|key| member(value, key).is_some());
                fields.iter().filter(has).count()
            }
            _ => 0,
        }
    }

    /// What is expected, in words for an error message.
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

/// AWS's own sample events carry the text `null` where a number belongs; people blank numbers out.
fn is_null_text(value: &Value) -> bool {
    matches!(value.as_str(), Some("null" | "" | "-"))
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
