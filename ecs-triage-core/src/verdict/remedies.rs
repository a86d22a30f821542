//! What to change, with the real names filled in.

use std::borrow::Cow;

use serde_json::Value;

use super::prove::Proofs;
use crate::change::{Change, Form};
use crate::redact::redacted;
use crate::report::{Remedy, RemedyKind};
use crate::rules::{Finding, FixKind};
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
    let changes = changes.into_iter().flat_map(|(change, proven)| forms(change, proven));
    changes.chain(fixes(finding, facts)).collect()
}

fn forms(change: &Change, proven: bool) -> Vec<Remedy> {
    let remedy = |form: &Form| {
        let (kind, command, body) = match form {
            Form::Command(line) => (RemedyKind::Command, Some(line.clone()), None),
            Form::Patch(patch) => (RemedyKind::Patch, None, Some(patch.clone())),
            Form::Document(document) => (RemedyKind::Document, None, Some(document.clone())),
            Form::Policy(policy) => (RemedyKind::Policy, None, Some(policy.clone())),
            Form::Templates { terraform, cloud_formation } => {
                let body = serde_json::json!({ "terraform": terraform, "cloudFormation": cloud_formation });
                (RemedyKind::Patch, None, Some(body))
            }
        };
        let mut remedy = Remedy {
            title: redacted(&change.title).into_owned(),
            kind,
            mutating: change.blast.is_mutating(),
            proven,
            blast_radius: change.blast.words().to_owned(),
            command,
            body,
        };
        // Names are blanked where a command is put together; as a whole it may look like a list of what is secret.
        remedy.body.iter_mut().for_each(blank);
        remedy
    };
    change.forms.iter().map(remedy).collect()
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

fn fixes(finding: &Finding, facts: &Facts) -> Vec<Remedy> {
    let fixes = finding.fixes.as_deref().unwrap_or(finding.cause.rule().fixes);
    let fixes = fixes.iter().map(|fix| {
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
