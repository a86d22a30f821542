//! An essential container ended, and nobody recorded how.

use super::{
    ASK_DEFINITION, ASK_LOG, Ask, Blast, Bucket, Cause, Check, Confidence, EXIT_CODES, Finding, Fix, Kind,
    Rule, Verdict,
};
use crate::rules::at_most_one;
use crate::rules::payload::payloads;
use crate::signals::{Source, Statement, Stop, Subject};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "app-exit-unknown",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "essential container ended without an exit code",
    summary: "An essential container{name~|} ended and its task with it, but no exit code was recorded{agent~|}.",
    explanation: "No exit code means that the container never ran, or that the agent lost sight of it: its instance went away, \
                  or Docker did. It is not the same as exit code 0.",
    signs: "`Essential container in task exited` and no exit code on any container.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeContainerInstances",
            r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
            "an agent that is not connected, or an instance that is gone, explains it",
        ),
        ASK_LOG,
        ASK_DEFINITION,
    ],
    fixes: &[
        Fix::look(
            "See whether the instance and its agent are still there",
            "aws ecs describe-container-instances --cluster {cluster} --container-instances {containerInstance} \
             --region {region} --query 'containerInstances[].[ec2InstanceId,status,agentConnected]'",
        ),
        Fix::advice(
            "Run it again",
            Blast::Nothing,
            "Start the task again and read `containers[].reason` and `exitCode` within the hour that ECS keeps stopped tasks.",
        ),
    ],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| at_most_one(check(subject))),
};

payloads! {
    /// The particulars of a container that ended without an exit code.
    NoExitCode {
        /// The container instance that the task was on.
        container_instance: String,
        /// Whether the instance's agent is connected now.
        agent_connected: bool,
    }
}

fn check(subject: &Subject<'_>) -> Option<Finding> {
    let has_ended = subject.stop == Stop::EssentialContainerExited;
    let knows_codes = subject.exits.iter().any(|exit| exit.code.is_some() || exit.out_of_memory);
    if !has_ended
        || super::success::is_done_job(subject)
        || knows_codes
        || subject.statements.iter().any(says_more)
    {
        return None;
    }
    let task = subject.task.as_ref()?;
    let connected = subject.instance.as_ref().and_then(|instance| instance.agent_connected());
    let cause = Cause::AppExitUnknown(NoExitCode {
        container_instance: task.container_instance_arn().map(str::to_owned),
        agent_connected: connected,
    });
    // Without containers the exit codes may only have been left out of the answer.
    let confidence = if subject.exits.is_empty() { Confidence::Possible } else { Confidence::Likely };
    let proof = if task.stop_code().is_some() { "stopCode" } else { "stoppedReason" };
    let mut finding = Finding::new(cause, confidence, task.cite(proof));
    finding.at = subject.timeline.end();
    if subject.exits.is_empty() {
        finding = finding.summary(
            "An essential container ended and its task with it; with which exit code is not in what was given.",
        );
        // A job that is done ends so too; a service has none that may end.
        if subject.is_of_service() != Some(true) {
            finding = finding.verdict(Verdict::Undetermined);
        }
    }
    if let [only] = subject.exits.as_slice() {
        finding = finding.container(&only.container).fact("name", Some(format!(" (`{}`)", only.container)));
    }
    if let (Some(false), Some(instance)) = (connected, &subject.instance) {
        finding = finding
            .cite(instance.cite("agentConnected"))
            .fact("agent", Some("; the agent of its instance is not connected"));
    }
    if !subject.exits.is_empty() && subject.is_fargate() {
        let fixes = finding.cause.rule().fixes;
        return Some(finding.fixed_by(fixes[1..].to_vec()));
    }
    Some(finding)
}

/// Whether a statement says more than that an essential container ended.
fn says_more(statement: &Statement) -> bool {
    let message = &statement.message;
    match statement.source {
        Source::TaskStoppedReason => {
            !message.body().starts_with("essential container in task exited")
                || message.exit_code().is_some()
                || !message.error_names().is_empty()
        }
        Source::ContainerReason | Source::AttachmentReason => true,
        _ => false,
    }
}
