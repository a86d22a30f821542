//! Roles and policies.

mod ecr_credentials;

pub(super) use ecr_credentials::IMAGE_ECR_CREDENTIALS_MISSING;
