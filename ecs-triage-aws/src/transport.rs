//! How a call reaches AWS: the one thing that the loop needs from the world.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use ecs_triage_core::evidence::Request;
use ecs_triage_core::report::Want;
use serde_json::Value;

/// A future on the heap, so that a [`Transport`] can be a trait object without any runtime.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Makes read-only calls of AWS.
///
/// The AWS SDK is one (feature `sdk`), a Lambda function's client, a proxy or a folder of recorded calls another.
///
/// ```
/// use ecs_triage_aws::transport::{BoxFuture, Call, CallError, Transport};
/// use serde_json::{Value, json};
///
/// /// An account without tasks.
/// struct Empty;
///
/// impl Transport for Empty {
///     fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Value, CallError>> {
///         Box::pin(async move {
///             match call.request.operation.as_str() {
///                 "ListTasks" => Ok(json!({ "taskArns": [] })),
///                 other => Err(CallError::refused("AccessDeniedException", format!("not {other}"))),
///             }
///         })
///     }
/// }
/// ```
pub trait Transport: Send + Sync {
    /// Makes one call and gives its answer as JSON with botocore's names, as the AWS CLI or the API prints it. Answers
    /// of several pages are fetched page by page: one call is one request.
    ///
    /// A call that is refused or fails ends in an error; the triage goes on without it.
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Value, CallError>>;

    /// Ends after a while. Time-outs are made of it: a transport that keeps the default never times out here, and has
    /// to end its calls itself.
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    /// The Region of calls that name none, for messages.
    fn region(&self) -> Option<&str> {
        None
    }
}

/// One read-only call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// Service, operation and parameters with botocore's names.
    pub request: Request,
    /// Region to ask; `None` is the transport's own.
    pub region: Option<String>,
}

impl Call {
    /// A call in the transport's own Region.
    pub fn new(service: &str, operation: &str, params: Value) -> Self {
        Self { request: Request::new(service, operation, params), region: None }
    }

    /// In another Region, if one is given.
    #[must_use]
    pub fn in_region(mut self, region: Option<&str>) -> Self {
        self.region = region.map(str::to_owned);
        self
    }
}

impl From<&Want> for Call {
    fn from(want: &Want) -> Self {
        Self::new(&want.service, &want.operation, want.params.clone()).in_region(want.region.as_deref())
    }
}

/// `ecs:DescribeTasks`
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.request.service, self.request.operation)
    }
}

/// Why a call has no answer.
///
/// None of them ends the triage, except where [`CallError::is_about_credentials`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// AWS answered with an error: a refusal, a thing that does not exist, throttling, a fault of its own.
    #[error("{code}: {message}")]
    Answered {
        /// Error code: `AccessDeniedException`.
        code: String,
        /// What the service said.
        message: String,
    },
    /// No answer came in time, or the connection broke; the network between here and AWS is at fault.
    #[error("{0}")]
    NoAnswer(String),
    /// There are no credentials, or they could not be fetched.
    #[error("{0}")]
    NoCredentials(String),
    /// An answer came that is none: it was cut, or is not what the service promises.
    #[error("{0}")]
    Garbled(String),
    /// The feature of this crate that makes the call was not compiled.
    #[error("this build cannot make calls of {service}; build it with the feature `{feature}`")]
    NotCompiled {
        /// Service as botocore names it.
        service: String,
        /// Feature of the crate `ecs-triage-aws`.
        feature: &'static str,
    },
    /// The call is none of those that this crate makes.
    #[error("`{0}` is not among the read-only calls that are made here")]
    NotAllowed(String),
}

/// Codes of AWS that say that the caller is not known, or no longer.
const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

/// Codes of AWS for a caller that is known and may not.
const REFUSALS: &[&str] =
    &["AccessDenied", "AccessDeniedException", "AuthorizationError", "Forbidden", "UnauthorizedOperation"];

impl CallError {
    /// AWS answered with an error code.
    pub fn refused(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Answered { code: code.into(), message: message.into() }
    }

    /// Whether every other call would end in the same way: there are no valid credentials.
    pub fn is_about_credentials(&self) -> bool {
        match self {
            Self::NoCredentials(_) => true,
            Self::Answered { code, .. } => CREDENTIALS.contains(&code.as_str()),
            _ => false,
        }
    }

    /// Whether a permission is missing.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Answered { code, .. } if REFUSALS.contains(&code.as_str()))
    }

    /// The code under which the failure is recorded; those that AWS never saw have a name of botocore's.
    pub fn code(&self) -> &str {
        match self {
            Self::Answered { code, .. } => code,
            Self::NoAnswer(_) => "ReadTimeoutError",
            Self::NoCredentials(_) => "NoCredentialsError",
            Self::Garbled(_) => "ResponseParserError",
            Self::NotCompiled { .. } => "UnknownServiceError",
            Self::NotAllowed(_) => "OperationNotAllowed",
        }
    }

    /// What is recorded with the code.
    pub fn message(&self) -> String {
        match self {
            Self::Answered { message, .. } => message.clone(),
            other => other.to_string(),
        }
    }
}
