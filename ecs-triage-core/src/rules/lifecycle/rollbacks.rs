//! Deployments that ECS called failed, and what made it.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, DeploymentFailure, EVENTS, Finding, Fix, Kind,
    LOOK_AT_STOPPED, Plain, Rule, STOPPED_TASKS, Verdict,
};
use crate::evidence::ecs::{CircuitBreaker, Deployment, Service};
use crate::health::BreakerThreshold;
use crate::redact::redacted;
use crate::signals::message::ServiceEventKind;
use crate::signals::{Said, Source, Subject};

const SERVICE_DEPLOYMENTS: Ask = Ask::new(
    "ecs",
    "ListServiceDeployments",
    r#"{"cluster": "{cluster}", "service": "{service}"}"#,
    "the deployments of the last 90 days, with the state of each",
);
const NEWEST_DEPLOYMENT: Ask = Ask::new(
    "ecs",
    "DescribeServiceDeployments",
    r#"{"serviceDeploymentArns": ["{serviceDeployment}"]}"#,
    "how many failures the circuit breaker counted, which alarms fired, and what was rolled back",
);
const LISTED_TASKS: Ask = Ask::new(
    "ecs",
    "DescribeTasks",
    r#"{"cluster": "{cluster}", "tasks": ["{listedTasks}"]}"#,
    "why those tasks stopped",
);

pub(in crate::rules) static CIRCUIT_BREAKER: Rule = Rule {
    code: "lifecycle-circuit-breaker",
    bucket: Bucket::Lifecycle,
    // The cause is whatever the tasks of the deployment failed of.
    kind: Kind::Symptom,
    title: "deployment circuit breaker tripped",
    summary: "The deployment circuit breaker failed {deployment|the deployment}: its tasks did not start or stay \
              healthy{numbers~|}{rollback~|}.",
    explanation: "The breaker counts tasks that never run and tasks that fail their health checks. It tells that tasks \
                  failed, never why: the stopped tasks of the deployment do.",
    signs: "`tasks failed to start`, `ECS deployment circuit breaker`, `circuit breaker threshold was exceeded`, or a \
            deploymentCircuitBreaker that is TRIGGERED. `rolling back to deployment` alone leaves an alarm open.",
    wants: &[STOPPED_TASKS, LISTED_TASKS, NEWEST_DEPLOYMENT, SERVICE_DEPLOYMENTS],
    fixes: &[LOOK_AT_STOPPED],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
        EVENTS,
    ],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.service.is_some() || !subject.service_deployments.is_empty(),
        |said| is_breaker(said) || is_bare_failure(said) || is_rollback(said),
        circuit_breaker,
    ),
};

fn circuit_breaker(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let is_breakers = subject.statements.iter().any(|said| is_breaker(said)) || has_breaker_alone(subject);
    let is_others = subject.statements.iter().any(|said| is_alarm(said) || is_hook(said));
    for statement in &subject.statements {
        let confidence = match () {
            () if is_breaker(statement) => Confidence::Likely,
            () if is_others => continue,
            // What follows a deployment that the breaker failed.
            () if is_rollback(statement) && is_breakers => Confidence::Likely,
            // The event says only that the deployment failed: breaker or alarm.
            () if is_bare_failure(statement) || is_rollback(statement) => Confidence::Possible,
            () => continue,
        };
        let failure = DeploymentFailure {
            deployment: statement.message.service_event().and_then(|event| event.deployment.clone()),
            ..DeploymentFailure::default()
        };
        found
            .push(Finding::stated(Cause::LifecycleCircuitBreaker(failure), statement).confidence(confidence));
    }
    if found.is_empty() && !is_others {
        found.extend(silent_failure(subject));
    }
    with_breaker_numbers(subject, found)
}

