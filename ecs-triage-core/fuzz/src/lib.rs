//! What each fuzz target does with its bytes, and what must hold.
//!
//! A target panics when a promise is broken; libFuzzer keeps the input. No input may panic, hang or use memory without
//! bound, and beyond that:
//!
//! - `evidence`: what is accepted, refused or noted is said without the text; a parsed value reads like its bytes.
//! - `message`: no phrase that is found is longer than the message.
//! - `iam`: a policy decides the same as an object, as text and percent-encoded; knowing less never turns an answer.
//! - `diagnose`: every proof resolves; the same evidence gives the same bytes; every format renders.
//! - `fleet`: order, split and copies change nothing; a task's cause is the one that `diagnose` names.
//! - `verify`: redaction hides the account ids, changes nothing when it is repeated, and its map gives the same
//!   placeholders again.

use ecs_triage_core::evidence::Citation;
use ecs_triage_core::fleet::{Fleet, Splitter};
use ecs_triage_core::iam::{Policy, PolicyDocument, Principal, Resource, RolePolicies, role_context};
use ecs_triage_core::redact::{BLANK, Redactor, redact_at, redacted};
use ecs_triage_core::report::TextStyle;
use ecs_triage_core::signals::message::Message;
use ecs_triage_core::verify::{Before, verify as verify_change};
use ecs_triage_core::{Evidence, Report, check, diagnose as engine};
use serde_json::Value;

/// Stands between documents, and between a document's name and its text.
const NEXT: u8 = 0x1e;
const NAMED: u8 = 0x1f;

/// Several documents in one input, each perhaps with a name.
fn documents(bytes: &[u8]) -> Evidence {
    let mut evidence = Evidence::new();
    for document in bytes.split(|byte| *byte == NEXT).take(64) {
        // A document that is refused is a problem in the report.
        drop(match document.iter().position(|byte| *byte == NAMED) {
            Some(end) => {
                let name = String::from_utf8_lossy(&document[..end]);
                evidence.add_named(&name, &document[end + 1..])
            }
            None => evidence.add_json(document),
        });
    }
    evidence
}

/// Any bytes as one document.
pub fn evidence(bytes: &[u8]) {
    let mut evidence = Evidence::new();
    let added = evidence.add_json(bytes);
    if let Err(error) = &added {
        assert!(!error.to_string().is_empty());
        assert!(
            evidence.problems().contains(&error.to_problem()),
            "a refusal is a problem of the report too"
        );
    }
    let _ = format!("{evidence:?}");
    // What is parsed already reads like what was parsed here.
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        let mut owned = Evidence::new();
        let accepted = owned.add_value(None, value).is_ok();
        assert_eq!(added.is_ok(), accepted, "bytes and their value are judged alike");
        assert_eq!(engine(&evidence).to_json(), engine(&owned).to_json());
    }
}

/// Any text as a message.
pub fn message(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let message = Message::parse(&text);
    assert!(text.starts_with(message.raw()));
    let _ = format!("{message:?}");
    for found in [message.host(), message.aws_error_code(), message.platform(), message.subnet()] {
        assert!(found.is_none_or(|found| found.len() <= text.len()));
    }
    let blanked = redacted(&text);
    assert_eq!(redacted(&blanked), blanked, "blanking twice changes nothing");
    let mut evidence = Evidence::new();
    drop(evidence.add_value(None, Value::String(text.into_owned())));
    let _ = engine(&evidence).to_text(TextStyle::default());
}

/// Any bytes as a policy.
pub fn iam(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let as_text = PolicyDocument::parse(&Value::String(text.clone()));
    let as_object = serde_json::from_str(&text).ok().map(|value: Value| PolicyDocument::parse(&value));
    if let Some(Ok(object)) = &as_object
        && let Ok(text) = &as_text
    {
        assert_eq!(decide(object), decide(text), "a policy is the same as an object and as text");
    }
    if let Ok(policy) = &as_text {
        decide(policy);
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let encoded = PolicyDocument::parse(&Value::String(encoded));
        if let Ok(encoded) = encoded {
            assert_eq!(decide(policy), decide(&encoded), "percent-encoding changes nothing");
        }
    }
}

