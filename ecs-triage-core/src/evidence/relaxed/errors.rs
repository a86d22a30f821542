//! Error lines that AWS clients print.

/// What a call was refused with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal<'a> {
    pub(super) operation: Option<&'a str>,
    pub(super) code: &'a str,
    pub(super) message: &'a str,
}

/// Error codes of ECS and of the calls around it that a client prints in front of a message.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html>
const CODES: &[&str] = &[
    "AccessDeniedException",
    "BlockedException",
    "ClientException",
    "ClusterContainsServicesException",
    "ClusterNotFoundException",
    "ConflictException",
    "ExpiredTokenException",
    "InvalidParameterException",
    "LimitExceededException",
    "MissingVersionException",
    "NoUpdateAvailableException",
    "PlatformTaskDefinitionIncompatibilityException",
    "PlatformUnknownException",
    "ResourceInUseException",
    "ServerException",
    "ServiceNotActiveException",
    "ServiceNotFoundException",
    "TargetNotConnectedException",
    "ThrottlingException",
    "UnrecognizedClientException",
    "UnsupportedFeatureException",
    "UpdateInProgressException",
    "ValidationException",
];

/// The error that a line of the AWS CLI, boto3 or another SDK reports.
pub(super) fn find(line: &str) -> Option<Refusal<'_>> {
    cli(line).or_else(|| go(line)).or_else(|| java(line)).or_else(|| bare(line))
}

/// How an error of the AWS CLI and of boto3 begins.
const CLI: &str = "An error occurred (";

/// Operations whose refusals are looks of whoever collected the evidence; others are the calls of an application.
const LOOKS: &[&str] =
    &["Describe", "List", "Lookup", "Filter", "GetRole", "GetPolicy", "BatchGet", "GetRepository"];

impl Refusal<'_> {
    /// Whether another service than ECS refused it, or ECS's agent tells of what it was refused, in a line of which it
    /// is a part.
    pub(super) fn is_elsewhere(&self, line: &str) -> bool {
        let message = self.message;
        if let Some((_, service)) = line.split_once("(Service: ") {
            return !["AmazonECS", "Ecs", "ECS"].iter().any(|own| service.starts_with(own));
        }
        let action = message.split_once("not authorized to perform").map(|(_, rest)| rest);
        let action = action.map(|rest| rest.trim_start_matches([':', ' ']).to_ascii_lowercase());
        match (self.operation, action) {
            // A look that was refused is evidence for what it looked at.
            (Some(operation), Some(action)) => {
                !LOOKS.iter().any(|look| operation.starts_with(look)) && !is_of_ecs(&action)
            }
            (None, Some(action)) => !is_of_ecs(&action),
            (Some(_), None) => false,
            // For what is cut off; what stands in front tells who speaks.
            (None, None) => {
                let lead = line.split_once(self.code).map_or("", |(lead, _)| lead);
                let is_own = lead.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "ECS");
                let is_told = !is_own && lead.split_whitespace().count() > 4 || message.starts_with("User:");
                self.code == "AccessDeniedException" && is_told || self.code == "ValidationException"
            }
        }
    }
}

fn is_of_ecs(action: &str) -> bool {
    action.starts_with("ecs:") || action.starts_with("iam:passrole") || action.is_empty()
}

/// Whether a line begins with an error of the AWS CLI.
pub(super) fn is_cli(line: &str) -> bool {
    line.starts_with(CLI)
}

/// Where an error of the AWS CLI begins in a line.
pub(super) fn start_of_cli(line: &str) -> Option<usize> {
    line.find(CLI)
}

/// `An error occurred (Code) when calling the Operation operation (reached max retries: 4): message`
fn cli(line: &str) -> Option<Refusal<'_>> {
    let (_, rest) = line.split_once(CLI)?;
    let (code, rest) = rest.split_once(')')?;
    let rest = rest.trim_start();
    let (operation, rest) = match rest.strip_prefix("when calling the ") {
        Some(rest) => {
            let (operation, rest) = rest.split_once(" operation").unwrap_or((rest, ""));
            (is_word(operation).then_some(operation), rest)
        }
        None => (None, rest),
    };
    let message = rest.split_once(':').map_or("", |(retries, message)| {
        // `(reached max retries: 4)` has a colon of its own.
        if retries.contains("(reached") {
            message.split_once("):").map_or(message, |(_, message)| message)
        } else {
            message
        }
    });
    is_word(code).then_some(Refusal { operation, code, message: message.trim() })
}

/// `operation error ECS: RunTask, https response error StatusCode: 400, RequestID: …, api error Code: message`
fn go(line: &str) -> Option<Refusal<'_>> {
    let (_, rest) = line.split_once("operation error ")?;
    let (_service, rest) = rest.split_once(": ")?;
    let (operation, rest) = rest.split_once(',')?;
    let rest = match rest.split_once("api error ") {
        Some((_, rest)) => rest,
        None => rest
            .split_once("RequestID: ")
            .and_then(|(_, rest)| rest.split_once(", "))
            .map_or(rest, |(_, rest)| rest),
    };
    let (code, message) = rest.trim_start().split_once(':')?;
    (is_word(operation) && is_word(code)).then_some(Refusal {
        operation: Some(operation),
        code,
        message: message.trim(),
    })
}

/// `message (Service: AmazonECS; Status Code: 400; Error Code: Code; Request ID: …)`
fn java(line: &str) -> Option<Refusal<'_>> {
    let (head, rest) = line.split_once(" (Service: ")?;
    let (_, code) = rest.split_once("Error Code: ")?;
    let code = code.split([';', ')', ',']).next()?.trim();
    let message = head.rsplit_once("Exception: ").map_or(head, |(_, message)| message);
    let message = message.rsplit_once("returned message: \"").map_or(message, |(_, message)| message);
    is_word(code).then_some(Refusal { operation: None, code, message: message.trim() })
}

/// `ClusterNotFoundException: message`, whatever stands before it.
fn bare(line: &str) -> Option<Refusal<'_>> {
    let (at, code) = line.match_indices("Exception: ").take(8).find_map(|(at, _)| {
        let end = at + "Exception".len();
        CODES.iter().find(|code| line[..end].ends_with(*code)).map(|code| (end - code.len(), *code))
    })?;
    let before = at.checked_sub(1).map(|before| line.as_bytes()[before]);
    if before.is_some_and(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let message = line[at + code.len() + 1..].trim();
    (!message.is_empty()).then_some(Refusal { operation: None, code: &line[at..at + code.len()], message })
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_')
}
