//! What events and refused calls say.

use super::capacity::InstanceHealthDetail;
use crate::evidence::node::{Read, views};

impl<'e> ServiceAction<'e> {
    /// What happened; a rule's target may have been given this alone.
    pub fn detail(&self) -> Option<ServiceActionDetail<'e>> {
        self.enclosed_detail().or_else(|| ServiceActionDetail::read(self.node()))
    }
}

views! {
    /// A task's protection from scale-in and deployments, of `GetTaskProtection`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProtectedTask.html>
    ProtectedTask {
        /// ARN of the task.
        task_arn: text = "taskArn";
        /// Whether it is protected.
        protection_enabled: boolean = "protectionEnabled";
        /// Until when.
        expiration_date: time = "expirationDate";
    }

    /// A change of a container instance's health, of an `ECS Container Instance Health Change` event.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_health_events.html>
    InstanceHealthChange {
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn";
        /// ARN of the container instance.
        container_instance_arn: text = "containerInstanceArn";
        /// Id of the EC2 instance.
        ec2_instance_id: text = "ec2InstanceId";
        /// Name of its capacity provider.
        capacity_provider_name: text = "capacityProviderName";
        /// `OK`, `IMPAIRED`, `INSUFFICIENT_DATA` or `INITIALIZING`.
        overall_status: text = "overallStatus";
        /// By check.
        health_checks: [InstanceHealthDetail] = "healthChecks";
    }

    /// One entry of `failures`: what an answer could not do.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>
    Failure {
        /// ARN of what it is about.
        arn: text = "arn";
        /// Reason, such as `MISSING` or `RESOURCE:MEMORY`.
        reason: text = "reason";
        /// More of it.
        detail: text = "detail";
    }

    /// An event about a service or a deployment, as EventBridge delivers it.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>
    ServiceAction {
        /// ARNs that the event is about; the service first.
        resources: [text] = "resources";
        /// When.
        time: time = "time";
        /// What happened, where the event is whole.
        enclosed_detail: ServiceActionDetail = "detail";
    }

    /// What happened to a service.
    ServiceActionDetail {
        /// `INFO`, `WARN` or `ERROR`.
        event_type: text = "eventType";
        /// Such as `SERVICE_STEADY_STATE`.
        event_name: text = "eventName";
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn";
        /// Why, such as `RESOURCE:CPU`.
        reason: text = "reason";
        /// Id of the deployment.
        deployment_id: text = "deploymentId";
        /// Container instances that were tried.
        container_instance_arns: [text] = "containerInstanceArns";
        /// Capacity providers that were tried.
        capacity_provider_arns: [text] = "capacityProviderArns";
        /// When.
        created_at: time = "createdAt" | "updatedAt";
    }
}
