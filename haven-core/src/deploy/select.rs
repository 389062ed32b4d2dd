//! Which containers a plan is made for.

use std::collections::HashSet;

use haven_model::{
    ContainerId, Error, ImageRef, NodeName, Result,
    plan::{Selection, Skipped},
};

use super::{Shared, names};
use crate::{cluster::Scope, node::Summary};

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 512;
/// The most conditions of one kind.
const MAX_CONDITIONS: usize = 1_000;
/// Labels that say that a container is to be left alone.
const LOCKS: [&str; 2] = ["haven.lock", "lock"];
/// A container that a swarm keeps.
const SERVICE: &str = "com.docker.swarm.service.id";

/// A container that a selection means.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) node: NodeName,
    pub(super) container: Summary,
    /// Whether its node answers.
    pub(super) is_online: bool,
}

impl Candidate {
    pub(super) fn skipped(&self, reason: impl Into<String>) -> Skipped {
        Skipped {
            node: Some(self.node.clone()),
            name: self.container.name().to_owned(),
            id: Some(self.container.id()),
            reason: reason.into(),
        }
    }

    /// Why no plan may touch it; none: one may.
    pub(super) fn untouchable(&self) -> Option<&'static str> {
        if !self.is_online {
            return Some("there is no contact with its node");
        }
        if LOCKS.iter().any(|lock| self.container.label(lock) == Some("true")) {
            return Some("it is locked by its label");
        }
        self.container.label(SERVICE).is_some().then_some("its swarm service keeps it")
    }
}

impl Shared {
    /// The containers that a selection means now, ordered by node and name, those of plans left out. `NotFound` when its cluster or node is not there,
    /// `Invalid` for a pattern that is none.
    pub(super) fn select(&self, selection: &Selection) -> Result<Vec<Candidate>> {
        let matcher = Matcher::new(selection)?;
        let scope = Scope::from_parts(selection.cluster.clone(), selection.node.clone());
        let mut found = Vec::new();
        for state in self.clusters.nodes_of(&scope)? {
            if selection.exclude_node.contains(&state.name) {
                continue;
            }
            let is_online = state.engine().is_ok();
            for container in state.inventory.read().containers() {
                if !names::is_of_a_plan(container.name()) && matcher.means(container) {
                    found.push(Candidate { node: state.name.clone(), container: container.clone(), is_online });
                }
            }
        }
        Ok(found)
    }
}

/// A selection's conditions, compiled.
struct Matcher {
    ids: HashSet<ContainerId>,
    names: Vec<Glob>,
    images: Vec<ImagePattern>,
    exclude: Vec<Glob>,
    labels: Vec<(String, Option<String>)>,
}

impl Matcher {
    fn new(selection: &Selection) -> Result<Self> {
        let Selection { id, name, image, label, exclude, exclude_node, .. } = selection;
        for conditions in [id.len(), name.len(), image.len(), label.len(), exclude.len(), exclude_node.len()] {
            if conditions > MAX_CONDITIONS {
                return Err(Error::invalid(format!("a selection has at most {MAX_CONDITIONS} conditions of a kind")));
            }
        }
        Ok(Self {
            ids: id.iter().cloned().collect(),
            names: name.iter().map(|name| Glob::new(name)).collect::<Result<_>>()?,
            images: image.iter().map(|image| ImagePattern::new(image)).collect::<Result<_>>()?,
            exclude: exclude.iter().map(|name| Glob::new(name)).collect::<Result<_>>()?,
            labels: label
                .iter()
                .map(|label| match label.split_once('=') {
                    Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                    None => (label.clone(), None),
                })
                .collect(),
        })
    }

    fn means(&self, container: &Summary) -> bool {
        let any = |patterns: &[Glob]| patterns.iter().any(|pattern| pattern.matches(container.name()));
        (self.ids.is_empty() || self.ids.contains(&container.id()))
            && (self.names.is_empty() || any(&self.names))
            && !any(&self.exclude)
            && (self.images.is_empty() || self.images.iter().any(|image| image.means(container)))
            && self.labels.iter().all(|(key, value)| {
                container.label(key).is_some_and(|has| value.as_ref().is_none_or(|value| value == has))
            })
    }
}

/// A pattern of an image: its repository, and its tag where it has one.
pub(super) struct ImagePattern {
    text: String,
    repository: Glob,
    tag: Option<Glob>,
}

impl ImagePattern {
    pub(super) fn new(text: &str) -> Result<Self> {
        let (repository, tag) = match text.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(Glob::new(tag)?)),
            _ => (text, None),
        };
        Ok(Self { text: text.to_owned(), repository: Glob::new(repository)?, tag })
    }

    fn means(&self, container: &Summary) -> bool {
        if container.image_id() == self.text || container.image() == self.text {
            return true;
        }
        let Ok(image) = ImageRef::new(container.image()) else { return false };
        let repository = image.repository();
        let familiar = repository.strip_prefix("docker.io/").unwrap_or(repository);
        let familiar = familiar.strip_prefix("library/").unwrap_or(familiar);
        (self.repository.matches(repository) || self.repository.matches(familiar))
            && self.tag.as_ref().is_none_or(|tag| tag.matches(image.tag().unwrap_or("latest")))
    }
}

/// A text in which `*` stands for any text; everything else is meant as it is.
#[derive(Debug)]
pub(super) struct Glob {
    /// What is before the first star; without a star the whole.
    before: String,
    /// What is between stars, and after the last.
    rest: Option<(Vec<String>, String)>,
}

impl Glob {
    /// `Invalid` for an empty text and for one of more than 512 bytes.
    pub(super) fn new(text: &str) -> Result<Self> {
        if text.is_empty() || text.len() > MAX_PATTERN {
            return Err(Error::invalid(format!("a pattern has 1 to {MAX_PATTERN} bytes, not {}", text.len())));
        }
        let Some((before, rest)) = text.split_once('*') else {
            return Ok(Self { before: text.to_owned(), rest: None });
        };
        let mut parts: Vec<String> = rest.split('*').map(str::to_owned).collect();
        let after = parts.pop().unwrap_or_default();
        parts.retain(|part| !part.is_empty());
        Ok(Self { before: before.to_owned(), rest: Some((parts, after)) })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((parts, after)) = &self.rest else { return text == self.before };
        let Some(mut text) = text.strip_prefix(&self.before).and_then(|text| text.strip_suffix(after.as_str())) else {
            return false;
        };
        for part in parts {
            let Some((_, rest)) = text.split_once(part.as_str()) else { return false };
            text = rest;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text_and_all_else_for_itself() {
        for (pattern, text, means) in [
            ("web*", "web-1", true),
            ("web*", "a-web", false),
            ("*.dev", "x.dev", true),
            ("*.dev", "xxdev", false),
            ("a*b*c", "a/x/b\nc", true),
            ("web", "web", true),
            ("web", "web-1", false),
            ("**", "", true),
            ("ab*ba", "aba", false),
            ("a*a*a", "aa", false),
            ("a*a*a", "aaa", true),
            ("*a*", "bab", true),
            ("w[e]b", "web", false),
        ] {
            assert_eq!(Glob::new(pattern).unwrap().matches(text), means, "{pattern} {text}");
        }
        assert!(Glob::new("").is_err() && Glob::new(&"x".repeat(1000)).is_err());
    }
}
