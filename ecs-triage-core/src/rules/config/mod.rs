//! The task definition and other settings.

mod logging;
mod secrets;
mod volumes;

pub(super) mod compute;
pub(super) mod container;
pub(super) mod definition;
pub(super) mod dependency;
pub(super) mod exec_agent;
pub(super) mod exits;
pub(super) mod host;
pub(super) mod program;

pub(super) use logging::LOG_CONFIG_INVALID;
pub(super) use secrets::{
    ASM_INVALID_ARN, ASM_INVALID_NAME, ENVFILE_MISSING_OR_INVALID, SSM_INVALID_NAME, envfile_location,
};
pub(super) use volumes::{CREDENTIALSPEC_FAILED, VOLUME_CONFIG_MISMATCH};

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Named, Plain, Rule, Verdict};

use crate::signals::{Statement, Subject};

/// The message that a finding rests on.
fn said<'s>(subject: &'s Subject<'_>, finding: &Finding) -> Option<&'s Statement> {
    subject.statements.iter().find(|statement| statement.citation == finding.citations[0])
}

payloads! {
    /// The particulars of a program that could not be run.
    Program {
        /// The program as the runtime tried to run it.
        program: String,
        /// What is missing when it is not the file itself: `interpreter`.
        missing: String,
        /// Volume that is mounted over the program's directory.
        hidden_by_volume: String,
        /// Path at which that volume is mounted.
        mounted_at: String,
    }

    /// The particulars of a `dependsOn` condition that cannot be met.
    Dependency {
        /// The container that was waited for.
        dependency: String,
        /// The container that waited and was never started.
        dependent: String,
        /// Condition in the task definition: `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`.
        condition: String,
        /// What became of the dependency: `failed`, `timed-out`, `never-starts` or `missing`.
        outcome: String,
        /// Exit code of the dependency.
        exit_code: i64,
        /// Seconds that the dependency may take: its `startTimeout`.
        start_timeout_seconds: i64,
    }

    /// The particulars of a circle of containers that wait for each other.
    Circle {
        /// The containers in the order of the waiting.
        containers: Vec<String>,
    }

    /// The particulars of a memory setting that is too low.
    MemorySetting {
        /// Memory of the container in MiB.
        container_mib: i64,
        /// Soft limit of the container in MiB.
        reservation_mib: i64,
        /// Memory of the task in MiB.
        task_mib: i64,
    }

    /// The particulars of a task definition that ECS refuses.
    BrokenRule {
        /// Field that breaks the rule, as the API spells it.
        field: String,
        /// The rule in words.
        rule: String,
        /// What the API answered.
        answer: String,
    }

    /// The particulars of an image that was built for another machine.
    Architecture {
        /// Image reference.
        image: String,
        /// Program that could not be run.
        program: String,
        /// CPU architecture that the task asks for: `X86_64` or `ARM64`.
        cpu_architecture: String,
    }

    /// The particulars of an operating system that does not match.
    WindowsVersion {
        /// Image reference.
        image: String,
        /// Operating system that the task asks for.
        operating_system_family: String,
    }

    /// The particulars of a launch that a task definition is not meant for.
    Compute {
        /// Launch type or capacity provider that was asked for.
        requested: String,
        /// Launch types that the task definition fits.
        compatibilities: Vec<String>,
    }

    /// The particulars of an ECS Exec agent that does not run.
    ExecAgent {
        /// Step at which it failed: `create`, `pre-start` or `inspect`.
        step: String,
        /// Exit code of the agent.
        exit_code: i64,
        /// Whether the container's root file system is read-only.
        readonly_root_filesystem: bool,
        /// Name of the task role.
        task_role: String,
    }
}
