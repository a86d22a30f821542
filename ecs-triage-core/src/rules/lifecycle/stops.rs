//! Stops of a task that are no fault of it.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, STOP_CODES, Stopped, Verdict,
};
use crate::evidence::ecs::ContainerInstance;
use crate::redact::redacted;
use crate::rules::keep;
use crate::signals::{Said, Source, Statement, Stop, Subject, SubjectKind};

const FARGATE_PROVIDERS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html";

/// Findings for the messages that `when` accepts; one on the stop code when none says more.
fn stops(
    subject: &Subject<'_>,
    when: fn(&Said) -> bool,
    codes: &[&str],
    cause: fn(Stopped) -> Cause,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for statement in subject.statements.iter().filter(|statement| when(statement)) {
        keep(&mut found, Finding::stated(cause(particulars(Some(statement), subject)), statement));
    }
    if found.is_empty()
        && let Some(task) = &subject.task
        && task.stop_code().is_some_and(|code| codes.contains(&code))
    {
        let cause = cause(particulars(None, subject));
        keep(&mut found, Finding::new(cause, Confidence::Likely, task.cite("stopCode")));
    }
    for finding in &mut found {
        if let Some(task) = subject.task.as_ref().filter(|task| task.stop_code().is_some()) {
            let code = task.cite("stopCode");
            if !finding.citations.contains(&code) {
                finding.citations.push(code);
            }
        }
    }
    found
}

fn particulars(statement: Option<&Statement>, subject: &Subject<'_>) -> Stopped {
    let provider = subject.task.as_ref().and_then(|task| task.capacity_provider_name());
    let part = |key: &str| statement.and_then(|statement| statement.message.parenthesised(key));
    Stopped {
        deployment: part("deployment"),
        instance_id: part("instance"),
        capacity_provider: provider.map(str::to_owned),
        reason: None,
    }
}

/// Whether the task has one of these stop codes.
fn has_stop_code(subject: &Subject<'_>, codes: &[&str]) -> bool {
    subject.task.as_ref().and_then(|task| task.stop_code()).is_some_and(|code| codes.contains(&code))
}

/// Stop codes of a task whose capacity was taken back.
const RECLAIMED: &[&str] = &["SpotInterruption", "TerminationNotice"];

fn is_stop_by_user(said: &Said) -> bool {
    said.message.says("stopped by user")
}

fn is_scaling(said: &Said) -> bool {
    said.message.says_any(&["scaling activity initiated by", "rebalancing initiated by"])
}

pub(in crate::rules) static USER_STOPPED: Rule = Rule {
    code: "lifecycle-user-stopped",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "somebody called StopTask",
    summary: "Somebody, or a tool on somebody's behalf, stopped the task by calling StopTask{because~|}.",
    explanation: "ECS sends SIGTERM and, after the stop timeout, SIGKILL. Exit codes 137 and 143 are the stop itself.",
    signs: "Stop code UserInitiated, `Task stopped by user`.",
    wants: &[],
    fixes: &[Fix::look(
        "Find out who called",
        "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopTask --max-results \
         20 --region {region} --query 'Events[].[EventTime,Username]' --output text",
    )],
    docs: &[STOP_CODES, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html"],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.stop == Stop::User || has_stop_code(subject, &["UserInitiated"]),
        is_stop_by_user,
        |subject| {
            let is_other = |statement: &Statement| {
                is_deregistered(statement) || is_draining(statement) || is_host(statement)
            };
            if subject.statements.iter().any(is_other) {
                return Vec::new();
            }
            let mut found = stops(subject, is_stop_by_user, &["UserInitiated"], Cause::LifecycleUserStopped);
            // The answer to StopTask, without a stop code in old samples.
            if found.is_empty()
                && subject.stop == Stop::User
                && let Some(task) = &subject.task
            {
                let key = if task.stopped_reason().is_some() { "stoppedReason" } else { "desiredStatus" };
                let cause = Cause::LifecycleUserStopped(particulars(None, subject));
                found.push(Finding::new(cause, Confidence::Likely, task.cite(key)));
            }
            // The reason is free text of the caller when it is not ECS's own sentence.
            let own_words = subject.statements_of(Source::TaskStoppedReason).next();
            let own_words =
                own_words.filter(|said| !said.message.says("stopped by user") && subject.stop == Stop::User);
            for finding in &mut found {
                if let (Some(said), Cause::LifecycleUserStopped(stopped)) = (own_words, &mut finding.cause) {
                    stopped.reason = Some(redacted(said.message.raw().trim()).into_owned());
                    finding
                        .facts
                        .set("because", Some(format!(", with the reason `{}`", said.message.raw().trim())));
                }
            }
            if subject.stop == Stop::User && subject.task.as_ref().is_some_and(|task| task.job().is_some()) {
                found = found.into_iter().map(of_job).collect();
            }
            found
        },
    ),
};

