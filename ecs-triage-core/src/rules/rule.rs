//! What a rule is: one cause, how it is worded, how it is found, what settles it and what to change.

use serde::Serialize;

use super::own::OwnRule;
use super::why::Why;
use super::{Cause, Confidence, Finding, Fix};
use crate::signals::{Said, Statement, Subject};

/// A rule: everything there is to say about one cause, and how to find it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Code of the cause, kebab-case; once published it keeps its meaning.
    pub code: &'static str,
    /// Where the fault lies.
    pub bucket: Bucket,
    /// What kind of answer the cause is.
    pub kind: Kind,
    /// The cause in a few words, lower case.
    pub title: &'static str,
    /// The cause in one sentence; a template, see the `{placeholder}` forms filled from `Facts`.
    pub summary: &'static str,
    /// Why the cause leads to what was seen.
    pub explanation: &'static str,
    /// How the cause is recognised, for the reference.
    pub signs: &'static str,
    /// Calls whose answers would confirm the cause or rule it out.
    pub wants: &'static [Ask],
    /// What to change.
    pub fixes: &'static [Fix],
    /// AWS's own pages on the facts behind the rule.
    pub docs: &'static [&'static str],
    /// Version that the rule came with.
    pub since: &'static str,
    /// How the cause is found.
    pub check: Check,
}

/// Where a fault lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Bucket {
    /// The application itself.
    App,
    /// Quotas and capacity of AWS.
    Capacity,
    /// The task definition or another setting.
    Config,
    /// Health checks.
    Health,
    /// Roles and policies.
    Iam,
    /// The image and its registry.
    Image,
    /// Deployments, scaling, and stops that are no fault.
    Lifecycle,
    /// Log drivers and log groups.
    Logging,
    /// Routes, DNS, security groups and interfaces.
    Network,
    /// Where tasks can run in a cluster.
    Placement,
    /// The agent, the container runtime or the host.
    Platform,
    /// Memory and CPU of the task.
    Resources,
    /// Secrets and parameters.
    Secrets,
    /// Volumes and disks.
    Storage,
}

impl Bucket {
    /// All buckets, by name.
    pub const ALL: &'static [Bucket] = &[
        Bucket::App,
        Bucket::Capacity,
        Bucket::Config,
        Bucket::Health,
        Bucket::Iam,
        Bucket::Image,
        Bucket::Lifecycle,
        Bucket::Logging,
        Bucket::Network,
        Bucket::Placement,
        Bucket::Platform,
        Bucket::Resources,
        Bucket::Secrets,
        Bucket::Storage,
    ];

    /// The bucket's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Bucket::App => "app",
            Bucket::Capacity => "capacity",
            Bucket::Config => "config",
            Bucket::Health => "health",
            Bucket::Iam => "iam",
            Bucket::Image => "image",
            Bucket::Lifecycle => "lifecycle",
            Bucket::Logging => "logging",
            Bucket::Network => "network",
            Bucket::Placement => "placement",
            Bucket::Platform => "platform",
            Bucket::Resources => "resources",
            Bucket::Secrets => "secrets",
            Bucket::Storage => "storage",
        }
    }
}

/// What kind of answer a cause is, which decides how it stands beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// Nothing failed: scale-in, a user's stop, a finished job, a routine event.
    Routine,
    /// True, but the effect of something else; leads only when nothing else is found.
    Symptom,
    /// Only the outer wrapper of the cause is left to see; gives way to any cause.
    Residual,
    /// Names what went wrong.
    Cause,
}

