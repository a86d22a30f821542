//! Reports of release 0.1.0 are read for ever: they validate against the schema of today and `verify` takes them, and the
//! schema only grows.
//!
//! `tests/stored` has the schema of that release and its reports of the bundled incidents, one a line. Until 0.1.0 is
//! published `UPDATE_STORED=1` rewrites them; afterwards nothing does.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ecs_triage_core::advisories::risk;
use ecs_triage_core::report::{JSON_SCHEMA, SCHEMA};
use ecs_triage_core::rules::rule;
use ecs_triage_core::verify::{Before, Recovery, verify};
use ecs_triage_core::{Evidence, Verdict};
use serde_json::Value;

fn stored(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored").join(file)
}

/// What one run of the command on each incident says; for rewriting what is stored.
fn written_now() -> String {
    let incidents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/incidents");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(incidents).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let report = |folder: &PathBuf| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-triage"));
        let output = command.arg(folder).args(["--format", "json"]).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report.to_string() + "\n"
    };
    folders.iter().map(report).collect()
}

fn reports() -> Vec<Value> {
    let file = stored("reports-0.1.0.ndjson");
    if std::env::var_os("UPDATE_STORED").is_some() {
        fs::write(&file, written_now()).unwrap();
    }
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn stored_reports_follow_the_schema_of_today() {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let reports = reports();
    assert!(reports.len() >= 20, "{} reports", reports.len());
    for report in reports {
        assert_eq!(report["schema"], SCHEMA);
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", report["subjects"][0]["id"]);
    }
}

#[test]
fn stored_codes_still_mean_something() {
    for report in reports() {
        for subject in report["subjects"].as_array().unwrap() {
            for diagnosis in subject["diagnoses"].as_array().unwrap() {
                let code = diagnosis["code"].as_str().unwrap();
                assert!(rule(code).is_some(), "{code}");
            }
            for advisory in subject["advisories"].as_array().unwrap() {
                let code = advisory["code"].as_str().unwrap();
                assert!(risk(code).is_some(), "{code}");
            }
        }
    }
}

#[test]
fn verify_reads_stored_reports() {
    let mut failures = 0;
    for report in reports() {
        let before = Before::parse(report.to_string().as_bytes()).unwrap();
        // The same report as the later evidence shows it again: a failing service keeps failing the same way.
        let first = &report["subjects"][0];
        if first["verdict"] != serde_json::to_value(Verdict::Failure).unwrap() {
            continue;
        }
        failures += 1;
        let service = first["service"].as_str().unwrap_or("web");
        let mut after = Evidence::new();
        after
            .add_value(
                None,
                serde_json::json!({"services": [{
                    "serviceName": service, "status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
                    "deployments": [{"status": "PRIMARY", "rolloutState": "COMPLETED", "runningCount": 2, "desiredCount": 2}],
                }]}),
            )
            .unwrap();
        let verification = verify(&before, &after);
        assert_eq!(verification.recovery, Recovery::Recovered, "{}", first["id"]);
        let code = first["diagnoses"][0]["code"].as_str().unwrap_or_default();
        assert!(verification.before.iter().any(|known| known == code), "{code}");
    }
    assert!(failures >= 15, "{failures} failures");
}

#[test]
fn the_schema_only_grows() {
    let file = stored("schema-0.1.0.json");
    if std::env::var_os("UPDATE_STORED").is_some() {
        fs::write(&file, JSON_SCHEMA).unwrap();
    }
    let old: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let new: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let mut lost = Vec::new();
    compare("", &old, &new, &mut lost);
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn what_would_break_a_reader_is_seen() {
    let old = serde_json::json!({
        "type": "object", "required": ["a"],
        "properties": {"a": {"type": "string"}, "b": {"anyOf": [{"$ref": "#/$defs/X"}, {"type": "null"}]}},
        "$defs": {"X": {"oneOf": [{"const": "one", "description": "old words"}, {"const": "two"}]}},
    });
    let lost = |change: &dyn Fn(&mut Value)| {
        let mut new = old.clone();
        change(&mut new);
        let mut lost = Vec::new();
        compare("", &old, &new, &mut lost);
        lost.len()
    };
    assert_eq!(lost(&|_| ()), 0);
    // More members, more words, other descriptions: nothing is lost.
    assert_eq!(lost(&|new| new["properties"]["c"] = serde_json::json!({"type": "string"})), 0);
    assert_eq!(
        lost(&|new| new["$defs"]["X"]["oneOf"]
            .as_array_mut()
            .unwrap()
            .push(serde_json::json!({"const": "three"}))),
        0
    );
    assert_eq!(lost(&|new| new["$defs"]["X"]["oneOf"][0]["description"] = serde_json::json!("new words")), 0);
    // A member gone, of another type, no longer always there, newly demanded; a word gone.
    assert_eq!(lost(&|new| drop(new["properties"].as_object_mut().unwrap().remove("b"))), 1);
    assert_eq!(lost(&|new| new["properties"]["a"]["type"] = serde_json::json!("integer")), 1);
    assert_eq!(lost(&|new| new["required"] = serde_json::json!([])), 1);
    assert_eq!(lost(&|new| new["required"] = serde_json::json!(["a", "b"])), 1);
    assert_eq!(lost(&|new| drop(new["$defs"]["X"]["oneOf"].as_array_mut().unwrap().remove(0))), 1);
}

/// Collects what the old schema promises and the new one does not.
fn compare(place: &str, old: &Value, new: &Value, lost: &mut Vec<String>) {
    for key in ["properties", "$defs"] {
        for (name, old) in old[key].as_object().into_iter().flatten() {
            let place = format!("{place}/{key}/{name}");
            match new[key].get(name) {
                Some(new) => compare(&place, old, new, lost),
                None => lost.push(format!("{place} is gone")),
            }
        }
    }
    if old["required"] != new["required"] && texts(&old["required"]) != texts(&new["required"]) {
        lost.push(format!("{place}: required was {}, is {}", old["required"], new["required"]));
    }
    for key in ["type", "$ref", "const", "additionalProperties", "format"] {
        if old[key] != new[key] {
            lost.push(format!("{place}: {key} was {}, is {}", old[key], new[key]));
        }
    }
    if old["items"].is_object() {
        compare(&format!("{place}/items"), &old["items"], &new["items"], lost);
    }
    // Of alternatives and words there may be more, not fewer.
    for key in ["anyOf", "oneOf", "enum"] {
        let now: BTreeSet<String> = bare(&new[key]);
        for gone in bare(&old[key]).difference(&now) {
            lost.push(format!("{place}: {key} has no longer {gone}"));
        }
    }
}

fn texts(list: &Value) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The alternatives without their descriptions.
fn bare(list: &Value) -> BTreeSet<String> {
    let alternatives = list.as_array().into_iter().flatten().cloned();
    alternatives
        .map(|mut alternative| {
            if let Some(members) = alternative.as_object_mut() {
                members.remove("description");
            }
            alternative.to_string()
        })
        .collect()
}
