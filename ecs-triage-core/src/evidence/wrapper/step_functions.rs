//! What AWS Step Functions makes of ECS tasks: histories, errors and outputs.
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>

use super::{Contents, Holds, Wrapper};
use crate::evidence::node::join;
use crate::evidence::{Kind, embedded};

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    if let Some(events) = wrapper.list_of("events", |event| details(event).is_some()) {
        return Some(Contents::of_all(events, Holds::Anything));
    }
    if let Some(key) = details(wrapper) {
        let inner = Wrapper::new(wrapper.get(key)?.1)?;
        return Some(outcome(&inner, &join("", key)).at("/timestamp"));
    }
    // An execution, or what a failed state gives to the state that catches its error.
    let is_execution =
        wrapper.has("executionArn") && wrapper.has_any(&["stateMachineArn", "startDate", "status"]);
    let is_error = wrapper.text("Error").is_some() && wrapper.text("Cause").is_some();
    (is_execution || is_error).then(|| outcome(wrapper, ""))
}

/// The member of a history event that says what happened: `taskFailedEventDetails`.
fn details<'v>(event: &Wrapper<'v>) -> Option<&'v str> {
    event
        .members
        .iter()
        .find(|(key, details)| key.ends_with("EventDetails") && details.is_object())
        .map(|(key, _)| key.as_str())
}

/// `cause` and `output` are JSON as text; of an error of ECS itself the cause is a sentence.
fn outcome(outcome: &Wrapper<'_>, at: &str) -> Contents {
    let mut contents = Contents::default();
    if let (Some(cause), Some(pointer)) = (outcome.text("cause"), outcome.pointer("cause")) {
        let is_service_error = outcome
            .text("error")
            .and_then(|error| error.split_once('.'))
            .is_some_and(|(service, _)| matches!(service, "ECS" | "Ecs" | "AmazonECS" | "Batch"));
        contents = match embedded::json(cause) {
            None if is_service_error => contents.add(at, Holds::Object(Kind::ApiError)),
            _ => contents.add(format!("{at}{pointer}"), Holds::Anything),
        };
    }
    match outcome.pointer("output") {
        Some(output) => contents.add(format!("{at}{output}"), Holds::Event),
        None => contents,
    }
}
