//! Recognises the sentences that ECS, its agent and the AWS clients write, wherever they stand in a line.

/// What kind of sentence was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A stopped reason or a container's reason.
    Stop,
    /// A message of a service event.
    Event,
    /// A line that a runtime or a kernel wrote.
    Log,
    /// What a deploy tool reports about ECS: a waiter, a stack, a circuit breaker.
    Tool,
}

/// A sentence in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: Kind,
    /// Byte offset of its first character.
    pub(super) start: usize,
    /// It begins with a name and a colon, or a mark, that people do not write by chance.
    pub(super) named: bool,
}

/// Error names of the agent, of Fargate and of the control plane, in lower case.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>
const NAMES: &[&str] = &[
    "agenterror",
    "containernetworkingerror",
    "containerruntimeerror",
    "containerruntimetimeouterror",
    "containervanishederror",
    "dataplaneerror",
    "dockerclientconfigerror",
    "dockerstateerror",
    "dockertimeouterror",
    "hostconfigerror",
    "internalerror",
    "invalidvolumeerror",
    "outofmemoryerror",
    "resourceinitializationerror",
    "spotinterruptionerror",
    "taskdependencyerror",
    "taskfailedtostart:",
    "taskstoppedbeforepullbeginerror",
    "volumeerror",
];

/// `CannotPullContainerError` and its relatives: the verbs behind `Cannot`, in lower case.
const CANNOT: &[&str] = &["create", "describe", "get", "inspect", "list", "pull", "remove", "start", "stop"];

/// Stopped reasons that begin with no error name, in lower case.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>
const STOPS: &[&str] = &[
    "api error (500): ",
    "api error (404): ",
    "availability-zone rebalancing initiated by",
    "capacity is unavailable at this time",
    "cgroup resource: setup cgroup:",
    "container instance deregistration forced by user",
    "ecs failed to set up the ebs volume",
    "ecs is performing maintenance on the underlying infrastructure",
    "ecs timed out while configuring the ebs volume",
    "ecs was unable to assume the",
    "error response from daemon:",
    "essential container in task exited",
    "failed to initialize logging driver",
    "fetching secret data from",
    "host ec2 (instance",
    "network interface provision complete error timeout",
    "network interface provision failed",
    "resourcenotfoundexception: fetching secret",
    "resourcenotfoundexception: the task can",
    "scaling activity initiated by",
    "task failed container health checks",
    "task failed elb health checks",
    "task failed to start",
    "task stopped by user",
    "task was stopped by user",
    "the task can't download the environment",
    "the task can't retrieve the secret with arn",
    "the task can\u{2019}t download the environment",
    "the task can\u{2019}t retrieve the secret with arn",
    "the task cannot find the amazon cloudwatch log group",
    "the task cannot pull registry auth",
    "the task cannot pull secrets from",
    "timeout waiting for ephemeralstorage provisioning",
    "timeout waiting for network interface provisioning",
    "unable to attach network interface",
    "unable to launch instance(s) for capacity provider",
    "unable to pull secrets or registry auth",
    "unexpected ec2 error while attempting to",
    "user initiated task stop",
    "you've reached the limit on the number of",
    "you\u{2019}ve reached the limit on the number of",
    "your spot task was interrupted",
];

/// What a service event says about its service, behind the service's name.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>
const EVENT_VERBS: &[&str] = &[
    "(cluster",
    "(deployment",
    "(instance",
    "(port",
    "(task",
    "deregistered",
    "failed to",
    "has ",
    "is unable",
    "is unhealthy",
    "operations are being throttled",
    "registered",
    "rolling back",
    "stopped ",
    "updated ",
    "was unable",
];

/// Runtime and kernel output that explains a stop, in lower case.
const LOGS: &[&str] = &[
    "-> stopped, exit ",
    "exec format error",
    "exec user process caused",
    "fatal error: reached heap limit",
    "java.lang.outofmemoryerror",
    "javascript heap out of memory",
    "memory cgroup out of memory",
    "no space left on device",
    "oci runtime create failed",
    "oci runtime error",
    "oom-kill:",
    "runc create failed",
    "standard_init_linux.go",
];

