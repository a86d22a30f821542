//! Every fixture keeps the promise in its name, and its outcome is the recorded one.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::fs;

use common::{Promise, assert_citations_resolve, codes, diagnosed, fixtures};
use ecs_triage_core::{Confidence, Report, Verdict};
use serde_json::{Value, json};

#[test]
fn every_fixture_keeps_its_promise() {
    let mut broken = Vec::new();
    for fixture in fixtures() {
        for case in &fixture.cases {
            let what = format!("{}/{} ({})", fixture.code, fixture.story, case.label);
            let report = diagnosed(case);
            assert_citations_resolve(&report, &case.evidence, &what);
            let first = report.diagnoses().next();
            let kept = match fixture.promise {
                Promise::Hit => {
                    first.is_some_and(|found| {
                        found.code == fixture.code && found.confidence >= Confidence::Likely
                    }) || is_residual(&fixture.code) && first.is_some_and(|found| found.code == fixture.code)
                }
                Promise::Clear => !codes(&report).contains(&fixture.code.as_str()),
                Promise::Open => report
                    .diagnoses()
                    .any(|found| found.code == fixture.code && found.confidence == Confidence::Possible),
            };
            if !kept {
                let said: Vec<_> = report
                    .diagnoses()
                    .map(|found| format!("{} ({:?})", found.code, found.confidence))
                    .collect();
                broken.push(format!("{what}: said {said:?}"));
            }
        }
    }
    assert!(broken.is_empty(), "{} broken promises:\n{}", broken.len(), broken.join("\n"));
}

/// What became of a subject is open as long as its leading cause is a mere possibility, and the other way round.
#[test]
fn an_open_verdict_goes_with_an_open_cause() {
    // That something is not there is sure; what became of it is not.
    let sure = ["api-resource-missing"];
    for fixture in fixtures() {
        for case in &fixture.cases {
            for subject in diagnosed(case).subjects() {
                let Some(first) = subject.diagnoses.first() else { continue };
                let is_open = subject.verdict == Verdict::Undetermined;
                let place = format!("{}/{} ({})", fixture.code, fixture.story, case.label);
                assert!(
                    !is_open || first.confidence == Confidence::Possible || sure.contains(&first.code),
                    "{place}: {} is {:?}, and the verdict is open",
                    first.code,
                    first.confidence
                );
            }
        }
    }
}

/// Rules that only see the wrapper of a message are never surer than `possible`.
fn is_residual(code: &str) -> bool {
    ecs_triage_core::rules::rule(code).is_some_and(|rule| rule.kind == ecs_triage_core::rules::Kind::Residual)
}

#[test]
fn every_outcome_is_the_recorded_one() {
    let update = std::env::var_os("UPDATE_GENERATED").is_some();
    let mut stale = Vec::new();
    for fixture in fixtures() {
        let outcomes: Vec<Value> = fixture.cases.iter().map(|case| outcome(&diagnosed(case))).collect();
        let wanted = serde_json::to_string_pretty(&outcomes).unwrap() + "\n";
        let file = fixture.folder.join("outcome.json");
        if update {
            fs::write(&file, wanted).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != wanted {
            stale.push(format!("{}/{}", fixture.code, fixture.story));
        }
    }
    assert!(stale.is_empty(), "UPDATE_GENERATED=1 rewrites the outcomes of: {stale:#?}");
}

/// The part of a report that a reviewer should see change.
fn outcome(report: &Report) -> Value {
    let subjects = report.subjects().iter().map(|subject| {
        let diagnoses: Vec<Value> = subject
            .diagnoses
            .iter()
            .map(|found| {
                json!({
                    "code": found.code,
                    "confidence": found.confidence,
                    "container": found.container,
                    "summary": found.summary,
                    "cause": found.cause,
                })
            })
            .collect();
        let effects: Vec<Value> = subject
            .consequences
            .iter()
            .map(|effect| json!({ "code": effect.code, "summary": effect.summary }))
            .collect();
        json!({ "kind": subject.kind, "verdict": subject.verdict, "diagnoses": diagnoses, "consequences": effects })
    });
    let wants: Vec<String> = report
        .wants()
        .iter()
        .map(|want| format!("{}:{} {}", want.service, want.operation, want.params))
        .collect();
    json!({ "subjects": subjects.collect::<Vec<_>>(), "wants": wants, "problems": report.problems() })
}
