//! What stands between `ecs-triage-core` and the world: the `ecs-triage` command.
//!
//! Feature `mcp` adds `ecs-triage mcp`, a server of the Model Context Protocol.
#![forbid(unsafe_code)]

pub mod cli;
#[cfg(feature = "mcp")]
mod mcp;
