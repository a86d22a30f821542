//! The loop: diagnose, make the calls that are wanted, diagnose again.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use ecs_triage_core::{Evidence, Report, Timestamp, diagnose, diagnose_with};
use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use super::recorded::{self, Recorded};
use super::{Event, Options, Target, pages};
use crate::allowed::{self, Allowed};
use crate::transport::{BoxFuture, Call, CallError, Transport};

/// Finds the target, makes every call that its diagnosis wants, and gives what was found.
///
/// It never fails: what could not be looked at is a problem in the report. Dropping the future ends every call that
/// runs; use [`Triage`] to keep what was answered until then.
pub async fn triage(transport: &dyn Transport, target: &Target, options: &Options<'_>) -> Triage {
    let mut triage = Triage::default();
    triage.run(transport, target, options).await;
    triage
}

/// A triage, and everything that it has learnt so far.
///
/// Each answer is kept as it arrives: a future of [`run`](Triage::run) or [`settle`](Triage::settle) may be dropped at
/// any time, and [`report`](Triage::report) still says what is known until then. Run again, it asks only for the rest.
#[derive(Debug, Clone, Default)]
pub struct Triage {
    /// What was there before any call.
    given: Evidence,
    recorded: Vec<Recorded>,
    made: Vec<Made>,
    asked: BTreeSet<String>,
    notes: Vec<String>,
    /// Calls that have begun and have no answer yet.
    waiting: Vec<Call>,
    round: usize,
    is_over: bool,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Made {
    /// The call.
    pub call: Call,
    /// Round in which it was made; those of round 0 looked for the subject.
    pub round: usize,
    /// Why it has no answer; `None` when it has one.
    pub error: Option<CallError>,
}

impl Triage {
    /// A triage of evidence that is at hand, such as an event of EventBridge.
    pub fn of(given: Evidence) -> Self {
        Self { given, ..Self::default() }
    }

    /// Finds the target and settles what its diagnosis leaves open.
    pub async fn run(&mut self, transport: &dyn Transport, target: &Target, options: &Options<'_>) {
        let clock = transport.sleep(options.time);
        let work = async {
            self.find(transport, target, options).await;
            self.make_wanted(transport, options).await;
        };
        let is_late = matches!(select(Box::pin(work), clock).await, Either::Right(_));
        if is_late {
            self.end_by_clock(options);
        }
    }

    /// Makes the calls that the diagnosis wants, until it wants nothing more or a bound is reached.
    pub async fn settle(&mut self, transport: &dyn Transport, options: &Options<'_>) {
        let clock = transport.sleep(options.time);
        let is_late =
            matches!(select(Box::pin(self.make_wanted(transport, options)), clock).await, Either::Right(_));
        if is_late {
            self.end_by_clock(options);
        }
    }

    async fn make_wanted(&mut self, transport: &dyn Transport, options: &Options<'_>) {
        for _ in 0..options.rounds {
            let report = diagnose_with(&self.evidence(), options.own);
            let wanted = report.wants().iter().map(Call::from);
            // What is not made here stays among the wants, for a person to make.
            let calls: Vec<Call> = wanted.filter(is_allowed).filter(|call| !self.is_asked(call)).collect();
            if calls.is_empty() || self.is_over {
                return;
            }
            self.round += 1;
            self.fetch(calls, transport, options).await;
        }
    }

    /// Makes calls side by side and keeps each answer as it arrives.
    pub(super) async fn fetch(&mut self, calls: Vec<Call>, transport: &dyn Transport, options: &Options<'_>) {
        let mut named: Vec<(Call, String)> = Vec::new();
        for call in calls {
            if self.is_over || self.is_asked(&call) {
                continue;
            }
            if self.made.len() + named.len() >= options.calls {
                self.is_over = true;
                self.note(format!(
                    "{} calls were made, which is the most; the report goes without the rest",
                    options.calls
                ));
                break;
            }
            // Named before any answer is there, so that the names do not depend on which comes first.
            let is_taken = |name: &str| {
                let known = self.recorded.iter().map(|known| &known.name);
                known.chain(named.iter().map(|(_, name)| name)).any(|known| known.eq_ignore_ascii_case(name))
            };
            let name = free_name(recorded::name_of(&call), is_taken);
            named.push((call, name));
        }
        self.waiting = named.iter().map(|(call, _)| call.clone()).collect();
        let mut answers = stream::iter(named)
            .map(|(call, name)| async move {
                (options.on_event)(Event::Begins(&call));
                let outcome = make(&call, transport, options).await;
                (call, name, outcome)
            })
            .buffer_unordered(options.at_once);
        while let Some((call, name, outcome)) = answers.next().await {
            match &outcome {
                Ok(_) => (options.on_event)(Event::Answered(&call)),
                Err(error) => (options.on_event)(Event::Failed(&call, error)),
            }
            let no_use = outcome.as_ref().is_err_and(CallError::is_about_credentials);
            self.keep(call, name, outcome, options);
            if no_use {
                self.is_over = true;
                break;
            }
        }
    }

    fn keep(&mut self, call: Call, name: String, outcome: Result<Value, CallError>, options: &Options<'_>) {
        let at = options.observed_at.or_else(now);
        let error = outcome.as_ref().err().cloned();
        self.waiting.retain(|waiting| *waiting != call);
        self.recorded.push(Recorded::new(name, &call, at, outcome));
        self.asked.insert(key(&call));
        self.made.push(Made { call, round: self.round, error });
    }

