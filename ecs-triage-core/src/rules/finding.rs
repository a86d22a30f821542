//! What a rule found.

use std::borrow::Cow;

use serde::Serialize;

use super::{Cause, Fix};
use crate::change::Change;
use crate::evidence::{Citation, Request};
use crate::signals::{Facts, ServiceState, Statement};

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Confidence {
    /// One of several readings; the want that would settle it is listed.
    Possible,
    /// A machine-made message states it, and nothing contradicts it.
    Likely,
    /// The evidence at hand proves it and rules out the alternatives.
    Confirmed,
}

/// What became of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Something went wrong.
    Failure,
    /// The evidence does not tell.
    Undetermined,
    /// It is on its way up, or down.
    InProgress,
    /// It ended as somebody or something wanted it to.
    NotAFailure,
    /// It runs as it should.
    Healthy,
}

impl Verdict {
    /// What a service's numbers say of it; `None` when there are none.
    pub(crate) fn of_state(state: ServiceState) -> Option<Self> {
        match state {
            ServiceState::Ending | ServiceState::Idle => Some(Verdict::NotAFailure),
            ServiceState::Steady => Some(Verdict::Healthy),
            ServiceState::RollingOut => Some(Verdict::InProgress),
            ServiceState::Below => Some(Verdict::Undetermined),
            ServiceState::Unknown => None,
        }
    }
}

/// A cause that a rule found, with its proof. It cannot be made without a citation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The cause and its particulars.
    pub cause: Cause,
    /// How sure it is.
    pub confidence: Confidence,
    /// The proof; the first one is what the rule fired on.
    pub citations: Vec<Citation>,
    /// The container it is about.
    pub container: Option<String>,
    /// When the thing happened, where the evidence tells.
    pub at: Option<crate::Timestamp>,
    /// What became of the subject, where the rule knows better than its kind does.
    pub verdict: Option<Verdict>,
    /// Facts for this finding's texts and commands, beside the cause's own members and the subject's.
    pub facts: Facts,
    /// The cause in one sentence, where the rule's template would not do.
    pub summary: Option<String>,
    /// Calls that would tell more, beside those that the rule always wants.
    pub asks: Vec<(Request, String)>,
    /// Exact changes that would undo the cause.
    pub changes: Vec<Change>,
    /// What to change, where the rule's own fixes would not do.
    pub fixes: Option<Vec<Fix>>,
    /// Nothing remains to be asked: the rule's wants would not tell more.
    pub is_settled: bool,
    /// The evidence as it is now does not have the fault that was reported: it was repaired since, or the
    /// report has another reason.
    pub is_refuted: bool,
    /// The state of the account was weighed for it: of what could be asked only `asks` would tell more, and only a
    /// refutation proves a change.
    pub is_weighed: bool,
}

impl Finding {
    /// A finding and the first proof of it.
    pub fn new(cause: Cause, confidence: Confidence, proof: Citation) -> Self {
        Self {
            cause,
            confidence,
            citations: vec![proof],
            container: None,
            at: None,
            verdict: None,
            facts: Facts::default(),
            summary: None,
            asks: Vec::new(),
            changes: Vec::new(),
            fixes: None,
            is_settled: false,
            is_refuted: false,
            is_weighed: false,
        }
    }

    /// Its own facts, then its cause's.
    pub(super) fn all_facts(&self) -> Facts {
        let mut facts = self.facts.clone();
        self.cause.add_facts(&mut facts);
        facts
    }

    /// A finding that a message states.
    pub(super) fn stated(cause: Cause, statement: &Statement) -> Self {
        let mut finding = Self::new(cause, Confidence::Likely, statement.citation.clone());
        finding.container = statement.container.clone();
        finding.at = statement.at;
        finding
    }

    /// With the container it is about.
    #[must_use]
    pub fn container(mut self, name: impl Into<String>) -> Self {
        self.container = Some(name.into());
        self
    }

    /// With one more proof.
    #[must_use]
    pub fn cite(mut self, citation: Citation) -> Self {
        if !self.citations.contains(&citation) {
            self.citations.push(citation);
        }
        self
    }

    /// With another confidence.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Proven by other evidence than the message: confirmed, nothing more to ask.
    #[must_use]
    pub fn confirmed_by(self, citation: Citation) -> Self {
        let mut finding = self.cite(citation).confidence(Confidence::Confirmed);
        finding.is_settled = true;
        finding
    }

    /// Other evidence shows that the fault is not there (any more): possible at most.
    #[must_use]
    pub fn refuted_by(self, citation: Citation) -> Self {
        let mut finding = self.cite(citation).confidence(Confidence::Possible);
        finding.is_refuted = true;
        finding
    }

    /// With calls that would tell more.
    #[must_use]
    pub fn asks(mut self, calls: impl IntoIterator<Item = (Request, String)>) -> Self {
        self.asks.extend(calls);
        self
    }

    /// With an exact change that would undo the cause.
    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// With what became of the subject.
    #[must_use]
    pub fn verdict(mut self, verdict: Verdict) -> Self {
        self.verdict = Some(verdict);
        self
    }

    /// With a fact for its texts and commands; an absent value adds nothing.
    #[must_use]
    pub fn fact(mut self, name: impl Into<Cow<'static, str>>, value: Option<impl AsRef<str>>) -> Self {
        self.facts.set(name, value);
        self
    }

    /// With its own fixes in place of the rule's.
    #[must_use]
    pub fn fixed_by(mut self, fixes: Vec<Fix>) -> Self {
        self.fixes = Some(fixes);
        self
    }

    /// With its own sentence in place of the rule's.
    #[must_use]
    pub fn summary(mut self, text: impl Into<String>) -> Self {
        self.summary = Some(text.into());
        self
    }
}
