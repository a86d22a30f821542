//! The loop that adapters run: diagnose, fetch what is wanted, diagnose again, until nothing more is wanted. Here the
//! account is a folder of recorded calls.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::fs;
use std::path::{Path, PathBuf};

use ecs_triage_core::evidence::Request;
use ecs_triage_core::report::Want;
use ecs_triage_core::{Confidence, Evidence, Report, Timestamp, diagnose};
use serde_json::Value;

/// A typical incident is settled within so many rounds.
const MOST_ROUNDS: usize = 4;

fn examples() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn incidents() -> PathBuf {
    examples().join("incidents")
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

/// A call as it was recorded.
struct Recorded {
    service: String,
    operation: String,
    params: Value,
    response: Option<Value>,
    error: Option<(String, String)>,
}

fn account(name: &str) -> Vec<Recorded> {
    let mut calls = Vec::new();
    for file in json_files(&examples().join("accounts").join(name)) {
        let call: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let error = call.get("error").filter(|error| !error.is_null());
        calls.push(Recorded {
            service: text(&call["service"]),
            operation: text(&call["operation"]),
            params: call["params"].clone(),
            response: call.get("response").filter(|response| !response.is_null()).cloned(),
            error: error.map(|error| (text(&error["Code"]), text(&error["Message"]))),
        });
    }
    calls
}

/// The recorded call that answers a want: the same operation about the same things. Limits, time windows and
/// the way to filter may differ.
fn answer<'a>(calls: &'a [Recorded], want: &Want) -> Option<&'a Recorded> {
    let mut named = Vec::new();
    leaves(&want.params, &mut named);
    named.retain(|text| is_name(text));
    calls.iter().filter(|call| call.service == want.service && call.operation == want.operation).max_by_key(
        |call| {
            let asked = call.params.to_string();
            let given = call.response.as_ref().map(Value::to_string).unwrap_or_default();
            let last = |text: &String| text.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
            let hits = named
                .iter()
                .filter(|text| asked.contains(&last(text)) || given.contains(&last(text)))
                .count();
            // One operation may be asked once for each attribute of one thing.
            (call.params == want.params, hits == named.len(), hits)
        },
    )
}

fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        _ => {}
    }
}

/// Ids and names, not words such as `Maximum` or `STOPPED`, nor times.
fn is_name(text: &str) -> bool {
    text.contains(['-', '/', ':']) && Timestamp::parse(text).is_none() && !text.starts_with("application/")
}

struct Walk {
    report: Report,
    rounds: usize,
    /// Calls that the account has no answer to.
    refused: Vec<String>,
}

fn walk(name: &str, expected: &Value) -> Walk {
    let folder = incidents().join(name);
    let mut evidence = Evidence::new();
    for file in json_files(&folder) {
        let stem = file.file_stem().unwrap().to_string_lossy();
        evidence.add_named(&stem, &fs::read(&file).unwrap()).unwrap();
    }
    if let Some(at) = expected["observedAt"].as_str() {
        evidence.observed(Timestamp::parse(at).unwrap());
    }
    let calls = account(name);
    let mut refused = Vec::new();
    let mut rounds = 0;
    loop {
        let report = diagnose(&evidence);
        if report.wants().is_empty() || rounds > MOST_ROUNDS {
            return Walk { report, rounds, refused };
        }
        rounds += 1;
        for want in report.wants() {
            let request = Request::new(&want.service, &want.operation, want.params.clone());
            // A document of which nothing is read is an answer all the same.
            let _ = match answer(&calls, want) {
                Some(Recorded { response: Some(response), .. }) => {
                    evidence.add_answer(&request, response.clone())
                }
                Some(Recorded { error: Some((code, message)), .. }) => {
                    evidence.add_failure(&request, code, message)
                }
                _ => {
                    refused.push(format!("{}:{}", want.service, want.operation));
                    evidence.add_failure(&request, "AccessDeniedException", "not recorded")
                }
            };
        }
    }
}

#[test]
fn every_incident_is_settled_by_what_is_wanted() {
    let text = fs::read_to_string(incidents().join("expected.json")).unwrap();
    let list: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    for (name, expected) in &list {
        let walk = walk(name, expected);
        let first = walk.report.diagnoses().next();
        let confidence = first.map(|found| found.confidence);
        let proven = first.is_some_and(|found| found.remedies.iter().any(|remedy| remedy.proven));
        println!(
            "{name}: {} {confidence:?} in {} rounds, {} wants left, proven {proven}, not recorded: {:?}",
            first.map_or("silent", |found| found.code),
            walk.rounds,
            walk.report.wants().len(),
            walk.refused,
        );
        // What no answer of AWS can settle is said in `open`.
        let open = expected["open"].as_str();
        let is_right = first.is_some_and(|found| found.code == expected["code"].as_str().unwrap());
        let is_settled = confidence == Some(Confidence::Confirmed) || open.is_some();
        let is_fixed =
            proven || open.is_some() || expected["unproven"].is_string() || expected["verdict"] != "failure";
        if !is_right
            || !is_settled
            || !is_fixed
            || !walk.report.wants().is_empty()
            || walk.rounds > MOST_ROUNDS
        {
            wrong.push(name.as_str());
        }
    }
    assert!(wrong.is_empty(), "not settled: {wrong:?}");
}
