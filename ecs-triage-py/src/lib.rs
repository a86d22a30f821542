//! Python binding: converts and calls, and holds no diagnostic knowledge.
//!
//! The classes that a user sees are written in Python, where editors and type checkers read them; what is here is
//! what they are made of.

mod errors;
mod evidence;
mod fleet;
mod live;
mod many;
mod redact;
mod report;
mod value;

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command `ecs-triage` with its arguments, the program's name first, and returns the exit status.
#[pyfunction]
fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| ecs_triage_aws::cli::run(arguments))
}

/// The JSON schema of a report.
#[pyfunction]
fn schema() -> &'static str {
    ecs_triage_core::report::JSON_SCHEMA
}

/// The engine's native part.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<evidence::Evidence>()?;
    module.add_class::<report::Report>()?;
    module.add_class::<fleet::Fleet>()?;
    module.add_class::<fleet::FleetReport>()?;
    module.add_class::<live::Look>()?;
    module.add_class::<live::Reply>()?;
    module.add_class::<live::Triage>()?;
    module.add_class::<many::Stream>()?;
    module.add_class::<redact::Redactor>()?;
    module.add_function(wrap_pyfunction!(run, module)?)?;
    module.add_function(wrap_pyfunction!(schema, module)?)?;
    module.add_function(wrap_pyfunction!(value::to_json, module)?)?;
    module.add_function(wrap_pyfunction!(live::iam_policy, module)?)?;
    module.add_function(wrap_pyfunction!(live::look_again, module)?)?;
    module.add_function(wrap_pyfunction!(live::triage, module)?)?;
    module.add_function(wrap_pyfunction!(many::diagnose_batch, module)?)?;
    module.add_function(wrap_pyfunction!(evidence::verify, module)?)
}
