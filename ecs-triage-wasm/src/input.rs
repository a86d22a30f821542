//! JavaScript's values as documents.

use js_sys::{ArrayBuffer, JSON, Map, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::error;

const AN_INPUT: &str = "text, bytes or an object";

/// The bytes of a document: of text and of bytes as they are, of any other object as JSON.
pub(crate) fn bytes(input: &JsValue) -> Result<Vec<u8>, JsValue> {
    if let Some(text) = input.as_string() {
        return Ok(text.into_bytes());
    }
    if let Some(bytes) = input.dyn_ref::<Uint8Array>() {
        return Ok(bytes.to_vec());
    }
    if input.is_instance_of::<ArrayBuffer>() {
        return Ok(Uint8Array::new(input).to_vec());
    }
    if !input.is_object() || input.is_function() {
        return Err(error::input("input", AN_INPUT, &kind_of(input)));
    }
    // Throws for what no answer of AWS holds: a cycle, a `BigInt`.
    JSON::stringify(input)?
        .as_string()
        .map(String::into_bytes)
        .ok_or_else(|| error::input("input", AN_INPUT, "an object that JSON leaves out"))
}

/// The named documents of a `Map`; [`None`] for everything else.
pub(crate) fn documents(input: &JsValue) -> Option<Vec<(String, JsValue)>> {
    let mut documents = Vec::new();
    input.dyn_ref::<Map>()?.for_each(&mut |document, name| {
        documents.push((name.as_string().unwrap_or_default(), document));
    });
    Some(documents)
}

/// A value that the engine made as JSON, as an object.
pub(crate) fn object(json: &str) -> Result<JsValue, JsValue> {
    JSON::parse(json)
}

fn kind_of(input: &JsValue) -> String {
    match input.is_null() {
        true => "null".to_owned(),
        false => input.js_typeof().as_string().unwrap_or_default(),
    }
}
