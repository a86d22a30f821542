//! JSON schemas of what the tools answer.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use ecs_triage_core::report::JSON_SCHEMA;
use rmcp::model::JsonObject;
use serde_json::{Value, json};

use super::object;

/// The report without the particulars of each of the causes, which would make nine tenths of the schema.
static REPORT: LazyLock<Value> = LazyLock::new(|| {
    // The schema is a constant that the core's tests compile.
    let mut schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap_or_default();
    schema["$defs"]["Cause"] =
        json!({ "type": "object", "description": "The particulars: names, limits, numbers." });
    let mut used = BTreeSet::new();
    let mut open: Vec<String> = references(&schema["properties"]);
    while let Some(name) = open.pop() {
        if used.insert(name.clone()) {
            open.extend(references(&schema["$defs"][&name]));
        }
    }
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        definitions.retain(|name, _| used.contains(name));
    }
    for noise in ["$schema", "title", "description"] {
        schema.as_object_mut().map(|schema| schema.remove(noise));
    }
    schema
});

/// Names of the definitions that a schema refers to.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| match value.as_str().and_then(|text| text.strip_prefix("#/$defs/")) {
                Some(name) if key == "$ref" => vec![name.to_owned()],
                _ => references(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Of [`ecs_triage_core::Report`].
pub(super) fn report() -> Arc<JsonObject> {
    object(REPORT.clone())
}

/// Of [`ecs_triage_core::verify::Verification`].
pub(super) fn verification() -> Arc<JsonObject> {
    let mut report = REPORT.clone();
    let mut definitions = report["$defs"].take();
    if let Some(schema) = report.as_object_mut() {
        schema.remove("$defs");
    }
    definitions["Report"] = report;
    object(json!({
        "type": "object",
        "properties": {
            "schema": { "type": "string" },
            "recovery": { "enum": ["recovered", "rolling-out", "still-failing", "failing-differently", "undetermined"] },
            "summary": { "type": "string", "description": "The same in a sentence." },
            "service": { "type": "string" },
            "running": { "type": "integer", "description": "Tasks that run." },
            "desired": { "type": "integer", "description": "Tasks that should run." },
            "before": { "type": "array", "items": { "type": "string" }, "description": "Causes of before." },
            "since": { "type": "array", "items": { "type": "string" }, "description": "Causes of what failed since." },
            "evidence": { "type": "array", "items": { "$ref": "#/$defs/Citation" } },
            "report": { "description": "The later evidence on its own.", "$ref": "#/$defs/Report" },
        },
        "required": ["schema", "recovery", "summary", "before", "since", "evidence", "report"],
        "$defs": definitions,
    }))
}

/// Of [`ecs_triage_core::reference::Entry`] and [`ecs_triage_core::reference::RiskEntry`].
pub(super) fn entry() -> Arc<JsonObject> {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    object(json!({
        "type": "object",
        "properties": {
            "code": { "type": "string" },
            "title": { "type": "string" },
            "explanation": { "type": "string", "description": "What happens, and why." },
            "docs": texts,
            "since": { "type": "string", "description": "Version of ecs-triage that it came with." },
            "bucket": { "type": "string", "description": "Of a cause: where the fault lies." },
            "kind": { "type": "string", "description": "Of a cause: what kind of answer it is." },
            "signs": { "type": "string", "description": "Of a cause: how it is recognised." },
            "wants": { "type": "array", "items": { "type": "object" }, "description": "Of a cause: read-only calls that would settle it." },
            "fixes": { "type": "array", "items": { "type": "object" }, "description": "Of a cause: what to change." },
            "severity": { "type": "string", "description": "Of an advisory: how bad it is." },
            "refused": { "type": "boolean", "description": "Of an advisory: whether ECS refuses such a definition." },
            "becomes": texts,
        },
        "required": ["code", "title", "explanation", "docs", "since"],
    }))
}

/// Of the list of causes and advisories.
pub(super) fn rules() -> Arc<JsonObject> {
    let list = json!({ "type": "array", "items": {
        "type": "object",
        "properties": { "code": { "type": "string" }, "title": { "type": "string" } },
        "required": ["code", "title"],
    } });
    object(json!({
        "type": "object",
        "properties": { "causes": list, "advisories": list },
        "required": ["causes", "advisories"],
    }))
}
