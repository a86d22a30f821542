//! Messages of service events.

use super::text::Text;

/// What a service event says.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceEvent {
    /// What happened, by the verb phrase.
    pub kind: ServiceEventKind,
    /// The service's name.
    pub service: Option<String>,
    /// The task set: `ecs-svc/N`.
    pub task_set: Option<String>,
    /// The deployment: `ecs-svc/N`.
    pub deployment: Option<String>,
    /// The ids of the tasks named.
    pub tasks: Vec<String>,
    /// The EC2 instance: `i-…`.
    pub instance: Option<String>,
    /// The id of the closest matching container instance.
    pub container_instance: Option<String>,
    /// The port of an unhealthy target.
    pub port: Option<u16>,
    /// The ARN or name of the target group.
    pub target_group: Option<String>,
    /// The name of the Classic Load Balancer.
    pub load_balancer: Option<String>,
    /// The inner text that says why: behind `(reason`, `(error`, `Reason:`, `due to` or `because`, or what is said of the
    /// closest matching container instance. Parse it as a message of its own.
    pub reason: Option<String>,
    /// The number of tasks or targets.
    pub count: Option<u32>,
}

impl ServiceEvent {
    /// The one task that the event is about, or the first of several.
    pub fn task(&self) -> Option<&str> {
        self.tasks.first().map(String::as_str)
    }

    /// The codes with which health checks failed: HTTP statuses, or gRPC codes. `[404, 502]` in the reason.
    pub fn health_codes(&self) -> Vec<u16> {
        let codes =
            self.reason.as_deref().and_then(|reason| reason.split_once("codes: [")?.1.split_once(']'));
        codes
            .map(|(codes, _)| codes.split(',').filter_map(|code| code.trim().parse().ok()).collect())
            .unwrap_or_default()
    }
}

/// What happened in a service event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceEventKind {
    /// The service reached a steady state.
    SteadyState,
    /// Tasks were started.
    Started,
    /// Tasks were stopped.
    Stopped,
    /// Unhealthy tasks were replaced.
    ReplacedUnhealthy,
    /// Targets were registered.
    Registered,
    /// Targets were deregistered.
    Deregistered,
    /// Connections are being drained.
    Draining,
    /// Availability Zone rebalancing, in any of its steps.
    AzRebalancing,
    /// No task could be placed in one Availability Zone.
    AzPlacement,
    /// A target is unhealthy.
    UnhealthyTarget,
    /// A task failed its container health checks.
    UnhealthyContainer,
    /// The target group does not exist.
    TargetGroupMissing,
    /// The target is not registered.
    TargetMissing,
    /// A task could not be launched.
    LaunchFailed,
    /// No container instance met all requirements.
    NoMatchingInstance,
    /// A task could not be placed for another reason.
    PlacementFailed,
    /// More tasks wait for capacity than a cluster may have.
    ProvisioningLimit,
    /// Fewer tasks could be launched for a deployment than wanted.
    PartialLaunch,
    /// The service cannot reach a steady state.
    SteadyStateBlocked,
    /// The service cannot scale in.
    ScaleInBlocked,
    /// Starts keep failing and are slowed down.
    StartImpaired,
    /// A deployment is complete.
    DeploymentCompleted,
    /// A deployment failed.
    DeploymentFailed,
    /// A deployment is rolled back.
    RollingBack,
    /// The deployment's percentages leave no task to stop or start.
    DeploymentConfiguration,
    /// Calls of the scheduler are throttled.
    Throttled,
    /// The policies of the service's role were changed.
    IamPermissions,
    /// The trust policy of the service's role was changed.
    IamTrust,
    /// The agent did not start on an instance.
    AgentStartTimeout,
    /// The desired count was changed, of the service or of a task set.
    DesiredCount,
    /// Another text about a service.
    Other,
}

use ServiceEventKind::*;

