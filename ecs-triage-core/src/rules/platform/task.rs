//! Tasks that failed to start, with nothing but the wrapper of the reason left.

use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, INSTANCE, Kind, Plain, Rule, TASK};
use crate::redact::redacted;
use crate::rules::at_most_one;
use crate::signals::{Source, Statement, Stop, Subject};

const STOPPED: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

/// What a task pulls, which secrets it reads and where it logs.
const DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{taskDefinition}"}"#,
    "shows the registry, the secrets and the log driver that the task needs at its start",
);

const REASONS: Fix = Fix::look(
    "Read every reason that the task has",
    "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} --region {region} \
     --query 'tasks[].[stopCode,stoppedReason,attachments[].details,containers[].[name,exitCode,reason]]'",
);

pub(in crate::rules) static RESOURCE_INIT: Rule = Rule {
    code: "resource-init-unclassified",
    bucket: Bucket::Platform,
    kind: Kind::Residual,
    title: "task could not be set up; the reason is cut off",
    summary: "The task could not be set up before its containers; what is left of the message does not say why.",
    explanation: "Registry token, secrets, environment files, volumes and log drivers are set up first, and each fails for \
                  want of a permission or of a way to its service. The inner error that tells them apart is missing.",
    signs: "`ResourceInitializationError: unable to pull secrets or registry auth` with no inner cause that is known.",
    wants: &[TASK, DEFINITION],
    fixes: &[
        REASONS,
        Fix::advice(
            "Check in order",
            Blast::Nothing,
            "The way to ECR and the execution role's ECR permissions, then each secret, then the log group. The runbook \
             AWSSupport-TroubleshootECSTaskFailedToStart checks all of them.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_wrapper = message.has_error("ResourceInitializationError")
                || message.says_any(&[
                    "unable to pull secrets or registry auth",
                    "execution resource retrieval failed",
                    "unable to retrieve secrets from ssm",
                    "unable to retrieve secret from asm",
                    "unable to retrieve ecr registry auth",
                ]);
            // Inside an error of the container runtime it only names the runtime; a launch of Managed Instances has a
            // rest of its own.
            is_wrapper
                && !message.has_error("CannotStartContainerError")
                && !message.says("unable to launch instance")
        },
        |_, _| Cause::ResourceInitUnclassified(Plain {}),
    ),
};

pub(in crate::rules) static BARE: Rule = Rule {
    code: "task-failed-to-start-bare",
    bucket: Bucket::Platform,
    kind: Kind::Residual,
    title: "start failed and no reason is recorded, or none that is known",
    summary: "The task failed to start, and nothing at hand says why: {reason~|no container has a reason or an exit code}.",
    explanation: "On EC2 the cause stands in a container's reason. Errors of the agent's own containers, such as the one that \
                  holds the network of an awsvpc task, are not sent to ECS and are in the agent's log alone.",
    signs: "stoppedReason is exactly `Task failed to start`, and no container has a reason or an exit code but 0.",
    wants: &[TASK, DEFINITION, INSTANCE],
    fixes: &[
        REASONS,
        Fix::advice(
            "Read the agent's log",
            Blast::Nothing,
            "On the container instance: `/var/log/ecs/ecs-agent.log` at the time of the stop, and `docker ps --all`.",
        ),
    ],
    docs: &[STOPPED],
    since: "0.1.0",
    check: Check::Judge(|subject| at_most_one(bare(subject))),
};

fn bare(subject: &Subject<'_>) -> Option<Finding> {
    // That one container ended well does not say why another never ran.
    let never_ran = subject.exits.iter().any(|exit| exit.view.exit_code().is_none());
    let says_more = subject.exits.iter().any(|exit| {
        exit.view.exit_code().is_some_and(|code| code != 0 || !never_ran)
            || exit.view.reason().is_some_and(|reason| !reason.trim().is_empty())
    });
    if says_more {
        return None;
    }
    let place = |source| matches!(source, Source::TaskStoppedReason | Source::Bare);
    let mut reasons = subject.statements.iter().filter(|statement| place(statement.source));
    let found = match reasons.next() {
        Some(statement)
            if is_bare(statement.message.body())
                || is_stop_code(statement)
                || subject.stop == Stop::FailedToStart
                    && statement.message.body().starts_with("essential container in task exited") =>
        {
            Finding::stated(Cause::TaskFailedToStartBare(Plain {}), statement)
        }
        Some(_) => return None,
        None => {
            let task = subject.task.as_ref().filter(|_| subject.stop == Stop::FailedToStart)?;
            Finding::new(Cause::TaskFailedToStartBare(Plain {}), Confidence::Possible, task.cite("stopCode"))
        }
    };
    let found = found.confidence(Confidence::Possible);
    Some(if subject.exits.iter().any(|exit| exit.view.exit_code().is_some()) {
        found.fact(
            "reason",
            Some("a container ended with exit code 0, another never ran, and none has a reason"),
        )
    } else {
        found
    })
}

/// What is left to say of a task that failed to start for a reason that no rule knows.
pub(in crate::rules) fn unknown(subject: &Subject<'_>) -> Option<Finding> {
    /// Characters of the reason that are shown.
    const SHOWN: usize = 200;
    if subject.stop != Stop::FailedToStart {
        return None;
    }
    let of = |source| {
        let mut said = subject.statements.iter();
        said.find(|statement| statement.source == source && !is_bare(statement.message.body()))
    };
    let statement = of(Source::ContainerReason).or_else(|| of(Source::TaskStoppedReason))?;
    let reason = redacted(statement.message.raw());
    let reason: String =
        reason.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN).collect();
    let words =
        format!("the reason that is recorded is none that is known here, `{}`", reason.replace('`', "'"));
    let finding = Finding::stated(Cause::TaskFailedToStartBare(Plain {}), statement);
    Some(finding.confidence(Confidence::Possible).fact("reason", Some(words)))
}

/// The stop code with something behind it that no other rule knows, such as a reason that was cut.
fn is_stop_code(statement: &Statement) -> bool {
    statement.message.folded().starts_with("taskfailedtostart") && statement.message.placement().is_none()
}

/// The words alone, with or without their blanks.
fn is_bare(body: &str) -> bool {
    // AWS Elastic Beanstalk lists the containers, of which none has a reason.
    let list =
        |rest: &str| rest.trim_matches([' ', '.', '(', ')']).split(' ').all(|name| name.ends_with(':'));
    let body = match body.strip_prefix("task failed to start. (") {
        Some(rest) if list(rest) => "task failed to start",
        _ => body,
    };
    let is = |letters: &str| body.chars().filter(char::is_ascii_alphanumeric).eq(letters.chars());
    // The console puts a link behind it.
    is("taskfailedtostart") || is("taskfailedtostartviewtroubleshootingguide")
}
