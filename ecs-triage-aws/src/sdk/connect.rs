//! Where the calls go, and as whom.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder, Connector, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::Sdk;

/// Which account and Region, where the environment and the profile do not say, or shall not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connection {
    /// Region; `None` is that of the environment or the profile.
    pub region: Option<String>,
    /// Profile of the shared configuration; `None` is that of the environment, else `default`.
    pub profile: Option<String>,
    /// ARN of a role to assume first.
    pub role_arn: Option<String>,
    /// Endpoint of every service, for an AWS-compatible server; `None` is AWS, unless the environment says otherwise.
    pub endpoint_url: Option<String>,
}

impl Connection {
    /// In a Region.
    #[must_use]
    pub fn region(mut self, region: Option<impl Into<String>>) -> Self {
        self.region = region.map(Into::into);
        self
    }

    /// With a profile of the shared configuration.
    #[must_use]
    pub fn profile(mut self, profile: Option<impl Into<String>>) -> Self {
        self.profile = profile.map(Into::into);
        self
    }

    /// As a role.
    #[must_use]
    pub fn role_arn(mut self, role: Option<impl Into<String>>) -> Self {
        self.role_arn = role.map(Into::into);
        self
    }

    /// To an AWS-compatible server.
    #[must_use]
    pub fn endpoint_url(mut self, url: Option<impl Into<String>>) -> Self {
        self.endpoint_url = url.map(Into::into);
        self
    }
}

/// Why there can be no calls at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// Neither the caller nor the environment nor the profile names a Region.
    #[error("no Region is known: give --region, set AWS_REGION, or put `region` into the profile")]
    NoRegion,
    /// The environment, or the caller, names an endpoint that is none.
    #[error("`{name}` is no URL of an endpoint: unset it, or give one such as `http://127.0.0.1:5000`")]
    Endpoint {
        /// The variable of the environment, or `--endpoint-url`.
        name: String,
    },
}

/// A connection that takes longer does not come about.
const CONNECT: Duration = Duration::from_millis(3_100);
/// One attempt, and all attempts of a request.
const ATTEMPT: Duration = Duration::from_secs(8);
const REQUEST: Duration = Duration::from_secs(18);
/// Attempts of a request before it counts as throttled or failed.
const ATTEMPTS: u32 = 4;

impl Sdk {
    /// Reads the standard environment and configuration of AWS. Makes no call, except to assume a role.
    ///
    /// # Errors
    /// [`ConnectError::NoRegion`] when no Region is known, [`ConnectError::Endpoint`] when an endpoint is no URL. Missing credentials show at the first call.
    pub async fn connect(connection: &Connection) -> Result<Self, ConnectError> {
        check_endpoints(connection)?;
        let own = loader(connection).load().await;
        if own.region().is_none() {
            return Err(ConnectError::NoRegion);
        }
        let Some(role) = &connection.role_arn else { return Ok(Self::new(own)) };
        let assumed =
            AssumeRoleProvider::builder(role).session_name("ecs-triage").configure(&own).build().await;
        Ok(Self::new(loader(connection).credentials_provider(assumed).load().await))
    }
}

/// The SDK panics over an endpoint that is empty.
fn check_endpoints(connection: &Connection) -> Result<(), ConnectError> {
    let given = connection.endpoint_url.iter().map(|url| ("--endpoint-url".to_owned(), url.clone()));
    let of_environment = std::env::vars_os().filter_map(|(name, url)| {
        let name = name.to_str().filter(|name| name.starts_with("AWS_ENDPOINT_URL"))?;
        Some((name.to_owned(), url.to_string_lossy().into_owned()))
    });
    let is_url = |url: &str| url.starts_with("http://") || url.starts_with("https://");
    match given.chain(of_environment).find(|(_, url)| !is_url(url)) {
        Some((name, _)) => Err(ConnectError::Endpoint { name }),
        None => Ok(()),
    }
}

fn loader(connection: &Connection) -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(REQUEST)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http_client())
        .retry_config(RetryConfig::adaptive().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts);
    if let Ok(name) = AppName::new("ecs-triage") {
        loader = loader.app_name(name);
    }
    if let Some(region) = &connection.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &connection.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &connection.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    loader
}

/// As the SDK's own, proxies of the environment included, with the cryptography that compiles fastest.
fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    })
}
