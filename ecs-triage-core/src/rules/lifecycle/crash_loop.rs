//! A service whose tasks end again and again soon after they started.

use crate::evidence::ecs::Service;
use crate::rules::payload::payloads;
use crate::rules::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, at_most_one};
use crate::signals::message::ServiceEventKind;
use crate::signals::{Source, Statement, Subject, SubjectKind, is_turn};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "service-crash-loop",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "service keeps starting tasks that stop soon after",
    summary: "{count~|Several} tasks of service {service|of this group} ended by themselves{lived~|}{pace~|}: it is in a crash loop.",
    explanation: "A service replaces every task that ends. Tasks that reach RUNNING first are replaced at full speed and without end, and \
                  the circuit breaker does not count their exits.",
    signs: "Three or more tasks of one service that ended by themselves within ten minutes of starting, or more tasks started than \
            stopped and running by the service's events.",
    wants: &[
        Ask::new(
            "ecs",
            "ListTasks",
            r#"{"cluster": "{cluster}", "serviceName": "{service}", "desiredStatus": "STOPPED"}"#,
            "names the stopped tasks, which ECS keeps for about an hour",
        ),
        Ask::new(
            "ecs",
            "ListServiceDeployments",
            r#"{"cluster": "{cluster}", "service": "{service}"}"#,
            "shows with which deployment it began",
        ),
    ],
    fixes: &[
        Fix::look(
            "Read why a task stopped, before it is forgotten",
            "aws ecs describe-tasks --cluster {cluster} --region {region} --tasks $(aws ecs list-tasks --cluster {cluster} \
             --service-name {service} --desired-status STOPPED --region {region} --query 'taskArns[:3]' --output text) \
             --query 'tasks[].[stopCode,stoppedReason,containers[].[name,exitCode,reason]]'",
        ),
        Fix::run(
            "Go back to the last revision that worked",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --task-definition LAST_GOOD_REVISION --region {region}",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
    ],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let found = of_tasks(subject).or_else(|| of_events(subject)).or_else(|| of_deployment(subject));
        at_most_one(found)
    }),
};

payloads! {
    /// The particulars of a crash loop.
    CrashLoop {
        /// Tasks that ended by themselves.
        count: usize,
        /// Seconds between their starts; the median.
        interval_seconds: f64,
        /// Seconds that they lived; the median.
        lifetime_seconds: f64,
        /// Whether the count is a lower bound, taken from the service's events.
        from_events: bool,
    }
}

/// Fewest tasks that make a loop.
pub(crate) const LEAST: usize = 3;

/// Seconds within which tasks are started together.
pub(crate) const TOGETHER: f64 = 5.0;

fn of_tasks(subject: &Subject<'_>) -> Option<Finding> {
    let group = match subject.kind {
        SubjectKind::Service => format!("service:{}", subject.facts().text("service")?),
        SubjectKind::Task => {
            let group = subject.task.as_ref()?.group()?;
            // A service in the evidence says it itself.
            if !group.starts_with("service:") || subject.service.is_some() {
                return None;
            }
            group.to_owned()
        }
        _ => return None,
    };
    // The newest of the loop carries the finding, so a task that is no part of it need not look at the others.
    if subject.task.as_ref().is_some_and(|task| {
        let is_known = task.task_arn().is_some_and(|arn| arn.starts_with("arn:") && arn.contains(":task/"));
        is_known && !is_turn(subject.stop, &subject.timeline)
    }) {
        return None;
    }
    let ended = subject.turns(&group);
    // Of several tasks the newest carries the finding.
    let newest = ended.last()?;
    if subject.task.as_ref().is_some_and(|task| task.task_arn() != newest.task.task_arn()) {
        return None;
    }
    // Tasks that were started together and ended together are one turn of the loop.
    let mut turns = ended.iter().filter_map(|ended| ended.timeline.started).collect::<Vec<_>>();
    turns.dedup_by(|later, earlier| later.seconds_since(*earlier) < TOGETHER);
    if turns.len() < LEAST {
        return None;
    }
    let starts: Vec<f64> = turns.windows(2).map(|pair| pair[1].seconds_since(pair[0])).collect();
    let lives: Vec<f64> = ended.iter().filter_map(|ended| ended.timeline.lifetime_seconds()).collect();
    let (interval, life) = (median(starts), median(lives));
    let cause = Cause::ServiceCrashLoop(CrashLoop {
        count: Some(ended.len()),
        interval_seconds: interval,
        lifetime_seconds: life,
        from_events: Some(false),
    });
    let words = crate::rules::app::duration_words;
    let mut finding = Finding::new(cause, Confidence::Likely, newest.task.cite("stopCode"))
        .fact("lived", life.map(|seconds| format!(" about {} after they started", words(seconds))))
        .fact("pace", interval.map(|seconds| format!(", one every {}", words(seconds))));
    finding.at = newest.timeline.end();
    for earlier in ended.iter().rev().skip(1).take(4) {
        finding = finding.cite(earlier.task.cite("stopCode"));
    }
    Some(finding)
}

