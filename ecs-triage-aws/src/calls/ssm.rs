//! AWS Systems Manager: what a parameter is, never its value.

use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use serde_json::Value;

use crate::sdk::raw::operations;
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    operations!(client, call, {
        "DescribeParameters" => describe_parameters,
    })
}
