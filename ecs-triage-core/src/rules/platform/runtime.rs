//! Docker and containerd: what they refuse, and when they are broken themselves.

use super::{
    Blast, Bucket, Cause, Check, Confidence, DRAIN, Fix, HOST_LOGS, INSTANCE, Kind, Named, Plain, Rule, TASK,
};
use crate::rules::config::exits::of_shell;
use crate::rules::config::program::is_start;
use crate::signals::message::Message;

const CANNOT_START: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html";
const STOPPED: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

pub(in crate::rules) static DOCKER_BROKEN: Rule = Rule {
    code: "runtime-docker-broken",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "Docker or its network is broken on the host",
    summary: "Docker on {instanceId|the container instance} does not work, so no container can be made or started there.",
    explanation: "The daemon is gone, cannot reach containerd, or has lost its bridge or its iptables chains. Every task on \
                  that host meets it, whatever its task definition.",
    signs: "`Cannot connect to the Docker daemon`, `could not find bridge docker0`, `containerd: container not started`, \
            `No chain/target/match by that name`, CannotGetDockerclientError.",
    wants: &[INSTANCE],
    fixes: &[
        DRAIN,
        HOST_LOGS,
        Fix::advice(
            "Restart or replace",
            Blast::Instances,
            "Restart Docker and the agent (`systemctl restart docker ecs`), which ends the containers on the host, or terminate the instance.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-health.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.has_error("CannotGetDockerclientError")
                || message.has_error("CannotGetDockerClientVersionError")
                || message.says_any(&[
                    "could not find bridge docker0",
                    "to bridge docker0 failed",
                    "cannot connect to the docker daemon",
                    "is the docker daemon running",
                    "docker.sock: connect: ",
                    "containerd: container not started",
                    "containerd.sock: connect: ",
                    "transport is closing",
                    "grpc: the connection is unavailable",
                    "no chain/target/match by that name",
                    "no available ipv4 addresses on this network's address pools: bridge",
                ])
                || message.says_all(&["error during connect: ", "docker.sock"])
        },
        |_, _| Cause::RuntimeDockerBroken(Plain {}),
    )
    .settled(|subject, finding| {
        let Some(health) = subject.instance.as_ref().and_then(|instance| instance.health_status()) else {
            return finding;
        };
        let details = health.details();
        let impaired = details
            .iter()
            .find(|detail| detail.kind() == Some("CONTAINER_RUNTIME") && detail.status() == Some("IMPAIRED"));
        match impaired {
            Some(detail) => finding.confirmed_by(detail.cite("status")),
            None => finding,
        }
    }),
};

pub(in crate::rules) static NAME_CONFLICT: Rule = Rule {
    code: "start-container-name-conflict",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "a container of that name is on the host already",
    summary: "{container|A container of the task} cannot be made: the host already has one called {name|by that name}.",
    explanation: "The agent names containers by family, revision and a random part. A name that is taken means that the \
                  agent lost its state, or that two agents run on one host.",
    signs: "`Conflict. The container name \"/ecs-…\" is already in use`.",
    wants: &[INSTANCE],
    fixes: &[
        Fix::run("Remove the stale container on the host", Blast::Instances, "docker rm --force {name}"),
        DRAIN,
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CannotCreateContainerError.html"],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says_all(&["container name ", "already in use"]),
        |statement, _| {
            let name = statement.message.between("container name ", " is already");
            let name = name.map(|name| name.trim_matches(['"', '\\', '/', '\'']).to_owned());
            Cause::StartContainerNameConflict(Named { name })
        },
    ),
};

pub(in crate::rules) static OCI_OTHER: Rule = Rule {
    code: "start-oci-other",
    bucket: Bucket::Platform,
    kind: Kind::Residual,
    title: "container runtime refused the container; the reason is cut off or not known",
    summary: "The container runtime refused {container|the container}; the message is cut, or its reason is none that is known here.",
    explanation: "A missing program, user, directory, mount or log driver all begin like this. The reason stands at the end \
                  of the message, which agents cut at 255 or 1,024 characters.",
    signs: "`OCI runtime create failed`, `failed to create shim task` or CannotStartContainerError with no inner cause that is known.",
    wants: &[TASK],
    fixes: &[
        Fix::look(
            "Get the whole message",
            "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} --region {region} --query 'tasks[].[stoppedReason,containers[].[name,reason]]'",
        ),
        Fix::advice(
            "Reproduce it",
            Blast::Source,
            "Run the image with the same command, user and mounts: `docker run --rm {image~|IMAGE}`. Volumes are the first thing to leave out.",
        ),
    ],
    docs: &[CANNOT_START],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_runtime = message.says_any(&[
                "oci runtime create failed",
                "oci runtime error",
                "runc create failed",
                "failed to create shim task",
                "failed to create task for container",
                "failed to create new container runtime task",
                "starting container process caused",
                "unable to start container process",
                "container init caused",
            ]) || message.has_error("CannotStartContainerError")
                || message.has_error("CannotCreateContainerError");
            // An agent's own words about an image or a dependency are no runtime's, and a log driver has a rule of its own.
            (is_runtime || is_of_daemon(message))
                && is_start(said)
                && !message.says("failed to initialize logging driver")
        },
        |_, _| Cause::StartOciOther(Plain {}),
    ),
};

