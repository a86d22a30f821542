//! The read calls whose answers are understood, and by which members each is known.

use serde_json::{Map, Value};

use super::Kind;

/// A read call of AWS.
#[derive(Debug)]
pub(crate) struct Call {
    /// Service as botocore names it.
    pub(crate) service: &'static str,
    pub(crate) operation: &'static str,
    /// The CLI's command.
    pub(crate) command: &'static str,
    /// Members of the answer and what each holds.
    parts: &'static [(&'static str, Kind)],
}

const fn call(
    service: &'static str,
    operation: &'static str,
    command: &'static str,
    parts: &'static [(&'static str, Kind)],
) -> Call {
    Call { service, operation, command, parts }
}

/// Every call that is understood. Where two answers look alike, the more usual call stands first.
#[rustfmt::skip]
pub(crate) static CALLS: &[Call] = &[
    call("ecs", "DescribeTasks", "describe-tasks", &[("tasks", Kind::Task)]),
    call("ecs", "RunTask", "run-task", &[("tasks", Kind::Task)]),
    call("ecs", "StartTask", "start-task", &[("tasks", Kind::Task)]),
    call("ecs", "StopTask", "stop-task", &[("task", Kind::Task)]),
    call("ecs", "ListTasks", "list-tasks", &[("taskArns", Kind::TaskArn)]),
    call("ecs", "DescribeTaskDefinition", "describe-task-definition", &[("taskDefinition", Kind::TaskDefinition)]),
    call("ecs", "RegisterTaskDefinition", "register-task-definition", &[("taskDefinition", Kind::TaskDefinition)]),
    call("ecs", "DescribeServices", "describe-services", &[("services", Kind::Service)]),
    call("ecs", "UpdateService", "update-service", &[("service", Kind::Service)]),
    call("ecs", "CreateService", "create-service", &[("service", Kind::Service)]),
    call("ecs", "ListServiceDeployments", "list-service-deployments", &[("serviceDeployments", Kind::ServiceDeployment)]),
    call("ecs", "DescribeServiceDeployments", "describe-service-deployments", &[("serviceDeployments", Kind::ServiceDeployment)]),
    call("ecs", "DescribeServiceRevisions", "describe-service-revisions", &[("serviceRevisions", Kind::ServiceRevision)]),
    call("ecs", "DescribeContainerInstances", "describe-container-instances", &[("containerInstances", Kind::ContainerInstance)]),
    call("ecs", "ListContainerInstances", "list-container-instances", &[("containerInstanceArns", Kind::ContainerInstanceArn)]),
    call("ecs", "DescribeClusters", "describe-clusters", &[("clusters", Kind::Cluster)]),
    call("ecs", "DescribeCapacityProviders", "describe-capacity-providers", &[("capacityProviders", Kind::CapacityProvider)]),
];

/// What every answer of ECS may also hold.
const FAILURES: (&str, Kind) = ("failures", Kind::Failure);

/// A member of an answer.
pub(crate) struct Part<'v> {
    pub(crate) call: &'static Call,
    pub(crate) key: &'v str,
    pub(crate) kind: Kind,
    pub(crate) value: &'v Value,
}

/// The members of an object that answers are made of; none when it is no answer.
pub(crate) fn parts_of(members: &Map<String, Value>) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for call in CALLS {
        for (key, kind) in call.parts {
            let Some((key, value)) = find(members, key).filter(|(_, value)| holds(*kind, value)) else {
                continue;
            };
            if !parts.iter().any(|part| part.key == key) {
                parts.push(Part { call, key, kind: *kind, value });
            }
        }
    }
    // `failures` alone is the answer to a call that found nothing.
    if let Some((key, value)) = find(members, FAILURES.0).filter(|(_, value)| holds(FAILURES.1, value)) {
        let call = parts.first().map_or(&CALLS[0], |part| part.call);
        parts.push(Part { call, key, kind: FAILURES.1, value });
    }
    parts
}

/// Exact key, or the same with its first letter in the other case.
fn find<'v>(members: &'v Map<String, Value>, key: &str) -> Option<(&'v str, &'v Value)> {
    let exact = members.get_key_value(key);
    let found = exact.or_else(|| {
        members.iter().find(|(found, _)| {
            found.len() == key.len() && found[1..] == key[1..] && found.eq_ignore_ascii_case(key)
        })
    });
    found.map(|(key, value)| (key.as_str(), value))
}

/// Whether a member looks like what a kind needs: an object or a list of them, or a text for an ARN.
fn holds(kind: Kind, value: &Value) -> bool {
    let fits = |value: &Value| match kind.shape() {
        super::Shape::Text => value.is_string(),
        _ => value.is_object(),
    };
    match value {
        Value::Array(values) => values.iter().all(fits),
        value => fits(value),
    }
}

/// The call that a document's or file's name begins with: `get-role-policy-task` is `get-role-policy`.
pub(crate) fn of_name(name: &str) -> Option<&'static Call> {
    let name = name.replace('_', "-").to_ascii_lowercase();
    CALLS
        .iter()
        .filter(|call| {
            name.strip_prefix(call.command).is_some_and(|rest| {
                rest.is_empty() || !rest.starts_with(|next: char| next.is_ascii_alphabetic())
            })
        })
        .max_by_key(|call| call.command.len())
}

/// What an object is that stands on its own, without the answer around it.
pub(crate) fn bare_kind(members: &Map<String, Value>) -> Option<Kind> {
    let has = |key: &str| find(members, key).is_some_and(|(_, value)| !value.is_null());
    let has_any = |keys: &[&str]| keys.iter().any(|key| has(key));
    Some(if has("containerDefinitions") {
        Kind::TaskDefinition
    } else if has_any(&["desiredCount"])
        && has_any(&["deployments", "serviceName", "runningCount", "serviceArn"])
    {
        Kind::Service
    } else if has("containerInstanceArn") && has_any(&["agentConnected", "remainingResources"]) {
        Kind::ContainerInstance
    } else if has_any(&["taskArn", "stopCode", "stoppedReason", "stopReason", "taskDefinitionArn"])
        && !has_any(&["containerArn"])
        || has("containers") && !has("name")
    {
        Kind::Task
    } else if has_any(&["name", "containerName", "containerArn"])
        && has_any(&["exitCode", "lastStatus", "reason", "runtimeId"])
        || has("exitCode") && has_any(&["reason", "lastStatus"])
    {
        Kind::Container
    } else if has("name")
        && has_any(&["image", "memory", "memoryHard", "memorySoft", "memoryReservation", "essential"])
    {
        Kind::ContainerDefinition
    } else if has("command") && has_any(&["interval", "retries", "timeout", "startPeriod"]) {
        Kind::HealthCheck
    } else if has("lastStatus") && has_any(&["desiredStatus", "exitCode", "reason"]) {
        Kind::Task
    } else if has("message") && has("createdAt") {
        Kind::ServiceEvent
    } else if has("reason") && has("arn") {
        Kind::Failure
    } else {
        return None;
    })
}
