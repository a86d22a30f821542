//! Where a loose object belongs: recognises ECS shapes by their members and puts them under their parents.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::fields::member;
use super::message;

/// What an object without its surroundings is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole answer (`tasks`, `services`, …), or something that is no ECS object.
    Other,
    Task,
    Container,
    Service,
    Deployment,
    Event,
    Failure,
}

/// Tells the shape from the members' names alone.
pub(super) fn shape(object: &Map<String, Value>) -> Shape {
    let has = |name: &str| member(object, name).is_some();
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    if any(&["tasks", "services", "taskDefinition.containerDefinitions", "containerDefinitions", "detail"]) {
        return Shape::Other;
    }
    // A summary of a stopped task may name its service.
    if any(&["stopCode", "stoppedReason"]) {
        return Shape::Task;
    }
    if any(&["serviceName", "serviceArn", "events", "deployments", "schedulingStrategy"]) {
        return Shape::Service;
    }
    if any(&["containers", "pullStartedAt", "desiredStatus", "stoppingAt"]) {
        return Shape::Task;
    }
    // What a query took of a service.
    let has_counts = has("desiredCount") && has("runningCount");
    if has_counts && has("name") {
        return Shape::Service;
    }
    if any(&["rolloutState", "failedTasks"])
        || (has("status") && any(&["desiredCount", "pendingCount"]) && has("runningCount"))
    {
        return Shape::Deployment;
    }
    if has_counts {
        return Shape::Service;
    }
    let agent = member(object, "name").and_then(Value::as_str) == Some("ExecuteCommandAgent");
    if any(&["containerArn", "exitCode", "runtimeId", "networkBindings", "managedAgents"])
        || (has("name") && any(&["lastStatus", "imageDigest"]) && !agent)
    {
        return Shape::Container;
    }
    if any(&["taskArn", "launchType", "startedBy", "connectivity"]) && !has("name") {
        return Shape::Task;
    }
    let message = member(object, "message").and_then(Value::as_str);
    if message.is_some_and(|text| any(&["createdAt", "id"]) || is_event(text)) {
        return Shape::Event;
    }
    if has("arn") && has("reason") {
        return Shape::Failure;
    }
    if has("reason") && any(&["lastStatus", "name"]) {
        return Shape::Container;
    }
    Shape::Other
}

fn is_event(text: &str) -> bool {
    message::find(text).is_some_and(|found| found.start == 0 && found.kind == message::Kind::Event)
}

fn shape_of(value: &Value) -> Shape {
    value.as_object().map_or(Shape::Other, shape)
}

/// Puts objects that lost their key under the list of `parent` that holds such objects.
/// Returns whether something had to be left out.
pub(super) fn adopt(parent: &mut Map<String, Value>, orphans: Vec<Value>) -> bool {
    let mut lost = false;
    for orphan in orphans {
        match orphan {
            Value::Array(items) => lost |= adopt(parent, items),
            orphan => {
                let list = match shape_of(&orphan) {
                    Shape::Task => "tasks",
                    Shape::Container => "containers",
                    Shape::Service => "services",
                    Shape::Deployment => "deployments",
                    Shape::Event => "events",
                    Shape::Failure => "failures",
                    Shape::Other => {
                        lost = true;
                        continue;
                    }
                };
                push(parent, list, orphan);
            }
        }
    }
    lost
}

fn push(parent: &mut Map<String, Value>, list: &str, value: Value) {
    let mut pascal = list.to_owned();
    if let Some(first) = pascal.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let key = if parent.contains_key(&pascal) { pascal } else { list.to_owned() };
    match parent.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(items) => items.push(value),
        other => *other = Value::Array(vec![value]),
    }
}

/// Wraps loose objects into the answers they are parts of; what is no ECS object stays as it is.
pub(super) fn into_answers(values: Vec<Value>) -> Vec<Value> {
    let mut others = Vec::new();
    let mut answer = Map::new();
    // Containers without a task belong to one task, deployments without a service to the one whose events are here.
    let mut containers = Vec::new();
    let mut deployments = Vec::new();
    let mut services: Vec<Map<String, Value>> = Vec::new();
    let mut nameless = Vec::new();
    let mut queue: VecDeque<Value> = values.into();
    while let Some(value) = queue.pop_front() {
        let found = shape_of(&value);
        match (found, value) {
            (_, Value::Array(items)) => {
                for item in items.into_iter().rev() {
                    queue.push_front(item);
                }
            }
            (Shape::Task, Value::Object(task)) => add_task(&mut answer, task),
            (Shape::Service, Value::Object(service)) if !is_named(&service) => nameless.push(service),
            (Shape::Service, value) => push(&mut answer, "services", value),
            (Shape::Failure, value) => push(&mut answer, "failures", value),
            (Shape::Container, value) => containers.push(value),
            (Shape::Deployment, value) => deployments.push(value),
            (Shape::Event, value) => push(service_of(&mut services, &value), "events", value),
            (_, value) => others.push(value),
        }
    }
    let only = match answer.get_mut("tasks").and_then(Value::as_array_mut).map(Vec::as_mut_slice) {
        Some([Value::Object(task)]) => Some(task),
        _ => None,
    };
    if !containers.is_empty() && !only.is_some_and(|task| take_in(task, &containers)) {
        let mut task = Map::new();
        task.insert("containers".to_owned(), Value::Array(containers));
        push(&mut answer, "tasks", Value::Object(task));
    }
    for task in answer.get_mut("tasks").and_then(Value::as_array_mut).into_iter().flatten() {
        mark_running(task);
    }
    if !deployments.is_empty() {
        if services.is_empty() {
            services.push(Map::new());
        }
        for deployment in deployments {
            push(&mut services[0], "deployments", deployment);
        }
    }
    // Counts without a name are those of the only service whose events are here.
    match (services.as_mut_slice(), nameless.as_mut_slice()) {
        ([service], [counts]) if !service.contains_key("desiredCount") => service.append(counts),
        _ => services.extend(nameless),
    }
    for service in services {
        push(&mut answer, "services", Value::Object(service));
    }
    if !answer.is_empty() {
        others.push(Value::Object(answer));
    }
    others
}

