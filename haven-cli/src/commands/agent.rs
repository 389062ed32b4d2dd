//! `haven agent`: reports from a node to a master.

use clap::Args;
use haven_agent::program::{Options, Program};
use haven_core::ErrorKind;

use crate::{
    commands::Context,
    failure::{Hint as _, Result},
};

/// Run on a node: report to a Haven server what the machine uses
#[derive(Debug, Args)]
pub(crate) struct Agent {
    #[command(flatten)]
    options: Options,
}

impl Agent {
    pub(crate) async fn run(self, context: &Context) -> Result {
        // Only a service needs to know the file.
        let program = Program::new("haven-agent", std::env::current_exe().unwrap_or_default(), &["agent"]);
        let options = self.options.trusting(context.server.ca.as_deref());
        let ran = options.run(program).await;
        match &ran {
            Err(error) if error.kind() == ErrorKind::Invalid => {
                ran.hint("`haven help agent` tells what an agent takes")
            }
            _ => Ok(ran?),
        }
    }
}
