//! JSON that is ECS's in everything but the spelling of its keys: `stopped_reason`, `Exit Code`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::node::join;
use super::super::places::{Place, Places, Renamed};
use super::{fields, labels};

/// Answers nest no deeper; what does is not looked at.
const DEEPEST: usize = 12;

/// How many elements of a list are looked at.
const ALIKE: usize = 3;

/// The document with ECS's own spelling of the keys that are its own; `None` when it has them already, or is not of ECS.
pub(in crate::evidence) fn respelled(given: &Value) -> Option<Renamed> {
    tells(given, 0).then(|| {
        let mut places = BTreeMap::new();
        let value = rewritten(given, At::default(), &mut places);
        Renamed { value, places: Places::new(given.clone(), places) }
    })
}

/// Where the rewriting is.
#[derive(Clone, Default)]
struct At {
    depth: usize,
    /// In the document that comes of it.
    here: String,
    /// In the one that was given.
    given: String,
}

impl At {
    fn step(&self, here: &str, given: &str) -> Self {
        Self { depth: self.depth + 1, here: join(&self.here, here), given: join(&self.given, given) }
    }
}

fn tells(value: &Value, depth: usize) -> bool {
    match value {
        _ if depth > DEEPEST => false,
        // Whoever spelled the first spelled the others.
        Value::Array(values) => values.iter().take(ALIKE).any(|value| tells(value, depth + 1)),
        Value::Object(members) => {
            own_exit(members).is_some()
                || own_task(members).is_some()
                || members.iter().any(|(key, value)| fields::tells_of_ecs(key) || tells(value, depth + 1))
        }
        _ => false,
    }
}

fn rewritten(value: &Value, at: At, places: &mut BTreeMap<String, Place>) -> Value {
    match value {
        _ if at.depth > DEEPEST => value.clone(),
        Value::Array(values) => {
            let place = |index: usize| index.to_string();
            let values = values.iter().enumerate();
            values
                .map(|(index, value)| rewritten(value, at.step(&place(index), &place(index)), places))
                .collect()
        }
        Value::Object(members) => {
            let mut found = Map::new();
            let exit = own_exit(members);
            for (key, value) in members {
                let own = exit.as_ref().filter(|exit| exit.key == key);
                if let Some(codes) = own.and_then(|exit| exit.codes.as_ref()) {
                    let inside = at.step("containers", key);
                    for index in 0..codes.len() {
                        let (here, given) = (&inside.here, &inside.given);
                        places.insert(
                            format!("{here}/{index}/exitCode"),
                            Place::Same(format!("{given}/{index}")),
                        );
                    }
                    places.insert(inside.here, Place::Row(inside.given));
                    found.insert("containers".to_owned(), Value::Array(codes.clone()));
                    continue;
                }
                let field = own
                    .map(|_| "exitCode")
                    .or_else(|| fields::respelled(key))
                    .or_else(|| of_query(key, value, members))
                    .filter(|field| !members.contains_key(*field) && !found.contains_key(*field));
                let name = field.unwrap_or(key);
                let inside = at.step(name, key);
                if name != key {
                    places.insert(inside.here.clone(), Place::Same(inside.given.clone()));
                }
                let value = rewritten(value, inside, places);
                found.entry(name).or_insert(value);
            }
            Value::Object(found)
        }
        value => value.clone(),
    }
}

/// The member of a query's object that holds exit codes, beside one that tells of a stop.
struct Exit<'v> {
    key: &'v str,
    /// The containers that a list of codes stands for.
    codes: Option<Vec<Value>>,
}

fn own_exit(members: &Map<String, Value>) -> Option<Exit<'_>> {
    // Nearly no object has such a member.
    let is_own = |key: &String| {
        key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("exit")) && key != "exitCode"
    };
    if !members.keys().any(is_own) {
        return None;
    }
    let is_one = |names: &[&str], key: &str| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    let has = |names: &[&str]| members.keys().any(|key| is_one(names, key));
    let stop = ["stoppedReason", "stopped_reason", "stopCode", "stop_code", "reason", "code"];
    if has(&["exitCode", "exit_code", "containers"]) || !has(&stop) {
        return None;
    }
    members.iter().find_map(|(key, value)| match value {
        Value::Number(_) if is_one(&["exit"], key) && tells_of_stop(members) => {
            Some(Exit { key, codes: None })
        }
        Value::Array(codes) if is_one(&["exitCodes", "exit_codes", "exit", "exits"], key) => {
            let is_code = |code: &Value| code.is_i64() || code.is_null();
            let container = |code: &Value| serde_json::json!({ "exitCode": code });
            let is_list = !codes.is_empty() && codes.iter().all(is_code);
            is_list.then(|| Exit { key, codes: Some(codes.iter().map(container).collect()) })
        }
        _ => None,
    })
}

