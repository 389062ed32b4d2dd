//! The short forms: plan, show what would happen, ask, and apply.

use std::io::{self, IsTerminal as _};

use clap::Args;
use haven_core::{
    Error,
    model::{Availability, Plan, plan::PlanKind},
};

use super::{
    super::{Context, terminal},
    apply,
    make::{Maker, is_empty},
    words,
};
use crate::failure::{Failure, Result};

/// The heading of these options in a command's help: what was flattened before leaves its own.
const APPLYING: &str = "Applying";

/// A plan that is made, shown, and applied when that is what is wanted.
#[derive(Debug, Args)]
pub(crate) struct Short<M: Args> {
    #[command(flatten)]
    make: M,
    /// Show what would happen, and do nothing
    #[arg(long, help_heading = APPLYING, conflicts_with_all = ["yes", "detach"])]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long, help_heading = APPLYING)]
    yes: bool,
    /// Begin it, and do not wait until it is done
    #[arg(short, long, help_heading = APPLYING)]
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
            is_empty(context, &plan);
            return forget(context, &plan).await;
        }
        if !context.show.json {
            context.show.text(&words::diff(&plan))?;
        }
        if is_empty(context, &plan) {
            keep_away(context, &plan).await?;
            if context.show.json {
                context.show.pretty(&plan)?;
            }
            return forget(context, &plan).await;
        }
        if asks && !terminal::confirm("Apply it?")? {
            context.show.progress("nothing was changed");
            return forget(context, &plan).await;
        }
        keep_away(context, &plan).await?;
        apply::begin(context, &plan.id, self.detach).await?;
        all_placed(&plan)
    }
}

/// Fails where new containers found no node: there are fewer than were asked for, however well the others went.
fn all_placed(plan: &Plan) -> Result {
    let mut homeless = plan.skipped.iter().filter(|skipped| skipped.node.is_none());
    let Some(first) = homeless.next() else { return Ok(()) };
    let (number, all) = (1 + homeless.count(), plan.steps.len() + plan.skipped.len());
    let told = format!("{number} of {all} containers found no node: {}", first.reason);
    Err(Failure::Error(Error::conflict(told), Some(format!("`haven plan diff {}` tells of each", plan.id.short()))))
}

/// Lets nothing new be placed on a node that is drained, also where there is nothing to move.
async fn keep_away(context: &Context, plan: &Plan) -> Result {
    if let (PlanKind::Drain, Some(node)) = (plan.kind, &plan.selection.node) {
        context.haven().await?.nodes().set_availability(node, Availability::Drain).await?;
    }
    Ok(())
}

/// Removes a plan that is not wanted. Where that is not allowed, it stays, and is said.
async fn forget(context: &Context, plan: &Plan) -> Result {
    if context.haven().await?.plans().remove(&plan.id).await.is_err() {
        let id = plan.id.short();
        context.show.progress(&format!("the plan is kept: `haven apply {id}` applies it"));
    }
    Ok(())
}
