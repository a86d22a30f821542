//! Services and their deployments.

use super::task_definition::PlacementConstraint;
use crate::evidence::node::{Read, views};

impl<'e> Service<'e> {
    /// Deployments under way; the newest is `PRIMARY`.
    ///
    /// A deployment that stands for its service is its only one.
    pub fn deployments(&self) -> Vec<Deployment<'e>> {
        let listed = self.listed_deployments();
        let own = ["rolloutState", "rollout", "failedTasks", "stabilityStatus"];
        if listed.is_empty() && self.node().get_any(&own).is_some() {
            return Deployment::read(self.node()).into_iter().collect();
        }
        listed
    }
}

views! {
    /// A service, of `DescribeServices`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>
    Service {
        /// ARN.
        service_arn: text = "serviceArn";
        /// Name; a row of one's own may call it so.
        service_name: text = "serviceName" | "service";
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn";
        /// `ACTIVE`, `DRAINING` or `INACTIVE`.
        status: text = "status";
        /// Tasks that should run.
        desired_count: integer = "desiredCount" | "desired" | "computedDesiredCount";
        /// Tasks that run.
        running_count: integer = "runningCount" | "running";
        /// Tasks on their way up.
        pending_count: integer = "pendingCount" | "pending";
        /// Task definition of the primary deployment.
        task_definition: text = "taskDefinition";
        /// Deployments as they are listed.
        listed_deployments: [Deployment] = "deployments";
        /// Task sets of an external or CodeDeploy controller.
        task_sets: [Deployment] = "taskSets";
        /// At most 100 messages, newest first.
        events: [ServiceEvent] = "events";
        /// Load balancers.
        load_balancers: [LoadBalancer] = "loadBalancers";
        /// Seconds in which failing health checks do not count.
        health_check_grace_period_seconds: integer = "healthCheckGracePeriodSeconds";
        /// Subnets and security groups.
        network_configuration: NetworkConfiguration = "networkConfiguration";
        /// Percentages, circuit breaker and alarms.
        deployment_configuration: DeploymentConfiguration = "deploymentConfiguration";
        /// `REPLICA` or `DAEMON`.
        scheduling_strategy: text = "schedulingStrategy";
        /// Launch type; absent with a capacity provider strategy.
        launch_type: text = "launchType";
        /// Capacity providers.
        capacity_provider_strategy: [CapacityProviderStrategyItem] = "capacityProviderStrategy";
        /// Placement constraints.
        placement_constraints: [PlacementConstraint] = "placementConstraints";
        /// Fargate platform version.
        platform_version: text = "platformVersion";
        /// `ECS`, `CODE_DEPLOY` or `EXTERNAL`.
        deployment_controller: DeploymentController = "deploymentController";
        /// ARN of the deployment under way or last.
        current_service_deployment: text = "currentServiceDeployment";
        /// Revisions that run.
        current_service_revisions: [ServiceRevisionSummary] = "currentServiceRevisions";
        /// Role with which ECS calls the load balancer.
        role_arn: text = "roleArn";
        /// Whether ECS Exec is on.
        enable_execute_command: boolean = "enableExecuteCommand";
        /// `ENABLED` or `DISABLED`.
        availability_zone_rebalancing: text = "availabilityZoneRebalancing";
        /// When the service was made.
        created_at: time = "createdAt";
    }

    /// A deployment of a service.
    Deployment {
        /// `ecs-svc/NUMBER`, which is also `startedBy` of its tasks.
        id: text = "id";
        /// `PRIMARY`, `ACTIVE` or `INACTIVE`.
        status: text = "status";
        /// Task definition of the deployment.
        task_definition: text = "taskDefinition";
        /// Tasks that should run.
        desired_count: integer = "desiredCount" | "desired" | "computedDesiredCount";
        /// Tasks that run.
        running_count: integer = "runningCount" | "running";
        /// Tasks on their way up.
        pending_count: integer = "pendingCount" | "pending";
        /// Tasks that failed.
        failed_tasks: integer = "failedTasks" | "failed";
        /// `COMPLETED`, `FAILED` or `IN_PROGRESS`.
        rollout_state: text = "rolloutState" | "rollout";
        /// Why.
        rollout_state_reason: text = "rolloutStateReason" | "reason";
        /// When the deployment was made.
        created_at: time = "createdAt";
        /// When it last changed.
        updated_at: time = "updatedAt";
        /// `STEADY_STATE` or `STABILIZING`; of task sets alone.
        stability_status: text = "stabilityStatus";
        /// Launch type.
        launch_type: text = "launchType";
        /// Capacity providers.
        capacity_provider_strategy: [CapacityProviderStrategyItem] = "capacityProviderStrategy";
        /// Fargate platform version.
        platform_version: text = "platformVersion";
        /// Subnets and security groups.
        network_configuration: NetworkConfiguration = "networkConfiguration";
        /// EBS volumes that are made for each task.
        volume_configurations: [ServiceVolumeConfiguration] = "volumeConfigurations";
    }

    /// What deploys a service.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentController.html>
    DeploymentController {
        /// `ECS`, `CODE_DEPLOY` or `EXTERNAL`.
        kind: text = "type";
    }

    /// A volume that is made for each task of a service.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceVolumeConfiguration.html>
    ServiceVolumeConfiguration {
        /// Name of the volume in the task definition.
        name: text = "name";
        /// The EBS volume.
        managed_ebs_volume: ManagedEbsVolume = "managedEBSVolume";
    }

    /// An EBS volume that is made for each task.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html>
    ManagedEbsVolume {
        /// Role with which ECS makes it.
        role_arn: text = "roleArn";
        /// KMS key.
        kms_key_id: text = "kmsKeyId";
        /// `ext3`, `ext4`, `xfs` or `ntfs`.
        filesystem_type: text = "filesystemType";
        /// Snapshot that it is made from.
        snapshot_id: text = "snapshotId";
        /// Size in GiB.
        size_in_gib: integer = "sizeInGiB";
    }

    /// A message of a service's scheduler.
    ServiceEvent {
        /// Id.
        id: text = "id";
        /// When.
        created_at: time = "createdAt";
        /// The message.
        message: text = "message";
    }

    /// A load balancer of a service.
    LoadBalancer {
        /// ARN of the target group.
        target_group_arn: text = "targetGroupArn";
        /// Name of a Classic Load Balancer.
        load_balancer_name: text = "loadBalancerName";
        /// Container that is registered.
        container_name: text = "containerName";
        /// Port of the container.
        container_port: integer = "containerPort";
    }

    /// Network of a service or deployment.
    NetworkConfiguration {
        /// For awsvpc mode.
        awsvpc_configuration: AwsvpcConfiguration = "awsvpcConfiguration";
    }

    /// Subnets and security groups of awsvpc tasks.
    AwsvpcConfiguration {
        /// Ids of the subnets.
        subnets: [text] = "subnets";
        /// Ids of the security groups.
        security_groups: [text] = "securityGroups";
        /// `ENABLED` or `DISABLED`.
        assign_public_ip: text = "assignPublicIp";
    }

    /// How a service is deployed.
    DeploymentConfiguration {
        /// Percent of the desired count that may run during a deployment.
        maximum_percent: integer = "maximumPercent";
        /// Percent of the desired count that must stay healthy during a deployment.
        minimum_healthy_percent: integer = "minimumHealthyPercent";
        /// Circuit breaker.
        deployment_circuit_breaker: CircuitBreaker = "deploymentCircuitBreaker";
        /// Alarms that fail a deployment.
        alarms: any = "alarms";
    }

    /// Circuit breaker of a service's deployments.
    CircuitBreaker {
        /// Whether it is on.
        enable: boolean = "enable";
        /// Whether it rolls back.
        rollback: boolean = "rollback";
        /// Whether a healthy task makes it count from the start.
        reset_on_healthy_task: boolean = "resetOnHealthyTask";
        /// Threshold, when it was set.
        threshold_configuration: ThresholdConfiguration = "thresholdConfiguration";
    }

    /// Threshold of a circuit breaker.
    ThresholdConfiguration {
        /// `COUNT`, `BOUNDED_PERCENT` or `UNBOUNDED_PERCENT`.
        kind: text = "type";
        /// Number or percent.
        value: integer = "value";
    }

    /// One entry of a capacity provider strategy.
    CapacityProviderStrategyItem {
        /// Name of the capacity provider.
        capacity_provider: text = "capacityProvider";
        /// Share.
        weight: integer = "weight";
        /// Tasks that run on it at least.
        base: integer = "base";
    }

    /// A revision in a service deployment.
    ServiceRevisionSummary {
        /// ARN.
        arn: text = "arn";
        /// Tasks asked for.
        requested_task_count: integer = "requestedTaskCount";
        /// Tasks running.
        running_task_count: integer = "runningTaskCount";
        /// Tasks on their way up.
        pending_task_count: integer = "pendingTaskCount";
    }
}
