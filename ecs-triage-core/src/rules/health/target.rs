//! Health checks of load balancers. The stopped task only says that they failed; the service's event says how.

use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, group, payloads};
use crate::change::Change;
use crate::evidence::Citation;
use crate::signals::message::{Message, ServiceEventKind};
use crate::signals::{Said, Statement, Subject, SubjectKind};

payloads! {
    /// The particulars of a target that its load balancer found unhealthy.
    TargetCheck {
        /// Name or ARN of the target group.
        target_group: String,
        /// Name of the Classic Load Balancer.
        load_balancer: String,
        /// Port of the target.
        port: u16,
        /// HTTP or gRPC status codes that the target answered.
        codes: Vec<u16>,
        /// Path that is checked.
        path: String,
        /// Codes that count as healthy: `200`, `200-299`.
        expected_codes: String,
        /// Why, as the load balancer says it.
        reason: String,
        /// Id of the task.
        task: String,
        /// EC2 instance of the target.
        instance: String,
        /// Seconds from the task's start to the order to stop it.
        lived_seconds: f64,
        /// Seconds in which the service ignores failing checks of new tasks.
        grace_period_seconds: i64,
    }
}

const EVENT_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html";
const BALANCER_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html";

const ASK_HEALTH: Ask = Ask::new(
    "elbv2",
    "DescribeTargetHealth",
    r#"{"TargetGroupArn": "{targetGroupArn}"}"#,
    "says of each target what the checks get: a code, a time-out or nothing",
);
const ASK_GROUP: Ask = Ask::new(
    "elbv2",
    "DescribeTargetGroups",
    r#"{"TargetGroupArns": ["{targetGroupArn}"]}"#,
    "says which path and port are checked, and which codes count as healthy",
);
const ASK_SERVICE: Ask = Ask::new(
    "ecs",
    "DescribeServices",
    r#"{"cluster": "{cluster}", "services": ["{missingService}"]}"#,
    "its events say how the checks failed: with a code, by a time-out, or without an answer",
);
const LOOK_HEALTH: Fix = Fix::look(
    "See what the checks get now",
    "aws elbv2 describe-target-health --target-group-arn {targetGroupArn} --region {region} \
     --query 'TargetHealthDescriptions[].[Target.Id,Target.Port,TargetHealth.State,TargetHealth.Reason,TargetHealth.Description]'",
);
pub(in crate::rules) static CODE_MISMATCH: Rule = Rule {
    code: "health-elb-code-mismatch",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "target answers the health check with an unexpected status",
    summary: "The load balancer's health check of the target{port~|} got {answer~|an unexpected status}{forPath~|}, which \
              {group|its target group} does not count as healthy{expects~|}{hint~|}.",
    explanation: "The application was reached and answered, so network and port are right. The path that is checked, or the \
                  codes that count, do not match it; ECS stops and replaces the task for that.",
    signs: "`Health checks failed with these codes: [404]` in a service event, `Target.ResponseCodeMismatch` in the target's health.",
    wants: &[ASK_GROUP, ASK_HEALTH],
    fixes: &[
        Fix::run(
            "Check a path that answers with a code that counts",
            Blast::Resource,
            "aws elbv2 modify-target-group --target-group-arn {targetGroupArn} --health-check-path {healthPath|HEALTH_PATH} \
             --region {region}",
        ),
        Fix::advice(
            "Or let the application answer",
            Blast::Source,
            "Answer the path that is checked with 200, without login, redirect or a test of the Host header.",
        ),
        LOOK_HEALTH,
    ],
    docs: &[
        EVENT_PAGE,
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
    ],
    since: "0.1.0",
    check: Check::JudgeSaid(is_about_target, |subject| {
        let found = found(subject, Fault::Code, Cause::HealthElbCodeMismatch);
        found.into_iter().map(|finding| group::matched(subject, with_answer(finding))).collect()
    }),
};

