//! A container that is on a node, or placed there in thought: what others may be placed by.

use std::collections::BTreeMap;

use haven_model::{
    Container, ContainerState, ImageRef, Port,
    placement::{Affinity, Reservation},
};

use super::{Task, matcher::Matcher};

/// The label by which Haven 1.x kept the image's name, for when that name means another image.
const IMAGE_NAME: &str = "com.codeabovelab.dm.image.name";
/// The labels that tell which application a container belongs to.
const APPLICATION: [&str; 2] = ["haven.application", "com.docker.compose.project"];

/// A container as others see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) image: &'a str,
    pub(super) image_id: &'a str,
    pub(super) labels: &'a BTreeMap<String, String>,
    pub(super) ports: &'a [Port],
    pub(super) reservation: Reservation,
    /// Whether its program runs.
    pub(super) is_running: bool,
    /// Whether it runs or is about to: one that has ended takes nothing and draws nobody.
    pub(super) is_live: bool,
}

impl<'a> Held<'a> {
    pub(super) fn container(container: &'a Container) -> Self {
        let is_running = container.is_running();
        let image = match container.labels.get(IMAGE_NAME) {
            Some(name) if container.image.starts_with("sha256:") => name,
            _ => &container.image,
        };
        Self {
            id: container.id.as_str(),
            name: &container.name,
            image,
            image_id: &container.image_id,
            labels: &container.labels,
            ports: &container.ports,
            reservation: Reservation::of_labels(&container.labels),
            is_running,
            is_live: is_running || container.state == ContainerState::Created,
        }
    }

    pub(super) fn task(task: &'a Task) -> Self {
        Self {
            id: "",
            name: task.name.as_ref().map_or("", |name| name.as_str()),
            image: task.demand.image.as_str(),
            image_id: "",
            labels: &task.labels,
            ports: &task.demand.wants.ports,
            reservation: task.demand.wants.reservation,
            is_running: true,
            is_live: true,
        }
    }

    /// Whether it is what an affinity looks for.
    pub(super) fn matches(&self, affinity: &Affinity, matcher: &Matcher) -> bool {
        let is = |value: &str| !value.is_empty() && matcher.matches(value);
        match affinity.key() {
            "container" => is(self.id) || is(self.name),
            "image" => {
                let named = ImageNames::of(self.image);
                is(self.image) || is(&named.repository) || is(&named.exact) || is(self.image_id)
            }
            label => self.labels.get(label).is_some_and(|value| matcher.matches(value)),
        }
    }
}

/// The application that labels tell of.
pub(super) fn application(labels: &BTreeMap<String, String>) -> &str {
    APPLICATION.iter().find_map(|label| labels.get(*label)).map_or("", String::as_str)
}

/// What containers are replicas of: the same image for the same application.
pub(super) fn kind(application: &str, repository: &str) -> String {
    format!("{application}\n{repository}")
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
