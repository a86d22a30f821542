//! Elastic Load Balancing, first version: Classic Load Balancers.

use aws_config::SdkConfig;
use aws_sdk_elasticloadbalancing::Client;
use serde_json::Value;

use crate::convert::elb as convert;
use crate::sdk::{Params, failed};
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    let params = Params::of(call);
    match call.request.operation.as_str() {
        "DescribeInstanceHealth" => {
            let built =
                client.describe_instance_health().set_load_balancer_name(params.text("LoadBalancerName"));
            built.send().await.map(|answer| convert::describe_instance_health(&answer)).map_err(failed)
        }
        _ => Err(CallError::NotAllowed(call.to_string())),
    }
}
