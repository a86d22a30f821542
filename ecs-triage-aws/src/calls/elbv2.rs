//! Elastic Load Balancing, version 2.

use aws_config::SdkConfig;
use aws_sdk_elasticloadbalancingv2::Client;
use serde_json::Value;

use crate::convert::elbv2 as convert;
use crate::sdk::{Params, failed};
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    let params = Params::of(call);
    match call.request.operation.as_str() {
        "DescribeTargetGroups" => {
            let built = client
                .describe_target_groups()
                .set_target_group_arns(params.texts("TargetGroupArns"))
                .set_marker(params.text("Marker"));
            built.send().await.map(|answer| convert::describe_target_groups(&answer)).map_err(failed)
        }
        "DescribeTargetHealth" => {
            let built = client.describe_target_health().set_target_group_arn(params.text("TargetGroupArn"));
            built.send().await.map(|answer| convert::describe_target_health(&answer)).map_err(failed)
        }
        _ => Err(CallError::NotAllowed(call.to_string())),
    }
}
