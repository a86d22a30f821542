//! What to change, with the real names filled in.

use std::borrow::Cow;

use serde_json::Value;

use super::prove::Proofs;
use super::suited::{Starter, command_or_advice, suited};
use crate::change::{Blast, Change, Form, named_by_content};
use crate::redact::{BLANK, redacted};
use crate::report::{Remedy, RemedyKind};
use crate::rules::{Cause, Finding, FixKind};
use crate::signals::{Facts, Subject};
use crate::template;

/// The exact changes first, those that are proven before others, each in all its forms; then what the rule advises
/// in general.
pub(super) fn remedies(
    finding: &Finding,
    facts: &Facts,
    subject: &Subject<'_>,
    proofs: &mut Proofs<'_>,
) -> Vec<Remedy> {
    let mut changes: Vec<(&Change, bool)> =
        finding.changes.iter().map(|change| (change, proofs.is_proven(change, finding, subject))).collect();
    changes.sort_by_key(|(_, proven)| !proven);
    let starter = Starter::of(subject);
    let changes = changes.into_iter().flat_map(|(change, proven)| forms(change, proven, starter));
    changes.chain(fixes(finding, facts, subject, starter)).collect()
}

fn forms(change: &Change, proven: bool, starter: Starter) -> Vec<Remedy> {
    let remedy = |form: &Form| {
        let mut blast = change.blast;
        let (kind, command, body) = match form {
            Form::Command(line) => match command_or_advice(starter, line.clone())? {
                Ok(line) => (RemedyKind::Command, Some(line), None),
                Err(advice) => {
                    blast = Blast::NextStart;
                    (RemedyKind::Advice, None, Some(Value::String(advice)))
                }
            },
            Form::Patch(patch) => (RemedyKind::Patch, None, Some(patch.clone())),
            Form::Document(document) => (RemedyKind::Document, None, Some(document.clone())),
            Form::Policy(policy) => (RemedyKind::Policy, None, Some(policy.clone())),
            Form::Templates { terraform, cloud_formation } => {
                let body = serde_json::json!({ "terraform": terraform, "cloudFormation": cloud_formation });
                (RemedyKind::Patch, None, Some(body))
            }
        };
        let mut title = redacted(&change.title).into_owned();
        if matches!(form, Form::Document(document) if is_masked(document)) {
            title.push_str(MASKED);
        }
        let mut remedy = Remedy {
            title: title.into(),
            kind,
            mutating: blast.is_mutating(),
            proven,
            blast_radius: blast.words().into(),
            command,
            body,
        };
        // Names are blanked where a command is put together; as a whole it may look like a list of what is secret.
        remedy.body.iter_mut().for_each(blank);
        Some(remedy)
    };
    change.forms.iter().filter_map(remedy).collect()
}

/// Whoever registers a document as it is shown would write the blanks into the new revision.
const MASKED: &str = " (as a document: put back the values that are blanked in it)";

/// Whether a value that could be a secret is blanked in it.
fn is_masked(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(BLANK),
        Value::Array(values) => values.iter().any(is_masked),
        Value::Object(members) => members.values().any(is_masked),
        _ => false,
    }
}

/// Blanks what could be a secret: in a document that was broken, a name may have taken in what follows it.
fn blank(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(blanked) = redacted(text) {
                *text = blanked;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(blank),
        Value::Object(members) => members.values_mut().for_each(blank),
        _ => {}
    }
}

fn fixes(finding: &Finding, facts: &Facts, subject: &Subject<'_>, starter: Starter) -> Vec<Remedy> {
    let fixes = finding.fixes.as_deref().unwrap_or(finding.cause.rule().fixes);
    // What users wrote into rules of their own stands as they wrote it.
    let is_own = matches!(finding.cause, Cause::Own(_));
    let (fixes, starter) = match is_own {
        true => (Cow::Borrowed(fixes), Starter::Service),
        false => (suited(fixes, subject, facts), starter),
    };
    let fixes = fixes.iter().filter_map(|fix| {
        let mut blast = fix.blast;
        let (kind, command, body) = match fix.kind {
            FixKind::Command => {
                let command = template::command(fix.body, facts);
                let command = if is_own { command } else { named_by_content(command) };
                match command_or_advice(starter, command)? {
                    Ok(command) => (RemedyKind::Command, Some(command), None),
                    Err(advice) => {
                        blast = Blast::NextStart;
                        (RemedyKind::Advice, None, Some(Value::String(advice)))
                    }
                }
            }
            FixKind::Advice => {
                (RemedyKind::Advice, None, Some(Value::String(template::sentence(fix.body, facts))))
            }
        };
        Some(Remedy {
            title: template::worded(fix.title, facts),
            kind,
            mutating: blast.is_mutating(),
            proven: false,
            blast_radius: blast.words().into(),
            command,
            body,
        })
    });
    fixes.collect()
}
