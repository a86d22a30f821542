//! A task put together from single facts, in the order in which they were read.

use serde_json::{Map, Value, json};

use super::{clean, fields, labels};

/// The task that lines are about, and those that were complete before.
#[derive(Debug, Default)]
pub(super) struct Draft {
    task: Map<String, Value>,
    containers: Vec<Map<String, Value>>,
    /// A fact was stated that only ECS states.
    telling: bool,
    /// The containers stand in a tool's list of them.
    listed: bool,
    done: Vec<Value>,
}

impl Draft {
    /// From here on, facts are about the task with this id.
    pub(super) fn task(&mut self, id: &str) {
        if self.task.get("taskArn").and_then(Value::as_str).is_some_and(|known| known != id) {
            self.flush();
        }
        self.task.insert("taskArn".to_owned(), Value::from(id));
    }

    /// From here on, facts are about this container.
    pub(super) fn container(&mut self, name: &str) {
        let named =
            |container: &Map<String, Value>| container.get("name").and_then(Value::as_str) == Some(name);
        // A task has at most ten containers.
        // <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>
        let from = self.containers.len().saturating_sub(10);
        if let Some(at) = self.containers[from..].iter().position(named).map(|at| from + at) {
            let known = self.containers.remove(at);
            self.containers.push(known);
            return;
        }
        self.containers.push(Map::from_iter([("name".to_owned(), Value::from(name))]));
    }

    /// The container and its status are a row of a tool's list.
    pub(super) fn list(&mut self, task: &str, name: &str, status: &str) {
        self.task(task);
        self.container(name);
        self.listed = true;
        if let Some(container) = self.containers.last_mut() {
            container.insert("lastStatus".to_owned(), Value::from(status));
        }
    }

    /// States a fact. The value is one that the field can have.
    pub(super) fn set(&mut self, field: &'static str, value: &str) {
        let value = match field {
            "stoppedReason" | "reason" => value.trim(),
            _ => value.trim().trim_matches(['`', '*', '"', '\'', ',']).trim(),
        };
        match field {
            "taskArn" => self.task(value),
            "serviceName" => self.put_task("group", Value::from(format!("service:{value}"))),
            "name" => match self.containers.last_mut().filter(|container| !container.contains_key("name")) {
                Some(container) => {
                    container.insert("name".to_owned(), Value::from(value));
                }
                None => self.container(value),
            },
            "exitCode" => {
                let end = value.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(value.len());
                if let Some(code) = fields::typed(field, &value[..end]) {
                    self.telling = true;
                    self.put_container(field, code);
                }
            }
            "reason" if self.containers.is_empty() && !value.starts_with("OutOfMemory") => {
                self.telling = true;
                self.put_task("stoppedReason", Value::from(value));
            }
            "healthStatus" if self.containers.is_empty() => self.put_task(field, Value::from(value)),
            "reason" | "image" | "healthStatus" => {
                self.telling |= field == "reason";
                self.put_container(field, Value::from(value));
            }
            "lastStatus"
                if self.containers.last().is_some_and(|container| !container.contains_key(field)) =>
            {
                self.put_container(field, Value::from(value));
            }
            field if field.ends_with("At") => self.put_task(field, Value::from(clean::stamp(value))),
            "stopCode" => {
                self.telling = true;
                let word = value.split([' ', ',', '`']).next().unwrap_or(value);
                if labels::is_stop_code(word) {
                    self.put_task(field, Value::from(word));
                }
            }
            field => {
                self.telling |= field == "stoppedReason";
                self.put_task(field, Value::from(value));
            }
        }
    }

    /// The last reason, while it is nothing but an error's name.
    pub(super) fn open_error(&mut self) -> Option<&mut Value> {
        let of_container = self.containers.last_mut().and_then(|container| container.get_mut("reason"));
        let is_name = |text: &str| text.ends_with("Error") && text.bytes().all(|b| b.is_ascii_alphabetic());
        of_container
            .or_else(|| self.task.get_mut("stoppedReason"))
            .filter(|reason| reason.as_str().is_some_and(is_name))
    }

    /// Whether a container's end was stated.
    pub(super) fn has_containers(&self) -> bool {
        self.telling && !self.containers.is_empty() && !self.task.contains_key("stoppedReason")
    }

    fn put_task(&mut self, field: &str, value: Value) {
        // The same fact with another value is about another task; a status only moves on.
        let other = self.task.get(field).is_some_and(|known| *known != value);
        if other && matches!(field, "stopCode" | "stoppedReason") {
            self.flush();
        }
        self.task.insert(field.to_owned(), value);
    }

    fn put_container(&mut self, field: &str, value: Value) {
        match self
            .containers
            .last_mut()
            .filter(|container| container.get(field).is_none_or(|known| *known == value))
        {
            Some(container) => {
                container.insert(field.to_owned(), value);
            }
            None => self.containers.push(Map::from_iter([(field.to_owned(), value)])),
        }
    }

    fn flush(&mut self) {
        let mut task = std::mem::take(&mut self.task);
        let containers = std::mem::take(&mut self.containers);
        let has_status = |status: &str| {
            containers
                .iter()
                .all(|container| container.get("lastStatus").and_then(Value::as_str) == Some(status))
        };
        let is_running = std::mem::take(&mut self.listed) && !containers.is_empty() && has_status("RUNNING");
        if is_running && !self.telling {
            task.insert("lastStatus".to_owned(), Value::from("RUNNING"));
            self.telling = true;
        }
        if std::mem::take(&mut self.telling) {
            if !containers.is_empty() {
                task.insert("containers".to_owned(), json!(containers));
            }
            self.done.push(Value::Object(task));
        }
    }

    /// The tasks that were stated.
    pub(super) fn finish(mut self) -> Vec<Value> {
        self.flush();
        self.done
    }
}
