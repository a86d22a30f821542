//! Where a loose object belongs: recognises ECS shapes by their members and puts them under their parents.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::fields::member;

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
    if any(&["rolloutState", "failedTasks"])
        || (has("status") && any(&["desiredCount", "pendingCount"]) && has("runningCount"))
    {
        return Shape::Deployment;
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
    if member(object, "message").is_some_and(Value::is_string) && any(&["createdAt", "id"]) {
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
            (Shape::Service, value) => push(&mut answer, "services", value),
            (Shape::Failure, value) => push(&mut answer, "failures", value),
            (Shape::Container, value) => containers.push(value),
            (Shape::Deployment, value) => deployments.push(value),
            (Shape::Event, value) => push(service_of(&mut services, &value), "events", value),
            (_, value) => others.push(value),
        }
    }
    if !containers.is_empty() {
        match answer.get_mut("tasks").and_then(Value::as_array_mut).map(Vec::as_mut_slice) {
            Some([Value::Object(task)]) if member(task, "containers").is_none() => {
                task.insert("containers".to_owned(), Value::Array(containers));
            }
            _ => push(&mut answer, "tasks", json!({ "containers": containers })),
        }
    }
    if !deployments.is_empty() {
        if services.is_empty() {
            services.push(Map::new());
        }
        for deployment in deployments {
            push(&mut services[0], "deployments", deployment);
        }
    }
    for service in services {
        push(&mut answer, "services", Value::Object(service));
    }
    if !answer.is_empty() {
        others.push(Value::Object(answer));
    }
    others
}

/// The service whose event this is, by the name in its message.
fn service_of<'a>(services: &'a mut Vec<Map<String, Value>>, event: &Value) -> &'a mut Map<String, Value> {
    let message = event.as_object().and_then(|event| member(event, "message"));
    let name = message.and_then(Value::as_str).and_then(service_name);
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
