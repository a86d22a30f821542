//! Who or what ended a task.

use std::cell::LazyCell;

use crate::evidence::ecs::{Container, Task};

/// What ended a task, from its stop code and, where that is missing, from AWS's own sentences.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The task is not stopped and ECS does not want it stopped.
    None,
    /// It never reached `RUNNING`.
    FailedToStart,
    /// An essential container ended by itself.
    EssentialContainerExited,
    /// Somebody called `StopTask`.
    User,
    /// The service's scheduler: scale-in, a deployment, rebalancing.
    Scheduler,
    /// The service's scheduler, after failed health checks.
    Unhealthy,
    /// The capacity went away: Spot, a terminated host, maintenance, unhealthy infrastructure.
    Capacity,
    /// It is stopped, and nothing says by whom.
    Unknown,
}

impl Stop {
    pub(crate) fn of(task: &Task<'_>) -> Self {
        if let Some(stop) = Stop::of_job(task) {
            return stop;
        }
        let is_running = task.last_status() == Some("RUNNING") && task.desired_status() == Some("RUNNING");
        if is_running && task.stop_code().is_none() {
            return Stop::None;
        }
        let reason = LazyCell::new(|| task.stopped_reason().unwrap_or_default().to_ascii_lowercase());
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| reason.contains(phrase));
        match task.stop_code() {
            Some("TaskFailedToStart") => Stop::FailedToStart,
            Some("EssentialContainerExited") => Stop::EssentialContainerExited,
            Some("UserInitiated") => Stop::User,
            Some("ServiceSchedulerInitiated") if says(&["health check", "unhealthy"]) => Stop::Unhealthy,
            Some("ServiceSchedulerInitiated") if says(&["host ec2", "maintenance", "draining"]) => {
                Stop::Capacity
            }
            Some("ServiceSchedulerInitiated") => Stop::Scheduler,
            Some("SpotInterruption" | "TerminationNotice" | "InfrastructureHealth") => Stop::Capacity,
            _ if says(&["essential container in task exited", "essentialcontainerexited"]) => {
                Stop::EssentialContainerExited
            }
            _ if says(&["failed container health checks", "failed elb health checks"]) => Stop::Unhealthy,
            _ if says(&["scaling activity initiated", "rebalancing initiated"]) => Stop::Scheduler,
            _ if says(&["stopped by user"]) => Stop::User,
            _ if says(&[
                "host ec2 (instance",
                "spot task was interrupted",
                "performing maintenance",
                "draining state",
            ]) =>
            {
                Stop::Capacity
            }
            _ if says(&[
                "task failed to start",
                "taskfailedtostart",
                "resourceinitializationerror",
                "cannotpull",
            ]) =>
            {
                Stop::FailedToStart
            }
            _ if is_answer_to_stop(task) => Stop::User,
            _ if !reason.is_empty()
                || task.stopped_at().is_some()
                || task.last_status() == Some("STOPPED") =>
            {
                Stop::Unknown
            }
            _ if task.desired_status() == Some("STOPPED") || has_ended(task) => Stop::Unknown,
            _ => Stop::None,
        }
    }

    /// The same of a job of AWS Batch, where the job knows it: somebody ended it, or it has not ended.
    fn of_job(task: &Task<'_>) -> Option<Self> {
        let job = task.job()?;
        let stands_for_it = task.node().pointer() == job.node().pointer();
        let is_last =
            || job.attempts().last().is_some_and(|last| last.node().pointer() == task.node().pointer());
        let was_ended = (job.is_terminated() == Some(true) || job.is_cancelled() == Some(true))
            && (stands_for_it || is_last());
        let is_open = is_job_open(job.status()) && stands_for_it;
        match () {
            () if was_ended => Some(Stop::User),
            () if is_open => Some(Stop::None),
            () => None,
        }
    }

    /// Whether somebody or something outside the task asked for the stop, so that what containers exited
    /// with afterwards is a consequence.
    pub fn was_asked_for(self) -> bool {
        matches!(self, Stop::User | Stop::Scheduler | Stop::Unhealthy | Stop::Capacity)
    }
}

/// Whether a job of AWS Batch in this state has yet to end.
/// <https://docs.aws.amazon.com/batch/latest/userguide/job_states.html>
pub(crate) fn is_job_open(status: Option<&str>) -> bool {
    matches!(status, Some("SUBMITTED" | "PENDING" | "RUNNABLE" | "STARTING" | "RUNNING"))
}

/// The answer to `StopTask` holds one task under its name, which ECS now wants stopped.
fn is_answer_to_stop(task: &Task<'_>) -> bool {
    task.node().pointer().ends_with("/task") && task.desired_status() == Some("STOPPED")
}

/// Whether a task that does not say where it stands has only containers that ended.
fn has_ended(task: &Task<'_>) -> bool {
    let containers = task.containers();
    let has_ended = |container: &Container<'_>| {
        container.exit_code().is_some() || container.last_status() == Some("STOPPED")
    };
    task.last_status().is_none() && !containers.is_empty() && containers.iter().all(has_ended)
}
