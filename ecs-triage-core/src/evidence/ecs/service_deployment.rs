//! Service deployments and service revisions.

use super::service::{
    CapacityProviderStrategyItem, LoadBalancer, NetworkConfiguration, ServiceRevisionSummary,
    ServiceVolumeConfiguration,
};
use super::task_definition::RuntimePlatform;
use crate::evidence::node::views;

views! {
    /// A deployment of a service with its history, of `DescribeServiceDeployments`.
    ServiceDeployment {
        /// ARN.
        service_deployment_arn: text = "serviceDeploymentArn";
        /// ARN of the service.
        service_arn: text = "serviceArn";
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn";
        /// `SUCCESSFUL`, `IN_PROGRESS`, `ROLLBACK_SUCCESSFUL`, ….
        status: text = "status";
        /// Why.
        status_reason: text = "statusReason";
        /// Stage of a blue/green deployment.
        lifecycle_stage: text = "lifecycleStage";
        /// When it was made.
        created_at: time = "createdAt";
        /// When it began.
        started_at: time = "startedAt";
        /// When it ran to an end.
        finished_at: time = "finishedAt";
        /// When it was stopped.
        stopped_at: time = "stoppedAt";
        /// When it last changed.
        updated_at: time = "updatedAt";
        /// ARN of the revision that is rolled out; of `ListServiceDeployments` alone.
        target_service_revision_arn: text = "targetServiceRevisionArn";
        /// Revisions that ran before.
        source_service_revisions: [ServiceRevisionSummary] = "sourceServiceRevisions";
        /// Revision that is rolled out.
        target_service_revision: ServiceRevisionSummary = "targetServiceRevision";
        /// The circuit breaker's state and numbers.
        deployment_circuit_breaker: CircuitBreakerState = "deploymentCircuitBreaker";
        /// The alarms' state.
        alarms: DeploymentAlarms = "alarms";
        /// Why and to what it was rolled back.
        rollback: Rollback = "rollback";
    }

    /// State of a deployment's circuit breaker.
    CircuitBreakerState {
        /// `TRIGGERED`, `MONITORING`, `MONITORING_COMPLETE` or `DISABLED`.
        status: text = "status";
        /// Failures so far.
        failure_count: integer = "failureCount";
        /// Failures at which it trips.
        threshold: integer = "threshold";
    }

    /// State of a deployment's alarms.
    DeploymentAlarms {
        /// `TRIGGERED`, `MONITORING`, ….
        status: text = "status";
        /// Alarms that fired.
        triggered_alarm_names: [text] = "triggeredAlarmNames";
    }

    /// A rollback.
    Rollback {
        /// Why.
        reason: text = "reason";
        /// When.
        started_at: time = "startedAt";
        /// ARN of the revision that it goes back to.
        service_revision_arn: text = "serviceRevisionArn";
    }

    /// A revision of a service, of `DescribeServiceRevisions`.
    ServiceRevision {
        /// ARN.
        service_revision_arn: text = "serviceRevisionArn";
        /// ARN of the service.
        service_arn: text = "serviceArn";
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn";
        /// Task definition.
        task_definition: text = "taskDefinition";
        /// Launch type.
        launch_type: text = "launchType";
        /// Capacity providers.
        capacity_provider_strategy: [CapacityProviderStrategyItem] = "capacityProviderStrategy";
        /// Fargate platform version.
        platform_version: text = "platformVersion";
        /// Load balancers.
        load_balancers: [LoadBalancer] = "loadBalancers";
        /// EBS volumes that are made for each task.
        volume_configurations: [ServiceVolumeConfiguration] = "volumeConfigurations";
        /// What ECS changed of the task definition.
        overrides: ServiceRevisionOverrides = "overrides";
        /// Images as they were resolved.
        container_images: [ContainerImage] = "containerImages";
        /// Subnets and security groups.
        network_configuration: NetworkConfiguration = "networkConfiguration";
        /// When it was made.
        created_at: time = "createdAt";
    }

    /// What ECS changed of the task definition.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html>
    ServiceRevisionOverrides {
        /// The CPU architecture that runs, when it is another than the task definition's.
        runtime_platform: RuntimePlatform = "runtimePlatform";
    }

    /// An image of a service revision.
    ContainerImage {
        /// Container.
        container_name: text = "containerName";
        /// Reference as in the task definition.
        image: text = "image";
        /// Digest that the reference was resolved to.
        image_digest: text = "imageDigest";
    }
}
