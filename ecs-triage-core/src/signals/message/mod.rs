//! The one parser of machine-made messages.
//!
//! A stop reason, a container's reason, a service event or an attachment's status is text by the control plane, the
//! agent, the container runtime, an SDK and a registry, nested in each other and often cut. It is read once, here;
//! rules look at the parts.

mod denial;
mod error;
mod event;
mod network;
mod operation;
mod placement;
mod pull;
mod runtime;
mod text;

#[cfg(test)]
mod tests;

use std::fmt;

pub use self::denial::{Denial, PolicyKind};
pub use self::error::ErrorName;
pub use self::event::{ServiceEvent, ServiceEventKind};
pub use self::network::{Endpoint, EndpointKind, Peer, Transport};
pub use self::operation::Operation;
pub use self::placement::Placement;
pub use self::runtime::{Dependency, DependencyOutcome, Exec, ExecProblem, Transition};
use self::text::Text;
use crate::image::ImageReference;
use crate::redact::redacted;

/// A machine-made message, read into its parts.
///
/// A part that the text does not have, or that is cut, is absent; nothing is guessed.
///
/// ```
/// use ecs_triage_core::signals::message::{EndpointKind, Message, Transport};
///
/// let message = Message::parse(
///     "ResourceInitializationError: unable to pull secrets or registry auth: RequestError: send request failed \
///      caused by: Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 10.0.1.7:443: i/o timeout",
/// );
/// assert!(message.has_error("ResourceInitializationError"));
/// assert_eq!(message.endpoint().map(|endpoint| endpoint.kind), Some(EndpointKind::EcrApi));
/// let Some(Transport::DialTimeout { peer: Some(peer) }) = message.transport() else { panic!() };
/// assert_eq!(peer.is_private(), Some(true));
/// ```
#[derive(Clone, PartialEq)]
pub struct Message {
    raw: String,
    text: Text,
    body: usize,
    error_names: Vec<ErrorName>,
    is_pull: bool,
    retried: Option<u32>,
    operation: Option<Operation>,
    aws_error_code: Option<String>,
    http_status: Option<u16>,
    denial: Option<Denial>,
    image: Option<ImageReference>,
    host: Option<String>,
    endpoint: Option<Endpoint>,
    peer: Option<Peer>,
    transport: Option<Transport>,
    exec: Option<Exec>,
    transition: Option<Transition>,
    dependency: Option<Dependency>,
    service_event: Option<ServiceEvent>,
    placement: Option<Placement>,
    exit_code: Option<i64>,
}

/// A sentence that the agent adds to a pull error or a missing secret.
///
/// The agent picks one from an unordered map, so it is a hint and never proof: the raw error behind it is the evidence.
/// <https://github.com/aws/amazon-ecs-agent/blob/master/agent/api/errormessages/error_messages.go>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hint {
    /// "Check that the role has the permissions to pull images from the registry."
    RolePermissions,
    /// "Check whether the image exists."
    ImageExists,
    /// "Check your network configuration."
    NetworkConfiguration,
    /// "Check whether the secret exists in the specified Region."
    SecretExists,
}

/// Bytes of a text that are read as a message.
const LONGEST: usize = 16 << 10;

impl Message {
    /// Reads a message. Labels and time stamps that a console puts in front are passed over.
    ///
    /// Of an endless text the first 16 KiB are read: ECS cuts its reasons at 1,024 characters.
    pub fn parse(raw: &str) -> Message {
        let raw = crate::cut::beginning(raw, LONGEST);
        let text = Text::new(raw);
        let body = body_start(&text.folded);
        let error_names = error::names(&text);
        let is_pull = pull::is_pull(&text, &error_names);
        let image = pull::image(&text);
        let host = network::host(&text);
        let peer = network::peer(&text);
        Message {
            is_pull,
            retried: error::retried(&text),
            operation: operation::find(&text),
            aws_error_code: error::aws_code(&text),
            http_status: error::http_status(&text),
            denial: denial::find(&text),
            endpoint: network::endpoint(&text, host.as_deref(), is_pull, image.as_ref()),
            transport: network::transport(&text, host.as_deref(), peer),
            exec: runtime::exec(&text),
            transition: runtime::transition(&text),
            dependency: runtime::dependency(&text),
            service_event: event::find(&text, body),
            placement: placement::find(&text, body),
            exit_code: runtime::exit_code(&text),
            raw: raw.to_owned(),
            body,
            error_names,
            image,
            host,
            peer,
            text,
        }
    }

