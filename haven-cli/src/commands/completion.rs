//! Completion scripts for shells.

use clap::Args;
use clap_complete::{Shell, env::Shells};
use haven_core::Error;

use super::Context;
use crate::failure::Result;

/// The variable by which a shell asks this program to complete a line.
pub(crate) const VARIABLE: &str = "HAVEN_COMPLETE";

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "For bash: `source <(haven completion bash)`, or write it to /etc/bash_completion.d/haven.\n\
                  Names of nodes, clusters and containers are asked of the server that commands go to.")]
pub(crate) struct Completion {
    /// The shell
    shell: Shell,
}

impl Completion {
    pub(crate) fn run(self, context: &Context) -> Result {
        let shells = Shells::builtins();
        let shell = shells
            .completer(&self.shell.to_string())
            .ok_or_else(|| Error::unexpected("this shell has no completion"))?;
        let mut script = Vec::new();
        shell.write_registration(VARIABLE, "haven", "haven", "haven", &mut script)?;
        context.show.text(&String::from_utf8_lossy(&script))
    }
}
