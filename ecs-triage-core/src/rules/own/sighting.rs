//! Where an own rule or check saw what it looks for.

use std::collections::BTreeMap;

use super::OwnCause;
use crate::Timestamp;
use crate::evidence::{Citation, Request};
use crate::redact::redacted;
use crate::rules::{Cause, Confidence, Finding, Rule, Verdict};

/// One place where an own rule or check saw what it looks for. There is none without a citation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sighting {
    /// How sure it is; of no meaning for a check.
    pub confidence: Confidence,
    /// The proof; the first one is what the rule fired on.
    pub citations: Vec<Citation>,
    /// The container it is about.
    pub container: Option<String>,
    /// When it happened, where the evidence tells.
    pub at: Option<Timestamp>,
    /// What was captured, for the texts and the report, by name.
    pub captures: BTreeMap<String, String>,
    /// Calls that would tell more, each with what its answer would tell.
    pub asks: Vec<(Request, String)>,
    /// What became of the subject, where the rule knows better than its kind does.
    pub verdict: Option<Verdict>,
}

impl Sighting {
    /// A sighting and the place that proves it; [`Confidence::Likely`].
    pub fn new(proof: Citation) -> Self {
        Self {
            confidence: Confidence::Likely,
            citations: vec![proof],
            container: None,
            at: None,
            captures: BTreeMap::new(),
            asks: Vec::new(),
            verdict: None,
        }
    }

    /// With another confidence: [`Confidence::Confirmed`] only when the evidence rules out every other reading,
    /// [`Confidence::Possible`] only with a call that would settle it.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// With one more proof.
    #[must_use]
    pub fn cite(mut self, proof: Citation) -> Self {
        if !self.citations.contains(&proof) {
            self.citations.push(proof);
        }
        self
    }

    /// With the container it is about.
    #[must_use]
    pub fn container(mut self, name: impl Into<String>) -> Self {
        self.container = Some(name.into());
        self
    }

    /// With the time at which it happened.
    #[must_use]
    pub fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at;
        self
    }

    /// With a text for the report, under a name by which the rule's texts ask for it; what could be a secret is masked.
    #[must_use]
    pub fn capture(mut self, name: impl Into<String>, text: impl AsRef<str>) -> Self {
        self.captures.entry(name.into()).or_insert_with(|| redacted(text.as_ref()).into_owned());
        self
    }

    /// With a read-only call whose answer would tell more.
    #[must_use]
    pub fn ask(mut self, call: Request, why: impl Into<String>) -> Self {
        self.asks.push((call, why.into()));
        self
    }

    /// Both in one, when they can be about the same container; as sure as the less sure one.
    #[cfg(feature = "rules-file")]
    pub(super) fn joined(mut self, other: &Self) -> Option<Self> {
        match (&self.container, &other.container) {
            (Some(one), Some(two)) if one != two => return None,
            (None, Some(name)) => self.container = Some(name.clone()),
            _ => {}
        }
        self.confidence = self.confidence.min(other.confidence);
        self.at = self.at.or(other.at);
        for (name, text) in &other.captures {
            self.captures.entry(name.clone()).or_insert_with(|| text.clone());
        }
        Some(other.citations.iter().cloned().fold(self, Self::cite))
    }

    pub(super) fn into_finding(self, rule: &'static Rule) -> Finding {
        let cause = Cause::Own(OwnCause::new(rule, self.captures));
        let mut proofs = self.citations.into_iter();
        // A sighting is made with a proof, and nothing takes one away.
        let first = proofs.next().expect("a sighting has a proof");
        let mut finding = proofs.fold(Finding::new(cause, self.confidence, first), Finding::cite);
        finding.container = self.container;
        finding.at = self.at;
        finding.asks = self.asks;
        finding.verdict = self.verdict;
        finding
    }
}
