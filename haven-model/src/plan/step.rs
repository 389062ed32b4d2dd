//! One step of a plan: a container that goes, a container that comes, or the one for the other.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Order, PlanId, on_one_line};
use crate::{ContainerId, ContainerName, ContainerSpec, NodeName};

/// One step: `old` goes, `new` comes; at least one of them is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PlanStep"))]
pub struct Step {
    /// Its place in the plan, from 0.
    pub index: u32,
    /// The name that the container has, and its successor gets.
    pub name: ContainerName,
    /// The container that is parked: stopped and kept, until nothing can need it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Old>,
    /// The container that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<New>,
    /// Which of the two is first.
    pub order: Order,
    /// Why there is this step, or why there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What is different from what was asked for, and why: that both cannot run side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What is different in the successor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

impl Step {
    /// The node that it ends on.
    pub fn node(&self) -> &NodeName {
        match (&self.new, &self.old) {
            (Some(new), _) => new.node(),
            (None, Some(old)) => &old.node,
            (None, None) => unreachable!("a step has an old container, a new one, or both"),
        }
    }

    /// The step in the text of [`Plan::diff`](super::Plan::diff).
    pub(super) fn diff(&self) -> String {
        let mark = match (&self.old, &self.new) {
            (Some(_), Some(_)) => '~',
            (Some(_), None) => '-',
            _ => '+',
        };
        let mut text = format!("  {mark} {} on {}", self.name, self.node());
        if let (Some(old), Some(new)) = (&self.old, &self.new)
            && old.node != *new.node()
        {
            let _ = write!(text, ", from {}", old.node);
        }
        let mut about: Vec<String> = Vec::new();
        match (&self.old, &self.new) {
            (Some(_), Some(_)) => about.push(match self.order {
                Order::StartFirst => "start, then stop".to_owned(),
                Order::StopFirst | Order::StopAll => "stop, then start".to_owned(),
            }),
            (None, Some(New::Made { spec, .. })) => about.push(spec.image.to_string()),
            _ => {}
        }
        about.extend(Some(self.reason.clone()).filter(|reason| !reason.is_empty()));
        if !about.is_empty() {
            let _ = write!(text, ": {}", on_one_line(&about.join("; ")));
        }
        if let Some(note) = &self.note {
            let _ = write!(text, " ({})", on_one_line(note));
        }
        text.push('\n');
        for change in &self.changes {
            let _ = writeln!(text, "      {}", change.line());
        }
        text
    }
}

/// A container that a step replaces or puts away, as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "OldContainer"))]
pub struct Old {
    /// The node it is on.
    pub node: NodeName,
    /// What was seen of it; a step whose container is otherwise by then is refused.
    pub observed: Observed,
    /// Whether it is removed instead of parked, which frees its disk: a rollback makes it anew, without what it wrote into
    /// its own files. Its volumes stay.
    #[serde(default, skip_serializing_if = "is_false")]
    pub remove: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What was seen of a container. Health and status texts are no part of it: they change by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ObservedContainer"))]
pub struct Observed {
    /// Its id.
    pub id: ContainerId,
    /// A hash of its specification that only this fleet can make.
    pub spec: String,
    /// Whether it ran.
    pub running: bool,
    /// The image it was made of.
    pub image: String,
}

/// The container that a step brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "NewContainer"))]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum New {
    /// A new one.
    Made {
        /// The node it is made on.
        node: NodeName,
        /// What it shall be.
        spec: Box<ContainerSpec>,
        /// Whether it is started.
        start: bool,
    },
    /// One that a plan parked, as it was.
    Parked {
        /// The node it is on.
        node: NodeName,
        /// The plan that parked it.
        plan: PlanId,
        /// The step of that plan.
        step: u32,
    },
}

impl New {
    /// The node that it is on.
    pub fn node(&self) -> &NodeName {
        match self {
            Self::Made { node, .. } | Self::Parked { node, .. } => node,
        }
    }
}

/// One difference between a container and its successor. Values that are secret are not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PlanChange"))]
pub struct Change {
    /// What is different: `image`, `env MQ_HOST`, `ports`.
    pub field: String,
    /// What it was; none: it was not there, or is secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it becomes; none: it goes, or is secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Change {
    /// As a line of text.
    pub fn line(&self) -> String {
        let line = match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!("{}: {from} -> {to}", self.field),
            (None, Some(to)) => format!("{}: {to} (new)", self.field),
            (Some(from), None) => format!("{}: {from} (goes)", self.field),
            (None, None) => format!("{}: changed", self.field),
        };
        on_one_line(&line)
    }
}

/// A container that was looked at and is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SkippedContainer"))]
pub struct Skipped {
    /// The node it is on; none: it would have been new, and no node takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// Its name.
    pub name: String,
    /// Its id; none: it would have been new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ContainerId>,
    /// Why.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_write_lines_of_a_diff() {
        let change = Change { field: "label a".to_owned(), from: None, to: Some("b\n  + evil on n1".to_owned()) };
        assert_eq!(change.line(), "label a: b\\n  + evil on n1 (new)");
    }
}
