//! How the containers of a task ended, and which of them was the first to fail.

use super::roles::{self, Role, Roles};
use super::stop::Stop;
use super::timeline::Timeline;
use crate::evidence::Citation;
use crate::evidence::ecs::{Container, ContainerDefinition, TaskDefinition};
use crate::health::{KillReading, StoppedContainer, TimeoutPlatform};
use crate::sizes::RestartPolicyLimits;

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
    /// What the container is in the task for.
    pub role: Role,
    /// The agent's text says that memory ran out.
    pub out_of_memory: bool,
    /// Whether an exit code of 137 can be the SIGKILL that follows `stopTimeout`, by the task's times.
    pub stop_timeout_kill: KillReading,
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

    /// Whether the code is what a process ends with that somebody told to stop.
    ///
    /// SIGHUP, SIGINT, SIGQUIT, SIGKILL and SIGTERM; Ctrl-C on Windows.
    pub fn is_told_to_stop(&self) -> bool {
        self.code.is_some_and(Exit::told_to_stop)
    }

    /// The same of an exit code alone.
    pub fn told_to_stop(code: i64) -> bool {
        matches!(code, 129 | 130 | 131 | 137 | 143 | 0xC000_013A | -1_073_741_510)
    }

    /// Whether the container may have ended the task, and how it ended is not at hand.
    pub fn is_veiled(&self) -> bool {
        let has_stopped = self.view.last_status().is_none_or(|status| status == "STOPPED");
        let is_silent = self.view.exit_code().is_none() && self.view.reason().is_none();
        has_stopped && is_silent && self.essential != Some(false) && !self.injected
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

/// What else is known of the task when its exits are judged.
pub(super) struct Ended<'t, 'e> {
    pub(super) definition: Option<&'t TaskDefinition<'e>>,
    /// Container definitions that stand on their own, for want of the task definition.
    pub(super) loose: Vec<ContainerDefinition<'e>>,
    pub(super) stop: Stop,
    pub(super) timeline: &'t Timeline,
    pub(super) platform: TimeoutPlatform,
}

pub(super) fn of<'e>(
    containers: Vec<Container<'e>>,
    ended: &Ended<'_, 'e>,
    roles: &mut Roles<'e>,
) -> Vec<Exit<'e>> {
    let defined = ended.definition.map(TaskDefinition::container_definitions).unwrap_or_default();
    let roles = roles.of(&containers, &defined);
    let mut exits: Vec<Exit<'e>> = containers
        .into_iter()
        .zip(roles)
        .map(|(view, role)| {
            let name = view.name().unwrap_or("unnamed").to_owned();
            let is_named = |defined: &&ContainerDefinition<'e>| defined.name() == Some(name.as_str());
            let definition = defined.iter().find(is_named).cloned();
            // `essential` is true unless the definition says otherwise; of one that was cut to size it is not known.
            let essential = definition.as_ref().map(|defined| defined.essential().unwrap_or(true));
            let loose = || ended.loose.iter().find(is_named);
            let essential = essential.or_else(|| loose()?.essential());
            let definition = definition.or_else(|| loose().cloned());
            let reason = view.reason().unwrap_or_default().to_ascii_lowercase();
            Exit {
                code: view.exit_code().filter(|_| !was_never_started(&reason)),
                out_of_memory: reason.contains("outofmemory") || reason.contains("oom-killed"),
                injected: roles::is_injected(&name),
                stop_timeout_kill: stop_timeout_kill(&view, definition.as_ref(), ended),
                container: name,
                essential,
                role,
                view,
                definition,
                part: Part::Unclear,
            }
        })
        .collect();
    let blame: Vec<Blame> = exits.iter().map(|exit| blame(exit, &defined, ended)).collect();
    assign_parts(&mut exits, &blame, ended.stop);
    exits
}

/// Reads a 137 beside the times. Where nobody asked for the stop, the first end of a container did.
fn stop_timeout_kill(
    container: &Container<'_>,
    definition: Option<&ContainerDefinition<'_>>,
    ended: &Ended<'_, '_>,
) -> KillReading {
    let stop_secs = if ended.stop.was_asked_for() {
        ended.timeline.seconds_to_stop()
    } else {
        ended.timeline.seconds_of_take_down()
    };
    let timeout = definition.and_then(ContainerDefinition::stop_timeout);
    StoppedContainer {
        exit_code: container.exit_code(),
        stop_requested: true,
        stop_secs: stop_secs.map(|seconds| seconds as u64),
        stop_timeout: timeout.and_then(|seconds| u32::try_from(seconds).ok()),
        platform: ended.platform,
    }
    .stop_timeout_kill()
}