/// Verb phrases; the first that occurs counts. The flag: the phrase is a service's alone, even without its name in front.
const PHRASES: &[(&str, ServiceEventKind, bool)] = &[
    ("has reached a steady state", SteadyState, true),
    ("updated state to steady_state", SteadyState, true),
    ("due to an unhealthy status", ReplacedUnhealthy, false),
    ("unable to place a task in ", AzPlacement, true),
    ("az rebalanc", AzRebalancing, true),
    ("az balanced", AzRebalancing, true),
    ("target group is not found", TargetGroupMissing, false),
    ("target groups not found", TargetGroupMissing, false),
    ("target is not found", TargetMissing, false),
    ("is unhealthy in", UnhealthyTarget, true),
    ("failed container health checks", UnhealthyContainer, false),
    ("failed to launch a task with", LaunchFailed, true),
    ("because no container instance met all of its requirements", NoMatchingInstance, true),
    (
        "unable to place tasks in your cluster because the tasks provisioning capacity limit",
        ProvisioningLimit,
        true,
    ),
    ("unable to place a task", PlacementFailed, true),
    ("unable to reach steady state", SteadyStateBlocked, true),
    ("unable to scale in", ScaleInBlocked, true),
    ("unable to consistently start tasks", StartImpaired, true),
    ("because of the service deployment configuration", DeploymentConfiguration, true),
    ("deployment failed", DeploymentFailed, false),
    ("rolling back to deployment", RollingBack, false),
    ("deployment completed", DeploymentCompleted, false),
    ("could not launch ", PartialLaunch, false),
    ("operations are being throttled", Throttled, true),
    ("iam permissions policies have been misconfigured", IamPermissions, true),
    ("iam trust relationship has been misconfigured", IamTrust, true),
    ("timed out waiting for amazon ecs agent to start", AgentStartTimeout, true),
    ("updated computeddesiredcount", DesiredCount, true),
    ("successfully set desired count", DesiredCount, true),
    ("has begun draining connections", Draining, true),
    ("deregistered ", Deregistered, false),
    ("registered ", Registered, false),
    ("has started ", Started, false),
    ("has stopped ", Stopped, false),
    ("stopped ", Stopped, false),
];

pub(super) fn find(text: &Text, start: usize) -> Option<ServiceEvent> {
    let service = service_name(text, start);
    let (at, kind) = PHRASES
        .iter()
        .find_map(|(phrase, kind, alone)| {
            let end = text.after(phrase, start)?;
            // What stands inside a reason belongs to a message of its own.
            (service.is_some() || *alone).then_some((end, *kind))
        })
        .or_else(|| service.as_ref().map(|(_, end)| (*end, Other)))?;
    // "service" alone may begin any sentence: without parentheses a verb phrase must follow.
    if kind == Other && !text.folded[start..].starts_with("(service ") {
        return None;
    }
    let (container_instance, closest) = closest_instance(text, start);
    Some(ServiceEvent {
        kind,
        service: service.map(|(name, _)| name),
        task_set: task_set(text, start),
        deployment: group(text, "deployment", start),
        tasks: tasks(text, start),
        instance: group(text, "instance", start),
        container_instance,
        port: group(text, "port", start).and_then(|port| port.parse().ok()),
        target_group: group(text, "target-group", start),
        load_balancer: group(text, "elb", start),
        reason: closest.or_else(|| reason(text, start, kind)),
        count: count(text, start, kind, at),
    })
}

/// The name behind `(service NAME)` or, as the console prints it, `service NAME`.
fn service_name(text: &Text, start: usize) -> Option<(String, usize)> {
    let rest = &text.folded[start..];
    if rest.starts_with("(service ") {
        // A task set stands in the same parentheses: "(service NAME, taskSet ecs-svc/N)".
        let group = group(text, "service", start)?;
        let name = group.split(',').next()?.to_owned();
        return Some((name, start + "(service ".len() + group.len()));
    }
    let from = start + "service ".len();
    rest.starts_with("service ").then_some(())?;
    if text.text[from..].starts_with('(') {
        let end = from + text.text[from..].find(')')?;
        let name = bare(&text.text[from + 1..end]);
        return (!name.is_empty()).then(|| (name.to_owned(), end + 1));
    }
    let token = text.token(from, &[',']);
    let name = bare(token.text);
    // A name is followed by what happened to it; "service call has been retried" is no event.
    let shaped = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let event = PHRASES.iter().any(|(phrase, ..)| text.after(phrase, token.end).is_some());
    (token.closed && shaped && !name.is_empty() && event).then(|| (name.to_owned(), token.end))
}

