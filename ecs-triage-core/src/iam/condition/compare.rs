//! One value of the request against the values of a policy.

use std::cmp::Ordering;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::operator::{Base, Relation};
use crate::iam::arn::{ShortPattern, arn_matches, lower_symbols, lower_tokens};
use crate::iam::context::Context;
use crate::iam::pattern::{Symbol, Token, matches, symbols};
use crate::iam::truth::Truth;
use crate::iam::variables::{Compiled, Syntax, compile};

/// The value of the request.
#[derive(Clone, Copy)]
pub(super) enum Actual<'a> {
    Exactly(&'a str),
    StartsWith { prefix: &'a str, never: &'a [String] },
}

/// One comparison, and what its outcome rests on.
pub(super) struct Comparison<'a> {
    pub(super) base: Base,
    pub(super) expected: &'a [String],
    /// Where policy variables get their values; `None` where they are literal text.
    pub(super) context: Option<&'a Context>,
    pub(super) unknown_keys: Vec<String>,
    pub(super) inferred: bool,
}

impl Comparison<'_> {
    /// Whether the value matches any of the policy's values.
    pub(super) fn any(&mut self, actual: Actual<'_>) -> Truth {
        let mut found = Truth::False;
        for expected in self.expected {
            found = found.or(self.one(actual, expected));
        }
        found
    }

    fn one(&mut self, actual: Actual<'_>, expected: &str) -> Truth {
        match self.base {
            Base::StringEquals | Base::StringEqualsIgnoreCase | Base::StringLike | Base::Arn => {
                let wildcards = matches!(self.base, Base::StringLike | Base::Arn);
                let mut compiled = compile(expected, Syntax { variables: self.context, wildcards });
                self.unknown_keys.append(&mut compiled.unknown_keys);
                if compiled.never { Truth::False } else { self.text(actual, &compiled) }
            }
            _ => match actual {
                Actual::Exactly(text) => self.typed(text, expected),
                Actual::StartsWith { .. } => Truth::Unknown,
            },
        }
    }

    fn text(&mut self, actual: Actual<'_>, expected: &Compiled) -> Truth {
        let text = match actual {
            Actual::Exactly(text) => symbols(text),
            Actual::StartsWith { prefix, never } => {
                if never.iter().any(|tail| self.names_only(expected, prefix, tail)) {
                    self.inferred = true;
                    return Truth::False;
                }
                // What stands for itself in the request has no asterisk: exact operators can't find one.
                if expected.tokens.contains(&Token::Char('*')) {
                    return Truth::False;
                }
                let mut text = symbols(prefix);
                text.push(Symbol::HiddenTail);
                text
            }
        };
        match self.base {
            Base::Arn => arn_matches(expected, &text, ShortPattern::Invalid),
            Base::StringEqualsIgnoreCase => matches(&lower_tokens(&expected.tokens), &lower_symbols(&text)),
            _ => matches(&expected.tokens, &text),
        }
    }

    /// Whether the policy's value goes on with `tail` where the known part of the request's value ends.
    fn names_only(&self, expected: &Compiled, prefix: &str, tail: &str) -> bool {
        match (self.base, expected.arn_parts().get(5)) {
            (Base::Arn, Some(resource)) if prefix.ends_with(':') => literally_starts_with(resource, "", tail),
            _ => literally_starts_with(&expected.tokens, prefix, tail),
        }
    }

    /// Operators that know neither wildcards nor variables. What is not of their type decides nothing.
    fn typed(&self, actual: &str, expected: &str) -> Truth {
        let compared = match self.base {
            // AWS's pages disagree on whether variables work here.
            Base::Bool if expected.contains("${") => return Truth::Unknown,
            Base::Bool => return actual.eq_ignore_ascii_case(expected).into(),
            Base::Binary => return (actual.trim_end_matches('=') == expected.trim_end_matches('=')).into(),
            Base::IpAddress => return in_range(actual, expected).map_or(Truth::Unknown, Truth::from),
            Base::Numeric(relation) => numbers(actual, expected).map(|order| relation.accepts(order)),
            Base::Date(relation) => dates(actual, expected).map(|order| relation.accepts(order)),
            _ => None,
        };
        compared.map_or(Truth::Unknown, Truth::from)
    }
}

impl Relation {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Relation::Equals => order.is_eq(),
            Relation::LessThan => order.is_lt(),
            Relation::LessThanEquals => order.is_le(),
            Relation::GreaterThan => order.is_gt(),
            Relation::GreaterThanEquals => order.is_ge(),
        }
    }
}

fn literally_starts_with(tokens: &[Token], prefix: &str, tail: &str) -> bool {
    let mut tokens = tokens.iter();
    prefix.chars().chain(tail.chars()).all(|character| tokens.next() == Some(&Token::Char(character)))
}

fn numbers(actual: &str, expected: &str) -> Option<Ordering> {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    number(actual)?.partial_cmp(&number(expected)?)
}

fn dates(actual: &str, expected: &str) -> Option<Ordering> {
    Some(moment(actual)?.cmp(&moment(expected)?))
}

/// A moment in one of the forms that the operators accept: ISO 8601, a date alone, or seconds since 1970.
/// <https://www.w3.org/TR/NOTE-datetime>
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    // Without an offset the time is UTC; seconds, or the time itself, may be left out.
    let local = match text.split_once('T') {
        Some((date, time)) => {
            let time = time.strip_suffix('Z').unwrap_or(time);
            format!("{date}T{time}").parse::<DateTime>().ok()?
        }
        None if text.len() == 7 => {
            format!("{text}-01").parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight())
        }
        None => text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()),
    };
    TimeZone::UTC.to_timestamp(local).ok()
}

/// Whether the address is in the range; an address alone is a range of one. `None` if either is neither.
fn in_range(address: &str, range: &str) -> Option<bool> {
    let address: IpAddr = address.parse().ok()?;
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (network, Some(length.parse::<u32>().ok()?)),
        None => (range, None),
    };
    let (address, network, bits) = match (address, network.parse::<IpAddr>().ok()?) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (address.to_bits().into(), network.to_bits().into(), 32)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits(), 128),
        _ => return Some(false),
    };
    let shift = u32::checked_sub(bits, length.unwrap_or(bits))?;
    let prefix = |value: u128| value.checked_shr(shift).unwrap_or(0);
    Some(prefix(address) == prefix(network))
}
