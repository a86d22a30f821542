//! What can go wrong when evidence is added.

use serde::Serialize;

/// Why a document could not be used. The documents beside it still count.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// The document is neither JSON nor any of the forms that people paste; save the output of the AWS CLI
    /// with `--output json`.
    #[error("`{document}` at `{pointer}`: expected {expected}, found {found}")]
    Unreadable {
        /// Name of the document.
        document: String,
        /// JSON pointer of the place; empty for the whole document.
        pointer: String,
        /// What was expected there.
        expected: String,
        /// What was found there; never a value that could be a secret.
        found: String,
    },
    /// The document is JSON, but of no response that is read here.
    #[error("`{document}` at `{pointer}`: expected {expected}, found {found}")]
    Unrecognised {
        /// Name of the document.
        document: String,
        /// JSON pointer of the place; empty for the whole document.
        pointer: String,
        /// What was expected there.
        expected: String,
        /// What was found there.
        found: String,
    },
}

impl EvidenceError {
    /// The same as an entry of a report's `problems`.
    pub fn to_problem(&self) -> Problem {
        let (Self::Unreadable { document, pointer, expected, found }
        | Self::Unrecognised { document, pointer, expected, found }) = self;
        Problem::new(document, pointer, expected, found)
    }
}

/// Something in the evidence that could not be read, or not be looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Problem {
    /// Name of the document.
    pub document: String,
    /// JSON pointer of the place in the document; empty for the whole document.
    pub pointer: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What was expected there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// What was found there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub found: String,
}

impl Problem {
    pub(crate) fn new(document: &str, pointer: &str, expected: &str, found: &str) -> Self {
        Self {
            document: document.to_owned(),
            pointer: pointer.to_owned(),
            message: format!("expected {expected}, found {found}"),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }

    pub(crate) fn note(document: &str, pointer: &str, message: impl Into<String>) -> Self {
        Self {
            document: document.to_owned(),
            pointer: pointer.to_owned(),
            message: message.into(),
            expected: String::new(),
            found: String::new(),
        }
    }
}
