//! Proves changes: makes each on a copy of the evidence and runs the rules again.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::evidence::Evidence;
use crate::rules::{self, Confidence, Finding, Kind};
use crate::signals::{Subject, subjects};

/// Proofs that were made. Tasks of one service ask for the same changes, which need one proof.
#[derive(Default)]
pub(super) struct Proofs(Vec<(Change, &'static str, bool)>);

impl Proofs {
    /// Whether the change is proven, by an earlier proof or a new one.
    pub(super) fn is_proven(&mut self, change: &Change, finding: &Finding, subject: &Subject<'_>) -> bool {
        let known = self.0.iter().find(|(known, code, _)| known == change && *code == finding.cause.code());
        if let Some((_, _, proven)) = known {
            return *proven;
        }
        let proven = is_proven(change, finding, subject);
        self.0.push((change.clone(), finding.cause.code(), proven));
        proven
    }
}

/// Whether the diagnosis is gone after the change, and nothing worse has come.
fn is_proven(change: &Change, finding: &Finding, subject: &Subject<'_>) -> bool {
    let Some(changed) = change.applied(subject.evidence) else { return false };
    let Some(after) = same_subject(&changed, subject) else { return false };
    let found = rules::findings(&after);
    let is_gone =
        !found.iter().any(|other| same_fault(other, finding) && !has_lost_proof(other, finding, change));
    let before: BTreeSet<&str> =
        rules::findings(subject).iter().filter(|found| is_fault(found)).map(code).collect();
    let is_worse = found.iter().any(|other| is_fault(other) && !before.contains(code(other)));
    is_gone && !is_worse && changed.problems().len() <= subject.evidence.problems().len()
}

fn same_subject<'e>(evidence: &'e Evidence, subject: &Subject<'_>) -> Option<Subject<'e>> {
    subjects(evidence).into_iter().find(|other| other.kind == subject.kind && other.id == subject.id)
}

/// The message that told of the fault stays in the evidence; what must go is the fault behind it, which the
/// rule then calls refuted.
fn same_fault(other: &Finding, finding: &Finding) -> bool {
    code(other) == code(finding) && other.container == finding.container && !other.is_refuted
}

/// Whether the place that proved the fault is the one that was changed, and proves it no more.
fn has_lost_proof(other: &Finding, finding: &Finding, change: &Change) -> bool {
    let was_proven_there = finding.confidence == Confidence::Confirmed
        && !finding.is_weighed
        && finding.citations.iter().any(|citation| change.touches(&citation.document, &citation.pointer));
    was_proven_there && other.confidence < Confidence::Confirmed
}

fn is_fault(finding: &Finding) -> bool {
    finding.cause.rule().kind == Kind::Cause
        && finding.confidence >= Confidence::Likely
        && !finding.is_refuted
}

fn code(finding: &Finding) -> &'static str {
    finding.cause.code()
}
