//! Amazon EFS, whose parameters stand in path and query and whose answers are JSON.

use aws_config::SdkConfig;
use aws_sdk_efs::Client;
use serde_json::Value;

use crate::sdk::raw::Raw;
use crate::sdk::{Params, failed};
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    let params = Params::of(call);
    let raw = Raw::answer_only();
    let (file_system, marker) = (params.text("FileSystemId"), params.text("Marker"));
    match call.request.operation.as_str() {
        "DescribeAccessPoints" => {
            let built = client
                .describe_access_points()
                .set_access_point_id(params.text("AccessPointId"))
                .set_file_system_id(file_system)
                .set_next_token(params.text("NextToken"));
            built.customize().interceptor(raw.clone()).send().await.map_err(failed)?;
        }
        "DescribeFileSystemPolicy" => {
            let built = client.describe_file_system_policy().set_file_system_id(file_system);
            built.customize().interceptor(raw.clone()).send().await.map_err(failed)?;
        }
        "DescribeMountTargetSecurityGroups" => {
            let built = client
                .describe_mount_target_security_groups()
                .set_mount_target_id(params.text("MountTargetId"));
            built.customize().interceptor(raw.clone()).send().await.map_err(failed)?;
        }
        "DescribeMountTargets" => {
            let built = client.describe_mount_targets().set_file_system_id(file_system).set_marker(marker);
            built.customize().interceptor(raw.clone()).send().await.map_err(failed)?;
        }
        _ => return Err(CallError::NotAllowed(call.to_string())),
    }
    raw.answer()
}
