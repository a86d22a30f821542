//! Messages that stand beside others in a list or a log, and what they say together.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::message::Message;
use super::services::{says_steady, since_steady};
use super::statement::{Said, Source, Statement};
use crate::Timestamp;
use crate::evidence::text::MessageText;
use crate::evidence::{Document, Evidence};

/// Messages of which more than one tells of the same service, in one document: its events, as a query or a log has them.
pub(super) struct Told<'e> {
    pub(super) service: String,
    messages: Vec<(MessageText<'e>, Message)>,
}

impl<'e> Told<'e> {
    /// The groups of such messages.
    pub(super) fn among(evidence: &'e Evidence) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        let mut places: HashMap<(String, *const Document), usize> = HashMap::new();
        for text in evidence.all::<MessageText<'e>>() {
            let message = Message::parse(text.text());
            let Some(service) = message.service_event().and_then(|event| event.service.clone()) else {
                continue;
            };
            let place = *places.entry((service.clone(), document(&text))).or_insert_with(|| {
                found.push(Self { service, messages: Vec::new() });
                found.len() - 1
            });
            found[place].messages.push((text, message));
        }
        found.retain(|told| told.messages.len() > 1);
        found
    }

    /// What they say since the service was last steady, newest first. Without times they are in ECS's own order, which is
    /// that.
    pub(super) fn statements(self) -> Vec<Statement> {
        let statement = |(text, message): (MessageText<'_>, Message)| {
            let at = time_beside(&text);
            Statement::read(Arc::new(Said::new(Source::ServiceEvent, message)), text.node().citation()).at(at)
        };
        let mut said: Vec<Statement> = self.messages.into_iter().map(statement).collect();
        if said.iter().all(|statement| statement.at.is_some()) {
            // Of two at the same time the later line of a log is the newer one.
            if said.first().map(|first| first.at) < said.last().map(|last| last.at) {
                said.reverse();
            }
            said.sort_by_key(|statement| Reverse(statement.at));
        }
        since_steady(said, says_steady)
    }
}

/// The time of the record that holds a message.
fn time_beside(text: &MessageText<'_>) -> Option<Timestamp> {
    const TIMES: [&str; 8] =
        ["createdAt", "timestamp", "@timestamp", "time", "ts", "date", "at", "Timestamp"];
    let (record, _) = text.node().pointer().rsplit_once('/')?;
    match text.node().document().as_read().pointer(record)? {
        // A row that a query made.
        Value::Array(cells) => cells.iter().find_map(|cell| Timestamp::parse(cell.as_str()?)),
        record => TIMES.iter().find_map(|name| Timestamp::from_json(record.get(*name)?)),
    }
}

/// Messages that are none of those, and say more than that something ended where another of their document says why.
pub(super) fn on_their_own<'e>(evidence: &'e Evidence, told: &[Told<'e>]) -> Vec<MessageText<'e>> {
    let told = told.iter().flat_map(|told| &told.messages);
    let told: HashSet<_> = told.map(|(text, _)| (document(text), text.node().pointer())).collect();
    let has_bare = evidence.all::<MessageText<'e>>().any(|text| is_end(&text));
    let explaining = evidence
        .all::<MessageText<'e>>()
        .filter(|text| has_bare && !Message::parse(text.text()).error_names().is_empty());
    let explained: HashSet<_> = explaining.map(|text| document(&text)).collect();
    let is_own = |text: &MessageText<'_>| {
        let is_explained = is_end(text) && explained.contains(&document(text));
        !is_explained && !told.contains(&(document(text), text.node().pointer()))
    };
    evidence.all().filter(is_own).collect()
}

/// The document that a message stands in.
fn document(text: &MessageText<'_>) -> *const Document {
    text.node().document()
}

/// Whether a message says that an essential container ended, or that a task did not begin, and nothing more.
fn is_end(text: &MessageText<'_>) -> bool {
    is_exit(text) || is_sentence(text, "task failed to start")
}

fn is_exit(text: &MessageText<'_>) -> bool {
    is_sentence(text, "essential container in task exited")
}

fn is_sentence(text: &MessageText<'_>, sentence: &str) -> bool {
    text.text().trim().trim_end_matches('.').eq_ignore_ascii_case(sentence)
}

/// The exit code that stands beside a message that only tells of an exit, in the row that a query made: the only one
/// that is not 0, or 0 where nothing else is there.
pub(super) fn exit_beside(text: &MessageText<'_>) -> Option<i64> {
    let (row, _) = text.node().pointer().rsplit_once('/').filter(|_| is_exit(text))?;
    let Value::Array(cells) = text.node().document().as_read().pointer(row)? else { return None };
    let mut codes = Vec::new();
    for cell in cells {
        collect(cell, 3, &mut codes)?;
    }
    let failed = codes.iter().find(|code| **code != 0);
    let code = *failed.or(codes.first())?;
    codes.iter().all(|other| *other == code || *other == 0).then_some(code)
}

/// Adds the numbers of a cell and the lists in it; nothing when one can be no exit code.
fn collect(cell: &Value, depth: usize, codes: &mut Vec<i64>) -> Option<()> {
    match cell {
        Value::Number(number) => {
            codes.push(number.as_i64().filter(|code| (-1..=255).contains(code))?);
            Some(())
        }
        Value::Array(cells) if depth > 0 => cells.iter().try_for_each(|cell| collect(cell, depth - 1, codes)),
        _ => Some(()),
    }
}