    /// The message as it came. It may hold secrets: cite it through [`redacted`].
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The message in ASCII lower case, with plain quotes, single blanks, and lines joined.
    pub fn folded(&self) -> &str {
        &self.text.folded
    }

    /// What stands behind the first occurrence of a phrase, lower case.
    pub(crate) fn behind(&self, phrase: &str) -> Option<&str> {
        self.text.folded.get(self.text.after(phrase, 0)?..)
    }

    /// [`folded`](Self::folded) without the labels, time stamps and stop codes in front: what a message is compared with.
    pub fn body(&self) -> &str {
        &self.text.folded[self.body..]
    }

    /// Whether the message contains a phrase, given in folded form.
    pub fn says(&self, phrase: &str) -> bool {
        self.text.says(phrase)
    }

    /// Whether the message contains one of these phrases.
    pub fn says_any(&self, phrases: &[&str]) -> bool {
        self.text.says_any(phrases)
    }

    /// Whether the message contains each of these phrases.
    pub fn says_all(&self, phrases: &[&str]) -> bool {
        phrases.iter().all(|phrase| self.says(phrase))
    }

    /// The word that follows a phrase, which is given in folded form: in its own case, without quotes and final
    /// punctuation. `None` when the phrase is absent or the word may be cut.
    ///
    /// ```
    /// # use ecs_triage_core::signals::message::Message;
    /// let message = Message::parse("ECS was unable to assume the role 'arn:aws:iam::111122223333:role/Web' that was provided");
    /// assert_eq!(message.word_after("assume the role "), Some("arn:aws:iam::111122223333:role/Web"));
    /// ```
    pub fn word_after(&self, phrase: &str) -> Option<&str> {
        const QUOTES: [char; 4] = ['"', '\'', '`', '\\'];
        let from = self.text.after(phrase, 0)?;
        let from = self.text.text.len() - self.text.text[from..].trim_start_matches(QUOTES).len();
        let word = self.text.token(from, &['"', '\'', '`', ',', ';']);
        let trimmed = word.text.trim_end_matches(['\\', ':', '.', ')', ']']);
        (!trimmed.is_empty() && (word.closed || !self.is_cut())).then_some(trimmed)
    }

    /// The value of `(KEY VALUE)`, as in `Scaling activity initiated by (deployment ecs-svc/1)` or
    /// `Task failed ELB health checks in (target-group ARN)`.
    pub fn parenthesised(&self, key: &str) -> Option<String> {
        event::group(&self.text, key, 0)
    }

    /// What stands between a phrase, given in folded form, and the next `end`; [`None`] when either is missing.
    pub fn between(&self, phrase: &str, end: &str) -> Option<&str> {
        let from = self.text.after(phrase, 0)?;
        let length = self.text.folded[from..].find(end)?;
        Some(&self.text.text[from..from + length])
    }

    /// The message from a phrase on, given in folded form.
    pub fn from_phrase(&self, phrase: &str) -> Option<&str> {
        Some(&self.text.text[self.text.find(phrase)?..])
    }

    /// Whether the message looks truncated: it has the length at which agents, Fargate or Batch cut, or it ends within a
    /// known sentence. What is missing is the tail, which names the cause; a whole-looking message may be cut all the same.
    pub fn is_cut(&self) -> bool {
        self.text.cut
    }

    /// The names of errors, outermost first, each once.
    pub fn error_names(&self) -> &[ErrorName] {
        &self.error_names
    }

    /// Whether an error of this name is among them.
    pub fn has_error(&self, name: &str) -> bool {
        self.error_names.iter().any(|found| found.as_str() == name)
    }

    /// Whether the message is about pulling an image: a `CannotPull…` error or a text that only pulls have.
    pub fn is_pull(&self) -> bool {
        self.is_pull
    }

    /// How often the call was retried: `N` of "has been retried N time(s)".
    pub fn retried(&self) -> Option<u32> {
        self.retried
    }

    /// The AWS operation that was called.
    pub fn operation(&self) -> Option<&Operation> {
        self.operation.as_ref()
    }

    /// The code that an AWS service answered with: `AccessDeniedException`, `InsufficientFreeAddressesInSubnet`.
    pub fn aws_error_code(&self) -> Option<&str> {
        self.aws_error_code.as_deref()
    }