/// The newest deployment failed, and no event and no reason says of what.
fn silent_failure(subject: &Subject<'_>) -> Option<Finding> {
    let failed = subject.primary_deployment()?;
    let is_silent = failed.rollout_state() == Some("FAILED")
        && failed.rollout_state_reason().is_none_or(|reason| reason.trim().is_empty());
    let cause = Cause::LifecycleCircuitBreaker(DeploymentFailure {
        deployment: failed.id().map(str::to_owned),
        ..DeploymentFailure::default()
    });
    let sure = if has_breaker_alone(subject) { Confidence::Likely } else { Confidence::Possible };
    is_silent.then(|| Finding::new(cause, sure, failed.cite("rolloutState")))
}

fn is_breaker(said: &Said) -> bool {
    let message = &said.message;
    let is_failed_event = message.service_event().is_some_and(|event| {
        matches!(event.kind, ServiceEventKind::DeploymentFailed | ServiceEventKind::RollingBack)
    });
    !message.says("alarm")
        && !is_hook(said)
        && (message.says("deployment circuit breaker")
            || message.says("circuit breaker threshold")
            || message.says("because of a circuit breaker")
            || message.body().starts_with("deployment failed: tasks failed to start")
            || (is_failed_event || said.source == Source::DeploymentReason)
                && message.says_any(&["tasks failed to start", "task failed to start"]))
}

fn is_alarm(said: &Said) -> bool {
    let message = &said.message;
    message.says("deployment")
        && message.says_any(&[
            "alarm detected",
            "alarms detected",
            "alarm(s)",
            "because of a cloudwatch alarm",
        ])
}

/// A function of the user's own ended the deployment.
fn is_hook(said: &Said) -> bool {
    said.message.says("lifecycle hook")
}

/// A deployment is rolled back, and the event does not say of what.
fn is_rollback(said: &Said) -> bool {
    let event = said.message.service_event();
    event.is_some_and(|event| event.kind == ServiceEventKind::RollingBack)
        && said.message.says("rolling back to deployment")
        && !is_alarm(said)
        && !is_hook(said)
}

/// Whether the service rolls back on its breaker and on nothing else.
fn has_breaker_alone(subject: &Subject<'_>) -> bool {
    let settings = subject.service.as_ref().and_then(|service| service.deployment_configuration());
    let Some(settings) = settings else { return false };
    let has_breaker =
        settings.deployment_circuit_breaker().and_then(|breaker| breaker.enable()) == Some(true);
    let alarms = settings.node().get("alarms").and_then(|alarms| alarms.get("enable"));
    has_breaker && alarms.is_none_or(|enable| enable.value() != true)
}

/// A failed deployment of which nothing more is said.
fn is_bare_failure(said: &Said) -> bool {
    let event = said.message.service_event();
    let is_event = event.is_some_and(|event| event.kind == ServiceEventKind::DeploymentFailed);
    said.message.body() == "service_deployment_failed"
        || is_event && !is_breaker(said) && !is_alarm(said) && !is_hook(said)
}

/// The numbers of the newest service deployment, else those of the failed deployment of the service.
fn with_breaker_numbers(subject: &Subject<'_>, mut found: Vec<Finding>) -> Vec<Finding> {
    if let Some(newest) = subject.service_deployments.first() {
        let breaker = newest.deployment_circuit_breaker();
        if let Some(breaker) = breaker.filter(|breaker| breaker.status() == Some("TRIGGERED")) {
            let failure = DeploymentFailure {
                deployment: newest.service_deployment_arn().map(str::to_owned),
                failure_count: breaker.failure_count(),
                threshold: breaker.threshold(),
                rolled_back_to: newest
                    .rollback()
                    .and_then(|rollback| Some(rollback.service_revision_arn()?.to_owned())),
                alarms: None,
            };
            let cause = Cause::LifecycleCircuitBreaker(failure);
            let proof = breaker.cite("status");
            let mut finding =
                Finding::new(cause, Confidence::Confirmed, proof).cite(breaker.cite("failureCount"));
            for stated in found {
                finding.citations.extend(stated.citations);
            }
            return vec![in_words(finding)];
        }
    }
    if let Some((deployment, threshold)) = failed_deployment(subject) {
        for finding in &mut found {
            let Cause::LifecycleCircuitBreaker(failure) = &mut finding.cause else { continue };
            failure.deployment = deployment.id().map(str::to_owned).or(failure.deployment.take());
            failure.failure_count = deployment.failed_tasks();
            failure.threshold = threshold;
            finding.citations.push(deployment.cite("failedTasks"));
        }
    }
    found.into_iter().map(in_words).collect()
}

