//! What AWS Lambda makes of an event that it was given.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>

use super::{Contents, Holds, Wrapper};

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    // A destination gets the event back with the function's answer.
    if wrapper.has("requestContext") && wrapper.has_any(&["responsePayload", "responseContext"]) {
        return Some(Contents::of(wrapper.pointer("requestPayload")?, Holds::Anything).at("/timestamp"));
    }
    // The answer of a function behind an HTTP endpoint.
    (wrapper.has("statusCode") && wrapper.text("body").is_some())
        .then(|| wrapper.pointer("body").map(|body| Contents::of(body, Holds::Anything)))
        .flatten()
}
