//! Constructors of other languages inside a dump: `datetime.datetime(…)`, `Decimal('1')`, `Some(…)`.

use serde_json::{Map, Value};

/// The plain value that a constructor stands for.
pub(super) fn evaluate(name: &str, pairs: Map<String, Value>, items: Vec<Value>, local: &mut bool) -> Value {
    match name.rsplit(['.', ':']).next().unwrap_or(name) {
        "datetime" | "date" => date_time(&pairs, &items, local).map_or(Value::Null, Value::from),
        "tzutc" | "UTC" | "gettz" => Value::from("Z"),
        "tzlocal" => Value::from("local"),
        "ZoneInfo" => {
            let zone = items.first().or_else(|| pairs.get("key")).and_then(Value::as_str);
            Value::from(if matches!(zone, Some("UTC" | "Etc/UTC")) { "Z" } else { "local" })
        }
        "timedelta" => {
            let part = |name: &str, at: usize| {
                pairs.get(name).or_else(|| items.get(at)).and_then(Value::as_i64).unwrap_or(0)
            };
            let hours = pairs.get("hours").and_then(Value::as_i64).unwrap_or(0);
            let minutes = pairs.get("minutes").and_then(Value::as_i64).unwrap_or(0);
            let days = part("days", 0).saturating_mul(86_400);
            let clock = hours.saturating_mul(3_600).saturating_add(minutes.saturating_mul(60));
            Value::from(days.saturating_add(part("seconds", 1)).saturating_add(clock))
        }
        "timezone" | "tzoffset" | "FixedOffset" => items
            .iter()
            .rev()
            .find_map(Value::as_i64)
            .and_then(offset)
            .map_or(Value::from("local"), Value::from),
        "Decimal" => match items.into_iter().next() {
            Some(Value::String(text)) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            Some(other) => other,
            None => Value::Null,
        },
        "OrderedDict" | "dict" | "defaultdict" => dictionary(pairs, items),
        _ if !pairs.is_empty() => Value::Object(pairs),
        "" if items.len() != 1 => Value::Array(items),
        _ => items.into_iter().next().unwrap_or(Value::Null),
    }
}

fn dictionary(mut pairs: Map<String, Value>, items: Vec<Value>) -> Value {
    for item in items {
        match item {
            Value::Object(object) => pairs.extend(object),
            Value::Array(entries) => {
                for entry in entries {
                    let Value::Array(entry) = entry else { continue };
                    let mut entry = entry.into_iter();
                    if let (Some(Value::String(key)), Some(value)) = (entry.next(), entry.next()) {
                        pairs.insert(key, value);
                    }
                }
            }
            _ => {}
        }
    }
    Value::Object(pairs)
}

/// RFC 3339 text. A time in the zone of the machine that wrote it is given as UTC, and `local` is set.
fn date_time(pairs: &Map<String, Value>, items: &[Value], local: &mut bool) -> Option<String> {
    let part = |at: usize| items.get(at).and_then(Value::as_i64);
    let (year, month, day) = (part(0)?, part(1)?, part(2)?);
    let clock = |at: usize| part(at).unwrap_or(0);
    let (hour, minute, second, micro) = (clock(3), clock(4), clock(5), clock(6));
    let plausible = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second)
        && (0..1_000_000).contains(&micro);
    if !plausible {
        return None;
    }
    let zone = pairs.get("tzinfo").and_then(Value::as_str).unwrap_or("local");
    let zone = if zone == "Z" || zone.starts_with(['+', '-']) {
        zone
    } else {
        *local = true;
        "Z"
    };
    let fraction = if micro == 0 { String::new() } else { format!(".{micro:06}") };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"))
}

/// `+09:00` for 32,400 seconds.
fn offset(seconds: i64) -> Option<String> {
    if seconds == 0 {
        return Some("Z".to_owned());
    }
    let minutes = seconds.checked_abs()? / 60;
    let sign = if seconds < 0 { '-' } else { '+' };
    (minutes < 24 * 60).then(|| format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
}
