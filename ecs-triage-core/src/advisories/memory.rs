//! CPU and memory: sizes that Fargate does not have, and limits that contradict each other.

use super::plan::{is_essential, name_of, whole};
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecs::ContainerDefinition;
use crate::sizes::{FargateSize, MIN_CONTAINER_MIB};

const SIZES: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html";
const CONTAINER: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html";

pub(super) static FARGATE_SIZE: Risk = Risk {
    code: "fargate-size-invalid",
    severity: Severity::Error,
    refused: true,
    title: "CPU and memory that Fargate does not offer together",
    explanation: "Fargate runs tasks in fixed pairs of `cpu` and `memory`, and both must be set on the task. Windows tasks \
                  have 1, 2 or 4 vCPU. Any other pair is refused.",
    becomes: &["taskdef-invalid"],
    docs: &[SIZES],
    since: "0.1.0",
    check: |plan| fargate_size(plan).into_iter().collect(),
};

fn fargate_size(plan: &Plan<'_, '_>) -> Option<Found> {
    if !plan.is_for_fargate() {
        return None;
    }
    let definition = plan.definition;
    let (cpu, memory) = match (plan.cpu(), plan.memory()) {
        (Some(cpu), Some(memory)) => (cpu, memory),
        (cpu, memory) => {
            let missing: Vec<&str> = [("`cpu`", cpu), ("`memory`", memory)]
                .iter()
                .filter(|(_, set)| set.is_none())
                .map(|(key, _)| *key)
                .collect();
            let proof = [("cpu", cpu), ("memory", memory)]
                .iter()
                .filter(|(key, set)| set.is_none() && definition.node().get(key).is_some())
                .map(|(key, _)| definition.cite(key))
                .next();
            return Some(Found::new(
                proof.unwrap_or_else(|| definition.cite("requiresCompatibilities")),
                format!(
                    "The task definition is for Fargate and sets no valid {} on the task.",
                    missing.join(" and ")
                ),
                "Set both on the task, for example `\"cpu\": \"256\"` and `\"memory\": \"512\"`.",
            ));
        }
    };
    let size = FargateSize { cpu, memory };
    let is_newer = plan.is_registered() && is_beyond_table(plan, size);
    if size.is_valid(plan.os()) || is_newer {
        return None;
    }
    let on = if plan.is_windows() { " on Windows" } else { "" };
    let advice = match FargateSize::next_valid(plan.os(), cpu, memory) {
        Some(next) => {
            format!("The next size is `\"cpu\": \"{}\"` with `\"memory\": \"{}\"`.", next.cpu, next.memory)
        }
        None => {
            let most = FargateSize::most_memory(plan.os());
            format!("No Fargate task{on} has more than {most} MiB: split the task, or run it on EC2.")
        }
    };
    let summary = format!("Fargate has no size of {cpu} CPU units with {memory} MiB{on}.");
    Some(Found::new(definition.cite("cpu"), summary, advice).cite(definition.cite("memory")))
}

/// AWS adds sizes at the upper end: a pair that is registered and beyond this table is newer than the table.
fn is_beyond_table(plan: &Plan<'_, '_>, size: FargateSize) -> bool {
    let most = |of: Option<u32>| {
        let row = FargateSize::all(plan.os()).filter(|known| of.is_none_or(|cpu| known.cpu == cpu));
        row.map(|known| if of.is_some() { known.memory } else { known.cpu }).max()
    };
    match most(Some(size.cpu)) {
        Some(memory) => size.memory > memory,
        None => most(None).is_some_and(|cpu| size.cpu > cpu),
    }
}

