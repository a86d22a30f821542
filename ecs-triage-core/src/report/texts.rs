//! Goes through every text of a report that comes from the evidence.

use serde_json::Value;

use super::{Advisory, Consequence, Diagnosis, Remedy, Report, SubjectReport, Want};
use crate::error::Problem;
use crate::evidence::Citation;

/// What may change the texts of a report.
pub(crate) trait TextsMut {
    /// A text, and the member that holds it.
    fn text(&mut self, member: &str, text: &mut String);
    /// A JSON value.
    fn value(&mut self, value: &mut Value);
}

impl Report {
    pub(crate) fn texts(&mut self, visitor: &mut impl TextsMut) {
        for subject in &mut self.subjects {
            subject.texts(visitor);
        }
        for want in &mut self.wants {
            want.texts(visitor);
        }
        for problem in &mut self.problems {
            problem.texts(visitor);
        }
    }
}

impl SubjectReport {
    fn texts(&mut self, visitor: &mut impl TextsMut) {
        optional(visitor, "service", &mut self.service);
        optional(visitor, "family", &mut self.family);
        visitor.text("id", &mut self.id);
        for diagnosis in &mut self.diagnoses {
            diagnosis.texts(visitor);
        }
        for consequence in &mut self.consequences {
            consequence.texts(visitor);
        }
        for advisory in &mut self.advisories {
            advisory.texts(visitor);
        }
    }
}

impl Diagnosis {
    fn texts(&mut self, visitor: &mut impl TextsMut) {
        optional(visitor, "container", &mut self.container);
        self.cause.texts(&mut |member, text| visitor.text(member, text));
        visitor.text("summary", &mut self.summary);
        for link in &mut self.chain {
            visitor.text("text", link.text.to_mut());
        }
        for citation in &mut self.evidence {
            citation.texts(visitor);
        }
        for remedy in &mut self.remedies {
            remedy.texts(visitor);
        }
    }
}

impl Remedy {
    fn texts(&mut self, visitor: &mut impl TextsMut) {
        visitor.text("title", self.title.to_mut());
        visitor.text("blastRadius", self.blast_radius.to_mut());
        optional(visitor, "command", &mut self.command);
        self.body.iter_mut().for_each(|body| visitor.value(body));
    }
}

impl Consequence {
    fn texts(&mut self, visitor: &mut impl TextsMut) {
        optional(visitor, "container", &mut self.container);
        visitor.text("summary", &mut self.summary);
        for citation in &mut self.evidence {
            citation.texts(visitor);
        }
    }
}

impl Advisory {
    fn texts(&mut self, visitor: &mut impl TextsMut) {
        optional(visitor, "container", &mut self.container);
        visitor.text("summary", &mut self.summary);
        visitor.text("advice", &mut self.advice);
        for citation in &mut self.evidence {
            citation.texts(visitor);
        }
    }
}

impl Want {
    fn texts(&mut self, visitor: &mut impl TextsMut) {
        visitor.value(&mut self.params);
        visitor.text("why", self.why.to_mut());
        visitor.text("cli", &mut self.cli);
    }
}

impl Problem {
    fn texts(&mut self, visitor: &mut impl TextsMut) {
        visitor.text("document", &mut self.document);
        visitor.text("pointer", &mut self.pointer);
        visitor.text("problem", &mut self.message);
        visitor.text("expected", &mut self.expected);
        visitor.text("found", &mut self.found);
    }
}

impl Citation {
    pub(crate) fn texts(&mut self, visitor: &mut impl TextsMut) {
        visitor.text("document", &mut self.document);
        visitor.text("pointer", &mut self.pointer);
        optional(visitor, "within", &mut self.within);
        visitor.value(&mut self.value);
    }
}

fn optional(visitor: &mut impl TextsMut, member: &str, text: &mut Option<String>) {
    text.iter_mut().for_each(|text| visitor.text(member, text));
}
