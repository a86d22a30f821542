//! What the trust policies at hand say: whether they let ECS in.

use super::trust::{RoleReference, TASKS};
use super::{Cause, Confidence, Finding};
use crate::change::Change;
use crate::evidence::Node;
use crate::iam::{Decision, PolicyDocument, ServiceCaller, trusts_service};
use crate::rules::Verdict;
use crate::signals::{Source, Subject, SubjectKind};

/// Weighs a role that ECS could not assume against the role as IAM shows it.
pub(super) fn weigh(subject: &Subject<'_>, finding: Finding) -> Finding {
    let cause = finding.cause.facts();
    let (Some(role), Some(service)) = (cause.text("role"), cause.text("trustedService")) else {
        return finding;
    };
    let evidence = subject.evidence;
    if let Some(error) =
        evidence.answer_to("iam", "GetRole", "RoleName", role).and_then(|answer| answer.error())
    {
        let is_missing = error.code().is_some_and(|code| code.starts_with("NoSuchEntity"));
        let cited = error.cite("Code");
        return if is_missing {
            finding
                .summary(format!("ECS cannot assume the role `{role}`: it does not exist."))
                .confirmed_by(cited)
        } else {
            finding
        };
    }
    let Some(trust) = evidence.trust_policy(role) else { return finding };
    match decision(&trust, role, service, subject) {
        Trust::Refused => refused(finding, &trust, role, service, subject).confirmed_by(trust.citation()),
        // AWS does not document what the decision rests on.
        Trust::RefusedAsInferred => refused(finding, &trust, role, service, subject).cite(trust.citation()),
        // Whoever calls may lack iam:PassRole all the same.
        Trust::Allowed if finding.is_from_call(subject) => finding,
        Trust::Allowed => finding.refuted_by(trust.citation()),
        Trust::Unknown => finding,
    }
}

fn refused(finding: Finding, trust: &Node<'_>, role: &str, service: &str, subject: &Subject<'_>) -> Finding {
    let summary =
        format!("ECS cannot assume the role `{role}`: its trust policy does not let `{service}` in.");
    let found = subject.evidence.role(role);
    let title = format!("Let `{service}` assume the role (this replaces its trust policy)");
    let change = Change::trust(role, service, title, found.as_ref().map(|role| role.node()));
    let look = finding.cause.rule().fixes[..1].to_vec();
    finding.summary(summary).change(change).cite(trust.citation()).fixed_by(look)
}

impl Finding {
    /// Whether what it rests on is the answer to a call, which takes permissions of the caller too.
    fn is_from_call(&self, subject: &Subject<'_>) -> bool {
        subject.statements.iter().any(|statement| {
            statement.source == Source::ApiError && self.citations.contains(&statement.citation)
        })
    }
}

/// Whether a trust policy lets a service in.
#[derive(PartialEq)]
enum Trust {
    Allowed,
    Refused,
    /// Refused for a condition of which AWS does not say what ECS sends.
    RefusedAsInferred,
    Unknown,
}

fn decision(trust: &Node<'_>, role: &str, service: &str, subject: &Subject<'_>) -> Trust {
    let Ok(document) = PolicyDocument::parse(trust.value()) else { return Trust::Unknown };
    let facts = subject.facts();
    let caller = ServiceCaller {
        service: service.to_owned(),
        partition: facts.text("partition").unwrap_or("aws").to_owned(),
        region: facts.text("region").map(str::to_owned),
        account: facts.text("account").map(str::to_owned),
    };
    let evaluation = trusts_service(role, &document, &caller);
    match evaluation.decision {
        Decision::Allowed => Trust::Allowed,
        Decision::Denied(_) if evaluation.inferred.is_empty() => Trust::Refused,
        Decision::Denied(_) => Trust::RefusedAsInferred,
        _ => Trust::Unknown,
    }
}

/// Trust policies without a task or service around them: of the task definition's roles, else of roles of
/// which nobody says what they are for.
pub(super) fn read(subject: &Subject<'_>) -> Vec<Finding> {
    match subject.kind {
        SubjectKind::TaskDefinition => of_definition(subject),
        SubjectKind::Role => of_nobody(subject),
        _ => Vec::new(),
    }
}

fn of_definition(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (kind, fact) in [("execution", "executionRole"), ("task", "taskRole")] {
        let Some(role) = subject.facts().text(fact) else { continue };
        let Some(trust) = subject.evidence.trust_policy(role) else { continue };
        let sure = match decision(&trust, role, TASKS, subject) {
            Trust::Refused => Confidence::Confirmed,
            Trust::RefusedAsInferred => Confidence::Likely,
            Trust::Allowed | Trust::Unknown => continue,
        };
        let cause = Cause::IamRoleTrust(RoleReference {
            role: Some(role.to_owned()),
            role_kind: Some(kind.to_owned()),
            trusted_service: Some(TASKS.to_owned()),
            role_arn: subject.facts().text(&format!("{fact}Arn")).map(str::to_owned),
        });
        let mut finding = Finding::new(cause, sure, trust.citation());
        finding.is_settled = true;
        found.push(refused(finding, &trust, role, TASKS, subject));
    }
    found
}

fn of_nobody(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, trust) in subject.evidence.trust_policies() {
        let label = name.unwrap_or("role");
        if !matches!(decision(&trust, label, TASKS, subject), Trust::Refused | Trust::RefusedAsInferred) {
            continue;
        }
        // One that names ecs-tasks is meant for tasks; others may be right for what they are for.
        let is_meant_for_tasks = trust.value().to_string().contains(TASKS);
        let role = name.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
        let shown = role.as_ref().map_or("The role".to_owned(), |role| format!("The role `{role}`"));
        let cause = Cause::IamRoleTrust(RoleReference {
            role,
            trusted_service: Some(TASKS.to_owned()),
            ..RoleReference::default()
        });
        found.push(if is_meant_for_tasks {
            let summary = format!("{shown} names `{TASKS}` in its trust policy and does not let it in all the same.");
            Finding::new(cause, Confidence::Likely, trust.citation()).summary(summary)
        } else {
            let summary = format!(
                "{shown} does not let `{TASKS}` in: wrong for a task or execution role, right for a role of another service."
            );
            Finding::new(cause, Confidence::Possible, trust.citation())
                .summary(summary)
                .verdict(Verdict::Undetermined)
        });
    }
    found
}
