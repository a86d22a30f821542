//! The points of a task's life, in order.

use serde::Serialize;

use crate::Timestamp;
use crate::evidence::ecs::Task;

/// One point of a task's life.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub what: &'static str,
}

/// The points of a task's life.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    moments: Vec<Moment>,
    /// When the task was made.
    pub created: Option<Timestamp>,
    /// When the first pull began.
    pub pull_started: Option<Timestamp>,
    /// When the last pull ended.
    pub pull_stopped: Option<Timestamp>,
    /// When the task came to `RUNNING`.
    pub started: Option<Timestamp>,
    /// When it was told to stop.
    pub stopping: Option<Timestamp>,
    /// When its containers had ended; of several essential ones perhaps the first.
    pub execution_stopped: Option<Timestamp>,
    /// When clean-up had ended too.
    pub stopped: Option<Timestamp>,
}

impl Timeline {
    pub(crate) fn of(task: &Task<'_>) -> Self {
        let mut line = Self {
            moments: Vec::new(),
            created: task.created_at(),
            pull_started: task.pull_started_at(),
            pull_stopped: task.pull_stopped_at(),
            started: task.started_at(),
            stopping: task.stopping_at(),
            execution_stopped: task.execution_stopped_at(),
            stopped: task.stopped_at(),
        };
        let points = [
            (line.created, "created"),
            (line.pull_started, "pull started"),
            (line.pull_stopped, "pull stopped"),
            (line.started, "started"),
            (line.stopping, "stopping"),
            (line.execution_stopped, "execution stopped"),
            (line.stopped, "stopped"),
        ];
        line.moments.reserve(points.len());
        line.moments.extend(points.into_iter().filter_map(|(at, what)| Some(Moment { at: at?, what })));
        // A stable sort keeps the order of life where two points share a time.
        line.moments.sort_by_key(|moment| moment.at);
        line
    }

    /// The points in order of time.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// Seconds that the task's containers ran: from `RUNNING` to their end, or to the order to stop.
    pub fn lifetime_seconds(&self) -> Option<f64> {
        let end = self.execution_stopped.or(self.stopping).or(self.stopped)?;
        Some(end.seconds_since(self.started?)).filter(|seconds| *seconds >= 0.0)
    }

    /// Seconds from `RUNNING` to the order to stop: what a health check had to judge.
    pub fn seconds_until_stopping(&self) -> Option<f64> {
        Some(self.stopping?.seconds_since(self.started?)).filter(|seconds| *seconds >= 0.0)
    }

    /// Seconds from the order to stop to the end of the containers.
    pub fn seconds_to_stop(&self) -> Option<f64> {
        Some(self.execution_stopped?.seconds_since(self.stopping?)).filter(|seconds| *seconds >= 0.0)
    }

    /// Longest time between the first container's end and the task's: what a container had that was taken down.
    ///
    /// `executionStoppedAt` may be the first end of an essential container or the end of all, so the earlier of
    /// it and `stoppingAt` counts, up to `stoppedAt`, which includes the clean-up.
    pub fn seconds_of_take_down(&self) -> Option<f64> {
        let first = [self.execution_stopped, self.stopping].into_iter().flatten().min()?;
        Some(self.stopped?.seconds_since(first)).filter(|seconds| *seconds >= 0.0)
    }

    /// When the task came to its end, or began to.
    pub fn end(&self) -> Option<Timestamp> {
        self.stopping.or(self.execution_stopped).or(self.stopped)
    }

    /// The newest point.
    pub fn latest(&self) -> Option<Timestamp> {
        self.moments.last().map(|moment| moment.at)
    }
}
