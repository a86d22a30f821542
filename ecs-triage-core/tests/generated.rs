//! Generated files are what the rules and types say. `UPDATE_GENERATED=1` rewrites them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;
#[cfg(feature = "schema")]
mod python;

use std::fs;

use common::{Promise, crate_folder, fixtures};
use ecs_triage_core::{diagnose, reference};

fn assert_current(file: &str, wanted: &str) {
    let path = crate_folder().join(file);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, wanted).unwrap();
    } else {
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(found == wanted, "{file} is stale; UPDATE_GENERATED=1 rewrites it");
    }
}

#[test]
fn the_reference_is_current() {
    let fixtures = fixtures();
    let book = reference::book(|rule| {
        let hit =
            fixtures.iter().find(|fixture| fixture.code == rule.code && fixture.promise == Promise::Hit)?;
        let report = diagnose(&hit.cases.first()?.evidence);
        let found = report.diagnoses().next()?;
        let cited = found.evidence.first()?.value.as_str()?.replace("```", "'''");
        let confidence = format!("{:?}", found.confidence).to_lowercase();
        Some(format!("An example:\n\n```text\n{}\n```\n\n{} ({confidence})\n", cited.trim(), found.summary))
    });
    assert_current("RULES.md", &book);
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_is_current() {
    let schema = schemars::schema_for!(ecs_triage_core::Report);
    assert_current("report.schema.json", &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
}

#[cfg(feature = "schema")]
#[test]
fn the_classes_of_python_are_current() {
    let schema = serde_json::to_value(schemars::schema_for!(ecs_triage_core::Report)).unwrap();
    let fleet = serde_json::to_value(schemars::schema_for!(ecs_triage_core::fleet::FleetReport)).unwrap();
    let modules = python::modules(&schema, &fleet);
    assert_current("../ecs-triage-py/python/ecs_triage/results.py", &modules.results);
    assert_current("../ecs-triage-py/python/ecs_triage/payloads.py", &modules.payloads);
    assert_current("../ecs-triage-py/python/ecs_triage/causes.py", &modules.causes);
    assert_current("../ecs-triage-py/python/ecs_triage/fleet.py", &modules.fleet);
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_of_fleets_is_current() {
    let schema = schemars::schema_for!(ecs_triage_core::fleet::FleetReport);
    assert_current("fleet.schema.json", &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
}