pub(in crate::rules) static TIMEOUT: Rule = Rule {
    code: "health-elb-timeout",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "target does not answer the health check in time",
    summary: "The load balancer's health check of the target{port~|} in {group|its target group} timed out.",
    explanation: "The check got no answer at all: a security group or network ACL drops it, the port is another one, the application does \
                  not listen on the task's address, or it is too slow or still starting.",
    signs: "`Request timed out` as the reason in a service event, `Target.Timeout` in the target's health.",
    wants: &[ASK_HEALTH, ASK_GROUP],
    fixes: &[
        Fix::run(
            "Let the load balancer in (with dynamic host ports, on 32768 to 65535 of the instances)",
            Blast::Network,
            "aws ec2 authorize-security-group-ingress --group-id {securityGroups^} --protocol tcp --port {checkedPort} \
             --source-group LOAD_BALANCER_SECURITY_GROUP --region {region}",
        ),
        Fix::advice(
            "Listen on every address",
            Blast::Source,
            "Let the application listen on 0.0.0.0 (or ::), not on 127.0.0.1, on the port of its port mapping.",
        ),
        LOOK_HEALTH,
    ],
    docs: &[EVENT_PAGE, BALANCER_PAGE],
    since: "0.1.0",
    check: Check::JudgeSaid(is_about_target, |subject| {
        found(subject, Fault::Timeout, Cause::HealthElbTimeout)
    }),
};

pub(in crate::rules) static ELB_FAILED: Rule = Rule {
    code: "health-elb-failed",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "load balancer's health checks failed",
    summary: "The load balancer's health checks of the target{port~|} in {group|its target group} failed{lived~|}; the text does not say how.",
    explanation: "The connection was refused or the answer was no valid one: another port, an application that listens on \
                  127.0.0.1 only, TLS against plain text, or one that was not up yet. Exit codes 137 and 143 after that are the stop.",
    signs: "`Task failed ELB health checks` as the stopped reason, or `Health checks failed` without a code in a service event.",
    wants: &[ASK_SERVICE, ASK_HEALTH, ASK_GROUP],
    fixes: &[
        LOOK_HEALTH,
        Fix::advice(
            "Compare port and address",
            Blast::Source,
            "Let the application listen on 0.0.0.0 on the container port that the service registers, and let the target group \
             check that port with the protocol it speaks.",
        ),
    ],
    docs: &[BALANCER_PAGE, EVENT_PAGE],
    since: "0.1.0",
    check: Check::JudgeSaid(is_about_target, |subject| found(subject, Fault::Failed, Cause::HealthElbFailed)),
};

pub(in crate::rules) static AZ_DISABLED: Rule = Rule {
    code: "health-elb-az-disabled",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "target is in an Availability Zone that the load balancer does not serve",
    summary: "The task runs in an Availability Zone that the load balancer of {group|its target group} has no subnet in.",
    explanation: "A load balancer sends checks and traffic only into the zones that it is enabled for, so a target in another one \
                  never becomes healthy.",
    signs: "`Target is in an Availability Zone that is not enabled for the load balancer`.",
    wants: &[
        ASK_GROUP,
        Ask::new(
            "ec2",
            "DescribeSubnets",
            r#"{"SubnetIds": ["{subnets}"]}"#,
            "names the Availability Zones of the service's subnets",
        ),
    ],
    fixes: &[
        Fix::run(
            "Enable the zone for the load balancer (this replaces the list of its subnets)",
            Blast::Network,
            "aws elbv2 set-subnets --load-balancer-arn LOAD_BALANCER_ARN --subnets PRESENT_SUBNETS SUBNET_IN_THE_ZONE --region {region}",
        ),
        Fix::run(
            "Or keep the service out of the zone",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --region {region} --network-configuration \
             'awsvpcConfiguration={subnets=[SUBNETS_IN_SERVED_ZONES],securityGroups=[{securityGroups,}],assignPublicIp={assignPublicIp}}'",
        ),
    ],
    docs: &[EVENT_PAGE],
    since: "0.1.0",
    check: Check::JudgeSaid(is_about_target, |subject| {
        found(subject, Fault::Zone, Cause::HealthElbAzDisabled)
    }),
};

