//! The cause that an own rule finds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::rules::Rule;
use crate::signals::Facts;

/// A cause of the user's own; its particulars are the texts that its rule captured, by name.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
#[non_exhaustive]
pub struct OwnCause {
    captures: BTreeMap<String, String>,
    #[serde(skip)]
    rule: &'static Rule,
}

impl OwnCause {
    pub(super) fn new(rule: &'static Rule, captures: BTreeMap<String, String>) -> Self {
        Self { captures, rule }
    }

    /// The rule that found it.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// Calls `visit` with every text and the name under which it was captured.
    pub(crate) fn texts(&mut self, visit: &mut dyn FnMut(&str, &mut String)) {
        self.captures.iter_mut().for_each(|(name, text)| visit(name, text));
    }

    /// Adds what was captured to facts for templates, where these have none of the name.
    pub(crate) fn facts(&self, facts: &mut Facts) {
        self.captures.iter().for_each(|(name, text)| facts.set(name.clone(), Some(text)));
    }

    /// What was captured, by name; what could be a secret is masked.
    pub fn captures(&self) -> &BTreeMap<String, String> {
        &self.captures
    }
}

impl PartialEq for OwnCause {
    fn eq(&self, other: &Self) -> bool {
        self.rule.code == other.rule.code && self.captures == other.captures
    }
}
