//! Time limits of the ECS container agent, which hold beside those of a task definition.

/// Limits of the agent on one operating system, seconds.
///
/// `startTimeout` of a container is another thing: it limits how long its dependents wait.
/// <https://github.com/aws/amazon-ecs-agent/blob/master/README.md>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AgentTimeouts {
    /// Default of `ECS_CONTAINER_START_TIMEOUT`: how long the engine may take to start a container.
    pub start: u32,
    /// Smallest `ECS_CONTAINER_START_TIMEOUT`.
    pub start_least: u32,
    /// How long the engine may take to create a container.
    pub create: u32,
    /// How long one image pull may take.
    pub pull: u32,
    /// How long an image pull may bring nothing.
    pub pull_inactivity: u32,
}

impl AgentTimeouts {
    /// The agent on Linux.
    pub const LINUX: Self =
        Self { start: 180, start_least: 45, create: 240, pull: 7_200, pull_inactivity: 60 };
    /// The agent on Windows.
    pub const WINDOWS: Self =
        Self { start: 480, start_least: 120, create: 240, pull: 7_200, pull_inactivity: 180 };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_as_documented() {
        let minutes = |limits: AgentTimeouts| {
            (limits.start / 60, limits.create / 60, limits.pull / 3_600, limits.pull_inactivity / 60)
        };
        assert_eq!(minutes(AgentTimeouts::LINUX), (3, 4, 2, 1));
        assert_eq!(minutes(AgentTimeouts::WINDOWS), (8, 4, 2, 3));
        assert_eq!((AgentTimeouts::LINUX.start_least, AgentTimeouts::WINDOWS.start_least), (45, 120));
    }
}
