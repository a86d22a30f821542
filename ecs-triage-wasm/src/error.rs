//! Rust's errors as JavaScript's, with fields to match on.

use ecs_triage_core::EvidenceError;
use js_sys::{Error, Reflect};
use wasm_bindgen::JsValue;

/// An `EvidenceError`: a document that could not be used.
pub(crate) fn evidence(error: &EvidenceError) -> JsValue {
    let code = match error {
        EvidenceError::Unrecognised { .. } => "unrecognised",
        _ => "unreadable",
    };
    let problem = error.to_problem();
    make(
        "EvidenceError",
        &error.to_string(),
        &[
            ("code", code),
            ("document", &problem.document),
            ("pointer", &problem.pointer),
            ("expected", &problem.expected),
            ("found", &problem.found),
        ],
    )
}

/// An `InputError`: an argument that is not what the function takes.
pub(crate) fn input(argument: &str, expected: &str, found: &str) -> JsValue {
    make(
        "InputError",
        &format!("`{argument}`: expected {expected}, found {found}"),
        &[("code", "invalid-input"), ("argument", argument), ("expected", expected), ("found", found)],
    )
}

/// A form of report that there is not.
pub(crate) fn format(found: &str) -> JsValue {
    input("format", "`json`, `markdown` or `text`", &format!("`{found}`"))
}

fn make(name: &str, message: &str, fields: &[(&str, &str)]) -> JsValue {
    let error = Error::new(message);
    error.set_name(name);
    for (field, value) in fields {
        // A fresh object takes every member.
        let _ = Reflect::set(&error, &JsValue::from_str(field), &JsValue::from_str(value));
    }
    error.into()
}
