//! Exact changes that give a role what it lacks.

use super::settle::{Candidate, Case, needs_of};
use super::{Blast, Finding};
use crate::access::{Access, may_allow};
use crate::arn::Arn;
use crate::change::Change;
use crate::iam::PolicyType;
use crate::needs::policy_resources;

/// AWS's managed policies for each of ECS's roles, without `arn:aws:iam::aws:policy/`.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html>
const MANAGED: &[(&str, &str)] = &[
    ("execution", "service-role/AmazonECSTaskExecutionRolePolicy"),
    ("instance", "service-role/AmazonEC2ContainerServiceforEC2Role"),
    ("infrastructure", "service-role/AmazonECSInfrastructureRolePolicyForVolumes"),
    ("infrastructure", "AmazonECSInfrastructureRolePolicyForManagedInstances"),
    ("service", "service-role/AmazonEC2ContainerServiceRole"),
];

/// Adds what would let the role in: AWS's managed policy where it is made for that, and the least that is missing.
///
/// The rule's own commands of the same purpose, which know less, go.
pub(super) fn repaired(
    case: &Case<'_, '_>,
    finding: Finding,
    refused: &Candidate,
    access: &Access,
) -> Finding {
    let role = case.role_name();
    let mut finding = finding;
    if let Some(policy) = managed_policy(case, refused, access) {
        let name = policy.rsplit('/').next().unwrap_or(&policy);
        let title = format!("Attach AWS's managed policy {name} to the role");
        finding = finding.change(Change::attach(case.subject.evidence, role, &policy, title));
    }
    let lacking = lacking(case, refused);
    let named: Vec<(&str, &str)> =
        lacking.iter().map(|(action, resource)| (action.as_str(), resource.as_str())).collect();
    if !named.is_empty() {
        let title = if finding.changes.is_empty() {
            "Allow the role what it lacks, and no more"
        } else {
            "Or allow the role what it lacks, and no more"
        };
        finding = finding.change(Change::allow(case.subject.evidence, role, title, named));
    }
    if finding.changes.is_empty() {
        return finding;
    }
    without_roles(finding)
}

/// Without the rule's commands that change the role.
pub(super) fn without_roles(finding: Finding) -> Finding {
    let others = finding.cause.rule().fixes.iter().filter(|fix| fix.blast != Blast::Role).copied().collect();
    finding.fixed_by(others)
}

/// AWS's managed policy for the role, where it allows the action and is not attached.
fn managed_policy(case: &Case<'_, '_>, refused: &Candidate, access: &Access) -> Option<String> {
    let role = Arn::from(case.role.as_str());
    let partition = role.partition().or(case.subject.facts().text("partition")).unwrap_or("aws");
    let made_for = MANAGED.iter().filter(|(kind, _)| *kind == case.kind);
    let mut policies = made_for.map(|(_, path)| format!("arn:{partition}:iam::aws:policy/{path}"));
    policies.find(|policy| {
        let is_attached = access.proof.iter().any(|proof| proof.value.as_str() == Some(policy));
        !is_attached && may_allow(policy, &case.role, &refused.action, &refused.arn)
    })
}

/// Actions and resources that the role lacks: the refused one, and what the task needs of the role beside it and
/// would be refused next.
fn lacking(case: &Case<'_, '_>, refused: &Candidate) -> Vec<(String, String)> {
    let mut all = vec![refused.clone()];
    let is_task_definitions =
        case.subject.facts().text(&format!("{}Role", case.kind)) == Some(case.role_name());
    let needed = needs_of(case.subject, &case.kind).filter(|_| is_task_definitions);
    for need in needed.filter(|need| need != refused) {
        let access = case.judge(&need);
        if access.is_denied() && !access.is_forbidden() && access.lacks(PolicyType::Identity) {
            all.push(need);
        }
    }
    let mut pairs = Vec::new();
    for candidate in all.iter().filter(|candidate| is_whole(&candidate.arn)) {
        for resource in policy_resources(&candidate.action, &candidate.arn) {
            let actions = beside(&candidate.action).into_iter();
            pairs.extend(actions.map(|action| (action.to_owned(), resource.clone())));
        }
    }
    pairs.sort();
    pairs.dedup();
    pairs
}

fn is_whole(arn: &str) -> bool {
    arn == "*" || Arn::from(arn).is_complete() && !arn.ends_with('/')
}

/// The action, and what goes with it: a file system that is only mounted cannot be written to.
fn beside(action: &str) -> Vec<&str> {
    match action {
        "elasticfilesystem:ClientMount" => vec![action, "elasticfilesystem:ClientWrite"],
        "s3files:ClientMount" => vec![action, "s3files:ClientWrite"],
        _ => vec![action],
    }
}