/// The same of a job of AWS Batch, which Batch stops itself.
fn of_job(finding: Finding) -> Finding {
    let because = match &finding.cause {
        Cause::LifecycleUserStopped(stopped) => stopped.reason.as_deref(),
        _ => None,
    };
    let because = because.map(|reason| format!(", with the reason `{reason}`")).unwrap_or_default();
    let summary =
        format!("Somebody, or a tool on somebody's behalf, terminated or cancelled the job{because}.");
    finding.summary(summary).fixed_by(vec![Fix::look(
        "Find out who called",
        "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=batch.amazonaws.com \
         --max-results 20 --region {region} --query 'Events[].[EventTime,EventName,Username]' --output text",
    )])
}

pub(in crate::rules) static SERVICE_SCALING: Rule = Rule {
    code: "lifecycle-service-scaling",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "service scheduler scaled the task in or replaced it",
    summary: "The service's scheduler stopped the task: {what~|it was scaled in or replaced by a deployment}{by~|}.",
    explanation: "ECS stops tasks that a service no longer needs. Exit codes 137 and 143 after that are the stop itself.",
    signs: "`Scaling activity initiated by …` or `Availability-zone rebalancing initiated by …`.",
    wants: &[Ask::new(
        "ecs",
        "DescribeServices",
        r#"{"cluster": "{cluster}", "services": ["{service}"]}"#,
        "the events around the stop, which tell a health check from a scale-in",
    )],
    fixes: &[],
    docs: &[
        STOP_CODES,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html",
    ],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.stop == Stop::Scheduler,
        is_scaling,
        |subject| {
            let mut found = stops(subject, is_scaling, &[], Cause::LifecycleServiceScaling);
            let is_rebalanced =
                subject.statements.iter().any(|said| said.message.says("rebalancing initiated by"));
            // ECS itself says both that its scheduler stopped the task and why.
            let is_recorded =
                subject.task.as_ref().and_then(|task| task.stop_code()) == Some("ServiceSchedulerInitiated");
            for finding in found.iter_mut().filter(|_| is_recorded) {
                finding.confidence = Confidence::Confirmed;
                finding.is_settled = true;
            }
            for finding in &mut found {
                let by = finding.cause.facts().text("deployment").map(|id| format!(" (deployment `{id}`)"));
                let what = is_rebalanced.then_some("it was moved to balance Availability Zones");
                finding.facts.set("by", by);
                finding.facts.set("what", what);
                finding.is_settled = true;
            }
            let mut found: Vec<Finding> =
                found.into_iter().map(|finding| by_deployment(subject, finding)).collect();
            if found.is_empty() && subject.stop == Stop::Scheduler {
                found.extend(unexplained_stop(subject));
            }
            found
        },
    ),
};

