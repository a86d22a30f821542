//! Hides the names of an account in what is shown.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::live::{Look, Triage};
use crate::report::Report;

/// Puts the same placeholder in the place of the same name, from one answer to the next.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Redactor {
    redactor: Mutex<ecs_triage_core::redact::Redactor>,
}

impl Redactor {
    fn with<T>(&self, work: impl FnOnce(&mut ecs_triage_core::redact::Redactor) -> T) -> T {
        work(&mut self.redactor.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[pymethods]
impl Redactor {
    /// Goes on with the placeholders of a map that the command wrote, or begins anew.
    #[new]
    #[pyo3(signature = (map=None))]
    fn new(map: Option<Vec<u8>>) -> PyResult<Self> {
        let redactor = match map {
            Some(map) => ecs_triage_core::redact::Redactor::from_map(&map)
                .map_err(|error| PyValueError::new_err(error.to_string()))?,
            None => ecs_triage_core::redact::Redactor::new(),
        };
        Ok(Self { redactor: Mutex::new(redactor) })
    }

    /// The report of a live triage with every name hidden.
    fn triage(&self, py: Python<'_>, triage: &Triage) -> Report {
        let report = py.detach(|| {
            self.with(|redactor| {
                redactor.learn(&triage.triage.evidence());
                redactor.report(&triage.triage.report())
            })
        });
        Report { report }
    }

    /// A look at a service with every name hidden.
    fn look(&self, py: Python<'_>, look: &Look) -> Look {
        let verification = py.detach(|| {
            self.with(|redactor| {
                redactor.learn(&look.evidence);
                redactor.verification(&look.verification)
            })
        });
        Look { verification, evidence: ecs_triage_core::Evidence::new() }
    }

    /// The placeholders and what they stand for, as JSON.
    fn map(&self) -> String {
        self.with(|redactor| redactor.to_map())
    }
}
