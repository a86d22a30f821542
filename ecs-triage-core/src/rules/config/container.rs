//! Containers that Docker or the agent refuses to make as they are defined.

use serde_json::json;

use super::program::DEFINITION;
use super::{Blast, Bucket, Cause, Check, Confidence, Fix, Kind, MemorySetting, Named, Rule, said};
use crate::change::{Change, Edit};
use crate::redact::redacted;
use crate::signals::message::Message;
use crate::signals::{Statement, Subject};
use crate::sizes::MIN_CONTAINER_MIB;

const PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html";

const SHOW: Fix = Fix::look(
    "Show the memory settings",
    "aws ecs describe-task-definition --task-definition {taskDefinition} --region {region} \
     --query 'taskDefinition.[cpu,memory,containerDefinitions[].[name,cpu,memory,memoryReservation]]'",
);

pub(in crate::rules) static MEMORY_TOO_LOW: Rule = Rule {
    code: "create-memory-too-low",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "container's memory limit is below Docker's minimum",
    summary: "{container|A container of the task} has a memory limit{limit~|} that Docker refuses.",
    explanation: "Docker makes no container with less than 6 MiB (4 MiB before 20.10), nor one whose hard limit is below \
                  its reservation.",
    signs: "`Minimum memory limit allowed is 6MB`, or a limit that is less than the memory reservation.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::advice(
            "Raise the limit",
            Blast::NewRevision,
            "Set `memory` of container {container|CONTAINER} to at least 6 MiB and at least its `memoryReservation`.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says("minimum memory limit")
                && message.says_any(&[
                    "allowed is",
                    "less than memory reservation",
                    "than memory reservation limit",
                ])
        },
        |statement, subject| Cause::CreateMemoryTooLow(MemorySetting::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let Cause::CreateMemoryTooLow(found) = &finding.cause else { return finding };
        let Some(mib) = found.container_mib else { return finding };
        let least = i64::from(MIN_CONTAINER_MIB).max(found.reservation_mib.unwrap_or(0));
        let finding = finding.fact("limit", Some(format!(" of {mib} MiB")));
        let Some(defined) = subject.container_definition(finding.container.as_deref()) else {
            return finding;
        };
        if mib >= least {
            return finding.refuted_by(defined.cite("memory"));
        }
        let edits = [Edit::container(defined.name().unwrap_or_default(), "memory", json!(least))];
        let title = format!("Raise the limit to {least} MiB, the least that Docker takes");
        finding.confirmed_by(defined.cite("memory")).change(Change::task_definition(subject, title, &edits))
    }),
};

pub(in crate::rules) static DOCKER_CONFIG_INVALID: Rule = Rule {
    code: "create-docker-config-invalid",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "container cannot be made as it is defined",
    summary: "{container|A container of the task} cannot be made as the task definition has it: {name~|a setting is refused}.",
    explanation: "The agent turns the container definition into Docker's own configuration. A link, a volume, a port or \
                  an option in it does not resolve or is not allowed.",
    signs: "`HostConfigError` or `DockerClientConfigError`, or Docker's words for a setting that it refuses.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::look(
            "Show links, volumes and mounts",
            "aws ecs describe-task-definition --task-definition {taskDefinition} --region {region} \
             --query 'taskDefinition.[volumes,containerDefinitions[].[name,links,volumesFrom,mountPoints]]'",
        ),
        Fix::advice(
            "Correct the setting",
            Blast::NewRevision,
            "Make every link, `volumesFrom` and `sourceVolume` name something that the task definition has, and register a new revision.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| is_config_error(&said.message),
        |statement, _| Cause::CreateDockerConfigInvalid(Named { name: setting(&statement.message) }),
    )
    .settled(|_, finding| match &finding.cause {
        // The name of the error alone, or words that are not known here.
        Cause::CreateDockerConfigInvalid(Named { name: None }) => finding.confidence(Confidence::Possible),
        _ => finding,
    }),
};