fn in_words(finding: Finding) -> Finding {
    let Cause::LifecycleCircuitBreaker(failure) = &finding.cause else { return finding };
    let numbers = match (failure.failure_count, failure.threshold) {
        (Some(count), Some(threshold)) => Some(format!(" ({count} failures, threshold {threshold})")),
        (Some(count), None) => Some(format!(" ({count} failures)")),
        _ => None,
    };
    let rollback = failure.rolled_back_to.as_ref().map(|to| format!("; it was rolled back to `{to}`"));
    finding.fact("numbers", numbers).fact("rollback", rollback)
}

/// The deployment of the service that failed, and the threshold by its settings.
fn failed_deployment<'e>(subject: &Subject<'e>) -> Option<(Deployment<'e>, Option<i64>)> {
    let service = subject.service.as_ref()?;
    let failed = service
        .deployments()
        .into_iter()
        .find(|deployment| deployment.rollout_state() == Some("FAILED"))
        .filter(|deployment| deployment.failed_tasks().unwrap_or(0) > 0)?;
    let threshold = threshold(service);
    Some((failed, threshold))
}

fn threshold(service: &Service<'_>) -> Option<i64> {
    let breaker = service.deployment_configuration()?.deployment_circuit_breaker()?;
    let desired = u32::try_from(service.desired_count()?).ok()?;
    breaker.enable()?.then_some(())?;
    i64::try_from(configured(&breaker).failures(desired)).ok()
}

fn configured(breaker: &CircuitBreaker<'_>) -> BreakerThreshold {
    let set = breaker.threshold_configuration();
    let value = set.as_ref().and_then(|set| u32::try_from(set.value()?).ok());
    match (set.as_ref().and_then(|set| set.kind()), value) {
        (Some("COUNT"), Some(value)) => BreakerThreshold::Count(value),
        (Some("BOUNDED_PERCENT"), Some(value)) => BreakerThreshold::BoundedPercent(value),
        (Some("UNBOUNDED_PERCENT"), Some(value)) => BreakerThreshold::UnboundedPercent(value),
        _ => BreakerThreshold::default(),
    }
}

pub(in crate::rules) static DEPLOYMENT_ALARM: Rule = Rule {
    code: "lifecycle-deployment-alarm",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "CloudWatch alarm failed the deployment",
    summary: "The CloudWatch alarm {alarms|of the service} fired and failed {deployment|the deployment}.",
    explanation: "The service's deployment alarms watch a deployment until its bake time is over. One that changes to ALARM \
                  fails it; one that was in ALARM from the start is ignored.",
    signs: "`deployment failed: alarm detected`, or alarms that are TRIGGERED in a service deployment.",
    wants: &[
        NEWEST_DEPLOYMENT,
        Ask::new(
            "cloudwatch",
            "DescribeAlarmHistory",
            r#"{"AlarmName": "{alarm}", "HistoryItemType": "StateUpdate"}"#,
            "when and by which values the alarm fired",
        ),
        SERVICE_DEPLOYMENTS,
        STOPPED_TASKS,
    ],
    fixes: &[
        Fix::look(
            "See when and why the alarm fired",
            "aws cloudwatch describe-alarm-history --alarm-name {alarm} --history-item-type StateUpdate --region {region}",
        ),
        Fix::advice(
            "Decide which of the two is wrong",
            Blast::Source,
            "Compare the metric before and after the deployment: repair what the new revision broke, or the alarm, if a \
             healthy deployment sets it off.",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html",
        EVENTS,
    ],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| !subject.service_deployments.is_empty(),
        |said| is_alarm(said) || is_bare_failure(said) || is_rollback(said),
        deployment_alarm,
    ),
};

