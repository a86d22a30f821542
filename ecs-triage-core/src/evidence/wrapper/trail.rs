//! Calls that CloudTrail recorded.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>

use serde_json::Value;

use super::{Contents, Holds, Wrapper};
use crate::evidence::{Kind, Request, calls};

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    if let Some(records) = wrapper.list_of("Records", is_record) {
        return Some(Contents::of_all(records, Holds::Anything));
    }
    is_record(wrapper).then(|| record(wrapper)).flatten()
}

pub(super) fn is_record(record: &Wrapper<'_>) -> bool {
    record.has("eventSource")
        && record.has("eventName")
        && record.has_any(&[
            "requestParameters",
            "responseElements",
            "eventVersion",
            "userIdentity",
            "errorCode",
        ])
}

fn record(record: &Wrapper<'_>) -> Option<Contents> {
    let params = record.get("requestParameters").map_or(Value::Null, |(_, params)| params.clone());
    let request = Request::new(record.text("eventSource")?, record.text("eventName")?, params);
    let call = calls::find(&request.service, &request.operation);
    let contents = Contents::default().at("/eventTime").add("", Holds::Object(Kind::TrailRecord));
    if record.has("errorCode") {
        return Some(contents.add_answer("", Holds::Object(Kind::ApiError), &request));
    }
    // CloudTrail leaves the answers of read calls out, so that only calls understood here have any.
    Some(match record.pointer("responseElements") {
        Some(answer) if call.is_some() => contents.add_answer(answer, Holds::Anything, &request),
        _ => contents,
    })
}