fn decide(policy: &PolicyDocument) -> String {
    let role = Principal::from_arn("arn:aws:iam::111122223333:role/web").expect("an ARN of a role");
    let policies = RolePolicies::new(role).attached([Policy::new("p", policy.clone())]);
    let context = role_context(Some("eu-west-1"));
    let mut said = String::new();
    for (action, resource) in [
        ("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:111122223333:repository/web"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-Ab12Cd"),
    ] {
        said.push_str(&format!("{:?}\n", policies.may(action, Resource::arn(resource), &context)));
    }
    said
}

/// Any bytes as the documents of an incident.
pub fn diagnose(bytes: &[u8]) {
    let evidence = documents(bytes);
    let report = engine(&evidence);
    check_report(&report, &evidence);
    check_report(&check(&evidence), &evidence);
    assert_eq!(
        engine(&documents(bytes)).to_json(),
        report.to_json(),
        "the same evidence gives the same bytes"
    );
}

fn check_report(report: &Report, evidence: &Evidence) {
    for subject in report.subjects() {
        for diagnosis in &subject.diagnoses {
            assert!(!diagnosis.evidence.is_empty(), "{} without proof", diagnosis.code);
            diagnosis.evidence.iter().for_each(|citation| resolves(citation, evidence));
        }
        subject
            .advisories
            .iter()
            .flat_map(|found| &found.evidence)
            .for_each(|citation| resolves(citation, evidence));
        subject
            .consequences
            .iter()
            .flat_map(|found| &found.evidence)
            .for_each(|citation| resolves(citation, evidence));
    }
    let text = report.to_text(TextStyle::default());
    assert!(!text.contains('\u{1b}'), "a control character reached the terminal");
    let _ = report.to_markdown();
    assert!(serde_json::from_str::<Value>(&report.to_json()).is_ok());
    let _ = format!("{report:?}");
}

/// A proof leads to the value that it shows.
fn resolves(citation: &Citation, evidence: &Evidence) {
    let document = evidence
        .documents()
        .iter()
        .find(|document| document.name() == citation.document && document.wrapped_at().is_none())
        .expect("a citation names a document");
    let shown = redact_at(document.value(), &citation.pointer).expect("a citation's pointer leads somewhere");
    if citation.within.is_none() {
        let (found, place) = (&citation.value, &citation.pointer);
        assert!(shows(found, &shown), "{found} is shown of {shown} at {place}");
    }
}

/// Whether a citation shows what stands there; of what holds others, in a text that was repaired, some may be blanked.
fn shows(found: &Value, there: &Value) -> bool {
    let is_part = |found: &Value, there: &Value| found == there || *found == BLANK;
    match (found, there) {
        (Value::Array(found), Value::Array(there)) => {
            found.len() == there.len() && found.iter().zip(there).all(|(found, there)| is_part(found, there))
        }
        (Value::Object(found), Value::Object(there)) => {
            found.len() == there.len()
                && found.iter().all(|(key, found)| there.get(key).is_some_and(|there| is_part(found, there)))
        }
        _ => found == there,
    }
}

/// Any bytes as records of a fleet.
pub fn fleet(bytes: &[u8]) {
    let mut whole = Fleet::new();
    whole.add(bytes);
    let report = whole.report();
    let _ = (report.to_text(TextStyle::default()), report.to_markdown());
    // The same lines in reverse order and in two parts.
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let are_records =
        lines.iter().all(|line| serde_json::from_slice::<Value>(line).is_ok_and(|value| value.is_object()));
    if are_records {
        let (first, second) = lines.split_at(lines.len() / 2);
        let part = |lines: &[&[u8]]| {
            let mut fleet = Fleet::new();
            lines.iter().rev().for_each(|line| fleet.add(line));
            fleet
        };
        let mut merged = part(second);
        merged.merge(Fleet::from_bytes(&part(first).to_bytes()).expect("what a fleet wrote is read"));
        assert_eq!(told(&merged), told(&whole), "order and split change nothing");
        if let [line] = lines[..] {
            same_as_alone(line, &whole);
        }
    }
    // A part that something else wrote is refused or read, never a panic.
    drop(Fleet::from_bytes(bytes));
    let mut splitter = Splitter::new();
    for chunk in bytes.chunks(7) {
        splitter.push(chunk, |_| {});
    }
    splitter.finish(|_| {});
}

/// What does not depend on the order: all but the problems, which name lines.
fn told(fleet: &Fleet) -> Value {
    let mut told: Value = serde_json::from_str(&fleet.report().to_json()).expect("a report is JSON");
    if let Some(members) = told.as_object_mut() {
        members.remove("problems");
    }
    told
}

/// The fleet's cause of a single task is the one that a diagnosis names.
fn same_as_alone(record: &[u8], fleet: &Fleet) {
    let mut evidence = Evidence::new();
    if evidence.add_json(record).is_err() {
        return;
    }
    let alone = engine(&evidence);
    let said = fleet.report();
    if let ([subject], [incident]) = (alone.subjects(), &said.incidents[..])
        && subject.id.starts_with("arn:")
    {
        assert_eq!(incident.code, subject.diagnoses.first().map(|first| first.code));
    }
}

/// Any bytes as an earlier report and later documents, redacted.
pub fn verify(bytes: &[u8]) {
    let (before, after) = match bytes.iter().position(|byte| *byte == NEXT) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, bytes),
    };
    let evidence = documents(after);
    let before = Before::parse(before).unwrap_or_default();
    let verification = verify_change(&before, &evidence);
    let mut redactor = Redactor::new();
    redactor.learn(&evidence);
    let shown = redactor.verification(&verification);
    let text = shown.report.to_json();
    let mut runs = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    assert!(!runs.any(|run| run == "111122223333"), "an account id is shown");
    assert_eq!(redactor.verification(&shown).report.to_json(), text, "hiding twice changes nothing");
    let _ = redactor.restored(&text);
    let mut same = Redactor::from_map(redactor.to_map().as_bytes()).expect("a map that was written is read");
    assert_eq!(same.verification(&verification).report.to_json(), text);
    drop(Redactor::from_map(bytes));
}