    /// The HTTP status of a service's or registry's answer. Docker's own `API error (500)` is not one.
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }

    /// What IAM refused.
    pub fn denial(&self) -> Option<&Denial> {
        self.denial.as_ref()
    }

    /// The image that could not be pulled or found.
    pub fn image(&self) -> Option<&ImageReference> {
        self.image.as_ref()
    }

    /// The platform that the image was asked for: `linux/amd64`, `linux/arm64/v8`, `windows/amd64`.
    pub fn platform(&self) -> Option<&str> {
        pull::platform(&self.text)
    }

    /// The subnet in which a network interface was to be made.
    pub fn subnet(&self) -> Option<&str> {
        network::subnet(&self.text)
    }

    /// The port that could not be bound.
    pub fn bound_port(&self) -> Option<u16> {
        network::bound_port(&self.text)
    }

    /// The host being talked to, in lower case, without port and path.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The endpoint being talked to, by its host or else by the words of the message.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.endpoint.as_ref()
    }

    /// The address being dialled, even where how that ended is cut.
    pub fn peer(&self) -> Option<Peer> {
        self.peer
    }

    /// How the connection failed.
    pub fn transport(&self) -> Option<&Transport> {
        self.transport.as_ref()
    }

    /// Whether AWS itself calls it a connection issue, or asks to check the network configuration.
    pub fn is_connection_issue(&self) -> bool {
        self.says_any(&[
            "connection issue between",
            "check your task network configuration",
            "check your network configuration",
            "check your network connection between",
        ])
    }

    /// The advice that the agent added.
    pub fn hint(&self) -> Option<Hint> {
        [
            ("check that the role has the permissions", Hint::RolePermissions),
            ("check whether the image exists", Hint::ImageExists),
            ("check whether the secret exists", Hint::SecretExists),
            ("check your task network configuration", Hint::NetworkConfiguration),
            ("check your network configuration", Hint::NetworkConfiguration),
        ]
        .into_iter()
        .find(|(words, _)| self.says(words))
        .map(|(_, hint)| hint)
    }

    /// The program that the runtime refused to run.
    pub fn exec(&self) -> Option<&Exec> {
        self.exec.as_ref()
    }

    /// The transition that took too long.
    pub fn transition(&self) -> Option<&Transition> {
        self.transition.as_ref()
    }

    /// The `dependsOn` condition that cannot be met.
    pub fn dependency(&self) -> Option<&Dependency> {
        self.dependency.as_ref()
    }

    /// What the message says as a service event.
    pub fn service_event(&self) -> Option<&ServiceEvent> {
        self.service_event.as_ref()
    }

    /// Why a task could not be placed.
    pub fn placement(&self) -> Option<Placement> {
        self.placement
    }

    /// The exit code that the text names. The exit code of a dependency is in [`Dependency::exit_code`].
    pub fn exit_code(&self) -> Option<i64> {
        self.exit_code
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Message").field(&redacted(&self.raw)).finish()
    }
}

/// Labels that consoles, tools and people put in front of a message, and stop codes in front of a reason.
const LABELS: &[&str] = &[
    "task stopped at:",
    "stopped at:",
    "at:",
    "stopped reason:",
    "stopped reason",
    "stoppedreason:",
    "status reason:",
    "status reason",
    "statusreason:",
    // AWS Elastic Beanstalk.
    "ecs task stopped due to:",
    "reason:",
    "error:",
    "message:",
    "task is stopping",
    "taskfailedtostart:",
    "service_task_placement_failure:",
    "essentialcontainerexited:",
];

/// Where the message itself begins.
fn body_start(folded: &str) -> usize {
    let mut start = 0;
    loop {
        let rest = &folded[start..];
        let blank = rest.len() - rest.trim_start_matches([' ', '-', '>', '*']).len();
        let label =
            LABELS.iter().find(|label| rest[blank..].starts_with(*label)).map_or(0, |label| label.len());
        let passed = blank + if label > 0 { label } else { time_stamp(&rest[blank..]) };
        if passed == 0 || start + passed >= folded.len() {
            return start;
        }
        start += passed;
    }
}

/// The length of an ISO 8601 time stamp at the beginning, with the time in a second word or not; 0 when there is none.
fn time_stamp(text: &str) -> usize {
    let is_part = |word: &str, separator: char| {
        word.starts_with(|c: char| c.is_ascii_digit())
            && word.contains(separator)
            && word
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.' | b'+' | b't' | b'z' | b'/'))
    };
    let mut words = text.split(' ');
    let Some(date) = words.next().filter(|word| word.len() >= 10 && is_part(word, '-')) else {
        return 0;
    };
    match words.next().filter(|word| word.len() >= 5 && is_part(word, ':')) {
        Some(time) => date.len() + 1 + time.len(),
        None => date.len(),
    }
}
