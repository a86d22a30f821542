//! Reading a refusal: which role it is about, and whether a role's own policies can undo it.

use super::{Access, Confidence, Finding};
use crate::arn::Arn;
use crate::signals::message::{Denial, Message, PolicyKind};
use crate::signals::{Facts, LaunchType, Statement, Subject};

/// On whose behalf an action is taken, which tells the role where the message does not name one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Starting the task: the execution role, and on EC2 the instance role where a task has none.
    Start,
    /// Fetching secrets and files: the execution role alone.
    Fetch,
    /// Running it: the task role.
    Run,
    /// Providing what is around it: the infrastructure role.
    Provide,
    /// Registering targets: the service's role.
    Serve,
}

/// Whether IAM refused one of `actions`; where the action is cut, whether the words around it say `context`.
///
/// False when a policy refused that no change of the role can overrule: those are causes of their own.
pub(super) fn refuses(message: &Message, actions: &[&str], context: &[&str]) -> bool {
    if message.denial().is_some_and(overrules_role) {
        return false;
    }
    match message.denial().and_then(|denial| denial.action.as_deref()) {
        Some(action) => actions.iter().any(|known| known.eq_ignore_ascii_case(action)),
        None => is_refusal(message) && message.says_any(context),
    }
}

/// Whether an AWS service answered that access is denied.
pub(super) fn is_refusal(message: &Message) -> bool {
    message.denial().is_some() || message.says_any(&["accessdenied", "access denied", "not authorized"])
}

/// Whether the refusal stands whatever the role's own policies allow.
pub(super) fn overrules_role(denial: &Denial) -> bool {
    denial.explicit
        || matches!(
            denial.by,
            Some(
                PolicyKind::VpcEndpoint
                    | PolicyKind::PermissionsBoundary
                    | PolicyKind::Session
                    | PolicyKind::ServiceControl
                    | PolicyKind::ResourceControl
            )
        )
}

impl Access {
    /// What a message says was refused, and to which role.
    pub(super) fn of(statement: &Statement, subject: &Subject<'_>, purpose: Purpose) -> Self {
        let denial = statement.message.denial().cloned().unwrap_or_default();
        let role_kind = role_kind(&denial, subject, purpose);
        let known_role = match role_kind {
            "execution" => subject.facts().text("executionRole"),
            "task" => subject.facts().text("taskRole"),
            _ => None,
        };
        let text = |arn: Option<Arn>| arn.map(|arn| arn.as_str().to_owned());
        Self {
            role: denial.role_name.or(known_role.map(str::to_owned)),
            role_kind: Some(role_kind.to_owned()),
            principal: text(denial.principal),
            action: denial.action,
            resource: text(denial.resource),
            explicit: denial.by.map(|_| denial.explicit).or(denial.explicit.then_some(true)),
            denied_by: denial.by.map(|by| policy_words(by).to_owned()),
            policy: text(denial.policy_arn),
        }
    }
}

/// Which of ECS's roles was refused: the one that the message names, compared with those of the task
/// definition, else the one that the action is taken with.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html>
fn role_kind(denial: &Denial, subject: &Subject<'_>, purpose: Purpose) -> &'static str {
    let facts = subject.facts();
    if let Some(name) = denial.role_name.as_deref() {
        let is = |fact: &str| facts.text(fact) == Some(name);
        match (is("executionRole"), is("taskRole")) {
            (true, false) => return "execution",
            (false, true) => return "task",
            _ => {}
        }
        if name == "AWSServiceRoleForECS" {
            return "service-linked";
        }
    }
    // The session's name tells who assumed the role: EC2 uses the instance's id, ECS the feature's name.
    let session = denial.principal.as_ref().and_then(Arn::resource_id).and_then(|id| id.split_once('/'));
    match session.map(|(_, session)| session) {
        Some(session) if session.starts_with("i-") => return "instance",
        Some(
            "ECSTaskVolumesForEBS"
            | "ECSServiceConnectForTLS"
            | "ECSNetworkingWithVPCLattice"
            | "ECSManagedInstancesForCompute",
        ) => return "infrastructure",
        _ => {}
    }
    let has_no_execution_role =
        subject.definition.is_some() && facts.text("executionRole").is_none() && runs_on_ec2(subject);
    match purpose {
        Purpose::Start if has_no_execution_role => "instance",
        Purpose::Start | Purpose::Fetch => "execution",
        Purpose::Run => "task",
        Purpose::Provide => "infrastructure",
        Purpose::Serve => "service",
    }
}

fn runs_on_ec2(subject: &Subject<'_>) -> bool {
    subject.launch_type() == Some(LaunchType::Ec2)
}

fn policy_words(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Identity => "identity",
        PolicyKind::Resource => "resource",
        PolicyKind::PermissionsBoundary => "permissions-boundary",
        PolicyKind::Session => "session",
        PolicyKind::ServiceControl => "service-control",
        PolicyKind::ResourceControl => "resource-control",
        PolicyKind::VpcEndpoint => "vpc-endpoint",
    }
}

/// Adds the names that texts and commands need, and is less sure of a refusal whose action is cut.
pub(super) fn weigh(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    let cause = finding.cause.facts();
    if cause.text("action").is_none() {
        finding.confidence = Confidence::Possible;
    }
    finding.facts = names(&cause, subject, finding.facts);
    finding
}

fn names(cause: &Facts, subject: &Subject<'_>, mut facts: Facts) -> Facts {
    let kind = cause.text("roleKind").unwrap_or("execution");
    let whom = match cause.text("role") {
        Some(role) => format!("{kind} role `{role}`"),
        None => format!("{kind} role"),
    };
    facts.set("whom", Some(format!("the {whom}")));
    facts.set("who", Some(format!("The {whom}")));
    let is_instance = kind == "instance";
    facts.set(
        "pullPolicy",
        Some(if is_instance {
            "AmazonEC2ContainerServiceforEC2Role"
        } else {
            "AmazonECSTaskExecutionRolePolicy"
        }),
    );
    let resource = cause.text("resource").map(Arn::from);
    if let Some(resource) = &resource {
        facts.set("region", resource.region());
        facts.set("resourceAccount", resource.account().filter(|account| is_account(account)));
        facts.set("resourceName", resource.resource_id());
    }
    let principal = cause.text("principal").map(Arn::from);
    let account = principal.as_ref().and_then(Arn::account).filter(|account| is_account(account));
    facts.set("account", subject.facts().text("account").or(account));
    if subject.definition.is_none() {
        facts.set("missingDefinition", subject.facts().text("taskDefinition"));
    }
    facts
}

/// Whether a text is an account id, and not one that somebody has blotted out.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
