//! What a target group says of its checks: how they are made, what they get, and whether they can have failed.

use super::{Cause, Finding};
use crate::change::Change;
use crate::evidence::elbv2::{LoadBalancer, TargetGroup, TargetHealthDescription};
use crate::health::{Matcher, TargetHealthCheck};
use crate::signals::{Statement, Subject};

/// The target group that a finding is about.
fn group<'e>(subject: &Subject<'e>, finding: &Finding) -> Option<TargetGroup<'e>> {
    let facts = finding.all_facts();
    let (arn, name) = (facts.text("targetGroupArn"), facts.text("targetGroup"));
    subject.evidence.all::<TargetGroup<'e>>().find(|group| {
        let own = group.target_group_arn();
        own.is_some() && own == arn || arn.is_none() && name.is_some() && group.target_group_name() == name
    })
}

/// What the checks get of a target of the subject now, as a service event would say it, and whether it is the
/// target of the task itself. It comes without a time.
pub(super) fn health(subject: &Subject<'_>) -> Option<(Statement, bool)> {
    let facts = subject.facts();
    let arn = facts.text("targetGroup")?;
    let answer = subject.evidence.answer_to("elbv2", "DescribeTargetHealth", "TargetGroupArn", arn)?;
    let sick: Vec<TargetHealthDescription<'_>> = answer
        .all::<TargetHealthDescription<'_>>()
        .filter(|target| {
            let state = target.target_health().and_then(|health| health.state());
            state.is_some_and(|state| state.starts_with("unhealthy"))
        })
        .collect();
    let address = facts.text("privateAddress");
    let is_own = |target: &&TargetHealthDescription<'_>| {
        address.is_some() && target.target().is_some_and(|target| target.id() == address)
    };
    let own = sick.iter().find(is_own);
    let target = own.or(sick.first())?;
    let found = target.target_health()?;
    let reason = match (found.reason(), found.description()) {
        (Some("Target.Timeout"), _) => "Request timed out",
        (_, Some(description)) => description,
        (reason, None) => reason?,
    };
    let port = target.target().and_then(|target| target.port());
    let port = port.map(|port| format!(" (port {port})")).unwrap_or_default();
    let service = facts.text("service").unwrap_or("of the task");
    let text =
        format!("(service {service}){port} is unhealthy in (target-group {arn}) due to (reason {reason})");
    Some((Statement::of_target(&text, found.cite("reason")), own.is_some()))
}

/// Compares the codes that the target answered with those that count.
pub(super) fn matched(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    let group = group(subject, &finding);
    let Cause::HealthElbCodeMismatch(check) = &mut finding.cause else { return finding };
    let codes = check.codes.clone().unwrap_or_default();
    let Some(group) = group else { return finding };
    let wanted = group.matcher().and_then(|matcher| matcher.http_code().or(matcher.grpc_code()));
    check.path = group.health_check_path().map(str::to_owned);
    check.expected_codes = wanted.map(str::to_owned);
    let finding = finding
        .fact("forPath", group.health_check_path().map(|path| format!(" for `{}`", path.replace('`', "'"))))
        .fact("expects", wanted.map(|codes| format!(" (it wants {codes})")))
        .fact(
            "healthPath",
            own_path(subject).filter(|path| Some(path.as_str()) != group.health_check_path()),
        );
    let (Some(wanted), false) = (wanted, codes.is_empty()) else { return finding };
    let Some(matcher) = Matcher::parse(wanted) else { return finding };
    let proof = group.cite("Matcher");
    if codes.iter().all(|code| matcher.accepts(*code)) {
        // The group counts them now.
        return finding.refuted_by(proof);
    }
    let finding = finding.confirmed_by(proof).cite(group.cite("HealthCheckPath"));
    let is_answer = |code: &u16| matches!(code, 201..=399 | 401 | 403);
    if !codes.iter().all(is_answer) {
        return finding;
    }
    let list: Vec<String> = codes.iter().map(u16::to_string).collect();
    let title = format!("Count {} as healthy too, if that answer is right", list.join(" and "));
    let change = Change::matcher(
        &group,
        title,
        &format!("{wanted},{}", list.join(",")),
        subject.facts().text("region"),
    );
    finding.change(change)
}

/// The path that the container's own health check asks for, which the application is known to serve.
fn own_path(subject: &Subject<'_>) -> Option<String> {
    let balancer = subject.service.as_ref()?.load_balancers().into_iter().next()?;
    let defined = subject.container_definition(balancer.container_name())?;
    let check = defined.health_check()?;
    let line = check.command().join(" ");
    let (_, rest) = line.split_once("://")?;
    let rest = rest.split([' ', '"', '\'']).next()?;
    let (_, path) = rest.split_once('/')?;
    Some(format!("/{path}"))
}

/// Whether the checks of the group can have failed the target in its life, and how they are timed.
pub(super) fn timed(subject: &Subject<'_>, finding: Finding) -> (Finding, Option<TargetHealthCheck>) {
    let Some(group) = group(subject, &finding) else { return (finding, None) };
    let number = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok());
    let checks = || {
        Some(TargetHealthCheck {
            interval: number(group.health_check_interval_seconds())?,
            timeout: number(group.health_check_timeout_seconds())?,
            healthy_threshold: number(group.healthy_threshold_count())?,
            unhealthy_threshold: number(group.unhealthy_threshold_count())?,
        })
    };
    let Some(checks) = checks() else { return (finding, None) };
    let lived = subject.timeline.seconds_until_stopping().map(|seconds| seconds.max(0.0) as u64);
    let finding = match lived {
        Some(lived) if !checks.could_have_failed(lived) => {
            finding.refuted_by(group.cite("UnhealthyThresholdCount"))
        }
        _ => finding.cite(group.cite("HealthCheckPath")),
    };
    (finding, Some(checks))
}

/// Whether the target group is really gone.
pub(super) fn gone(subject: &Subject<'_>, finding: Finding) -> Finding {
    if let Some(group) = group(subject, &finding) {
        return finding.refuted_by(group.cite("TargetGroupArn"));
    }
    let Some(arn) = finding.facts.text("targetGroupArn") else { return finding };
    let mut errors = subject.evidence.answers::<crate::evidence::text::ApiError<'_>>();
    let missing = errors.find(|(error, request)| {
        let asked = request.and_then(|request| request.params.get("TargetGroupArns"));
        error.code().is_some_and(|code| code.starts_with("TargetGroupNotFound"))
            && asked.is_none_or(|asked| asked.to_string().contains(arn))
    });
    match missing {
        Some((error, _)) => finding.confirmed_by(error.cite("Code")),
        None => finding,
    }
}

/// Whether the load balancer serves the zone that the task runs in.
pub(super) fn zone(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Some(own) = subject.task.as_ref().and_then(|task| task.availability_zone()) else { return finding };
    let Some(group) = group(subject, &finding) else { return finding };
    let balancers = group.load_balancer_arns();
    let mut known = subject.evidence.all::<LoadBalancer<'_>>();
    let Some(balancer) =
        known.find(|found| found.load_balancer_arn().is_some_and(|arn| balancers.contains(&arn)))
    else {
        return finding;
    };
    let is_served = balancer.availability_zones().iter().any(|zone| zone.zone_name() == Some(own));
    let proof = balancer.cite("AvailabilityZones");
    if is_served { finding.refuted_by(proof) } else { finding.confirmed_by(proof) }
}
