//! Own checks: risks in a task definition that the user's organisation knows of.

use super::Sighting;
use super::error::Fault;
use super::texts::{address, code, leaked, sentence, text, title};
use crate::advisories::{Risk, Severity};
use crate::report::Advisory;
use crate::signals::Subject;
use crate::template;

/// A check in code: looks at a task definition for one risk of the user's own.
///
/// It is asked about whole task definitions only, so that what is not there is missing indeed.
pub trait OwnCheck: std::fmt::Debug + Send + Sync {
    /// What the check says of its risk. Asked once, when the check is added.
    fn texts(&self) -> CheckTexts;

    /// Where the risk is seen; `subject.definition` is there.
    fn find(&self, subject: &Subject<'_>) -> Vec<Sighting>;
}

/// What a check says of its risk. Texts are templates, as in [`RuleTexts`](super::RuleTexts).
#[derive(Debug, Clone)]
pub struct CheckTexts {
    pub(super) code: String,
    severity: Severity,
    title: String,
    summary: String,
    advice: String,
    explanation: String,
    docs: Vec<String>,
}

impl CheckTexts {
    /// The code, kebab-case and beginning with a word of the user's own; how bad it is; the risk in a few words.
    pub fn new(code: impl Into<String>, severity: Severity, title: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            severity,
            title: title.into(),
            summary: String::new(),
            advice: String::new(),
            explanation: "A check of your own found it.".to_owned(),
            docs: Vec::new(),
        }
    }

    /// The risk in one sentence.
    #[must_use]
    pub fn summary(mut self, sentence: impl Into<String>) -> Self {
        self.summary = sentence.into();
        self
    }

    /// What to change.
    #[must_use]
    pub fn advice(mut self, sentences: impl Into<String>) -> Self {
        self.advice = sentences.into();
        self
    }

    /// What happens, and why.
    #[must_use]
    pub fn explanation(mut self, sentences: impl Into<String>) -> Self {
        self.explanation = sentences.into();
        self
    }

    /// With a page that says more.
    #[must_use]
    pub fn docs(mut self, page: impl Into<String>) -> Self {
        self.docs.push(page.into());
        self
    }

    /// Every text with the key under which a file has it.
    #[cfg(feature = "rules-file")]
    pub(super) fn templates(&self) -> impl Iterator<Item = (String, &str)> {
        let texts = [("summary", &self.summary), ("advice", &self.advice)];
        texts.into_iter().map(|(key, text)| (key.to_owned(), text.as_str()))
    }

    pub(super) fn validate(&self) -> Result<(), Fault> {
        code("code", &self.code)?;
        title("title", &self.title)?;
        sentence("summary", &self.summary)?;
        sentence("explanation", &self.explanation)?;
        text("advice", &self.advice)?;
        self.docs.iter().enumerate().try_for_each(|(at, page)| address(&format!("docs[{at}]"), page))
    }
}

/// A check among the own rules; its texts live as long as the process.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) risk: &'static Risk,
    summary: &'static str,
    advice: &'static str,
    check: &'static dyn OwnCheck,
}

impl Checked {
    pub(super) fn new(texts: CheckTexts, check: Box<dyn OwnCheck>) -> Self {
        let docs = texts.docs.into_iter().map(leaked).collect::<Vec<_>>().leak();
        let (code, title) = (leaked(texts.code), leaked(texts.title));
        let risk = Risk::own(code, texts.severity, title, leaked(texts.explanation), docs);
        Self {
            risk: Box::leak(Box::new(risk)),
            summary: leaked(texts.summary),
            advice: leaked(texts.advice),
            check: Box::leak(check),
        }
    }

    pub(super) fn advisories(&self, subject: &Subject<'_>) -> Vec<Advisory> {
        let told = |sighting: Sighting| {
            let mut facts = crate::signals::Facts::default();
            facts.set("container", sighting.container.as_deref());
            for (name, text) in &sighting.captures {
                facts.set(name.clone(), Some(text.as_str()));
            }
            let facts = facts.over(subject.shared_facts());
            Advisory {
                code: self.risk.code,
                severity: self.risk.severity,
                title: self.risk.title,
                container: sighting.container,
                summary: template::sentence(self.summary, &facts),
                evidence: sighting.citations,
                advice: template::sentence(self.advice, &facts),
                docs: self.risk.docs,
            }
        };
        self.check.find(subject).into_iter().map(told).collect()
    }
}
