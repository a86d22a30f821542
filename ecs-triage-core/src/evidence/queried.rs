//! Tasks that a query took out of an answer, `--query 'tasks[].{Arn: taskArn, Why: stoppedReason}'`: rows, and members with
//! names of the user's own. They are read under AWS's names, and cited where they stand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::calls;
use super::node::join;
use super::places::{Place, Places, Renamed};
use super::relaxed::{ecs_field, field_of_label, is_message, is_status, is_stop_code, is_stop_reason};
use crate::Timestamp;

/// Whether a document of this name can hold tasks: it does not begin with the command of another answer.
pub(super) fn may_be_in(name: &str) -> bool {
    calls::of_name(name).is_none_or(|call| call.operation == "DescribeTasks")
}

/// The tasks, or the containers of one, that a query made this of; nothing when any part of it may be something else.
pub(super) fn read(value: &Value) -> Option<Renamed> {
    let rows: Vec<(String, &Value)> = match value {
        Value::Array(rows) if rows.iter().any(is_row) => {
            rows.iter().enumerate().map(|(index, row)| (format!("/{index}"), row)).collect()
        }
        // Several reasons are no row.
        Value::Array(cells) if cells.iter().filter(|cell| !is_empty(cell)).count() < 2 => return None,
        row => vec![(String::new(), row)],
    };
    let rows: Vec<(String, &Value)> = rows.into_iter().filter(|(_, row)| !is_empty(row)).collect();
    if rows.is_empty() || !rows.iter().any(|(_, row)| is_renamed(row)) {
        return None;
    }
    let read = |read: fn(&Value) -> Option<Part>| -> Option<Vec<(String, Part)>> {
        rows.iter().map(|(at, row)| Some((at.clone(), read(row)?))).collect()
    };
    let (list, parts) = match read(task) {
        Some(tasks) => ("tasks", tasks),
        None if rows.iter().all(|(_, row)| row.is_array()) => {
            let containers = read(container)?;
            // Names with numbers beside them may be anything.
            let tells = |part: &Part| {
                let reason = part.members.get("reason").and_then(Value::as_str);
                part.members.len() > 1 && reason.is_some_and(is_stop_reason)
            };
            if !containers.iter().any(|(_, part)| tells(part)) {
                return None;
            }
            ("containers", containers)
        }
        None => return None,
    };
    let holder = if list == "tasks" { "/tasks" } else { "/tasks/0/containers" };
    let mut by_pointer = BTreeMap::from([(String::new(), Place::Row(String::new()))]);
    let mut objects = Vec::new();
    for (index, (at, part)) in parts.into_iter().enumerate() {
        let here = format!("{holder}/{index}");
        by_pointer.extend(part.places_in(&here, &at));
        by_pointer.insert(here, Place::Row(at));
        objects.push(part.members);
    }
    let read = match list {
        "tasks" => json!({ "tasks": objects }),
        _ => json!({ "tasks": [{ "containers": objects }] }),
    };
    Some(Renamed { value: read, places: Places::new(value.clone(), by_pointer) })
}

/// A task or a container under AWS's names, and where each member stood in the row.
#[derive(Default)]
struct Part {
    members: Map<String, Value>,
    places: Vec<(String, Place)>,
}

impl Part {
    /// Adds a member; none may be there twice.
    fn set(&mut self, name: &str, value: &Value, at: &str) -> Option<()> {
        if self.members.contains_key(name) {
            return None;
        }
        self.members.insert(name.to_owned(), value.clone());
        self.places.push((format!("/{name}"), Place::Same(at.to_owned())));
        Some(())
    }

