//! `--rules FILE`: rules and checks of the user's own.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use ecs_triage_core::own::OwnRules;

use super::CliError;

#[derive(Debug, Default, Args)]
pub(crate) struct OwnArgs {
    /// File with rules and checks of your own (TOML), beside the built-in ones; may be given several times
    #[arg(long = "rules", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

impl OwnArgs {
    /// The rules of all files together.
    pub(crate) fn read(&self) -> Result<OwnRules, CliError> {
        let mut own = OwnRules::new();
        for file in &self.files {
            let path = file.display().to_string();
            let text =
                fs::read_to_string(file).map_err(|source| CliError::Read { path: path.clone(), source })?;
            let read = OwnRules::from_toml(&text).and_then(|read| own.merge(read));
            read.map_err(|error| CliError::OwnRules(error.in_file(path)))?;
        }
        Ok(own)
    }
}
