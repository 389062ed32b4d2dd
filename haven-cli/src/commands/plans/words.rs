//! Plans in words: what they do, where they stand, what each step came to.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _},
};

use haven_core::model::{
    Plan, PlanStatus,
    plan::{Kept, PlanDetail, StepState, StepStatus, Tally},
};
use jiff::Timestamp;

use crate::show::{Table, ago, duration_words, paint, printable, size, truncated, word};

/// How many lines are shown of what a container said that failed: at once, and of each when a plan is shown.
const SAID_AT_ONCE: usize = 3;
const SAID: usize = 20;
/// Of how many containers.
const SAID_OF: usize = 5;

/// What a plan does; on a terminal what comes is green, what goes red.
pub(super) fn diff(plan: &Plan) -> String {
    let is_terminal = io::stdout().is_terminal();
    let mut text = String::new();
    for line in plan.diff().lines() {
        let colour = match line.trim_start().chars().next() {
            Some('+') if line.starts_with("  +") => Some("32"),
            Some('-') if line.starts_with("  -") => Some("31"),
            Some('~') if line.starts_with("  ~") => Some("33"),
            Some('=') if line.starts_with("  =") => Some("2"),
            _ => None,
        };
        let line = printable(line);
        let _ = writeln!(text, "{}", colour.map_or_else(|| line.clone(), |code| paint(is_terminal, code, &line)));
    }
    text
}

/// Plans, a line each.
pub(super) fn table(plans: &[PlanStatus]) -> Table {
    let mut table = Table::new(&["PLAN", "STATE", "DONE", "CREATED", "BY", "WHAT"]);
    for plan in plans {
        table.row([
            plan.id.short().to_owned(),
            words_of(&plan.state),
            format!("{}/{}", plan.steps.done, plan.steps.total),
            ago(plan.created),
            plan.author.clone(),
            truncated(&plan.summary, 80, false),
        ]);
    }
    table
}

/// `plan 3f2a91c04b1e is incomplete: 1 of 3 steps done, 1 failed`.
pub(super) fn state_line(status: &PlanStatus) -> String {
    printable(&format!("plan {} is {}: {}", status.id.short(), words_of(&status.state), tally(&status.steps)))
}

fn tally(steps: &Tally) -> String {
    let mut text = format!("{} of {} step{} done", steps.done, steps.total, if steps.total == 1 { "" } else { "s" });
    for (count, what) in [(steps.failed, "failed"), (steps.refused, "refused"), (steps.undone, "taken back")] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text
}

/// A state as people read it: `rolled back`.
pub(super) fn words_of(state: &impl serde::Serialize) -> String {
    word(state).replace('_', " ")
}

/// All about a plan.
pub(super) fn shown(detail: &PlanDetail) -> String {
    let PlanDetail { plan, status, steps } = detail;
    let rollout = &plan.rollout;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{:<9} {}", format!("{name}:"), printable(value));
    };
    line("Plan", plan.id.as_str());
    line("What", &plan.summary);
    line("State", &format!("{}: {}", words_of(&status.state), tally(&status.steps)));
    if let Some(error) = &status.error {
        line("Because", &error.message);
    }
    line("Made", &format!("by {}, {}", plan.author, ago(plan.created)));
    if let (Some(by), Some(began)) = (&status.applied_by, status.began) {
        let took = status.ended.map(|ended| format!(", took {}", span(began, ended))).unwrap_or_default();
        line("Applied", &format!("by {by}, {}{took}", ago(began)));
    }
    let at_once = if rollout.parallelism == 0 { "all".to_owned() } else { rollout.parallelism.to_string() };
    line(
        "How",
        &format!(
            "{}, {at_once} at once, monitored for {} s; on failure {}",
            rollout.order.as_str(),
            rollout.monitor,
            rollout.on_failure.as_str()
        ),
    );
    let mut table = Table::new(&["STEP", "NODE", "CONTAINER", "STATE", "TOOK", "NEW", "WHY"]);
    for step in steps {
        let took = match (step.began, step.ended) {
            (Some(began), Some(ended)) => span(began, ended),
            _ => "-".to_owned(),
        };
        table.row([
            step.index.to_string(),
            step.node.to_string(),
            step.name.to_string(),
            words_of(&step.state),
            took,
            step.container.as_ref().map_or_else(|| "-".to_owned(), |id| id.short().to_owned()),
            step.error.as_ref().map_or_else(String::new, |error| truncated(&error.message, 120, false)),
        ]);
    }
    if !steps.is_empty() {
        let _ = write!(text, "\n{}", table.render());
    }
    for step in steps.iter().filter(|step| step.said.is_some()).take(SAID_OF) {
        let _ = write!(text, "\n{} on {} said last:\n{}", step.name, step.node, said(step, SAID));
    }
    text
}

/// The last lines that the container of a step said, if it failed.
fn said(step: &StepStatus, most: usize) -> String {
    let lines: Vec<&str> = step.said.as_deref().unwrap_or_default().lines().collect();
    let last = &lines[lines.len().saturating_sub(most)..];
    last.iter().fold(String::new(), |text, line| text + "  | " + &printable(line) + "\n")
}

fn span(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs_f64().max(0.0);
    if seconds < 1.0 { "under a second".to_owned() } else { duration_words(seconds) }
}

/// What a step came to, in a line; none while it is on its way.
pub(super) fn step_line(step: &StepStatus) -> Option<String> {
    let colour = match step.state {
        StepState::Done => "32",
        StepState::Failed | StepState::Stuck => "31",
        StepState::Refused | StepState::Undone => "33",
        _ => return None,
    };
    let why = step.error.as_ref().map(|error| format!(": {}", error.message)).unwrap_or_default();
    let what = match step.state {
        StepState::Undone => "taken back".to_owned(),
        other => words_of(&other),
    };
    let is_terminal = io::stdout().is_terminal();
    let rest = printable(&format!("{} on {}{why}", step.name, step.node));
    let said = if step.state == StepState::Failed { said(step, SAID_AT_ONCE) } else { String::new() };
    let line = format!("{} {rest}\n{said}", paint(is_terminal, colour, &format!("{what:<10}")));
    Some(line.trim_end().to_owned())
}

/// What is parked.
pub(super) fn kept_table(kept: &[Kept]) -> Table {
    let mut table = Table::new(&["CONTAINER ID", "NODE", "NAME", "IMAGE", "PLAN", "STEP", "PARKED", "SIZE"]);
    for kept in kept {
        table.row([
            kept.container.as_ref().map_or_else(|| "-".to_owned(), |id| id.short().to_owned()),
            kept.node.to_string(),
            kept.name.to_string(),
            truncated(&kept.image, 40, false),
            kept.plan.short().to_owned(),
            kept.step.to_string(),
            ago(kept.since),
            match (&kept.container, kept.size) {
                (None, _) => "made anew".to_owned(),
                (_, None) => "-".to_owned(),
                (_, Some(taken)) => format!("{} (virtual {})", size(taken.writable), size(taken.total)),
            },
        ]);
    }
    table
}

/// What all of it takes, images not counted: others may share them.
pub(super) fn kept_total(kept: &[Kept]) -> String {
    let sizes: Vec<u64> = kept.iter().filter_map(|kept| Some(kept.size?.writable)).collect();
    let (total, number) = (size(sizes.iter().sum()), sizes.len());
    format!("{number} parked container{} with {total} beside images", if number == 1 { "" } else { "s" })
}
