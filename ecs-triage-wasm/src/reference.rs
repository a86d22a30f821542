//! What the engine knows, without evidence.

use ecs_triage_core::advisories::risk;
use ecs_triage_core::reference::{Entry, RiskEntry};
use ecs_triage_core::rules::{RULES, rule};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{error, input};

/// Explains a cause or an advisory: why it comes about, how it is recognised, what settles it and what to change.
///
/// Throws an `InputError` when nothing has that code.
#[wasm_bindgen(unchecked_return_type = "Entry | RiskEntry")]
pub fn explain(
    #[wasm_bindgen(unchecked_param_type = "Code | (string & {})")] code: &str,
) -> Result<JsValue, JsValue> {
    let json = match (rule(code), risk(code)) {
        (Some(rule), _) => serde_json::to_string(&Entry::of(rule)),
        (None, Some(risk)) => serde_json::to_string(&RiskEntry::of(risk)),
        (None, None) => {
            return Err(error::input("code", "the code of a cause or an advisory", &format!("`{code}`")));
        }
    };
    // Texts and lists: there is nothing in them that JSON cannot hold.
    input::object(&json.unwrap_or_default())
}

/// Every cause that can be named, in order of its code.
#[wasm_bindgen(unchecked_return_type = "Entry[]")]
pub fn rules() -> Result<JsValue, JsValue> {
    let mut entries: Vec<Entry> = RULES.iter().map(|rule| Entry::of(rule)).collect();
    entries.sort_by_key(|entry| entry.code);
    input::object(&serde_json::to_string(&entries).unwrap_or_default())
}
