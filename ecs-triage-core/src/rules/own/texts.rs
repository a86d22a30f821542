//! What an own rule says of its cause, and what its texts must be like.

use serde_json::Value;

use super::OwnRule;
use super::error::Fault;
use crate::change::Blast;
use crate::rules::{Ask, Bucket, Check, Fix, FixKind, Kind, Rule, rule};

/// Longest code, in bytes.
const LONGEST_CODE: usize = 64;
/// Longest text, in bytes.
const LONGEST_TEXT: usize = 4096;

/// What a rule says of its cause. Texts are templates: `{name}` stands for what the rule captured under that name or for a
/// fact of the subject (`container`, `cluster`, `service`, …), `{name|words}` has words for when it is not known.
#[derive(Debug, Clone)]
pub struct RuleTexts {
    pub(super) code: String,
    bucket: Bucket,
    kind: Kind,
    title: String,
    summary: String,
    explanation: String,
    signs: String,
    docs: Vec<String>,
    fixes: Vec<(String, FixKind, Blast, String)>,
    wants: Vec<(String, String, Value, String)>,
    explains: Vec<String>,
}

impl RuleTexts {
    /// The code, kebab-case and beginning with a word of the user's own; where the fault lies; the cause in a few words.
    pub fn new(code: impl Into<String>, bucket: Bucket, title: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            bucket,
            kind: Kind::Cause,
            title: title.into(),
            summary: String::new(),
            explanation: "A rule of your own found it.".to_owned(),
            signs: "A rule of your own.".to_owned(),
            docs: Vec::new(),
            fixes: Vec::new(),
            wants: Vec::new(),
            explains: Vec::new(),
        }
    }

    /// The cause in one sentence.
    #[must_use]
    pub fn summary(mut self, sentence: impl Into<String>) -> Self {
        self.summary = sentence.into();
        self
    }

    /// Why it leads to what was seen.
    #[must_use]
    pub fn explanation(mut self, sentences: impl Into<String>) -> Self {
        self.explanation = sentences.into();
        self
    }

    /// How it is recognised, for the reference.
    #[must_use]
    pub fn signs(mut self, sentence: impl Into<String>) -> Self {
        self.signs = sentence.into();
        self
    }

    /// Nothing failed: the end is what somebody wanted.
    #[must_use]
    pub fn routine(mut self) -> Self {
        self.kind = Kind::Routine;
        self
    }

    /// With a page that says more.
    #[must_use]
    pub fn docs(mut self, address: impl Into<String>) -> Self {
        self.docs.push(address.into());
        self
    }

    /// With a command that mends it, or that looks at it with [`Blast::Nothing`]. Values are quoted for a shell.
    #[must_use]
    pub fn command(mut self, title: impl Into<String>, touches: Blast, line: impl Into<String>) -> Self {
        self.fixes.push((title.into(), FixKind::Command, touches, line.into()));
        self
    }

    /// With advice.
    #[must_use]
    pub fn advice(mut self, title: impl Into<String>, touches: Blast, sentences: impl Into<String>) -> Self {
        self.fixes.push((title.into(), FixKind::Advice, touches, sentences.into()));
        self
    }

    /// With a read-only call whose answer would settle it; botocore's names, texts in the parameters are templates.
    #[must_use]
    pub fn want(
        mut self,
        service: impl Into<String>,
        operation: impl Into<String>,
        params: Value,
        why: impl Into<String>,
    ) -> Self {
        self.wants.push((service.into(), operation.into(), params, why.into()));
        self
    }

    /// With a built-in cause that is only an effect of this one when both are found about the same container.
    #[must_use]
    pub fn explains(mut self, code: impl Into<String>) -> Self {
        self.explains.push(code.into());
        self
    }

    #[cfg(feature = "rules-file")]
    pub(super) fn has_wants(&self) -> bool {
        !self.wants.is_empty()
    }

    /// Every text with the key under which a file has it.
    #[cfg(feature = "rules-file")]
    pub(super) fn templates(&self) -> impl Iterator<Item = (String, &str)> {
        let own = [("summary", &self.summary), ("explanation", &self.explanation)];
        let own = own.into_iter().map(|(key, text)| (key.to_owned(), text.as_str()));
        let fixes = self.fixes.iter().enumerate().flat_map(|(at, (title, kind, _, body))| {
            let key = if *kind == FixKind::Command { "command" } else { "advice" };
            [(format!("fix[{at}].title"), title.as_str()), (format!("fix[{at}].{key}"), body.as_str())]
        });
        let wants = self.wants.iter().enumerate();
        own.chain(fixes).chain(wants.map(|(at, want)| (format!("want[{at}].why"), want.3.as_str())))
    }

    pub(super) fn validate(&self) -> Result<(), Fault> {
        code("code", &self.code)?;
        title("title", &self.title)?;
        sentence("summary", &self.summary)?;
        sentence("explanation", &self.explanation)?;
        self.docs.iter().enumerate().try_for_each(|(at, page)| address(&format!("docs[{at}]"), page))?;
        for (at, (name, kind, _, body)) in self.fixes.iter().enumerate() {
            title(&format!("fix[{at}].title"), name)?;
            match kind {
                FixKind::Command => text(&format!("fix[{at}].command"), body)?,
                FixKind::Advice => text(&format!("fix[{at}].advice"), body)?,
            }
        }
        if self.fixes.is_empty() && self.kind != Kind::Routine {
            let help = "say what to do about it, if only as advice";
            return Err(Fault::new("fix", "at least one", "none").help(help));
        }
        for (at, (service, operation, params, why)) in self.wants.iter().enumerate() {
            if !crate::evidence::is_read_call(service, operation) {
                let help = "`ecs-triage iam-policy` lists the calls whose answers are understood";
                let found = format!("`{operation}` of `{service}`");
                return Err(Fault::new(format!("want[{at}].operation"), "a read-only call", found).help(help));
            }
            if !params.is_object() {
                return Err(Fault::new(format!("want[{at}].params"), "a table", "something else"));
            }
            text(&format!("want[{at}].why"), why)?;
        }
        for (at, code) in self.explains.iter().enumerate() {
            if rule(code).is_none() {
                let help = "`ecs-triage rules` lists them";
                let key = format!("explains[{at}]");
                return Err(Fault::new(key, "the code of a built-in cause", format!("`{code}`")).help(help));
            }
        }
        Ok(())
    }

    /// The rule, whose texts live as long as the process.
    pub(super) fn into_rule(self, look: Box<dyn OwnRule>) -> Rule {
        let fixes: Vec<Fix> = self
            .fixes
            .into_iter()
            .map(|(title, kind, blast, body)| Fix::new(leaked(title), blast, kind, leaked(body)))
            .collect();
        let wants: Vec<Ask> = self
            .wants
            .into_iter()
            .map(|(service, operation, params, why)| Ask {
                service: leaked(service),
                operation: leaked(operation),
                params: leaked(params.to_string()),
                why: leaked(why),
            })
            .collect();
        let explains = self.explains.into_iter().map(leaked).collect::<Vec<_>>().leak();
        Rule {
            code: leaked(self.code),
            bucket: self.bucket,
            kind: self.kind,
            title: leaked(self.title),
            summary: leaked(self.summary),
            explanation: leaked(self.explanation),
            signs: leaked(self.signs),
            wants: wants.leak(),
            fixes: fixes.leak(),
            docs: self.docs.into_iter().map(leaked).collect::<Vec<_>>().leak(),
            since: "own",
            check: Check::Own { look: Box::leak(look), explains },
        }
    }
}

