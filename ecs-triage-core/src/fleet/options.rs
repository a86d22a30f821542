//! What a fleet looks at and how its report is cut.

use serde::Serialize;

use crate::Timestamp;

/// How incidents are told apart, beside their cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GroupBy {
    /// By cluster and service; a task without a service by its family.
    #[default]
    Service,
    /// By cluster and family of task definitions.
    Family,
    /// By cluster.
    Cluster,
    /// By nothing else.
    Cause,
}

impl GroupBy {
    /// All ways, by name.
    pub const ALL: &'static [GroupBy] =
        &[GroupBy::Service, GroupBy::Family, GroupBy::Cluster, GroupBy::Cause];

    /// As it is written on a command line: `service`, `family`, `cluster` or `cause`.
    pub fn as_str(self) -> &'static str {
        match self {
            GroupBy::Service => "service",
            GroupBy::Family => "family",
            GroupBy::Cluster => "cluster",
            GroupBy::Cause => "cause",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|way| way.as_str() == text)
    }
}

/// What a fleet looks at and how its report is cut.
///
/// ```
/// use ecs_triage_core::Timestamp;
/// use ecs_triage_core::fleet::{FleetOptions, GroupBy};
/// let options = FleetOptions::new()
///     .since(Timestamp::parse("2026-11-22T08:00:00Z").unwrap())
///     .group_by(GroupBy::Cluster)
///     .top(5);
/// # let _ = options;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FleetOptions {
    pub(super) since: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    pub(super) group_by: GroupBy,
    pub(super) top: usize,
    pub(super) capacity: usize,
}

impl Default for FleetOptions {
    fn default() -> Self {
        Self { since: None, until: None, group_by: GroupBy::Service, top: 20, capacity: 1 << 20 }
    }
}

impl FleetOptions {
    /// Everything that is added, by service, the twenty largest incidents.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves out what happened earlier. What tells no time is kept.
    #[must_use]
    pub fn since(mut self, at: Timestamp) -> Self {
        self.since = Some(at);
        self
    }

    /// Leaves out what happened at this time or later.
    #[must_use]
    pub fn until(mut self, at: Timestamp) -> Self {
        self.until = Some(at);
        self
    }

    /// How incidents are told apart.
    #[must_use]
    pub fn group_by(mut self, way: GroupBy) -> Self {
        self.group_by = way;
        self
    }

    /// The most incidents that the report lists; 0 lists all.
    #[must_use]
    pub fn top(mut self, most: usize) -> Self {
        self.top = most;
        self
    }

    /// How many tasks are counted one by one: 1,048,576 unless said otherwise, which takes 33 MB. Of more tasks a
    /// sample is kept, and the report's counts are marked as estimates.
    #[must_use]
    pub fn capacity(mut self, tasks: usize) -> Self {
        self.capacity = tasks.max(64);
        self
    }

    /// Whether something that happened at `at`, in seconds since 1970, is to be looked at.
    pub(super) fn covers(&self, at: Option<i64>) -> bool {
        let Some(at) = at else { return true };
        self.since.is_none_or(|since| at >= since.epoch_seconds())
            && self.until.is_none_or(|until| at < until.epoch_seconds())
    }
}
