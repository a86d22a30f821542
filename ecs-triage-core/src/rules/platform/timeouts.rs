//! Steps of Docker, containerd and the agent that took too long.

use super::{
    Blast, Bucket, Cause, Check, Confidence, DRAIN, Finding, Fix, HOST_LOGS, INSTANCE, Kind, Plain, Rule,
    TASK, Waited,
};
use crate::signals::message::{Message, ServiceEventKind};
use crate::signals::{Statement, Subject};

const CONFIG: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html";

const DISK: Fix = Fix::look(
    "See whether the host was out of credits for its disks (those of a gp2 volume are BurstBalance in AWS/EBS)",
    "aws cloudwatch get-metric-statistics --namespace AWS/EC2 --metric-name EBSIOBalance% \
     --dimensions Name=InstanceId,Value={instanceId} --statistics Minimum --period 300 \
     --start-time $(($(date +%s)-10800)) --end-time $(date +%s) --region {region}",
);

pub(in crate::rules) static CREATE_START: Rule = Rule {
    code: "platform-docker-create-start-timeout",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "Docker took too long to create or start the container",
    summary: "Docker did not bring {container|the container} to {transition|the next state} in time{waited~|}.",
    explanation: "Creating and starting a container is work for the host's disk: one that is out of I/O credits, or many \
                  starts at once, take longer than the agent waits. A start with awslogs also waits for the logs endpoint.",
    signs: "`Could not transition to created; timed out after waiting …` or the same to `started`; `containerd: container \
            did not start before the specified timeout`.",
    wants: &[
        INSTANCE,
        super::Ask::new(
            "ecs",
            "DescribeTaskDefinition",
            r#"{"taskDefinition": "{taskDefinition}"}"#,
            "with the awslogs driver, a logs endpoint that cannot be reached holds up the start as well",
        ),
    ],
    fixes: &[
        DISK,
        Fix::advice(
            "Give the host a faster disk, or more time",
            Blast::Instances,
            "Use gp3 or io2 volumes with more IOPS and start fewer tasks at once; ECS_CONTAINER_CREATE_TIMEOUT and \
             ECS_CONTAINER_START_TIMEOUT in `/etc/ecs/ecs.config` only lengthen the wait.",
        ),
    ],
    docs: &[CONFIG],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_step = is_transition(message, &["created", "started"])
                || message.says("container did not start before the specified timeout");
            is_step && !message.has_error("ContainerRuntimeTimeoutError")
        },
        |statement, _| Cause::PlatformDockerCreateStartTimeout(Waited::of(statement)),
    )
    .settled(with_wait),
};

pub(in crate::rules) static STOP: Rule = Rule {
    code: "platform-docker-stop-timeout",
    bucket: Bucket::Platform,
    kind: Kind::Symptom,
    title: "container could not be stopped in time",
    summary: "{container|A container of the task} could not be stopped in time{waited~|}.",
    explanation: "The container was told to stop and the runtime did not answer within its `stopTimeout` and the agent's \
                  own margin: a daemon that hangs, or a process that waits for a disk. Why it was told to stop is another matter.",
    signs: "`Could not transition to stopped; timed out after waiting …`, CannotStopContainerError, or Fargate's `failed \
            sending SIGTERM to container`.",
    wants: &[INSTANCE],
    fixes: &[
        HOST_LOGS,
        DRAIN,
        Fix::advice(
            "Make it end by itself",
            Blast::NewRevision,
            "Handle SIGTERM in the application, and lower `stopTimeout` where the process cannot be waited for.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-stop-container.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            is_transition(message, &["stopped"])
                || message.has_error("CannotStopContainerError")
                    && !message.says_any(&["no such container", "container not found"])
        },
        |statement, _| Cause::PlatformDockerStopTimeout(Waited::of(statement)),
    )
    .settled(|subject, finding| {
        let finding = with_wait(subject, finding);
        let is_told = says(
            subject,
            &finding,
            &["could not transition to stopped", "sending sigterm", "cannot stop container"],
        );
        // The stop itself was wanted; that it took long is beside the point.
        if subject.stop.was_asked_for() || !is_told {
            finding.confidence(Confidence::Possible)
        } else {
            finding
        }
    }),
};

pub(in crate::rules) static INSPECT: Rule = Rule {
    code: "platform-inspect-timeout",
    bucket: Bucket::Platform,
    kind: Kind::Symptom,
    title: "Docker did not answer when it was asked about the container",
    summary: "Docker did not say in time how {container|the container} ended{waited~|}; the container may have finished well.",
    explanation: "After a container's end the agent inspects it. A host whose disk or daemon is overloaded does not answer \
                  within 30 seconds, and the exit code stays unknown.",
    signs: "`CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s`.",
    wants: &[INSTANCE],
    fixes: &[
        DISK,
        Fix::advice(
            "Relieve the host",
            Blast::Instances,
            "Run fewer tasks on it or give it more IOPS, and run the job again unless its own output shows that it finished.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-inspect-container.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            is_transition(message, &["inspecting"])
                || message.has_error("CannotInspectContainerError")
                    && !message.says_any(&["no such container", "docker daemon"])
        },
        |statement, _| Cause::PlatformInspectTimeout(Waited::of(statement)),
    )
    .settled(|subject, finding| {
        let exit = subject.exits.iter().find(|exit| Some(&exit.container) == finding.container.as_ref());
        let has_ended = exit.is_some_and(|exit| exit.code.is_some());
        // With an exit code, or after a stop that was wanted, it did no harm.
        let is_harmless = has_ended || subject.stop.was_asked_for();
        let is_told = says(subject, &finding, &["could not transition to inspecting"]);
        let finding = with_wait(subject, finding);
        if is_harmless || !is_told { finding.confidence(Confidence::Possible) } else { finding }
    }),
};

