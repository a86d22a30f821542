//! Live triage over calls that Python makes.

use std::sync::Mutex;
use std::time::Duration;

use ecs_triage_aws::live::{Event, Options, Subject, Target};
use ecs_triage_aws::transport::{BoxFuture, Call, CallError, Transport};
use ecs_triage_core::verify::{Before, Verification};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use pyo3::prelude::*;
use serde_json::Value;

use crate::evidence::{Evidence, moment};
use crate::report::Report;
use crate::{errors, value};

/// Between two looks at whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(100);

type Outcome = Result<Value, CallError>;

/// Where the outcome of a call is handed in, from whichever thread.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Reply {
    sender: Mutex<Option<oneshot::Sender<Outcome>>>,
}

impl Reply {
    fn send(&self, outcome: Outcome) {
        let sender = self.sender.lock().ok().and_then(|mut sender| sender.take());
        if let Some(sender) = sender {
            // Nobody waits any more when the call took too long.
            let _ = sender.send(outcome);
        }
    }
}

#[pymethods]
impl Reply {
    /// The call was answered.
    fn answered(&self, answer: &Bound<'_, PyAny>) -> PyResult<()> {
        self.send(Ok(value::of(answer)?));
        Ok(())
    }

    /// AWS answered with an error.
    fn refused(&self, code: String, message: String) {
        self.send(Err(CallError::refused(code, message)));
    }

    /// No answer came.
    fn unanswered(&self, why: String) {
        self.send(Err(CallError::NoAnswer(why)));
    }

    /// There are no credentials to ask with.
    fn no_credentials(&self, why: String) {
        self.send(Err(CallError::NoCredentials(why)));
    }

    /// What came is no answer.
    fn garbled(&self, why: String) {
        self.send(Err(CallError::Garbled(why)));
    }
}

/// Calls that a function of Python makes: `submit(service, operation, params, region, reply)` returns at once.
struct Submitted {
    submit: Py<PyAny>,
    region: Option<String>,
}

impl Submitted {
    fn begin(&self, call: &Call) -> PyResult<oneshot::Receiver<Outcome>> {
        let (sender, receiver) = oneshot::channel();
        Python::attach(|py| {
            let params = py.import("json")?.call_method1("loads", (call.request.params.to_string(),))?;
            let reply = Reply { sender: Mutex::new(Some(sender)) };
            let (service, operation) = (&call.request.service, &call.request.operation);
            self.submit.call1(py, (service, operation, params, &call.region, reply))
        })?;
        Ok(receiver)
    }
}

impl Transport for Submitted {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Outcome> {
        let begun = self.begin(call);
        Box::pin(async move {
            let receiver = begun.map_err(|error| CallError::NoAnswer(error.to_string()))?;
            receiver.await.unwrap_or_else(|_| Err(CallError::NoAnswer("the call was given up".to_owned())))
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(futures_timer::Delay::new(time))
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}

/// A live triage and what it took.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Triage {
    pub(crate) triage: ecs_triage_aws::live::Triage,
    target: Target,
}

#[pymethods]
impl Triage {
    /// What the evidence shows.
    fn report(&self, py: Python<'_>) -> Report {
        Report { report: py.detach(|| self.triage.report()) }
    }

    /// Each call with its answer as JSON, and the name of the file to keep it in, in the order in which they are read.
    fn recorded(&self, py: Python<'_>) -> Vec<(String, String)> {
        py.detach(|| {
            let recorded = self.triage.recorded();
            recorded.iter().map(|recorded| (recorded.name.clone(), recorded.to_json())).collect()
        })
    }

    /// The calls in the order of their answers: service, operation, round, and the code of the error.
    fn made(&self) -> Vec<(String, String, usize, Option<String>)> {
        let made = self.triage.made().iter();
        made.map(|made| {
            let request = &made.call.request;
            let error = made.error.as_ref().map(|error| error.code().to_owned());
            (request.service.clone(), request.operation.clone(), made.round, error)
        })
        .collect()
    }

    /// What a person should know beside the report.
    fn notes(&self) -> Vec<String> {
        self.triage.notes().to_vec()
    }

    /// The policy document, as JSON, that would allow the calls that were refused.
    fn missing_permissions(&self) -> Option<String> {
        self.triage.missing_permissions().map(|policy| policy.to_string())
    }

    /// Cluster and service to follow after a change: the service asked for, else that of the worst-off subject.
    fn to_follow(&self, py: Python<'_>) -> Option<(Option<String>, String)> {
        let found = py.detach(|| self.target.to_follow(&self.triage.report()))?;
        match found.subject {
            Subject::Service(service) => Some((found.cluster, service)),
            _ => None,
        }
    }

