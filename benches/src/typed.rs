//! Typed parsing alone: what a program pays that reads the members which a diagnosis needs and does nothing with them.

use std::borrow::Cow;
use std::hint::black_box;

use serde::Deserialize;

/// A response of `DescribeTasks`.
#[derive(Debug, Deserialize)]
pub struct Response<'b> {
    /// Its tasks.
    #[serde(borrow)]
    pub tasks: Vec<Task<'b>>,
}

/// An event of EventBridge.
#[derive(Debug, Deserialize)]
pub struct Event<'b> {
    /// What happened.
    #[serde(rename = "detail-type", borrow)]
    pub detail_type: Cow<'b, str>,
    /// When.
    #[serde(borrow)]
    pub time: Cow<'b, str>,
    /// The task.
    #[serde(borrow)]
    pub detail: Task<'b>,
}

/// The members of a task that diagnoses read most.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as the API names them")]
pub struct Task<'b> {
    #[serde(borrow)]
    pub task_arn: Cow<'b, str>,
    #[serde(borrow)]
    pub task_definition_arn: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub cluster_arn: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub group: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub started_by: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub last_status: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub desired_status: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub launch_type: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub stop_code: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub stopped_reason: Option<Cow<'b, str>>,
    pub version: Option<i64>,
    #[serde(default, borrow)]
    pub containers: Vec<Container<'b>>,
    #[serde(default, borrow)]
    pub attachments: Vec<Attachment<'b>>,
}

/// The same of a container.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "named as the API names them")]
pub struct Container<'b> {
    #[serde(borrow)]
    pub name: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub image: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub last_status: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub health_status: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub reason: Option<Cow<'b, str>>,
    pub exit_code: Option<i64>,
}

/// The same of an attachment.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as the API names them")]
pub struct Attachment<'b> {
    #[serde(rename = "type", borrow)]
    pub kind: Option<Cow<'b, str>>,
    #[serde(borrow)]
    pub status: Option<Cow<'b, str>>,
}

/// Parses a response and drops it.
pub fn response(text: &str) {
    let parsed: Result<Response<'_>, _> = serde_json::from_str(text);
    assert!(black_box(parsed).is_ok());
}

/// Parses an event and drops it.
pub fn event(line: &str) {
    let parsed: Result<Event<'_>, _> = serde_json::from_str(line);
    assert!(black_box(parsed).is_ok());
}

/// The texts that say why in an event: the task's reason and its containers'.
pub fn reasons(line: &str) -> Vec<String> {
    let Ok(event) = serde_json::from_str::<Event<'_>>(line) else { return Vec::new() };
    let own = event.detail.containers.into_iter().filter_map(|container| container.reason);
    event.detail.stopped_reason.into_iter().chain(own).map(Cow::into_owned).collect()
}

/// Parses an event with sonic-rs and drops it.
pub fn event_by_sonic(line: &str) {
    let parsed: Result<Event<'_>, _> = sonic_rs::from_str(line);
    assert!(black_box(parsed).is_ok());
}
