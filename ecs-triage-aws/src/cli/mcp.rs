//! `ecs-triage mcp`.

use super::args::McpArgs;
use super::{CliError, Outcome};
use crate::mcp;

pub(crate) fn run(args: &McpArgs) -> Result<Outcome, CliError> {
    mcp::serve(&args.files).map_err(CliError::Serve)?;
    Ok(Outcome::Fine)
}
