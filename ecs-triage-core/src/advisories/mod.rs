//! Risks in a task definition, and in the service that runs it, that have not bitten yet.
//!
//! A risk follows from a fact: ECS refuses the setting, the task cannot work with it, or something is known to
//! go wrong with it. Opinions about style are not told. What the evidence does not show is not held against a
//! definition: a role whose policies are not at hand has no risk, and [`check`](crate::check) asks for them.

mod containers;
mod depends;
mod found;
mod health;
mod images;
mod limits;
mod logs;
mod memory;
mod network;
mod plan;
mod platform;
mod ports;
mod risk;
mod roles;
mod secrets;
mod service;
mod storage;

pub use risk::{Risk, Severity};

use found::Found;
use plan::Plan;

use crate::evidence::Request;
use crate::report::Advisory;
use crate::rules::own::OwnRules;
use crate::signals::Subject;

/// Every risk that is looked for, the worst first and then by theme.
pub static RISKS: &[&Risk] = &[
    // ECS refuses the definition, or no task of it can work.
    &memory::FARGATE_SIZE,
    &memory::CPU_ABOVE_TASK,
    &memory::ABOVE_TASK,
    &memory::RESERVED_ABOVE_TASK,
    &memory::MISSING,
    &memory::HARD_BELOW_SOFT,
    &memory::BELOW_MINIMUM,
    &platform::FARGATE_FEATURE,
    &platform::WINDOWS_ON_ARM,
    &network::MODE,
    &network::LINKS,
    &ports::MISMATCH,
    &ports::RESERVED,
    &limits::TIMEOUT,
    &limits::EPHEMERAL_STORAGE,
    &limits::RESTART_POLICY,
    &limits::CONTAINERS,
    &containers::NONE_ESSENTIAL,
    &depends::NEVER_MET,
    &depends::CIRCLE,
    &health::OUT_OF_RANGE,
    &health::COMMAND,
    &images::MALFORMED,
    &images::ABSENT,
    &images::ARCHITECTURE,
    &logs::OPTION_MISSING,
    &logs::ROUTER_MISSING,
    &logs::GROUP_ABSENT,
    &secrets::VALUE_FROM,
    &secrets::TWICE,
    &secrets::REFERENCE,
    &secrets::ENVIRONMENT_FILE,
    &storage::VOLUME_UNDEFINED,
    &storage::EFS_AUTHORISATION,
    &storage::S3_FILES_ROLE,
    &roles::EXECUTION_ROLE_MISSING,
    &roles::NOT_ASSUMABLE,
    &roles::LACKS_PERMISSION,
    &service::TARGET_UNDEFINED,
    &service::TARGET_TYPE,
    &service::DEADLOCK,
    // Likely to bite.
    &service::GRACE_PERIOD,
    &service::ROOM,
    &service::EXEC,
    &containers::INIT_ESSENTIAL,
    &health::HOST_PORT,
    &ports::TWICE,
    &logs::NONE,
    &secrets::PLAIN,
    // Worth knowing.
    &containers::SIDECAR_ESSENTIAL,
    &health::NEVER_FAILS,
    &health::SLOW_TO_FAIL,
    &images::FLOATING,
    &memory::OPEN_ENDED,
    &ports::FIXED,
    &service::BREAKER_OFF,
];

/// The risk with this code.
#[must_use]
pub fn risk(code: &str) -> Option<&'static Risk> {
    RISKS.iter().copied().find(|risk| risk.code == code)
}

/// The advisories about the definition and the service of a subject, the worst first.
///
/// `is_candidate` says that the definition is looked at before it is registered: then what ECS would refuse is
/// told as well. A revision that exists was accepted.
pub(crate) fn advisories(subject: &Subject<'_>, is_candidate: bool, own: &OwnRules) -> Vec<Advisory> {
    let Some(plan) = Plan::of(subject) else { return Vec::new() };
    let looked_for = RISKS.iter().filter(|risk| is_candidate || !risk.refused || !plan.is_registered());
    let found =
        looked_for.flat_map(|risk| (risk.check)(&plan).into_iter().map(|found| found.into_advisory(risk)));
    let mut advisories: Vec<Advisory> = found.chain(own.advisories(subject)).collect();
    // A stable sort: the user's own behind the built-in ones of their severity.
    advisories.sort_by_key(|advisory| advisory.severity);
    advisories
}

/// The calls that would show what could not be looked at: the policies of the definition's roles.
pub(crate) fn asks(subject: &Subject<'_>) -> Vec<(Request, String)> {
    Plan::of(subject).map(|plan| roles::asks(&plan)).unwrap_or_default()
}
