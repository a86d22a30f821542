//! Names of errors, retries, AWS error codes and HTTP statuses.

use std::borrow::Cow;
use std::fmt;

use super::text::Text;

/// The name in front of an error, such as `CannotPullContainerError`, in its canonical spelling.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ErrorName(Cow<'static, str>);

impl ErrorName {
    /// The name. A known one is spelt as the agent spells it, whatever the case in the message.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ErrorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The agent's names, those of Fargate, and AWS's own misspellings.
/// <https://github.com/aws/amazon-ecs-agent/blob/master/agent/dockerclient/dockerapi/errors.go>
const NAMES: &[&str] = &[
    "CannotPullContainerError",
    "CannotPullImageManifestError",
    "CannotPullECRContainerError",
    "CannotPullContainerAuthError",
    "CannotCreateContainerError",
    "CannotStartContainerError",
    "CannotStopContainerError",
    "CannotInspectContainerError",
    "CannotDescribeContainerError",
    "CannotRemoveContainerError",
    "CannotListContainersError",
    "CannotListImagesError",
    "CannotGetContainerTopError",
    "CannotGetDockerclientError",
    "CannotGetDockerClientVersionError",
    "CannotCreateVolumeError",
    "CannotInspectVolumeError",
    "CannotRemoveVolumeError",
    "CannotListPluginsError",
    "CannotCreateContainerExecError",
    "CannotStartContainerExecError",
    "CannotInspectContainerExecError",
    "ResourceInitializationError",
    "OutOfMemoryError",
    "DockerTimeoutError",
    "DockerStateError",
    "DataplaneError",
    "ContainerRuntimeError",
    "ContainerRuntimeTimeoutError",
    "ContainerNetworkingError",
    "ContainerVanishedError",
    "NoSuchContainerError",
    "ImpossibleStateTransitionError",
    "TaskDependencyError",
    "TaskStoppedBeforePullBeginError",
    "TaskStateError",
    "TaskResourceError",
    "HostConfigError",
    "DockerClientConfigError",
    "InvalidVolumeError",
    "UnrecogniedTaskError",
    "CgroupError",
    "VolumeError",
    "InternalError",
    "UnknownError",
    "RequestError",
    "CredentialsEndpointError",
];

/// Names of the agent that do not end in "Error".
const OTHER_NAMES: &[&str] = &["UnparsablePort", "UnrecognizedTransportProtocol"];

/// No name is longer, in bytes; what is would be looked at again and again.
const LONGEST: usize = 64;

/// The names in a message, outermost first, each once.
pub(super) fn names(text: &Text) -> Vec<ErrorName> {
    let mut names: Vec<ErrorName> = Vec::new();
    for name in OTHER_NAMES {
        if text.text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            names.push(ErrorName(Cow::Borrowed(name)));
        }
    }
    let bytes = text.folded.as_bytes();
    for at in text.places("error") {
        let end = at + "error".len();
        let start =
            at - bytes[..at].iter().rev().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric()).count();
        if start == at || start > 0 && matches!(bytes[start - 1], b'.' | b'/' | b'-' | b'_' | b'@' | b'$') {
            continue;
        }
        let follows = bytes.get(end);
        if follows.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
            continue;
        }
        let found = &text.text[start..end];
        let name = match known(NAMES, found) {
            Some(name) => ErrorName(Cow::Borrowed(name)),
            None if follows == Some(&b':') && is_camel_case(found) => ErrorName(Cow::Owned(found.to_owned())),
            None => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `N` of "has been retried N time(s)".
pub(super) fn retried(text: &Text) -> Option<u32> {
    let from = text.after("been retried ", 0)?;
    // Digits at the end of a message may be cut.
    let digits = text.token(from, &[]);
    digits.closed.then_some(())?;
    text.number(from)
}

/// Codes of AWS services that do not end in "Exception", in the forms in which ECS's messages have them.
const CODES: &[&str] = &[
    "AccessDenied",
    "AuthFailure",
    "ExpiredToken",
    "Forbidden",
    "IdempotentParameterMismatch",
    "InsufficientCapacity",
    "InsufficientFreeAddressesInSubnet",
    "InsufficientInstanceCapacity",
    "InternalFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidGroup.NotFound",
    "InvalidParameterValue",
    "InvalidSecurityGroupID.NotFound",
    "InvalidSubnet",
    "InvalidSubnetID.NotFound",
    "MaxSpotInstanceCountExceeded",
    "NetworkInterfaceLimitExceeded",
    "NoSuchBucket",
    "NoSuchKey",
    "NotFound",
    "RequestExpired",
    "RequestLimitExceeded",
    "SecurityGroupLimitExceeded",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "SlowDown",
    "TagPolicyViolation",
    "Throttling",
    "UnauthorizedOperation",
    "UnfulfillableCapacity",
    "Unsupported",
    "VcpuLimitExceeded",
];

/// Codes that are also words of other texts: they count in front of a colon alone.
const PLAIN_WORDS: &[&str] = &["Forbidden", "NotFound", "ServiceUnavailable", "Throttling", "Unsupported"];

/// The code that an AWS service answered with.
pub(super) fn aws_code(text: &Text) -> Option<String> {
    // How the SDK for Go v2, the CLI with boto3, and the SDK for Java print it.
    for (mark, closer) in [("api error ", ':'), ("an error occurred (", ')'), ("error code: ", ';')] {
        let Some(from) = text.after(mark, 0) else {
            continue;
        };
        let token = text.token(from, &[closer]);
        if token.closed && is_code(token.text) {
            return Some(canonical(token.text));
        }
    }
    words(text)
        .find(|(word, before, after)| is_code_in_text(word, *before, *after))
        .map(|(word, ..)| canonical(word))
}

/// Each run of letters, digits and inner dots, with the bytes around it.
fn words(text: &Text) -> impl Iterator<Item = (&str, Option<u8>, Option<u8>)> {
    let whole = text.text.as_str();
    let mut from = 0;
    std::iter::from_fn(move || {
        let bytes = whole.as_bytes();
        let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'.';
        let start = from + bytes[from..].iter().position(|b| b.is_ascii_alphabetic())?;
        let run = bytes[start..].iter().take_while(|b| is_word(**b)).count();
        from = start + run;
        let word = whole[start..from].trim_end_matches('.');
        let before = start.checked_sub(1).map(|i| bytes[i]);
        Some((word, before, bytes.get(start + word.len()).copied()))
    })
}

fn is_code_in_text(word: &str, before: Option<u8>, after: Option<u8>) -> bool {
    if word.len() < "SlowDown".len()
        || before.is_some_and(|b| matches!(b, b'.' | b'/' | b'-' | b'_' | b'$' | b'@'))
    {
        return false;
    }
    if ends_with_exception(word) {
        // "java.lang.RuntimeException" is an application's.
        return !word.contains('.') && after.is_none_or(|b| !matches!(b, b'-' | b'_' | b'/'));
    }
    match known(CODES, word) {
        Some(code) => !PLAIN_WORDS.contains(&code) || after == Some(b':'),
        None => false,
    }
}

fn is_code(token: &str) -> bool {
    token.len() > 3
        && token.starts_with(|c: char| c.is_ascii_alphabetic())
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
}

fn ends_with_exception(word: &str) -> bool {
    const TAIL: &str = "exception";
    word.len() > TAIL.len()
        && word.as_bytes()[word.len() - TAIL.len()..].eq_ignore_ascii_case(TAIL.as_bytes())
}

/// Exceptions that rules compare with, for messages that came in lower case.
const EXCEPTIONS: &[&str] = &[
    "AccessDeniedException",
    "ClientException",
    "ClusterNotFoundException",
    "DecryptionFailure",
    "ExpiredTokenException",
    "InvalidParameterException",
    "InvalidRequestException",
    "InvalidSignatureException",
    "LimitExceededException",
    "ParameterNotFound",
    "PlatformTaskDefinitionIncompatibilityException",
    "RepositoryNotFoundException",
    "ResourceNotFoundException",
    "ServerException",
    "ServiceNotActiveException",
    "ServiceNotFoundException",
    "TargetNotConnectedException",
    "ThrottlingException",
    "TooManyRequestsException",
    "UnrecognizedClientException",
    "ValidationException",
];

fn canonical(code: &str) -> String {
    known(CODES, code).or_else(|| known(EXCEPTIONS, code)).unwrap_or(code).to_owned()
}

fn known(table: &[&'static str], word: &str) -> Option<&'static str> {
    table.iter().find(|name| name.eq_ignore_ascii_case(word)).copied()
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.ends_with("Error")
}

/// Reason phrases that follow a status on its own, as in `403 Forbidden`.
const REASONS: &[&str] = &[
    " bad request",
    " unauthorized",
    " forbidden",
    " not found",
    " method not allowed",
    // It may be cut: no other status is called so.
    " too m",
    " internal server error",
    " bad gateway",
    " service unavailable",
    " gateway time",
];

/// The status with which a server answered. Docker's own `API error (500)` is not one, and neither are the codes of a
/// health check.
pub(super) fn http_status(text: &Text) -> Option<u16> {
    for mark in ["status code: ", "statuscode: ", "status code ", "http status: ", "error parsing http "] {
        let status = text.after(mark, 0).and_then(|from| status_at(text, from));
        if status.is_some() {
            return status;
        }
    }
    // Docker of newer versions leaves the number out.
    if text.says("/v2/\": service unavailable") {
        return Some(503);
    }
    let mut alone = REASONS.iter().flat_map(|reason| text.places(reason)).filter_map(|end| {
        let start = end.checked_sub(3)?;
        (start == 0 || text.folded.as_bytes()[start - 1] == b' ').then(|| status_at(text, start))?
    });
    alone.next()
}

/// Three digits, no more, that can be a status. The SDK prints 0 when there was no answer.
fn status_at(text: &Text, from: usize) -> Option<u16> {
    let digits = text.folded.get(from..from + 3)?;
    let more = text.folded.as_bytes().get(from + 3).is_some_and(u8::is_ascii_digit);
    let status: u16 = digits.parse().ok()?;
    (!more && (100..600).contains(&status)).then_some(status)
}
