//! Names and what stands for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::vocabulary::{is_kept, is_word};

/// Names with their placeholders, in both directions.
#[derive(Clone, Default)]
pub(super) struct Names {
    /// By what stands for them.
    originals: BTreeMap<String, String>,
    /// What stands for each name.
    placeholders: HashMap<String, String>,
    /// Names by the run of letters, digits, `-` and `_` in them that comes first, the longest first.
    by_head: HashMap<String, Vec<String>>,
    /// How many names of each label there are.
    counts: BTreeMap<String, u32>,
    /// Names that were seen before any was given a placeholder: none of them may stand for another.
    seen: BTreeSet<String>,
}

/// The names alone: what was seen beside them are texts of the evidence.
impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.originals).finish()
    }
}

impl Names {
    /// What stands for `name`, which gets a placeholder when it has none.
    pub(super) fn of(&mut self, label: &str, name: &str) -> String {
        self.assign(name, |names| {
            let number = names.next(label);
            match label {
                "variable" => format!("VARIABLE_{number}"),
                _ => format!("{label}-{number}"),
            }
        })
    }

    /// What stands for `name`, by a form that is given the number of names of this label.
    pub(super) fn formed(&mut self, label: &str, name: &str, form: impl Fn(u32) -> String) -> String {
        self.assign(name, |names| form(names.next(label)))
    }