    fn end_by_clock(&mut self, options: &Options<'_>) {
        self.is_over = true;
        let waiting: BTreeSet<String> = self.waiting.iter().map(ToString::to_string).collect();
        let waiting: Vec<String> = waiting.into_iter().collect();
        let without = match waiting.is_empty() {
            true => "the rest".to_owned(),
            false => format!("the rest; not answered until then: {}", waiting.join(", ")),
        };
        self.note(format!(
            "the time of {} s was up (--timeout gives more), so the report goes without {without}",
            options.time.as_secs()
        ));
    }

    pub(super) fn is_asked(&self, call: &Call) -> bool {
        self.asked.contains(&key(call))
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Everything that is known, in the order in which a folder of the [`recorded`](Triage::recorded) documents is read.
    pub fn evidence(&self) -> Evidence {
        let mut evidence = self.given.clone();
        for recorded in self.recorded() {
            // What cannot be read is a problem in the report.
            let _ = evidence.add_value(Some(&recorded.name), recorded.document.clone());
        }
        evidence
    }

    /// The diagnosis of everything that is known.
    #[must_use]
    pub fn report(&self) -> Report {
        diagnose(&self.evidence())
    }

    /// The calls that were made, in the order of their answers.
    pub fn made(&self) -> &[Made] {
        &self.made
    }

    /// The calls with their answers, in order of name.
    pub fn recorded(&self) -> Vec<&Recorded> {
        let mut recorded: Vec<&Recorded> = self.recorded.iter().collect();
        recorded.sort_by_key(|recorded| format!("{}.json", recorded.name));
        recorded
    }

    /// What a person should know beside the report: that stopped tasks are gone, that the time was up.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many rounds of calls there were after the subject was found.
    pub fn rounds(&self) -> usize {
        self.round
    }

    /// The policy document that would allow the calls that were refused; `None` when none was.
    pub fn missing_permissions(&self) -> Option<Value> {
        let refused = |allowed: &&Allowed| {
            self.made.iter().any(|made| {
                let request = &made.call.request;
                made.error.as_ref().is_some_and(CallError::is_refusal)
                    && (request.service.as_str(), request.operation.as_str())
                        == (allowed.service, allowed.operation)
            })
        };
        let refused: Vec<&Allowed> = allowed::ALLOWED.iter().filter(refused).collect();
        (!refused.is_empty()).then(|| allowed::document(refused.into_iter()))
    }

    /// The first error about credentials, for which every call fails.
    pub fn credentials_error(&self) -> Option<&CallError> {
        self.made.iter().filter_map(|made| made.error.as_ref()).find(|error| error.is_about_credentials())
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = &Value> {
        self.recorded.iter().map(|recorded| &recorded.document)
    }

    /// The answers to an operation.
    pub(super) fn answers(&self, operation: &str) -> impl Iterator<Item = &Value> {
        let documents = self.documents().filter(move |document| document["operation"] == operation);
        documents.filter_map(|document| document.get("response"))
    }

    /// Makes a call whose answer is no evidence, but helps a person on.
    pub(super) async fn ask(
        &mut self,
        call: Call,
        transport: &dyn Transport,
        options: &Options<'_>,
    ) -> Option<Value> {
        if self.is_over || !self.asked.insert(key(&call)) {
            return None;
        }
        (options.on_event)(Event::Begins(&call));
        let outcome = make(&call, transport, options).await;
        match &outcome {
            Ok(_) => (options.on_event)(Event::Answered(&call)),
            Err(error) => (options.on_event)(Event::Failed(&call, error)),
        }
        let error = outcome.as_ref().err().cloned();
        self.made.push(Made { call, round: self.round, error });
        outcome.ok()
    }

    /// Changes the documents of an operation before they are evidence; those for which `change` says no are left out.
    pub(super) fn rework(&mut self, operation: &str, mut change: impl FnMut(&mut Value) -> bool) {
        self.recorded.retain_mut(|recorded| {
            recorded.document["operation"] != operation || change(&mut recorded.document)
        });
    }
}

/// Makes a call with all its pages, within its time.
async fn make(call: &Call, transport: &dyn Transport, options: &Options<'_>) -> Result<Value, CallError> {
    let clock: BoxFuture<'static, ()> = transport.sleep(options.call_time);
    match select(Box::pin(all_pages(call, transport, options.pages)), clock).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => {
            Err(CallError::NoAnswer(format!("no answer within {} s", options.call_time.as_secs_f64())))
        }
    }
}

async fn all_pages(call: &Call, transport: &dyn Transport, most: usize) -> Result<Value, CallError> {
    let mut whole = transport.call(call).await?;
    let mut params = call.request.params.clone();
    for _ in 1..most {
        let Some(next) = pages::next(&params, &whole) else { break };
        let mut page = call.clone();
        page.request.params = next.clone();
        params = next;
        // A page that fails leaves the token in place, which says that there is more.
        let Ok(answer) = transport.call(&page).await else { break };
        pages::append(&mut whole, answer);
    }
    Ok(whole)
}

fn is_allowed(call: &Call) -> bool {
    allowed::allowed(&call.request.service, &call.request.operation).is_some()
}

/// Two documents never share a name, whatever its case: some file systems do not tell them apart.
fn free_name(wanted: String, is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = wanted.clone();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{wanted}-{number}");
        number += 1;
    }
    name
}

/// What makes two calls the same.
fn key(call: &Call) -> String {
    format!("{call} {}", call.request.params)
}

fn now() -> Option<Timestamp> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    // Whole seconds: nothing here is known better.
    Timestamp::from_epoch(now.as_secs() as f64)
}
