//! What can be wrong with a policy document.

use serde_json::Value;

use crate::redact::redacted;

/// A part of a policy document that IAM would not have accepted, or that cannot be read.
///
/// The rest of the document still counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy document at `{pointer}`: {problem}")]
#[non_exhaustive]
pub struct PolicyError {
    /// JSON pointer (RFC 6901) inside the decoded document; empty for the document itself.
    pub pointer: String,
    /// What is wrong there.
    pub problem: PolicyProblem,
}

/// The kinds of [`PolicyError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyProblem {
    /// The string holds no JSON, also after percent-decoding. Probably cut on the way; fetch it again.
    #[error("expected JSON text, percent-encoded or not: {0}")]
    NotJson(String),
    /// Another JSON type than the grammar of policies has there.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What the grammar has there.
        expected: &'static str,
        /// The JSON type that was found.
        found: &'static str,
    },
    /// An element that every statement needs is not there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A value that AWS documents as not allowed there.
    #[error("`{value}` is not allowed: {why}")]
    NotAllowed {
        /// The value as written.
        value: String,
        /// The rule that it breaks.
        why: &'static str,
    },
}

impl PolicyError {
    pub(super) fn new(pointer: impl Into<String>, problem: PolicyProblem) -> Self {
        Self { pointer: pointer.into(), problem }
    }

    pub(super) fn wrong_type(pointer: impl Into<String>, expected: &'static str, found: &Value) -> Self {
        Self::new(pointer, PolicyProblem::WrongType { expected, found: json_type(found) })
    }

    pub(super) fn not_allowed(pointer: impl Into<String>, value: &str, why: &'static str) -> Self {
        Self::new(pointer, PolicyProblem::NotAllowed { value: redacted(value).into_owned(), why })
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
