//! Proves changes: makes each on a copy of the evidence and runs the rules again.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::evidence::Request;
use crate::rules::own::OwnRules;
use crate::rules::{self, Confidence, Finding, Kind};
use crate::signals::{self, Subject};

/// Proofs that were made. Tasks of one service ask for the same changes, which need one proof.
pub(super) struct Proofs<'o> {
    own: &'o OwnRules,
    made: Vec<(Change, &'static str, Proof)>,
}

/// What a proof came to.
#[derive(Clone, Default)]
struct Proof {
    is_proven: bool,
    /// What is not known of the evidence after the change, which keeps the change from being proven.
    asks: Vec<(Request, String)>,
}

impl<'o> Proofs<'o> {
    /// No proofs yet; the user's own rules run again too.
    pub(super) fn new(own: &'o OwnRules) -> Self {
        Self { own, made: Vec::new() }
    }

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
        let known = self.made.iter().position(|(known, of, _)| known == change && *of == code);
        let at = known.unwrap_or_else(|| {
            let proof = prove(change, finding, subject, self.own).unwrap_or_default();
            self.made.push((change.clone(), code, proof));
            self.made.len() - 1
        });
        &self.made[at].2
    }
}

/// A change is proven when the diagnosis is gone after it, and nothing worse has come.
fn prove(change: &Change, finding: &Finding, subject: &Subject<'_>, own: &OwnRules) -> Option<Proof> {
    let changed = change.applied(subject.evidence)?;
    let after = signals::subject(&changed, subject.kind, &subject.id)?;
    let found = rules::findings(&after, own);
    let left =
        found.iter().find(|other| same_fault(other, finding) && !has_lost_proof(other, finding, change));
    let before: BTreeSet<&str> =
        rules::findings(subject, own).iter().filter(|found| is_fault(found)).map(code).collect();
    let is_worse = found.iter().any(|other| is_fault(other) && !before.contains(code(other)));
    let is_proven =
        left.is_none() && !is_worse && changed.problems().len() <= subject.evidence.problems().len();
    let asks = left.filter(|left| !left.is_settled).map(|left| left.asks.clone()).unwrap_or_default();
    Some(Proof { is_proven, asks })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::evidence::Evidence;
    use crate::rules::own;
    use crate::signals::subjects;

    #[test]
    fn a_change_that_does_not_help_is_not_proven() {
        let mut evidence = Evidence::new();
        let reason = "CannotPullContainerError: pull access denied: User: \
            arn:aws:sts::111122223333:assumed-role/web-execution/0a1b2c3d is not authorized to perform: \
            ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the \
            ecr:GetAuthorizationToken action";
        let task = json!({
            "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/0a1b2c3d", "lastStatus": "STOPPED",
            "stopCode": "TaskFailedToStart", "stoppedReason": reason, "containers": [],
        });
        evidence.add_value(None, json!({ "tasks": [task] })).unwrap();
        let role = "web-execution";
        let arn = "arn:aws:iam::111122223333:role/web-execution";
        for (operation, answer) in [
            ("GetRole", json!({ "Role": { "RoleName": role, "Arn": arn } })),
            ("ListAttachedRolePolicies", json!({ "AttachedPolicies": [], "IsTruncated": false })),
            ("ListRolePolicies", json!({ "PolicyNames": [], "IsTruncated": false })),
        ] {
            let request = Request::new("iam", operation, json!({ "RoleName": role }));
            evidence.add_answer(&request, answer).unwrap();
        }
        let of_task = subjects(&evidence);
        let subject = &of_task[0];
        let found = rules::findings(subject, &own::NONE);
        let finding =
            found.iter().find(|found| code(found) == "iam-ecr-auth-token-denied").expect("the refusal");
        let is_proven = |change: &Change| Proofs::new(&own::NONE).is_proven(change, finding, subject);
        let allow = |action, resource| Change::allow(&evidence, role, "x", [(action, resource)]);
        assert!(is_proven(&allow("ecr:GetAuthorizationToken", "*")));
        let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/web";
        for (action, resource) in [
            ("ecr:GetAuthorizationToken", repository),
            ("ecr:BatchGetImage", "*"),
            ("logs:CreateLogStream", "*"),
        ] {
            assert!(!is_proven(&allow(action, resource)), "{action} on {resource}");
        }
        let readers = "arn:aws:iam::aws:policy/AmazonEC2ContainerServiceRole";
        assert!(!is_proven(&Change::attach(&evidence, role, readers, "x")));
    }
}
