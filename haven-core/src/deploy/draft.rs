//! A plan while it is made: what all planners do with it.

use haven_model::{
    Error, Plan,
    plan::{Selection, Step},
};

use super::select::Candidate;

/// Adds a step at the end.
pub(super) fn push(plan: &mut Plan, step: Step) {
    let index = plan.steps.len().try_into().unwrap_or(u32::MAX);
    plan.steps.push(Step { index, ..step });
}

/// Leaves containers alone that could not be looked at.
pub(super) fn skip_unseen(plan: &mut Plan, failed: &[(Candidate, Error)]) {
    plan.skipped.extend(failed.iter().map(|(candidate, error)| candidate.skipped(error.message().to_owned())));
}

/// What a selection is about, in a few words.
pub(super) fn about(selection: &Selection) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(selection.image.iter().cloned());
    words.extend(selection.name.iter().cloned());
    words.extend(selection.label.iter().map(|label| format!("label {label}")));
    if words.is_empty() {
        words.push("all".to_owned());
    }
    words.truncate(4);
    let place = match (&selection.cluster, &selection.node) {
        (_, Some(node)) => format!(" on {node}"),
        (Some(cluster), None) => format!(" in {cluster}"),
        (None, None) => String::new(),
    };
    format!("{}{place}", words.join(", "))
}

/// `1 node`, `3 nodes`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