/// Whether a message is Docker's alone, without the name of the step at which the agent heard it, and about no pull.
fn is_of_daemon(message: &Message) -> bool {
    let is_other =
        message.says_any(&["get \"http", "get http", "pull", "manifest", "registry", "logging driver"]);
    !is_other
        && ["error response from daemon", "cannot start container ", "failed to start container"]
            .iter()
            .any(|beginning| message.folded().starts_with(beginning))
}

pub(in crate::rules) static CONTAINER_VANISHED: Rule = Rule {
    code: "platform-container-vanished",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "container disappeared from the host",
    summary: "{container|A container of the task} is gone from its host: the agent looked for it and Docker does not know it.",
    explanation: "Something removed the container behind the agent's back: `docker rm` or `docker system prune`, a reset of \
                  Docker's data, or a restart that lost it.",
    signs: "`ContainerVanishedError: No container matching saved ID found`, `NoSuchContainerError`.",
    wants: &[INSTANCE],
    fixes: &[
        HOST_LOGS,
        Fix::advice(
            "Leave ECS's containers to the agent",
            Blast::Instances,
            "Take prune jobs off the host; the agent cleans up stopped tasks itself (ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION). Replace the host if Docker was reset.",
        ),
    ],
    docs: &[STOPPED],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.has_error("ContainerVanishedError")
                || message.has_error("NoSuchContainerError")
                || message.says("no container matching saved id found")
                || message.says_any(&["no such container: ", "container not found: "])
                    && message.says_any(&[
                        "cannotinspectcontainererror",
                        "cannotstopcontainererror",
                        "cannotstartcontainererror",
                        "cannotdescribecontainererror",
                    ])
        },
        |_, _| Cause::PlatformContainerVanished(Plain {}),
    ),
};

pub(in crate::rules) static DOCKER_STATE_ERROR: Rule = Rule {
    code: "platform-docker-state-error",
    bucket: Bucket::Platform,
    kind: Kind::Residual,
    title: "Docker recorded an error of the container that is not known",
    summary: "Docker recorded an error for {container|the container}; what the message says of it is not known.",
    explanation: "The agent passes on what Docker keeps in `State.Error`. The text behind the name is the cause.",
    signs: "`DockerStateError: …` with no inner cause that is known.",
    wants: &[TASK],
    fixes: &[
        Fix::look(
            "Get the whole message",
            "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} --region {region} --query 'tasks[].containers[].[name,reason]'",
        ),
        HOST_LOGS,
    ],
    docs: &[STOPPED],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.has_error("DockerStateError"),
        |_, _| Cause::PlatformDockerStateError(Plain {}),
    ),
};

pub(in crate::rules) static RUNTIME_ERROR: Rule = Rule {
    code: "platform-runtime-error",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "internal error of the Fargate runtime",
    summary: "Fargate's own runtime failed while it ran the task; nothing in the task definition is known to cause that.",
    explanation: "The agent or containerd on the machine that AWS runs met an unexpected error. One such task is usual in a \
                  large fleet; the same for every task points to the image or the task definition after all.",
    signs: "ContainerRuntimeError, or InternalError without a network interface in its text, and no inner cause that is known.",
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
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-runtime-error.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| {
            let message = &said.message;
            let is_own = message.has_error("ContainerRuntimeError") || message.has_error("InternalError");
            let is_known = message.exec().is_some()
                || message.is_pull()
                || message.denial().is_some()
                || message.transport().is_some()
                || message.has_error("CannotStartContainerError")
                || message.has_error("ResourceInitializationError")
                || message.says_any(&["network interface", " eni", "log driver", "logging driver"])
                || message.says("failed to normalize image reference");
            is_own && !is_known
        },
        |statement, subject| {
            let message = &statement.message;
            // An image that the user wrote is no fault of AWS's.
            let is_open = message.has_error("InternalError") && subject.lacks_interface()
                || message.says("image reference");
            Some(if is_open { Confidence::Possible } else { Confidence::Likely })
        },
        |_, _| Cause::PlatformRuntimeError(Plain {}),
    ),
};

pub(in crate::rules) static EXIT_125: Rule = Rule {
    code: "app-exit-125",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "container runtime failed before the command ran",
    summary: "{container|A container of the task} has exit code 125, with which Docker says that it failed before the command ran.",
    explanation: "Docker itself ends with 125 when it cannot run a container; ECS rarely shows it. A program that runs \
                  `docker` in the container passes the number on.",
    signs: "Exit code 125 of the container whose end ended the task, without an error of the runtime beside it.",
    wants: &[
        super::Ask::new(
            "logs",
            "GetLogEvents",
            r#"{"logGroupName": "{logGroup}", "logStreamName": "{logStream}", "limit": 100, "startFromHead": false}"#,
            "tells a program of the container that ended with 125 from Docker, which leaves no log",
        ),
        crate::rules::app::ASK_DEFINITION,
    ],
    fixes: &[
        Fix::look(
            "Read the last lines of the container's log",
            "aws logs get-log-events --log-group-name {logGroup} --log-stream-name {logStream} --limit 50 --region {logRegion}",
        ),
        HOST_LOGS,
    ],
    docs: &[STOPPED],
    since: "0.1.0",
    check: Check::Judge(|subject| of_shell(subject, |code| code == 125, Cause::AppExit125)),
};
