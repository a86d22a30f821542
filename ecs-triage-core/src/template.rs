//! Texts with places for facts: `{image}`, or `{image|the image}` with words for when the fact is unknown.
//!
//! In commands a fact is quoted for a POSIX shell and an unknown one stands as its name in capitals, so
//! that nothing in the evidence can run when the command is pasted. `{subnets,}` joins several with commas.

use serde_json::Value;

use crate::signals::{Fact, Facts};

/// A piece of a template.
enum Piece<'t> {
    Text(&'t str),
    Place { name: &'t str, otherwise: Option<&'t str>, commas: bool },
}

/// Fills a sentence.
pub(crate) fn sentence(template: &str, facts: &Facts) -> String {
    let mut out = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Place { name, otherwise, .. } => match facts.get(name) {
                Some(Fact::One(text)) => out.push_str(&crate::redact::redacted(text)),
                Some(Fact::Many(texts)) => out.push_str(&texts.join(", ")),
                None => out.push_str(otherwise.unwrap_or("?")),
            },
        }
    }
    out
}

/// Fills a command for a POSIX shell.
pub(crate) fn command(template: &str, facts: &Facts) -> String {
    let mut out = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Place { name, otherwise, commas } => match facts.get(name) {
                Some(Fact::One(text)) => out.push_str(&shell_quoted(text)),
                Some(Fact::Many(texts)) => {
                    let quoted: Vec<_> = texts.iter().map(|text| shell_quoted(text)).collect();
                    out.push_str(&quoted.join(if commas { "," } else { " " }));
                }
                None => out.push_str(&otherwise.map_or_else(|| placeholder(name), str::to_owned)),
            },
        }
    }
    out
}

/// Fills the texts of a JSON template; `None` when a fact without words for its absence is unknown.
pub(crate) fn json(template: &Value, facts: &Facts) -> Option<Value> {
    Some(match template {
        Value::String(text) => match whole_place(text) {
            Some(name) => match facts.get(name)? {
                Fact::One(text) => Value::String(text.clone()),
                Fact::Many(texts) => texts.iter().cloned().map(Value::String).collect(),
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

fn whole_place(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.strip_suffix('}')?;
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Splits a template. Braces that hold no name, as in JSON inside a command, are text.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    let mut from = 0;
    while let Some(open) = rest[from..].find('{').map(|at| at + from) {
        let Some(close) = rest[open..].find('}').map(|at| at + open) else { break };
        let inside = &rest[open + 1..close];
        let (name, otherwise) = match inside.split_once('|') {
            Some((name, otherwise)) => (name, Some(otherwise)),
            None => (inside, None),
        };
        let (name, commas) = name.strip_suffix(',').map_or((name, false), |name| (name, true));
        if is_name(name) {
            found.push(Piece::Text(&rest[..open]));
            found.push(Piece::Place { name, otherwise, commas });
            rest = &rest[close + 1..];
            from = 0;
        } else {
            from = open + 1;
        }
    }
    found.push(Piece::Text(rest));
    found
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

/// Quotes a value so that a POSIX shell takes it as it is.
pub(crate) fn shell_quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@=,+%".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let shown: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    format!("'{}'", shown.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.set("image", Some("repo:v1"));
        facts.set("evil", Some("$(reboot); 'x"));
        facts.set_many("subnets", vec!["subnet-1".into(), "subnet-2".into()]);
        facts
    }

    #[test]
    fn a_sentence_has_words_for_what_is_unknown() {
        assert_eq!(sentence("`{image|the image}` of {who|somebody}", &facts()), "`repo:v1` of somebody");
    }

    #[test]
    fn nothing_in_the_evidence_can_run() {
        assert_eq!(command("echo {evil} {taskRole}", &facts()), r"echo '$(reboot); '\''x' TASK_ROLE");
    }

    #[test]
    fn several_facts_become_words_or_elements() {
        assert_eq!(command("--subnet-ids {subnets}", &facts()), "--subnet-ids subnet-1 subnet-2");
        assert_eq!(command("subnets=[{subnets,}]", &facts()), "subnets=[subnet-1,subnet-2]");
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
