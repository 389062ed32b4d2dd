//! The configuration of a server: shown with its sources.

use std::path::PathBuf;

use clap::Subcommand;

use super::Context;
use crate::{
    config::{Fetch, Overrides, load},
    failure::Result,
    show::Table,
};

/// Show the configuration of a server
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Show what `haven serve` would use here: each value and where it comes from; secrets show as ***
    Show {
        /// Read this file in place of the usual ones
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

impl Config {
    pub(crate) fn run(self, context: &Context) -> Result {
        let Self::Show { config } = self;
        let configuration = load(&Overrides { file: config, ..Overrides::default() }, Fetch::KeptOnly)?;
        for warning in &configuration.warnings {
            context.show.warn(warning);
        }
        context
            .show
            .progress("what `haven serve` would use, started here by this user; a running server may use other values");
        let shown = configuration.shown();
        context.show.value(&shown, || {
            let mut table = Table::new(&["KEY", "VALUE", "SOURCE", "VARIABLE"]);
            for value in &shown {
                let text = value.value.as_ref().map_or_else(
                    || "-".into(),
                    |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                );
                table.row([value.key.unwrap_or("-").to_owned(), text, value.source.clone(), value.variable.clone()]);
            }
            table.render()
        })
    }
}
