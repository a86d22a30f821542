//! What stands between `ecs-triage-core` and the world: the `ecs-triage` command.
#![forbid(unsafe_code)]

pub mod cli;
