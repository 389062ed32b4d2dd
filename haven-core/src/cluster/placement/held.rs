//! A container that is on a node, or placed there in thought: what others may be placed by.

use std::collections::BTreeMap;

use haven_model::{
    ContainerState, ImageRef, Port,
    label::{APPLICATION, COMPOSE_PROJECT, GROUP},
    placement::{Affinity, Reservation},
};

use super::{Task, matcher::Matcher};
use crate::node::{Reserved, Summary};

/// The label by which Haven 1.x kept the image's name, for when that name means another image.
const IMAGE_NAME: &str = "com.codeabovelab.dm.image.name";
/// The labels that tell which application a container belongs to.
const APPLICATIONS: [&str; 2] = [APPLICATION, COMPOSE_PROJECT];

/// A container as others see it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held<'a> {
    /// On the node, as it was last seen.
    There(&'a Summary),
    /// Placed there in thought.
    Placed(&'a Task),
}

impl<'a> Held<'a> {
    /// Its name; empty where it is not known yet.
    pub(super) fn name(&self) -> &'a str {
        match self {
            Self::There(container) => container.name(),
            Self::Placed(task) => task.name.as_ref().map_or("", |name| name.as_str()),
        }
    }

    /// The image by its name; by its id where it has none.
    pub(super) fn image(&self) -> &'a str {
        match self {
            Self::There(container) => match self.label(IMAGE_NAME) {
                Some(name) if container.image().starts_with("sha256:") => name,
                _ => container.image(),
            },
            Self::Placed(task) => &task.demand.wants.exact,
        }
    }

    fn image_id(&self) -> &'a str {
        match self {
            Self::There(container) => container.image_id(),
            Self::Placed(_) => "",
        }
    }

    fn label(&self, key: &str) -> Option<&'a str> {
        match self {
            Self::There(container) => container.label(key),
            Self::Placed(task) => task.labels.get(key).map(String::as_str),
        }
    }

    /// What it is a replica of.
    pub(super) fn kind(&self, repository: &str) -> String {
        kind(|label| self.label(label), repository)
    }

    pub(super) fn ports(&self) -> &'a [Port] {
        match self {
            Self::There(container) => container.ports(),
            Self::Placed(task) => &task.demand.wants.ports,
        }
    }

    pub(super) fn reservation(&self) -> Reservation {
        match self {
            Self::There(container) => {
                let Reserved { memory, nano_cpus } = container.reserved();
                Reservation { memory, nano_cpus }
            }
            Self::Placed(task) => task.demand.wants.reservation,
        }
    }

    /// Whether its program runs.
    pub(super) fn is_running(&self) -> bool {
        match self {
            Self::There(container) => container.is_running(),
            Self::Placed(_) => true,
        }
    }

    /// Whether it runs or is about to: one that has ended takes nothing and draws nobody.
    pub(super) fn is_live(&self) -> bool {
        match self {
            Self::There(container) => container.is_running() || container.state() == ContainerState::Created,
            Self::Placed(_) => true,
        }
    }

    /// Whether it is what an affinity looks for.
    pub(super) fn matches(&self, affinity: &Affinity, matcher: &Matcher) -> bool {
        let is = |value: &str| !value.is_empty() && matcher.matches(value);
        match affinity.key() {
            "container" => match self {
                Self::There(container) => is(container.name()) || is(container.id().as_str()),
                Self::Placed(_) => is(self.name()),
            },
            "image" => match self {
                Self::There(_) => {
                    let names = ImageNames::of(self.image());
                    is(self.image()) || is(&names.repository) || is(&names.exact) || is(self.image_id())
                }
                Self::Placed(task) => is(&task.demand.wants.repository) || is(&task.demand.wants.exact),
            },
            label => self.label(label).is_some_and(|value| matcher.matches(value)),
        }
    }
}

/// What a container is a replica of, made from a specification with these labels.
pub(super) fn kind_of(labels: &BTreeMap<String, String>, repository: &str) -> String {
    kind(|label| labels.get(label).map(String::as_str), repository)
}

/// What containers are replicas of: the same group; without one, the same image for the same application.
fn kind<'a>(label: impl Fn(&str) -> Option<&'a str>, repository: &str) -> String {
    match label(GROUP) {
        // No repository begins like this.
        Some(group) => format!("\n\n{group}"),
        None => format!("{}\n{repository}", APPLICATIONS.into_iter().find_map(label).unwrap_or_default()),
    }
}

/// An image by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ImageNames {
    /// Without tag and digest; the id of an image without a name.
    pub(super) repository: String,
    /// With its tag, also where that was left out, or its digest.
    pub(super) exact: String,
}

impl ImageNames {
    pub(super) fn of(image: &str) -> Self {
        let Ok(parsed) = ImageRef::new(image) else {
            return Self { repository: image.to_owned(), exact: image.to_owned() };
        };
        if parsed.is_id() {
            return Self { repository: image.to_owned(), exact: image.to_owned() };
        }
        let repository = parsed.repository().to_owned();
        let exact = match (parsed.tag(), parsed.digest()) {
            (Some(tag), _) => format!("{repository}:{tag}"),
            (None, Some(digest)) => format!("{repository}@{digest}"),
            (None, None) => repository.clone(),
        };
        Self { repository, exact }
    }
}