pub(super) static CPU_ABOVE_TASK: Risk = Risk {
    code: "cpu-above-task",
    severity: Severity::Error,
    refused: true,
    title: "containers reserve more CPU than the task has",
    explanation: "The `cpu` values of the containers are shares of the task's. Their sum must not exceed it.",
    becomes: &["taskdef-invalid"],
    docs: &[CONTAINER],
    since: "0.1.0",
    check: |plan| {
        let Some(task) = plan.cpu().filter(|cpu| *cpu > 0) else { return Vec::new() };
        let sum: u64 = plan
            .containers
            .iter()
            .filter_map(|container| container.cpu())
            .map(|cpu| u64::from(whole(cpu)))
            .sum();
        if sum <= u64::from(task) {
            return Vec::new();
        }
        let summary = format!("The containers reserve {sum} CPU units together, and the task has {task}.");
        let found = Found::new(
            plan.definition.cite("cpu"),
            summary,
            format!("Lower `cpu` of the containers to {task} together, or raise the task's."),
        );
        vec![
            plan.containers
                .iter()
                .filter(|container| container.cpu().is_some())
                .fold(found, |found, container| found.cite(container.cite("cpu"))),
        ]
    },
};

pub(super) static ABOVE_TASK: Risk = Risk {
    code: "memory-above-task",
    severity: Severity::Error,
    refused: true,
    title: "a container's memory limit is above the task's memory",
    explanation: "The task's `memory` caps all its containers together, so none of them can have more.",
    becomes: &["taskdef-invalid", "task-memory-below-container"],
    docs: &[CONTAINER],
    since: "0.1.0",
    check: |plan| {
        let Some(task) = plan.memory() else { return Vec::new() };
        let limits = plan.containers.iter().filter_map(|container| {
            let limit = container.memory().filter(|limit| *limit > i64::from(task))?;
            let name = name_of(container);
            let summary =
                format!("Container `{name}` has a memory limit of {limit} MiB, and its task has {task} MiB.");
            let advice =
                format!("Lower `memory` of `{name}` to {task} or less, or raise the task's `memory`.");
            let found = Found::new(container.cite("memory"), summary, advice).container(name);
            Some(found.cite(plan.definition.cite("memory")))
        });
        limits.collect()
    },
};

pub(super) static RESERVED_ABOVE_TASK: Risk = Risk {
    code: "memory-reserved-above-task",
    severity: Severity::Error,
    refused: true,
    title: "containers reserve more memory than the task has",
    explanation: "A container reserves its `memoryReservation`, and without one its `memory`. All that is reserved has to \
                  fit into the task's `memory`.",
    becomes: &["taskdef-invalid"],
    docs: &[CONTAINER],
    since: "0.1.0",
    check: |plan| reserved_above_task(plan).into_iter().collect(),
};

fn reserved_above_task(plan: &Plan<'_, '_>) -> Option<Found> {
    let task = plan.memory()?;
    // One container that is too large by itself is told of in its own words.
    if plan.containers.iter().any(|container| container.memory().is_some_and(|limit| limit > i64::from(task)))
    {
        return None;
    }
    let reserved: Vec<(&ContainerDefinition<'_>, u32)> = plan
        .containers
        .iter()
        .filter_map(|container| {
            Some((container, whole(container.memory_reservation().or(container.memory())?)))
        })
        .collect();
    let sum: u64 = reserved.iter().map(|(_, mib)| u64::from(*mib)).sum();
    if sum <= u64::from(task) {
        return None;
    }
    let summary =
        format!("The containers reserve {sum} MiB of memory together, and the task has {task} MiB.");
    let advice =
        format!("Raise the task's `memory` to {sum} MiB or more, or lower what the containers reserve.");
    let found = Found::new(plan.definition.cite("memory"), summary, advice);
    Some(reserved.iter().fold(found, |found, (container, _)| {
        let key = if container.memory_reservation().is_some() { "memoryReservation" } else { "memory" };
        found.cite(container.cite(key))
    }))
}

pub(super) static MISSING: Risk = Risk {
    code: "memory-missing",
    severity: Severity::Error,
    refused: true,
    title: "neither the task nor the container has a memory setting",
    explanation: "Without `memory` on the task, each container needs `memory` or `memoryReservation`: placement has to know \
                  what to set aside.",
    becomes: &["taskdef-invalid"],
    docs: &[CONTAINER],
    since: "0.1.0",
    check: |plan| {
        if plan.is_for_fargate() || plan.definition.node().get("memory").is_some() {
            return Vec::new();
        }
        let has_none = |container: &&ContainerDefinition<'_>| {
            container.node().get_any(&["memory", "memoryReservation"]).is_none()
        };
        let containers = plan.containers.iter().filter(has_none);
        containers
            .map(|container| {
                let name = name_of(container);
                Found::new(
                    container.cite("name"),
                    format!("Container `{name}` has no memory setting, and neither has its task."),
                    format!("Set `memory` of `{name}` to what it may use at most, in MiB."),
                )
                .container(name)
            })
            .collect()
    },
};