/// The service shows the deployment that the message names, or an event of it tells that it stopped this task.
fn by_deployment(subject: &Subject<'_>, finding: Finding) -> Finding {
    let facts = finding.cause.facts();
    let (Some(id), Some(service)) = (facts.text("deployment"), &subject.service) else { return finding };
    if let Some(deployment) = service.deployments().iter().find(|deployment| deployment.id() == Some(id)) {
        return finding.confirmed_by(deployment.cite("id"));
    }
    let Some(task) = subject.facts().text("taskId") else { return finding };
    let events = service.events();
    let is_stop = |text: &str| text.contains("has stopped") && text.contains(task);
    match events.iter().find(|event| event.message().is_some_and(is_stop)) {
        Some(event) => finding.confirmed_by(event.cite("message")),
        None => finding,
    }
}

/// The scheduler stopped the task and the reason is missing: a failed health check looks the same.
fn unexplained_stop(subject: &Subject<'_>) -> Option<Finding> {
    let task = subject.task.as_ref()?;
    let is_bare =
        subject.statements_of(Source::TaskStoppedReason).all(|said| said.message.body().trim().is_empty());
    is_bare.then(|| {
        let cause = Cause::LifecycleServiceScaling(particulars(None, subject));
        Finding::new(cause, Confidence::Possible, task.cite("stopCode")).verdict(Verdict::Undetermined)
    })
}

fn is_spot(said: &Said) -> bool {
    let message = &said.message;
    message.says_any(&["spot task was interrupted", "spot interruption", "spotinterruptionerror"])
        || message.body() == "spotinterruption"
}

pub(in crate::rules) static FARGATE_SPOT: Rule = Rule {
    code: "lifecycle-fargate-spot",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "Fargate Spot took its capacity back",
    summary: "Fargate Spot took the capacity of the task back, as it may at any time with two minutes' notice.",
    explanation: "The task gets SIGTERM at the warning and SIGKILL after its stop timeout, 120 s at most. A service starts \
                  another one as soon as there is capacity.",
    signs: "`Your Spot Task was interrupted.`, stop code SpotInterruption; TerminationNotice in samples up to 2023.",
    wants: &[],
    fixes: &[Fix::run(
        "Keep a base of tasks on Fargate On-Demand (this replaces the service's capacity provider strategy)",
        Blast::Deployment,
        "aws ecs update-service --cluster {cluster} --service {service} --capacity-provider-strategy \
         capacityProvider=FARGATE,base=1,weight=1 capacityProvider=FARGATE_SPOT,weight=3 --force-new-deployment --region \
         {region}",
    )],
    docs: &[FARGATE_PROVIDERS],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| has_stop_code(subject, RECLAIMED),
        is_spot,
        |subject| {
            let provider = subject.task.as_ref().and_then(|task| task.capacity_provider_name());
            let on_spot = provider == Some("FARGATE_SPOT");
            let codes: &[&str] = match () {
                () if on_spot => RECLAIMED,
                () if subject.is_fargate() => &["SpotInterruption"],
                () => &[],
            };
            if subject.statements.iter().any(|said| is_host(said)) {
                return Vec::new();
            }
            let mut found = stops(subject, is_spot, codes, Cause::LifecycleFargateSpot);
            if let (true, Some(task)) = (on_spot, &subject.task) {
                let confirm = |finding: Finding| finding.confirmed_by(task.cite("capacityProviderName"));
                found = found.into_iter().map(confirm).collect();
            }
            found
        },
    ),
};

pub(in crate::rules) static CAPACITY_RECLAIMED: Rule = Rule {
    code: "lifecycle-capacity-reclaimed",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "AWS took the capacity back; Spot or a host, it does not say which",
    summary: "AWS took back the capacity that the task ran on; nothing says whether it was Spot or a host that ended.",
    explanation: "The stop code tells only that the capacity was going away. The task was told to stop and its exit code \
                  is the effect.",
    signs: "Stop code TerminationNotice or SpotInterruption with nothing that names Fargate Spot or a host.",
    wants: &[Ask::new(
        "ecs",
        "DescribeContainerInstances",
        r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
        "whether the host is still there",
    )],
    fixes: &[],
    docs: &[FARGATE_PROVIDERS, STOP_CODES],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| has_stop_code(subject, RECLAIMED),
        |_| false,
        |subject| {
            let provider = subject.task.as_ref().and_then(|task| task.capacity_provider_name());
            let is_known = provider == Some("FARGATE_SPOT")
                || subject
                    .statements
                    .iter()
                    .any(|said| is_host(said) || is_spot(said) || is_maintenance(said));
            let codes: &[&str] = match () {
                () if is_known => &[],
                () if subject.is_fargate() => &["TerminationNotice"],
                () => RECLAIMED,
            };
            stops(subject, |_| false, codes, Cause::LifecycleCapacityReclaimed)
        },
    ),
};

