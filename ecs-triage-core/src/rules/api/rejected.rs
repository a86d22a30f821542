//! A call that ECS refused before any task existed.

use super::{Blast, Bucket, Cause, Check, Confidence, FAILURES, Fix, Kind, Refused, Rule};
use crate::redact::redacted;
use crate::rules::iam::is_of_agent;
use crate::signals::{Said, Source, Statement, Subject};

/// Calls that start or change tasks, services and task definitions, or ask about them.
const CALLS: &[&str] = &[
    "RunTask",
    "StartTask",
    "StopTask",
    "CreateService",
    "UpdateService",
    "DeleteService",
    "CreateTaskSet",
    "UpdateTaskSet",
    "RegisterTaskDefinition",
    "DeregisterTaskDefinition",
    "UpdateTaskProtection",
    "StopServiceDeployment",
    "CreateCluster",
    "CreateCapacityProvider",
    "PutClusterCapacityProviders",
    "DescribeTasks",
    "DescribeServices",
    "ListTasks",
];

/// Exceptions that only ECS has.
const OWN: &[&str] = &[
    "ClusterNotFoundException",
    "ServiceNotFoundException",
    "ServiceNotActiveException",
    "PlatformUnknownException",
    "PlatformTaskDefinitionIncompatibilityException",
    "NamespaceNotFoundException",
    "TaskSetNotFoundException",
    "ServiceDeploymentNotFoundException",
];

/// Sentences of the API itself that consoles and deploy tools print without the exception in front of them.
const SENTENCES: &[&str] = &[
    "tasks cannot be empty",
    "network configuration is not valid for the given networkmode",
    "network configuration must be provided when networkmode 'awsvpc' is specified",
    "managed termination protection setting for the capacity provider is invalid",
    "does not have an associated load balancer",
    "which is incompatible with the awsvpc network mode",
    "creation of service was not idempotent",
    "service was not active",
    "unable to start a service that is still draining",
    "is not associated with this cluster",
    "the platform version must be null when specifying an ec2 launch type",
    "does not exist in the task definition",
    "did not have a container port ",
    "does not have a container port ",
    "unsupported operating system in task definition",
    // Of blue/green deployments.
    "listenerrule has an invalid arn format",
    "cannot be used as both production and test listener rules",
    "testlistenerrule is required when productionlistenerrule",
    "duplicate targetgrouparn found",
    "all loadbalancers must be strictly either elbv1",
    "advancedconfiguration field is ",
    "loadbalancers must have advancedconfiguration defined",
];

pub(in crate::rules) static REQUEST_REJECTED: Rule = Rule {
    code: "api-request-rejected",
    bucket: Bucket::Config,
    // Whoever knows why it was refused says more.
    kind: Kind::Symptom,
    title: "call of the ECS API was refused",
    summary: "ECS refused {operation|the call}{with~|}{because~|}.",
    explanation: "The request itself was wrong, not allowed, or one too many at a time. No task was made, so there is none \
                  to look at.",
    signs: "ClientException, InvalidParameterException, AccessDeniedException, ClusterNotFoundException, \
            ServiceNotActiveException and the like in answer to a call.",
    wants: &[],
    fixes: &[Fix::advice(
        "Do as the exception says",
        Blast::Nothing,
        "Correct the parameter that it names; for AccessDeniedException grant the caller the action, and `iam:PassRole` on \
         the roles of the task definition; for a cluster or service that is not found give `--cluster` and `--region`; \
         when the rate of calls is exceeded, call again later and less often, with pauses that grow.",
    )],
    docs: &[FAILURES, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html"],
    since: "0.1.0",
    check: Check::weighs(may_refuse, refusal, |statement, subject| {
        Cause::ApiRequestRejected(Refused {
            operation: subject.operation.clone(),
            error_code: statement.message.aws_error_code().map(str::to_owned),
        })
    })
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        // A terminal has broken the line behind the code, or it was cut there: what was refused stood behind it.
        let is_bare = said.is_some_and(|said| {
            said.source == Source::ApiError && said.message.raw().trim_end().ends_with("Exception:")
        });
        let finding = match finding.cause.facts().text("errorCode") {
            Some("ClientException" | "InvalidParameterException" | "ServerException") if is_bare => {
                finding.confidence(Confidence::Possible)
            }
            _ => finding,
        };
        let with = finding.cause.facts().text("errorCode").map(|code| format!(" with {code}"));
        finding.fact("with", with).fact("because", said.and_then(behind_code))
    }),
};

