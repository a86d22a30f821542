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
        self.0[which] = parse(text)?;
        Some(())
    }

    pub(super) fn forget(&mut self, which: usize) {
        self.0[which] = ABSENT;
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

/// Microseconds since 1970 of `2026-11-22T08:00:00.123Z`, from 2014 on. `None` for anything else.
fn parse(text: &[u8]) -> Option<i64> {
    let (head, rest) = text.split_first_chunk::<19>()?;
    let digit = |at: usize| Some(head[at].wrapping_sub(b'0')).filter(|digit| *digit < 10).map(i64::from);
    let two = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
    if head[4] != b'-' || head[7] != b'-' || head[10] != b'T' || head[13] != b':' || head[16] != b':' {
        return None;
    }
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if year < 2014 || !(1..=days_of_month).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = match rest {
        b"Z" => 0,
        [b'.', digits @ .., b'Z'] if matches!(digits.len(), 1..=6) => {
            let mut micros = 0;
            for at in 0..6 {
                let digit = match digits.get(at) {
                    Some(digit) if digit.is_ascii_digit() => digit - b'0',
                    Some(_) => return None,
                    None => 0,
                };
                micros = micros * 10 + i64::from(digit);
            }
            micros
        }
        _ => return None,
    };
    // Days of the civil calendar, counted from March so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    #[test]
    fn a_time_is_read_as_elsewhere() {
        for text in [
            "2026-11-22T08:00:00Z",
            "2024-02-29T23:59:59.9Z",
            "2026-12-31T00:00:01.123456Z",
            "2026-01-01T12:34:56.001Z",
            "2100-03-01T00:00:00Z",
            "2014-01-01T00:00:00Z",
        ] {
            let wanted = Timestamp::parse(text).unwrap().seconds_since(Timestamp::EPOCH);
            assert_eq!(parse(text.as_bytes()).map(|time| time as f64 / 1e6), Some(wanted), "{text}");
        }
        for text in [
            "2026-11-22T08:00:00",
            "2026-11-22 08:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T08:00:60Z",
            "2026-11-22T08:00:00.Z",
            "2026-11-22T08:00:00.1234567Z",
            "2026-11-22T08:00:00+00:00",
            "2013-12-31T23:59:59Z",
            "",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
