//! What the engine reads of each call, and a check of answers: for `run.sh`, which makes answers from botocore's models.
//!
//! `shapes names` prints each call with the members that are read of its answer. `shapes check` reads recorded calls from
//! standard input, one a line, and fails when one is refused, has a problem, or gives a proof that does not resolve.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program for tests")]

use std::collections::BTreeMap;
use std::io::{BufRead, stdin};
use std::process::ExitCode;

use ecs_triage_core::evidence::{Citation, Shape, calls_read};
use ecs_triage_core::redact::redact_at;
use ecs_triage_core::report::TextStyle;
use ecs_triage_core::{Evidence, Report, check, diagnose};
use serde_json::{Value, json};

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("names") => {
            for call in calls_read() {
                let parts: Vec<Value> = call
                    .parts
                    .iter()
                    .map(|(path, kind)| json!({"path": path, "kind": format!("{kind:?}"), "reads": reads(kind.shape())}))
                    .collect();
                println!("{}", json!({"service": call.service, "operation": call.operation, "parts": parts}));
            }
            ExitCode::SUCCESS
        }
        Some("check") => check_all(),
        _ => {
            println!("usage: shapes names | shapes check < calls.ndjson");
            ExitCode::from(2)
        }
    }
}

/// The members that a view reads, by AWS's own name; text, numbers and times are `true`.
fn reads(shape: &Shape) -> Value {
    match shape {
        Shape::List(inner) => reads(inner),
        Shape::Object(fields) => {
            fields.iter().map(|field| (field.keys[0].to_owned(), reads(field.shape))).collect()
        }
        _ => Value::Bool(true),
    }
}

fn check_all() -> ExitCode {
    let mut faults: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let (mut documents, mut subjects, mut citations) = (0, 0, 0);
    for line in stdin().lock().lines().map_while(Result::ok) {
        documents += 1;
        for fault in faults_of(&line, &mut subjects, &mut citations) {
            faults.entry(fault).or_insert((0, line.chars().take(2_000).collect())).0 += 1;
        }
    }
    println!("{documents} answers, {subjects} subjects, {citations} proofs");
    for (fault, (count, line)) in &faults {
        println!("{count} x {fault}\n    such as {line}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn faults_of(line: &str, subjects: &mut usize, citations: &mut usize) -> Vec<String> {
    let mut faults = Vec::new();
    let mut evidence = Evidence::new();
    if let Err(error) = evidence.add_json(line.as_bytes()) {
        faults.push(format!("refused: {error}"));
    }
    for problem in evidence.problems() {
        faults.push(format!("problem at {}: {}", generic(&problem.pointer), problem.message));
    }
    for report in [diagnose(&evidence), check(&evidence)] {
        *subjects += report.subjects().len();
        for citation in cited(&report) {
            *citations += 1;
            if let Some(fault) = fault_of(citation, &evidence) {
                faults.push(format!("{fault} at {}", generic(&citation.pointer)));
            }
        }
        let _ = (report.to_text(TextStyle::default()), report.to_markdown(), report.to_json());
    }
    faults.dedup();
    faults
}

fn cited(report: &Report) -> impl Iterator<Item = &Citation> {
    report.subjects().iter().flat_map(|subject| {
        let diagnoses = subject.diagnoses.iter().flat_map(|found| &found.evidence);
        let consequences = subject.consequences.iter().flat_map(|found| &found.evidence);
        diagnoses.chain(consequences).chain(subject.advisories.iter().flat_map(|found| &found.evidence))
    })
}

fn fault_of(citation: &Citation, evidence: &Evidence) -> Option<&'static str> {
    let document = evidence
        .documents()
        .iter()
        .find(|document| document.name() == citation.document && document.wrapped_at().is_none());
    let Some(document) = document else { return Some("a proof of no document") };
    let Some(value) = document.value().pointer(&citation.pointer) else { return Some("a proof of no place") };
    let shown = match &citation.within {
        None => redact_at(document.value(), &citation.pointer),
        Some(within) => {
            let inner: Option<Value> = value.as_str().and_then(|text| serde_json::from_str(text).ok());
            match inner.and_then(|inner| redact_at(&inner, within)) {
                None => return Some("a proof of no place within"),
                shown => shown,
            }
        }
    };
    (Some(&citation.value) != shown.as_ref()).then_some("a proof of another value")
}

/// A pointer with its indices left out, so that faults of one kind count together.
fn generic(pointer: &str) -> String {
    pointer
        .split('/')
        .map(
            |token| {
                if token.bytes().all(|byte| byte.is_ascii_digit()) && !token.is_empty() { "N" } else { token }
            },
        )
        .collect::<Vec<_>>()
        .join("/")
}