pub(in crate::rules) static CLASSIC: Rule = Rule {
    code: "health-elb-classic",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "Classic Load Balancer finds the instance unhealthy",
    summary: "The Classic Load Balancer {loadBalancer|of the service} finds instance {instance|of the task} unhealthy.",
    explanation: "A Classic Load Balancer checks the instance on a fixed port. The check failed as often in a row as its \
                  unhealthy threshold says, and ECS stops the task behind it.",
    signs: "`is unhealthy in (elb …)`, or `Instance has failed at least the UnhealthyThreshold number of health checks consecutively`.",
    wants: &[
        Ask::new(
            "elb",
            "DescribeInstanceHealth",
            r#"{"LoadBalancerName": "{loadBalancer}"}"#,
            "says why each instance is out of service",
        ),
        Ask::new(
            "elb",
            "DescribeLoadBalancers",
            r#"{"LoadBalancerNames": ["{loadBalancer}"]}"#,
            "says which port and path are checked",
        ),
    ],
    fixes: &[
        Fix::look(
            "See why the instance is out of service",
            "aws elb describe-instance-health --load-balancer-name {loadBalancer} --region {region}",
        ),
        Fix::advice(
            "Check target, port and security group",
            Blast::Network,
            "Let the ping target name the host port and a path that answers, and let the instance's security group admit the \
             load balancer. An Application or Network Load Balancer takes dynamic ports, too.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(is_about_target, |subject| {
        found(subject, Fault::Classic, Cause::HealthElbClassic)
    }),
};

