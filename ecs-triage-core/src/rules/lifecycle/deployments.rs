//! What keeps a service from moving: its own percentages, protected tasks, starts that fail.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Counts, EVENTS, Finding, Fix, Kind, LOOK_AT_STOPPED, Plain,
    Rule, STOPPED_TASKS, Verdict,
};
use crate::change::Change;
use crate::health::DeploymentLimits;
use crate::signals::message::ServiceEventKind;
use crate::signals::{Said, ServiceState, Subject};

fn is_event(said: &Said, kind: ServiceEventKind) -> bool {
    said.message.service_event().is_some_and(|event| event.kind == kind)
}

pub(in crate::rules) static CONFIG_BLOCKS: Rule = Rule {
    code: "lifecycle-deployment-config-blocks",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "deployment percentages leave no task to start or stop",
    summary: "The deployment cannot move: its percentages allow no task to start and none to stop{numbers~|}.",
    explanation: "`maximumPercent` of the desired count is rounded down and `minimumHealthyPercent` up. Where both come to \
                  the desired count, ECS can neither start a new task nor stop an old one, and says nothing for long.",
    signs: "`was unable to stop or start tasks during a deployment because of the service deployment configuration`, or \
            the numbers of the service alone.",
    wants: &[Ask::new(
        "ecs",
        "DescribeServices",
        r#"{"cluster": "{cluster}", "services": ["{service}"]}"#,
        "the desired count and both percentages",
    )],
    fixes: &[Fix::run(
        "Leave room for more tasks; where none is to be had, lower `minimumHealthyPercent` so that old ones stop first",
        Blast::Service,
        "aws ecs update-service --cluster {cluster} --service {service} --deployment-configuration \
         'maximumPercent=200,minimumHealthyPercent=100' --region {region}",
    )],
    docs: &[EVENTS, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html"],
    since: "0.1.0",
    check: Check::Judge(config_blocks),
};

fn config_blocks(subject: &Subject<'_>) -> Vec<Finding> {
    let limits = limits(subject);
    let is_deadlocked = limits.is_some_and(|limits| limits.is_deadlocked());
    let counts = Counts {
        desired_count: limits.map(|limits| limits.desired_count.into()),
        minimum_healthy_percent: limits.map(|limits| limits.minimum_healthy_percent.into()),
        maximum_percent: limits.map(|limits| limits.maximum_percent.into()),
        most_running: limits.map(|limits| limits.most_running()),
        fewest_healthy: limits.map(|limits| limits.fewest_healthy()),
        ..Counts::default()
    };
    let cause = || Cause::LifecycleDeploymentConfigBlocks(counts.clone());
    let proof = subject
        .service
        .as_ref()
        .and_then(|service| service.deployment_configuration())
        .map(|settings| settings.cite("maximumPercent"));
    let stated =
        subject.statements.iter().filter(|said| is_event(said, ServiceEventKind::DeploymentConfiguration));
    let mut found: Vec<Finding> = stated
        .map(|statement| {
            let finding = Finding::stated(cause(), statement);
            match &proof {
                Some(proof) if is_deadlocked => finding.confirmed_by(proof.clone()),
                // There is room by now, so that something else holds the deployment up.
                Some(proof) if limits.is_some() => finding.refuted_by(proof.clone()),
                _ => finding,
            }
        })
        .collect();
    if let (true, true, Some(proof)) = (found.is_empty(), is_deadlocked && is_stalled(subject), proof) {
        found.push(Finding::new(cause(), Confidence::Confirmed, proof));
    }
    if let Some(limits) = limits.filter(|_| is_deadlocked) {
        let numbers = format!(
            ": of {} tasks at most {} may run and {} must stay healthy ({} % and {} %)",
            limits.desired_count,
            limits.most_running(),
            limits.fewest_healthy(),
            limits.maximum_percent,
            limits.minimum_healthy_percent,
        );
        let maximum = limits.smallest_maximum_percent().unwrap_or(200).max(200);
        let change = Change::deployment_limits(
            subject,
            "Leave room for more tasks during a deployment",
            limits.minimum_healthy_percent,
            maximum,
        );
        found = found
            .into_iter()
            .map(|finding| finding.fact("numbers", Some(numbers.clone())).change(change.clone()))
            .collect();
    }
    found
}

/// The room of a rolling deployment; other strategies and daemons have none of their own.
fn limits(subject: &Subject<'_>) -> Option<DeploymentLimits> {
    let service = subject.service.as_ref()?;
    let settings = service.deployment_configuration()?;
    let other_strategy =
        settings.node().get("strategy").is_some_and(|strategy| strategy.value() != "ROLLING");
    if service.scheduling_strategy() == Some("DAEMON") || other_strategy {
        return None;
    }
    let whole = |value: Option<i64>| u32::try_from(value?).ok();
    Some(DeploymentLimits {
        desired_count: whole(service.desired_count())?,
        minimum_healthy_percent: whole(settings.minimum_healthy_percent())?,
        maximum_percent: whole(settings.maximum_percent())?,
    })
}

/// Whether a deployment is under way of which no task was started, while the old tasks are all up.
fn is_stalled(subject: &Subject<'_>) -> bool {
    let (Some(service), Some(primary)) = (&subject.service, subject.primary_deployment()) else {
        return false;
    };
    let all_up = match (service.running_count(), service.desired_count()) {
        (Some(running), Some(desired)) => running >= desired,
        _ => false,
    };
    subject.service_state() == ServiceState::RollingOut
        && service.deployments().len() > 1
        && all_up
        && primary.running_count() == Some(0)
        && primary.pending_count().unwrap_or(0) == 0
        && primary.failed_tasks().unwrap_or(0) == 0
}

pub(in crate::rules) static TASK_PROTECTION: Rule = Rule {
    code: "lifecycle-task-protection",
    bucket: Bucket::Lifecycle,
    kind: Kind::Cause,
    title: "protected tasks keep the service from scaling in",
    summary: "{service|The service} cannot stop tasks that are protected from scale-in.",
    explanation: "A task that protects itself is not stopped by scale-in or a deployment until its protection ends, which \
                  can hold a deployment up for up to 48 hours.",
    signs: "`tasks under protection`, `number of protected tasks are more than the desired count`, DEPLOYMENT_BLOCKED.",
    wants: &[
        Ask::new(
            "ecs",
            "GetTaskProtection",
            r#"{"cluster": "{cluster}", "tasks": ["{listedTasks}"]}"#,
            "which tasks are protected, and until when",
        ),
        Ask::new(
            "ecs",
            "ListTasks",
            r#"{"cluster": "{cluster}", "serviceName": "{service}"}"#,
            "the running tasks of the service",
        ),
    ],
    fixes: &[
        Fix::look(
            "See which tasks are protected, and until when",
            "aws ecs get-task-protection --cluster {cluster} --region {region} --tasks $(aws ecs list-tasks --cluster \
             {cluster} --service-name {service} --region {region} --no-paginate --query 'taskArns[]' --output text)",
        ),
        Fix::run(
            "End the protection of a task that has no work left",
            Blast::Deployment,
            "aws ecs update-task-protection --cluster {cluster} --tasks {taskArn} --no-protection-enabled --region {region}",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html",
        EVENTS,
    ],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says_any(&[
                "under protection",
                "number of protected tasks",
                "unable to az rebalance because ",
                "taskset_scale_in_failure_by_task_protection",
            ]) || message.body().trim_end_matches('.') == "deployment_blocked"
        },
        |_, _| Cause::LifecycleTaskProtection(Plain {}),
    )
    .settled(|subject, finding| {
        // An INFO event: the protection did what it is for.
        let is_info = subject.statements.iter().any(|said| {
            said.citation == finding.citations[0]
                && said.message.says("taskset_scale_in_failure_by_task_protection")
        });
        if is_info { finding.verdict(Verdict::NotAFailure) } else { finding }
    }),
};