/// Sentences of deploy tools, in lower case.
const TOOLS: &[&str] = &[
    "deployment circuit breaker",
    "did not stabilize",
    "ecs deployment circuit breaker",
    "exceeded max wait time for",
    "max attempts exceeded",
    "resource handler returned message",
    "resource is not in the state servicesstable",
    "timeout while waiting for state to become",
    "waiter servicesstable failed",
    "waiter tasksrunning failed",
    "waiter tasksstopped failed",
];

/// Words before a sentence that make it advice or talk about it.
const TALK: &[&str] = &[
    "avoid",
    "caused by a",
    "cause of",
    "causes of",
    "could be",
    "e.g.",
    "explain",
    "fix ",
    "fixes",
    "how to",
    "if you",
    "instead of",
    "may be",
    "means",
    "might",
    "no longer",
    "not a",
    "resolve",
    "such as",
    "troubleshoot",
    "typical",
    "usually",
    "when a",
    "when the",
    "when you",
    "without",
];

/// The machine-made sentences in a line, the first of each kind, in their order.
pub(super) fn find_all(line: &str) -> Vec<Found> {
    let lower = line.to_ascii_lowercase();
    let candidates =
        [event(&lower), named(&lower), phrase(&lower, STOPS, Kind::Stop), tool(&lower), log(&lower)];
    let mut found: Vec<Found> = candidates.into_iter().flatten().collect();
    found.sort_by_key(|found| found.start);
    found
}

/// The first machine-made sentence in a line.
pub(super) fn find(line: &str) -> Option<Found> {
    find_all(line).first().copied()
}

/// Whether a reason with an error's name is the task's, and not one container's, in a text that does not say whose it is.
pub(super) fn is_of_task(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["resourceinitializationerror", "spotinterruptionerror", "taskfailedtostart"]
        .iter()
        .any(|name| lower.starts_with(name))
}

/// How the further lines of ECS's own messages begin, in lower case.
const TAILS: &[&str] = &[
    "check that ",
    "check the ",
    "check whether ",
    "check your ",
    "for more information, see",
    "insufficientinstancecapacity:",
    "maxspotinstancecountexceeded:",
    "please adjust your request",
    "request id:",
    "signal: killed",
    "the closest matching ",
    "the task can't ",
    "the task can\u{2019}t ",
    "the task cannot ",
    "there is a connection issue between",
    "unauthorizedoperation:",
    "unfulfillablecapacity:",
    "vcpulimitexceeded:",
];

/// Whether a line, behind an empty one too, goes on with a message of ECS: nobody else writes so.
pub(super) fn is_own_tail(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.starts_with("there is a connection issue between") || lower.starts_with("the task cannot ")
}

/// Whether a line goes on with a message of ECS that has several.
pub(super) fn is_tail(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    TAILS.iter().any(|tail| lower.starts_with(tail))
}

/// Whether what stands before a sentence introduces it plainly: nothing, a label, a quote, a time.
pub(super) fn is_plain_lead(lead: &str) -> bool {
    let lead = lead.trim();
    lead.is_empty()
        || lead.ends_with([
            ':', '"', '\'', '`', '“', '‘', '=', '|', '>', ']', '→', '-', '–', '—', '*', '•', '✘', '(', ',',
        ])
        || !lead.contains(' ')
}

/// Whether what stands before a sentence talks about it rather than quoting it.
pub(super) fn is_talk(lead: &str) -> bool {
    let lower = lead.to_ascii_lowercase();
    TALK.iter().any(|word| lower.contains(word))
}

fn found(kind: Kind, start: usize, named: bool) -> Found {
    Found { kind, start, named }
}

fn starts_word(text: &str, at: usize) -> bool {
    at == 0
        || !(text.as_bytes()[at - 1].is_ascii_alphanumeric()
            || matches!(text.as_bytes()[at - 1], b'.' | b'_' | b'$' | b'/'))
}

fn phrase(lower: &str, phrases: &[&str], kind: Kind) -> Option<Found> {
    phrases
        .iter()
        .filter_map(|phrase| lower.find(phrase))
        .filter(|at| starts_word(lower, *at))
        .min()
        .map(|at| found(kind, at, false))
}

