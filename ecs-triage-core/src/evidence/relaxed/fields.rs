//! Names of ECS fields, however a person, a table or another language spells them.

use serde_json::{Map, Value};

/// Members of the ECS shapes that pasted text is about, in the API's spelling, sorted.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Types.html>
const ECS: &[&str] = &[
    "arn",
    "attachments",
    "attributes",
    "availabilityZone",
    "capacityProviderName",
    "capacityProviderStrategy",
    "clusterArn",
    "connectivity",
    "connectivityAt",
    "containerArn",
    "containerDefinitions",
    "containerInstanceArn",
    "containerInstances",
    "containerOverrides",
    "containers",
    "cpu",
    "createdAt",
    "createdBy",
    "deploymentConfiguration",
    "deploymentController",
    "deployments",
    "desiredCount",
    "desiredStatus",
    "enableExecuteCommand",
    "ephemeralStorage",
    "essential",
    "events",
    "executionRoleArn",
    "executionStoppedAt",
    "exitCode",
    "failedTasks",
    "failures",
    "family",
    "fargateEphemeralStorage",
    "group",
    "healthCheck",
    "healthCheckGracePeriodSeconds",
    "healthStatus",
    "image",
    "imageDigest",
    "inferenceAccelerators",
    "lastStatus",
    "launchType",
    "loadBalancers",
    "logConfiguration",
    "managedAgents",
    "memory",
    "memoryReservation",
    "networkBindings",
    "networkConfiguration",
    "networkInterfaces",
    "networkMode",
    "overrides",
    "pendingCount",
    "pendingTasksCount",
    "placementConstraints",
    "placementStrategy",
    "platformFamily",
    "platformVersion",
    "portMappings",
    "propagateTags",
    "pullStartedAt",
    "pullStoppedAt",
    "requiresCompatibilities",
    "roleArn",
    "rolloutState",
    "rolloutStateReason",
    "runningCount",
    "runningTasksCount",
    "runtimeId",
    "schedulingStrategy",
    "serviceArn",
    "serviceDeployments",
    "serviceName",
    "services",
    "startedAt",
    "startedBy",
    "statusReason",
    "stopCode",
    "stopReason",
    "stoppedAt",
    "stoppedReason",
    "stoppingAt",
    "taskArn",
    "taskArns",
    "taskDefinition",
    "taskDefinitionArn",
    "taskRoleArn",
    "taskSets",
    "tasks",
    "updatedAt",
];

/// Top-level members of other answers and wrappers that people paste, in their own spelling, sorted.
const OTHERS: &[&str] = &[
    "AssumeRolePolicyDocument",
    "Attempts",
    "AttachedPolicies",
    "Cause",
    "Container",
    "Datapoints",
    "EvaluationResults",
    "Events",
    "MetricDataResults",
    "Parameters",
    "PolicyDocument",
    "PolicyNames",
    "PolicyVersion",
    "Role",
    "RouteTables",
    "SecretList",
    "SecurityGroups",
    "StackEvents",
    "Statement",
    "Subnets",
    "TargetGroups",
    "TargetHealthDescriptions",
    "VpcEndpoints",
    "Vpcs",
    "detail-type",
    "imageDetails",
    "logGroups",
    "logStreams",
    "repositories",
];

/// Members that other texts use too.
pub(super) const COMMON: &[&str] = &["details", "id", "message", "name", "reason", "status", "type", "value"];

/// Words under which people, consoles and other tools show a field: normalised label, field.
const ALIASES: &[(&str, &str)] = &[
    ("container", "name"),
    ("containerexitcode", "exitCode"),
    ("containername", "name"),
    ("containerreason", "reason"),
    ("currentstatus", "lastStatus"),
    ("desired", "desiredCount"),
    ("errormessage", "reason"),
    ("exit", "exitCode"),
    ("exitstatus", "exitCode"),
    ("failed", "failedTasks"),
    ("health", "healthStatus"),
    ("lasttaskstatus", "lastStatus"),
    ("message", "message"),
    ("name", "name"),
    ("pending", "pendingCount"),
    ("reason", "reason"),
    ("rollout", "rolloutState"),
    ("running", "runningCount"),
    ("service", "serviceName"),
    ("startcode", "stopCode"),
    ("state", "lastStatus"),
    ("status", "lastStatus"),
    ("statusreason", "reason"),
    ("stopcode", "stopCode"),
    ("stopreason", "stoppedReason"),
    ("stoppedreason", "stoppedReason"),
    ("task", "taskArn"),
    ("taskdef", "taskDefinitionArn"),
    ("taskdefinition", "taskDefinitionArn"),
    ("taskexitcode", "exitCode"),
    ("taskid", "taskArn"),
    ("taskstatus", "lastStatus"),
    ("taskstopcode", "stopCode"),
    ("taskstoppedat", "stoppedAt"),
    ("taskstoppedreason", "stoppedReason"),
];

