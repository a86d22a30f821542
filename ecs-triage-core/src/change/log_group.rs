//! Changes of log groups.

use serde_json::json;

use super::{Blast, Change, Form, Patch};
use crate::evidence::Request;
use crate::template::shell_name;

impl Change {
    /// Makes a log group.
    pub(crate) fn log_group(name: &str, region: &str) -> Self {
        let command = format!(
            "aws logs create-log-group --log-group-name {} --region {}",
            shell_name(name),
            shell_name(region)
        );
        let request = Request::new("logs", "DescribeLogGroups", json!({ "logGroupNamePrefix": name }));
        Change::new("Make the log group", Blast::Resource)
            .form(Form::Command(command))
            .patch(Patch::Answer { request, answer: json!({ "logGroups": [{ "logGroupName": name }] }) })
    }
}
