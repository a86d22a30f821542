//! Proves changes: makes each on a copy of the evidence and runs the rules again.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::evidence::{Evidence, Request};
use crate::rules::{self, Confidence, Finding, Kind};
use crate::signals::{Subject, subjects};

/// Proofs that were made. Tasks of one service ask for the same changes, which need one proof.
#[derive(Default)]
pub(super) struct Proofs(Vec<(Change, &'static str, Proof)>);

/// What a proof came to.
#[derive(Clone, Default)]
struct Proof {
    is_proven: bool,
    /// What is not known of the evidence after the change, which keeps the change from being proven.
    asks: Vec<(Request, String)>,
}

impl Proofs {
    /// Whether the change is proven, by an earlier proof or a new one.
    pub(super) fn is_proven(&mut self, change: &Change, finding: &Finding, subject: &Subject<'_>) -> bool {
        self.of(change, finding, subject).is_proven
    }

    /// What would prove one of the finding's changes, as long as none is proven.
    pub(super) fn asks(&mut self, finding: &Finding, subject: &Subject<'_>) -> Vec<(Request, String)> {
        let mut open = Vec::new();
        for change in &finding.changes {
            let proof = self.of(change, finding, subject);
            if proof.is_proven {
                return Vec::new();
            }
            open.extend(proof.asks.iter().cloned());
        }
        open
    }

    fn of(&mut self, change: &Change, finding: &Finding, subject: &Subject<'_>) -> &Proof {
        let code = finding.cause.code();
        let known = self.0.iter().position(|(known, of, _)| known == change && *of == code);
        let at = known.unwrap_or_else(|| {
            let proof = prove(change, finding, subject).unwrap_or_default();
            self.0.push((change.clone(), code, proof));
            self.0.len() - 1
        });
        &self.0[at].2
    }
}

/// A change is proven when the diagnosis is gone after it, and nothing worse has come.
fn prove(change: &Change, finding: &Finding, subject: &Subject<'_>) -> Option<Proof> {
    let changed = change.applied(subject.evidence)?;
    let after = same_subject(&changed, subject)?;
    let found = rules::findings(&after);
    let left = found.iter().find(|other| same_fault(other, finding) && !has_lost_proof(other, finding, change));
    let before: BTreeSet<&str> =
        rules::findings(subject).iter().filter(|found| is_fault(found)).map(code).collect();
    let is_worse = found.iter().any(|other| is_fault(other) && !before.contains(code(other)));
    let is_proven =
        left.is_none() && !is_worse && changed.problems().len() <= subject.evidence.problems().len();
    let asks = left.filter(|left| !left.is_settled).map(|left| left.asks.clone()).unwrap_or_default();
    Some(Proof { is_proven, asks })
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
