//! AWS KMS.

use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use serde_json::Value;

use crate::sdk::raw::operations;
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    operations!(client, call, {
        "DescribeKey" => describe_key,
        "GetKeyPolicy" => get_key_policy,
    })
}
