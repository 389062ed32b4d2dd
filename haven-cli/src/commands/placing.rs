//! What a container asks of the node it goes to, as options and as entries of its environment.

use clap::{Args, ValueEnum};
use haven_core::model::{
    Requirements, Strategy as Chosen,
    placement::{Affinity, Constraint},
};

use crate::failure::{Failure, Result};

/// What a container asks of the node it goes to.
#[derive(Debug, Default, Args)]
pub(crate) struct Placing {
    /// What the node shall be, with `--cluster`: `zone==a`, `node!=web-*`, `storage==~ssd` as a wish, `/regular expression/`
    #[arg(long, value_name = "CONSTRAINT")]
    constraint: Vec<Constraint>,
    /// What the node shall have already, with `--cluster`: `container==db`, `image==nginx`, `LABEL!=VALUE`
    #[arg(long, value_name = "AFFINITY")]
    affinity: Vec<Affinity>,
    /// Which of the nodes that can take it, with `--cluster`; else as the cluster says
    #[arg(long, requires = "cluster", conflicts_with = "node")]
    strategy: Option<Strategy>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Strategy {
    /// The one with the fewest replicas of it, then the least loaded
    Spread,
    /// The most loaded
    Binpack,
    /// Any
    Random,
}

impl From<Strategy> for Chosen {
    fn from(strategy: Strategy) -> Self {
        match strategy {
            Strategy::Spread => Self::Spread,
            Strategy::Binpack => Self::Binpack,
            Strategy::Random => Self::Random,
        }
    }
}

impl Placing {
    /// All that is asked, with the entries of an environment that ask something, which are taken out of it.
    pub(crate) fn read(self, env: &mut Vec<String>) -> Result<Requirements> {
        let mut asked = Requirements {
            constraints: self.constraint,
            affinities: self.affinity,
            strategy: self.strategy.map(Into::into),
            ..Requirements::default()
        };
        for entry in env.extract_if(.., |entry| Requirements::is_entry(entry)) {
            asked.add_entry(&entry)?;
        }
        asked.check().map_err(|error| Failure::usage(error.message().to_owned(), "ask less of the node"))?;
        Ok(asked)
    }
}
