//! AWS IAM; one endpoint serves every Region.

use aws_config::SdkConfig;
use aws_sdk_iam::Client;
use serde_json::Value;

use crate::convert::iam as convert;
use crate::sdk::{Params, failed};
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    let params = Params::of(call);
    let role = params.text("RoleName");
    let (policy, marker) = (params.text("PolicyArn"), params.text("Marker"));
    match call.request.operation.as_str() {
        "GetRole" => client
            .get_role()
            .set_role_name(role)
            .send()
            .await
            .map(|answer| convert::get_role(&answer))
            .map_err(failed),
        "ListAttachedRolePolicies" => {
            let call = client.list_attached_role_policies().set_role_name(role).set_marker(marker);
            call.send().await.map(|answer| convert::list_attached_role_policies(&answer)).map_err(failed)
        }
        "ListRolePolicies" => {
            let call = client.list_role_policies().set_role_name(role).set_marker(marker);
            call.send().await.map(|answer| convert::list_role_policies(&answer)).map_err(failed)
        }
        "GetRolePolicy" => {
            let call =
                client.get_role_policy().set_role_name(role).set_policy_name(params.text("PolicyName"));
            call.send().await.map(|answer| convert::get_role_policy(&answer)).map_err(failed)
        }
        "GetPolicy" => {
            let call = client.get_policy().set_policy_arn(policy);
            call.send().await.map(|answer| convert::get_policy(&answer)).map_err(failed)
        }
        "GetPolicyVersion" => {
            let call =
                client.get_policy_version().set_policy_arn(policy).set_version_id(params.text("VersionId"));
            call.send().await.map(|answer| convert::get_policy_version(&answer)).map_err(failed)
        }
        _ => Err(CallError::NotAllowed(call.to_string())),
    }
}
