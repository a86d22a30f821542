//! Amazon ECR.

use aws_config::SdkConfig;
use aws_sdk_ecr::Client;
use serde_json::Value;

use crate::sdk::raw::operations;
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    operations!(client, call, {
        "BatchGetImage" => batch_get_image,
        "DescribeImages" => describe_images,
        "DescribeRepositories" => describe_repositories,
        "GetLifecyclePolicy" => get_lifecycle_policy,
        "GetRepositoryPolicy" => get_repository_policy,
    })
}
