//! What is looked at: a task definition, where its tasks are to run, and the service that runs them.

use crate::evidence::Evidence;
use crate::evidence::ecs::{ContainerDefinition, Service, TaskDefinition};
use crate::signals::{LaunchType, Subject};
use crate::sizes::OperatingSystem;

/// A task definition with what is known of its use.
pub(super) struct Plan<'s, 'e> {
    pub(super) subject: &'s Subject<'e>,
    pub(super) definition: &'s TaskDefinition<'e>,
    pub(super) containers: Vec<ContainerDefinition<'e>>,
}

/// Containers of a definition that are looked at, far more than a task can have.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>
const MOST_CONTAINERS: usize = 100;

impl<'s, 'e> Plan<'s, 'e> {
    /// [`None`] without a task definition, or with a projection of one: what a `--query` left out is not missing.
    pub(super) fn of(subject: &'s Subject<'e>) -> Option<Self> {
        let definition = subject.definition.as_ref()?;
        let is_whole = definition.node().get("containerDefinitions").is_some();
        // ECS takes ten containers; checks compare each with every other.
        let mut containers = definition.container_definitions();
        containers.truncate(MOST_CONTAINERS);
        let has_images = containers.iter().any(|container| container.node().get("image").is_some());
        (is_whole && has_images).then_some(Self { subject, definition, containers })
    }

    pub(super) fn evidence(&self) -> &'e Evidence {
        self.subject.evidence
    }

    pub(super) fn service(&self) -> Option<&'s Service<'e>> {
        self.subject.service.as_ref()
    }

    /// A revision that exists: ECS has accepted it.
    pub(super) fn is_registered(&self) -> bool {
        let definition = self.definition;
        definition.revision().is_some()
            || definition.task_definition_arn().is_some()
            || definition.status().is_some()
            || definition.registered_at().is_some()
    }

    /// Whether the definition must fit Fargate: it says so, or its tasks run there.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
    pub(super) fn is_for_fargate(&self) -> bool {
        self.subject.launch_type() == Some(LaunchType::Fargate) || self.requires("FARGATE")
    }

    pub(super) fn requires(&self, launch_type: &str) -> bool {
        self.definition.requires_compatibilities().contains(&launch_type)
    }

    /// Whether its tasks run on EC2 for certain.
    pub(super) fn is_on_ec2(&self) -> bool {
        !self.is_for_fargate() && self.subject.launch_type() == Some(LaunchType::Ec2)
    }

    pub(super) fn os(&self) -> OperatingSystem {
        let family =
            self.definition.runtime_platform().and_then(|platform| platform.operating_system_family());
        match family {
            Some(family) if family.starts_with("WINDOWS") => OperatingSystem::Windows,
            _ => OperatingSystem::Linux,
        }
    }

    pub(super) fn is_windows(&self) -> bool {
        self.os() == OperatingSystem::Windows
    }

    /// `awsvpc`, `bridge`, `host` or `none`; bridge when nothing is set.
    pub(super) fn network_mode(&self) -> &'e str {
        self.definition.network_mode().unwrap_or("bridge")
    }

    /// CPU units of the task.
    pub(super) fn cpu(&self) -> Option<u32> {
        self.definition.cpu().map(whole)
    }

    /// Memory of the task in MiB.
    pub(super) fn memory(&self) -> Option<u32> {
        self.definition.memory().map(whole)
    }

    pub(super) fn container(&self, name: &str) -> Option<&ContainerDefinition<'e>> {
        self.containers.iter().find(|container| container.name() == Some(name))
    }
}

/// The name of a container, for a text.
pub(super) fn name_of<'e>(container: &ContainerDefinition<'e>) -> &'e str {
    container.name().unwrap_or("unnamed")
}

/// A number of a document as one that the arithmetic takes; what is below 0 is 0.
pub(super) fn whole(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// Whether a container is essential: it is, unless it says otherwise.
pub(super) fn is_essential(container: &ContainerDefinition<'_>) -> bool {
    container.essential().unwrap_or(true)
}