    /// Its places, of a part that stands at `here` and stood at `at`.
    fn places_in<'p>(
        self: &'p Part,
        here: &'p str,
        at: &'p str,
    ) -> impl Iterator<Item = (String, Place)> + 'p {
        self.places.iter().map(move |(name, place)| {
            let place = match place {
                Place::Row(inside) => Place::Row(format!("{at}{inside}")),
                Place::Same(inside) => Place::Same(format!("{at}{inside}")),
            };
            (format!("{here}{name}"), place)
        })
    }

    /// Adds a second state: the one that the task is to have, which is `STOPPED` where only one is.
    fn set_other_status(&mut self, value: &Value, at: &str) -> Option<()> {
        let is_stopped = |value: &Value| value == "STOPPED";
        if !self.members.get("lastStatus").is_some_and(is_stopped) || is_stopped(value) {
            return self.set("desiredStatus", value, at);
        }
        let first = self.members.remove("lastStatus")?;
        let place = self.places.iter_mut().find(|(name, _)| name == "/lastStatus")?;
        place.0 = "/desiredStatus".to_owned();
        self.members.insert("desiredStatus".to_owned(), first);
        self.set("lastStatus", value, at)
    }

    fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.members.contains_key(*name))
    }

    fn push_container(&mut self, container: Part, at: &str) {
        let list = self.members.entry("containers").or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(list) = list else { return };
        let here = format!("/containers/{}", list.len());
        self.places.extend(container.places_in(&here, at));
        self.places.push((here, Place::Row(at.to_owned())));
        list.push(Value::Object(container.members));
    }
}

