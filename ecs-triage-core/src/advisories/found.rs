//! What a check found, before it is an advisory.

use super::Risk;
use crate::evidence::Citation;
use crate::redact::redacted;
use crate::report::Advisory;

/// One place where a risk was found.
#[derive(Debug)]
pub(crate) struct Found {
    summary: String,
    advice: String,
    container: Option<String>,
    evidence: Vec<Citation>,
}

impl Found {
    /// What was found and what to do about it, each in sentences, and the place that proves it.
    pub(super) fn new(proof: Citation, summary: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { summary: summary.into(), advice: advice.into(), container: None, evidence: vec![proof] }
    }

    /// With the container that it is about.
    pub(super) fn container(mut self, name: &str) -> Self {
        self.container = Some(name.to_owned());
        self
    }

    /// With one more proof.
    pub(super) fn cite(mut self, proof: Citation) -> Self {
        if !self.evidence.contains(&proof) {
            self.evidence.push(proof);
        }
        self
    }

    pub(super) fn into_advisory(self, risk: &Risk) -> Advisory {
        Advisory {
            code: risk.code,
            severity: risk.severity,
            title: risk.title,
            container: self.container.as_deref().map(|name| redacted(name).into_owned()),
            summary: redacted(&self.summary).into_owned(),
            evidence: self.evidence,
            advice: redacted(&self.advice).into_owned(),
            docs: risk.docs,
        }
    }
}
