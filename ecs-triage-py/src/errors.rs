//! Rust's errors as the exceptions of `ecs_triage`, one for each variant.

use ecs_triage_core::EvidenceError;
use ecs_triage_core::own::OwnRulesError;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The exception for a document that could not be used.
pub(crate) fn evidence(py: Python<'_>, error: &EvidenceError) -> PyErr {
    let class = match error {
        EvidenceError::Unrecognised { .. } => "UnrecognisedError",
        _ => "UnreadableError",
    };
    let problem = error.to_problem();
    raise(py, class, [&problem.document, &problem.pointer, &problem.expected, &problem.found])
}

/// The exception for a Python object that no answer of AWS consists of.
pub(crate) fn unsupported(py: Python<'_>, pointer: &str, expected: &str, found: &str) -> PyErr {
    raise(py, "UnsupportedTypeError", ["object", pointer, expected, found])
}

/// The exception for text that should be a time.
pub(crate) fn time(py: Python<'_>, found: &str) -> PyErr {
    raise(py, "InvalidTimeError", [found])
}

/// The exception for a report that is none.
pub(crate) fn not_a_report(py: Python<'_>, found: &str) -> PyErr {
    raise(py, "NotAReportError", [found])
}

/// The exception for a file of rules that cannot be used.
pub(crate) fn rules(py: Python<'_>, error: &OwnRulesError) -> PyErr {
    raise(py, "RulesError", [&error.to_string(), error.key(), error.expected(), error.found()])
}

/// The exception for bytes that are no fleet.
pub(crate) fn fleet(py: Python<'_>, message: &str) -> PyErr {
    raise(py, "FleetError", [message])
}

/// The exceptions are Python's, so that they can hold attributes and be pickled.
fn raise<const N: usize>(py: Python<'_>, class: &str, arguments: [&str; N]) -> PyErr {
    let make = || {
        let class = py.import("ecs_triage._errors")?.getattr(class)?;
        let arguments = pyo3::types::PyTuple::new(py, arguments.map(|text| PyString::new(py, text)))?;
        class.call1(arguments)
    };
    make().map_or_else(|failure| failure, PyErr::from_value)
}