    fn assign(&mut self, name: &str, mut form: impl FnMut(&mut Self) -> String) -> String {
        if let Some(known) = self.placeholders.get(name) {
            return known.clone();
        }
        if name.is_empty() || is_kept(name) || self.originals.contains_key(name) {
            return name.to_owned();
        }
        let placeholder = loop {
            let candidate = form(self);
            let is_taken = self.seen.contains(&candidate)
                || self.placeholders.contains_key(&candidate)
                || self.originals.contains_key(&candidate);
            if !is_taken {
                break candidate;
            }
        };
        self.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    /// Notes that a name is in use, so that no placeholder is the same.
    pub(super) fn see(&mut self, name: &str) {
        self.seen.insert(name.to_owned());
    }

    pub(super) fn insert(&mut self, placeholder: String, name: String) {
        let mut spellings = vec![name.clone()];
        // As a shell and as a sentence quote it.
        if name.contains('\'') {
            spellings.push(name.replace('\'', r"'\''"));
        }
        if name.contains('`') {
            spellings.push(name.replace('`', "'"));
        }
        for spelling in spellings {
            let listed = self.by_head.entry(head(&spelling).to_owned()).or_default();
            let at = listed.partition_point(|other| other.len() >= spelling.len());
            listed.insert(at, spelling.clone());
            self.placeholders.insert(spelling, placeholder.clone());
        }
        self.originals.insert(placeholder, name);
    }

    fn next(&mut self, label: &str) -> u32 {
        let count = self.counts.entry(label.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// Placeholders and the names behind them.
    pub(super) fn map(&self) -> &BTreeMap<String, String> {
        &self.originals
    }

    /// What stands for a whole text that is a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.placeholders.get(name).map(String::as_str)
    }

    /// The stretch of a text with every known name in it replaced; what surrounds it tells whether a word is meant.
    pub(super) fn replaced_in(&self, text: &str, from: usize, to: usize) -> String {
        replace(text, from, to, |at, run| {
            let listed = self.by_head.get(run)?;
            listed.iter().find_map(|name| {
                let start = at.checked_sub(name.find(run)?)?;
                let end = start + name.len();
                let is_there = end <= to && text.get(start..end) == Some(name.as_str()) && ends_at(text, end);
                let is_meant = || !is_word(name) || is_set_apart(text, start, end);
                (is_there && is_meant()).then(|| (start, end, self.placeholders[name].as_str()))
            })
        })
    }

    /// The account id that a name which is hidden no further has in it: `logs-000000000001-eu`.
    fn account_in(&self, at: usize, run: &str) -> Option<(usize, usize, &str)> {
        let mut start = at;
        run.split(['-', '_']).find_map(|part| {
            let from = start;
            start += part.len() + 1;
            let is_number = part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit());
            let original = is_number.then(|| self.originals.get(part)).flatten()?;
            Some((from, from + part.len(), original.as_str()))
        })
    }

    /// A text with every placeholder in it turned back.
    pub(super) fn restored(&self, text: &str) -> String {
        let mut by_head: HashMap<&str, Vec<&str>> = HashMap::new();
        // Longer ones come first when the ordered keys are gone through backwards.
        for placeholder in self.originals.keys().rev() {
            by_head.entry(head(placeholder)).or_default().push(placeholder);
        }
        replace(text, 0, text.len(), |at, run| {
            let listed = by_head.get(run).into_iter().flatten();
            let whole = listed.into_iter().find_map(|placeholder| {
                let end = at + placeholder.len();
                let is_there = text.get(at..end) == Some(*placeholder) && ends_at(text, end);
                is_there.then(|| (at, end, self.originals[*placeholder].as_str()))
            });
            whole.or_else(|| self.account_in(at, run))
        })
    }
}

/// Goes through the runs of name characters in a stretch of a text; `find` is given each with its place, and gives the
/// part to replace and what to put there.
fn replace<'r>(
    text: &str,
    from: usize,
    to: usize,
    find: impl Fn(usize, &str) -> Option<(usize, usize, &'r str)>,
) -> String {
    let mut out = String::with_capacity(to - from);
    let mut copied = from;
    let mut at = from;
    while at < to {
        let run = head_at(text, at);
        if run.is_empty() {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        match find(at, run) {
            Some((start, end, with)) if start >= copied => {
                out.push_str(&text[copied..start]);
                out.push_str(with);
                copied = end;
                at = end;
            }
            _ => at += run.len(),
        }
    }
    out.push_str(&text[copied..to]);
    out
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || !byte.is_ascii()
}

fn head_at(text: &str, at: usize) -> &str {
    let length = text.as_bytes()[at..].iter().take_while(|byte| is_name_byte(**byte)).count();
    &text[at..at + length]
}

/// The run of name characters that a stretch of a text is in.
pub(super) fn run_around(text: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    /// No name is longer.
    const LONGEST: usize = 512;
    let bytes = text.as_bytes();
    let before = bytes[..start].iter().rev().take(LONGEST).take_while(|byte| is_name_byte(**byte)).count();
    let after = bytes[end..].iter().take(LONGEST).take_while(|byte| is_name_byte(**byte)).count();
    // Cut at the limit, the stretch could begin inside a letter.
    if before == LONGEST || after == LONGEST { start..end } else { start - before..end + after }
}

/// The first run of name characters of a name; a name without any is its own.
fn head(name: &str) -> &str {
    let start = name.bytes().position(is_name_byte).unwrap_or(0);
    let run = head_at(name, start);
    if run.is_empty() { name } else { run }
}

/// Whether a name can end here: the next character is of no name.
fn ends_at(text: &str, end: usize) -> bool {
    !text.as_bytes().get(end).copied().is_some_and(is_name_byte)
}

/// Whether a word of everyone's is meant as a name here: between quotes, in a path, after an option.
fn is_set_apart(text: &str, start: usize, end: usize) -> bool {
    let before = &text[..start];
    let after = &text[end..];
    if before.is_empty() && after.is_empty() {
        return true;
    }
    let is_key = after.starts_with('"') && after[1..].trim_start().starts_with(':');
    let opens = before.is_empty() || before.ends_with(['`', '\'', '"', '/', '=', ':']);
    let closes = after.is_empty() || after.starts_with(['`', '\'', '"', '/', ':', ',', '*', '\\', '@', '?']);
    let follows_option = || {
        let Some(before) = before.strip_suffix(' ') else { return false };
        before.rsplit(' ').next().is_some_and(|word| word.starts_with("--"))
    };
    let has_revision =
        after.strip_prefix(':').is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
    !is_key
        && (opens && closes
            || follows_option()
            || has_revision
            || before.ends_with("(service ")
            || before.ends_with('/') && after.starts_with(' ')
            || before.ends_with(['=', ':']) && after.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_text_ends_within_is_not_there() {
        let mut names = Names::default();
        // A mangled ARN has names like this; short ones are words of everyone's.
        names.of("cluster", "1:");
        for text in ["/containers/1", "1", "a 1"] {
            assert_eq!(names.replaced_in(text, 0, text.len()), text);
        }
        assert_eq!(names.replaced_in("\"1:\"", 0, 4), "\"cluster-1\"");
    }
}
