//! What ECS objects come wrapped in: events, records of queues and streams, other services' answers.

use serde_json::Value;

use super::Kind;

/// A part of a wrapper: what stands at `pointer`, of a known kind or yet to be recognised.
pub(crate) struct Inner {
    pub(crate) pointer: String,
    pub(crate) kind: Option<Kind>,
}

/// The contents of a wrapper; nothing when `value` is none.
pub(crate) fn unwrap(value: &Value) -> Vec<Inner> {
    event(value).into_iter().collect()
}

/// An EventBridge event of ECS.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html>
fn event(value: &Value) -> Option<Inner> {
    let detail_type = value.get("detail-type")?.as_str()?;
    value.get("detail")?;
    let inner = |pointer: &str, kind| Some(Inner { pointer: pointer.to_owned(), kind });
    match detail_type {
        "ECS Task State Change" => inner("/detail", Some(Kind::Task)),
        "ECS Container Instance State Change" => inner("/detail", Some(Kind::ContainerInstance)),
        // The service is named outside `detail`, so the whole event is read.
        "ECS Service Action" | "ECS Deployment State Change" => inner("", Some(Kind::ServiceAction)),
        _ => inner("/detail", None),
    }
}