/// The member of a query's row that names a task, beside one that says where it stands.
fn own_task(members: &Map<String, Value>) -> Option<&str> {
    let is_one = |names: &[&str], key: &str| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    let is_status = |(key, value): (&String, &Value)| {
        is_one(&["status"], key) && value.as_str().is_some_and(labels::is_status)
    };
    let is_arn =
        |value: &Value| value.as_str().is_some_and(|arn| arn.starts_with("arn:") && arn.contains(":task/"));
    let own = members.iter().find(|(key, value)| is_one(&["id", "arn", "task"], key) && is_arn(value))?;
    members.iter().any(is_status).then_some(own.0.as_str())
}

/// A stop code, or a reason under the name that ECS gives it.
fn tells_of_stop(members: &Map<String, Value>) -> bool {
    let is_reason =
        |key: &str| ["stoppedReason", "stopped_reason"].iter().any(|own| own.eq_ignore_ascii_case(key));
    members.iter().any(|(key, value)| is_reason(key) || value.as_str().is_some_and(labels::is_stop_code))
}

/// `{"Reason": …, "Code": "UserInitiated"}`: what a stop code makes of the names beside it.
fn of_query(key: &str, value: &Value, members: &Map<String, Value>) -> Option<&'static str> {
    let text = value.as_str()?;
    if let Some(task) = own_task(members) {
        return match () {
            () if key == task => Some("taskArn"),
            () if key.eq_ignore_ascii_case("status") && labels::is_status(text) => Some("lastStatus"),
            () => None,
        };
    }
    let is_code = |value: &Value| value.as_str().is_some_and(labels::is_stop_code);
    match () {
        () if key.eq_ignore_ascii_case("code") && is_code(value) => Some("stopCode"),
        () if !text.is_empty() && ["stopped", "why"].iter().any(|own| own.eq_ignore_ascii_case(key)) => {
            members.values().any(is_code).then_some("stoppedReason")
        }
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_of_ecs_in_another_spelling() {
        let document = json!([{ "task_arn": "a", "stopped_reason": "x", "my_note": 1, "containers": [{ "exit_code": 3 }] }]);
        let wanted = json!([{ "taskArn": "a", "stoppedReason": "x", "my_note": 1, "containers": [{ "exitCode": 3 }] }]);
        let spelled = |document: &Value| respelled(document).map(|found| found.value);
        assert_eq!(spelled(&document), Some(wanted));
        assert_eq!(spelled(&json!({ "Exit Code": 3 })), Some(json!({ "exitCode": 3 })));
        let query = json!({ "Reason": "x", "Code": "UserInitiated", "Exit": 143 });
        assert_eq!(
            spelled(&query),
            Some(json!({ "Reason": "x", "stopCode": "UserInitiated", "exitCode": 143 }))
        );
        let row = json!({ "id": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "status": "RUNNING", "health": "HEALTHY" });
        let task = json!({ "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "lastStatus": "RUNNING", "health": "HEALTHY" });
        assert_eq!(spelled(&row), Some(task));
        let codes = json!({ "stoppedReason": "x", "exitCodes": [0, null] });
        let containers = json!([{ "exitCode": 0 }, { "exitCode": null }]);
        assert_eq!(spelled(&codes), Some(json!({ "stoppedReason": "x", "containers": containers })));
    }

    #[test]
    fn what_is_spelled_well_or_is_somebody_elses_stays() {
        for document in [
            json!({ "stoppedReason": "x", "exitCode": 3 }),
            json!({ "desired_count": 2, "task_definition": "web:3", "launch_type": "FARGATE" }),
            json!({ "environment": { "EXIT_CODE": "3" } }),
            json!({ "reason": "user asked", "exit": 3 }),
        ] {
            assert!(respelled(&document).is_none(), "{document}");
        }
    }
}