fn is_host(said: &Said) -> bool {
    let message = &said.message;
    message.says("host ec2 (instance") && message.says_any(&["terminated", "stopped"])
}

pub(in crate::rules) static HOST_TERMINATED: Rule = Rule {
    code: "lifecycle-host-terminated",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "EC2 instance under the task was stopped or terminated",
    summary: "The EC2 instance that the task ran on, {instanceId|unnamed}, was stopped or terminated, and the task with it.",
    explanation: "Spot, an Auto Scaling group that scales in, a replacement of instances, or a person ends an instance. Its \
                  tasks end unfinished, often without an exit code. Managed Instances are replaced after 14 days.",
    signs: "`Host EC2 (instance i-…) terminated.` or `stopped.`.",
    wants: &[Ask::new(
        "ec2",
        "DescribeInstances",
        r#"{"InstanceIds": ["{instanceId}"]}"#,
        "StateReason says who or what ended the instance",
    )],
    fixes: &[
        Fix::look(
            "See what ended the instance",
            "aws ec2 describe-instances --instance-ids {instanceId} --region {region} --query \
             'Reservations[].Instances[].[State.Name,StateReason.Message,InstanceLifecycle]'",
        ),
        Fix::advice(
            "Let tasks leave before their instance does",
            Blast::Instances,
            "Turn on managed draining and managed termination protection of the capacity provider, and set \
             `ECS_ENABLE_SPOT_INSTANCE_DRAINING=true` on Spot instances.",
        ),
    ],
    docs: &[
        STOP_CODES,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html",
    ],
    since: "0.1.0",
    check: Check::JudgeSaid(is_host, |subject| stops(subject, is_host, &[], Cause::LifecycleHostTerminated)),
};

fn is_deregistered(said: &Said) -> bool {
    said.message.says_any(&["deregistration forced by user", "container instance deregistration forced"])
}

pub(in crate::rules) static INSTANCE_DEREGISTERED: Rule = Rule {
    code: "lifecycle-instance-deregistered",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "container instance was deregistered by force",
    summary: "Somebody deregistered the container instance of the task by force, and ECS let the task go.",
    explanation: "A forced deregistration takes the instance out of the cluster with its tasks still on it. ECS calls them \
                  stopped; their containers may even go on running, without anybody to watch them.",
    signs: "`Container instance deregistration forced by user`.",
    wants: &[],
    fixes: &[
        Fix::look(
            "Find out who called",
            "aws cloudtrail lookup-events --lookup-attributes \
             AttributeKey=EventName,AttributeValue=DeregisterContainerInstance --max-results 20 --region {region} --query \
             'Events[].[EventTime,Username]' --output text",
        ),
        Fix::run(
            "Drain an instance before it is deregistered",
            Blast::Instances,
            "aws ecs update-container-instances-state --cluster {cluster} --container-instances {containerInstance} \
             --status DRAINING --region {region}",
        ),
    ],
    docs: &[STOP_CODES],
    since: "0.1.0",
    check: Check::JudgeSaid(is_deregistered, |subject| {
        stops(subject, is_deregistered, &[], Cause::LifecycleInstanceDeregistered)
    }),
};

fn is_draining(said: &Said) -> bool {
    said.message.says_any(&["instance is in draining state", "instance is draining"])
}

