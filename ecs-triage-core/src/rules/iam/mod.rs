//! Roles and policies: who was refused what, by which policy, and which role has to change.

mod access;
mod call;
mod ecr_credentials;
mod endpoint_policy;
mod execution;
mod logs;
mod managed_instances;
mod mount;
mod policy;
mod pull;
mod repair;
mod repository;
mod secrets;
mod settle;
mod task_role;
mod trust;
mod trust_policy;
mod words;

pub(super) use call::{ACTION_DENIED, is_of_agent};
pub(super) use ecr_credentials::IMAGE_ECR_CREDENTIALS_MISSING;
pub(super) use execution::EXECUTION_ROLE_MISSING;
pub(super) use logs::{CREATE_GROUP_DENIED, STREAM_DENIED};
pub(super) use managed_instances::LAUNCH_DENIED;
pub(super) use mount::{EFS_DENIED, S3FILES_DENIED};
pub(super) use policy::{ENDPOINT_POLICY_DENIED, EXPLICIT_DENY};
pub(super) use pull::{AUTH_TOKEN_DENIED, PULL_DENIED, REPOSITORY_POLICY_DENIED};
pub(super) use secrets::{ASM_DENIED, KMS_DENIED, S3_ENVFILE_DENIED, SSM_DENIED};
pub(super) use task_role::{NOT_DELIVERED, finds_no_credentials};
pub use trust::RoleReference;
pub(super) use trust::{
    INFRASTRUCTURE_ROLE, ROLE_TRUST, SERVICE_LINKED_ROLE, SERVICE_MAINTENANCE, SERVICE_ROLE,
};

use super::{Access, Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};

/// The calls that show what a role may do, cheapest first.
const ROLE_LOOKUPS: [Ask; 3] = [
    Ask::new(
        "iam",
        "ListAttachedRolePolicies",
        r#"{"RoleName": "{role}"}"#,
        "names the managed policies of the role; without one that allows the action the refusal is confirmed",
    ),
    Ask::new("iam", "ListRolePolicies", r#"{"RoleName": "{role}"}"#, "names the inline policies of the role"),
    Ask::new(
        "iam",
        "GetRole",
        r#"{"RoleName": "{role}"}"#,
        "shows whether the role exists and has a permissions boundary",
    ),
];

/// The task definition, when it is not at hand.
const TASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{missingDefinition}"}"#,
    "shows the roles, volumes and secrets that the task asks for",
);
