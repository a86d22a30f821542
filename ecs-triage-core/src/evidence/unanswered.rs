//! Errors that tell nothing of what was asked.

use super::Request;
use super::text::ApiError;

/// Codes for a caller that may not look.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>
const REFUSED: &[&str] =
    &["AccessDenied", "AccessDeniedException", "AuthorizationError", "Forbidden", "UnauthorizedOperation"];

/// Codes that are about the call, not about what was asked: who asked, how often, and how AWS and the network fared.
/// Those of the last lines are botocore's, for calls that AWS never answered.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html>
#[rustfmt::skip]
const UNANSWERED: &[&str] = &[
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId",
    "InvalidSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "OptInRequired",
    "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException",
    "BandwidthLimitExceeded", "LimitExceededException", "RequestLimitExceeded", "RequestThrottled",
    "RequestThrottledException", "SlowDown", "Throttling", "ThrottlingException", "ThrottledException",
    "TooManyRequestsException",
    "InternalError", "InternalFailure", "InternalServerError", "InternalServiceError", "InternalServiceException",
    "RequestTimeout", "RequestTimeoutException", "ServerException", "ServiceUnavailable",
    "ServiceUnavailableException", "Unavailable",
    "InvalidAction", "NotImplemented", "UnknownOperationException",
    "ConnectTimeoutError", "EndpointConnectionError", "NoCredentialsError", "OperationNotAllowed", "ReadTimeoutError",
    "ResponseParserError", "UnknownServiceError",
];

impl ApiError<'_> {
    /// Whether the caller may not look.
    pub fn is_refusal(&self) -> bool {
        self.code().is_some_and(|code| REFUSED.contains(&code))
    }

    /// Whether the error is about the call and tells nothing of what was asked.
    pub fn tells_nothing(&self) -> bool {
        self.is_refusal() || self.code().is_some_and(|code| UNANSWERED.contains(&code))
    }
}

impl Request {
    /// Whether this is a look that was recorded with its parameters, as adapters make them for the engine.
    pub(crate) fn is_look(&self) -> bool {
        let verbs = ["Describe", "Get", "List", "Lookup", "Filter", "BatchGet", "Head"];
        !self.params.is_null() && verbs.iter().any(|verb| self.operation.starts_with(verb))
    }
}
