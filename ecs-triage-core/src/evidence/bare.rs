//! Objects that stand on their own, without the answer around them.

use serde_json::{Map, Value};

use super::Kind;
use super::node::member;

/// How an object is known: it has all members of the first list, and one of the second unless that is empty.
type Row = (Kind, &'static [&'static str], &'static [&'static str]);

/// Tried from the top: what is more specific, or holds the others, stands first.
#[rustfmt::skip]
static ROWS: &[Row] = &[
    (Kind::TaskDefinition, &["containerDefinitions"], &[]),
    (Kind::ServiceDeployment, &["serviceDeploymentArn"], &[]),
    (Kind::ServiceRevision, &["serviceRevisionArn"], &[]),
    (Kind::ServiceQuota, &["quotaCode"], &["value", "quotaName"]),
    (Kind::VpcEndpoint, &["vpcEndpointId"], &["vpcId", "serviceName", "vpcEndpointType", "state"]),
    (Kind::Job, &["jobId"], &["status", "attempts", "container", "jobName"]),
    (Kind::Job, &["jobName", "jobArn"], &[]),
    (Kind::Job, &["jobName", "jobQueue"], &["status"]),
    // As the agent describes a task to what runs in it.
    (Kind::Task, &["knownStatus", "containers"], &[]),
    (Kind::InstanceHealthChange, &["containerInstanceArn", "overallStatus"], &[]),
    (Kind::ContainerInstance, &["containerInstanceArn"], &["agentConnected", "remainingResources", "registeredResources", "ec2InstanceId", "versionInfo"]),
    (Kind::ContainerInstance, &["agentConnected"], &["status", "ec2InstanceId", "remainingResources"]),
    (Kind::ProtectedTask, &["protectionEnabled"], &[]),
    (Kind::Deployment, &["taskSetArn"], &[]),
    // A service has a state and a task definition as its deployments have, and its name or what is in it beside them.
    (Kind::Service, &["serviceArn"], &[]),
    (Kind::Service, &["serviceName"], &["status", "events", "deployments", "taskDefinition", "desiredCount", "runningCount", "desired", "running"]),
    (Kind::Service, &["desiredCount"], &["deployments", "events"]),
    (Kind::Service, &["runningCount"], &["deployments", "events"]),
    (Kind::Service, &["deployments", "events"], &[]),
    // A row of one's own; a deployment has neither.
    (Kind::Service, &["desired", "running"], &["events", "name", "service"]),
    (Kind::Deployment, &["rolloutState"], &[]),
    (Kind::Deployment, &["status", "taskDefinition"], &["desiredCount", "failedTasks"]),
    (Kind::Deployment, &["status", "running"], &["desired", "pending", "failed"]),
    (Kind::Service, &["desiredCount"], &["runningCount", "pendingCount"]),
    (Kind::Service, &["desired", "running"], &[]),
    (Kind::Container, &["containerArn"], &[]),
    (Kind::Task, &[], &["stopCode", "stoppedReason", "stopReason"]),
    (Kind::Container, &["name"], &["exitCode", "runtimeId", "containerArn"]),
    (Kind::Container, &["containerName"], &["exitCode", "lastStatus", "reason"]),
    (Kind::TaskDefinition, &[], &["executionRoleArn", "taskRoleArn", "requiresCompatibilities", "requiresAttributes", "runtimePlatform"]),
    (Kind::TaskDefinition, &["taskDefinitionArn"], &["family", "revision", "networkMode", "registeredAt"]),
    (Kind::TaskDefinition, &["family"], &["revision", "networkMode"]),
    (Kind::Task, &[], &["taskArn", "taskDefinitionArn", "desiredStatus"]),
    (Kind::Container, &["name"], &["lastStatus", "reason", "imageDigest", "knownStatus"]),
    (Kind::Container, &["exitCode"], &["reason", "lastStatus", "arn"]),
    (Kind::Task, &["lastStatus"], &["healthStatus", "containers", "launchType", "startedAt", "stoppedAt"]),
    (Kind::Cluster, &["clusterName"], &["status", "registeredContainerInstancesCount", "clusterArn"]),
    (Kind::CapacityProvider, &[], &["autoScalingGroupProvider", "managedInstancesProvider"]),
    (Kind::ContainerDefinition, &["name"], &["image", "memory", "memoryHard", "memorySoft", "memoryReservation", "essential", "logConfiguration", "healthCheck", "secrets", "portMappings", "command", "entryPoint", "environment"]),
    (Kind::ContainerDefinition, &[], &["logConfiguration", "healthCheck", "portMappings", "repositoryCredentials", "environmentFiles", "entryPoint"]),
    (Kind::HealthCheck, &["command"], &["interval", "retries", "timeout", "startPeriod"]),
    (Kind::LogConfiguration, &["logDriver"], &[]),
    (Kind::ContainerSecret, &["name", "valueFrom"], &[]),
    (Kind::LogEvent, &["message"], &["timestamp", "ingestionTime"]),
    (Kind::ServiceEvent, &["message"], &["createdAt"]),
    (Kind::Role, &[], &["assumeRolePolicyDocument", "rolePolicyList"]),
    (Kind::Role, &["roleName"], &["arn", "roleId"]),
    (Kind::RolePolicy, &["policyName", "policyDocument"], &[]),
    (Kind::AttachedPolicy, &["policyArn"], &["policyName"]),
    (Kind::Policy, &["defaultVersionId"], &[]),
    (Kind::PolicyVersion, &["document"], &["versionId", "isDefaultVersion"]),
    (Kind::EvaluationResult, &["evalActionName", "evalDecision"], &[]),
    (Kind::InstanceProfile, &["instanceProfileName", "roles"], &[]),
    (Kind::PolicyDocument, &["statement"], &[]),
    (Kind::Manifest, &["schemaVersion"], &["manifests", "layers", "config"]),
    (Kind::RepositoryPolicy, &["policyText"], &[]),
    (Kind::LifecyclePolicy, &["lifecyclePolicyText"], &[]),
    (Kind::Image, &["imageManifest"], &[]),
    (Kind::ImageDetail, &["imageDigest"], &["imagePushedAt", "imageTags", "imageSizeInBytes", "repositoryName", "imageManifestMediaType"]),
    (Kind::ImageDetail, &["imageTags"], &["imagePushedAt", "imageSizeInBytes"]),
    (Kind::ImageDetail, &["digest", "pushedAt"], &[]),
    (Kind::ImageDetail, &["tags"], &["pushedAt"]),
    (Kind::ImageFailure, &["failureCode", "imageId"], &[]),
    (Kind::Repository, &["repositoryUri"], &[]),
    (Kind::PullThroughCacheRule, &["ecrRepositoryPrefix"], &[]),
    (Kind::Instance, &["instanceId"], &["instanceType", "stateReason", "stateTransitionReason", "iamInstanceProfile", "launchTime"]),
    (Kind::NetworkInterface, &["networkInterfaceId"], &["groups", "privateIpAddress", "interfaceType"]),
    (Kind::NatGateway, &["natGatewayId"], &["state", "natGatewayAddresses", "connectivityType"]),
    (Kind::InternetGateway, &["internetGatewayId"], &[]),
    (Kind::RouteTable, &["routes"], &["associations", "routeTableId"]),
    (Kind::NetworkAcl, &["networkAclId"], &["entries", "isDefault"]),
    (Kind::SecurityGroup, &["groupId"], &["ipPermissions", "ipPermissionsEgress"]),
    (Kind::MountTarget, &["mountTargetId"], &["fileSystemId", "subnetId", "lifeCycleState"]),
    (Kind::AccessPoint, &["accessPointId"], &["fileSystemId", "rootDirectory", "posixUser", "lifeCycleState"]),
    (Kind::FileSystemPolicy, &["fileSystemId", "policy"], &[]),
    (Kind::FileSystem, &["fileSystemId"], &["lifeCycleState", "numberOfMountTargets", "fileSystemArn"]),
    (Kind::Subnet, &["subnetId"], &["cidrBlock", "availableIpAddressCount", "mapPublicIpOnLaunch", "availabilityZone"]),
    (Kind::VpcAttribute, &[], &["enableDnsSupport", "enableDnsHostnames"]),
    (Kind::Vpc, &["vpcId"], &["cidrBlock", "dhcpOptionsId", "cidrBlockAssociationSet"]),
    (Kind::DhcpOptions, &["dhcpConfigurations"], &[]),
    (Kind::InstanceType, &["instanceType"], &["networkInfo", "memoryInfo"]),
    (Kind::TargetHealthDescription, &["targetHealth"], &["target"]),
    (Kind::TargetGroup, &["targetGroupArn"], &["healthCheckProtocol", "healthCheckPath", "healthCheckIntervalSeconds", "matcher", "targetType"]),
    (Kind::LoadBalancer, &["loadBalancerArn"], &["scheme", "availabilityZones", "DNSName"]),
    (Kind::ClassicInstanceState, &["instanceId", "reasonCode"], &[]),
    (Kind::LogGroup, &["logGroupName"], &["creationTime", "retentionInDays", "storedBytes", "logGroupArn"]),
    (Kind::LogStream, &["logStreamName"], &["creationTime", "firstEventTimestamp", "lastEventTimestamp"]),
    (Kind::Datapoint, &["timestamp"], &["average", "maximum", "minimum", "sum", "sampleCount"]),
    (Kind::MetricAlarm, &["alarmName", "stateValue"], &[]),
    (Kind::Secret, &["ARN"], &["versionIdsToStages", "lastChangedDate", "deletedDate", "createdDate", "rotationEnabled"]),
    (Kind::SecretPolicy, &["ARN", "resourcePolicy"], &[]),
    (Kind::Parameter, &["ARN", "name", "type"], &[]),
    (Kind::KeyMetadata, &["keyId"], &["keyState", "keyManager", "keyUsage"]),
    (Kind::KeyPolicy, &["policy", "policyName"], &[]),
    (Kind::AutoScalingGroup, &["autoScalingGroupName"], &["minSize", "maxSize", "desiredCapacity"]),
    (Kind::ScalingActivity, &["activityId"], &["cause", "statusCode"]),
    (Kind::ScalableTarget, &["resourceId"], &["minCapacity", "maxCapacity"]),
    (Kind::TrailEvent, &["cloudTrailEvent"], &[]),
    (Kind::ApiError, &["__type"], &[]),
    // As the SDKs for JavaScript print it.
    (Kind::ApiError, &["$fault"], &[]),
    (Kind::ApiError, &["code", "message"], &["statusCode", "requestId", "retryable"]),
    (Kind::Failure, &["arn", "reason"], &[]),
];

