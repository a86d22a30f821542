//! From a want to the call of the SDK, one file a service.

#[cfg(feature = "trail")]
pub(crate) mod cloudtrail;
pub(crate) mod cloudwatch;
#[cfg(feature = "network")]
pub(crate) mod ec2;
pub(crate) mod ecr;
pub(crate) mod ecs;
#[cfg(feature = "storage")]
pub(crate) mod efs;
#[cfg(feature = "elb")]
pub(crate) mod elb;
#[cfg(feature = "elb")]
pub(crate) mod elbv2;
pub(crate) mod iam;
#[cfg(feature = "secrets")]
pub(crate) mod kms;
pub(crate) mod logs;
#[cfg(feature = "quotas")]
pub(crate) mod quotas;
#[cfg(feature = "storage")]
pub(crate) mod s3;
#[cfg(feature = "secrets")]
pub(crate) mod secretsmanager;
#[cfg(feature = "secrets")]
pub(crate) mod ssm;
