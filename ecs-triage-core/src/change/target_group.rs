//! Changes of a target group.

use serde_json::json;

use super::{Blast, Change, Form, Patch};
use crate::evidence::elbv2::TargetGroup;
use crate::template::{shell_name, shell_quoted};

impl Change {
    /// Other codes that count as healthy, such as `200,302`.
    pub(crate) fn matcher(
        group: &TargetGroup<'_>,
        title: impl Into<String>,
        codes: &str,
        region: Option<&str>,
    ) -> Self {
        let is_grpc = group.protocol_version() == Some("GRPC");
        let key = if is_grpc { "GrpcCode" } else { "HttpCode" };
        let arn = group.target_group_arn().map_or("TARGET_GROUP_ARN".into(), shell_name);
        let region = region.map(|region| format!(" --region {}", shell_name(region))).unwrap_or_default();
        // A comma separates members in the CLI's short form.
        let matcher = shell_quoted(json!({ key: codes }).to_string());
        let command =
            format!("aws elbv2 modify-target-group --target-group-arn {arn} --matcher {matcher}{region}");
        Change::new(title, Blast::Resource).form(Form::Command(command)).patch(Patch::set(
            group.node(),
            "Matcher",
            json!({ key: codes }),
        ))
    }
}