pub(in crate::rules) static START_IMPAIRED: Rule = Rule {
    code: "lifecycle-start-impaired",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "tasks of the service keep failing to start",
    summary: "{service|The service} cannot start tasks reliably, and ECS waits longer and longer between attempts.",
    explanation: "Tasks went from PENDING to STOPPED several times in a row. ECS then pauses for up to 27 minutes between \
                  attempts, so that silence in the events is no recovery.",
    signs: "`is unable to consistently start tasks successfully`, SERVICE_TASK_START_IMPAIRED.",
    wants: &[STOPPED_TASKS],
    fixes: &[
        LOOK_AT_STOPPED,
        Fix::run(
            "Once the cause is gone: try again at once",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html",
        EVENTS,
    ],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says_any(&["unable to consistently start tasks", "service_task_start_impaired"]),
        |_, _| Cause::LifecycleStartImpaired(Plain {}),
    ),
};

/// Events of EventBridge about a task that a registry or VPC Lattice calls unhealthy.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>
fn is_unhealthy_action(said: &Said) -> bool {
    said.message.says_any(&["service_discovery_instance_unhealthy", "vpc_lattice_target_unhealthy"])
}

pub(in crate::rules) static REPLACED_UNHEALTHY: Rule = Rule {
    code: "lifecycle-replaced-unhealthy",
    bucket: Bucket::Health,
    kind: Kind::Symptom,
    title: "ECS replaced tasks that were unhealthy",
    summary: "ECS replaced tasks of {service|the service} because they were unhealthy.",
    explanation: "A task that fails its container or load balancer health check is replaced. The event tells of the \
                  replacement; the failed check stands in the events before it.",
    signs: "`Amazon ECS replaced N tasks due to an unhealthy status`.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeServices",
            r#"{"cluster": "{cluster}", "services": ["{service}"]}"#,
            "the events before this one, which name the failed check",
        ),
        STOPPED_TASKS,
    ],
    fixes: &[LOOK_AT_STOPPED],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html",
    ],
    since: "0.1.0",
    check: Check::says(
        |said| is_event(said, ServiceEventKind::ReplacedUnhealthy) || is_unhealthy_action(said),
        |_, _| Cause::LifecycleReplacedUnhealthy(Plain {}),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        // An unhealthy task is replaced, as a rule: the event speaks of the first half only.
        match said.filter(|said| is_unhealthy_action(said)) {
            Some(_) => finding.confidence(Confidence::Possible).summary(
                "A task of the service is unhealthy in its service registry or VPC Lattice target group.",
            ),
            None => finding,
        }
    }),
};
