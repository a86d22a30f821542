//! `types.d.ts` says what the Rust types say.

use ecs_triage_core::Report;
use ecs_triage_core::fleet::FleetReport;
use ecs_triage_core::reference::{Entry, RiskEntry};
use ecs_triage_core::rules::RULES;
use ecs_triage_core::verify::Verification;
use ecs_triage_wasm::{DiagnoseOptions, EvidenceOptions, FleetOptions, ReportOptions};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

#[path = "types/typescript.rs"]
mod typescript;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/types.d.ts");

/// What no schema says: how the functions take a document, and what they throw.
const BY_HAND: &str = r#"// Generated from the Rust types: `UPDATE_GENERATED=1 cargo test -p ecs-triage-wasm --features schema` rewrites it.

/** A document: text that the CLI or an SDK printed, its bytes, or the object that an SDK returned. */
export type Input = string | Uint8Array | ArrayBuffer | object;

/** How a report is written: as the command does. */
export type Format = "json" | "markdown" | "text";

/** A document that could not be used. */
export interface EvidenceError extends Error {
  name: "EvidenceError";
  /** `unreadable`: no form that is read here; `unrecognised`: read, but no answer that is known here. */
  code: "unreadable" | "unrecognised";
  /** Name of the document. */
  document: string;
  /** JSON pointer of the place; empty for the whole document. */
  pointer: string;
  /** What was expected there. */
  expected: string;
  /** What was found there; never a value that could be a secret. */
  found: string;
}

/** An argument that is not what the function takes. */
export interface InputError extends Error {
  name: "InputError";
  code: "invalid-input";
  /** Name of the argument. */
  argument: string;
  /** What it should have been. */
  expected: string;
  /** What it was. */
  found: string;
}
"#;

#[test]
fn the_types_are_those_of_rust() {
    let written = generated();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(FILE, &written).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        committed == written,
        "types.d.ts is stale; run UPDATE_GENERATED=1 cargo test -p ecs-triage-wasm --features schema"
    );
}

/// Types of a fleet's report whose names are taken by others, and what they are called here.
const RENAMED: [(&str, &str); 3] =
    [("Problem2", "FleetProblem"), ("CrashLoop2", "FleetCrashLoop"), ("Input", "FleetInput")];

/// The definitions by the names that they have in TypeScript.
fn named(definitions: Map<String, Value>) -> Value {
    let mut json = Value::Object(definitions).to_string();
    for (taken, name) in RENAMED {
        for (from, to) in [
            (format!("\"{taken}\":{{"), format!("\"{name}\":{{")),
            (format!("/{taken}\""), format!("/{name}\"")),
        ] {
            assert!(json.contains(&from), "no type is called `{taken}`");
            json = json.replace(&from, &to);
        }
    }
    json.parse().expect("JSON with other names is JSON")
}

fn generated() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<Report>();
    generator.subschema_for::<Verification>();
    generator.subschema_for::<Entry>();
    generator.subschema_for::<RiskEntry>();
    generator.subschema_for::<FleetReport>();
    generator.subschema_for::<DiagnoseOptions>();
    generator.subschema_for::<FleetOptions>();
    generator.subschema_for::<EvidenceOptions>();
    generator.subschema_for::<ReportOptions>();
    let definitions = named(generator.take_definitions(true));
    let mut causes: Vec<(&str, String)> = typescript::variants(&definitions["Cause"])
        .zip(RULES)
        .map(|((variant, payload), rule)| {
            // Both lists come from one macro; the doc comment names the variant, which is the code in other letters.
            assert_eq!(variant.to_lowercase(), rule.code.replace('-', ""));
            (rule.code, payload)
        })
        .collect();
    causes.sort();
    assert_eq!(causes.len(), RULES.len());
    format!("{BY_HAND}{}{}", typescript::causes(&causes), typescript::declarations(&definitions))
}
