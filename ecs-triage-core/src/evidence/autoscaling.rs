//! Amazon EC2 Auto Scaling, Application Auto Scaling and Service Quotas: how much there may be of what.

use super::node::views;

views! {
    /// A group of instances, of `DescribeAutoScalingGroups`.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html>
    AutoScalingGroup {
        /// Name.
        auto_scaling_group_name: text = "AutoScalingGroupName";
        /// ARN.
        auto_scaling_group_arn: text = "AutoScalingGroupARN";
        /// Least number of instances.
        min_size: integer = "MinSize";
        /// Largest number of instances.
        max_size: integer = "MaxSize";
        /// Number of instances that is wanted.
        desired_capacity: integer = "DesiredCapacity";
        /// Instances.
        instances: [GroupInstance] = "Instances";
        /// Processes that are suspended, such as `Launch`.
        suspended_processes: [SuspendedProcess] = "SuspendedProcesses";
        /// Subnets, as text with commas.
        vpc_zone_identifier: text = "VPCZoneIdentifier";
        /// Availability Zones.
        availability_zones: [text] = "AvailabilityZones";
        /// Whether new instances are protected from scale-in.
        new_instances_protected_from_scale_in: boolean = "NewInstancesProtectedFromScaleIn";
    }

    /// An instance of a group.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Instance.html>
    GroupInstance {
        /// Id.
        instance_id: text = "InstanceId";
        /// `InService`, `Pending`, `Terminating`, ….
        lifecycle_state: text = "LifecycleState";
        /// `Healthy` or `Unhealthy`.
        health_status: text = "HealthStatus";
        /// Availability Zone.
        availability_zone: text = "AvailabilityZone";
        /// Whether it is protected from scale-in.
        protected_from_scale_in: boolean = "ProtectedFromScaleIn";
    }

    /// A process that is suspended.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SuspendedProcess.html>
    SuspendedProcess {
        /// Name.
        process_name: text = "ProcessName";
        /// Why.
        suspension_reason: text = "SuspensionReason";
    }

    /// What scaling did, of `DescribeScalingActivities` of either service.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html>
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalingActivity.html>
    ScalingActivity {
        /// Id.
        activity_id: text = "ActivityId";
        /// Group of instances.
        auto_scaling_group_name: text = "AutoScalingGroupName";
        /// `ecs` for services.
        service_namespace: text = "ServiceNamespace";
        /// `service/CLUSTER/SERVICE` for services.
        resource_id: text = "ResourceId";
        /// What was done.
        description: text = "Description";
        /// Why.
        cause: text = "Cause";
        /// `Successful`, `Failed`, `InProgress`, ….
        status_code: text = "StatusCode";
        /// Why it failed.
        status_message: text = "StatusMessage";
        /// When it began.
        start_time: time = "StartTime";
        /// When it ended.
        end_time: time = "EndTime";
    }

    /// A service's room to scale, of `DescribeScalableTargets`.
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTarget.html>
    ScalableTarget {
        /// `ecs` for services.
        service_namespace: text = "ServiceNamespace";
        /// `service/CLUSTER/SERVICE` for services.
        resource_id: text = "ResourceId";
        /// `ecs:service:DesiredCount` for services.
        scalable_dimension: text = "ScalableDimension";
        /// Least number of tasks.
        min_capacity: integer = "MinCapacity";
        /// Largest number of tasks.
        max_capacity: integer = "MaxCapacity";
    }

    /// A rule by which a service scales, of `DescribeScalingPolicies`.
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalingPolicy.html>
    ScalingPolicy {
        /// ARN.
        policy_arn: text = "PolicyARN";
        /// Name.
        policy_name: text = "PolicyName";
        /// `ecs` for services.
        service_namespace: text = "ServiceNamespace";
        /// `service/CLUSTER/SERVICE` for services.
        resource_id: text = "ResourceId";
        /// `ecs:service:DesiredCount` for services.
        scalable_dimension: text = "ScalableDimension";
        /// `StepScaling`, `TargetTrackingScaling` or `PredictiveScaling`.
        policy_type: text = "PolicyType";
    }

    /// A quota, of `GetServiceQuota` or `ListServiceQuotas`.
    /// <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ServiceQuota.html>
    ServiceQuota {
        /// Service, such as `fargate`.
        service_code: text = "ServiceCode";
        /// Code, such as `L-3032A538`.
        quota_code: text = "QuotaCode";
        /// Name.
        quota_name: text = "QuotaName";
        /// The quota.
        value: number = "Value";
        /// Unit.
        unit: text = "Unit";
        /// Whether it can be raised.
        adjustable: boolean = "Adjustable";
    }
}
