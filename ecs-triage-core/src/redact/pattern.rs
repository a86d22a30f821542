//! Patterns by a fast engine, or by a small one that finds the same.

#[cfg(feature = "perf")]
pub(super) use regex::{Captures, Match, Regex, escape};
#[cfg(not(feature = "perf"))]
pub(super) use regex_lite::{Captures, Match, Regex, escape};

/// Compiles a pattern. Where its classes and edges of words are those of ASCII it says `(?-u:…)`, and within that
/// `(?u-i:…)` for characters that are not.
pub(super) fn pattern(text: &str) -> Regex {
    // The small engine knows no others, and no name for that.
    #[cfg(not(feature = "perf"))]
    let text = &text.replace("(?-u:", "(?:").replace("(?u-i:", "(?-i:").replace("(?i-u:", "(?i:");
    // Every pattern is a constant of this module, compiled by its tests.
    Regex::new(text).expect("a valid pattern")
}
