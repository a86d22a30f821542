//! Texts with places for facts: `{image}`, or `{image|the image}` with words for when the fact is unknown.
//!
//! In sentences a fact stands between backticks, for it is a name; `{lived~|}` leaves them out for numbers and phrases.
//! In commands a fact is quoted for a POSIX shell and an unknown one stands as its name in capitals, so
//! that nothing in the evidence can run when the command is pasted. `{subnets,}` joins several with commas,
//! `{securityGroups^}` takes the first alone.

use std::borrow::Cow;

use serde_json::Value;

use crate::redact::redacted;
use crate::signals::{Fact, Facts};

/// A piece of a template.
enum Piece<'t> {
    Text(&'t str),
    Place { name: &'t str, otherwise: Option<&'t str>, style: Style },
}

/// How a fact is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// A name: between backticks in sentences, several separated by blanks in commands.
    Name,
    /// `{name~}`: as it is.
    Plain,
    /// `{name,}`: several separated by commas.
    Commas,
    /// `{name^}`: the first of several, where a command takes one.
    First,
}

/// Bytes that facts take beyond their places, as a rule.
const ROOM: usize = 64;

/// Fills a sentence; one without places stays as it is.
pub(crate) fn worded(template: &'static str, facts: &Facts) -> Cow<'static, str> {
    match memchr::memchr(b'{', template.as_bytes()) {
        Some(_) => Cow::Owned(sentence(template, facts)),
        None => Cow::Borrowed(template),
    }
}

/// Fills a sentence.
pub(crate) fn sentence(template: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(template.len() + ROOM);
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Place { name, otherwise, style } => match facts.get(name) {
                Some(Fact::One(text)) => set_in_sentence(&mut out, text, style),
                Some(Fact::Many(texts)) => {
                    for (index, text) in texts.into_iter().enumerate() {
                        out.push_str(if index > 0 { ", " } else { "" });
                        set_in_sentence(&mut out, text, style);
                    }
                }
                None => out.push_str(otherwise.unwrap_or("?")),
            },
        }
    }
    out
}

fn set_in_sentence(out: &mut String, text: &str, style: Style) {
    let text = redacted(text);
    if style == Style::Plain {
        out.push_str(&text);
    } else {
        out.push('`');
        // A backtick in a name would end the quotation.
        if text.contains('`') {
            out.push_str(&text.replace('`', "'"))
        } else {
            out.push_str(&text)
        }
        out.push('`');
    }
}

/// Fills a command for a POSIX shell.
pub(crate) fn command(template: &str, facts: &Facts) -> String {
    let mut out = String::with_capacity(template.len() + ROOM);
    // Inside single quotes of the template, as in a JSON argument, a value must not end the quotation.
    let mut in_quotes = false;
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => {
                in_quotes ^= memchr::memchr_iter(b'\'', text.as_bytes()).count() % 2 == 1;
                out.push_str(text);
            }
            Piece::Place { name, otherwise, style } => {
                let quoted = |text| match redacted(text) {
                    text if in_quotes => Cow::Owned(inner(&text)),
                    text => shell_quoted(text),
                };
                match facts.get(name) {
                    Some(Fact::One(text)) => out.push_str(&quoted(text)),
                    Some(Fact::Many(texts)) => {
                        let most = if style == Style::First { 1 } else { texts.len() };
                        for (index, text) in texts.into_iter().take(most).enumerate() {
                            if index > 0 {
                                out.push(if style == Style::Commas { ',' } else { ' ' });
                            }
                            out.push_str(&quoted(text));
                        }
                    }
                    None => match otherwise {
                        Some(otherwise) => out.push_str(otherwise),
                        None => out.push_str(&placeholder(name)),
                    },
                }
            }
        }
    }
    out
}

/// Fills the texts of a JSON template; `None` when a fact without words for its absence is unknown.
pub(crate) fn json(template: &Value, facts: &Facts) -> Option<Value> {
    Some(match template {
        Value::String(text) => match whole_place(text) {
            Some(name) => match facts.get(name)? {
                Fact::One(text) => text.into(),
                Fact::Many(texts) => texts.into_iter().map(Value::from).collect(),
            },
            None => Value::String(filled(text, facts)?),
        },
        Value::Array(values) => {
            let mut out = Vec::new();
            for value in values {
                match json(value, facts)? {
                    // Several facts in a list become its elements.
                    Value::Array(inner) if value.is_string() => out.extend(inner),
                    other => out.push(other),
                }
            }
            Value::Array(out)
        }
        Value::Object(members) => {
            let mut out = serde_json::Map::new();
            for (key, value) in members {
                out.insert(key.clone(), json(value, facts)?);
            }
            Value::Object(out)
        }
        other => other.clone(),
    })
}

fn filled(template: &str, facts: &Facts) -> Option<String> {
    let mut out = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Place { name, otherwise, .. } => out.push_str(facts.text(name).or(otherwise)?),
        }
    }
    Some(out)
}

