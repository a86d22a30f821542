//! AWS Secrets Manager: what a secret is, never its value.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use serde_json::Value;

use crate::sdk::raw::operations;
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    operations!(client, call, {
        "DescribeSecret" => describe_secret,
        "GetResourcePolicy" => get_resource_policy,
    })
}
