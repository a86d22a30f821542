//! From the root cause over its mechanism to what was seen.

use std::borrow::Cow;

use crate::redact::redacted;
use crate::report::{Link, LinkRole};
use crate::rules::Rule;
use crate::signals::{Source, Subject};

pub(super) fn chain(summary: &str, rule: &Rule, subject: &Subject<'_>) -> Vec<Link> {
    let mut links = Vec::with_capacity(3);
    links.extend([
        Link { role: LinkRole::Root, text: summary.to_owned().into() },
        Link { role: LinkRole::Mechanism, text: rule.explanation.into() },
    ]);
    if let Some(text) = symptom(subject) {
        links.push(Link { role: LinkRole::Symptom, text: text.into() });
    }
    links
}

/// What ECS itself shows of it.
fn symptom(subject: &Subject<'_>) -> Option<String> {
    let task = subject.task.as_ref()?;
    // What was cited of it need not be blanked again.
    let cited =
        subject.statements_of(Source::TaskStoppedReason).find_map(|said| said.citation.value.as_str());
    let reason = cited.map(Cow::Borrowed).or_else(|| task.stopped_reason().map(redacted));
    Some(match (task.stop_code(), reason) {
        (Some(code), Some(reason)) => [code, ": ", &reason].concat(),
        (Some(code), None) => code.to_owned(),
        (None, Some(reason)) => reason.into_owned(),
        (None, None) => format!("the task stands at {}", task.last_status()?),
    })
}
