//! A table of a file with its place, from which keys are taken one by one.

use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::error::Fault;
use super::super::texts::shown;
use super::OwnRulesError;

/// A table, the path of keys that leads to it, and the text it stands in.
pub(super) struct Table<'t> {
    text: &'t str,
    path: String,
    span: Range<usize>,
    members: Vec<(String, Range<usize>, DeValue<'t>, bool)>,
}

/// Where something is wrong.
pub(super) trait Located {
    /// The error at the place of the key that the fault names, else of the table.
    fn fault(&self, fault: Fault) -> OwnRulesError;
}

impl Located for Table<'_> {
    fn fault(&self, fault: Fault) -> OwnRulesError {
        let first = fault.key.split(['.', '[']).next().unwrap_or_default();
        let span =
            self.members.iter().find(|member| member.0 == first).map_or(&self.span, |member| &member.1);
        let key = match (self.path.as_str(), fault.key.as_str()) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        };
        let line = line_of(self.text, span.start);
        fault.at(Some(line), key)
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}

impl<'t> Table<'t> {
    pub(super) fn parse(text: &'t str) -> Result<Self, OwnRulesError> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self::new(text, String::new(), root.span(), root.into_inner())),
            Err(error) => {
                let line = error.span().map(|span| line_of(text, span.start));
                let found = error.message().lines().next().unwrap_or_default().to_owned();
                let fault = Fault::new("", "TOML", found).help("https://toml.io shows how it is written");
                Err(fault.at(line, "file".to_owned()))
            }
        }
    }

    fn new(text: &'t str, path: String, span: Range<usize>, table: DeTable<'t>) -> Self {
        let member = |(key, value): (Spanned<std::borrow::Cow<'t, str>>, Spanned<DeValue<'t>>)| {
            let span = key.span();
            (key.into_inner().into_owned(), span, value.into_inner(), false)
        };
        Self { text, path, span, members: table.into_iter().map(member).collect() }
    }

    fn take(&mut self, key: &str) -> Option<DeValue<'t>> {
        let member = self.members.iter_mut().find(|member| member.0 == key)?;
        member.3 = true;
        Some(std::mem::replace(&mut member.2, DeValue::Boolean(false)))
    }

    fn wrong(&self, key: &str, expected: &str, found: &DeValue<'_>) -> OwnRulesError {
        self.fault(Fault::new(key, expected, words(found)))
    }

    pub(super) fn optional_text(&mut self, key: &str) -> Result<Option<String>, OwnRulesError> {
        match self.take(key) {
            None => Ok(None),
            Some(DeValue::String(text)) => Ok(Some(text.into_owned())),
            Some(other) => Err(self.wrong(key, "a text", &other)),
        }
    }

    pub(super) fn text(&mut self, key: &str) -> Result<String, OwnRulesError> {
        self.optional_text(key)?.ok_or_else(|| self.fault(Fault::new(key, "a text", "none")))
    }

    pub(super) fn optional_one_of<T: Copy>(
        &mut self,
        key: &str,
        words: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Result<Option<T>, OwnRulesError> {
        let Some(text) = self.optional_text(key)? else { return Ok(None) };
        let known: Vec<(&str, T)> = words.into_iter().collect();
        match known.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let list: Vec<String> = known.iter().map(|(word, _)| format!("`{word}`")).collect();
                Err(self.fault(Fault::new(key, format!("one of {}", list.join(", ")), shown(&text))))
            }
        }
    }

    pub(super) fn one_of<T: Copy>(
        &mut self,
        key: &str,
        words: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Result<T, OwnRulesError> {
        let found = self.optional_one_of(key, words)?;
        found.ok_or_else(|| self.fault(Fault::new(key, "a word", "none")))
    }

    /// A list of texts; absent is empty.
    pub(super) fn texts(&mut self, key: &str) -> Result<Vec<String>, OwnRulesError> {
        let list = match self.take(key) {
            None => return Ok(Vec::new()),
            Some(DeValue::Array(list)) => list,
            Some(other) => return Err(self.wrong(key, "a list of texts", &other)),
        };
        let text = |value: Spanned<DeValue<'t>>| match value.into_inner() {
            DeValue::String(text) => Ok(text.into_owned()),
            other => Err(self.wrong(key, "a list of texts", &other)),
        };
        list.into_iter().map(text).collect()
    }

    /// A list of texts, numbers and truth values, each as a document would have it; absent is `None`.
    pub(super) fn values(&mut self, key: &str) -> Result<Option<Vec<String>>, OwnRulesError> {
        const EXPECTED: &str = "a list of texts, whole numbers, `true` or `false`";
        let list = match self.take(key) {
            None => return Ok(None),
            Some(DeValue::Array(list)) if !list.is_empty() => list,
            Some(other) => return Err(self.wrong(key, EXPECTED, &other)),
        };
        let value = |value: Spanned<DeValue<'t>>| match value.into_inner() {
            DeValue::String(text) => Ok(text.into_owned()),
            DeValue::Boolean(value) => Ok(value.to_string()),
            DeValue::Integer(number) => integer(&number)
                .map(|number| number.to_string())
                .ok_or_else(|| self.wrong(key, EXPECTED, &DeValue::Integer(number))),
            other => Err(self.wrong(key, EXPECTED, &other)),
        };
        list.into_iter().map(value).collect::<Result<_, _>>().map(Some)
    }

    pub(super) fn number(&mut self, key: &str) -> Result<Option<f64>, OwnRulesError> {
        let found = match self.take(key) {
            None => return Ok(None),
            Some(found) => found,
        };
        let number = match &found {
            DeValue::Integer(number) => integer(number).map(|number| number as f64),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number.filter(|number: &f64| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(key, "a number", &found)),
        }
    }

    pub(super) fn truth(&mut self, key: &str) -> Result<Option<bool>, OwnRulesError> {
        match self.take(key) {
            None => Ok(None),
            Some(DeValue::Boolean(value)) => Ok(Some(value)),
            Some(other) => Err(self.wrong(key, "`true` or `false`", &other)),
        }
    }

    /// A table as JSON; absent is an empty object.
    pub(super) fn json(&mut self, key: &str) -> Result<Value, OwnRulesError> {
        match self.take(key) {
            None => Ok(Value::Object(serde_json::Map::new())),
            Some(table @ DeValue::Table(_)) => json(table).ok_or_else(|| {
                self.fault(Fault::new(key, "what JSON can hold", "a time or a number that is none"))
            }),
            Some(other) => Err(self.wrong(key, "a table", &other)),
        }
    }

    /// A list of tables, written `[[key]]`; absent is empty.
    pub(super) fn tables(&mut self, key: &str) -> Result<Vec<Table<'t>>, OwnRulesError> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let expected = format!("tables that begin with `[[{}]]`", without_numbers(&path));
        let list = match self.take(key) {
            None => return Ok(Vec::new()),
            Some(DeValue::Array(list)) => list,
            Some(other) => return Err(self.wrong(key, &expected, &other)),
        };
        let table = |(at, value): (usize, Spanned<DeValue<'t>>)| {
            let span = value.span();
            match value.into_inner() {
                DeValue::Table(table) => Ok(Table::new(self.text, format!("{path}[{at}]"), span, table)),
                other => Err(self.wrong(key, &expected, &other)),
            }
        };
        list.into_iter().enumerate().map(table).collect()
    }

    /// Every key was taken: one that is not known was meant to do something.
    pub(super) fn finish(&self, known: &[&str]) -> Result<(), OwnRulesError> {
        let Some(unknown) = self.members.iter().find(|member| !member.3) else { return Ok(()) };
        let list: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
        let expected = format!("one of the keys {}", list.join(", "));
        Err(self.fault(Fault::new(unknown.0.clone(), expected, "a key that is not known")))
    }
}

/// `rule[0].when` as it is written between brackets: `rule.when`.
fn without_numbers(path: &str) -> String {
    path.split('.').filter_map(|part| part.split('[').next()).collect::<Vec<_>>().join(".")
}

fn integer(number: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

fn words(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => shown(text),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(value) => format!("`{value}`"),
        DeValue::Datetime(_) => "a time".to_owned(),
        DeValue::Array(list) if list.is_empty() => "an empty list".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn json(value: DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Integer(number) => integer(&number)?.into(),
        DeValue::Float(number) => {
            Value::Number(serde_json::Number::from_f64(number.as_str().replace('_', "").parse().ok()?)?)
        }
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(_) => return None,
        DeValue::Array(list) => {
            Value::Array(list.into_iter().map(|value| json(value.into_inner())).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => {
            let members = table
                .into_iter()
                .map(|(key, value)| Some((key.into_inner().into_owned(), json(value.into_inner())?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
    })
}