/// What a cell of a row holds.
enum Cell {
    /// A member of the task.
    Task(&'static str),
    /// A member of its only container.
    Container(&'static str),
    /// Its containers, each a row.
    Containers,
    /// Exit codes, or reasons, of its containers.
    EachContainer(&'static str),
    /// A name or number that is of no use.
    Passed,
}

fn task(row: &Value) -> Option<Part> {
    let mut task = Part::default();
    let mut only = Part::default();
    for (key, at, value) in cells(row)? {
        if let Some(name) = key.filter(|key| is_aws(key, value)) {
            task.set(name, value, &at)?;
            continue;
        }
        match cell(key, value)? {
            Cell::Task("lastStatus") if task.has(&["lastStatus"]) => task.set_other_status(value, &at)?,
            Cell::Task(name) => task.set(name, value, &at)?,
            Cell::Container(name) => only.set(name, value, &at)?,
            Cell::Containers => {
                for (index, row) in elements(value) {
                    task.push_container(container(row)?, &format!("{at}{index}"));
                }
            }
            Cell::EachContainer(name) => {
                for (index, value) in elements(value) {
                    let mut one = Part::default();
                    if !value.is_null() {
                        one.set(name, value, "")?;
                    }
                    task.push_container(one, &format!("{at}{index}"));
                }
            }
            Cell::Passed => {}
        }
    }
    if !only.members.is_empty() {
        // One container beside a list of them: whose it is cannot be told.
        if task.has(&["containers"]) {
            return None;
        }
        task.push_container(only, "");
    }
    let reason = ["stoppedReason", "stopReason"].iter().find_map(|name| task.members.get(*name)?.as_str());
    let is_told = reason.is_some_and(is_stop_reason);
    let is_of_ecs = is_told || task.has(&["stopCode", "taskArn"]);
    // A number without a name is an exit code only beside an end.
    let is_stopped = task.members.get("lastStatus").is_some_and(|status| status == "STOPPED");
    let has_end = is_stopped || task.has(&["stopCode", "stoppedReason"]);
    if row.is_array() && task.has(&["containers"]) && !has_end {
        return None;
    }
    let tells = ["stopCode", "stoppedReason", "stopReason", "containers", "lastStatus"];
    (is_of_ecs && task.has(&tells)).then_some(task)
}

fn container(row: &Value) -> Option<Part> {
    let mut container = Part::default();
    for (key, at, value) in cells(row)? {
        let named = key.and_then(field_of_label);
        let name = match value {
            Value::Number(_) if named == Some("exitCode") || is_exit_code(value) && says_exit(key) => {
                "exitCode"
            }
            Value::String(text) if is_status(text) => "lastStatus",
            Value::String(text) if Timestamp::parse(text).is_some() => continue,
            Value::String(text) if is_sentence(text) => "reason",
            Value::String(text) => match named {
                Some(
                    name @ ("name" | "image" | "healthStatus" | "imageDigest" | "runtimeId" | "containerArn"),
                ) => name,
                Some("exitCode") => "exitCode",
                _ if text.contains(":container/") => "containerArn",
                _ if key.is_some_and(|key| !matches!(key, "n" | "N")) => continue,
                _ if text.contains('/') => "image",
                _ if container.has(&["name"]) => continue,
                _ => "name",
            },
            // A number under a name that means nothing here may be the exit code.
            Value::Number(_) if key.is_none_or(|key| ecs_field(key).is_none()) => return None,
            _ if key.is_some() => continue,
            _ => return None,
        };
        container.set(name, value, &at)?;
    }
    container.has(&["exitCode", "reason", "name"]).then_some(container)
}

/// The cells of a row that hold something: name, place and value.
fn cells(row: &Value) -> Option<Vec<(Option<&str>, String, &Value)>> {
    let cells: Vec<(Option<&str>, String, &Value)> = match row {
        Value::Array(_) => elements(row).map(|(at, value)| (None, at, value)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (Some(key.as_str()), join("", key), value)).collect()
        }
        _ => return None,
    };
    Some(cells.into_iter().filter(|(_, _, value)| !is_empty(value)).collect())
}

fn elements(value: &Value) -> impl Iterator<Item = (String, &Value)> {
    // One object where a list may stand: a query took it out of the list.
    let (list, only) = match value {
        Value::Array(values) => (values.as_slice(), None),
        only => (&[] as &[Value], Some((String::new(), only))),
    };
    list.iter().enumerate().map(|(index, value)| (format!("/{index}"), value)).chain(only)
}

/// What a cell holds, by its value first; a name of the user's own may say more. Nothing for what no task has.
fn cell(key: Option<&str>, value: &Value) -> Option<Cell> {
    let named = key.and_then(field_of_label);
    Some(match value {
        Value::String(text) => return text_cell(key, named, text),
        Value::Number(_) => match named {
            Some("exitCode") => Cell::Container("exitCode"),
            Some(time) if time.ends_with("At") => Cell::Task(time),
            _ if is_exit_code(value) && says_exit(key) => Cell::Container("exitCode"),
            _ => named.or(key.and_then(time_of_label)).map(|_| Cell::Passed)?,
        },
        Value::Bool(_) => named.map(|_| Cell::Passed)?,
        Value::Array(values) => match values.as_slice() {
            values if values.iter().all(|value| value.is_null() || is_exit_code(value)) => {
                says_exit(key).then_some(Cell::EachContainer("exitCode"))?
            }
            values if values.iter().all(|value| value.as_str().is_none_or(is_sentence) && !is_row(value)) => {
                Cell::EachContainer("reason")
            }
            // Names, images or states of containers, whose order that of nothing else may have.
            values if values.iter().all(|value| value.is_null() || value.is_string()) => Cell::Passed,
            values if values.iter().all(|value| container(value).is_some()) => Cell::Containers,
            _ => named.filter(|name| *name != "containers").map(|_| Cell::Passed)?,
        },
        Value::Object(_) if container(value).is_some() && !matches!(named, Some("overrides")) => {
            Cell::Containers
        }
        Value::Object(_) | Value::Null => named.map(|_| Cell::Passed)?,
    })
}

fn text_cell(key: Option<&str>, named: Option<&'static str>, text: &str) -> Option<Cell> {
    let resource = text.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4));
    if let Some(resource) = resource {
        return Some(match resource.split('/').next() {
            Some("task") => Cell::Task("taskArn"),
            Some("task-definition") => Cell::Task("taskDefinitionArn"),
            Some("cluster") => Cell::Task("clusterArn"),
            Some("container-instance") => Cell::Task("containerInstanceArn"),
            _ => Cell::Passed,
        });
    }
    Some(match text {
        _ if is_stop_code(text) => Cell::Task("stopCode"),
        _ if is_status(text) => {
            Cell::Task(if named == Some("desiredStatus") { "desiredStatus" } else { "lastStatus" })
        }
        "HEALTHY" | "UNHEALTHY" => Cell::Task("healthStatus"),
        "FARGATE" | "EC2" | "EXTERNAL" | "MANAGED_INSTANCES" => Cell::Task("launchType"),
        _ if text.starts_with("service:") || text.starts_with("family:") => Cell::Task("group"),
        _ if Timestamp::parse(text).is_some() => match key.and_then(time_of_label) {
            Some(name) => Cell::Task(name),
            None => Cell::Passed,
        },
        _ if is_sentence(text) => match named {
            _ if key.is_some_and(|key| key.to_ascii_lowercase().contains("container")) => {
                Cell::Container("reason")
            }
            None | Some("reason" | "message" | "stoppedReason" | "stopReason") => Cell::Task("stoppedReason"),
            Some(_) => return None,
        },
        _ => match named {
            Some("exitCode") if text.parse::<i64>().is_ok() => Cell::Container("exitCode"),
            Some(name @ ("name" | "image")) => Cell::Container(name),
            Some(
                name @ ("startedBy" | "cpu" | "memory" | "platformVersion" | "platformFamily"
                | "healthStatus"),
            ) => Cell::Task(name),
            Some(name @ ("group" | "capacityProviderName" | "availabilityZone")) => Cell::Task(name),
            Some(_) => Cell::Passed,
            // A word of a row, such as a name.
            None => key.is_none().then_some(Cell::Passed)?,
        },
    })
}