/// `VALUE` of the first closed `(key VALUE)` or `key (VALUE)`.
pub(super) fn group(text: &Text, key: &str, start: usize) -> Option<String> {
    let inside = text.after(&format!("({key} "), start);
    let from = inside.or_else(|| text.after(&format!(" {key} ("), start))?;
    let end = from + text.text[from..].find(')')?;
    let value = bare(&text.text[from..end]);
    (!value.is_empty()).then(|| value.to_owned())
}

/// The task set: beside the service's name, or in parentheses of its own.
fn task_set(text: &Text, start: usize) -> Option<String> {
    let Some(from) = text.after(", taskset ", start) else {
        return group(text, "taskset", start).or_else(|| group(text, "task set", start));
    };
    let token = text.token(from, &[')', ',']);
    token.closed.then(|| bare(token.text).to_owned())
}

fn tasks(text: &Text, start: usize) -> Vec<String> {
    let rest = &text.folded[start..];
    rest.match_indices("(task ")
        .filter_map(|(at, mark)| {
            let from = start + at + mark.len();
            let id = bare(&text.text[from..from + text.text[from..].find(')')?]);
            (!id.is_empty() && !id.contains(' ')).then(|| id.to_owned())
        })
        .collect()
}

/// The closest matching container instance, and what is said of it.
fn closest_instance(text: &Text, start: usize) -> (Option<String>, Option<String>) {
    let Some(from) = text.after("closest matching ", start) else {
        return (None, None);
    };
    let Some(at) =
        text.after("container-instance ", from).filter(|at| at - from <= "(container-instance ".len())
    else {
        return (None, None);
    };
    let token = text.token(at, &[')']);
    let id = Some(bare(token.text)).filter(|id| token.closed && id.contains('-') || id.len() == 32);
    // Older texts leave the id out.
    let behind = if id.is_some() { token.end } else { at };
    let said = text.text[behind..].trim_start_matches([')', '`', ' ']);
    let end = said.to_ascii_lowercase().find(" for more information").unwrap_or(said.len());
    let said = said[..end].trim_end().trim_end_matches('.');
    (id.map(str::to_owned), (!said.is_empty()).then(|| said.to_owned()))
}

fn reason(text: &Text, start: usize, kind: ServiceEventKind) -> Option<String> {
    for mark in ["(reason ", "(error "] {
        if let Some(from) = text.after(mark, start) {
            return some_text(&text.text[from..closing_parenthesis(text, from)]);
        }
    }
    if matches!(kind, NoMatchingInstance | ReplacedUnhealthy | DeploymentConfiguration) {
        return None;
    }
    let mark = match kind {
        DeploymentFailed => "deployment failed: ",
        _ => ["reason: ", " due to ", " because ", "for deployment "]
            .into_iter()
            .find(|mark| text.after(mark, start).is_some())?,
    };
    let from = text.after(mark, start)?;
    match mark {
        // The deployment's id comes first, then the reason in a sentence of its own.
        "for deployment " => some_text(text.text[from..].split_once(". ")?.1),
        _ => some_text(&text.text[from..]),
    }
}

/// Where the parenthesis opened before `from` closes; the end of the text when it was cut.
fn closing_parenthesis(text: &Text, from: usize) -> usize {
    let mut depth = 1;
    for (at, byte) in text.text.bytes().enumerate().skip(from) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    text.text.len()
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', '`']);
    (!text.is_empty()).then(|| text.to_owned())
}

fn count(text: &Text, start: usize, kind: ServiceEventKind, behind_phrase: usize) -> Option<u32> {
    let from = match kind {
        ReplacedUnhealthy => text.after("replaced ", start)?,
        Draining => text.after("connections on ", start)?,
        Started | Stopped | Registered | Deregistered | PartialLaunch => behind_phrase,
        _ => return None,
    };
    text.number(from)
}

/// Without the blanks and backticks of a template filled in.
fn bare(value: &str) -> &str {
    value.trim_matches([' ', '`', '(', ')'])
}
