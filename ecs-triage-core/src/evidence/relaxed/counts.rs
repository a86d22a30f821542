//! How many tasks of a service run and should run, told in lines for people.

use serde_json::{Map, Value, json};

use super::fields;

/// What was told of one service. Of several services nobody knows which line is about which.
#[derive(Debug, Default)]
pub(super) struct Counts {
    service: Map<String, Value>,
    rollout: Option<String>,
    /// A count was told twice, differently.
    differs: bool,
}

impl Counts {
    /// Takes what a line tells; whether it tells anything.
    pub(super) fn read(&mut self, line: &str) -> bool {
        // `2/2 desired tasks are running`, behind a bar that Copilot draws.
        if let Some((head, _)) = line.split_once(" desired tasks are running") {
            let word = head.rsplit(' ').next().unwrap_or(head);
            return self.both(word);
        }
        let mut found = false;
        let has_many = line.matches('=').count() > 1;
        let marks = |c: char| matches!(c, ',' | ';' | '|') || has_many && c == ' ';
        for part in line.split(marks) {
            found |= self.pair(part);
        }
        found
    }

    /// `Running count: 2`, `running=2/2`.
    fn pair(&mut self, part: &str) -> bool {
        let marks: &[char] = &[' ', '`', '*', '"', '\'', '[', ']', 'x', '-', '✅', '✓', '✔'];
        let Some((label, value)) = part.split_once([':', '=']) else { return false };
        let Some(field) = fields::from_label(label.trim_matches(marks)) else { return false };
        let value = value.trim_matches([' ', '`', '*', '"', '\'', '.', '✅', '✓', '✔']);
        match field {
            "runningCount" if value.contains('/') => self.both(value),
            "runningCount" | "desiredCount" | "pendingCount" => match value.parse::<i64>() {
                Ok(count) => {
                    self.set(field, count);
                    true
                }
                Err(_) => false,
            },
            "rolloutState" => match fields::typed(field, value).as_ref().and_then(Value::as_str) {
                Some(state) => {
                    self.differs |= self.rollout.as_deref().is_some_and(|known| known != state);
                    self.rollout = Some(state.to_owned());
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    /// `1/2`: of those that should run, as many as do.
    fn both(&mut self, text: &str) -> bool {
        let counts = text.split_once('/').map(|(running, desired)| (running.parse(), desired.parse()));
        let Some((Ok(running), Ok(desired))) = counts else { return false };
        self.set("runningCount", running);
        self.set("desiredCount", desired);
        true
    }

    fn set(&mut self, field: &str, count: i64) {
        self.differs |= self.service.get(field).is_some_and(|known| *known != count);
        self.service.insert(field.to_owned(), Value::from(count));
    }

    /// The service, when enough was told of it.
    pub(super) fn finish(self) -> Option<Value> {
        let Self { mut service, rollout, differs } = self;
        if differs || !service.contains_key("desiredCount") || !service.contains_key("runningCount") {
            return None;
        }
        if let Some(state) = rollout {
            let mut deployment = service.clone();
            deployment.insert("status".to_owned(), Value::from("PRIMARY"));
            deployment.insert("rolloutState".to_owned(), Value::from(state));
            service.insert("deployments".to_owned(), json!([deployment]));
        }
        Some(Value::Object(service))
    }
}
