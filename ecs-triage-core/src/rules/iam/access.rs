//! Reading a refusal: which role it is about, and whether a role's own policies can undo it.

use super::{Access, Confidence, Finding};
use crate::arn::Arn;
use crate::signals::message::{Denial, Message, PolicyKind};
use crate::signals::{Facts, LaunchType, Source, Statement, Subject};

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

/// Whose call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// ECS's own, or its agent's, for the task.
    Ecs,
    /// The application's, with the task role.
    Application,
    /// A person's, a pipeline's, or another service's.
    Another,
    /// A task's or an instance's; the message does not say for what.
    Unclear,
}

/// Words that only ECS and its agents put around a refusal.
const OF_ECS: &[&str] = &[
    "unable to pull secrets or registry auth",
    "execution resource retrieval failed",
    "ecr registry auth",
    "registry auth from amazon ecr",
    "cannotpullecrcontainererror",
    "from asm",
    "from ssm",
    "asm fetching",
    "fetching secret data",
    "from secrets manager: ",
    "call has been retried",
    "error response from daemon",
    "logging driver",
    "logger args",
    "cloudwatch log stream:",
    "cloudwatch log group:",
    "env file",
    "environment file",
    "ecs was unable",
    "network interface",
    "mount.nfs",
    "mount failed",
    "efs utils",
    "volume",
    "the task cannot",
    "the task can't",
];

/// Actions that ECS and its agents take for a task, and services that they call in many ways.
const FOR_TASKS: &[&str] = &[
    "ecr:",
    "secretsmanager:getsecretvalue",
    "ssm:getparameters",
    "kms:decrypt",
    "logs:createloggroup",
    "logs:createlogstream",
    "logs:putlogevents",
    "s3:getobject",
    "s3:headobject",
    "s3:listbucket",
    "s3:getbucketlocation",
    "elasticfilesystem:",
    "s3files:",
    "ec2:",
    "iam:passrole",
    "iam:createservicelinkedrole",
    "elasticloadbalancing:",
    "servicediscovery:",
    "ecs:",
];

impl Asker {
    /// Whose call a message tells of. What stands in a task or service is ECS's; of a message on its own its words, the
    /// principal and the action tell.
    pub(super) fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let message = &statement.message;
        match statement.source {
            Source::Log => return Self::Application,
            Source::Bare | Source::ApiError => {}
            _ => return Self::Ecs,
        }
        let is_named = message.is_pull() || message.has_error("ResourceInitializationError");
        let is_of_ecs = is_named
            || message.error_names().iter().any(|name| name.as_str().starts_with("Cannot"))
            || message.service_event().is_some()
            || message.says_any(OF_ECS);
        if is_of_ecs {
            return Self::Ecs;
        }
        let Some(denial) = message.denial() else { return Self::Unclear };
        if denial.is_anothers() {
            return Self::Another;
        }
        let action = denial.action.as_deref().map(str::to_ascii_lowercase).unwrap_or_default();
        let is_known = |known: &str| action == known || known.ends_with(':') && action.starts_with(known);
        let is_for_tasks = action.is_empty() || FOR_TASKS.iter().any(|known| is_known(known));
        // The agents are written in Go, and secrets of a task definition have an ARN.
        let is_call = statement.source == Source::ApiError && subject.operation.is_some();
        let is_foreign = is_call || message.says_any(&["when calling the ", "(service: ", "botocore"]);
        let is_by_name = action == "secretsmanager:getsecretvalue"
            && message.says("on resource: ")
            && !message.says("on resource: arn:")
            && denial.resource.is_none();
        let facts = subject.facts();
        let is = |fact: &str| facts.text(fact).is_some() && facts.text(fact) == denial.role_name.as_deref();
        match (is("executionRole"), is("taskRole")) {
            (false, true) => return Self::Application,
            (true, false) => return Self::Ecs,
            _ => {}
        }
        if !is_for_tasks || is_foreign || is_by_name {
            return Self::Application;
        }
        // The agent pulls and logs with the instance's role; secrets it reads with the execution role alone.
        let is_of_instance = denial.session().is_some_and(|session| session.starts_with("i-"));
        if is_of_instance
            && ["secretsmanager:", "ssm:", "kms:", "s3:"].iter().any(|own| action.starts_with(own))
        {
            return Self::Application;
        }
        let role = denial.role_name.as_deref().unwrap_or_default().to_ascii_lowercase();
        // An execution role is mostly named so.
        if is_of_instance || role.contains("exec") || role.starts_with("awsservicerolefor") {
            Self::Ecs
        } else {
            Self::Unclear
        }
    }

    /// Whether the call may have been made by ECS or its agent for a task.
    pub(super) fn is_of_ecs(self) -> bool {
        matches!(self, Self::Ecs | Self::Unclear)
    }
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
        Some(session) if ["i-", "mi-"].iter().any(|lead| session.starts_with(lead)) => return "instance",
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
    if cause.text("action").is_none() || is_unclear(subject, &finding) {
        finding.confidence = Confidence::Possible;
    }
    finding.facts = names(&cause, subject, finding.facts);
    finding
}

/// Whether the message that a finding rests on leaves open whose call was refused.
pub(super) fn is_unclear(subject: &Subject<'_>, finding: &Finding) -> bool {
    let said = subject.statements.iter().find(|statement| statement.citation == finding.citations[0]);
    said.is_some_and(|said| said.message.denial().is_some() && Asker::of(said, subject) == Asker::Unclear)
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
        facts.set_resource_region(resource.region(), subject);
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