/// The names that a template asks for.
#[cfg(feature = "rules-file")]
pub(crate) fn names(template: &str) -> Vec<&str> {
    let places = pieces(template).filter_map(|piece| match piece {
        Piece::Place { name, .. } => Some(name),
        Piece::Text(_) => None,
    });
    places.collect()
}

fn whole_place(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Splits a template. Braces that hold no name, as in JSON inside a command, are text.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = Some(template);
    let mut next = None;
    std::iter::from_fn(move || {
        if let Some(place) = next.take() {
            return Some(place);
        }
        let text = rest?;
        let Some((open, close, place)) = first_place(text) else {
            rest = None;
            return Some(Piece::Text(text));
        };
        rest = Some(&text[close + 1..]);
        next = Some(place);
        Some(Piece::Text(&text[..open]))
    })
}

/// The first place of a template, and where its braces are.
fn first_place(template: &str) -> Option<(usize, usize, Piece<'_>)> {
    memchr::memchr_iter(b'{', template.as_bytes()).find_map(|open| {
        let close = open + memchr::memchr(b'}', &template.as_bytes()[open..])?;
        let inside = &template[open + 1..close];
        let (name, otherwise) = match inside.bytes().position(|byte| byte == b'|') {
            Some(bar) => (&inside[..bar], Some(&inside[bar + 1..])),
            None => (inside, None),
        };
        let style = match name.as_bytes().last() {
            Some(b',') => Style::Commas,
            Some(b'~') => Style::Plain,
            Some(b'^') => Style::First,
            _ => Style::Name,
        };
        let name = if style == Style::Name { name } else { &name[..name.len() - 1] };
        is_name(name).then_some((open, close, Piece::Place { name, otherwise, style }))
    })
}

/// `executionRole` becomes `EXECUTION_ROLE`.
fn placeholder(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

/// Quotes a name out of the evidence: in a document that was broken, one may have taken in what follows it.
pub(crate) fn shell_name(name: &str) -> Cow<'_, str> {
    shell_quoted(redacted(name))
}

/// Quotes a value so that a POSIX shell takes it as it is.
pub(crate) fn shell_quoted<'t>(text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
    let text = text.into();
    let is_plain =
        |byte: u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'+'..=b':' | b'@' | b'=' | b'_' | b'%');
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text;
    }
    format!("'{}'", inner(&text)).into()
}

/// A value as it stands inside single quotes.
fn inner(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    let mut from = 0;
    let needs_care = |letter: char| letter == '\'' || letter.is_control();
    for (at, letter) in text.match_indices(needs_care) {
        shown.push_str(&text[from..at]);
        shown.push_str(if letter == "'" { r"'\''" } else { " " });
        from = at + letter.len();
    }
    shown.push_str(&text[from..]);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.set("image", Some("repo:v1"));
        facts.set("evil", Some("$(reboot); 'x"));
        facts.set_many("subnets", ["subnet-1", "subnet-2"]);
        facts
    }

    #[test]
    fn a_sentence_has_words_for_what_is_unknown() {
        assert_eq!(
            sentence("{image|the image} of {who|somebody}{image~}", &facts()),
            "`repo:v1` of somebodyrepo:v1"
        );
    }

    #[test]
    fn nothing_in_the_evidence_can_run() {
        assert_eq!(command("echo {evil} {taskRole}", &facts()), r"echo '$(reboot); '\''x' TASK_ROLE");
    }

    #[test]
    fn nothing_in_the_evidence_ends_a_quotation() {
        assert_eq!(
            command("x '{\"a\": \"{evil}\"}' {image}", &facts()),
            r#"x '{"a": "$(reboot); '\''x"}' repo:v1"#
        );
    }

    #[test]
    fn several_facts_become_words_or_elements() {
        assert_eq!(command("--subnet-ids {subnets}", &facts()), "--subnet-ids subnet-1 subnet-2");
        assert_eq!(command("subnets=[{subnets,}]", &facts()), "subnets=[subnet-1,subnet-2]");
        assert_eq!(command("--subnet-id {subnets^} {group^}", &facts()), "--subnet-id subnet-1 GROUP");
        let params = serde_json::json!({"SubnetIds": ["{subnets}"], "Name": "x-{image}"});
        let filled = json(&params, &facts()).unwrap();
        assert_eq!(filled, serde_json::json!({"SubnetIds": ["subnet-1", "subnet-2"], "Name": "x-repo:v1"}));
        assert_eq!(json(&serde_json::json!({"a": "{missing}"}), &facts()), None);
    }

    #[test]
    fn braces_without_a_name_are_text() {
        assert_eq!(command(r#"--x '{"a": "{image}"}'"#, &facts()), r#"--x '{"a": "repo:v1"}'"#);
    }
}
