//! WebAssembly binding of `ecs-triage-core`: converts and calls, and holds no diagnostic knowledge.
//!
//! The TypeScript types beside it are generated from the Rust types; `tests/types.rs` fails when they are stale.

mod error;
mod evidence;
mod fleet;
mod input;
mod options;
mod reference;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

pub use evidence::Evidence;
pub use fleet::Fleet;
pub use options::{DiagnoseOptions, EvidenceOptions, FleetOptions, ReportOptions};
pub use reference::{explain, rules};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("../types.d.ts");

/// Diagnoses what AWS answered: text that the CLI or an SDK printed, its bytes, the parsed object, or a `Map` of named
/// documents that add up. A document's name may begin with the CLI command (`describe-tasks`), which tells what was asked.
///
/// Throws an `EvidenceError` when nothing at all could be read. When something could, what could not is in the
/// report's `problems`.
#[wasm_bindgen(unchecked_return_type = "Report")]
pub fn diagnose(
    #[wasm_bindgen(unchecked_param_type = "Input | Map<string, Input>")] input: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "DiagnoseOptions")] options: JsValue,
) -> Result<JsValue, JsValue> {
    let options: DiagnoseOptions = options::read(&options)?;
    let mut evidence = Evidence::observed(options.observed_at.as_deref())?;
    if let Some(documents) = input::documents(&input) {
        let mut first = None;
        let mut is_any_read = false;
        for (name, document) in documents {
            match evidence.add_input(Some(&name), &document) {
                Ok(()) => is_any_read = true,
                Err(error) => first = first.or(Some(error)),
            }
        }
        if let (Some(error), false) = (first, is_any_read) {
            return Err(error);
        }
    } else {
        evidence.add_input(options.name.as_deref(), &input)?;
    }
    evidence.report(options.redact)
}

/// The version of the engine.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
