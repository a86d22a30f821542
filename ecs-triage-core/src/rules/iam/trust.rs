//! Roles that ECS cannot assume, told apart by whose role it is.

use super::access::{is_refusal, overrules_role};
use super::settle::{About, settle};
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, trust_policy};
use crate::arn::Arn;
use crate::rules::{Plain, payload::payloads};
use crate::signals::message::{Message, ServiceEventKind};
use crate::signals::{Said, Statement, Subject};

payloads! {
    /// The particulars of a role that ECS could not assume.
    RoleReference {
        /// ARN of the role.
        role_arn: String,
        /// Name of the role, without its path.
        role: String,
        /// What the role is to the task: `execution`, `task`, `infrastructure`, `service`, `service-linked` or `hook`.
        role_kind: String,
        /// Service that the role's trust policy has to name.
        trusted_service: String,
    }
}

/// What a hook's role is, beside the roles of a task.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html>
const OF_HOOK: &str = "ECS cannot assume the role of the deployment's lifecycle hook, with which it calls the function: \
                       the role does not exist or does not trust `ecs.amazonaws.com`.";

/// Who assumes task and execution roles.
pub(super) const TASKS: &str = "ecs-tasks.amazonaws.com";

const GET_ROLE: Ask = Ask::new(
    "iam",
    "GetRole",
    r#"{"RoleName": "{role}"}"#,
    "NoSuchEntity or a trust policy without `{trustedService~}` confirms it",
);

pub(in crate::rules) static ROLE_TRUST: Rule = Rule {
    code: "iam-role-trust",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "ECS cannot assume the task or execution role",
    summary: "ECS cannot assume {roleKind~|the} role {role|of the task}: it does not exist, does not trust {trustedService|`ecs-tasks.amazonaws.com`}, or may not be passed.",
    explanation: "Before a task starts, ECS assumes its roles. That takes a role that exists, a trust policy that lets \
                  `ecs-tasks.amazonaws.com` in, and `iam:PassRole` for whoever started the task. A new role takes up to a \
                  minute to be known.",
    signs: "`ECS was unable to assume the role '…' that was provided for this task`, in an event, a stopped reason or the \
            answer to RunTask.",
    wants: &[GET_ROLE],
    fixes: &[
        Fix::look(
            "Read the role's trust policy",
            "aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument",
        ),
        Fix::run(
            "Let ECS assume the role (this replaces its trust policy)",
            Blast::Role,
            r#"aws iam update-assume-role-policy --role-name {role} --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "{trustedService|ecs-tasks.amazonaws.com}"}, "Action": "sts:AssumeRole"}]}'"#,
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let stated = subject.statements.iter().filter_map(|statement| {
            let is_hook = match whose(statement, subject)? {
                Whose::Task => false,
                Whose::Hook => true,
                _ => return None,
            };
            let trusted = if is_hook { "ecs.amazonaws.com" } else { TASKS };
            let role = RoleReference::of(statement, subject, trusted);
            let finding = Finding::stated(Cause::IamRoleTrust(role), statement);
            let finding = if is_hook { finding.summary(OF_HOOK) } else { finding };
            Some(trust_policy::weigh(subject, finding))
        });
        stated.chain(trust_policy::read(subject)).collect()
    }),
};

