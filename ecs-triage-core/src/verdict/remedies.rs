//! What to change, with the real names filled in.

use serde_json::Value;

use crate::report::{Remedy, RemedyKind};
use crate::rules::{FixKind, Rule};
use crate::signals::Facts;
use crate::template;

pub(super) fn remedies(rule: &Rule, facts: &Facts) -> Vec<Remedy> {
    let fixes = rule.fixes.iter().map(|fix| {
        let (kind, command, body) = match fix.kind {
            FixKind::Command => (RemedyKind::Command, Some(template::command(fix.body, facts)), None),
            FixKind::Advice => {
                (RemedyKind::Advice, None, Some(Value::String(template::sentence(fix.body, facts))))
            }
        };
        Remedy {
            title: template::sentence(fix.title, facts),
            kind,
            mutating: fix.blast.is_mutating(),
            proven: false,
            blast_radius: fix.blast.words().to_owned(),
            command,
            body,
        }
    });
    fixes.collect()
}
