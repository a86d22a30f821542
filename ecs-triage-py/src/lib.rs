//! Python binding: converts and calls, and holds no diagnostic knowledge.

use ecs_triage_core::{Evidence, Timestamp, diagnose};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Diagnoses documents, each with an optional name, and returns the report as JSON.
///
/// The interpreter is free while the engine works.
#[pyfunction]
#[pyo3(signature = (documents, observed_at=None))]
fn diagnose_json(
    py: Python<'_>,
    documents: Vec<(Option<String>, Vec<u8>)>,
    observed_at: Option<&str>,
) -> PyResult<String> {
    let observed_at = match observed_at {
        None => None,
        Some(text) => Some(Timestamp::parse(text).ok_or_else(|| {
            PyValueError::new_err("observed_at: expected a time such as 2026-11-22T08:00:00Z")
        })?),
    };
    Ok(py.detach(|| {
        let mut evidence = Evidence::new();
        if let Some(at) = observed_at {
            evidence.observed(at);
        }
        for (name, bytes) in documents {
            let added = match name {
                Some(name) => evidence.add_named(&name, &bytes),
                None => evidence.add_json(&bytes),
            };
            // The report shows what could not be read, beside what the other documents say.
            drop(added);
        }
        diagnose(&evidence).to_json()
    }))
}

/// The engine's native part.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(diagnose_json, module)?)
}
