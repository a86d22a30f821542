//! The times of a task, and what of them a diagnosis can depend on.

use super::hash::Hasher;
use super::tasks::UNKNOWN;

pub(super) const CREATED: usize = 0;
pub(super) const PULL_STARTED: usize = 1;
pub(super) const PULL_STOPPED: usize = 2;
pub(super) const STARTED: usize = 3;
pub(super) const CONNECTIVITY: usize = 4;
pub(super) const STOPPING: usize = 5;
pub(super) const EXECUTION_STOPPED: usize = 6;
pub(super) const STOPPED: usize = 7;
pub(super) const UPDATED: usize = 8;
/// When the event was sent.
pub(super) const EVENT: usize = 9;
const ALL: usize = 10;

/// No time.
const ABSENT: i64 = i64::MIN;

/// Times in microseconds since 1970.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(test, derive(PartialEq))]
pub(super) struct Times([i64; ALL]);

impl Default for Times {
    fn default() -> Self {
        Self([ABSENT; ALL])
    }
}

/// Seconds at which a rule looks at a task without its definition differently: how long its containers ran and how long
/// their end took beside `stopTimeout`, and how long a task waited to be placed.
const LIMITS: &[i64] = &[1, 29, 30, 900];

/// Seconds in a state from which on a task may be stuck. The limits are multiples of [`STEP`], more for more containers.
const STUCK_FROM: i64 = 300;
const STEP: i64 = 30;
const LONGEST: i64 = 6_000;

/// Where in its life a task is, as far as rules ask how long it has been there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    /// On its way up, or in a state that is not known here.
    #[default]
    Rising,
    /// `RUNNING` or `STOPPED`: no rule asks.
    AtRest,
    /// `DEACTIVATING`, `STOPPING` or `DEPROVISIONING`.
    Ending,
}

impl State {
    /// Of a task's `lastStatus`.
    pub(super) fn of(status: &[u8]) -> Self {
        match status {
            b"STOPPED" | b"RUNNING" => State::AtRest,
            b"DEACTIVATING" | b"STOPPING" | b"DEPROVISIONING" => State::Ending,
            _ => State::Rising,
        }
    }

    /// The times from which a task may have been waiting, in `rules/lifecycle/stuck.rs`.
    fn waits_from(self) -> &'static [usize] {
        match self {
            State::Rising => &[CREATED, PULL_STARTED, PULL_STOPPED, STOPPING, EXECUTION_STOPPED],
            State::AtRest => &[],
            State::Ending => &[STOPPING, EXECUTION_STOPPED],
        }
    }
}

impl Times {
    /// Reads a time. `None` when it is not written as EventBridge does.
    pub(super) fn set(&mut self, which: usize, text: &[u8]) -> Option<()> {
        self.0[which] = crate::time::wire_micros(text)?;
        Some(())
    }

    /// Says whether it was there.
    pub(super) fn forget(&mut self, which: usize) -> bool {
        std::mem::replace(&mut self.0[which], ABSENT) != ABSENT
    }

    fn get(&self, which: usize) -> Option<i64> {
        Some(self.0[which]).filter(|time| *time != ABSENT)
    }

    fn first_of(&self, all: &[usize]) -> Option<i64> {
        all.iter().find_map(|which| self.get(*which))
    }

    /// When the task ended, else when its state was seen, in seconds; `None` when that is not said.
    pub(super) fn seen(&self) -> Option<i64> {
        let seen = self.first_of(&[STOPPING, EXECUTION_STOPPED, STOPPED, UPDATED])?;
        Some(seen.div_euclid(1_000_000))
    }

    /// Seconds that the containers ran.
    pub(super) fn lived(&self) -> u32 {
        let end = self.first_of(&[EXECUTION_STOPPED, STOPPING, STOPPED]);
        let lived = end.zip(self.get(STARTED)).map(|(end, started)| end - started);
        lived
            .filter(|lived| *lived >= 0)
            .map_or(UNKNOWN, |lived| super::observe::whole_seconds(lived as f64 / 1e6))
    }

    /// Adds to the hash what can decide: which times there are, their order, and the spans that rules look at.
    /// `None` when it takes more than the event says.
    pub(super) fn describe(&self, state: State, hash: &mut Hasher) -> Option<()> {
        self.seen()?;
        self.get(UPDATED)?;
        // The order of the ends decides which of two findings is the newer one.
        let ends = [STARTED, STOPPING, EXECUTION_STOPPED, STOPPED].map(|which| self.0[which]);
        let mut order = 0;
        for (index, one) in ends.iter().enumerate() {
            for other in &ends[index + 1..] {
                order = order * 3 + (one.cmp(other) as i8 + 1) as u64;
            }
        }
        let present = self.0.iter().fold(0, |present, time| (present << 1) | u64::from(*time != ABSENT));
        hash.number((order << ALL) | present);
        let since = |from: Option<i64>, to: Option<i64>| to.zip(from).map(|(to, from)| to - from);
        let first_end = [self.get(EXECUTION_STOPPED), self.get(STOPPING)].into_iter().flatten().min();
        for span in [
            since(self.get(STARTED), self.first_of(&[EXECUTION_STOPPED, STOPPING, STOPPED])),
            since(self.get(STOPPING), self.get(EXECUTION_STOPPED)),
            since(first_end, self.get(STOPPED)),
            since(self.get(CREATED), self.first_of(&[STOPPING, STOPPED])),
        ] {
            let side = |span: i64| match span {
                ..0 => 1,
                0 => 2,
                span => 3 + LIMITS.iter().filter(|limit| span >= **limit * 1_000_000).count(),
            };
            hash.number(span.map_or(0, side) as u64);
        }
        let now = self.get(UPDATED);
        for from in state.waits_from() {
            let waited = since(self.get(*from), now).map(|waited| waited.div_euclid(1_000_000));
            let step = |waited: i64| match waited {
                ..STUCK_FROM => 1,
                waited => 2 + waited.min(LONGEST) / STEP,
            };
            hash.number(waited.map_or(0, step) as u64);
        }
        Some(())
    }
}
