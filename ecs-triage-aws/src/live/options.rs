//! How much a triage may ask, and how long.

use std::fmt;
use std::time::Duration;

use ecs_triage_core::{OwnRules, Timestamp};

use crate::transport::{Call, CallError};

/// Bounds of a triage, and who is told of its progress.
///
/// ```
/// use ecs_triage_aws::live::Options;
///
/// let options = Options::default().at_once(2).on_event(&|event| println!("{event:?}"));
/// ```
#[derive(Clone, Copy)]
pub struct Options<'a> {
    pub(super) rounds: usize,
    pub(super) calls: usize,
    pub(super) at_once: usize,
    pub(super) pages: usize,
    pub(super) call_time: Duration,
    pub(super) time: Duration,
    pub(super) observed_at: Option<Timestamp>,
    pub(super) own: &'a OwnRules,
    pub(super) on_event: &'a (dyn Fn(Event<'_>) + Sync),
}

static NO_RULES: OwnRules = OwnRules::new();

impl Default for Options<'_> {
    /// 8 rounds, 300 calls, 8 at once, 10 pages a call, 20 seconds a call and 90 in all; nobody is told.
    fn default() -> Self {
        Self {
            rounds: 8,
            calls: 300,
            at_once: 8,
            pages: 10,
            call_time: Duration::from_secs(20),
            time: Duration::from_secs(90),
            observed_at: None,
            own: &NO_RULES,
            on_event: &|_| {},
        }
    }
}

impl<'a> Options<'a> {
    /// With at most so many rounds of calls after the subject was found.
    #[must_use]
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// With at most so many calls in all.
    #[must_use]
    pub fn calls(mut self, calls: usize) -> Self {
        self.calls = calls;
        self
    }

    /// With at most so many calls at once; at least one.
    #[must_use]
    pub fn at_once(mut self, calls: usize) -> Self {
        self.at_once = calls.max(1);
        self
    }

    /// With so much time for each call, its pages and repetitions included. Needs a transport that can sleep.
    #[must_use]
    pub fn call_time(mut self, time: Duration) -> Self {
        self.call_time = time;
        self
    }

    /// With so much time for everything. Needs a transport that can sleep.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// With the time that the answers are from, in place of the clock's: for tests that compare bytes.
    #[must_use]
    pub fn observed_at(mut self, at: Timestamp) -> Self {
        self.observed_at = Some(at);
        self
    }

    /// With rules of the user's own, so that what they want is asked for too.
    #[must_use]
    pub fn own_rules(mut self, rules: &'a OwnRules) -> Self {
        self.own = rules;
        self
    }

    /// With somebody who is told which call begins and how each ends.
    #[must_use]
    pub fn on_event<'b>(self, tell: &'b (dyn Fn(Event<'_>) + Sync)) -> Options<'b>
    where
        'a: 'b,
    {
        Options { on_event: tell, ..self }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("rounds", &self.rounds)
            .field("calls", &self.calls)
            .field("at_once", &self.at_once)
            .field("pages", &self.pages)
            .field("call_time", &self.call_time)
            .field("time", &self.time)
            .field("observed_at", &self.observed_at)
            .finish_non_exhaustive()
    }
}

/// Something that happens in a triage.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'e> {
    /// A call begins.
    Begins(&'e Call),
    /// A call has its answer.
    Answered(&'e Call),
    /// A call ended without one.
    Failed(&'e Call, &'e CallError),
}
