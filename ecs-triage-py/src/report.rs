//! The report, as the classes in Python read it.

use ecs_triage_core::report::TextStyle;
use pyo3::prelude::*;

/// A report of the engine.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Report {
    pub(crate) report: ecs_triage_core::Report,
}

#[pymethods]
impl Report {
    /// The report as JSON: the same bytes as in Rust.
    fn to_json(&self, py: Python<'_>) -> String {
        py.detach(|| self.report.to_json())
    }

    /// The report as Markdown.
    fn markdown(&self, py: Python<'_>) -> String {
        py.detach(|| self.report.to_markdown())
    }

    /// The report as text for a terminal.
    fn text(&self, py: Python<'_>, width: usize, colour: bool) -> String {
        py.detach(|| self.report.to_text(TextStyle::new(width, colour)))
    }
}
