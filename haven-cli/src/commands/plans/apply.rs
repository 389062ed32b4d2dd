//! Applying a plan, and following it until it is at rest.

use std::{fs, io::Read as _, path::Path};

use clap::Args;
use futures_util::StreamExt as _;
use haven_core::{
    Error, deploy,
    model::{
        Plan, PlanId, PlanState, PlanStatus,
        plan::{PlanDetail, PlanProgress, StepState},
    },
};
use tokio::signal::unix::{SignalKind, signal};

use super::{
    super::{Context, each::bar},
    advice::{Advice as _, for_state},
    words::{state_line, step_line, words_of},
};
use crate::{
    failure::{Failure, Hint as _, Result},
    show::note,
};

/// The largest file with a plan.
const MAX_FILE: u64 = 512 * 1024 * 1024;
/// What stands before the id, where a plan is printed for people.
const NAMED: &str = "plan ";

/// Apply a plan, and show how it goes
#[derive(Debug, Args)]
#[command(after_help = "\
The plan goes on to its end also when this command is ended. The exit code is 0 when every step was taken, or when \
somebody took the plan back; a step that failed or was refused is a conflict.")]
pub(crate) struct Apply {
    /// The plan: its id, the beginning of its id, or a file with it, `-` for standard input
    #[arg(value_name = "PLAN|FILE")]
    plan: String,
    /// Begin it, and do not wait until it is done
    #[arg(short, long)]
    detach: bool,
}

impl Apply {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let plan = named(&self.plan)?;
        begin(context, &plan, self.detach).await
    }
}

/// The plan that is meant by what was typed.
fn named(text: &str) -> Result<PlanId> {
    let path = Path::new(text);
    let is_file = text == "-" || path.exists();
    match PlanId::new(text) {
        Ok(id) => Ok(id),
        Err(_) if is_file => read(path),
        Err(_) => {
            let shown: String = text.chars().take(100).collect();
            Err(Failure::usage(
                format!("`{}` is neither an id of a plan, nor the beginning of one, nor a file", shown.escape_debug()),
                "`haven plan ls` lists the plans; eight digits of an id are enough",
            ))
        }
    }
}

/// A plan in a file: as programs are told it, with how far it has come or without, or as people are. The former is checked,
/// so that it is the one that was printed; of the latter only the line with the id is read.
fn read(path: &Path) -> Result<PlanId> {
    let named = |error: Error| error.with("file", path.display());
    let wrong = |error: std::io::Error| named(Error::invalid("the file cannot be read").caused_by(error));
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_FILE).read_to_string(&mut text).map_err(wrong)?;
    } else {
        fs::File::open(path).map_err(wrong)?.take(MAX_FILE).read_to_string(&mut text).map_err(wrong)?;
    }
    if let Some(id) = text.lines().rev().find_map(|line| PlanId::new(line.strip_prefix(NAMED)?).ok()) {
        return Ok(id);
    }
    let none = |error: serde_json::Error| named(Error::invalid("there is no plan in the file").caused_by(error));
    let hint = "`haven plan update … --json` writes one";
    let mut value: serde_json::Value = serde_json::from_str(&text).map_err(none).hint(hint)?;
    if let Some(plan) = value.get_mut("plan") {
        value = plan.take();
    }
    let plan: Plan = serde_json::from_value(value).map_err(none).hint(hint)?;
    deploy::check(&plan).map_err(named).hint("plan again, and apply that as it is")?;
    Ok(plan.id)
}

/// Begins a plan, and follows it unless `detach`.
pub(super) async fn begin(context: &Context, plan: &PlanId, detach: bool) -> Result {
    let haven = context.haven().await?;
    if detach && haven.services().is_some() {
        return Err(Failure::usage(
            "nobody would go on with the plan: this fleet is in no server",
            "leave out `--detach`, or point `--server` at one",
        ));
    }
    let status = haven.plans().apply(plan).await.advised_to_plan_again(haven, plan).await?;
    if detach {
        context.show.value(&status, || state_line(&status))?;
        context.show.progress(&for_state(&status));
        return Ok(());
    }
    let followed = attend(context, &status.id, |_| Ok(())).await?;
    if context.show.json {
        context.show.pretty(&followed)?;
    }
    end(context, &followed.status)
}

/// Follows a plan that was begun.
pub(super) async fn follow(context: &Context, plan: &PlanId) -> Result {
    let tell = |progress: &PlanProgress| {
        if context.show.json { context.show.item(progress, String::new) } else { Ok(()) }
    };
    let followed = attend(context, plan, tell).await?;
    if followed.status.state == PlanState::Planned {
        context.show.progress("nobody has applied it yet");
        return Ok(());
    }
    end(context, &followed.status)
}

/// Shows how a plan goes until it is at rest. Who interrupts stops watching, and not the plan.
async fn attend(context: &Context, plan: &PlanId, tell: impl Fn(&PlanProgress) -> Result) -> Result<PlanDetail> {
    let haven = context.haven().await?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut progress = haven.plans().follow(plan).await.advised(haven, plan).await?;
    let bar = bar(context, "applying", 2);
    let lost = format!("the plan goes on: `haven plan follow {}` follows it again", plan.short());
    loop {
        let told = tokio::select! {
            told = progress.next() => told,
            _ = interrupt.recv() => {
                bar.finish_and_clear();
                return Err(left(context, plan));
            }
        };
        let Some(told) = told else { break };
        let told = told.hint(lost.clone())?;
        bar.suspend(|| tell(&told))?;
        let steps = told.status.steps;
        bar.set_length(u64::from(steps.total));
        bar.set_position(u64::from(steps.done + steps.failed + steps.refused + steps.undone));
        match &told.step {
            Some(step) => {
                if matches!(step.state, StepState::Doing | StepState::Undoing) {
                    bar.set_message(format!("{}: {} on {}", words_of(&told.status.state), step.name, step.node));
                }
                if let Some(line) = step_line(step).filter(|_| !context.show.json) {
                    bar.suspend(|| context.show.text(&line))?;
                }
            }
            None => bar.set_message(words_of(&told.status.state)),
        }
    }
    bar.finish_and_clear();
    let detail = haven.plans().get(plan).await.hint(lost.clone())?;
    if detail.status.state.is_moving() {
        return Err(Error::unavailable("the server ended what it told of the plan")).hint(lost);
    }
    Ok(detail)
}

fn left(context: &Context, plan: &PlanId) -> Failure {
    let id = plan.short();
    if !context.show.json {
        let is_here = context.haven.get().is_some_and(|haven| haven.services().is_some());
        let goes_on = if is_here {
            "the plan stops here, and goes on when this fleet is opened again"
        } else {
            "the plan goes on"
        };
        note(&format!(
            "left; {goes_on}\nhint: `haven plan follow {id}` follows it again, `haven plan pause {id}` holds it, `haven plan abort {id}` takes it back"
        ));
    }
    Failure::Exit(130)
}

/// How it ended: a failure, unless all was done, or taken back because somebody wanted so.
fn end(context: &Context, status: &PlanStatus) -> Result {
    let is_well = match status.state {
        PlanState::Applied => true,
        PlanState::RolledBack => status.error.is_none(),
        _ => false,
    };
    if is_well {
        return if context.show.json { Ok(()) } else { context.show.text(&state_line(status)) };
    }
    let mut error = Error::conflict(state_line(status));
    if let Some(why) = &status.error {
        error = error.caused_by(Error::from(why.clone()));
    }
    Err(Failure::Error(error, Some(for_state(status))))
}
