//! `haven agent`: reports from a node to a master.

use clap::Args;
use haven_agent::program::{Options, Program};

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
        let program = Program::new("haven-agent", std::env::current_exe()?, &["agent"]);
        let options = self.options.trusting(context.server.ca.as_deref());
        options.run(program).await.hint("`haven help agent` tells what an agent takes")
    }
}
