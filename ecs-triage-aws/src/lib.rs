//! What stands between `ecs-triage-core` and the world: live triage over any transport, the transport that is the AWS SDK
//! (feature `sdk`), and the `ecs-triage` command.
//!
//! Feature `mcp` adds `ecs-triage mcp`, a server of the Model Context Protocol.
#![forbid(unsafe_code)]

mod allowed;
#[cfg(feature = "sdk")]
mod calls;
pub mod cli;
#[cfg(feature = "sdk")]
mod convert;
pub mod live;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(feature = "sdk")]
pub mod sdk;
pub mod transport;

pub use allowed::{ALLOWED, Allowed, allowed, policy};