    /// What is wrong with the credentials.
    fn credentials_error(&self) -> Option<String> {
        self.triage.credentials_error().map(ToString::to_string)
    }
}

/// What to look at.
fn target(
    cluster: Option<String>,
    service: Option<String>,
    tasks: Vec<String>,
    family: Option<String>,
) -> Target {
    let target = match (service, family) {
        (Some(service), _) => Target::service(service),
        (_, Some(family)) => Target::family(family),
        _ if !tasks.is_empty() => Target::tasks(tasks),
        _ => Target::everything(),
    };
    match cluster {
        Some(cluster) => target.in_cluster(cluster),
        None => target,
    }
}

/// Finds the target, or takes the evidence given in its place, and settles what its diagnosis leaves open; `tell(service, operation, code)` hears of each call that
/// begins (code `None`) and how it ended (code empty, or that of the error).
///
/// Ctrl-C ends it, in the main thread.
#[pyfunction]
#[pyo3(signature = (
    submit, tell, region, given, cluster, service, tasks, family, seconds, call_seconds, at_once, observed_at
))]
#[expect(clippy::too_many_arguments, reason = "all of them are named where Python calls it")]
pub(crate) fn triage(
    py: Python<'_>,
    submit: Py<PyAny>,
    tell: Py<PyAny>,
    region: Option<String>,
    given: Option<PyRef<'_, Evidence>>,
    cluster: Option<String>,
    service: Option<String>,
    tasks: Vec<String>,
    family: Option<String>,
    seconds: f64,
    call_seconds: f64,
    at_once: usize,
    observed_at: Option<&str>,
) -> PyResult<Triage> {
    let target = target(cluster, service, tasks, family);
    let given = given.map(|given| given.copied());
    let observed_at = moment(py, observed_at)?;
    py.detach(|| {
        let tell = |event: Event<'_>| {
            let (call, code) = match event {
                Event::Answered(call) => (call, Some("")),
                Event::Failed(call, error) => (call, Some(error.code())),
                Event::Begins(call) => (call, None),
                _ => return,
            };
            // Who listens is free to fail; the triage goes on.
            let _ = Python::attach(|py| {
                tell.call1(py, (&call.request.service, &call.request.operation, code)).map(drop)
            });
        };
        let mut options =
            Options::default().time(duration(seconds)).call_time(duration(call_seconds)).at_once(at_once);
        if let Some(at) = observed_at {
            options = options.observed_at(at);
        }
        let options = options.on_event(&tell);
        let transport = Submitted { submit, region };
        let is_given = given.is_some();
        let mut triage = ecs_triage_aws::live::Triage::of(given.unwrap_or_default());
        let work = async {
            match is_given {
                true => triage.settle(&transport, &options).await,
                false => triage.run(&transport, &target, &options).await,
            }
        };
        ended(work)?;
        Ok(Triage { triage, target })
    })
}

/// A service as it looks after a change.
#[pyclass(frozen, module = "ecs_triage._core")]
pub(crate) struct Look {
    pub(crate) verification: Verification,
    pub(crate) evidence: ecs_triage_core::Evidence,
}

#[pymethods]
impl Look {
    /// How it stands against the earlier report, as JSON, and what was seen on its own.
    fn answer(&self) -> (String, Report) {
        let json = serde_json::to_string(&self.verification).unwrap_or_default();
        (json, Report { report: self.verification.report.clone() })
    }
}

/// Looks at a service again and compares it with an earlier report, as JSON.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "all of them are named where Python calls it")]
pub(crate) fn look_again(
    py: Python<'_>,
    submit: Py<PyAny>,
    region: Option<String>,
    cluster: Option<String>,
    service: String,
    before: Vec<u8>,
    seconds: f64,
    call_seconds: f64,
    at_once: usize,
) -> PyResult<Look> {
    let before = Before::parse(&before).map_err(|found| errors::not_a_report(py, &found))?;
    let target = target(cluster, Some(service), Vec::new(), None);
    py.detach(|| {
        let options =
            Options::default().time(duration(seconds)).call_time(duration(call_seconds)).at_once(at_once);
        let transport = Submitted { submit, region };
        let look = ended(ecs_triage_aws::live::look_again(&transport, &target, &before, &options))?;
        Ok(Look { verification: look.verification, evidence: look.evidence })
    })
}

/// What some work ends with, unless a signal raises something in Python before.
fn ended<T>(work: impl Future<Output = T>) -> PyResult<T> {
    match futures_executor::block_on(select(Box::pin(work), Box::pin(signals()))) {
        Either::Left((done, _)) => Ok(done),
        Either::Right((error, _)) => Err(error),
    }
}

/// Ends with what a signal raised in Python.
async fn signals() -> PyErr {
    loop {
        futures_timer::Delay::new(LOOK).await;
        if let Err(error) = Python::attach(|py| py.check_signals()) {
            return error;
        }
    }
}

/// So many seconds; what is no length of time is the longest.
fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(24 * 3600))
}

/// The command's own policy: the smallest that lets live triage make every call it can make.
#[pyfunction]
pub(crate) fn iam_policy() -> String {
    ecs_triage_aws::policy().to_string()
}
