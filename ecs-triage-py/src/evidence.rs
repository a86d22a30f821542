//! Evidence, and what is asked of it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ecs_triage_core::evidence::Request;
use ecs_triage_core::own::OwnRules;
use ecs_triage_core::verify::{Before, verify_with};
use ecs_triage_core::{EvidenceError, Timestamp};
use pyo3::prelude::*;

use crate::report::Report;
use crate::{errors, value};

/// The documents at hand. The interpreter is free while one is read or the engine works.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Evidence {
    evidence: Mutex<ecs_triage_core::Evidence>,
    /// Rules and checks of the user's own.
    own: Mutex<OwnRules>,
}

impl Evidence {
    /// Nothing is left half done when a thread panics: a document is added whole or not at all.
    fn lock(&self) -> MutexGuard<'_, ecs_triage_core::Evidence> {
        self.evidence.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn own(&self) -> OwnRules {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known now; more may be added meanwhile.
    pub(crate) fn copied(&self) -> ecs_triage_core::Evidence {
        self.lock().clone()
    }

    fn added(
        &self,
        py: Python<'_>,
        add: impl FnOnce(&mut ecs_triage_core::Evidence) -> Result<(), EvidenceError> + Send,
    ) -> PyResult<()> {
        py.detach(|| add(&mut self.lock())).map_err(|error| errors::evidence(py, &error))
    }
}

/// Reads the moment at which evidence was fetched.
pub(crate) fn moment(py: Python<'_>, text: Option<&str>) -> PyResult<Option<Timestamp>> {
    text.map(|text| Timestamp::parse(text).ok_or_else(|| errors::time(py, text))).transpose()
}

#[pymethods]
impl Evidence {
    #[new]
    #[pyo3(signature = (observed_at=None))]
    fn new(py: Python<'_>, observed_at: Option<&str>) -> PyResult<Self> {
        let mut evidence = ecs_triage_core::Evidence::new();
        if let Some(at) = moment(py, observed_at)? {
            evidence.observed(at);
        }
        Ok(Self { evidence: Mutex::new(evidence), own: Mutex::new(OwnRules::new()) })
    }

    /// Adds a document: text that the AWS CLI or an SDK printed.
    fn add_bytes(&self, py: Python<'_>, name: Option<String>, document: Vec<u8>) -> PyResult<()> {
        self.added(py, move |evidence| match name {
            Some(name) => evidence.add_named(&name, &document),
            None => evidence.add_json(&document),
        })
    }

    /// Adds a document: what boto3 returned.
    fn add_object(&self, py: Python<'_>, name: Option<String>, document: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value::of(document)?;
        self.added(py, move |evidence| evidence.add_value(name.as_deref(), value))
    }

    /// Adds the answer to a call.
    fn add_answer(
        &self,
        py: Python<'_>,
        service: String,
        operation: String,
        params: &Bound<'_, PyAny>,
        answer: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let request = Request::new(service, operation, value::of(params)?);
        let answer = value::of(answer)?;
        self.added(py, move |evidence| evidence.add_answer(&request, answer))
    }

    /// Adds the error that a call ended in.
    fn add_failure(
        &self,
        py: Python<'_>,
        service: String,
        operation: String,
        params: &Bound<'_, PyAny>,
        code: &str,
        message: &str,
    ) -> PyResult<()> {
        let request = Request::new(service, operation, value::of(params)?);
        self.added(py, move |evidence| evidence.add_failure(&request, code, message))
    }

    /// Adds rules and checks of the user's own: TOML, and the name of the file it came from.
    fn add_rules(&self, py: Python<'_>, text: &str, file: Option<&str>) -> PyResult<()> {
        let read = OwnRules::from_toml(text).and_then(|rules| {
            let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
            own.merge(rules)
        });
        read.map_err(|error| match file {
            Some(file) => errors::rules(py, &error.in_file(file)),
            None => errors::rules(py, &error),
        })
    }

    /// Says when the evidence was fetched.
    fn observed(&self, py: Python<'_>, at: &str) -> PyResult<()> {
        if let Some(at) = moment(py, Some(at))? {
            py.detach(|| self.lock().observed(at));
        }
        Ok(())
    }

    /// The names by which citations refer to the documents.
    fn documents(&self, py: Python<'_>) -> Vec<String> {
        py.detach(|| self.lock().documents().iter().map(|document| document.name().to_owned()).collect())
    }

    /// What the evidence shows.
    fn diagnose(&self, py: Python<'_>) -> Report {
        let own = self.own();
        Report { report: py.detach(|| ecs_triage_core::diagnose_with(&self.lock(), &own)) }
    }

    /// What would go wrong with the task definitions among the evidence.
    fn check(&self, py: Python<'_>) -> Report {
        let own = self.own();
        Report { report: py.detach(|| ecs_triage_core::check_with(&self.lock(), &own)) }
    }
}

/// Compares an earlier report, as JSON, with later evidence: the answer as JSON, and the later evidence on its own.
#[pyfunction]
pub(crate) fn verify(py: Python<'_>, before: Vec<u8>, after: &Evidence) -> PyResult<(String, Report)> {
    let before = Before::parse(&before).map_err(|found| errors::not_a_report(py, &found))?;
    let own = after.own();
    let answer = py.detach(|| verify_with(&before, &after.lock(), &own));
    let json = serde_json::to_string(&answer).unwrap_or_default();
    Ok((json, Report { report: answer.report }))
}