pub(in crate::rules) static SERVICE_LINKED_ROLE: Rule = Rule {
    code: "iam-service-linked-role",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "service-linked role of ECS is missing or unusable",
    summary: "ECS cannot use its service-linked role {role|`AWSServiceRoleForECS`}.",
    explanation: "ECS attaches network interfaces and registers targets with its service-linked role, which it creates for an \
                  account once. It cannot be passed as a task or execution role.",
    signs: "`unable to assume the role` with an ARN under `aws-service-role/ecs.amazonaws.com`, `Unable to assume the \
            service linked role` or `ECS Service Linked Role does not exist`.",
    wants: &[Ask::new(
        "iam",
        "GetRole",
        r#"{"RoleName": "AWSServiceRoleForECS"}"#,
        "NoSuchEntity confirms that the role is missing",
    )],
    fixes: &[
        Fix::run(
            "Create the service-linked role",
            Blast::Account,
            "aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
        ),
        Fix::advice(
            "Do not pass it",
            Blast::NewRevision,
            "If the task definition names AWSServiceRoleForECS as its task or execution role, name a role of your own there.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html"],
    since: "0.1.0",
    check: Check::weighs(
        is_about_role,
        |statement, subject| {
            (whose(statement, subject) == Some(Whose::ServiceLinked)).then_some(Confidence::Likely)
        },
        |statement, subject| {
            Cause::IamServiceLinkedRole(RoleReference::of(statement, subject, "ecs.amazonaws.com"))
        },
    )
    .settled(trust_policy::weigh),
};

pub(in crate::rules) static SERVICE_ROLE: Rule = Rule {
    code: "iam-service-role",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "service's own role for its load balancer is refused",
    summary: "ECS cannot register targets with the service role {role|of the service}{refused~|}{proof~|}.",
    explanation: "A service that names a role of its own has ECS register its tasks with that role. ECS must be able to \
                  assume it, and it must allow the load balancer's actions. It is neither the task's nor the execution role.",
    signs: "A refused `elasticloadbalancing:…` action of the scheduler, or `unable to assume` with the role in the service's \
            `roleArn`.",
    wants: &[
        Ask::new(
            "iam",
            "GetRole",
            r#"{"RoleName": "{role}"}"#,
            "a trust policy without `ecs.amazonaws.com` explains why ECS cannot assume it",
        ),
        Ask::new(
            "iam",
            "ListAttachedRolePolicies",
            r#"{"RoleName": "{role}"}"#,
            "AmazonEC2ContainerServiceRole allows what a service needs",
        ),
    ],
    fixes: &[
        Fix::run(
            "Let ECS assume the role (this replaces its trust policy)",
            Blast::Role,
            r#"aws iam update-assume-role-policy --role-name {role} --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'"#,
        ),
        Fix::run(
            "Let the role register targets",
            Blast::Role,
            "aws iam attach-role-policy --role-name {role} \
             --policy-arn arn:{partition|aws}:iam::aws:policy/service-role/AmazonEC2ContainerServiceRole",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html"],
    since: "0.1.0",
    check: Check::weighs(
        is_about_role,
        |statement, subject| {
            (whose(statement, subject) == Some(Whose::Service)).then_some(Confidence::Likely)
        },
        |statement, subject| {
            Cause::IamServiceRole(RoleReference::of(statement, subject, "ecs.amazonaws.com"))
        },
    )
    .settled(|subject, finding| {
        let action =
            subject.statements.iter().find_map(|statement| statement.message.denial()?.action.clone());
        let finding =
            finding.fact("refused", action.as_ref().map(|action| format!(": `{action}` is refused")));
        // A role that was refused an action has been assumed.
        match action {
            Some(_) => settle(subject, finding, &About::default()),
            None => trust_policy::weigh(subject, finding),
        }
    }),
};

pub(in crate::rules) static INFRASTRUCTURE_ROLE: Rule = Rule {
    code: "iam-infrastructure-role",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "ECS cannot use the infrastructure role",
    summary: "ECS cannot use the infrastructure role {role|of the task}{refused~|}: it must trust `ecs.amazonaws.com` and allow the {actions~|volume} actions{proof~|}.",
    explanation: "ECS creates and attaches EBS volumes with the infrastructure role, and with one of its own shifts the \
                  traffic of blue/green deployments. Its trust policy names \
                  `ecs.amazonaws.com`, not `ecs-tasks.amazonaws.com` as those of task and execution roles do.",
    signs: "`ECS was unable to assume the configured ECS Infrastructure Role`, or an action refused to a session named \
            `ECSTaskVolumesForEBS`.",
    wants: &[
        Ask::new(
            "iam",
            "GetRole",
            r#"{"RoleName": "{role}"}"#,
            "NoSuchEntity or a trust policy without `ecs.amazonaws.com` confirms it",
        ),
        Ask::new(
            "iam",
            "ListAttachedRolePolicies",
            r#"{"RoleName": "{role}"}"#,
            "{infrastructurePolicy~|AmazonECSInfrastructureRolePolicyForVolumes} allows what ECS does with it",
        ),
    ],
    fixes: &[
        Fix::run(
            "Let ECS assume the role (this replaces its trust policy)",
            Blast::Role,
            r#"aws iam update-assume-role-policy --role-name {role} --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'"#,
        ),
        Fix::run(
            "Let the role manage what ECS manages with it",
            Blast::Role,
            "aws iam attach-role-policy --role-name {role} \
             --policy-arn arn:{partition|aws}:iam::aws:policy/{infrastructurePolicy|service-role/AmazonECSInfrastructureRolePolicyForVolumes}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html"],
    since: "0.1.0",
    check: Check::weighs(
        is_about_role,
        |statement, subject| {
            (whose(statement, subject) == Some(Whose::Infrastructure)).then_some(Confidence::Likely)
        },
        |statement, subject| {
            Cause::IamInfrastructureRole(RoleReference::of(statement, subject, "ecs.amazonaws.com"))
        },
    )
    .settled(|subject, finding| {
        let action =
            subject.statements.iter().find_map(|statement| statement.message.denial()?.action.clone());
        let finding =
            finding.fact("refused", action.as_ref().map(|action| format!(" (`{action}` is refused)")));
        let is_balancing = subject.statements.iter().any(|statement| {
            finding.citations.contains(&statement.citation)
                && statement.message.says_any(&["elb resources", "listener", "target group"])
        });
        let finding = match is_balancing {
            // <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html>
            true => finding
                .fact("actions", Some("load balancer"))
                .fact("infrastructurePolicy", Some("AmazonECSInfrastructureRolePolicyForLoadBalancers")),
            false => finding,
        };
        match action {
            Some(_) => settle(subject, finding, &About::default()),
            None => trust_policy::weigh(subject, finding),
        }
    }),
};

pub(in crate::rules) static SERVICE_MAINTENANCE: Rule = Rule {
    code: "iam-service-maintenance",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "roles of the service were changed and ECS can no longer maintain it",
    summary: "ECS can no longer maintain the service: the {what~|policies} of a role that it uses were changed.",
    explanation: "ECS checks now and then that it can still act for a service. It found a role whose permissions or trust no \
                  longer allow that, so tasks are neither replaced nor registered.",
    signs: "The events `IAM permissions policies have been misconfigured or changed` and `IAM trust relationship has been \
            misconfigured or changed`.",
    wants: &[
        Ask::new(
            "iam",
            "GetRole",
            r#"{"RoleName": "{taskRole}"}"#,
            "shows the trust policy of the task role",
        ),
        Ask::new(
            "iam",
            "GetRole",
            r#"{"RoleName": "{executionRole}"}"#,
            "shows the trust policy of the execution role",
        ),
        Ask::new(
            "iam",
            "GetRole",
            r#"{"RoleName": "{serviceRole}"}"#,
            "shows the trust policy of the service's role",
        ),
    ],
    fixes: &[
        Fix::look(
            "See what changed in IAM",
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=iam.amazonaws.com \
             --region {iamEventsRegion|us-east-1}",
        ),
        Fix::advice(
            "Restore the role",
            Blast::Role,
            "Put back the policy or trust statement that was changed: `ecs-tasks.amazonaws.com` for task and execution \
             roles, `ecs.amazonaws.com` for service and infrastructure roles.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"],
    since: "0.1.0",
    check: Check::says(
        |said| changed(&said.message).is_some(),
        |_, _| Cause::IamServiceMaintenance(Plain {}),
    )
    .settled(|subject, finding| {
        let what = subject.statements.iter().find_map(|statement| changed(&statement.message));
        let role = subject.service.as_ref().and_then(|service| service.role_arn());
        finding.fact("what", what).fact("serviceRole", role.map(last))
    }),
};

/// What of a role was changed.
fn changed(message: &Message) -> Option<&'static str> {
    match message.service_event().map(|event| event.kind) {
        Some(ServiceEventKind::IamPermissions) => return Some("permissions"),
        Some(ServiceEventKind::IamTrust) => return Some("trust policies"),
        _ => {}
    }
    let either = [
        ("iam permissions policies have been misconfigured", "permissions"),
        ("iam trust relationship has been misconfigured", "trust policies"),
    ];
    either.into_iter().find(|(words, _)| message.says(words)).map(|(_, what)| what)
}

/// Whose role it is that ECS cannot use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Task,
    Service,
    ServiceLinked,
    Infrastructure,
    /// The role with which ECS calls a deployment's lifecycle hook.
    Hook,
}

fn is_about_role(said: &Said) -> bool {
    said.message.says("role") || refused_to(&said.message).is_some()
}

fn whose(statement: &Statement, subject: &Subject<'_>) -> Option<Whose> {
    let message = &statement.message;
    if let Some(refused) = refused_to(message) {
        return Some(refused);
    }
    let is_missing =
        message.says_any(&["service linked role does not exist", "service-linked role does not exist"]);
    if is_missing {
        return Some(Whose::ServiceLinked);
    }
    let is_unable =
        message.says_any(&["unable to assume", "unable to use", "cannot assume", "not able to assume"]);
    if message.says_all(&["missing permissions on", "infrastructure role"]) {
        return Some(Whose::Infrastructure);
    }
    if !is_unable || !message.says("role") {
        return None;
    }
    if message.says_any(&[
        // The path alone, for a name that is cut.
        "role/aws-service-role",
        "awsserviceroleforecs",
        "service linked role",
        "service-linked role",
    ]) {
        return Some(Whose::ServiceLinked);
    }
    if message.says("infrastructure role") {
        return Some(Whose::Infrastructure);
    }
    if message.says("lifecycle hook") {
        return Some(Whose::Hook);
    }
    let arn = role_arn(message);
    let is_services =
        arn.is_some() && subject.service.as_ref().and_then(|service| service.role_arn()) == arn.as_deref();
    if is_services
        || message.says_any(&[
            "the service role",
            "ecs service role",
            "load balancer",
            "/ecsservicerole",
            "register targets in",
        ])
    {
        return Some(Whose::Service);
    }
    message.says_any(&["assume the role", "assume role"]).then_some(Whose::Task)
}

/// ECS assumed the role and was then refused an action.
fn refused_to(message: &Message) -> Option<Whose> {
    let denial = message.denial()?;
    let principal = denial.principal.as_ref().map(Arn::as_str).unwrap_or_default();
    let action = denial.action.as_deref().unwrap_or_default();
    if overrules_role(denial) || message.says("unable to launch instance") {
        return None;
    }
    if principal.ends_with("/ECSTaskVolumesForEBS") || message.says("ebs volume") && is_refusal(message) {
        return Some(Whose::Infrastructure);
    }
    if !action.starts_with("elasticloadbalancing:") {
        return None;
    }
    let is_linked = denial.role_name.as_deref() == Some("AWSServiceRoleForECS");
    Some(if is_linked { Whose::ServiceLinked } else { Whose::Service })
}

/// The ARN of the role in the sentence.
fn role_arn(message: &Message) -> Option<String> {
    let phrases =
        ["assume the role ", "infrastructure role ", "assume role ", "service role ", "linked role "];
    phrases
        .into_iter()
        .find_map(|phrase| message.word_after(phrase))
        // Without anything behind it the name may be cut.
        .filter(|word| {
            let word = word.to_ascii_lowercase();
            word.contains(":role/")
                && ["'", "\"", " ", ")"].iter().any(|end| message.says(&format!("{word}{end}")))
        })
        .map(str::to_owned)
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

impl RoleReference {
    fn of(statement: &Statement, subject: &Subject<'_>, trusted: &str) -> Self {
        let message = &statement.message;
        let facts = subject.facts();
        let arn = role_arn(message);
        let whose = whose(statement, subject);
        let of_attachment = || {
            let task = subject.task.as_ref()?;
            let details = task.attachments().into_iter().flat_map(|attachment| attachment.details());
            details
                .filter(|detail| detail.name() == Some("roleArn"))
                .find_map(|detail| Some(detail.value()?.to_owned()))
        };
        let arn = match whose {
            Some(Whose::Infrastructure) => arn.or_else(of_attachment),
            Some(Whose::Service) => arn.or_else(|| Some(subject.service.as_ref()?.role_arn()?.to_owned())),
            _ => arn,
        };
        let role = match &arn {
            Some(arn) => Some(last(arn).to_owned()),
            None => message.denial().and_then(|denial| denial.role_name.clone()),
        };
        let is = |fact: &str| arn.is_some() && facts.text(fact) == arn.as_deref();
        let kind = match whose {
            Some(Whose::Service) => Some("service"),
            Some(Whose::ServiceLinked) => Some("service-linked"),
            Some(Whose::Infrastructure) => Some("infrastructure"),
            Some(Whose::Hook) => Some("hook"),
            // One role may be both; then neither is to be named.
            _ => match (is("executionRoleArn"), is("taskRoleArn")) {
                (true, false) => Some("execution"),
                (false, true) => Some("task"),
                _ => None,
            },
        };
        Self {
            role,
            role_kind: kind.map(str::to_owned),
            trusted_service: Some(trusted.to_owned()),
            role_arn: arn,
        }
    }
}