/// Whether something is true of a subject.
pub(super) type OfSubject = fn(&Subject<'_>) -> bool;

/// How a rule finds its cause.
#[derive(Debug)]
#[non_exhaustive]
pub enum Check {
    /// A message states it.
    Says(Says),
    /// It takes more than one fact.
    Judge(fn(&Subject<'_>) -> Vec<Finding>),
    /// The same, where one of them is a message of which the first function is true.
    JudgeSaid(fn(&Said) -> bool, fn(&Subject<'_>) -> Vec<Finding>),
    /// The same of a subject of which the first function is true, or of which a message tells that makes the second one true.
    JudgeWhere(OfSubject, fn(&Said) -> bool, fn(&Subject<'_>) -> Vec<Finding>),
    /// A rule of the user's own looks for it.
    Own {
        /// The rule.
        look: &'static dyn OwnRule,
        /// Codes of causes that are effects of this one.
        explains: &'static [&'static str],
    },
}

/// A cause that a message states: `likely`, until other evidence settles it.
#[derive(Debug)]
pub struct Says {
    /// Whether the message states it.
    pub(super) when: When,
    /// The particulars.
    pub(super) cause: fn(&Statement, &Subject<'_>) -> Cause,
    /// Weighs the finding against the rest of the evidence.
    pub(super) settle: Option<fn(&Subject<'_>, Finding) -> Finding>,
    /// Whether the application's log can state it too.
    pub(super) in_logs: bool,
}

/// What a message says of a cause.
#[derive(Debug)]
pub(super) enum When {
    /// It states the cause or not.
    States(fn(&Said) -> bool),
    /// It may leave several readings, of which the cause is one.
    Allows(fn(&Said) -> Option<Confidence>),
    /// Whether it may speak of the cause, and what it says beside the rest of the evidence.
    Weighs(fn(&Said) -> bool, fn(&Statement, &Subject<'_>) -> Option<Confidence>),
    /// The cause is one of the readings that are weighed together.
    Reads(Why),
}

impl When {
    /// Whether the message may speak of the cause, whoever said it.
    pub(super) fn concerns(&self, said: &Said) -> bool {
        match self {
            When::States(states) => states(said),
            When::Allows(allows) => allows(said).is_some(),
            When::Weighs(may, _) => may(said),
            // In the light of what stands beside it alone.
            When::Reads(_) => false,
        }
    }

    /// How sure a message that concerns the rule makes the cause; `None` when it does not speak of it after all.
    pub(super) fn confidence(&self, statement: &Statement, subject: &Subject<'_>) -> Option<Confidence> {
        match self {
            When::States(_) => Some(Confidence::Likely),
            When::Allows(allows) => allows(statement),
            When::Weighs(_, weighs) => weighs(statement, subject),
            When::Reads(_) => None,
        }
    }
}

impl Check {
    /// A cause that a message states.
    pub(super) const fn says(when: fn(&Said) -> bool, cause: fn(&Statement, &Subject<'_>) -> Cause) -> Self {
        Check::Says(Says { when: When::States(when), cause, settle: None, in_logs: false })
    }

    /// A cause that a message states, or leaves as one of several readings.
    pub(super) const fn allows(
        when: fn(&Said) -> Option<Confidence>,
        cause: fn(&Statement, &Subject<'_>) -> Cause,
    ) -> Self {
        Check::Says(Says { when: When::Allows(when), cause, settle: None, in_logs: false })
    }

    /// A cause of which a message may speak by its own words, and does by what is known beside it.
    pub(super) const fn weighs(
        may: fn(&Said) -> bool,
        when: fn(&Statement, &Subject<'_>) -> Option<Confidence>,
        cause: fn(&Statement, &Subject<'_>) -> Cause,
    ) -> Self {
        Check::Says(Says { when: When::Weighs(may, when), cause, settle: None, in_logs: false })
    }

    /// A cause that is one of the readings which are weighed together.
    pub(super) const fn reads(why: Why, cause: fn(&Statement, &Subject<'_>) -> Cause) -> Self {
        Check::Says(Says { when: When::Reads(why), cause, settle: None, in_logs: false })
    }

    /// The same, weighed against the rest of the evidence.
    pub(super) const fn settled(self, settle: fn(&Subject<'_>, Finding) -> Finding) -> Self {
        match self {
            Check::Says(Says { when, cause, settle: _, in_logs }) => {
                Check::Says(Says { when, cause, settle: Some(settle), in_logs })
            }
            judge => judge,
        }
    }

    /// The same, of lines that the application logged as well.
    pub(super) const fn in_logs(self) -> Self {
        match self {
            Check::Says(Says { when, cause, settle, in_logs: _ }) => {
                Check::Says(Says { when, cause, settle, in_logs: true })
            }
            judge => judge,
        }
    }
}

/// A call whose answer would confirm a cause or rule it out. Emitted only when every parameter is known.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Ask {
    /// Service as botocore names it.
    pub service: &'static str,
    /// Operation.
    pub operation: &'static str,
    /// Parameters as JSON with botocore's names; texts in it are templates.
    pub params: &'static str,
    /// What the answer would tell.
    pub why: &'static str,
}

impl Ask {
    /// A call that would settle something.
    pub(super) const fn new(
        service: &'static str,
        operation: &'static str,
        params: &'static str,
        why: &'static str,
    ) -> Self {
        Self { service, operation, params, why }
    }
}
