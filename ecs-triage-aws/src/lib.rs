//! What stands between `ecs-triage-core` and the world: live triage over any transport, the transport that is the AWS SDK
//! (feature `sdk`), and the `ecs-triage` command.
//!
//! Without the AWS SDK, answer calls from whatever holds credentials: a [`transport::Transport`] is one function. With it,
//! [`live::triage`] is the loop of the command: find the task, make the calls that the engine wants, diagnose, until
//! nothing is wanted any more. Only calls of [`ALLOWED`] are made, all of them read-only, and [`policy`] is the smallest
//! IAM policy for them.
//!
//! | feature | what it adds |
//! |---|---|
//! | `sdk` | the AWS SDK with ECS, IAM, ECR, CloudWatch and CloudWatch Logs |
//! | `elb` | target groups and load balancers |
//! | `network` | VPC, subnets, security groups, endpoints, instances |
//! | `secrets` | what Secrets Manager, Parameter Store and KMS say of a secret, never its value |
//! | `storage` | EFS file systems and S3 objects of environment files |
//! | `quotas` | Service Quotas |
//! | `trail` | who called, from CloudTrail |
//! | `full` | all of these |
//! | `mcp` | `ecs-triage mcp`, a server of the Model Context Protocol |
#![forbid(unsafe_code)]

mod allowed;
#[cfg(feature = "sdk")]
mod calls;
pub mod cli;
#[cfg(feature = "sdk")]
mod convert;
pub mod live;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(feature = "sdk")]
pub mod sdk;
pub mod transport;

pub use allowed::{ALLOWED, Allowed, allowed, policy};