fn deployment_alarm(subject: &Subject<'_>) -> Vec<Finding> {
    let newest = subject.service_deployments.first();
    let triggered =
        newest.and_then(|newest| newest.alarms()).filter(|alarms| alarms.status() == Some("TRIGGERED"));
    let names: Vec<String> = triggered
        .as_ref()
        .map(|alarms| alarms.triggered_alarm_names())
        .unwrap_or_default()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let failure = |deployment: Option<String>| {
        let alarms = (!names.is_empty()).then(|| names.clone());
        Cause::LifecycleDeploymentAlarm(DeploymentFailure {
            deployment,
            alarms,
            ..DeploymentFailure::default()
        })
    };
    let mut found: Vec<Finding> = Vec::new();
    let is_others = has_breaker_alone(subject)
        || subject.statements.iter().any(|said| is_breaker(said) || is_alarm(said) || is_hook(said));
    for statement in &subject.statements {
        let message = &statement.message;
        let event = message.service_event();
        let confidence = match () {
            () if is_alarm(statement) => Confidence::Likely,
            () if is_others => continue,
            () if is_bare_failure(statement) || is_rollback(statement) => Confidence::Possible,
            () => continue,
        };
        let cause = failure(event.and_then(|event| event.deployment.clone()));
        found.push(Finding::stated(cause, statement).confidence(confidence));
    }
    if let (Some(alarms), Some(newest)) = (triggered, newest) {
        let cause = failure(newest.service_deployment_arn().map(str::to_owned));
        found = vec![
            found
                .into_iter()
                .flat_map(|stated| stated.citations)
                .fold(Finding::new(cause, Confidence::Confirmed, alarms.cite("status")), Finding::cite),
        ];
    }
    found.into_iter().map(|finding| finding.fact("alarm", names.first().cloned())).collect()
}

pub(in crate::rules) static ROLLED_BACK: Rule = Rule {
    code: "lifecycle-deployment-rolled-back",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "deployment was rolled back by a lifecycle hook, its traffic rules or somebody",
    summary: "The deployment of {service|the service} was rolled back{because~|}.",
    explanation: "A blue/green, linear or canary deployment calls the service's lifecycle hooks and shifts traffic between two \
                  target groups by its listener rules. A hook that fails or cannot be called, rules that do not fit, or \
                  somebody who stops it (StopServiceDeployment) end it, and the old revision goes on serving.",
    signs: "`Service deployment rolled back because …` with a reason that is neither the circuit breaker nor an alarm.",
    wants: &[NEWEST_DEPLOYMENT, SERVICE_DEPLOYMENTS],
    fixes: &[
        Fix::advice(
            "Put right what the reason names, then deploy again",
            Blast::Source,
            "A hook: read the log of its function, which must answer with a `hookStatus`, and check that the hook's role trusts \
             `ecs.amazonaws.com` and may invoke it. Traffic: both target groups must stand in the listener rules that the \
             service's `advancedConfiguration` names, and only one of them may be served.",
        ),
        Fix::look(
            "See the hooks and listener rules of the service",
            "aws ecs describe-services --cluster {cluster} --services {service} --region {region} --query \
             'services[].[deploymentConfiguration.lifecycleHooks,loadBalancers[].advancedConfiguration]'",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html",
    ],
    since: "0.1.0",
    check: Check::says(
        |said| {
            said.message.says("deployment rolled back because")
                && !is_breaker(said)
                && !said.message.says("alarm")
        },
        |_, _| Cause::LifecycleDeploymentRolledBack(Plain {}),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        let because = said.and_then(|said| {
            let words = redacted(said.message.from_phrase("because ")?).into_owned();
            Some(format!(" {}", words.trim_end_matches('.')))
        });
        // Somebody wanted it so.
        let is_asked = said.is_some_and(|said| said.message.says("because of a user request"));
        let finding = finding.fact("because", because);
        if is_asked { finding.verdict(Verdict::NotAFailure) } else { finding }
    }),
};