pub(super) fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

pub(super) fn code(key: &str, code: &str) -> Result<(), Fault> {
    let is_kebab = code.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    if is_kebab && code.contains('-') && code.len() <= LONGEST_CODE {
        return Ok(());
    }
    let expected = format!("words of a-z and 0-9 with hyphens between them, {LONGEST_CODE} at most");
    Err(Fault::new(key, expected, shown(code)).help("such as `acme-licence-used-up`"))
}

pub(super) fn title(key: &str, title: &str) -> Result<(), Fault> {
    text(key, title)?;
    if title.ends_with('.') {
        return Err(Fault::new(key, "a few words without a full stop", shown(title)));
    }
    Ok(())
}

pub(super) fn sentence(key: &str, sentence: &str) -> Result<(), Fault> {
    text(key, sentence)?;
    if !sentence.ends_with('.') {
        return Err(Fault::new(key, "a sentence that ends in a full stop", shown(sentence)));
    }
    Ok(())
}

pub(super) fn text(key: &str, text: &str) -> Result<(), Fault> {
    let expected = format!("a text of 1 to {LONGEST_TEXT} bytes in one line");
    let found = match text {
        "" => "an empty one".to_owned(),
        text if text.len() > LONGEST_TEXT => format!("{} bytes", text.len()),
        text if text.chars().any(char::is_control) => "a line break or another control character".to_owned(),
        _ => return Ok(()),
    };
    Err(Fault::new(key, expected, found))
}

pub(super) fn address(key: &str, page: &str) -> Result<(), Fault> {
    text(key, page)?;
    let is_address = ["https://", "http://"].iter().any(|scheme| page.starts_with(scheme));
    if is_address && !page.contains(' ') {
        return Ok(());
    }
    Err(Fault::new(key, "an address that begins with `https://`", shown(page)))
}

/// The names that a template asks for.
#[cfg(feature = "rules-file")]
pub(super) fn names(text: &str) -> Vec<&str> {
    crate::template::names(text)
}

/// A text of the user's file, short enough for an error.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("`{line}{}`", if text.chars().count() > LONGEST { "…" } else { "" })
}
