//! The YAML that the AWS CLI and CloudFormation print: block maps and lists, plain, quoted and block scalars.
//!
//! A subset reader rather than a YAML library: pasted YAML is cut, indented and mixed with other lines, which a
//! conforming parser must refuse; and without anchors nothing can multiply.

use serde_json::{Map, Value};

use super::{
    builder::{Builder, Group},
    fields, labels, literal,
};

/// Lines looked at to decide whether YAML begins.
const AHEAD: usize = 40;

/// What was read from a run of lines.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) values: Vec<Value>,
    /// The first line that is not part of it.
    pub(super) next: usize,
    pub(super) cut: bool,
    pub(super) lost: bool,
}

/// One line: the columns of its dashes, and what follows them.
struct Line<'a> {
    dashes: Vec<usize>,
    column: usize,
    key: Option<&'a str>,
    value: &'a str,
}

/// Whether YAML with AWS's members begins at the first of these lines.
pub(super) fn starts(lines: &[&str]) -> bool {
    let Some(first) = lines.first().and_then(|line| split(line)) else {
        return false;
    };
    let known = |line: &Line| line.key.is_some_and(fields::is_known);
    let common = first.key.is_some_and(|key| {
        let lower = key.to_ascii_lowercase();
        fields::COMMON.contains(&lower.as_str())
    });
    if !known(&first) && !common {
        return false;
    }
    let mut keys = 0;
    let mut any_known = false;
    let mut block = false;
    for line in lines.iter().take(AHEAD) {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match split(line) {
            Some(line) if line.key.is_some() => {
                block = line.value.is_empty();
                keys += 1;
                any_known |= known(&line);
            }
            Some(_) => {}
            // More of a plain scalar; below a bare key it would be a listing of some tool.
            None if keys > 0 && !block && line.starts_with(' ') => {}
            None if block => return false,
            None => break,
        }
    }
    keys >= 2 && any_known
}

/// Splits a line into dashes, key and value. Nothing for a line that is neither an item nor a pair.
fn split(line: &str) -> Option<Line<'_>> {
    let mut rest = line.trim_start();
    let mut column = line.len() - rest.len();
    let mut dashes = Vec::new();
    while let Some(more) = rest.strip_prefix('-') {
        if !(more.is_empty() || more.starts_with(' ')) || dashes.len() > 8 {
            return None;
        }
        dashes.push(column);
        let trimmed = more.trim_start();
        column += 1 + more.len() - trimmed.len();
        rest = trimmed;
    }
    let rest = rest.trim_end();
    let (quoted, body) = match rest.strip_prefix(['"', '\'']) {
        Some(body) => (true, body),
        None => (false, rest),
    };
    let name = body.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-./:".contains(b)).count();
    let name =
        body[..name].find(": ").or_else(|| body[..name].ends_with(':').then(|| name - 1)).unwrap_or(name);
    let after = if quoted { body[name..].strip_prefix(['"', '\'']) } else { Some(&body[name..]) };
    let value = after.and_then(|after| after.strip_prefix(':'));
    if let Some(value) = value
        && name > 0
        && (value.is_empty() || value.starts_with(' '))
        && body.as_bytes()[0].is_ascii_alphabetic()
    {
        return Some(Line { dashes, column, key: Some(&body[..name]), value: value.trim() });
    }
    (!dashes.is_empty()).then_some(Line { dashes, column, key: None, value: rest })
}

/// Reads from line `from` for as long as the lines are YAML.
pub(super) fn read(lines: &[&str], from: usize) -> Region {
    let mut reader = Reader { lines, at: from, builder: Builder::new(), levels: Vec::new(), cut: false };
    while reader.step() {}
    let (next, cut) = (reader.at, reader.cut);
    while reader.levels.last().is_some_and(|level| level.opened) {
        reader.pop();
    }
    let finished = reader.builder.finish();
    let values = match without_bullets(Value::Array(finished.values)) {
        Value::Array(values) => values.into_iter().map(without_bullets).collect(),
        value => vec![value],
    };
    Region { values, next, cut, lost: finished.lost }
}

/// A list of one pair each is one object, of whose members somebody made a list.
fn without_bullets(value: Value) -> Value {
    let pair = |item: &Value| {
        let (key, value) = item.as_object().filter(|item| item.len() == 1)?.iter().next()?;
        let is_field = fields::is_known(key) || fields::COMMON.contains(&key.as_str());
        (is_field && !value.is_object() && !value.is_array()).then(|| (key.clone(), value.clone()))
    };
    let Value::Array(items) = &value else { return value };
    let pairs: Option<Map<String, Value>> = items.iter().map(pair).collect();
    match pairs {
        Some(pairs) if pairs.len() > 1 && pairs.len() == items.len() => Value::Object(pairs),
        _ => value,
    }
}

struct Level {
    column: usize,
    group: Group,
    /// Opened in the builder; the outermost level of the text is the builder's root.
    opened: bool,
}

struct Reader<'a, 'b> {
    lines: &'b [&'a str],
    at: usize,
    builder: Builder,
    levels: Vec<Level>,
    cut: bool,
}