/// Tried when an object is no answer to any call: each has a member that elsewhere means something else.
static LAST: &[Row] = &[
    (Kind::BucketPolicy, &["policy"], &[]),
    (Kind::BucketLocation, &["locationConstraint"], &[]),
    (Kind::HeadObject, &["contentLength"], &["lastModified", "ETag"]),
];

/// What an object is that stands on its own.
pub(crate) fn kind(members: &Map<String, Value>, value: &Value) -> Option<Kind> {
    let found = ROWS.iter().find(|row| fits(row, value)).map(|row| row.0);
    found
        .filter(|kind| *kind != Kind::LogEvent || !has_object(value, "message"))
        .or_else(|| is_service_action(value).then_some(Kind::ServiceAction))
        .or_else(|| is_part_of_container(members, value).then_some(Kind::Container))
        .or_else(|| is_only_containers(members).then_some(Kind::Task))
        .or_else(|| {
            (member(value, "lastStatus").is_some() && has_object(value, "container")).then_some(Kind::Task)
        })
        .or_else(|| is_target_health(members, value).then_some(Kind::TargetHealthDescription))
        .or_else(|| has_attempts(value).then_some(Kind::Job))
        .or_else(|| is_environment(value).then_some(Kind::ContainerDefinition))
        .or_else(|| is_awsvpc(value).then_some(Kind::AwsvpcConfiguration))
}

