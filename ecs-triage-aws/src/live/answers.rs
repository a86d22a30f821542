//! What the search for the subject reads of answers: names, lists, and whether something is well.

use ecs_triage_core::Timestamp;
use serde_json::Value;

/// The name in an ARN, or the name itself.
pub(super) fn name(arn_or_name: &str) -> &str {
    arn_or_name.rsplit('/').next().unwrap_or(arn_or_name)
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

pub(super) fn members<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list in several answers.
pub(super) fn texts<'v>(answers: impl Iterator<Item = &'v Value>, key: &str) -> Vec<String> {
    answers
        .flat_map(|answer| members(answer, key))
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

/// AWS gives tasks in any order.
pub(super) fn newest_first(document: &mut Value) {
    let Some(tasks) = document.pointer_mut("/response/tasks").and_then(Value::as_array_mut) else { return };
    let time = |task: &Value| {
        let times = ["stoppedAt", "stoppingAt", "createdAt"];
        times.iter().find_map(|key| Timestamp::from_json(task.get(*key)?))
    };
    tasks.sort_by_key(|task| std::cmp::Reverse(time(task)));
}

/// Keeps those of a list that matter, as though only they had been asked for. Says whether any is left.
pub(super) fn keep(document: &mut Value, list: &str, id: &str, matters: impl Fn(&Value) -> bool) -> bool {
    let Some(found) =
        document.get_mut("response").and_then(|answer| answer.get_mut(list)).and_then(Value::as_array_mut)
    else {
        return true;
    };
    found.retain(matters);
    let ids: Vec<Value> = found.iter().filter_map(|entry| entry.get(id).cloned()).collect();
    let is_left = !ids.is_empty();
    document["params"][list] = ids.into();
    is_left
}

/// A task that runs and that no health check complains of.
pub(super) fn is_well(task: &Value) -> bool {
    text(task, "lastStatus") == Some("RUNNING")
        && text(task, "desiredStatus") == Some("RUNNING")
        && text(task, "healthStatus") != Some("UNHEALTHY")
}

/// A service that runs what it should, with no deployment under way or failed.
pub(super) fn is_steady(service: &Value) -> bool {
    let count = |key: &str| service.get(key).and_then(Value::as_i64);
    let is_done = |deployment: &Value| matches!(text(deployment, "rolloutState"), None | Some("COMPLETED"));
    count("runningCount") == count("desiredCount")
        && count("pendingCount").unwrap_or(0) == 0
        && members(service, "deployments").count() <= 1
        && members(service, "deployments").all(is_done)
}

/// The family of `web:42`, of an ARN, or as it is named.
pub(super) fn family_of(definition: &str) -> &str {
    let last = name(definition);
    match last.rsplit_once(':') {
        Some((family, revision)) if revision.parse::<u64>().is_ok() => family,
        _ => last,
    }
}

/// Whether a service has or had tasks of a family.
pub(super) fn runs(service: &Value, family: &str) -> bool {
    std::iter::once(service)
        .chain(members(service, "deployments"))
        .filter_map(|holder| text(holder, "taskDefinition"))
        .any(|definition| family_of(definition) == family)
}

/// The service that a task belongs to.
pub(super) fn service_of(task: &Value) -> Option<String> {
    text(task, "group")?.strip_prefix("service:").map(str::to_owned)
}
