//! Why an Amazon ECS task stopped, never started or never became healthy, and what to change.
#![forbid(unsafe_code)]

mod access;
pub mod advisories;
pub mod arn;
pub mod change;
mod error;
pub mod evidence;
pub mod health;
pub mod iam;
pub mod image;
mod needs;
pub mod network;
pub mod redact;
pub mod reference;
pub mod report;
pub mod rules;
pub mod signals;
pub mod sizes;
mod template;
mod time;
mod verdict;
pub mod verify;

pub use error::{EvidenceError, Problem};
pub use evidence::Evidence;
pub use report::Report;
pub use rules::{Cause, Confidence, Verdict};
pub use time::Timestamp;
pub use verdict::{check, diagnose};
