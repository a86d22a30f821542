//! Amazon ECS: tasks, task definitions, services, deployments and container instances.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Types.html>.

use super::node::{Read, views};

impl<'e> Task<'e> {
    /// The task's containers; may be empty when none was created.
    ///
    /// Reshaped output may carry the members of its only container beside the task's own.
    pub fn containers(&self) -> Vec<Container<'e>> {
        let listed = self.listed_containers();
        if listed.is_empty() && self.node().get_any(&["exitCode", "runtimeId"]).is_some() {
            return Container::read(self.node()).into_iter().collect();
        }
        listed
    }
}

views! {
    /// A task, of `DescribeTasks`, `RunTask`, `StopTask` or a task state change event.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
    Task {
        /// ARN of the task; old ARNs lack the cluster.
        task_arn: text = "taskArn";
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn" | "cluster";
        /// ARN of the task definition revision that the task runs.
        task_definition_arn: text = "taskDefinitionArn" | "taskDefinition";
        /// `service:NAME` for a task of a service, `family:NAME` otherwise.
        group: text = "group";
        /// Who started the task: `ecs-svc/NUMBER` is a service's deployment.
        started_by: text = "startedBy";
        /// Where the task is in its life: `PROVISIONING`, `PENDING`, … `STOPPED`.
        last_status: text = "lastStatus";
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
        health_status: text = "healthStatus";
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
        last_status: text = "lastStatus" | "status";
        /// Exit code; absent when the container did not run, which is not the same as 0.
        exit_code: integer = "exitCode";
        /// What the agent recorded about the container; cut after 255 or 1,024 characters.
        reason: text = "reason" | "statusReason";
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

    /// Ephemeral storage of a Fargate task.
    EphemeralStorage {
        /// Size in GiB; 20 when not set.
        size_in_gib: integer = "sizeInGiB";
    }

    /// A revision of a task definition, of `DescribeTaskDefinition`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
    TaskDefinition {
        /// ARN of the revision.
        task_definition_arn: text = "taskDefinitionArn";
        /// Family.
        family: text = "family";
        /// Number of the revision.
        revision: integer = "revision";
        /// `ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`.
        status: text = "status";
        /// The container definitions.
        container_definitions: [ContainerDefinition] = "containerDefinitions";
        /// CPU units of the task, as text.
        cpu: integer = "cpu";
        /// Memory of the task in MiB, as text.
        memory: integer = "memory";
        /// `awsvpc`, `bridge`, `host` or `none`; bridge when absent on EC2.
        network_mode: text = "networkMode";
        /// Launch types that the definition is meant for.
        requires_compatibilities: [text] = "requiresCompatibilities";
        /// Launch types that the definition was found to fit.
        compatibilities: [text] = "compatibilities";
        /// Role that the agent uses to pull, log and fetch secrets.
        execution_role_arn: text = "executionRoleArn";
        /// Role that the application uses.
        task_role_arn: text = "taskRoleArn";
        /// CPU architecture and operating system.
        runtime_platform: RuntimePlatform = "runtimePlatform";
        /// Attributes that a container instance must have.
        requires_attributes: [Attribute] = "requiresAttributes";
        /// Placement constraints of every task of the family.
        placement_constraints: [PlacementConstraint] = "placementConstraints";
        /// Ephemeral storage.
        ephemeral_storage: EphemeralStorage = "ephemeralStorage";
        /// Volumes.
        volumes: [Volume] = "volumes";
        /// When the revision was registered.
        registered_at: time = "registeredAt";
    }

    /// One container of a task definition.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
    ContainerDefinition {
        /// Name.
        name: text = "name";
        /// Image reference.
        image: text = "image";
        /// CPU units.
        cpu: integer = "cpu" | "CPU";
        /// Hard memory limit in MiB.
        memory: integer = "memory" | "memoryHard";
        /// Soft memory limit in MiB.
        memory_reservation: integer = "memoryReservation" | "memorySoft";
        /// Whether the task stops with this container; true when absent.
        essential: boolean = "essential";
        /// Entry point; replaces the image's.
        entry_point: [text] = "entryPoint";
        /// Command; replaces the image's.
        command: [text] = "command";
        /// User that the process runs as.
        user: text = "user";
        /// Directory that the process starts in.
        working_directory: text = "workingDirectory";
        /// Whether the root file system is read-only.
        readonly_root_filesystem: boolean = "readonlyRootFilesystem";
        /// Environment variables; their values are never shown.
        environment: [EnvironmentVariable] = "environment";
        /// Files of environment variables on S3.
        environment_files: [EnvironmentFile] = "environmentFiles";
        /// Secrets given to the container as environment variables.
        secrets: [Secret] = "secrets";
        /// Credentials for a private registry.
        repository_credentials: RepositoryCredentials = "repositoryCredentials";
        /// Where the container's output goes.
        log_configuration: LogConfiguration = "logConfiguration";
        /// The container's own health check.
        health_check: HealthCheck = "healthCheck";
        /// Containers that must reach a state before this one starts.
        depends_on: [Dependency] = "dependsOn";
        /// Seconds that a dependency of this container may take.
        start_timeout: integer = "startTimeout";
        /// Seconds between SIGTERM and SIGKILL.
        stop_timeout: integer = "stopTimeout";
        /// Ports.
        port_mappings: [PortMapping] = "portMappings";
        /// Mounts of the task's volumes.
        mount_points: [MountPoint] = "mountPoints";
        /// GPUs and other devices.
        resource_requirements: [ResourceRequirement] = "resourceRequirements";
        /// Linux options: devices, shared memory, swap.
        linux_parameters: any = "linuxParameters";
        /// FireLens router of the task.
        firelens_configuration: any = "firelensConfiguration";
        /// Whether ECS restarts the container in place.
        restart_policy: RestartPolicy = "restartPolicy";
        /// Whether versions are pinned to digests for a service's deployment: `enabled` or `disabled`.
        version_consistency: text = "versionConsistency";
        /// Links to other containers.
        links: [text] = "links";
        /// Containers whose volumes are mounted here too.
        volumes_from: [VolumeFrom] = "volumesFrom";
        /// Whether the container has the host's rights.
        privileged: boolean = "privileged";
        /// DNS servers of the container.
        dns_servers: [text] = "dnsServers";
        /// Credential specifications, for Active Directory.
        credential_specs: [text] = "credentialSpecs";
    }

    /// A container whose volumes another one mounts.
    VolumeFrom {
        /// Name of the container.
        source_container: text = "sourceContainer";
    }

    /// An environment variable.
    EnvironmentVariable {
        /// Its name.
        name: text = "name";
        /// Set by mistake when a secret was meant.
        value_from: text = "valueFrom";
    }

    /// A file of environment variables.
    EnvironmentFile {
        /// ARN of the S3 object.
        value: text = "value";
        /// `s3`.
        kind: text = "type";
    }

    /// A secret given to a container.
    Secret {
        /// Name of the environment variable.
        name: text = "name";
        /// Secrets Manager ARN, SSM parameter ARN or name.
        value_from: text = "valueFrom";
    }

    /// Credentials for a private registry.
    RepositoryCredentials {
        /// Secrets Manager ARN of `{"username": …, "password": …}`.
        credentials_parameter: text = "credentialsParameter";
    }

    /// Where a container's output goes.
    LogConfiguration {
        /// `awslogs`, `awsfirelens`, `splunk`, `json-file`, ….
        log_driver: text = "logDriver";
        /// Options of the driver, all as text.
        options: LogOptions = "options";
    }

    /// Options of the awslogs driver.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html>
    LogOptions {
        /// Log group.
        group: text = "awslogs-group";
        /// Region of the log group.
        region: text = "awslogs-region";
        /// First part of the log stream's name.
        stream_prefix: text = "awslogs-stream-prefix";
        /// Whether the driver creates the group: `true`.
        create_group: text = "awslogs-create-group";
        /// `blocking` or `non-blocking`.
        mode: text = "mode";
    }

    /// A container health check; all times in seconds.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
    HealthCheck {
        /// What is run: `CMD` or `CMD-SHELL` and the command.
        command: [text] = "command";
        /// Seconds between checks; 30 when absent.
        interval: integer = "interval";
        /// Seconds that one check may take; 5 when absent.
        timeout: integer = "timeout";
        /// Failures in a row that make the container unhealthy; 3 when absent.
        retries: integer = "retries";
        /// Seconds in which failures do not count; none when absent.
        start_period: integer = "startPeriod";
    }

    /// A container that another waits for.
    Dependency {
        /// Name of the container that is waited for.
        container_name: text = "containerName";
        /// `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`.
        condition: text = "condition";
    }

    /// A port of a container.
    PortMapping {
        /// Port in the container.
        container_port: integer = "containerPort";
        /// Port on the host; 0 or absent is any.
        host_port: integer = "hostPort";
        /// `tcp` or `udp`.
        protocol: text = "protocol";
        /// Name for Service Connect.
        name: text = "name";
    }

    /// A mount of a volume.
    MountPoint {
        /// Name of the volume.
        source_volume: text = "sourceVolume";
        /// Path in the container.
        container_path: text = "containerPath";
        /// Whether it is read-only.
        read_only: boolean = "readOnly";
    }

    /// A device that a container needs.
    ResourceRequirement {
        /// `GPU`, `InferenceAccelerator` or `NeuronDevice`.
        kind: text = "type";
        /// How many, or which.
        value: text = "value";
    }

    /// Whether ECS restarts a container in place.
    RestartPolicy {
        /// Whether it does.
        enabled: boolean = "enabled";
        /// Exit codes after which it does not.
        ignored_exit_codes: [integer] = "ignoredExitCodes";
        /// Seconds that the container must have run before it is restarted.
        restart_attempt_period: integer = "restartAttemptPeriod";
    }

    /// CPU architecture and operating system of a task definition.
    RuntimePlatform {
        /// `X86_64` or `ARM64`; X86_64 when absent.
        cpu_architecture: text = "cpuArchitecture";
        /// `LINUX` or a Windows version.
        operating_system_family: text = "operatingSystemFamily";
    }

    /// An attribute of a container instance, or one that a task definition requires.
    Attribute {
        /// Name.
        name: text = "name";
        /// Value.
        value: text = "value";
    }

    /// A placement constraint.
    PlacementConstraint {
        /// `distinctInstance` or `memberOf`.
        kind: text = "type";
        /// Cluster query expression.
        expression: text = "expression";
    }

    /// A volume of a task definition.
    Volume {
        /// Name.
        name: text = "name";
        /// Path on the host.
        host: any = "host";
        /// Docker volume.
        docker_volume_configuration: any = "dockerVolumeConfiguration";
        /// EFS file system.
        efs_volume_configuration: EfsVolumeConfiguration = "efsVolumeConfiguration";
        /// S3 Files file system.
        s3files_volume_configuration: any = "s3filesVolumeConfiguration";
        /// FSx for Windows File Server file system.
        fsx_windows_file_server_volume_configuration: any = "fsxWindowsFileServerVolumeConfiguration";
        /// Whether the volume is given when the task is run.
        configured_at_launch: boolean = "configuredAtLaunch";
    }

    /// An EFS volume.
    EfsVolumeConfiguration {
        /// Id of the file system.
        file_system_id: text = "fileSystemId";
        /// Directory that is mounted as the root; `/` when absent.
        root_directory: text = "rootDirectory";
        /// `ENABLED` or `DISABLED`.
        transit_encryption: text = "transitEncryption";
        /// Access point and IAM.
        authorization_config: EfsAuthorizationConfig = "authorizationConfig";
    }

    /// How an EFS volume is authorised.
    EfsAuthorizationConfig {
        /// Id of the access point.
        access_point_id: text = "accessPointId";
        /// `ENABLED` or `DISABLED`.
        iam: text = "iam";
    }

    /// A service, of `DescribeServices`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>
    Service {
        /// ARN.
        service_arn: text = "serviceArn";
        /// Name.
        service_name: text = "serviceName";
        /// ARN of the cluster.
        cluster_arn: text = "clusterArn";
        /// `ACTIVE`, `DRAINING` or `INACTIVE`.
        status: text = "status";
        /// Tasks that should run.
        desired_count: integer = "desiredCount";
        /// Tasks that run.
        running_count: integer = "runningCount";
        /// Tasks on their way up.
        pending_count: integer = "pendingCount";
        /// Task definition of the primary deployment.
        task_definition: text = "taskDefinition";
        /// Deployments under way; the newest is `PRIMARY`.
        deployments: [Deployment] = "deployments";
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
        rollout_state: text = "rolloutState";
        /// Why.
        rollout_state_reason: text = "rolloutStateReason";
        /// When the deployment was made.
        created_at: time = "createdAt";
        /// When it last changed.
        updated_at: time = "updatedAt";
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
        /// What happened.
        detail: ServiceActionDetail = "detail";
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
