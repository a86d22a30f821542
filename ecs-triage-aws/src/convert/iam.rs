//! AWS IAM.

use aws_sdk_iam::operation::get_policy::GetPolicyOutput;
use aws_sdk_iam::operation::get_policy_version::GetPolicyVersionOutput;
use aws_sdk_iam::operation::get_role::GetRoleOutput;
use aws_sdk_iam::operation::get_role_policy::GetRolePolicyOutput;
use aws_sdk_iam::operation::list_attached_role_policies::ListAttachedRolePoliciesOutput;
use aws_sdk_iam::operation::list_role_policies::ListRolePoliciesOutput;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, PermissionsBoundaryAttachmentType, Policy, PolicyVersion,
    Role, RoleLastUsed,
};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{members, words};

words!(PermissionsBoundaryAttachmentType);

pub(crate) fn get_role(answer: &GetRoleOutput) -> Value {
    members!(answer, { "Role": inner role (role) })
}

fn role(role: &Role) -> Value {
    let mut converted = members!(role, {
        "Path": text path,
        "RoleName": text role_name,
        "RoleId": text role_id,
        "Arn": text arn,
        "CreateDate": time create_date,
        "Description": text description,
        "MaxSessionDuration": scalar max_session_duration,
        "PermissionsBoundary": inner permissions_boundary (boundary),
        "RoleLastUsed": inner role_last_used (last_used),
    });
    if let Some(policy) = role.assume_role_policy_document() {
        converted["AssumeRolePolicyDocument"] = document(policy);
    }
    converted
}

fn boundary(boundary: &AttachedPermissionsBoundary) -> Value {
    members!(boundary, {
        "PermissionsBoundaryType": word permissions_boundary_type,
        "PermissionsBoundaryArn": text permissions_boundary_arn,
    })
}

fn last_used(used: &RoleLastUsed) -> Value {
    members!(used, { "LastUsedDate": time last_used_date, "Region": text region })
}

pub(crate) fn list_attached_role_policies(answer: &ListAttachedRolePoliciesOutput) -> Value {
    members!(answer, {
        "AttachedPolicies": list attached_policies (attached),
        "IsTruncated": scalar is_truncated,
        "Marker": text marker,
    })
}

fn attached(policy: &AttachedPolicy) -> Value {
    members!(policy, { "PolicyName": text policy_name, "PolicyArn": text policy_arn })
}

pub(crate) fn list_role_policies(answer: &ListRolePoliciesOutput) -> Value {
    members!(answer, {
        "PolicyNames": texts policy_names,
        "IsTruncated": scalar is_truncated,
        "Marker": text marker,
    })
}

pub(crate) fn get_role_policy(answer: &GetRolePolicyOutput) -> Value {
    let mut converted = members!(answer, { "RoleName": text role_name, "PolicyName": text policy_name });
    converted["PolicyDocument"] = document(answer.policy_document());
    converted
}

pub(crate) fn get_policy(answer: &GetPolicyOutput) -> Value {
    members!(answer, { "Policy": inner policy (policy) })
}

fn policy(policy: &Policy) -> Value {
    members!(policy, {
        "PolicyName": text policy_name,
        "Arn": text arn,
        "Path": text path,
        "DefaultVersionId": text default_version_id,
        "AttachmentCount": scalar attachment_count,
        "Description": text description,
        "CreateDate": time create_date,
        "UpdateDate": time update_date,
    })
}

pub(crate) fn get_policy_version(answer: &GetPolicyVersionOutput) -> Value {
    members!(answer, { "PolicyVersion": inner policy_version (version) })
}

fn version(version: &PolicyVersion) -> Value {
    let mut converted = members!(version, {
        "VersionId": text version_id,
        "IsDefaultVersion": scalar is_default_version,
        "CreateDate": time create_date,
    });
    if let Some(policy) = version.document() {
        converted["Document"] = document(policy);
    }
    converted
}

/// The API percent-encodes policies; the CLI and boto3 give the object in them.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
fn document(encoded: &str) -> Value {
    let decoded = percent_decode_str(encoded).decode_utf8_lossy();
    serde_json::from_str(&decoded).unwrap_or_else(|_| Value::from(encoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn policies_are_decoded_and_never_lost() {
        assert_eq!(document("%7B%22Statement%22%3A%5B%5D%7D"), json!({ "Statement": [] }));
        assert_eq!(document("{\"Statement\": []}"), json!({ "Statement": [] }));
        assert_eq!(document("%7Bcut"), json!("%7Bcut"));
    }
}
