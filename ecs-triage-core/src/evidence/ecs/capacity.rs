//! Container instances, clusters and capacity providers.

use super::task_definition::Attribute;
use crate::evidence::node::views;

views! {
    /// A container instance, of `DescribeContainerInstances`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>
    ContainerInstance {
        /// ARN.
        container_instance_arn: text = "containerInstanceArn";
        /// Id of the EC2 instance.
        ec2_instance_id: text = "ec2InstanceId";
        /// `ACTIVE`, `DRAINING`, `REGISTERING`, ….
        status: text = "status";
        /// Why it has that status.
        status_reason: text = "statusReason";
        /// ARN of the cluster; of events alone.
        cluster_arn: text = "clusterArn";
        /// Whether the agent is connected to ECS.
        agent_connected: boolean = "agentConnected";
        /// Resources not taken by tasks; `PORTS` lists the used ports.
        remaining_resources: [Resource] = "remainingResources";
        /// Resources of the whole instance.
        registered_resources: [Resource] = "registeredResources";
        /// Attributes.
        attributes: [Attribute] = "attributes";
        /// Tasks running.
        running_tasks_count: integer = "runningTasksCount";
        /// Tasks on their way up.
        pending_tasks_count: integer = "pendingTasksCount";
        /// Agent and Docker versions.
        version_info: VersionInfo = "versionInfo";
        /// Health of the instance; with `--include CONTAINER_INSTANCE_HEALTH`.
        health_status: InstanceHealth = "healthStatus";
        /// Name of its capacity provider.
        capacity_provider_name: text = "capacityProviderName";
    }

    /// A resource of a container instance.
    Resource {
        /// `CPU`, `MEMORY`, `PORTS`, `PORTS_UDP`, `GPU`.
        name: text = "name";
        /// `INTEGER`, `STRINGSET`, ….
        kind: text = "type";
        /// Amount: CPU units or MiB.
        integer_value: integer = "integerValue";
        /// Set: ports or GPU ids.
        string_set_value: [text] = "stringSetValue";
    }

    /// Versions on a container instance.
    VersionInfo {
        /// ECS agent.
        agent_version: text = "agentVersion";
        /// Docker.
        docker_version: text = "dockerVersion";
    }

    /// Health of a container instance.
    InstanceHealth {
        /// `OK`, `IMPAIRED`, `INSUFFICIENT_DATA` or `INITIALIZING`.
        overall_status: text = "overallStatus";
        /// By check.
        details: [InstanceHealthDetail] = "details" | "healthChecks";
    }

    /// One check of a container instance's health.
    InstanceHealthDetail {
        /// `CONTAINER_RUNTIME`, `ACCELERATED_COMPUTE`, `DAEMON`, `AGENT_CONNECTIVITY`.
        kind: text = "type";
        /// `OK`, `IMPAIRED`, ….
        status: text = "status";
        /// Why.
        status_reason: text = "statusReason";
    }

    /// A cluster, of `DescribeClusters`.
    Cluster {
        /// ARN.
        cluster_arn: text = "clusterArn";
        /// Name.
        cluster_name: text = "clusterName";
        /// `ACTIVE`, `INACTIVE`, ….
        status: text = "status";
        /// Container instances in it.
        registered_container_instances_count: integer = "registeredContainerInstancesCount";
        /// Tasks running.
        running_tasks_count: integer = "runningTasksCount";
        /// Capacity providers of the cluster.
        capacity_providers: [text] = "capacityProviders";
    }

    /// A capacity provider, of `DescribeCapacityProviders`.
    CapacityProvider {
        /// Name.
        name: text = "name";
        /// `ACTIVE`, ….
        status: text = "status";
        /// Cluster, for Managed Instances.
        cluster: text = "cluster";
        /// Auto Scaling group behind it.
        auto_scaling_group_provider: AutoScalingGroupProvider = "autoScalingGroupProvider";
        /// Managed Instances behind it.
        managed_instances_provider: ManagedInstancesProvider = "managedInstancesProvider";
        /// State of its last change.
        update_status: text = "updateStatus";
        /// Why.
        update_status_reason: text = "updateStatusReason";
    }

    /// The Auto Scaling group of a capacity provider.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoScalingGroupProvider.html>
    AutoScalingGroupProvider {
        /// ARN or name of the group.
        auto_scaling_group_arn: text = "autoScalingGroupArn";
        /// Whether ECS scales the group.
        managed_scaling: ManagedScaling = "managedScaling";
        /// `ENABLED` or `DISABLED`: whether instances with tasks are protected from scale-in.
        managed_termination_protection: text = "managedTerminationProtection";
        /// `ENABLED` or `DISABLED`: whether instances are drained before they go.
        managed_draining: text = "managedDraining";
    }

    /// How ECS scales a group.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html>
    ManagedScaling {
        /// `ENABLED` or `DISABLED`.
        status: text = "status";
        /// Percent of the group that tasks shall use.
        target_capacity: integer = "targetCapacity";
        /// Seconds until a new instance counts.
        instance_warmup_period: integer = "instanceWarmupPeriod";
    }

    /// The Managed Instances of a capacity provider.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesProvider.html>
    ManagedInstancesProvider {
        /// Role with which ECS launches instances.
        infrastructure_role_arn: text = "infrastructureRoleArn";
        /// What is launched.
        instance_launch_template: InstanceLaunchTemplate = "instanceLaunchTemplate";
    }

    /// What Managed Instances are launched with.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html>
    InstanceLaunchTemplate {
        /// Instance profile.
        ec2_instance_profile_arn: text = "ec2InstanceProfileArn";
        /// Subnets and security groups.
        network_configuration: InstanceNetworkConfiguration = "networkConfiguration";
        /// `ON_DEMAND`, `SPOT` or `RESERVED`.
        capacity_option_type: text = "capacityOptionType";
        /// What the instances must be like.
        instance_requirements: any = "instanceRequirements";
    }

    /// Network of Managed Instances.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesNetworkConfiguration.html>
    InstanceNetworkConfiguration {
        /// Ids of the subnets.
        subnets: [text] = "subnets";
        /// Ids of the security groups.
        security_groups: [text] = "securityGroups";
    }
}
