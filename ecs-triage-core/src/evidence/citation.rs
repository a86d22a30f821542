//! The proof of a statement: a document, a place in it and what stands there.

use serde::Serialize;
use serde_json::Value;

use super::{Node, Quoting};
use crate::redact::{place_of, scalars_of, shown};

/// A place in a document and the literal value there, which proves a statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Citation {
    /// Name of the document.
    pub document: String,
    /// JSON pointer (RFC 6901) into the document.
    pub pointer: String,
    /// JSON pointer into the JSON that is the text at `pointer`, for responses that are wrapped as text:
    /// the `Cause` of a Step Functions failure, the `Message` of an SNS notification. Where that JSON holds
    /// JSON as text again, the pointer goes on into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// The literal value there; what could be a secret is masked.
    pub value: Value,
}

impl Citation {
    /// Cites a place. `left` is what is left of its text once what could be a secret is blanked, where that is known.
    pub(super) fn of(node: &Node<'_>, left: Option<&str>) -> Self {
        let document = node.document();
        let pointer = node.spelt_pointer();
        // What stands around a value can tell that it is a secret.
        let around = || {
            let (given, at) = document.given(&pointer);
            place_of(given, &at).map(|(place, value)| shown(place, value, left))
        };
        let quoted = || node.place().map(|place| shown(place, node.value(), left)).or_else(around);
        let value = match document.quoting() {
            Quoting::Nothing => None,
            Quoting::Values => quoted(),
            Quoting::Scalars => quoted().map(scalars_of),
        };
        let value = value.unwrap_or_default();
        let (pointer, within) = document.pointers(pointer);
        Self { document: document.name().to_owned(), pointer, within, value }
    }
}