/// Tasks that were started and are neither running nor stopped by the service ended by themselves.
fn of_events(subject: &Subject<'_>) -> Option<Finding> {
    let service = subject.service.as_ref().filter(|_| subject.kind == SubjectKind::Service)?;
    let (mut started, mut stopped) = (0_i64, 0_i64);
    let mut newest = None;
    for statement in subject.statements_of(Source::ServiceEvent) {
        let Some(event) = statement.message.service_event() else { continue };
        match event.kind {
            ServiceEventKind::Started => {
                started += i64::from(event.count.unwrap_or(1));
                newest = newest.or(Some(statement));
            }
            ServiceEventKind::Stopped => stopped += i64::from(event.count.unwrap_or(1)),
            // Tasks that are replaced for their health, or never started, have other reasons.
            ServiceEventKind::ReplacedUnhealthy
            | ServiceEventKind::UnhealthyTarget
            | ServiceEventKind::UnhealthyContainer
            | ServiceEventKind::StartImpaired
            | ServiceEventKind::AzRebalancing => return None,
            _ => {}
        }
    }
    let vanished = started - stopped - present(service)?;
    if vanished < LEAST as i64 {
        return None;
    }
    let cause = Cause::ServiceCrashLoop(CrashLoop {
        count: usize::try_from(vanished).ok(),
        from_events: Some(true),
        ..CrashLoop::default()
    });
    Some(Finding::stated(cause, newest?))
}

/// A new deployment whose tasks failed one after the other, while those of the one before still serve.
pub(super) fn of_deployment(subject: &Subject<'_>) -> Option<Finding> {
    let service = subject.service.as_ref().filter(|_| subject.kind == SubjectKind::Service)?;
    let primary = subject.primary_deployment()?;
    let failed = primary.failed_tasks().filter(|failed| *failed >= LEAST as i64)?;
    let is_rolling = primary.rollout_state() == Some("IN_PROGRESS") && primary.running_count() == Some(0);
    // With too few tasks the service says so itself; and an event says more than a number.
    let has_its_tasks = service.running_count()? >= service.desired_count()?;
    let routine = |statement: &Statement| {
        statement.message.service_event().is_some_and(|event| {
            matches!(
                event.kind,
                ServiceEventKind::Started
                    | ServiceEventKind::Stopped
                    | ServiceEventKind::SteadyState
                    | ServiceEventKind::DeploymentCompleted
                    | ServiceEventKind::Registered
                    | ServiceEventKind::Deregistered
                    | ServiceEventKind::Draining
            )
        })
    };
    if !is_rolling || !has_its_tasks || !subject.statements_of(Source::ServiceEvent).all(routine) {
        return None;
    }
    let cause = Cause::ServiceCrashLoop(CrashLoop {
        count: usize::try_from(failed).ok(),
        from_events: Some(false),
        ..CrashLoop::default()
    });
    let finding = Finding::new(cause, Confidence::Possible, primary.cite("failedTasks")).summary(format!(
        "{failed} tasks of the newest deployment failed one after the other: they do not start or do not become healthy, \
         and the deployment does not get on. The tasks of the one before still run.",
    ));
    Some(finding.cite(primary.cite("runningCount")))
}

/// Tasks of the service that run or are on their way up.
fn present(service: &Service<'_>) -> Option<i64> {
    Some(service.running_count()?.saturating_add(service.pending_count().unwrap_or(0)))
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}
