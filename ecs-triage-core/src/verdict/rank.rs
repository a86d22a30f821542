//! Which finding leads.

use crate::rules::{Cause, Confidence, Finding, Kind};

/// Findings in their places.
pub(super) struct Ranked {
    /// The root cause first.
    pub(super) leading: Vec<Finding>,
    /// What is true because of it.
    pub(super) effects: Vec<Finding>,
}

/// Orders findings, which come in the order of the rules.
pub(super) fn rank(findings: Vec<Finding>) -> Ranked {
    if findings.len() < 2 {
        return Ranked { leading: findings, effects: Vec::new() };
    }
    let (explained, findings) = apart(findings);
    let findings = merge_same(one_a_message(findings));
    let strongest = findings.iter().map(standing).max().unwrap_or_default();
    let mut leading = Vec::with_capacity(findings.len());
    let mut effects = merge_same(one_a_message(explained));
    for finding in findings {
        match finding.cause.rule().kind {
            // A wrapper and a routine event say nothing once a cause is known.
            Kind::Residual | Kind::Routine if standing(&finding) < strongest => {}
            Kind::Symptom if standing(&finding) < strongest => effects.push(finding),
            _ => leading.push(finding),
        }
    }
    // Newest first where times are known; a stable sort keeps the order of the rules otherwise.
    leading.sort_by(|one, other| {
        standing(other)
            .cmp(&standing(one))
            .then(other.confidence.cmp(&one.confidence))
            .then(other.at.cmp(&one.at))
    });
    Ranked { leading, effects }
}

/// Parts what a rule of the user's own explains from the rest.
fn apart(findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
    if !findings.iter().any(|finding| matches!(finding.cause, Cause::Own(_))) {
        return (Vec::new(), findings);
    }
    let is_explained = |finding: &Finding| {
        findings.iter().any(|other| {
            let is_sure = other.confidence >= Confidence::Likely && !other.is_refuted;
            let same_container = finding.container.is_none() || other.container == finding.container;
            is_sure && same_container && other.cause.rule().explains(finding.cause.rule())
        })
    };
    let places: Vec<bool> = findings.iter().map(is_explained).collect();
    let (explained, rest): (Vec<_>, Vec<_>) = findings.into_iter().zip(places).partition(|(_, is)| *is);
    let bare = |list: Vec<(Finding, bool)>| list.into_iter().map(|(finding, _)| finding).collect();
    (bare(explained), bare(rest))
}

/// How strongly a finding claims to be the answer. That nothing failed outweighs a mere possibility
/// that something did.
fn standing(finding: &Finding) -> u8 {
    match (finding.cause.rule().kind, finding.confidence) {
        (Kind::Cause, Confidence::Likely | Confidence::Confirmed) => 5,
        (Kind::Symptom, Confidence::Likely | Confidence::Confirmed) => 4,
        (Kind::Routine, _) => 3,
        (Kind::Cause, Confidence::Possible) => 2,
        (Kind::Residual, _) => 1,
        (Kind::Symptom, Confidence::Possible) => 0,
    }
}

/// Of several readings of one message keeps the surest; where all are mere possibilities, every one.
fn one_a_message(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let rival = kept.iter().position(|other| {
            other.citations[0] == finding.citations[0] && other.cause.rule().kind == finding.cause.rule().kind
        });
        match rival {
            Some(index)
                if kept[index].confidence >= Confidence::Likely
                    || finding.confidence >= Confidence::Likely =>
            {
                if finding.confidence > kept[index].confidence {
                    kept[index] = finding;
                }
            }
            _ => kept.push(finding),
        }
    }
    kept
}

/// One cause said in two places is one finding with two proofs.
fn merge_same(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let same = merged.iter_mut().find(|other| {
            let same_container = other.container.is_none()
                || finding.container.is_none()
                || other.container == finding.container;
            other.cause.code() == finding.cause.code() && same_container
        });
        let Some(other) = same else {
            merged.push(finding);
            continue;
        };
        if finding.confidence > other.confidence || finding.cause.known() > other.cause.known() {
            let old = std::mem::replace(other, finding);
            other.confidence = other.confidence.max(old.confidence);
            other.container = other.container.take().or(old.container);
            for citation in old.citations {
                if !other.citations.contains(&citation) {
                    other.citations.push(citation);
                }
            }
        } else {
            other.container = other.container.take().or(finding.container);
            for citation in finding.citations {
                if !other.citations.contains(&citation) {
                    other.citations.push(citation);
                }
            }
        }
    }
    merged
}
