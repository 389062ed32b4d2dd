//! Limits and restart policies of living containers.

use clap::Args;
use haven_core::{
    door::ops::containers::UpdateContainerLimits,
    model::{ContainerRef, Outcome},
};

use super::{Context, create::Change, each::Each, pick::Where};
use crate::failure::{Failure, Result};

/// Change limits and restart policy of containers
#[derive(Debug, Args)]
pub(crate) struct Limits {
    #[command(flatten)]
    change: Change,
    #[command(flatten)]
    place: Where,
    /// The containers, by id, beginning of the id, or name
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<ContainerRef>,
}

impl Limits {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let limits = self.change.update();
        if limits.is_empty() {
            return Err(Failure::usage("nothing is to change", "give a limit, as in `haven limits web --memory 512m`"));
        }
        let haven = context.haven().await?;
        let update = async |container: ContainerRef| {
            let (node, container) = self.place.found(context, container).await?;
            let operation = UpdateContainerLimits { node, container, limits: limits.clone() };
            Ok(haven.call(operation).await?.outcome)
        };
        let told = |container: &ContainerRef, _: &Outcome| container.to_string();
        Each::of("container", "changing").run(context, self.containers.clone(), update, told).await
    }
}
