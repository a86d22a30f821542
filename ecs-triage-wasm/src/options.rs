//! What a caller may ask for.

use js_sys::JSON;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::error;

/// How a document is diagnosed.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct DiagnoseOptions {
    /// Name of the document, by which citations refer to it; of the documents in a `Map`, the keys are the names.
    pub name: Option<String>,
    /// When the documents were fetched; without it, the newest time in them stands for it.
    pub observed_at: Option<String>,
    /// Whether account ids and names are hidden, the same one always behind the same placeholder.
    pub redact: bool,
}

/// When and how evidence is collected.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct EvidenceOptions {
    /// When the documents were fetched; without it, the newest time in them stands for it.
    pub observed_at: Option<String>,
}

/// How a report is shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ReportOptions {
    /// Whether account ids and names are hidden, the same one always behind the same placeholder.
    pub redact: bool,
}

/// What a fleet looks at, and how its report is cut.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct FleetOptions {
    /// Leaves out what happened earlier.
    pub since: Option<String>,
    /// Leaves out what happened at this time or later.
    pub until: Option<String>,
    /// How incidents are told apart, beside their cause; `service` unless said otherwise.
    #[cfg_attr(feature = "schema", schemars(with = "Option<ecs_triage_core::fleet::GroupBy>"))]
    pub group_by: Option<String>,
    /// The most incidents that the report lists, 20 unless said otherwise; 0 lists all.
    pub top: Option<u32>,
}

/// Options as an object; `undefined` and `null` mean none. A member that is not known here is an error, for it is a
/// slip that would otherwise pass in silence.
pub(crate) fn read<T: DeserializeOwned + Default>(options: &JsValue) -> Result<T, JsValue> {
    if options.is_undefined() || options.is_null() {
        return Ok(T::default());
    }
    let json = JSON::stringify(options)?.as_string().unwrap_or_default();
    serde_json::from_str(&json).map_err(|found| {
        error::input("options", "an object with the members of its type", &found.to_string())
    })
}
