//! Task definitions: containers, volumes, log configurations, health checks.

use crate::evidence::node::views;

impl TaskDefinition<'_> {
    /// Whether the volumes are all of the task's; a part of a definition may have left them behind.
    pub(crate) fn has_its_volumes(&self) -> bool {
        self.family().is_some() || self.node().get("volumes").is_some()
    }
}

views! {
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

    /// Ephemeral storage of a Fargate task.
    EphemeralStorage {
        /// Size in GiB; 20 when not set.
        size_in_gib: integer = "sizeInGiB";
    }
}
