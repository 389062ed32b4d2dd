//! What an engine's events hint at: which containers to read anew, and whether all that changed was told.

use std::collections::{HashMap, HashSet};

use haven_model::{ContainerFilter, ContainerId, EngineEvent};
use tokio::sync::oneshot;

/// Beyond so many ids a whole list is cheaper than a filtered one.
const MANY: usize = 50;
/// How often a container that is said to have ended is read anew while a list shows it running.
const TRIES: u8 = 10;

/// What an event is about.
pub(super) enum About {
    Container(ContainerId),
    /// A container, but it does not say which.
    SomeContainer,
    /// What names of images mean.
    Images,
    /// Nothing that a list or an inspection shows.
    Nothing,
}

/// What an event is about.
pub(super) fn about(event: &EngineEvent) -> About {
    let id = match (event.kind.as_str(), event.action.as_str()) {
        // An exec changes nothing that is shown; a health check is one every few seconds in every container.
        ("container", action) if action.starts_with("exec_") || action == "top" => return About::Nothing,
        ("container", _) => Some(event.id.as_str()),
        ("network", _) => event.attributes.get("container").map(String::as_str),
        ("image", "tag" | "untag" | "delete" | "pull" | "load" | "import") => return About::Images,
        _ => None,
    };
    match id.map(ContainerId::new) {
        Some(Ok(id)) => About::Container(id),
        Some(Err(_)) => About::SomeContainer,
        None => About::Nothing,
    }
}

/// What changed and is not read yet.
#[derive(Default)]
pub(super) struct Dirty {
    pub(super) ids: HashSet<ContainerId>,
    pub(super) everything: bool,
    /// Who waits for it to be read.
    pub(super) waiting: Vec<oneshot::Sender<()>>,
}

impl Dirty {
    pub(super) fn is_empty(&self) -> bool {
        self.ids.is_empty() && !self.everything && self.waiting.is_empty()
    }

    /// Marks which containers an event is about.
    pub(super) fn mark(&mut self, event: &EngineEvent) {
        match about(event) {
            About::Container(id) => drop(self.ids.insert(id)),
            // A container is listed by the id of its image once the name means another or none.
            About::SomeContainer | About::Images => self.everything = true,
            About::Nothing => {}
        }
    }

    /// Whether a whole list is wanted.
    pub(super) fn is_whole(&self) -> bool {
        self.everything || self.ids.len() > MANY
    }

    /// What to ask the engine for.
    pub(super) fn filter(&self) -> ContainerFilter {
        let id = if self.is_whole() { Vec::new() } else { self.ids.iter().map(ToString::to_string).collect() };
        ContainerFilter { id, ..ContainerFilter::default() }
    }
}

/// Containers that are said to have ended, until a list shows it. Docker before 23 tells before its lists know: in
/// between it cleans up, which may take longer than events gather.
#[derive(Default)]
pub(super) struct Ended(HashMap<ContainerId, u8>);

impl Ended {
    /// Takes an event.
    pub(super) fn hear(&mut self, event: &EngineEvent) {
        if event.kind != "container" {
            return;
        }
        let Ok(id) = ContainerId::new(&event.id) else { return };
        match event.action.as_str() {
            "die" => drop(self.0.insert(id, 0)),
            "start" | "destroy" => drop(self.0.remove(&id)),
            _ => {}
        }
    }

    /// Which of those are to be read once more, as a list shows that they run.
    pub(super) fn doubt(&mut self, is_running: impl Fn(&ContainerId) -> bool) -> HashSet<ContainerId> {
        self.0.retain(|id, tries| {
            *tries += 1;
            *tries <= TRIES && is_running(id)
        });
        self.0.keys().cloned().collect()
    }
}

/// Containers that a list showed to have come, gone or changed their state, and no event told of. One may be late;
/// several that never come mean that those which do are not all, or come no more.
#[derive(Default)]
pub(super) struct Untold(HashSet<ContainerId>);

impl Untold {
    /// Takes what a whole list showed that nothing had hinted at, but for what was told meanwhile. Answers whether events
    /// are missed from now on that were not before.
    pub(super) fn shown(&mut self, lifecycle: Vec<ContainerId>, told: &HashSet<ContainerId>) -> bool {
        if !self.0.is_empty() {
            return false;
        }
        self.0.extend(lifecycle.into_iter().filter(|id| !told.contains(id)));
        !self.0.is_empty()
    }

    /// Takes an event.
    pub(super) fn hear(&mut self, event: &EngineEvent) {
        self.0.retain(|id| id.as_str() != event.id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;

    fn event(kind: &str, action: &str, id: &str) -> EngineEvent {
        EngineEvent {
            time: Timestamp::UNIX_EPOCH,
            kind: kind.into(),
            action: action.into(),
            id: id.into(),
            attributes: BTreeMap::new(),
        }
    }

    #[test]
    fn a_name_that_means_another_image_marks_everything() {
        let mut dirty = Dirty::default();
        dirty.mark(&event("image", "push", "busybox"));
        assert!(dirty.is_empty(), "a push changes no list");
        dirty.mark(&event("image", "untag", "sha256:0"));
        assert!(dirty.is_whole());
    }

    #[test]
    fn a_list_that_lags_behind_the_death_it_was_told_of_is_doubted() {
        let text = "a".repeat(64);
        let id = ContainerId::new(&text).unwrap();
        let mut ended = Ended::default();
        ended.hear(&event("container", "die", &text));
        assert_eq!(ended.doubt(|known| *known == id).len(), 1);
        assert!(ended.doubt(|_| false).is_empty(), "the list knows now");
        assert!(ended.doubt(|_| true).is_empty(), "it runs again");

        ended.hear(&event("container", "die", &text));
        ended.hear(&event("container", "start", &text));
        assert!(ended.doubt(|_| true).is_empty(), "it was started since");

        ended.hear(&event("container", "die", &text));
        let doubts = (0..20).take_while(|_| !ended.doubt(|_| true).is_empty()).count();
        assert_eq!(doubts, usize::from(TRIES), "an engine is not asked for ever");
    }
}