pub(in crate::rules) static TARGET_GROUP_MISSING: Rule = Rule {
    code: "health-target-group-missing",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "target group was deleted",
    summary: "Target group {group|of the service} does not exist any more, so no task can become healthy in it.",
    explanation: "The service registers its tasks in a target group that somebody deleted. ECS cannot see their health and replaces \
                  them again and again.",
    signs: "`TARGET GROUP IS NOT FOUND` in a service event.",
    wants: &[ASK_GROUP],
    fixes: &[Fix::run(
        "Give the service a target group that exists and that a listener uses (this replaces the list: name all of the service's)",
        Blast::Deployment,
        "aws ecs update-service --cluster {cluster} --service {service} --region {region} --load-balancers \
         targetGroupArn=NEW_TARGET_GROUP_ARN,containerName={balancedContainer},containerPort={balancedPort}",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(is_about_target, |subject| {
        found(subject, Fault::GroupMissing, Cause::HealthTargetGroupMissing)
    }),
};

pub(in crate::rules) static TARGET_MISSING: Rule = Rule {
    code: "health-target-missing",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "target was deregistered behind the back of ECS",
    summary: "The task is not registered in {group|its target group} although ECS registered it: something else took it out.",
    explanation: "ECS registers and deregisters the targets of a service itself. When somebody else deregisters one, ECS finds it missing \
                  and replaces the task.",
    signs: "`TARGET IS NOT FOUND` in a service event.",
    wants: &[ASK_HEALTH],
    fixes: &[
        Fix::run(
            "Register the tasks anew",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
        ),
        Fix::look(
            "Find who deregisters targets",
            "aws cloudtrail lookup-events --region {region} --lookup-attributes \
             AttributeKey=EventName,AttributeValue=DeregisterTargets",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(is_about_target, |subject| {
        found(subject, Fault::TargetMissing, Cause::HealthTargetMissing)
    }),
};

/// How a load balancer's checks failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Code,
    Timeout,
    Zone,
    Classic,
    GroupMissing,
    TargetMissing,
    /// Nothing more is said.
    Failed,
}

fn is_about_target(said: &Said) -> bool {
    fault(&said.message).is_some()
}

fn fault(message: &Message) -> Option<Fault> {
    let kind = message.service_event().map(|event| event.kind);
    let is_unhealthy = kind == Some(ServiceEventKind::UnhealthyTarget)
        || message.says_any(&[
            "is unhealthy in (target-group",
            "is unhealthy in (elb",
            "failed elb health checks",
        ]);
    let first = |faults: &[(&[&str], Fault)]| {
        faults.iter().find(|(phrases, _)| message.says_any(phrases)).map(|(_, fault)| *fault)
    };
    let own = first(&[
        (&["target group is not found", "target groups not found"], Fault::GroupMissing),
        (&["target is not found"], Fault::TargetMissing),
        (&["health checks failed with these codes", "target.responsecodemismatch"], Fault::Code),
        (&["target.timeout"], Fault::Timeout),
        (&["target.failedhealthchecks"], Fault::Failed),
        (&["availability zone that is not enabled for the load balancer"], Fault::Zone),
        (
            &[
                "is unhealthy in (elb",
                "instance has failed at least the unhealthythreshold number of health checks",
            ],
            Fault::Classic,
        ),
    ]);
    if own.is_some() || !is_unhealthy {
        return own;
    }
    // A reason that is cut off may say anything.
    first(&[(&["request timed out"], Fault::Timeout)]).or(Some(Fault::Failed))
}

/// Whether the message is whole enough to say that the checks failed without a code or a time-out.
fn says_failed(message: &Message) -> bool {
    message.says_any(&[
        "failed elb health checks",
        "reason health checks failed)",
        "target.failedhealthchecks",
    ])
}

/// A message about this subject's targets.
struct Telling {
    statement: Statement,
    /// The task's own words, which the service's event explains.
    explained: Option<Citation>,
    /// It is the health of the task's own target.
    is_own: bool,
}

/// What is said of the subject's targets; for a task its service's event in place of its own bare words.
fn said(subject: &Subject<'_>) -> Vec<Telling> {
    let own = subject.statements.iter().filter(|statement| fault(&statement.message).is_some());
    let own: Vec<Statement> = own.cloned().collect();
    if subject.kind != SubjectKind::Task {
        return own
            .into_iter()
            .map(|statement| Telling { statement, explained: None, is_own: false })
            .collect();
    }
    own.into_iter()
        .map(|bare| match (fault(&bare.message), event_about(subject)) {
            (Some(Fault::Failed), Some(event)) => {
                Telling { statement: event, explained: Some(bare.citation), is_own: false }
            }
            (Some(Fault::Failed), None) => match group::health(subject) {
                Some((statement, is_own)) => Telling { statement, explained: Some(bare.citation), is_own },
                None => Telling { statement: bare, explained: None, is_own: false },
            },
            _ => Telling { statement: bare, explained: None, is_own: false },
        })
        .collect()
}

/// Seconds around the order to stop in which an event about the service's targets is about this task.
const NEARBY: f64 = 120.0;

/// The service's event that says how this task's checks failed: it names the task, or came when it was stopped.
fn event_about(subject: &Subject<'_>) -> Option<Statement> {
    let service = subject.service.as_ref()?;
    let task = subject.facts().text("taskId");
    let stopping = subject.timeline.stopping;
    let events = service.events().into_iter().filter_map(|event| {
        let statement = Statement::of_event(&event)?;
        let about = statement.message.service_event()?;
        let rank = match (about.task(), event.created_at(), stopping) {
            (Some(named), ..) => (Some(named) == task).then_some(0)?,
            (None, Some(at), Some(stopping)) => (at.seconds_since(stopping).abs() <= NEARBY).then_some(1)?,
            _ => 2,
        };
        fault(&statement.message).filter(|fault| *fault != Fault::Failed)?;
        Some((rank, statement))
    });
    // The first of the best: events come newest first.
    events.min_by_key(|(rank, _)| *rank).map(|(_, statement)| statement)
}

fn found(subject: &Subject<'_>, wanted: Fault, cause: fn(TargetCheck) -> Cause) -> Vec<Finding> {
    let told = said(subject);
    let told = told.into_iter().filter(|said| fault(&said.statement.message) == Some(wanted));
    told.map(|said| {
        let check = TargetCheck::of(&said.statement.message, subject);
        let port = check.port.map(|port| format!(" on port {port}"));
        let mut finding = Finding::stated(cause(check), &said.statement).fact("port", port);
        finding.container = None;
        if wanted == Fault::Failed && !says_failed(&said.statement.message) {
            // How the checks failed is cut off.
            finding.confidence = Confidence::Possible;
        }
        if let Some(bare) = said.explained {
            finding = finding.cite(bare);
            finding.at = subject.timeline.end();
        }
        if said.is_own {
            finding = finding.confidence(Confidence::Confirmed);
        }
        let finding = with_facts(subject, finding);
        match wanted {
            Fault::Timeout | Fault::Failed => with_grace(subject, finding),
            Fault::GroupMissing => group::gone(subject, finding),
            Fault::Zone => group::zone(subject, finding),
            _ => finding,
        }
    })
    .collect()
}

/// A grace period that a slow start may need; ECS ignores failing checks within it.
fn with_grace(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    if subject.facts().text("service").is_none() {
        return finding;
    }
    let grace = subject.service.as_ref().and_then(|service| service.health_check_grace_period_seconds());
    let lived = subject.timeline.seconds_until_stopping().map(|seconds| seconds as u32);
    // The checks of a task that young would not have counted.
    finding.is_refuted = matches!((grace, lived), (Some(grace), Some(lived)) if grace > i64::from(lived));
    let (finding, checks) = group::timed(subject, finding);
    if lived.is_some_and(|lived| lived > LONGEST_START) {
        return finding;
    }
    let container = finding.facts.text("balancedContainer");
    let boot = container.and_then(|name| subject.boot(name));
    if let (Some(boot), Some(checks)) = (boot, checks) {
        let seconds = checks.needed_grace_period(boot.seconds.ceil() as u64);
        let title =
            format!("Give the start, which took {:.0} s, {seconds} s before checks count", boot.seconds);
        return finding.cite(boot.proof).change(Change::grace_period(subject, title, seconds));
    }
    // Twice what was not enough, in half minutes: how long the start takes is not in the evidence.
    let seconds = lived.map_or(120, |lived| lived.saturating_mul(2).next_multiple_of(30));
    let title = format!("Give a slow start {seconds} s before checks count");
    finding.change(Change::grace_period(subject, title, seconds))
}

/// Seconds after which a task that fails its checks was not just starting.
const LONGEST_START: u32 = 900;

/// Names for commands and calls.
fn with_facts(subject: &Subject<'_>, finding: Finding) -> Finding {
    let facts = finding.cause.facts();
    let arn = facts.text("targetGroup").filter(|group| group.starts_with("arn:")).map(str::to_owned);
    let arn = arn.or_else(|| subject.facts().text("targetGroup").map(str::to_owned));
    let port = facts.text("port").map(str::to_owned);
    let lived = subject.timeline.seconds_until_stopping().map(super::super::app::duration_words);
    let missing = subject.service.is_none().then(|| subject.facts().text("service")).flatten();
    let balancer = subject.service.as_ref().and_then(|service| service.load_balancers().into_iter().next());
    let container = balancer.as_ref().and_then(|balancer| balancer.container_name());
    let container_port = balancer.as_ref().and_then(|balancer| balancer.container_port());
    let name = facts.text("targetGroup").or(arn.as_deref()).map(group_name).map(str::to_owned);
    finding
        .fact("group", name)
        .fact("targetGroupArn", arn)
        .fact("checkedPort", port)
        .fact("lived", lived.map(|words| format!(", {words} after it started")))
        .fact("missingService", missing)
        .fact("balancedContainer", container)
        .fact("balancedPort", container_port.map(|port| port.to_string()))
}

/// `web` of `arn:…:targetgroup/web/0123456789abcdef`.
fn group_name(group: &str) -> &str {
    group.split("targetgroup/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(group)
}

/// Says what the codes point to.
fn with_answer(finding: Finding) -> Finding {
    let Cause::HealthElbCodeMismatch(check) = &finding.cause else { return finding };
    let Some(codes) = check.codes.as_deref().filter(|codes| !codes.is_empty()) else { return finding };
    let hint = match codes[0] {
        301 | 302 | 303 | 307 | 308 => Some(": the path redirects"),
        401 | 403 => Some(": the path wants a login"),
        404 => Some(": the path does not exist"),
        500..=599 => Some(": the application fails"),
        _ => None,
    };
    let answer: Vec<String> = codes.iter().map(u16::to_string).collect();
    finding.fact("answer", Some(answer.join(", "))).fact("hint", hint)
}

impl TargetCheck {
    fn of(message: &Message, subject: &Subject<'_>) -> Self {
        let event = message.service_event();
        let group = event.and_then(|event| event.target_group.clone());
        let owned = |name: &str| subject.facts().text(name).map(str::to_owned);
        Self {
            target_group: group
                .or_else(|| message.parenthesised("target-group"))
                .or_else(|| owned("targetGroup")),
            load_balancer: event
                .and_then(|event| event.load_balancer.clone())
                .or_else(|| message.parenthesised("elb")),
            port: event.and_then(|event| event.port),
            path: None,
            expected_codes: None,
            codes: event.map(|event| event.health_codes()).filter(|codes| !codes.is_empty()),
            reason: event.and_then(|event| event.reason.clone()),
            task: event.and_then(|event| event.task().map(str::to_owned)).or_else(|| owned("taskId")),
            instance: event.and_then(|event| event.instance.clone()),
            lived_seconds: subject.timeline.seconds_until_stopping(),
            grace_period_seconds: subject
                .service
                .as_ref()
                .and_then(|service| service.health_check_grace_period_seconds()),
        }
    }
}
