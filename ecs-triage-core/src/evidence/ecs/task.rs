//! Tasks: their containers, attachments and overrides.

use super::task_definition::{Attribute, EphemeralStorage};
use crate::evidence::Kind;
use crate::evidence::node::{Read, indexed_view, views};

impl<'e> Task<'e> {
    /// The task's containers; may be empty when none was created.
    ///
    /// Reshaped output may carry the members of its only container beside the task's own.
    pub fn containers(&self) -> Vec<Container<'e>> {
        let mut listed = self.listed_containers();
        // Names of one's own for every member say nothing that is understood here, least of all that no code was recorded.
        listed.retain(|container| {
            container.name().is_some() || Kind::Container.shape().likeness(container.node().value()) > 0
        });
        if listed.is_empty() && self.node().get_any(&["exitCode", "runtimeId"]).is_some() {
            return Container::read(self.node()).into_iter().collect();
        }
        listed
    }
}

indexed_view! {
    /// A task, of `DescribeTasks`, `RunTask`, `StopTask` or a task state change event.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
    Task {
        /// ARN of the task; old ARNs lack the cluster.
        task_arn: text = "taskArn" | "taskARN";
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn" | "cluster";
        /// ARN of the task definition revision that the task runs.
        task_definition_arn: text = "taskDefinitionArn" | "taskDefinition";
        /// `service:NAME` for a task of a service, `family:NAME` otherwise.
        group: text = "group";
        /// Who started the task: `ecs-svc/NUMBER` is a service's deployment.
        started_by: text = "startedBy";
        /// Where the task is in its life: `PROVISIONING`, `PENDING`, … `STOPPED`.
        last_status: text = "lastStatus" | "knownStatus";
        /// Where ECS wants the task to be.
        desired_status: text = "desiredStatus";
        /// Why the task was stopped, as one of seven words; absent before the stop and in old samples.
        stop_code: text = "stopCode";
        /// Why the task was stopped, as a message.
        stopped_reason: text = "stoppedReason" | "stopReason" | "reason" | "statusReason";
        /// The task's containers as they are listed.
        listed_containers: [Container] = "containers" | "container";
        /// Network interfaces, EBS volumes and Service Connect of the task.
        attachments: [Attachment] = "attachments";
        /// `EC2`, `FARGATE`, `EXTERNAL` or `MANAGED_INSTANCES`.
        launch_type: text = "launchType";
        /// The capacity provider that the task was placed with.
        capacity_provider_name: text = "capacityProviderName";
        /// Fargate platform version, such as `1.4.0`.
        platform_version: text = "platformVersion";
        /// Fargate operating system family.
        platform_family: text = "platformFamily";
        /// The container instance that the task was placed on; EC2 and external instances only.
        container_instance_arn: text = "containerInstanceArn";
        /// CPU units of the task, as text; 1,024 are one vCPU.
        cpu: integer = "cpu";
        /// Memory of the task in MiB, as text.
        memory: integer = "memory";
        /// What `RunTask` changed of the task definition.
        overrides: Overrides = "overrides";
        /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN` over the essential containers.
        health_status: text = "healthStatus" | "health";
        /// `CONNECTED` or `DISCONNECTED`.
        connectivity: text = "connectivity";
        /// Availability Zone of the task.
        availability_zone: text = "availabilityZone";
        /// Whether ECS Exec is on for the task.
        enable_execute_command: boolean = "enableExecuteCommand";
        /// Ephemeral storage of the task.
        ephemeral_storage: EphemeralStorage = "ephemeralStorage" | "fargateEphemeralStorage";
        /// Counts the changes of the task; of several copies the highest is the newest.
        version: integer = "version";
        /// When the task was made and entered `PENDING`.
        created_at: time = "createdAt";
        /// When the first image pull began.
        pull_started_at: time = "pullStartedAt";
        /// When the last image pull ended.
        pull_stopped_at: time = "pullStoppedAt";
        /// Attributes: `ecs.cpu-architecture` is what the task ran on.
        attributes: [Attribute] = "attributes";
        /// When the task came to `RUNNING`; absent when it never ran.
        started_at: time = "startedAt";
        /// When the task connected.
        connectivity_at: time = "connectivityAt";
        /// When the task left `RUNNING` for `STOPPING`.
        stopping_at: time = "stoppingAt";
        /// When the containers had ended; before the clean-up that follows.
        execution_stopped_at: time = "executionStoppedAt";
        /// When the task was `STOPPED`, clean-up included.
        stopped_at: time = "stoppedAt";
        /// When an event's copy of the task was taken.
        updated_at: time = "updatedAt";
    }
}

indexed_view! {
    /// A container of a task.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html>
    Container {
        /// Name in the task definition; injected containers have names that are not in it.
        name: text = "name" | "containerName";
        /// ARN of the container.
        container_arn: text = "containerArn";
        /// ARN of the task.
        task_arn: text = "taskArn";
        /// Image reference as in the task definition.
        image: text = "image";
        /// Digest of the image that ran; absent before the pull.
        image_digest: text = "imageDigest";
        /// Id of the container in its runtime; absent when it was never created.
        runtime_id: text = "runtimeId";
        /// `PENDING`, `RUNNING` or `STOPPED`.
        last_status: text = "lastStatus" | "status" | "knownStatus";
        /// Exit code; absent when the container did not run, which is not the same as 0.
        exit_code: integer = "exitCode";
        /// What the agent recorded about the container; cut after 255 or 1,024 characters.
        reason: text = "reason" | "statusReason" | "error";
        /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.
        health_status: text = "healthStatus" | "health";
        /// Hard memory limit in MiB, as text.
        memory: integer = "memory";
        /// Soft memory limit in MiB, as text.
        memory_reservation: integer = "memoryReservation";
        /// CPU units, as text.
        cpu: integer = "cpu";
        /// The managed agents in the container: ECS Exec.
        managed_agents: [ManagedAgent] = "managedAgents";
        /// Addresses of the container in awsvpc mode.
        network_interfaces: [ContainerInterface] = "networkInterfaces";
        /// Ports of the container in bridge and host mode.
        network_bindings: [NetworkBinding] = "networkBindings";
        /// Ids of the GPUs given to the container.
        gpu_ids: [text] = "gpuIds";
    }
}

views! {
    /// An address of a container in awsvpc mode.
    ContainerInterface {
        /// Private IPv4 address.
        private_ipv4_address: text = "privateIpv4Address" | "privateIPv4Address";
        /// IPv6 address.
        ipv6_address: text = "ipv6Address";
    }

    /// A port of a container in bridge or host mode.
    NetworkBinding {
        /// Address on the host.
        bind_ip: text = "bindIP";
        /// Port in the container.
        container_port: integer = "containerPort";
        /// Port on the host.
        host_port: integer = "hostPort";
        /// `tcp` or `udp`.
        protocol: text = "protocol";
    }

    /// A managed agent in a container; ECS Exec is the only one.
    ManagedAgent {
        /// `ExecuteCommandAgent`.
        name: text = "name";
        /// `PENDING`, `RUNNING` or `STOPPED`.
        last_status: text = "lastStatus";
        /// Why it is not running.
        reason: text = "reason";
    }

    /// Something attached to a task: a network interface, an EBS volume, Service Connect.
    Attachment {
        /// Id of the attachment.
        id: text = "id";
        /// `ElasticNetworkInterface` (`eni` in events), `AmazonElasticBlockStorage`, `Service Connect`.
        kind: text = "type";
        /// `PRECREATED` … `ATTACHED` … `DELETED`, `FAILED`.
        status: text = "status";
        /// Names and values; `subnetId`, `networkInterfaceId`, `statusReason`, ….
        details: [KeyValue] = "details";
    }

    /// A name and a value.
    KeyValue {
        /// The name.
        name: text = "name";
        /// The value.
        value: text = "value";
    }

    /// What `RunTask` changed of the task definition.
    Overrides {
        /// Changes by container.
        container_overrides: [ContainerOverride] = "containerOverrides";
        /// CPU units of the task, as text.
        cpu: integer = "cpu";
        /// Memory of the task in MiB, as text.
        memory: integer = "memory";
        /// ARN of the execution role.
        execution_role_arn: text = "executionRoleArn";
        /// ARN of the task role.
        task_role_arn: text = "taskRoleArn";
    }

    /// What `RunTask` changed of one container.
    ContainerOverride {
        /// Name of the container.
        name: text = "name";
        /// The command to run.
        command: [text] = "command";
        /// Hard memory limit in MiB.
        memory: integer = "memory";
        /// Soft memory limit in MiB.
        memory_reservation: integer = "memoryReservation";
        /// CPU units.
        cpu: integer = "cpu";
    }
}
