//! Why an Amazon ECS task stopped, never started or never became healthy, and what to change.
#![forbid(unsafe_code)]

mod error;
pub mod evidence;
mod redact;
mod time;

pub use error::{EvidenceError, Problem};
pub use evidence::Evidence;
pub use time::Timestamp;