/// What ECS said of it, to stand behind the sentence.
fn behind_code(statement: &Statement) -> Option<String> {
    // What is left behind a colon does not tell that it was a secret.
    let raw = redacted(statement.message.raw());
    let text = match raw.split_once(" operation: ") {
        Some((_, text)) => text,
        None if statement.message.aws_error_code().is_none() => sentence(statement, &raw)?,
        None => raw.split_once(": ")?.1,
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches('.');
    (!text.is_empty()).then(|| format!(": {text}"))
}

/// The line of a text that has the API's sentence.
fn sentence<'t>(statement: &Statement, raw: &'t str) -> Option<&'t str> {
    let is_known = |line: &&str| {
        let line = line.to_ascii_lowercase();
        SENTENCES.iter().any(|sentence| line.contains(sentence))
    };
    match raw.lines().find(is_known) {
        Some(line) => Some(line.trim_start_matches("Error: ")),
        None if statement.source == Source::ApiError => Some(raw.split_once(": ")?.1),
        None => None,
    }
}

/// Codes that every service of AWS answers with.
const OF_ALL: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredTokenException",
    "LimitExceededException",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "UnrecognizedClientException",
    "ValidationException",
];

/// Whether a message may tell that a call was refused.
fn may_refuse(said: &Said) -> bool {
    matches!(said.source, Source::ApiError | Source::Bare) || said.message.aws_error_code().is_some()
}

fn refusal(statement: &Statement, subject: &Subject<'_>) -> Option<Confidence> {
    let message = &statement.message;
    let operation = subject.operation.as_deref();
    let Some(code) = message.aws_error_code() else {
        let is_said = match statement.source {
            Source::ApiError => true,
            Source::Bare => {
                message.says_any(SENTENCES)
                    // The client is older than the parameter, and asks nobody.
                    || message.says("unknown parameter in input: ")
                        && message.says_any(&["containerdefinitions", "taskdefinition"])
                    || message.body().trim_end_matches('.') == "service not found"
            }
            _ => false,
        };
        return is_said.then_some(Confidence::Likely);
    };
    // What keeps a session from starting is known better elsewhere; who may not ask for one is not.
    let is_session = operation == Some("ExecuteCommand")
        && !matches!(
            code,
            "AccessDeniedException" | "ClusterNotFoundException" | "UnrecognizedClientException"
        )
        && !message.says("the referenced task was not found");
    if code == "TargetNotConnectedException" || is_session {
        return None;
    }
    let is_call = operation.is_some_and(|operation| CALLS.contains(&operation));
    let is_own =
        OWN.contains(&code) || is_call || message.says_any(&["(service: amazonecs", "(service: ecs"]);
    let action = message.denial().and_then(|denial| denial.action.as_deref()).map(str::to_ascii_lowercase);
    let is_of_agent = action.as_deref().is_some_and(is_of_agent);
    let is_elsewhere = action.is_some_and(|action| !action.starts_with("ecs:") && action != "iam:passrole")
        || !is_own && message.says("(service: ");
    match statement.source {
        // What another service refused, or what the agent was refused, is no call that makes a task.
        _ if is_of_agent || is_elsewhere && !is_call => None,
        Source::ApiError if is_own || operation.is_some() => Some(Confidence::Likely),
        Source::ApiError => {
            let says_ecs = message.denial().is_some_and(|denial| denial.action.is_some());
            let is_open = OF_ALL.contains(&code) && !says_ecs;
            Some(if is_open { Confidence::Possible } else { Confidence::Likely })
        }
        Source::Bare => is_own.then_some(Confidence::Likely),
        _ => None,
    }
}