pub(in crate::rules) static TASK_MEMORY_BELOW_CONTAINER: Rule = Rule {
    code: "task-memory-below-container",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "a container has more memory than its task",
    summary: "{container|A container of the task} is given more memory{limit~|} than its task has{task~|}.",
    explanation: "The task's memory is the limit of all its containers together, so no container may have more.",
    signs: "`container memory limit(N) greater than task memory limit(M)`, or the API's refusal of the same.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::advice(
            "Make them fit",
            Blast::NewRevision,
            "Raise the task's `memory` to at least the sum of its containers', or lower the container's.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says("greater than task memory limit") || message.says("'memory' setting for container")
        },
        |statement, subject| Cause::TaskMemoryBelowContainer(MemorySetting::of(statement, subject)),
    )
    .settled(|subject, mut finding| {
        let named = said(subject, &finding).and_then(|said| said.message.between("for container '", "'"));
        finding.container = finding.container.or(named.map(str::to_owned));
        let Cause::TaskMemoryBelowContainer(found) = &finding.cause else { return finding };
        let words = |mib: Option<i64>| mib.map(|mib| format!(" ({mib} MiB)"));
        let (container, task) = (words(found.container_mib), words(found.task_mib));
        let sizes = found.container_mib.zip(found.task_mib);
        let finding = finding.fact("limit", container).fact("task", task);
        let of_task = subject.definition.as_ref().filter(|definition| definition.memory().is_some());
        let Some((definition, (container, task))) = of_task.zip(sizes) else { return finding };
        if definition.memory().is_some_and(|now| now >= container) {
            return finding.refuted_by(definition.cite("memory"));
        }
        if container <= task {
            return finding;
        }
        // The API has the task's memory as text.
        let edits = [Edit::task("memory", json!(container.to_string()))];
        let title = format!("Raise the task's memory to {container} MiB, which its largest container has");
        finding
            .confirmed_by(definition.cite("memory"))
            .change(Change::task_definition(subject, title, &edits))
    }),
};

/// Docker's and the agent's words for a setting, one of which must be said.
const SETTINGS: &[&str] = &[
    "link target not available",
    "invalid link format",
    "could not find container for link",
    "volume target not available",
    "invalid volume referenced",
    "unable to resolve volume mounts",
    "could not find volume source container",
    "unable to decode given docker config",
    "unable decode given docker config",
    "missing secret value for secret",
    "invalid mount config",
    "invalid volume specification",
    "range of cpus is from",
    "minimum memoryswap limit should be larger than memory limit",
    "duplicate mount point",
    "mount path must be absolute",
    "conflicting options: ",
    "unknown capability",
    "invalid hostname format",
    "invalid environment variable: ",
    "error parsing docker port",
    "is not a recognized transport protocol",
];

fn is_config_error(message: &Message) -> bool {
    [
        "HostConfigError",
        "DockerClientConfigError",
        "InvalidVolumeError",
        "UnparsablePort",
        "UnrecognizedTransportProtocol",
    ]
    .iter()
    .any(|name| message.has_error(name))
        || message.says_any(SETTINGS)
}

/// The refusal from its first known words on.
fn setting(message: &Message) -> Option<String> {
    let rest =
        SETTINGS.iter().filter_map(|words| message.from_phrase(words)).max_by_key(|rest| rest.len())?;
    // What follows an equals sign may be the value of an environment variable.
    let end = rest.find(". see '").into_iter().chain(rest.find('=')).min().unwrap_or(rest.len());
    Some(redacted(rest[..end].trim_end_matches('.')).into_owned())
}

impl MemorySetting {
    fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let message = &statement.message;
        let number = |mark| message.between(mark, ")").and_then(|digits| digits.trim().parse().ok());
        let defined = subject.container_definition(statement.container.as_deref());
        Self {
            container_mib: number("container memory limit(")
                .or_else(|| defined.as_ref().and_then(|defined| defined.memory())),
            reservation_mib: defined.as_ref().and_then(|defined| defined.memory_reservation()),
            task_mib: number("task memory limit(")
                .or_else(|| subject.task.as_ref().and_then(|task| task.memory()))
                .or_else(|| subject.definition.as_ref().and_then(|definition| definition.memory())),
        }
    }
}