/// What happened to a service, without the event that EventBridge made of it.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>
pub(crate) fn is_service_action(value: &Value) -> bool {
    let name = member(value, "eventName").and_then(|(_, name)| name.as_str()).unwrap_or_default();
    // CloudTrail names calls, which are in mixed case.
    name.contains('_') && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// The member that lists messages of a service, each with its time.
pub(crate) fn service_events(members: &Map<String, Value>) -> Option<&str> {
    let is_list =
        |value: &Value| value.as_array().is_some_and(|list| list.iter().take(3).any(is_service_event));
    members.iter().find(|(_, value)| is_list(value)).map(|(key, _)| key.as_str())
}

fn is_service_event(value: &Value) -> bool {
    let text = member(value, "message").and_then(|(_, text)| text.as_str()).unwrap_or_default();
    member(value, "createdAt").is_some() && (text.starts_with("(service ") || text.starts_with("service "))
}

fn has_object(value: &Value, key: &str) -> bool {
    member(value, key).is_some_and(|(_, inside)| inside.is_object())
}

/// What an object is beyond doubt, wherever it stands: a task or service as ECS answers it, in the state of a program.
pub(crate) fn whole_kind(value: &Value) -> Option<Kind> {
    let has = |key: &&str| member(value, key).is_some();
    match () {
        () if ["taskArn", "containers", "lastStatus"].iter().all(has) => Some(Kind::Task),
        () if ["serviceArn", "deployments", "desiredCount"].iter().all(has) => Some(Kind::Service),
        () => None,
    }
}

/// What an object is that is no answer to any call.
pub(crate) fn last_kind(value: &Value) -> Option<Kind> {
    LAST.iter().find(|row| fits(row, value)).map(|row| row.0)
}

fn fits((_, all, any): &Row, value: &Value) -> bool {
    let has = |key: &&str| member(value, key).is_some();
    all.iter().all(has) && (any.is_empty() || any.iter().any(has))
}

/// `containers` with states or exits is a task that was cut down; without, it may be anybody's.
fn is_only_containers(members: &Map<String, Value>) -> bool {
    let state = ["exitCode", "lastStatus", "reason", "containerArn", "runtimeId", "healthStatus"];
    ["containers", "Containers"].iter().filter_map(|key| members.get(*key)?.as_array()).any(|containers| {
        containers.iter().any(|container| state.iter().any(|key| member(container, key).is_some()))
    })
}

/// The health of a target, and at most what target it is, as a query takes it out of `TargetHealthDescriptions`.
fn is_target_health(members: &Map<String, Value>, value: &Value) -> bool {
    const STATES: &[&str] =
        &["initial", "healthy", "unhealthy", "unhealthy.draining", "unused", "draining", "unavailable"];
    let known = ["id", "port", "availabilityZone", "state", "reason", "description", "healthCheckPort"];
    let state = member(value, "state").and_then(|(_, state)| state.as_str());
    state.is_some_and(|state| STATES.contains(&state))
        && known.iter().filter(|key| member(value, key).is_some()).count() == members.len()
}

/// `attempts` with a container each is a job of AWS Batch that was cut down.
fn has_attempts(value: &Value) -> bool {
    let attempts = member(value, "attempts").and_then(|(_, attempts)| attempts.as_array());
    attempts.is_some_and(|attempts| attempts.iter().any(|attempt| member(attempt, "container").is_some()))
}

/// `subnets` of ids; those of EC2's answers are objects.
fn is_awsvpc(value: &Value) -> bool {
    let ids = |key| match member(value, key) {
        Some((_, Value::Array(ids))) => !ids.is_empty() && ids.iter().all(Value::is_string),
        _ => false,
    };
    ids("subnets") && (ids("securityGroups") || member(value, "assignPublicIp").is_some())
}

/// `environment` or `secrets` of a container, cut out of its definition.
fn is_environment(value: &Value) -> bool {
    ["environment", "secrets"].iter().filter_map(|key| member(value, key)?.1.as_array()).any(|entries| {
        entries
            .iter()
            .any(|entry| member(entry, "name").is_some() && entry.as_object().is_some_and(|e| e.len() == 2))
    })
}

/// Nothing but members of a container, one of which tells its end.
fn is_part_of_container(members: &Map<String, Value>, value: &Value) -> bool {
    let tells = member(value, "exitCode").is_some() || member(value, "reason").is_some();
    tells && Kind::Container.shape().likeness(value) == members.len()
}
