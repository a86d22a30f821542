//! What a risk is: one thing that can go wrong, how it is worded, and how it is found.

use serde::Serialize;

use super::{Found, Plan};

/// Everything there is to say about one risk, and how to find it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Risk {
    /// Code of the advisory, kebab-case; once published it keeps its meaning.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Whether ECS refuses to register such a definition, so that a revision that exists cannot have it.
    pub refused: bool,
    /// The risk in a few words, lower case.
    pub title: &'static str,
    /// What happens, and why.
    pub explanation: &'static str,
    /// Codes of causes that say the same once it has happened.
    pub becomes: &'static [&'static str],
    /// AWS's own pages on the facts behind it.
    pub docs: &'static [&'static str],
    /// Version that the risk came with.
    pub since: &'static str,
    pub(super) check: fn(&Plan<'_, '_>) -> Vec<Found>,
}

impl Risk {
    /// A risk of the user's own, which its own check looks for.
    pub(crate) fn own(
        code: &'static str,
        severity: Severity,
        title: &'static str,
        explanation: &'static str,
        docs: &'static [&'static str],
    ) -> Self {
        let nothing = |_: &Plan<'_, '_>| Vec::new();
        let (refused, becomes, since) = (false, &[], "own");
        Self { code, severity, refused, title, explanation, becomes, docs, since, check: nothing }
    }
}

/// How bad a risk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "the three that SARIF knows")]
pub enum Severity {
    /// ECS refuses it, or no task can work with it.
    Error,
    /// It is likely to bite.
    Warning,
    /// It is worth knowing.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}