/// Whether a service has a name.
fn is_named(service: &Map<String, Value>) -> bool {
    ["serviceName", "serviceArn", "name"].iter().any(|name| member(service, name).is_some())
}

/// A task of which nothing is told but containers that run runs as well.
fn mark_running(task: &mut Value) {
    let Value::Object(task) = task else { return };
    let tells = ["lastStatus", "desiredStatus", "stopCode", "stoppedReason", "stoppingAt", "stoppedAt"];
    let is_running = |container: &Value| {
        let status = container.as_object().and_then(|container| member(container, "lastStatus"));
        status.and_then(Value::as_str) == Some("RUNNING")
    };
    let containers = member(task, "containers").and_then(Value::as_array);
    let all_run = containers.is_some_and(|list| !list.is_empty() && list.iter().all(is_running));
    if all_run && !tells.iter().any(|name| member(task, name).is_some()) {
        task.insert("lastStatus".to_owned(), Value::from("RUNNING"));
    }
}

/// Gives a task its containers, or to its only one, which has no name, what is known of that; whether that is so.
fn take_in(task: &mut Map<String, Value>, containers: &[Value]) -> bool {
    let Some(told) = member(task, "containers") else {
        task.insert("containers".to_owned(), Value::Array(containers.to_vec()));
        return true;
    };
    let is_part = told
        .as_array()
        .is_some_and(|told| matches!(told.as_slice(), [Value::Object(told)] if !told.contains_key("name")));
    let ([Value::Object(known)], true) = (containers, is_part) else { return false };
    let Some(Value::Object(told)) = task.get_mut("containers").and_then(|told| told.get_mut(0)) else {
        return false;
    };
    if known.contains_key("exitCode") {
        return false;
    }
    for (key, value) in known {
        told.entry(key).or_insert_with(|| value.clone());
    }
    true
}

/// The service whose event this is, by the name in its message.
fn service_of<'a>(services: &'a mut Vec<Map<String, Value>>, event: &Value) -> &'a mut Map<String, Value> {
    let message = event.as_object().and_then(|event| member(event, "message"));
    let message = message.and_then(Value::as_str);
    // The end of the text may have cut a name: it is that of the service whose events came before.
    let is_cut = message.is_some_and(|text| text.starts_with("(service ") && !text.contains(')'));
    if is_cut && !services.is_empty() {
        let last = services.len() - 1;
        return &mut services[last];
    }
    let name = message.and_then(service_name);
    // Few services are mixed in one text; looking at the last ones keeps long logs linear.
    let from = services.len().saturating_sub(100);
    let same = |service: &Map<String, Value>| service.get("serviceName").and_then(Value::as_str) == name;
    let at = services[from..].iter().position(same).map_or(services.len(), |at| from + at);
    if at == services.len() {
        services.push(name.map(|name| ("serviceName".to_owned(), Value::from(name))).into_iter().collect());
    }
    &mut services[at]
}

/// Adds a task, or what is new about one that is already there.
fn add_task(answer: &mut Map<String, Value>, mut task: Map<String, Value>) {
    split_flat(&mut task);
    let known = answer.get_mut("tasks").and_then(Value::as_array_mut).and_then(|tasks| {
        let arn = member(&task, "taskArn")?;
        tasks
            .iter_mut()
            .rev()
            .take(100)
            .filter_map(Value::as_object_mut)
            .find(|other| member(other, "taskArn") == Some(arn))
    });
    match known {
        Some(known) => {
            for (key, value) in task {
                match (known.get_mut(&key), value) {
                    (Some(Value::Array(have)), Value::Array(more)) => have.extend(more),
                    (Some(_), _) => {}
                    (None, value) => {
                        known.insert(key, value);
                    }
                }
            }
        }
        None => push(answer, "tasks", Value::Object(task)),
    }
}

/// A flat row about a task and its container becomes a task with a container.
fn split_flat(task: &mut Map<String, Value>) {
    if member(task, "exitCode").is_none() || member(task, "containers").is_some() {
        return;
    }
    let mut container = Map::new();
    for field in ["name", "exitCode", "reason", "image"] {
        let pascal = format!("{}{}", field[..1].to_ascii_uppercase(), &field[1..]);
        if let Some(value) = task.remove(field).or_else(|| task.remove(&pascal)) {
            container.insert(field.to_owned(), value);
        }
    }
    task.insert("containers".to_owned(), json!([container]));
}

/// The service that an event speaks of.
pub(super) fn service_name(message: &str) -> Option<&str> {
    let rest = message.trim_start();
    let (rest, closers): (&str, &[char]) = match rest.strip_prefix("(service ") {
        Some(rest) => (rest, &[')', ',']),
        None => (rest.strip_prefix("service ")?, &[' ']),
    };
    let name = rest.split(closers).next()?.trim();
    (!name.is_empty() && name.len() <= 255).then_some(name)
}