pub(in crate::rules) static INSTANCE_DRAINING: Rule = Rule {
    code: "lifecycle-instance-draining",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "container instance is draining",
    summary: "Container instance {containerInstance|of the task} is draining: its tasks end there and start elsewhere.",
    explanation: "Somebody, Spot, managed draining or the 14-day life of a Managed Instance set it to DRAINING. ECS places \
                  nothing new on it and replaces the tasks of services within their deployment percentages.",
    signs: "`container instance is in DRAINING state`, or a container instance with status DRAINING.",
    wants: &[],
    fixes: &[],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html"],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.kind == SubjectKind::ContainerInstance,
        is_draining,
        |subject| {
            let mut found = stops(subject, is_draining, &[], Cause::LifecycleInstanceDraining);
            if let (SubjectKind::ContainerInstance, Some(instance)) = (subject.kind, &subject.instance)
                && instance.status() == Some("DRAINING")
            {
                let stopped = Stopped {
                    instance_id: instance.ec2_instance_id().map(str::to_owned),
                    ..Stopped::default()
                };
                let cause = Cause::LifecycleInstanceDraining(stopped);
                found.push(Finding::new(cause, Confidence::Confirmed, instance.cite("status")));
            }
            found
        },
    ),
};

fn is_maintenance(said: &Said) -> bool {
    said.message.says("performing maintenance on the underlying infrastructure")
}

pub(in crate::rules) static FARGATE_MAINTENANCE: Rule = Rule {
    code: "lifecycle-fargate-maintenance",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "AWS maintained the host under the task",
    summary: "AWS took the host under the task out for maintenance; a service starts another task first.",
    explanation: "Fargate hosts are patched and retired. Tasks on them are stopped after a notice in AWS Health; there is \
                  nothing to repair.",
    signs: "`ECS is performing maintenance on the underlying infrastructure hosting the task`.",
    wants: &[],
    fixes: &[Fix::run(
        "Get a longer notice, if seven days are too short",
        Blast::Account,
        "aws ecs put-account-setting-default --name fargateTaskRetirementWaitPeriod --value 14 --region {region}",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(is_maintenance, |subject| {
        stops(subject, is_maintenance, &[], Cause::LifecycleFargateMaintenance)
    }),
};

pub(in crate::rules) static INFRASTRUCTURE_HEALTH: Rule = Rule {
    code: "lifecycle-infrastructure-health",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "ECS stopped the task because its infrastructure was unhealthy",
    summary: "ECS stopped the task because the infrastructure under it was unhealthy{why~|}.",
    explanation: "ECS checks the runtime, the accelerators, the daemons and the agent of an instance. Where one fails it \
                  moves the tasks elsewhere; the task itself did nothing wrong.",
    signs: "Stop code InfrastructureHealth, which no page of AWS explains: the meaning is read from its name.",
    wants: &[Ask::new(
        "ecs",
        "DescribeContainerInstances",
        r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"], "include": ["CONTAINER_INSTANCE_HEALTH"]}"#,
        "which health check of the instance failed",
    )],
    fixes: &[],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-health.html",
        STOP_CODES,
    ],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| has_stop_code(subject, &["InfrastructureHealth"]),
        |_| false,
        |subject| {
            let found =
                stops(subject, |_| false, &["InfrastructureHealth"], Cause::LifecycleInfrastructureHealth);
            let failed = subject.instance.as_ref().and_then(failed_check);
            found
                .into_iter()
                .map(|finding| match &failed {
                    Some((why, proof)) => finding.fact("why", Some(why.clone())).confirmed_by(proof.clone()),
                    None => finding,
                })
                .collect()
        },
    ),
};

/// The health check of an instance that failed, in words and as proof.
fn failed_check(instance: &ContainerInstance<'_>) -> Option<(String, crate::evidence::Citation)> {
    let details = instance.health_status()?.details();
    let failed = details.iter().find(|check| check.status() == Some("IMPAIRED"))?;
    let kind = failed.kind().unwrap_or("a check");
    let reason = failed.status_reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Some((format!(": {kind} is impaired{reason}"), failed.cite("status")))
}
