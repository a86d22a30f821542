//! What is missing makes no answer surer: a member that is taken out of a supplied answer never turns a cause `confirmed`.
//!
//! Every fourth member by default; `ECS_TRIAGE_EVERY=1` takes out each.
//!
//! A member that AWS always sends was cut out by whoever reshaped the answer: its value is unknown, which is neither
//! "none" nor "no". Members whose absence is itself an answer of AWS's are listed with the reason.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{name_of, sorted};
use ecs_triage_core::report::Diagnosis;
use ecs_triage_core::{Confidence, Evidence, diagnose};
use serde_json::Value;

/// Documents with their names.
type Documents = Vec<(String, Value)>;

/// Answers about the subjects themselves: what they lack is not unknown but makes another incident.
const SUBJECTS: &[&str] = &[
    "answer",
    "describe-services",
    "describe-task-definition",
    "describe-tasks",
    "events",
    "execute-command",
    "register-task-definition",
    "run-task",
    "start-task",
    "stop-task",
    "task-definition",
    "task-event",
    "update-task-protection",
];

/// Members that AWS leaves out when there is nothing to say, so that without them another thing is said.
const ABSENCE_SAYS: &[(&str, &str)] = &[];

fn stories() -> Vec<(String, Documents)> {
    let mut found = Vec::new();
    for rule in sorted(&common::crate_folder().join("tests/fixtures")) {
        for story in sorted(&rule) {
            let documents: Documents = sorted(&story)
                .iter()
                .filter(|file| {
                    let name = name_of(file);
                    name.ends_with(".json") && name != "outcome.json" && name != "messages.json"
                })
                .map(|file| {
                    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
                    (name, serde_json::from_slice(&fs::read(file).unwrap()).unwrap())
                })
                .collect();
            if documents.len() > 1 {
                found.push((format!("{}/{}", name_of(&rule), name_of(&story)), documents));
            }
        }
    }
    found
}

/// Subject, cause and container.
type Statement = (String, &'static str, Option<String>);

/// What was said, and how surely; and how many documents were refused, of which the report has a problem.
fn said(documents: &Documents) -> (BTreeMap<Statement, Confidence>, usize) {
    let mut evidence = Evidence::new();
    let mut refused = 0;
    for (name, value) in documents {
        refused += usize::from(evidence.add_named(name, value.to_string().as_bytes()).is_err());
    }
    let report = diagnose(&evidence);
    let subjects = report.subjects().iter();
    let found = subjects.flat_map(|subject| {
        let statement = |found: &Diagnosis| (subject.id.clone(), found.code, found.container.clone());
        subject.diagnoses.iter().map(move |found| (statement(found), found.confidence))
    });
    (found.collect(), refused)
}

/// Pointers of all members below `value`.
fn members(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                members(value, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(object) => {
            for (key, value) in object {
                let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                members(value, &pointer, found);
                found.push(pointer);
            }
        }
        _ => {}
    }
}

fn without(value: &Value, pointer: &str) -> Value {
    let mut value = value.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let object = value.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
    object.remove(&key.replace("~1", "/").replace("~0", "~"));
    value
}

fn is_about_subjects(name: &str) -> bool {
    SUBJECTS.iter().any(|subject| {
        name.strip_prefix(subject).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// What came of a part of the stories.
#[derive(Default)]
struct Outcome {
    /// Members that were taken out.
    taken: usize,
    /// Causes that are confirmed by the whole stories.
    confirmed: usize,
    /// What became surer.
    surer: Vec<String>,
}

fn outcome(stories: &[(String, Documents)]) -> Outcome {
    let every: usize = std::env::var("ECS_TRIAGE_EVERY").map_or(4, |every| every.parse().unwrap());
    let mut outcome = Outcome::default();
    let mut seen = 0;
    for (story, documents) in stories {
        let (whole, refused) = said(documents);
        outcome.confirmed +=
            whole.values().filter(|confidence| **confidence == Confidence::Confirmed).count();
        for (index, (name, value)) in documents.iter().enumerate() {
            if is_about_subjects(name) {
                continue;
            }
            let mut pointers = Vec::new();
            members(value, "", &mut pointers);
            for pointer in pointers {
                let key = pointer.rsplit('/').next().unwrap();
                if ABSENCE_SAYS.iter().any(|(member, _)| *member == key) {
                    continue;
                }
                seen += 1;
                if seen % every != 0 {
                    continue;
                }
                outcome.taken += 1;
                let mut less = documents.clone();
                less[index].1 = without(value, &pointer);
                let (now, refused_now) = said(&less);
                if refused_now > refused {
                    continue;
                }
                for (what, confidence) in now {
                    let before = whole.get(&what).copied();
                    if confidence == Confidence::Confirmed && before != Some(Confidence::Confirmed) {
                        let line = format!(
                            "{story}: {} is {before:?}, but confirmed without {name}#{pointer}",
                            what.1
                        );
                        outcome.surer.push(line);
                    }
                }
            }
        }
    }
    outcome
}

#[test]
fn a_missing_member_confirms_nothing() {
    let stories = stories();
    // The slow part of this is all there is: two halves take half the time.
    let (first, second) = stories.split_at(stories.len() / 2);
    let outcomes = std::thread::scope(|scope| {
        [first, second].map(|half| scope.spawn(|| outcome(half))).map(|half| half.join().unwrap())
    });
    let taken: usize = outcomes.iter().map(|outcome| outcome.taken).sum();
    let confirmed: usize = outcomes.iter().map(|outcome| outcome.confirmed).sum();
    let surer: Vec<&String> = outcomes.iter().flat_map(|outcome| &outcome.surer).collect();
    assert!(taken > 1_000 && confirmed > 20, "{taken} members, {confirmed} confirmed");
    assert!(surer.is_empty(), "{} of {taken}: {surer:#?}", surer.len());
}