fn named(lower: &str) -> Option<Found> {
    let ends = |rest: &str| {
        rest.is_empty()
            || rest.starts_with([':', '.', '"', '\'', '`', ')', ',', '*'])
            || rest.starts_with(" (")
    };
    let plain = NAMES.iter().filter_map(|name| {
        let at = lower.find(name)?;
        let rest = &lower[at + name.len()..];
        let full = name.ends_with(':') || rest.starts_with(':');
        (starts_word(lower, at) && (full || ends(rest))).then_some((at, full))
    });
    let cannot = lower.match_indices("cannot").take(8).filter_map(|(at, _)| {
        let rest = &lower[at + 6..];
        let verb = CANNOT.iter().find(|verb| rest.starts_with(*verb))?;
        let word = rest.bytes().take(40).take_while(u8::is_ascii_alphabetic).count();
        let fits = rest[verb.len()..word.max(verb.len())].ends_with("error") && ends(&rest[word..]);
        (fits && starts_word(lower, at)).then_some((at, rest[word..].starts_with(':')))
    });
    plain.chain(cannot).min().map(|(at, full)| found(Kind::Stop, at, full))
}

fn event(lower: &str) -> Option<Found> {
    for (at, _) in lower.match_indices("(service ").take(8) {
        let rest = &lower[at + 9..];
        // Within a few hundred bytes: a name has at most 255 characters.
        if let Some(end) = rest.find(')').filter(|end| *end <= 320) {
            let said = rest[end + 1..].trim_start();
            if said.is_empty() || EVENT_VERBS.iter().any(|verb| said.starts_with(verb)) {
                return Some(found(Kind::Event, at, true));
            }
        } else if rest.len() <= 320 {
            return Some(found(Kind::Event, at, true));
        }
    }
    for (at, _) in lower.match_indices("service ").take(8) {
        if !starts_word(lower, at) {
            continue;
        }
        let rest = &lower[at + 8..];
        let name = rest.split(' ').next().unwrap_or("");
        let said = rest[name.len()..].trim_start();
        let specific = [
            "was unable to place a task",
            "is unable to consistently start tasks",
            "has reached a steady state",
            "has started ",
            "has stopped ",
            "has begun draining",
            "(instance ",
            "(port ",
            "(task ",
            "(deployment ",
        ];
        let is_of_task = said.starts_with("task ") && said.contains(" failed container health checks");
        let is_specific =
            is_of_task || is_unbracketed(said) || specific.iter().any(|verb| said.starts_with(verb));
        if !name.is_empty() && name.len() <= 255 && is_specific {
            return Some(found(Kind::Event, at, true));
        }
    }
    // Somebody left the service out.
    let at = lower.len() - lower.trim_start().len();
    let is_of_target = ["(task ", "(instance ", "(port "].iter().any(|head| lower[at..].starts_with(head));
    let is_unhealthy =
        [" is unhealthy in (target-group", " is unhealthy in target-group", " is unhealthy in (elb"];
    let is_event = is_of_target && is_unhealthy.iter().any(|said| lower.contains(said));
    is_event.then(|| found(Kind::Event, at, true))
}

/// Whether this is what an event says of its service, without the brackets that the console leaves out.
fn is_unbracketed(said: &str) -> bool {
    let verb = [
        "deployment ecs-svc/",
        "failed to launch a task with",
        "instance i-",
        "is rolling back to",
        "is unable to",
        "operations are being throttled",
        "rolling back to deployment",
        "was unable to",
    ];
    let words: Vec<&str> = said.split(' ').take(6).collect();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = |word: &str| word.len() >= 8 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    verb.iter().any(|verb| said.starts_with(verb))
        || match words.as_slice() {
            ["port", port, "is", "unhealthy", ..] => is_number(port),
            ["task", id, "failed", "container", "health", ..] => is_id(id),
            ["registered" | "deregistered", count, "targets", ..] => is_number(count),
            _ => false,
        }
}

fn log(lower: &str) -> Option<Found> {
    // A log line counts as a whole.
    LOGS.iter()
        .any(|phrase| lower.contains(phrase))
        .then(|| found(Kind::Log, lower.len() - lower.trim_start().len(), false))
}

fn tool(lower: &str) -> Option<Found> {
    phrase(lower, TOOLS, Kind::Tool)
}
