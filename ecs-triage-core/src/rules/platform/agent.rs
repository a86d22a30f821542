//! The ECS agent: tasks that it cannot read, set up or bring to an end.

use super::{
    Blast, Bucket, Cause, Check, Confidence, DRAIN, Fix, HOST_LOGS, INSTANCE, Kind, Named, Plain, Rule,
};
use crate::redact::redacted;

const STOPPED: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

const UPDATE: Fix = Fix::run(
    "Update the agent of the container instance; instead replace one with Windows, or with Amazon Linux 2 on arm64",
    Blast::Instances,
    "aws ecs update-container-agent --cluster {cluster} --container-instance {containerInstance} --region {region}",
);

pub(in crate::rules) static PAYLOAD_UNRECOGNIZED: Rule = Rule {
    code: "task-payload-unrecognized",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "agent cannot read the task",
    summary: "The agent of the container instance could not read the task{name~|}: it is too old for it, or an attachment is invalid.",
    explanation: "ECS sends a task to the agent as data. An agent that is older than a feature the task uses cannot load it.",
    signs: "`UnrecogniedTaskError: Error loading task - …`, in AWS's own spelling.",
    wants: &[INSTANCE],
    fixes: &[
        UPDATE,
        Fix::advice(
            "Or replace the instance",
            Blast::Instances,
            "Launch instances from the current ECS-optimized AMI and drain the old ones.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-update.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says_any(&["unrecogniedtaskerror", "unrecognizedtaskerror", "error loading task - "])
        },
        |_, _| Cause::TaskPayloadUnrecognized(Plain {}),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        // An attachment that cannot be read is a volume's fault, and its kind is said behind this.
        match said.is_some_and(|said| said.message.says("unable to parse")) {
            true => finding.confidence(Confidence::Possible),
            false => finding,
        }
    }),
};

pub(in crate::rules) static CGROUP_ERROR: Rule = Rule {
    code: "task-cgroup-error",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "cgroup of the task could not be made",
    summary: "The container instance could not make the task's cgroup, which holds its CPU and memory limits.",
    explanation: "The agent makes a cgroup for each task with limits of its own. A host whose cgroups are not where the agent \
                  looks for them, or are used up, cannot.",
    signs: "`CgroupError: Agent could not create task's platform resources`, `cgroup resource: setup cgroup: unable to create cgroup`.",
    wants: &[INSTANCE],
    fixes: &[
        UPDATE,
        DRAIN,
        Fix::advice(
            "Use a host that the agent supports",
            Blast::Instances,
            "Run the current ECS-optimized AMI. On another system set ECS_ENABLE_TASK_CPU_MEM_LIMIT=false, which gives up limits of the task as a whole.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_cgroup = message.has_error("CgroupError")
                || message.says_any(&[
                    "could not create task's platform resources",
                    "cgroup resource: ",
                    "unable to create cgroup",
                    "cgroup mountpoint does not exist",
                ])
                || message.says("cgroup") && message.says("mkdir /sys/fs/cgroup");
            is_cgroup && !message.says("greater than task memory limit")
        },
        |_, _| Cause::TaskCgroupError(Plain {}),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        // The building of the limits may be at fault as well, and is said behind this.
        let is_told = said.is_some_and(|said| {
            said.message.says_any(&[
                "platform resources",
                "create cgroup",
                "setup cgroup",
                "cgroup mountpoint",
                "/sys/fs/cgroup",
            ])
        });
        if is_told { finding } else { finding.confidence(Confidence::Possible) }
    }),
};

pub(in crate::rules) static TASK_STATE_ERROR: Rule = Rule {
    code: "lifecycle-task-state-error",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "agent could not bring the task to its end",
    summary: "The agent lost track of the task and could not bring it to STOPPED in order.",
    explanation: "The agent's record of the containers does not agree with what it sees, so that no step leads to the end of \
                  the task.",
    signs: "`TaskStateError: Agent could not progress task's state to stopped`.",
    wants: &[INSTANCE],
    fixes: &[UPDATE, DRAIN, HOST_LOGS],
    docs: &[STOPPED],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("could not progress task's state to stopped"),
        |_, _| Cause::LifecycleTaskStateError(Plain {}),
    ),
};

pub(in crate::rules) static RESOURCE_INIT_OTHER: Rule = Rule {
    code: "task-resource-init-other",
    bucket: Bucket::Platform,
    kind: Kind::Residual,
    title: "agent could not set up a resource of the task",
    summary: "The agent could not set up a resource of the task{inner~|; what is left of the message does not say which}.",
    explanation: "Volumes, secrets, environment files, credential specs and cgroups are set up before the containers. The \
                  text behind the task's ARN is the cause.",
    signs: "`resource cannot be initialized for task ARN: …` with no inner cause that is known; the error's name is not in front.",
    wants: &[INSTANCE],
    fixes: &[HOST_LOGS],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html"],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("resource cannot be initialized for task"),
        |statement, _| {
            let message = &statement.message;
            // The ARN has colons without a blank behind.
            let rest = message.from_phrase("initialized for task");
            let inner = rest.and_then(|rest| Some(rest.split_once(": ")?.1));
            Cause::TaskResourceInitOther(Named { name: inner.map(|inner| redacted(inner).into_owned()) })
        },
    )
    .settled(|_, finding| {
        let facts = finding.cause.facts();
        finding.fact("inner", facts.text("name").map(|inner| format!(": {inner}")))
    }),
};