/// The agent gives 143 to a container whose `dependsOn` failed, though it never ran.
/// <https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/task_manager.go>
fn was_never_started(reason: &str) -> bool {
    reason.contains("container ordering dependency")
}

/// Decides who failed first. A container that was killed because another essential one ended is a
/// consequence, whatever its exit code.
fn assign_parts(exits: &mut [Exit<'_>], blame: &[Blame], stop: Stop) {
    if stop.was_asked_for() {
        for exit in exits.iter_mut() {
            exit.part = if exit.out_of_memory { Part::First } else { Part::Consequence };
        }
        return;
    }
    let Some(best) = blame.iter().max().filter(|best| best.look > 0) else { return };
    let leaders = blame.iter().filter(|one| *one == best).count();
    // How another one ended is not known, and this end may be the effect of it.
    let is_veiled = best.look <= TOLD_OR_DONE && exits.iter().any(Exit::is_veiled);
    for (exit, own) in exits.iter_mut().zip(blame) {
        exit.part = match own {
            own if own < best => Part::Consequence,
            // Two that look alike: which was first is not in the evidence.
            _ if leaders > 1 || is_veiled => Part::Unclear,
            _ => Part::First,
        };
    }
}

/// The highest look of an end that a container comes to also when it is told to stop.
const TOLD_OR_DONE: u8 = 3;

/// How much an exit looks like the one that ended the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Blame {
    /// 0 when it says nothing.
    look: u8,
    /// Between equals: ECS would not have restarted the container in place.
    final_exit: bool,
}

fn blame(exit: &Exit<'_>, defined: &[ContainerDefinition<'_>], ended: &Ended<'_, '_>) -> Blame {
    let own = match exit.code {
        _ if exit.out_of_memory => 6,
        None => 0,
        // The agent makes this code up for a container whose dependency failed.
        Some(143) if waits_in_vain(exit) => 1,
        // SIGKILL sooner than `stopTimeout` after the first end: it was no part of taking the task down.
        Some(137) if exit.role == Role::Application => match exit.stop_timeout_kill {
            KillReading::Excluded => 4,
            KillReading::Unknown => 3,
            KillReading::Fits => 2,
        },
        Some(_) if exit.is_told_to_stop() => 2,
        Some(0) => match exit.role {
            Role::Application => 3,
            // Time was up.
            Role::Sidecar if roles::is_watchdog(&exit.container) => 3,
            // Sidecars end with 0 when they are told to stop.
            Role::Sidecar => 2,
            Role::Init => 1,
        },
        Some(_) => 5,
    };
    let look = match (own, exit.essential) {
        (0, _) => 0,
        // Not essential: only a container that waits for it can have ended with it.
        (own, Some(false)) => match roles::awaited(&exit.container, defined) {
            Some("SUCCESS") if exit.code.is_some_and(|code| code != 0) => own,
            Some("HEALTHY") if own > 3 => 4,
            _ => 1,
        },
        // A Service Connect proxy is essential; the other injected containers are not.
        (own, None) if exit.injected => {
            if exit.container.starts_with("ecs-service-connect-") {
                own.min(4)
            } else {
                1
            }
        }
        (own, _) => own,
    };
    Blame { look, final_exit: !is_restarted(exit, ended) }
}

/// Whether the container's reason says that it never ran because another one failed.
fn waits_in_vain(exit: &Exit<'_>) -> bool {
    exit.view.reason().is_some_and(|reason| reason.to_ascii_lowercase().contains("dependency"))
}

/// Whether a restart policy covers this end, so that another container's end is the likelier end of the task.
fn is_restarted(exit: &Exit<'_>, ended: &Ended<'_, '_>) -> bool {
    let Some(policy) = exit.definition.as_ref().and_then(|defined| defined.restart_policy()) else {
        return false;
    };
    let is_ignored = exit.code.is_some_and(|code| policy.ignored_exit_codes().contains(&code));
    let period = policy.restart_attempt_period().and_then(|seconds| u32::try_from(seconds).ok());
    let ran = ended.timeline.lifetime_seconds().unwrap_or(0.0) as u64;
    policy.enabled() == Some(true) && !is_ignored && RestartPolicyLimits::restarts(ran, period)
}
