//! The tool `live`: looks into the account with read-only calls, and diagnoses what it finds.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::input::{Roots, arguments};
use super::{Answer, ToolError};
use crate::live::{Options, Target, triage};
use crate::sdk::{Connection, Sdk};

/// What to look at, and as whom.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct LookAt {
    /// Name or ARN of the cluster; by default that of the tasks' ARNs, else `default`.
    cluster: Option<String>,
    /// ARNs or ids of tasks. Without tasks, service and family: whatever is wrong in the cluster.
    tasks: Vec<String>,
    /// Name or ARN of a service: its tasks, events, deployments and targets.
    service: Option<String>,
    /// Family of task definitions.
    family: Option<String>,
    /// Region, where an ARN, the environment and the profile do not tell.
    region: Option<String>,
    /// Profile of the shared configuration of AWS.
    profile: Option<String>,
    /// Role to assume for the calls.
    role_arn: Option<String>,
}

impl LookAt {
    fn target(&self) -> Result<Target, ToolError> {
        let target = match (self.tasks.is_empty(), &self.service, &self.family) {
            (false, None, None) => Target::tasks(self.tasks.iter().map(String::as_str)),
            (true, Some(service), None) => Target::service(service),
            (true, None, Some(family)) => Target::family(family),
            (true, None, None) => Target::everything(),
            _ => return Err(ToolError("give one of `tasks`, `service` and `family`, or none".into())),
        };
        Ok(match &self.cluster {
            Some(cluster) => target.in_cluster(cluster),
            None => target,
        })
    }
}

pub(super) fn run(given: Value, _: &Roots) -> Result<Answer, ToolError> {
    let look: LookAt = arguments(given)?;
    let target = look.target()?;
    // This is a thread for blocking work, so the calls have a runtime of their own.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| ToolError(format!("no calls can be made: {error}")))?;
    runtime.block_on(look_at(&look, &target))
}

async fn look_at(look: &LookAt, target: &Target) -> Result<Answer, ToolError> {
    let region = look.region.as_deref().or_else(|| target.region());
    let connection = Connection::default()
        .region(region)
        .profile(look.profile.as_deref())
        .role_arn(look.role_arn.as_deref());
    let sdk = Sdk::connect(&connection).await.map_err(|error| ToolError(error.to_string()))?;
    let found = triage(&sdk, target, &Options::default()).await;
    let report = found.report();
    if report.subjects().is_empty()
        && let Some(error) = found.credentials_error()
    {
        return Err(ToolError(format!(
            "AWS gave no access: {error}; let the user sign in (`aws sso login`), or give another `profile`"
        )));
    }
    let mut text = report.to_markdown();
    for note in found.notes() {
        let _ = write!(text, "\n{note}\n");
    }
    if let Some(policy) = found.missing_permissions() {
        let _ = write!(
            text,
            "\nCalls were refused, so the report goes without their answers; this policy would allow them:\n\n```json\n{policy:#}\n```\n"
        );
    }
    Ok(Answer { text, data: serde_json::to_value(&report).unwrap_or_default() })
}
