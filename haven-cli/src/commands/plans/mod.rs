//! Plans: made, looked at, applied, held, taken back.
//!
//! [`make`] asks for each kind of plan, [`apply`] follows one to its end, and [`short`] has the commands that do all of it in
//! one go.

mod advice;
mod apply;
mod make;
mod rollout;
mod selecting;
mod short;
mod words;

use clap::{Args, Subcommand};
use haven_core::model::{PlanId, PlanState, PlanStatus};

use self::{
    advice::{Advice as _, for_state},
    make::Planned,
    words::{kept_table, kept_total, shown, state_line, table},
};
pub(crate) use self::{
    apply::Apply,
    make::{Create, Drain, Prune, Recreate, Relabel, Rollback, Scale, Update},
    short::Short,
};
use super::{Context, each::Each};
use crate::failure::Result;

/// Plan what shall happen to many containers, and look at it before any of it happens
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Plans {
    #[command(subcommand)]
    command: Option<PlansCommand>,
    #[command(flatten)]
    ls: Ls,
}

#[derive(Debug, Subcommand)]
enum PlansCommand {
    /// List the plans, the newest first (the default)
    Ls(Ls),
    /// Show a plan, and how far each of its steps has come
    Show {
        /// The plan, by id or the beginning of the id
        plan: PlanId,
    },
    /// Show what a plan does
    Diff {
        /// The plan, by id or the beginning of the id
        plan: PlanId,
    },
    /// Plan new containers
    Create(Box<Planned<Create>>),
    /// Plan more or fewer containers of the same
    Scale(Planned<Scale>),
    /// Plan another image, or other settings, for containers
    Update(Planned<Update>),
    /// Plan the same containers again
    Recreate(Planned<Recreate>),
    /// Plan other labels for a container
    Relabel(Planned<Relabel>),
    /// Plan to move away from a node what Haven placed there
    Drain(Planned<Drain>),
    /// Plan to remove containers that do not run; their volumes stay
    Prune(Planned<Prune>),
    /// Plan to take back what a plan did that has ended
    Rollback(Planned<Rollback>),
    /// Follow a plan until it is at rest
    Follow {
        /// The plan, by id or the beginning of the id
        plan: PlanId,
    },
    /// Hold a plan: steps that were begun are ended, no other is begun
    Pause {
        /// The plan, by id or the beginning of the id
        plan: PlanId,
    },
    /// Let a plan go on that was held, or that could not be ended
    Resume {
        /// The plan, by id or the beginning of the id
        plan: PlanId,
    },
    /// Take a plan back that has not ended; `rollback` takes back one that has
    Abort {
        /// The plan, by id or the beginning of the id
        plan: PlanId,
    },
    /// Remove plans; not those for which containers are parked
    Rm {
        /// The plans, by id or the beginning of the id
        #[arg(required = true)]
        plans: Vec<PlanId>,
        /// Also the containers that are parked for them: they cannot be rolled back any more; volumes stay
        #[arg(long)]
        kept: bool,
    },
    /// List the containers that are parked, so that plans can be rolled back
    Kept {
        /// Only print ids
        #[arg(short, long)]
        quiet: bool,
    },
}

#[derive(Debug, Args)]
struct Ls {
    /// Only the newest N
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Only those that stand so: planned, applying, paused, rolling-back, applied, incomplete, rolled-back or stuck
    #[arg(long, value_parser = parse_state)]
    state: Vec<PlanState>,
    /// Only print ids
    #[arg(short, long)]
    quiet: bool,
}

/// A state as lists show it: `rolled back`, also with `-` or `_`.
fn parse_state(text: &str) -> Result<PlanState, String> {
    let name = text.replace([' ', '-'], "_");
    serde_json::from_value(name.into()).map_err(|_| format!("`{}` is no state of a plan", text.escape_debug()))
}

impl Plans {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        match self.command.unwrap_or(PlansCommand::Ls(self.ls)) {
            PlansCommand::Ls(ls) => ls.run(context).await,
            PlansCommand::Show { plan } => {
                let detail = haven.plans().get(&plan).await.advised(haven, &plan).await?;
                context.show.value(&detail, || shown(&detail))
            }
            PlansCommand::Diff { plan } => {
                let detail = haven.plans().get(&plan).await.advised(haven, &plan).await?;
                context.show.value(&detail.plan, || words::diff(&detail.plan))
            }
            PlansCommand::Create(planned) => Box::pin(planned.run(context)).await,
            PlansCommand::Scale(planned) => planned.run(context).await,
            PlansCommand::Update(planned) => planned.run(context).await,
            PlansCommand::Recreate(planned) => planned.run(context).await,
            PlansCommand::Relabel(planned) => planned.run(context).await,
            PlansCommand::Drain(planned) => planned.run(context).await,
            PlansCommand::Prune(planned) => planned.run(context).await,
            PlansCommand::Rollback(planned) => planned.run(context).await,
            PlansCommand::Follow { plan } => apply::follow(context, &plan).await,
            PlansCommand::Pause { plan } => {
                let status = haven.plans().pause(&plan).await.advised(haven, &plan).await?;
                stands(context, &status)
            }
            PlansCommand::Resume { plan } => {
                let status = haven.plans().resume(&plan).await.advised(haven, &plan).await?;
                stands(context, &status)
            }
            PlansCommand::Abort { plan } => {
                let status = haven.plans().abort(&plan).await.advised(haven, &plan).await?;
                stands(context, &status)
            }
            PlansCommand::Rm { plans, kept } => {
                let remove = |plan: PlanId| async move {
                    let removed = if kept {
                        haven.plans().remove_with_kept(&plan).await
                    } else {
                        haven.plans().remove(&plan).await
                    };
                    removed.advised_unless_ended(haven, &plan).await
                };
                Each::of("plan", "removing").run(context, plans, remove, |plan, ()| plan.to_string()).await
            }
            PlansCommand::Kept { quiet } => {
                let kept = haven.plans().kept().await?;
                if quiet && !context.show.json {
                    return context.show.lines(kept.iter().filter_map(|kept| Some(kept.container.as_ref()?.short())));
                }
                context.show.value(&kept, || kept_table(&kept).render())?;
                if !kept.is_empty() {
                    context.show.progress(&kept_total(&kept));
                }
                Ok(())
            }
        }
    }
}

/// Says where a plan stands now, and what can be done with it.
fn stands(context: &Context, status: &PlanStatus) -> Result {
    context.show.value(status, || state_line(status))?;
    context.show.progress(&for_state(status));
    Ok(())
}

impl Ls {
    async fn run(self, context: &Context) -> Result {
        let mut plans = context.haven().await?.plans().list().await?;
        plans.retain(|plan| self.state.is_empty() || self.state.contains(&plan.state));
        plans.truncate(self.limit.unwrap_or(usize::MAX));
        if self.quiet && !context.show.json {
            return context.show.lines(plans.iter().map(|plan| plan.id.short()));
        }
        context.show.value(&plans, || table(&plans).render())
    }
}
