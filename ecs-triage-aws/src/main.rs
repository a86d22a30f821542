//! The `ecs-triage` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(ecs_triage_aws::cli::run(std::env::args_os()))
}
