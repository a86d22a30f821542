//! The report as SARIF 2.1.0, for code scanning.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::path::{Component, Path};

use ecs_triage_core::Report;
use ecs_triage_core::advisories::{Risk, risk};
use ecs_triage_core::evidence::Citation;
use ecs_triage_core::reference;
use ecs_triage_core::report::{Advisory, Diagnosis, SubjectReport, TextStyle};
use ecs_triage_core::rules::{Kind, Rule};
use ecs_triage_core::{Confidence, Verdict};
use serde_json::{Value, json};

use super::input::Files;
use super::locate::locate;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run with every diagnosis and advisory as a result.
pub(crate) fn render(report: &Report, files: &Files) -> String {
    let mut run = Run { files, rules: Vec::new(), results: Vec::new() };
    for subject in report.subjects() {
        for diagnosis in &subject.diagnoses {
            run.diagnosis(subject, diagnosis);
        }
        for advisory in &subject.advisories {
            run.advisory(subject, advisory);
        }
    }
    let rules: Vec<Value> = run.rules.iter().map(|entry| entry.describe()).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "ecs-triage",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": run.notifications(report),
            }],
            "columnKind": "unicodeCodePoints",
            "results": run.results,
        }],
    });
    // Texts, numbers and lists: there is nothing in it that JSON cannot hold.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// What a result is an instance of.
#[derive(Clone, Copy)]
enum Entry<'r> {
    Cause(&'static Rule),
    Risk(&'static Risk),
    /// A check of the user's own.
    Own(&'r Advisory),
}

impl Entry<'_> {
    fn code(self) -> &'static str {
        match self {
            Entry::Cause(rule) => rule.code,
            Entry::Risk(risk) => risk.code,
            Entry::Own(advisory) => advisory.code,
        }
    }

    fn describe(self) -> Value {
        let style = TextStyle::default();
        let (title, explanation, level, help, docs) = match self {
            Entry::Cause(rule) => {
                let help = (reference::text(rule, style), reference::markdown(rule));
                (rule.title, rule.explanation, "error", help, rule.docs)
            }
            Entry::Risk(risk) => {
                let help = (reference::risk_text(risk, style), reference::risk_markdown(risk));
                (risk.title, risk.explanation, risk.severity.as_str(), help, risk.docs)
            }
            Entry::Own(own) => {
                let help = (own.advice.clone(), own.advice.clone());
                (own.title, own.title, own.severity.as_str(), help, own.docs)
            }
        };
        let mut described = json!({
            "id": self.code(),
            "shortDescription": {"text": title},
            "fullDescription": {"text": explanation},
            "help": {"text": help.0, "markdown": help.1},
            "defaultConfiguration": {"level": level},
        });
        if let Some(page) = docs.first() {
            described["helpUri"] = json!(page);
        }
        described
    }
}

struct Run<'r> {
    files: &'r Files,
    /// What results are instances of, each once.
    rules: Vec<Entry<'r>>,
    results: Vec<Value>,
}

impl<'r> Run<'r> {
    fn diagnosis(&mut self, subject: &SubjectReport, diagnosis: &Diagnosis) {
        let rule = diagnosis.cause.rule();
        let is_fault = rule.kind != Kind::Routine && subject.verdict != Verdict::NotAFailure;
        let (kind, level) = match diagnosis.confidence {
            _ if !is_fault => ("informational", "none"),
            Confidence::Possible => ("fail", "warning"),
            _ => ("fail", "error"),
        };
        let properties = json!({
            "subject": subject.id,
            "verdict": subject.verdict,
            "confidence": diagnosis.confidence,
            "container": diagnosis.container,
        });
        self.result(Entry::Cause(rule), kind, level, &diagnosis.summary, &diagnosis.evidence, properties);
    }

    fn advisory(&mut self, subject: &SubjectReport, advisory: &'r Advisory) {
        let entry = risk(advisory.code).map_or(Entry::Own(advisory), Entry::Risk);
        let message = format!("{} {}", advisory.summary, advisory.advice);
        let properties = json!({"subject": subject.id, "container": advisory.container});
        self.result(entry, "fail", advisory.severity.as_str(), &message, &advisory.evidence, properties);
    }

    fn result(
        &mut self,
        entry: Entry<'r>,
        kind: &str,
        level: &str,
        message: &str,
        evidence: &[Citation],
        mut properties: Value,
    ) {
        let known = self.rules.iter().position(|known| known.code() == entry.code());
        let index = known.unwrap_or_else(|| {
            self.rules.push(entry);
            self.rules.len() - 1
        });
        if let Some(members) = properties.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        let locations: Vec<Value> = evidence.iter().map(|citation| self.location(citation)).collect();
        let (first, rest) = match locations.split_first() {
            Some((first, rest)) => (std::slice::from_ref(first), rest),
            None => (&locations[..], &locations[..]),
        };
        self.results.push(json!({
            "ruleId": entry.code(),
            "ruleIndex": index,
            "kind": kind,
            "level": level,
            "message": {"text": message},
            "locations": first,
            "relatedLocations": rest,
            "properties": properties,
        }));
    }

    /// A citation as a place in a file, with its line where the file is JSON, and as a JSON pointer.
    fn location(&self, citation: &Citation) -> Value {
        let mut location = json!({
            "logicalLocations": [{
                "fullyQualifiedName": format!("{}#{}", citation.document, citation.pointer),
                "name": citation.pointer,
                "kind": match citation.value {
                    Value::Object(_) => "object",
                    Value::Array(_) => "array",
                    _ => "value",
                },
            }],
        });
        if let Some((path, text)) = self.files.of(&citation.document) {
            // In a bundle the document stands under its name.
            let bundled =
                format!("/{}{}", citation.document.replace('~', "~0").replace('/', "~1"), citation.pointer);
            let (line, column) =
                locate(text, &citation.pointer).or_else(|| locate(text, &bundled)).unwrap_or((1, 1));
            location["physicalLocation"] = json!({
                "artifactLocation": {"uri": uri(path)},
                "region": {"startLine": line, "startColumn": column},
            });
        }
        location
    }

    /// What could not be read, and subjects about which the evidence does not tell.
    fn notifications(&self, report: &Report) -> Vec<Value> {
        let mut notifications: Vec<Value> = Vec::new();
        for problem in report.problems() {
            let text = format!("{} {}: {}", problem.document, problem.pointer, problem.message);
            notifications.push(json!({"level": "warning", "message": {"text": text}}));
        }
        for subject in report.subjects() {
            if subject.diagnoses.is_empty() && subject.verdict == Verdict::Undetermined {
                let text = format!("{}: the evidence does not say why", subject.id);
                notifications.push(json!({"level": "warning", "message": {"text": text}}));
            }
        }
        notifications
    }
}

/// A path as a URI: relative ones stay relative, so that code scanning finds the file in its checkout.
fn uri(path: &Path) -> String {
    let mut out = String::new();
    for component in path.components() {
        match component {
            Component::RootDir => out = "file://".to_owned(),
            Component::CurDir => continue,
            _ => {}
        }
        if component == Component::RootDir {
            continue;
        }
        if !out.is_empty() {
            out.push('/');
        }
        for byte in component.as_os_str().to_string_lossy().bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    out.push(char::from(byte))
                }
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri(Path::new("./ecs/task definition.json")), "ecs/task%20definition.json");
        assert_eq!(uri(Path::new("/srv/é.json")), "file:///srv/%C3%A9.json");
    }
}