pub(in crate::rules) static RUNTIME: Rule = Rule {
    code: "platform-runtime-timeout",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "Fargate's runtime took too long to start or stop the container",
    summary: "Fargate's runtime did not bring {container|the container} to {transition|the next state} in time{waited~|}.",
    explanation: "The runtime on the machine that AWS runs did not finish within its limit. It is AWS's side as a rule, and \
                  the next start lands on another machine.",
    signs: "`ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m`.",
    wants: &[TASK],
    fixes: &[
        Fix::run(
            "Start it again",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
        ),
        Fix::advice(
            "If it comes back",
            Blast::Nothing,
            "Open a support case with the ARN of the task ({taskArn|from describe-tasks}) and the time.",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-runtime-timeout-error.html",
    ],
    since: "0.1.0",
    check: Check::says(
        // Docker's agent waits for "started"; this is the name of containerd's state.
        |said| {
            let message = &said.message;
            message.has_error("ContainerRuntimeTimeoutError") || is_transition(message, &["running"])
        },
        |statement, _| Cause::PlatformRuntimeTimeout(Waited::of(statement)),
    )
    .settled(with_wait),
};

pub(in crate::rules) static AGENT_START: Rule = Rule {
    code: "platform-agent-start-timeout",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "ECS agent did not start on the instance",
    summary: "The ECS agent did not start on a container instance{of~|}, so {service|the service} gets no room there.",
    explanation: "An instance joins the cluster when its agent starts. User data that fails, an agent that cannot be \
                  downloaded or loaded, or no way to ECS keep it from that.",
    signs: "`Timed out waiting for Amazon ECS Agent to start` in a service event.",
    wants: &[super::Ask::new(
        "ecs",
        "ListContainerInstances",
        r#"{"cluster": "{cluster}"}"#,
        "an instance that is missing there never registered",
    )],
    fixes: &[
        Fix::advice(
            "Read the agent's log on the instance",
            Blast::Nothing,
            "`journalctl -u ecs`, `/var/log/ecs/ecs-init.log`, `/var/log/ecs/ecs-agent.log` and `/var/log/cloud-init-output.log`.",
        ),
        Fix::advice(
            "Start the agent, or replace the instance",
            Blast::Instances,
            "`systemctl restart ecs` on the instance, or launch one from the current ECS-optimized AMI with ECS_CLUSTER={cluster~|CLUSTER} in its user data.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.service_event().is_some_and(|event| event.kind == ServiceEventKind::AgentStartTimeout)
                || message.says("timed out waiting for amazon ecs agent to start")
        },
        |_, _| Cause::PlatformAgentStartTimeout(Plain {}),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said: &&Statement| said.citation == finding.citations[0]);
        let event = said.and_then(|said| said.message.service_event());
        let instance = event.and_then(|event| event.instance.clone());
        let service = event.and_then(|event| event.service.clone());
        finding.fact("of", instance.map(|id| format!(" `{id}`"))).fact("service", service)
    }),
};

/// Whether a step of the runtime ran out of time, also where the message is cut behind the name of the state.
fn is_transition(message: &Message, states: &[&str]) -> bool {
    match message.transition() {
        Some(transition) => states.iter().any(|state| transition.to.eq_ignore_ascii_case(state)),
        // Cut somewhere behind the state.
        None => message.behind("could not transition to ").is_some_and(|behind| {
            let (state, rest) = behind.split_once(';').unwrap_or((behind, ""));
            let state = state.trim_end_matches([' ', '.', '…', ')', '"', '\'']).trim();
            // Six letters tell the states from each other: "starte" and "stoppe" are theirs alone.
            let is_cut = |known: &&str| state.len() >= 6 && rest.is_empty() && known.starts_with(state);
            (states.contains(&state) || states.iter().any(is_cut))
                && "timed out after waiting".starts_with(rest.trim())
        }),
    }
}

/// Whether the message that a finding rests on says what happened, and not the name of the error alone.
fn says(subject: &Subject<'_>, finding: &Finding, phrases: &[&str]) -> bool {
    let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
    said.is_some_and(|said: &Statement| said.message.says_any(phrases))
}

fn with_wait(_: &Subject<'_>, finding: Finding) -> Finding {
    let facts = finding.cause.facts();
    let waited = facts.text("waitedSeconds").and_then(|seconds| seconds.parse::<f64>().ok());
    finding.fact("waited", waited.map(|seconds| format!(": the agent waited {seconds} s")))
}
