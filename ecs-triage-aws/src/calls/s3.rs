//! Amazon S3: whether an object is there, and who may read it; never what is in it.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use serde_json::Value;

use crate::convert::s3 as convert;
use crate::sdk::{Params, failed};
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    let params = Params::of(call);
    let bucket = params.text("Bucket");
    match call.request.operation.as_str() {
        "GetBucketPolicy" => {
            let built = client.get_bucket_policy().set_bucket(bucket);
            built.send().await.map(|answer| convert::get_bucket_policy(&answer)).map_err(failed)
        }
        "HeadObject" => {
            let built = client.head_object().set_bucket(bucket).set_key(params.text("Key"));
            built.send().await.map(|answer| convert::head_object(&answer)).map_err(failed)
        }
        _ => Err(CallError::NotAllowed(call.to_string())),
    }
}
