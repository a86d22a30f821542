//! How the containers of a task ended, and which of them was the first to fail.

use crate::evidence::Citation;
use crate::evidence::ecs::{Container, ContainerDefinition, TaskDefinition};

use super::stop::Stop;

/// How one container of a task ended.
#[derive(Debug, Clone)]
pub struct Exit<'e> {
    /// Name of the container.
    pub container: String,
    /// Exit code; absent when the container did not run, which is not the same as 0.
    pub code: Option<i64>,
    /// Whether the task stops with this container; absent without a task definition.
    pub essential: Option<bool>,
    /// Whether ECS or another AWS service put the container into the task.
    pub injected: bool,
    /// The agent's text says that memory ran out.
    pub out_of_memory: bool,
    /// The container as the task shows it.
    pub view: Container<'e>,
    /// The container as the task definition has it.
    pub definition: Option<ContainerDefinition<'e>>,
    /// What the exit has to do with the end of the task.
    pub part: Part,
}

/// What a container's exit has to do with the end of its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It failed first, or its end is what ended the task.
    First,
    /// It was taken down with the task, or its failure did no harm.
    Consequence,
    /// It cannot be told.
    Unclear,
}

impl Exit<'_> {
    /// The proof of the exit code, else of the container.
    pub fn citation(&self) -> Citation {
        self.view.cite("exitCode")
    }

    /// The signal that a Linux exit code stands for: 128 + n.
    pub fn signal(&self) -> Option<i64> {
        self.code.filter(|code| (129..=159).contains(code)).map(|code| code - 128)
    }

    /// Hard memory limit of the container in MiB.
    pub fn memory_limit_mib(&self) -> Option<i64> {
        let defined = self.definition.as_ref().and_then(ContainerDefinition::memory);
        self.view.memory().or(defined).filter(|mib| *mib > 0)
    }

    /// Soft memory limit of the container in MiB.
    pub fn memory_reservation_mib(&self) -> Option<i64> {
        let defined = self.definition.as_ref().and_then(ContainerDefinition::memory_reservation);
        self.view.memory_reservation().or(defined).filter(|mib| *mib > 0)
    }
}

/// Containers that AWS puts into a task; they are not in its task definition.
pub(super) fn is_injected(name: &str) -> bool {
    name.starts_with("~internal~")
        || name.starts_with("ecs-service-connect-")
        || name.starts_with("aws-guardduty-agent-")
        || name.starts_with("aws-otel-collector~")
}

pub(super) fn of<'e>(
    containers: Vec<Container<'e>>,
    definition: Option<&TaskDefinition<'e>>,
    stop: Stop,
) -> Vec<Exit<'e>> {
    let defined = definition.map(TaskDefinition::container_definitions).unwrap_or_default();
    let mut exits: Vec<Exit<'e>> = containers
        .into_iter()
        .map(|view| {
            let name = view.name().unwrap_or("unnamed").to_owned();
            let definition = defined.iter().find(|defined| defined.name() == Some(&name)).cloned();
            let injected = is_injected(&name);
            // `essential` is true unless the definition says otherwise.
            let essential = match &definition {
                Some(defined) => Some(defined.essential().unwrap_or(true)),
                None => None,
            };
            let reason = view.reason().unwrap_or_default().to_ascii_lowercase();
            Exit {
                code: view.exit_code().filter(|_| !was_never_started(&reason)),
                out_of_memory: reason.contains("outofmemory") || reason.contains("oom-killed"),
                container: name,
                essential,
                injected,
                view,
                definition,
                part: Part::Unclear,
            }
        })
        .collect();
    assign_parts(&mut exits, stop);
    exits
}

/// The agent gives 143 to a container whose `dependsOn` failed, though it never ran.
/// <https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/task_manager.go>
fn was_never_started(reason: &str) -> bool {
    reason.contains("container ordering dependency")
}

/// Decides who failed first. A container that was killed because another essential one ended is a
/// consequence, whatever its exit code.
fn assign_parts(exits: &mut [Exit<'_>], stop: Stop) {
    if stop.was_asked_for() {
        for exit in exits.iter_mut() {
            exit.part = if exit.out_of_memory { Part::First } else { Part::Consequence };
        }
        return;
    }
    let best = exits.iter().map(blame).max().unwrap_or(0);
    if best == 0 {
        return;
    }
    let leaders = exits.iter().filter(|exit| blame(exit) == best).count();
    for exit in exits.iter_mut() {
        exit.part = match blame(exit) {
            score if score < best => Part::Consequence,
            // Two that look alike: which was first is not in the evidence.
            _ if leaders > 1 => Part::Unclear,
            _ => Part::First,
        };
    }
}

/// How much an exit looks like the one that ended the task; 0 when it says nothing.
fn blame(exit: &Exit<'_>) -> u8 {
    let own = match exit.code {
        _ if exit.out_of_memory => 6,
        // SIGTERM and SIGKILL are what ECS sends to the containers that are left.
        Some(137 | 143) => 2,
        Some(0) => 3,
        Some(_) => 5,
        None => 0,
    };
    match own {
        0 => 0,
        // Not essential: its end cannot have ended the task.
        _ if exit.essential == Some(false) => 1,
        // Injected containers are rarely the cause; their own definitions are unknown.
        own if exit.injected => own.min(2),
        // A killed essential container outranks a clean exit only when no clean exit was essential,
        // which the scores above already say.
        own => own,
    }
}
