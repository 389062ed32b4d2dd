//! The short forms: plan, show what would happen, ask, and apply.

use std::io::{self, IsTerminal as _};

use clap::Args;
use haven_core::model::{Availability, Plan, plan::PlanKind};

use super::{
    super::{Context, terminal},
    apply,
    make::{Maker, is_empty},
    words,
};
use crate::failure::{Failure, Result};

/// A plan that is made, shown, and applied when that is what is wanted.
#[derive(Debug, Args)]
pub(crate) struct Short<M: Args> {
    #[command(flatten)]
    make: M,
    /// Show what would happen, and do nothing
    #[arg(long, conflicts_with_all = ["yes", "detach"])]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Begin it, and do not wait until it is done
    #[arg(long)]
    detach: bool,
}

impl<M: Maker> Short<M> {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let asks = !self.yes && !self.dry_run;
        if asks && (context.show.json || !io::stdin().is_terminal()) {
            return Err(Failure::usage(
                "there is nobody to ask whether that shall happen",
                "say `--yes` when it shall, `--dry-run` to see what would; `haven plan` makes a plan to apply later",
            ));
        }
        let plan = self.make.plan(context).await?;
        if self.dry_run {
            context.show.value(&plan, || words::diff(&plan))?;
            return forget(context, &plan).await;
        }
        if !context.show.json {
            context.show.text(&words::diff(&plan))?;
        }
        if is_empty(context, &plan) {
            if context.show.json {
                context.show.pretty(&plan)?;
            }
            return forget(context, &plan).await;
        }
        if asks && !terminal::confirm("Apply it?")? {
            context.show.progress("nothing was changed");
            return forget(context, &plan).await;
        }
        let haven = context.haven().await?;
        if let (PlanKind::Drain, Some(node)) = (plan.kind, &plan.selection.node) {
            haven.nodes().set_availability(node, Availability::Drain).await?;
        }
        apply::begin(context, &plan.id, self.detach).await
    }
}

/// Removes a plan that is not wanted. Where that is not allowed, it stays, and is said.
async fn forget(context: &Context, plan: &Plan) -> Result {
    if context.haven().await?.plans().remove(&plan.id).await.is_err() {
        let id = plan.id.short();
        context.show.progress(&format!("the plan is kept: `haven apply {id}` applies it"));
    }
    Ok(())
}
