//! Amazon ECS: tasks, task definitions, services, deployments and container instances.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Types.html>.

mod capacity;
mod event;
mod service;
mod service_deployment;
mod task;
mod task_definition;

pub use capacity::{
    AutoScalingGroupProvider, CapacityProvider, Cluster, ContainerInstance, InstanceHealth,
    InstanceHealthDetail, InstanceLaunchTemplate, InstanceNetworkConfiguration, ManagedInstancesProvider,
    ManagedScaling, Resource, VersionInfo,
};
pub use event::{Failure, InstanceHealthChange, ProtectedTask, ServiceAction, ServiceActionDetail};
pub use service::{
    AwsvpcConfiguration, CapacityProviderStrategyItem, CircuitBreaker, Deployment, DeploymentConfiguration,
    DeploymentController, LoadBalancer, ManagedEbsVolume, NetworkConfiguration, Service, ServiceEvent,
    ServiceRevisionSummary, ServiceVolumeConfiguration, ThresholdConfiguration,
};
pub use service_deployment::{
    CircuitBreakerState, ContainerImage, DeploymentAlarms, Rollback, ServiceDeployment, ServiceRevision,
    ServiceRevisionOverrides,
};
pub use task::{
    Attachment, Container, ContainerInterface, ContainerOverride, KeyValue, ManagedAgent, NetworkBinding,
    Overrides, Task,
};
pub use task_definition::{
    Attribute, ContainerDefinition, Dependency, EfsAuthorizationConfig, EfsVolumeConfiguration,
    EnvironmentFile, EnvironmentVariable, EphemeralStorage, HealthCheck, LogConfiguration, LogOptions,
    MountPoint, PlacementConstraint, PortMapping, RepositoryCredentials, ResourceRequirement, RestartPolicy,
    RuntimePlatform, Secret, TaskDefinition, Volume, VolumeFrom,
};