/// The time that a name of the user's own stands for: `Started`, `stopTime`.
fn time_of_label(label: &str) -> Option<&'static str> {
    if let Some(name) = field_of_label(label).filter(|name| name.ends_with("At")) {
        return Some(name);
    }
    const TIMES: [(&str, &str); 4] =
        [("creat", "createdAt"), ("start", "startedAt"), ("stopping", "stoppingAt"), ("stop", "stoppedAt")];
    let label = label.to_ascii_lowercase();
    TIMES.iter().find(|(begin, _)| label.starts_with(begin)).map(|(_, name)| *name)
}

/// A reason, not a name: it has several words, or begins as the errors of ECS do.
fn is_sentence(text: &str) -> bool {
    text.trim().contains(' ') || is_message(text)
}

/// Whether a cell without a name, or its name, can be of an exit code.
fn says_exit(key: Option<&str>) -> bool {
    key.is_none_or(|key| {
        let key = key.to_ascii_lowercase();
        key.contains("exit") || key == "code" || key == "codes"
    })
}

fn is_exit_code(value: &Value) -> bool {
    value.as_i64().is_some_and(|code| (-1..=255).contains(&code))
}

fn is_row(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

/// Whether a row is one of a query: a list, or an object of which a member that counts has another name than AWS's.
fn is_renamed(row: &Value) -> bool {
    row.as_object().is_none_or(|members| {
        let counts = |(key, value): (&String, &Value)| {
            let cell = if is_empty(value) || is_aws(key, value) { None } else { cell(Some(key), value) };
            cell.is_some_and(|cell| !matches!(cell, Cell::Passed))
        };
        members.iter().any(counts)
    })
}

/// Whether a member has AWS's name, and holds what AWS has there.
fn is_aws(key: &str, value: &Value) -> bool {
    // A task's own ARN has a name of its own.
    let Some(name) = ecs_field(key).filter(|name| *name != "arn") else { return false };
    let is_container = |value: &Value| {
        let members = value.as_object().into_iter().flat_map(Map::keys);
        let is_own = |key: &String| field_of_label(key) == Some("exitCode") && ecs_field(key).is_none();
        value.get("name").or(value.get("Name")).is_some() && !members.into_iter().any(is_own)
    };
    name != "containers" || value.as_array().is_some_and(|values| values.iter().all(is_container))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
