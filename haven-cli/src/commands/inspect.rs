//! Everything about containers.

use clap::Args;
use haven_core::{
    door::ops::containers::InspectContainer,
    model::{At, ContainerRef},
};

use super::{Context, pick::Where};
use crate::failure::Result;

/// Show everything about containers
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The containers, by id, beginning of the id, or name
    #[arg(required = true, value_name = "CONTAINER")]
    containers: Vec<ContainerRef>,
    #[command(flatten)]
    place: Where,
}

impl Inspect {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let mut found = Vec::new();
        for container in &self.containers {
            let at = self.place.find(context, container).await?;
            let operation = InspectContainer { node: at.node.clone(), container: (&at.item.id).into() };
            found.push(At { node: at.node, item: haven.call(operation).await? });
        }
        context.show.pretty(&found)
    }
}
