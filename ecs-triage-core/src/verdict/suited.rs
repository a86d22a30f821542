//! Whether what a rule advises suits the very subject: its launch type, and who starts its tasks.

use std::borrow::Cow;

use crate::rules::Fix;
use crate::signals::{Facts, LaunchType, Subject};

/// Who starts the tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Starter {
    /// ECS, for a service; or it is not known.
    Service,
    /// CodeDeploy, for a service.
    CodeDeploy,
    /// A deployment controller outside AWS, for a service.
    External,
    /// No service: a call of RunTask, a schedule, a workflow.
    Caller,
}

impl Starter {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let controller = subject.service.as_ref().and_then(|service| service.deployment_controller());
        match controller.as_ref().and_then(|controller| controller.kind()) {
            Some("CODE_DEPLOY") => return Starter::CodeDeploy,
            Some("EXTERNAL") => return Starter::External,
            _ => {}
        }
        let facts = subject.facts();
        let is_standalone = facts.text("group").is_some_and(|group| !group.starts_with("service:"));
        let is_call = matches!(facts.text("operation"), Some("RunTask" | "StartTask"));
        match facts.text("service") {
            None if is_standalone || is_call => Starter::Caller,
            _ => Starter::Service,
        }
    }

    /// What there is to do in place of an `update-service` that ECS would refuse; `None` when nothing is.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
    fn instead(self, command: &str) -> Option<String> {
        let what = MEMBERS.iter().find(|(option, _)| command.contains(option)).map(|(_, what)| *what);
        match self {
            Starter::Service => None,
            Starter::CodeDeploy => Some(format!(
                "CodeDeploy deploys this service, and ECS refuses `update-service` for it: make a deployment with \
                 `aws ecs deploy`, whose AppSpec names {}.",
                what.unwrap_or("the task definition that it has")
            )),
            Starter::External => Some(format!(
                "A deployment controller of your own starts the tasks of this service, and ECS refuses `update-service` \
                 for it: have it make a task set (`aws ecs create-task-set`) with {}.",
                what.unwrap_or("the task definition that it has")
            )),
            Starter::Caller => Some(match what {
                Some(what) => format!(
                    "No service runs this task: give {what} where it is started, in the `run-task` call, the target of the \
                     EventBridge rule or schedule, or the state machine."
                ),
                None => "No service runs this task: start it again the way it was started, by `run-task`, its schedule or its workflow.".to_owned(),
            }),
        }
    }
}

/// Options of `update-service`, and what they give, as those say it who start tasks otherwise.
const MEMBERS: [(&str, &str); 6] = [
    ("--task-definition ", "the new revision of the task definition"),
    ("assignPublicIp=ENABLED", "a network configuration with `assignPublicIp` ENABLED"),
    ("--network-configuration ", "that network configuration"),
    ("--capacity-provider-strategy ", "that capacity provider strategy"),
    ("--platform-version ", "that platform version"),
    ("--enable-execute-command", "`enableExecuteCommand`"),
];

/// Options that mean nothing where no service runs the task.
const OF_SERVICES: [&str; 4] = [
    "--deployment-configuration",
    "--health-check-grace-period-seconds",
    "--placement-constraints",
    "--load-balancers",
];

/// A command as it suits whoever starts the tasks, or what to do in its place; `None` when it means nothing there.
pub(super) fn command_or_advice(starter: Starter, command: String) -> Option<Result<String, String>> {
    if starter == Starter::Service || !command.starts_with("aws ecs update-service ") {
        return Some(Ok(command));
    }
    let is_of_services = OF_SERVICES.iter().any(|option| command.contains(option));
    match starter {
        Starter::Caller if is_of_services => None,
        Starter::External if command.contains("--deployment-configuration") => None,
        // These may be changed whoever deploys, but not so that ECS deploys.
        Starter::CodeDeploy | Starter::External
            if is_of_services && !command.contains("--load-balancers") =>
        {
            Some(Ok(command.replace(" --force-new-deployment", "")))
        }
        _ => starter.instead(&command).map(Err),
    }
}

/// Those of a rule's fixes that suit the subject; all of them when none does.
pub(super) fn suited<'f>(fixes: &'f [Fix], subject: &Subject<'_>, facts: &Facts) -> Cow<'f, [Fix]> {
    let launch_type = subject.launch_type();
    let suits = |fix: &&Fix| {
        !launch_type.is_some_and(|launch_type| is_beside(fix, launch_type))
            && !is_of_another_registry(fix, facts)
    };
    if fixes.iter().all(|fix| suits(&fix)) {
        return Cow::Borrowed(fixes);
    }
    let kept: Vec<Fix> = fixes.iter().filter(suits).copied().collect();
    if kept.is_empty() { Cow::Borrowed(fixes) } else { Cow::Owned(kept) }
}

/// Whether a fix is for tasks of another launch type: nobody has the hosts of Fargate, or may log in to Managed
/// Instances, and only tasks on Fargate have public addresses.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html>
fn is_beside(fix: &Fix, launch_type: LaunchType) -> bool {
    match launch_type {
        LaunchType::Fargate => fix.presumes.hosts,
        LaunchType::ManagedInstances => fix.presumes.public_address || fix.presumes.login,
        LaunchType::Ec2 | LaunchType::External => fix.presumes.public_address,
    }
}

/// Whether a fix asks Amazon ECR for an image that is kept elsewhere, or pushes under a digest, which nobody can.
fn is_of_another_registry(fix: &Fix, facts: &Facts) -> bool {
    let is_elsewhere = || facts.text("image").is_some() && facts.text("registryRegion").is_none();
    let is_by_digest = || facts.text("digest").is_some() && facts.text("tag").is_none();
    fix.presumes.ecr && is_elsewhere() || fix.presumes.tag && is_by_digest()
}