/// Fields whose value is a number in the API; a table or a label shows it as text.
const NUMBERS: &[&str] = &[
    "containerPort",
    "desiredCount",
    "exitCode",
    "failedTasks",
    "healthCheckGracePeriodSeconds",
    "hostPort",
    "pendingCount",
    "pendingTasksCount",
    "runningCount",
    "runningTasksCount",
    "sizeInGiB",
    "version",
];

/// Fields that are lists of objects in the API.
const LISTS: &[&str] = &[
    "attachments",
    "attributes",
    "capacityProviderStrategy",
    "containerDefinitions",
    "containerInstances",
    "containerOverrides",
    "containers",
    "deployments",
    "details",
    "environment",
    "events",
    "failures",
    "imageDetails",
    "loadBalancers",
    "managedAgents",
    "mountPoints",
    "networkBindings",
    "networkInterfaces",
    "placementConstraints",
    "placementStrategy",
    "portMappings",
    "secrets",
    "serviceDeployments",
    "services",
    "tags",
    "tasks",
    "volumes",
];

/// Fields that hold a sentence: one that was cut off still says something.
const SENTENCES: &[&str] = &[
    "cause",
    "detail",
    "message",
    "reason",
    "rolloutstatereason",
    "statusreason",
    "stoppedreason",
    "stopreason",
];

/// Whether this is a member of an AWS answer, in ECS's or in the Pascal case of other clients.
pub(super) fn is_known(key: &str) -> bool {
    OTHERS.contains(&key) || ecs_field(key).is_some()
}

/// The API's spelling of an ECS field given in camel or Pascal case.
pub(in crate::evidence) fn ecs_field(key: &str) -> Option<&'static str> {
    let first = key.as_bytes().first()?.to_ascii_lowercase();
    ECS.iter().copied().find(|name| {
        name.as_bytes().first() == Some(&first)
            && name.get(1..).is_some_and(|rest| key.get(1..) == Some(rest))
    })
}

/// The field that a label such as `Exit code`, `stop_code` or `Stopped reason` names.
pub(in crate::evidence) fn from_label(label: &str) -> Option<&'static str> {
    if label.len() > 40 {
        return None;
    }
    let flat: String =
        label.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if flat.is_empty() {
        return None;
    }
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == flat)
        .map(|(_, field)| *field)
        .or_else(|| ECS.iter().copied().find(|field| field.eq_ignore_ascii_case(&flat)))
}

/// The member that a column's heading names: AWS's own names stay as they are.
pub(super) fn from_heading(heading: &str) -> String {
    let heading = heading.trim();
    if COMMON.contains(&heading) || ECS.contains(&heading) {
        return heading.to_owned();
    }
    from_label(heading).map_or_else(|| heading.to_owned(), str::to_owned)
}

/// The key as AWS writes it: `:stop_code` and `stop_code` become `stopCode`; anything else is kept.
pub(super) fn as_aws(key: &str) -> String {
    let key = key.trim().trim_start_matches(':');
    if key.contains('_') {
        let flat: String = key.chars().filter(|c| *c != '_').collect();
        if let Some(field) = ECS.iter().find(|field| field.eq_ignore_ascii_case(&flat)) {
            return (*field).to_owned();
        }
    }
    key.to_owned()
}

/// Fields of which one tells that an object is of ECS, however they are spelled.
const TELLING: &[&str] = &[
    "desiredStatus",
    "exitCode",
    "lastStatus",
    "rolloutState",
    "runningCount",
    "stopCode",
    "stoppedReason",
    "taskArn",
];

/// Names that queries give to fields, whose meaning nothing beside them is needed for.
const OWN: &[(&str, &str)] = &[
    ("containerexitcode", "exitCode"),
    ("taskstatus", "lastStatus"),
    ("taskstopcode", "stopCode"),
    ("taskstoppedreason", "stoppedReason"),
];

