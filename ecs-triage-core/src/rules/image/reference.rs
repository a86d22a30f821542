//! The image in the container definition is not a reference at all.

use super::super::payload::payloads;
use super::super::why;
use super::super::{Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Pull, Rule};
use super::{DEFINITION, PULL_PAGE, USE_REVISION, Why};
use crate::image::{ImageReference, ReferenceProblem};
use crate::signals::message::Message;
use crate::signals::{Stop, Subject};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "image-reference-invalid",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image is not a valid reference",
    summary: "{image|The image} is not a valid image reference{problemPhrase~|}.",
    explanation: "Docker and containerd refuse the text before any registry is asked. As a rule a variable of the build \
                  was empty or not filled in.",
    signs: "`invalid reference format`, `repository name must be lowercase` or `Container.image contains invalid \
            characters`; or an image with capitals, blanks, `${…}`, or nothing behind the colon, where the message \
            does not say more.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::advice(
            "Correct the image",
            Blast::NewRevision,
            "Write `image` of {container|the container} as `REGISTRY/REPOSITORY:TAG`, all lower case before the tag, \
             and check that the variables of your deployment are set.",
        ),
        USE_REVISION,
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.stop == Stop::FailedToStart,
        |said| is_refused_by_ecs(&said.message) || why::names_no_reference(&said.message),
        check,
    ),
};

payloads! {
    /// An image that is not a valid reference.
    BadReference {
        /// Image as written.
        image: String,
        /// What is wrong with it.
        problem: String,
    }
}

/// Docker's and containerd's words for a text that is no reference; Fargate puts the name of an internal error in front.
const NORMALIZE: &str = "failed to normalize image reference ";

fn is_refused_by_ecs(message: &Message) -> bool {
    message.says_any(&[
        "container.image contains invalid characters",
        "container.image repository should not be null",
        NORMALIZE,
    ])
}

fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for statement in &subject.statements {
        // What other readings there are is looked at only where this may be one.
        let is_no_reference = || {
            why::names_no_reference(&statement.message)
                && why::readings(statement, subject).confidence(Why::ReferenceInvalid).is_some()
        };
        if is_refused_by_ecs(&statement.message) || is_no_reference() {
            let named = || statement.message.word_after(NORMALIZE).map(ImageReference::from);
            let image = Pull::image(statement, subject).or_else(named);
            found.push(bad(image.as_ref(), |cause| Finding::stated(cause, statement)));
        }
    }
    if found.is_empty() && subject.stop == Stop::FailedToStart && !is_explained(subject) {
        found.extend(by_the_reference(subject));
    }
    found
}

/// Whether a message says more than that the task did not start.
fn is_explained(subject: &Subject<'_>) -> bool {
    subject.statements.iter().any(|statement| {
        let message = &statement.message;
        let is_bare = message.body().trim_end_matches('.') == "task failed to start";
        let is_more = message.http_status().is_some()
            || message.transport().is_some()
            || message.denial().is_some()
            || message.says_any(&["not found", "denied", "unknown"]);
        !is_bare && (!message.is_pull() || is_more)
    })
}

/// Images of the task that no runtime can take. A placeholder may be its author's way of hiding a name.
fn by_the_reference(subject: &Subject<'_>) -> Vec<Finding> {
    let containers = subject.task.iter().flat_map(|task| task.containers());
    containers
        .filter_map(|container| {
            let image = ImageReference::from(container.image()?);
            let is_redacted = image.as_str().contains(['<', '>', '*']);
            let confidence = match image.problem()? {
                _ if is_redacted => Confidence::Possible,
                ReferenceProblem::Host | ReferenceProblem::TooLong => Confidence::Possible,
                _ => Confidence::Likely,
            };
            let finding = bad(Some(&image), |cause| Finding::new(cause, confidence, container.cite("image")));
            Some(finding.container(container.name().unwrap_or("unnamed")))
        })
        .collect()
}

fn bad(image: Option<&ImageReference>, finding: impl FnOnce(Cause) -> Finding) -> Finding {
    let problem = image.and_then(ImageReference::problem).map(ReferenceProblem::as_str);
    let cause = Cause::ImageReferenceInvalid(BadReference {
        image: image.map(|image| image.as_str().to_owned()),
        problem: problem.map(str::to_owned),
    });
    finding(cause).fact("problemPhrase", problem.map(|problem| format!(": {problem}")))
}
