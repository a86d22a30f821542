//! Fixtures: folders of documents, read from the tests' own directory.
#![allow(dead_code, reason = "each test binary uses a part")]

pub mod canaries;

use std::fs;
use std::path::{Path, PathBuf};

use ecs_triage_core::evidence::Citation;
use ecs_triage_core::redact::redact_at;
use ecs_triage_core::{Evidence, Report, diagnose};
use serde_json::Value;

/// What a fixture's name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// The rule's cause leads, at least `likely`.
    Hit,
    /// The rule is silent.
    Clear,
    /// The rule says `possible`, and something is wanted.
    Open,
}

/// One fixture: evidence with a promise about one rule.
pub struct Fixture {
    /// Code of the rule.
    pub code: String,
    /// `hit-…`, `clear-…` or `open-…`.
    pub story: String,
    pub promise: Promise,
    pub folder: PathBuf,
    pub cases: Vec<Case>,
}

/// Evidence to be diagnosed on its own.
pub struct Case {
    pub label: String,
    pub evidence: Evidence,
}

/// Files in a fixture that are not evidence.
const NOT_EVIDENCE: [&str; 2] = ["from.md", "outcome.json"];

pub fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All fixtures in order of code and story.
pub fn fixtures() -> Vec<Fixture> {
    let mut found = Vec::new();
    for rule in sorted(&crate_folder().join("tests/fixtures")) {
        for folder in sorted(&rule) {
            let story = name_of(&folder);
            let promise = match story.split('-').next() {
                Some("hit") => Promise::Hit,
                Some("clear") => Promise::Clear,
                Some("open") => Promise::Open,
                _ => panic!("{}: a fixture is called hit-…, clear-… or open-…", folder.display()),
            };
            let cases = cases(&folder);
            assert!(!cases.is_empty(), "{}: a fixture without evidence", folder.display());
            found.push(Fixture { code: name_of(&rule), story, promise, folder, cases });
        }
    }
    found
}

/// `messages.json` is a list of messages, each a case of its own; all other files make one case.
fn cases(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut evidence = Evidence::new();
    for file in sorted(folder) {
        let name = name_of(&file);
        if NOT_EVIDENCE.contains(&name.as_str()) {
            continue;
        }
        let bytes = fs::read(&file).unwrap();
        if name == "messages.json" {
            let messages: Vec<String> = serde_json::from_slice(&bytes).unwrap();
            cases.extend(messages.into_iter().enumerate().map(|(index, text)| {
                let mut evidence = Evidence::new();
                evidence.add_value(None, Value::String(text)).unwrap();
                Case { label: format!("message {index}"), evidence }
            }));
        } else {
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            evidence.add_named(&stem, &bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
    }
    if !evidence.documents().is_empty() {
        cases.push(Case { label: "documents".into(), evidence });
    }
    cases
}

/// Asserts that every citation of a report leads to the value it shows.
pub fn assert_citations_resolve(report: &Report, evidence: &Evidence, what: &str) {
    for subject in report.subjects() {
        let cited = subject
            .diagnoses
            .iter()
            .flat_map(|diagnosis| &diagnosis.evidence)
            .chain(subject.consequences.iter().flat_map(|consequence| &consequence.evidence))
            .chain(subject.advisories.iter().flat_map(|advisory| &advisory.evidence));
        for citation in cited {
            assert_resolves(citation, evidence, what);
        }
        for diagnosis in &subject.diagnoses {
            assert!(!diagnosis.evidence.is_empty(), "{what}: {} without proof", diagnosis.code);
        }
    }
}

fn assert_resolves(citation: &Citation, evidence: &Evidence, what: &str) {
    let place = format!("{what}: {} {}", citation.document, citation.pointer);
    let outer = evidence
        .documents()
        .iter()
        .find(|document| document.name() == citation.document && document.wrapped_at().is_none())
        .unwrap_or_else(|| panic!("{place}: no such document"));
    let value = outer.value().pointer(&citation.pointer).unwrap_or_else(|| panic!("{place}: nothing there"));
    let shown = match &citation.within {
        None => redact_at(outer.value(), &citation.pointer),
        Some(within) => redact_at(&serde_json::from_str(value.as_str().unwrap()).unwrap(), within),
    };
    assert_eq!(Some(&citation.value), shown.as_ref(), "{place}");
}

/// Codes of all diagnoses and consequences of a report.
pub fn codes(report: &Report) -> Vec<&'static str> {
    let subjects = report.subjects().iter();
    subjects
        .flat_map(|subject| {
            let leading = subject.diagnoses.iter().map(|diagnosis| diagnosis.code);
            leading.chain(subject.consequences.iter().filter_map(|consequence| consequence.code))
        })
        .collect()
}

pub fn diagnosed(case: &Case) -> Report {
    diagnose(&case.evidence)
}

pub fn sorted(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
