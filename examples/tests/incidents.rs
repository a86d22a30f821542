//! Every bundled incident is diagnosed right, from what a person has at first and with the whole account.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::fs;
use std::path::{Path, PathBuf};

use ecs_triage_core::evidence::Citation;
use ecs_triage_core::redact::redact_at;
use ecs_triage_core::{Evidence, Report, Timestamp, diagnose};
use serde_json::Value;

fn account(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("accounts").join(name)
}

fn incidents() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("incidents")
}

fn expected() -> Vec<(String, Value)> {
    let text = fs::read_to_string(incidents().join("expected.json")).unwrap();
    let list: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
    assert!(list.len() >= 14);
    list.into_iter().collect()
}

fn add_folder(evidence: &mut Evidence, folder: &Path) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let stem = file.file_stem().unwrap().to_string_lossy();
        evidence
            .add_named(&stem, &fs::read(file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

fn evidence(name: &str, expected: &Value) -> Evidence {
    let mut evidence = Evidence::new();
    add_folder(&mut evidence, &incidents().join(name));
    if let Some(at) = expected["observedAt"].as_str() {
        evidence.observed(Timestamp::parse(at).unwrap());
    }
    evidence
}

fn assert_right(name: &str, report: &Report, expected: &Value) {
    let first = report.diagnoses().next().unwrap_or_else(|| panic!("{name}: silent"));
    assert_eq!(first.code, expected["code"].as_str().unwrap(), "{name}: {}", first.summary);
    assert_eq!(first.container.as_deref(), expected["container"].as_str(), "{name}: container");
    let verdict = serde_json::to_value(report.subjects()[0].verdict).unwrap();
    assert_eq!(verdict, expected["verdict"], "{name}: verdict");
}

#[test]
fn the_first_diagnosis_of_each_incident_is_the_right_one() {
    for (name, expected) in expected() {
        assert_right(&name, &diagnose(&evidence(&name, &expected)), &expected);
    }
}

#[test]
fn the_whole_account_does_not_lead_astray() {
    for (name, expected) in expected() {
        let mut evidence = evidence(&name, &expected);
        add_folder(&mut evidence, &account(&name));
        assert_right(&format!("{name} with its account"), &diagnose(&evidence), &expected);
    }
}

#[test]
fn every_citation_leads_to_the_value_it_shows() {
    for (name, expected) in expected() {
        let mut evidence = evidence(&name, &expected);
        add_folder(&mut evidence, &account(&name));
        let report = diagnose(&evidence);
        for subject in report.subjects() {
            let proofs = subject.diagnoses.iter().flat_map(|diagnosis| &diagnosis.evidence);
            let effects = subject.consequences.iter().flat_map(|consequence| &consequence.evidence);
            let risks = subject.advisories.iter().flat_map(|advisory| &advisory.evidence);
            for citation in proofs.chain(effects).chain(risks) {
                assert_resolves(citation, &evidence, &name);
            }
        }
    }
}

fn assert_resolves(citation: &Citation, evidence: &Evidence, incident: &str) {
    let place = format!("{incident}: {} {}", citation.document, citation.pointer);
    let document = evidence.documents().iter().find(|document| document.name() == citation.document);
    let shown = document.and_then(|document| match &citation.within {
        None => redact_at(document.value(), &citation.pointer),
        // JSON that came as text, such as the policy of a VPC endpoint.
        Some(within) => {
            let text = document.value().pointer(&citation.pointer)?.as_str()?;
            redact_at(&serde_json::from_str(text).ok()?, within)
        }
    });
    assert_eq!(shown.as_ref(), Some(&citation.value), "{place}");
}

#[test]
fn the_same_evidence_gives_the_same_bytes() {
    for (name, expected) in expected() {
        let once = diagnose(&evidence(&name, &expected)).to_json();
        assert_eq!(once, diagnose(&evidence(&name, &expected)).to_json(), "{name}");
    }
}
