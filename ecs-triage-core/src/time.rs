//! Instants as AWS writes them.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A moment, with sub-second precision.
///
/// Reads every encoding in which AWS clients print a time: epoch seconds or milliseconds (as a number
/// or as text), RFC 3339 with `T` or a space, with `Z`, `+hh:mm`, `+hhmm` or no offset (then UTC).
/// Writes RFC 3339 in UTC.
///
/// ```
/// use ecs_triage_core::Timestamp;
/// let wire = Timestamp::parse("1594836480.123").unwrap();
/// let cli = Timestamp::parse("2020-07-15T13:08:00.123000-05:00").unwrap();
/// assert_eq!(wire, cli);
/// assert_eq!(cli.to_string(), "2020-07-15T18:08:00.123Z");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

/// Epoch numbers from here on are milliseconds; as seconds this is the year 5138.
const FIRST_MILLISECOND: f64 = 1e11;

impl Timestamp {
    /// The beginning of 1970, from which seconds are counted.
    pub(crate) const EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// Reads a time from text; `None` when the text is not a time that AWS would write.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(micros) = wire_micros(text.as_bytes()) {
            return Self::plausible(jiff::Timestamp::from_microsecond(micros).ok()?);
        }
        if let Ok(number) = text.parse::<f64>() {
            return Self::from_epoch(number);
        }
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Self::plausible(instant);
        }
        // No offset: the CLI prints one, so this was cut or reformatted; UTC is the best reading.
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        Self::plausible(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    }

    /// Reads a number of seconds, or of milliseconds when too large for seconds, since 1970 in UTC.
    pub fn from_epoch(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let seconds = if number.abs() < FIRST_MILLISECOND { number } else { number / 1000.0 };
        // Microseconds: an `f64` of seconds holds no more.
        let instant = jiff::Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()?;
        Self::plausible(instant)
    }

    /// Reads a JSON string or number.
    pub fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::from_epoch(number.as_f64()?),
            _ => None,
        }
    }

    /// ECS began in 2014; earlier times, such as Docker's zero time, say nothing.
    fn plausible(instant: jiff::Timestamp) -> Option<Self> {
        const YEAR_2014: i64 = 1_388_534_400;
        (instant.as_second() >= YEAR_2014).then_some(Self(instant))
    }

    /// Seconds from `earlier` to `self`; negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0.as_microsecond() - earlier.0.as_microsecond()) as f64 / 1e6
    }

    /// The moment `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moved = jiff::SignedDuration::from_secs(seconds);
        Self(self.0.checked_add(moved).unwrap_or(self.0))
    }

    /// Whole seconds since 1970 in UTC.
    pub fn epoch_seconds(self) -> i64 {
        self.0.as_second()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "A moment, RFC 3339 in UTC.",
        })
    }
}

/// Microseconds since 1970 of `2026-11-22T08:00:00.123Z`, as EventBridge writes times, from 2014 on. `None` for anything
/// else. Such times are so many that a general parser takes as long as the rest.
pub(crate) fn wire_micros(text: &[u8]) -> Option<i64> {
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

    #[test]
    fn every_spelling_of_one_moment_is_that_moment() {
        let wanted = Timestamp::from_epoch(1_594_836_480.123).unwrap();
        for text in [
            "1594836480.123",
            "1594836480123",
            "1.594836480123E9",
            "2020-07-15T18:08:00.123Z",
            "2020-07-15T13:08:00.123000-05:00",
            "2020-07-15 13:08:00.123000-05:00",
            "2020-07-15T13:08:00.123-0500",
            "2020-07-15T18:08:00.123",
        ] {
            assert_eq!(Timestamp::parse(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "yesterday", "NaN", "inf", "0001-01-01T00:00:00Z", "0", "2020-13-01T00:00:00Z"] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_of_the_wire_is_read_as_jiff_does() {
        for text in [
            "2026-11-22T08:00:00Z",
            "2024-02-29T23:59:59.9Z",
            "2026-12-31T00:00:01.123456Z",
            "2026-01-01T12:34:56.001Z",
            "2100-03-01T00:00:00Z",
            "2014-01-01T00:00:00Z",
        ] {
            let wanted = Timestamp(text.parse().unwrap()).seconds_since(Timestamp::EPOCH);
            assert_eq!(wire_micros(text.as_bytes()).map(|time| time as f64 / 1e6), Some(wanted), "{text}");
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
            assert_eq!(wire_micros(text.as_bytes()), None, "{text}");
        }
    }
}
