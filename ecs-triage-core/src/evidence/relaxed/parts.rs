//! Parts of one task that stand apart in a text: its fields in one place, its containers in another, its reason in a
//! sentence.

use serde_json::{Map, Value, json};

use super::Piece;
use super::fields::member;
use super::message::{self, Kind};
use super::shape::{Shape, shape};

/// Puts the parts of the only task of a text together, among them an exit code told in passing. A text about several is
/// left as it is.
pub(super) fn join(pieces: &mut Vec<Piece>, exit: Option<i64>) {
    let mut ends = Vec::new();
    let mut runs = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Json(value) = piece else { continue };
        match part(value) {
            Some(Part::End(task)) => ends.push((at, task)),
            Some(Part::Run(task)) => runs.push((at, task)),
            Some(Part::Whole) => return,
            None => {}
        }
    }
    let mut gone = Vec::new();
    let (at, mut task) = match (ends.pop(), runs.pop()) {
        _ if !ends.is_empty() || !runs.is_empty() => return,
        (Some((at, end)), Some((run, task))) => {
            let arn = |task: &Map<String, Value>| member(task, "taskArn").cloned();
            if arn(&end).zip(arn(&task)).is_some_and(|(one, other)| one != other) {
                return;
            }
            gone.push(run);
            (at, task.into_iter().chain(end).collect())
        }
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return,
    };
    let (reasons, words) = sentences(pieces);
    if let Some(reason) = only(pieces, &reasons) {
        let known = member(&task, "stoppedReason").and_then(Value::as_str);
        if known.is_none_or(|known| known == reason) {
            gone.extend(reasons);
            task.entry("stoppedReason").or_insert(Value::from(reason));
        }
    }
    // What became of a container explains a task of which only its end is told.
    let said = member(&task, "stoppedReason").and_then(Value::as_str);
    let is_bare = said.is_none_or(|said| {
        let said = said.trim_end_matches('.').to_ascii_lowercase();
        matches!(said.as_str(), "task failed to start" | "essential container in task exited")
    });
    if is_bare
        && member(&task, "containers").is_none()
        && let Some(word) = only(pieces, &words)
    {
        task.insert("containers".to_owned(), json!([{ "reason": word }]));
        gone.extend(words);
    }
    let takes_exit = exit.is_some() && member(&task, "containers").is_none();
    if gone.is_empty() && !takes_exit {
        return;
    }
    if takes_exit {
        task.insert("containers".to_owned(), json!([{ "exitCode": exit }]));
    }
    pieces[at] = Piece::Json(json!({ "tasks": [task] }));
    gone.sort_unstable();
    for place in gone.into_iter().rev() {
        pieces.remove(place);
    }
}

/// A part of a task, or a whole one.
enum Part {
    /// What became of a task, without its containers.
    End(Map<String, Value>),
    /// Its containers, without what became of it.
    Run(Map<String, Value>),
    Whole,
}

/// The part that a value is; nothing for what is about no task.
fn part(value: &Value) -> Option<Part> {
    let is_container = |value: &Value| value.as_object().map(shape) == Some(Shape::Container);
    if let Value::Array(values) = value {
        let are_containers = !values.is_empty() && values.iter().all(is_container);
        return are_containers.then(|| Part::Run(Map::from_iter([("containers".to_owned(), value.clone())])));
    }
    let object = value.as_object()?;
    if is_container(value) {
        return Some(Part::Run(Map::from_iter([("containers".to_owned(), json!([value]))])));
    }
    let task = match member(object, "tasks").and_then(Value::as_array).map(Vec::as_slice) {
        Some([Value::Object(task)])
            if object.keys().all(|key| matches!(key.as_str(), "tasks" | "failures")) =>
        {
            task
        }
        Some([]) => return None,
        Some(_) => return Some(Part::Whole),
        None if shape(object) == Shape::Task => object,
        None => return None,
    };
    let has = |name: &str| member(task, name).is_some();
    let has_end = has("stopCode") || has("stoppedReason") || has("stopReason");
    Some(match (has_end, has("containers")) {
        (true, false) => Part::End(task.clone()),
        (false, true) if !is_alive(task) => Part::Run(task.clone()),
        _ => Part::Whole,
    })
}

/// Whether a task or one of its containers still runs or starts.
fn is_alive(task: &Map<String, Value>) -> bool {
    let status = |object: &Map<String, Value>| {
        let status = member(object, "lastStatus").and_then(Value::as_str);
        status.is_some_and(|status| status != "STOPPED")
    };
    let containers = member(task, "containers").and_then(Value::as_array);
    status(task) || containers.into_iter().flatten().filter_map(Value::as_object).any(status)
}

/// The places of the sentences that are a task's reason, and of those that are a container's.
fn sentences(pieces: &[Piece]) -> (Vec<usize>, Vec<usize>) {
    let mut reasons = Vec::new();
    let mut words = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Message(text) = piece else { continue };
        let found = message::find(text).filter(|found| found.start == 0 && found.kind == Kind::Stop);
        match found {
            Some(found) if !found.named || message::is_of_task(text) => reasons.push(at),
            Some(_) => words.push(at),
            None => {}
        }
    }
    (reasons, words)
}

/// The sentence at these places, when it is one and the same.
fn only(pieces: &[Piece], places: &[usize]) -> Option<String> {
    let text = |at: &usize| match &pieces[*at] {
        Piece::Message(text) => Some(text.as_str()),
        _ => None,
    };
    let first = places.first().and_then(text)?;
    places.iter().all(|at| text(at) == Some(first)).then(|| first.to_owned())
}