pub(super) static HARD_BELOW_SOFT: Risk = Risk {
    code: "memory-limit-below-reservation",
    severity: Severity::Error,
    refused: true,
    title: "a memory limit is below the reservation",
    explanation: "`memory` is the hard limit and `memoryReservation` the soft one, which must be smaller.",
    becomes: &["taskdef-invalid", "create-memory-too-low"],
    docs: &[CONTAINER],
    since: "0.1.0",
    check: |plan| {
        let contradicting = plan.containers.iter().filter_map(|container| {
            let (hard, soft) = (container.memory()?, container.memory_reservation()?);
            let name = name_of(container);
            (hard < soft).then(|| {
                let summary = format!(
                    "Container `{name}` has a hard limit of {hard} MiB, below its reservation of {soft} MiB."
                );
                let advice =
                    format!("Raise `memory` of `{name}` above {soft}, or lower its `memoryReservation`.");
                let found = Found::new(container.cite("memory"), summary, advice).container(name);
                found.cite(container.cite("memoryReservation"))
            })
        });
        contradicting.collect()
    },
};

pub(super) static BELOW_MINIMUM: Risk = Risk {
    code: "memory-below-minimum",
    severity: Severity::Error,
    refused: false,
    title: "a memory limit is below Docker's minimum",
    explanation: "Docker makes no container with less than 6 MiB of memory (4 MiB before version 20.10).",
    becomes: &["create-memory-too-low"],
    docs: &[CONTAINER],
    since: "0.1.0",
    check: |plan| {
        let too_low = plan.containers.iter().filter_map(|container| {
            let limit = container.memory().filter(|limit| *limit < i64::from(MIN_CONTAINER_MIB))?;
            let name = name_of(container);
            let summary = format!("Container `{name}` has a memory limit of {limit} MiB, and Docker's minimum is {MIN_CONTAINER_MIB}.");
            let advice = format!("Set `memory` of `{name}` to what it needs, in MiB.");
            Some(Found::new(container.cite("memory"), summary, advice).container(name))
        });
        too_low.collect()
    },
};

pub(super) static OPEN_ENDED: Risk = Risk {
    code: "memory-open-ended",
    severity: Severity::Note,
    refused: false,
    title: "nothing limits a container's memory on its instance",
    explanation: "With `memoryReservation` alone a container may use all free memory of its instance. When that runs out \
                  the kernel kills the largest process there, which may belong to another task.",
    becomes: &["app-oom-killed"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html"],
    since: "0.1.0",
    check: |plan| {
        if !plan.is_on_ec2() || plan.definition.node().get("memory").is_some() {
            return Vec::new();
        }
        let open = plan.containers.iter().filter(|container| {
            is_essential(container)
                && container.memory().is_none()
                && container.memory_reservation().is_some()
        });
        open.map(|container| {
            let name = name_of(container);
            Found::new(
                container.cite("memoryReservation"),
                format!("Container `{name}` reserves memory and has no limit: it may take all that its instance has left."),
                format!("Set `memory` of `{name}` to the most that it should ever use."),
            )
            .container(name)
        })
        .collect()
    },
};
