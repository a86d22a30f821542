//! The transport that is the AWS SDK for Rust.
//!
//! ```no_run
//! use ecs_triage_aws::live::{Options, Target, triage};
//! use ecs_triage_aws::sdk::{Connection, Sdk};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let sdk = Sdk::connect(&Connection::default()).await?;
//! let found = triage(&sdk, &Target::service("web").in_cluster("prod"), &Options::default()).await;
//! println!("{}", found.report().to_markdown());
//! # Ok(())
//! # }
//! ```

mod connect;
mod error;
mod params;
pub(crate) mod raw;

use std::time::Duration;

use aws_config::{Region, SdkConfig};
use serde_json::Value;

use crate::allowed::allowed;
use crate::calls;
use crate::transport::{BoxFuture, Call, CallError, Transport};

pub use connect::{ConnectError, Connection};
pub(crate) use error::failed;
pub(crate) use params::Params;

/// Makes calls with the AWS SDK: its credentials, endpoints, adaptive retries and time-outs.
///
/// Needs a Tokio runtime with its timer and its network.
#[derive(Debug, Clone)]
pub struct Sdk {
    config: SdkConfig,
    region: Option<String>,
}

impl Sdk {
    /// A transport of a configuration that is at hand.
    pub fn new(config: SdkConfig) -> Self {
        let region = config.region().map(ToString::to_string);
        Self { config, region }
    }

    async fn make(&self, call: &Call) -> Result<Value, CallError> {
        let service = call.request.service.as_str();
        // What is not listed is never made, whoever asks for it.
        let Some(known) = allowed(service, &call.request.operation) else {
            return Err(CallError::NotAllowed(call.to_string()));
        };
        let other = call.region.clone().filter(|region| Some(region) != self.region.as_ref());
        let config = match other {
            Some(region) => &self.config.to_builder().region(Region::new(region)).build(),
            None => &self.config,
        };
        match service {
            "cloudwatch" => calls::cloudwatch::call(config, call).await,
            "ecr" => calls::ecr::call(config, call).await,
            "ecs" => calls::ecs::call(config, call).await,
            "iam" => calls::iam::call(config, call).await,
            "logs" => calls::logs::call(config, call).await,
            #[cfg(feature = "network")]
            "ec2" => calls::ec2::call(config, call).await,
            #[cfg(feature = "elb")]
            "elb" => calls::elb::call(config, call).await,
            #[cfg(feature = "elb")]
            "elbv2" => calls::elbv2::call(config, call).await,
            #[cfg(feature = "quotas")]
            "service-quotas" => calls::quotas::call(config, call).await,
            #[cfg(feature = "secrets")]
            "kms" => calls::kms::call(config, call).await,
            #[cfg(feature = "secrets")]
            "secretsmanager" => calls::secretsmanager::call(config, call).await,
            #[cfg(feature = "secrets")]
            "ssm" => calls::ssm::call(config, call).await,
            #[cfg(feature = "storage")]
            "efs" => calls::efs::call(config, call).await,
            #[cfg(feature = "storage")]
            "s3" => calls::s3::call(config, call).await,
            #[cfg(feature = "trail")]
            "cloudtrail" => calls::cloudtrail::call(config, call).await,
            _ => Err(CallError::NotCompiled { service: service.to_owned(), feature: known.feature() }),
        }
    }
}

impl Transport for Sdk {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Value, CallError>> {
        Box::pin(self.make(call))
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }
}