/// The field that a key of another spelling names: `stopped_reason`, `Stopped Reason`, `taskStoppedReason`.
pub(super) fn respelled(key: &str) -> Option<&'static str> {
    if let Some((_, field)) = OWN.iter().find(|(own, _)| own.eq_ignore_ascii_case(key)) {
        return Some(field);
    }
    let has_gap = key.contains(['_', ' ', '-']) && key.len() <= 40;
    // What is all in capitals is a variable of the environment.
    if !has_gap || !key.contains(|letter: char| letter.is_ascii_lowercase()) {
        return None;
    }
    let flat: String = key.chars().filter(|letter| !matches!(letter, '_' | ' ' | '-')).collect();
    ECS.iter().copied().find(|field| field.eq_ignore_ascii_case(&flat))
}

/// Whether a key of another spelling names a field that ECS alone has.
pub(super) fn tells_of_ecs(key: &str) -> bool {
    respelled(key).is_some_and(|field| TELLING.contains(&field))
}

/// The one field that ends like this, for a key whose head was cut off.
pub(super) fn from_tail(tail: &str) -> Option<&'static str> {
    if ECS.contains(&tail) {
        return ecs_field(tail);
    }
    if tail.len() < 4 {
        return None;
    }
    let mut ends = ECS.iter().copied().filter(|field| field.ends_with(tail));
    match (ends.next(), ends.next()) {
        (Some(field), None) => Some(field),
        _ => None,
    }
}

/// Whether half of this field's text is worth keeping.
pub(super) fn is_sentence(key: &str) -> bool {
    SENTENCES.contains(&key.to_ascii_lowercase().as_str())
}

/// Whether the API has a list of objects under this name.
pub(super) fn is_list(key: &str) -> bool {
    LISTS.iter().any(|name| name.eq_ignore_ascii_case(key))
}

/// The value that a table cell or a label means: a number for counts and codes, absent for `None` and dashes.
pub(super) fn typed(field: &str, text: &str) -> Option<Value> {
    let text = text.trim().trim_matches(['`', '*', '"']).trim();
    if field == "rolloutState" {
        let state = text.trim_matches(['[', ']']).replace([' ', '-'], "_").to_ascii_uppercase();
        return matches!(state.as_str(), "COMPLETED" | "FAILED" | "IN_PROGRESS").then(|| Value::from(state));
    }
    if matches!(text, "" | "None" | "null" | "-" | "—" | "–" | "N/A" | "n/a" | "undefined") {
        return None;
    }
    if is_number(field) {
        return number(text).map(Value::from);
    }
    match text {
        "True" | "true" => Some(Value::Bool(true)),
        "False" | "false" => Some(Value::Bool(false)),
        _ => Some(Value::from(text)),
    }
}

/// Whether the API has a number under this name.
fn is_number(field: &str) -> bool {
    NUMBERS.iter().any(|name| name.eq_ignore_ascii_case(field))
}

/// A number, perhaps with a remark behind it: `0 (success)`, `137 ❌`.
fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text).bytes().take_while(u8::is_ascii_digit).count();
    let end = digits + usize::from(text.starts_with('-'));
    let remark = text[end..].trim_start_matches(['`', '*']);
    let begins = |c: char| matches!(c, '(' | '#' | '–' | '—' | '→' | '=') || !c.is_ascii();
    let is_remark = remark.is_empty() || remark.trim_start().starts_with(begins);
    is_remark.then(|| text[..end].parse().ok()).flatten()
}

/// The value of a member: what somebody wrote behind a number goes.
pub(super) fn without_remark(field: &str, value: Value) -> Value {
    match &value {
        Value::String(text) if is_number(field) => number(text.trim()).map_or(value, Value::from),
        _ => value,
    }
}

/// The member under its camelCase name, or the same name in Pascal case.
pub(super) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        let mut pascal = name.to_owned();
        pascal.get_mut(..1)?.make_ascii_uppercase();
        object.get(&pascal)
    })
}

/// Whether any object in this value has a member that AWS answers with.
pub(super) fn has_known_member(value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            object.keys().any(|key| is_known(key)) || object.values().any(has_known_member)
        }
        Value::Array(items) => items.iter().any(has_known_member),
        _ => false,
    }
}
