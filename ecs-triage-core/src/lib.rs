//! Why an Amazon ECS task stopped, never started or never became healthy, and what to change.
#![forbid(unsafe_code)]

pub mod evidence;
