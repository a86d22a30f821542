//! An application that finds no credentials.

use super::execution::missing_definition;
use super::trust::TASKS;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, TASK_DEFINITION};
use crate::access::trusts;
use crate::rules::Plain;
use crate::signals::message::Message;
use crate::signals::{Source, Subject};

pub(in crate::rules) static NOT_DELIVERED: Rule = Rule {
    code: "task-role-not-delivered",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "application gets no credentials of a task role",
    summary: "The application{inContainer~|} finds no AWS credentials: {state~|the task has no task role, or its credentials do not reach the container}.",
    explanation: "Code in a container gets the task role's credentials from 169.254.170.2, where \
                  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI points. Without a task role the variable is not set; the \
                  execution role never serves the application.",
    signs: "`Unable to locate credentials`, `no valid providers in chain`, `Could not load credentials from any providers`, \
            or a failed call of 169.254.170.2, in the application's log.",
    wants: &[
        TASK_DEFINITION,
        Ask::new(
            "iam",
            "GetRole",
            r#"{"RoleName": "{taskRole}"}"#,
            "shows whether the role trusts `ecs-tasks.amazonaws.com`",
        ),
    ],
    fixes: &[Fix::advice(
        "Set a task role",
        Blast::NewRevision,
        "Set `taskRoleArn` in the task definition to a role that trusts `ecs-tasks.amazonaws.com`, register a new revision and \
         deploy it. On EC2 the agent needs `ECS_ENABLE_TASK_IAM_ROLE=true`, and `ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true` \
         for host networking.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"],
    since: "0.1.0",
    check: Check::allows(
        |said| {
            let is_said = matches!(said.source, Source::Log | Source::Bare | Source::ContainerReason)
                && finds_no_credentials(&said.message);
            // The AWS CLI says so on anybody's machine.
            let is_anybodys = said.source == Source::Bare && said.message.says("aws configure");
            is_said.then_some(if is_anybodys { Confidence::Possible } else { Confidence::Likely })
        },
        |_, _| Cause::TaskRoleNotDelivered(Plain {}),
    )
    .in_logs()
    .settled(|subject, finding| {
        let container = finding.container.as_deref().map(|name| format!(" in container `{name}`"));
        let finding =
            finding.fact("inContainer", container).fact("missingDefinition", missing_definition(subject));
        match (&subject.definition, subject.facts().text("taskRoleArn")) {
            (Some(definition), None) => {
                let finding = finding.fact("state", Some("its task definition names no task role"));
                // On EC2 the instance role may serve where a task has none.
                if subject.is_fargate() {
                    finding.confirmed_by(definition.cite("taskRoleArn"))
                } else {
                    finding
                }
            }
            (_, Some(role)) => named(subject, finding, role),
            (None, None) => finding,
        }
    }),
};

/// A task role that is named and does not exist, or does not let ECS in, delivers nothing.
fn named(subject: &Subject<'_>, finding: Finding, role: &str) -> Finding {
    let access = trusts(subject.evidence, role, TASKS, subject.facts().text("region"));
    if let Some(gone) = access.is_role_missing {
        return finding.fact("state", Some("the task role that is named does not exist")).confirmed_by(gone);
    }
    if !access.is_denied() {
        return finding.asks(access.asks);
    }
    let finding = finding.fact("state", Some("its task role does not let `ecs-tasks.amazonaws.com` in"));
    let proof = access.proof.first().cloned().unwrap_or_else(|| finding.citations[0].clone());
    if access.is_certain() { finding.confirmed_by(proof) } else { finding.cite(proof) }
}

/// Whether the agent speaks, of the credentials of its instance.
fn is_of_agent(message: &Message) -> bool {
    message.says_any(&[
        "error getting valid credentials",
        "could not register",
        "register as a container instance",
        "re-registering container instance",
        "registering instance with ecs",
        "module=",
    ])
}

/// What the SDKs say when their chain of providers ends.
pub(in crate::rules) fn finds_no_credentials(message: &Message) -> bool {
    let of_the_host = message.is_pull()
        || message.says_any(&[
            "logging driver",
            "log stream",
            "env file",
            "efs utils",
            "fsxwindowsfileserver",
            "execution role",
            "gmsa",
            "cannotstartcontainererror",
            "cannotcreatecontainererror",
            "resourceinitializationerror",
        ])
        || is_of_agent(message);
    let says = message.says_any(&[
        "unable to locate credentials",
        "no valid providers in chain",
        "nocredentialserror",
        "nocredentialproviders",
        "could not load credentials from any providers",
        "unable to load credentials from any of the providers",
        "unable to load aws credentials from any provider",
        "unable to find credentials",
        "no ec2 imds role found",
        "failed to refresh cached credentials",
        "failed to retrieve credentials",
    ]) || message.says("credentials") && message.says("169.254.170.2");
    says && !of_the_host
}