impl Reader<'_, '_> {
    fn step(&mut self) -> bool {
        let Some(&text) = self.lines.get(self.at) else {
            return false;
        };
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') || trimmed == "---" || trimmed == "..." {
            self.at += 1;
            return true;
        }
        let Some(line) = split(text) else {
            return false;
        };
        // `- container exitCode: 0` is a note of somebody.
        if line.key.is_none() && labels::tells(line.value) {
            return false;
        }
        self.at += 1;
        for dash in &line.dashes {
            self.enter(*dash, Group::List);
        }
        let Some(key) = line.key else {
            let value = self.scalar(line.value, line.column);
            self.builder.value(value);
            return true;
        };
        self.enter(line.column, Group::Map);
        self.builder.key(key);
        if line.value.is_empty() && self.holds_block(line.column) {
            return true;
        }
        let value = self.scalar(line.value, line.column);
        self.builder.value(fields::without_remark(key, value));
        true
    }

    /// Whether the next line is a block below a key in this column, or a list in the same column.
    fn holds_block(&self, column: usize) -> bool {
        let next = self.lines[self.at..].iter().find(|line| !line.trim().is_empty());
        next.and_then(|line| split(line)).is_some_and(|line| match line.dashes.first() {
            Some(dash) => *dash >= column,
            None => line.column > column,
        })
    }

    /// Makes the group in this column the innermost one.
    fn enter(&mut self, column: usize, group: Group) {
        while let Some(top) = self.levels.last() {
            let same = top.column == column;
            let below = self.levels.len() >= 2
                && self.levels[self.levels.len() - 2].column == column
                && self.levels[self.levels.len() - 2].group == group;
            let waits = group == Group::List && self.builder.pending_key().is_some();
            if top.column > column || (same && top.group != group && !waits && (below || group == Group::Map))
            {
                self.pop();
            } else {
                break;
            }
        }
        if self.levels.last().is_some_and(|top| top.column == column && top.group == group) {
            return;
        }
        let opened = !self.levels.is_empty();
        if opened {
            self.builder.open(group.clone());
        }
        self.levels.push(Level { column, group, opened });
    }

    fn pop(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.builder.drop_key();
            self.cut |= !level.opened;
            self.builder.close(&level.group);
        }
    }

    fn scalar(&mut self, text: &str, column: usize) -> Value {
        let mut text = text;
        // Tags and anchors say nothing here.
        while text.starts_with(['!', '&']) {
            text = text.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
        }
        match text.chars().next() {
            Some('>' | '|') if text.len() <= 3 => return self.block(column, text.starts_with('|')),
            Some(quote @ ('"' | '\'')) => return Value::String(self.quoted(text, quote)),
            Some('[' | '{') => {
                let region = literal::read(text, 0, None);
                if let [value] = region.values.as_slice() {
                    return value.clone();
                }
                return Value::Null;
            }
            // Somebody's emphasis, not an alias.
            Some('`') => text = text.trim_matches('`'),
            Some('*') if text.starts_with("**") => text = text.trim_matches('*'),
            Some('*') => return Value::Null,
            _ => {}
        }
        let text = text.split(" #").next().unwrap_or(text).trim_end();
        match text {
            "" | "null" | "~" | "None" => return Value::Null,
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            _ => {}
        }
        if let Ok(number @ Value::Number(_)) = serde_json::from_str(text) {
            return number;
        }
        let mut full = text.to_owned();
        while let Some(next) = self.continuation(column) {
            full.push(' ');
            full.push_str(next);
        }
        Value::String(full)
    }

    /// The next line's text if it can only be more of a plain scalar.
    fn continuation(&mut self, column: usize) -> Option<&str> {
        let next = *self.lines.get(self.at)?;
        let indent = next.len() - next.trim_start().len();
        // A member that AWS does not have, below a value, is a word of a sentence: `interface: TagPolicyViolation`.
        let is_own = |line: Line<'_>| !line.dashes.is_empty() || line.key.is_some_and(fields::is_known);
        if next.trim().is_empty() || indent <= column || split(next).is_some_and(is_own) {
            return None;
        }
        self.at += 1;
        Some(next.trim())
    }

    fn quoted(&mut self, text: &str, quote: char) -> String {
        let mut full = String::new();
        let mut line = &text[1..];
        loop {
            let mut chars = line.char_indices().peekable();
            let mut joined = false;
            while let Some((at, c)) = chars.next() {
                if c == quote {
                    if quote == '\'' && line[at + 1..].starts_with('\'') {
                        full.push(c);
                        chars.next();
                        continue;
                    }
                    return full;
                }
                if c != '\\' || quote == '\'' {
                    full.push(c);
                    continue;
                }
                match chars.next() {
                    None => joined = true,
                    Some((_, 'n')) => full.push('\n'),
                    Some((_, 't')) => full.push('\t'),
                    Some((at, kind @ ('u' | 'x'))) => {
                        let digits = if kind == 'u' { 4 } else { 2 };
                        let code = line
                            .get(at + 1..at + 1 + digits)
                            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
                        if let Some(code) = code {
                            full.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                            for _ in 0..digits {
                                chars.next();
                            }
                        }
                    }
                    Some((_, c)) => full.push(c),
                }
            }
            // A blank line inside quotes stands for a break; where nothing closes them, the text is cut there.
            let ahead = self.lines.get(self.at..).unwrap_or_default().iter().take(AHEAD);
            let is_closed = ahead.into_iter().any(|line| line.trim_end().ends_with(quote));
            let Some(next) = self.lines.get(self.at).filter(|next| is_closed || !next.trim().is_empty())
            else {
                self.cut = true;
                return full;
            };
            self.at += 1;
            if !joined {
                full.push(' ');
            }
            line = next.trim();
        }
    }

    fn block(&mut self, column: usize, literal: bool) -> Value {
        let mut full = String::new();
        while let Some(&line) = self.lines.get(self.at) {
            let indent = line.len() - line.trim_start().len();
            if indent <= column && !line.trim().is_empty() {
                break;
            }
            self.at += 1;
            if !full.is_empty() {
                full.push(if literal { '\n' } else { ' ' });
            }
            full.push_str(line.trim());
        }
        full.truncate(full.trim_end().len());
        Value::String(full)
    }
}
