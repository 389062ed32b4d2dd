//! The live inventory of one node: its containers, and whether that can be counted on.
//!
//! One writer (the supervisor) and many readers. A reading says `as_of`, the moment the engine was last
//! asked for everything, and `stale`: contact is lost, events are cut, or something is known to have changed that is not
//! read yet.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use haven_model::{Container, ContainerId, ContainerState, node::Count};
use jiff::Timestamp;

/// The containers of one node, as last read.
#[derive(Debug)]
pub struct Inventory {
    snapshot: ArcSwap<Snapshot>,
    /// Contact and events are there.
    followed: AtomicBool,
    /// Something changed that is not read yet.
    dirty: AtomicBool,
}

#[derive(Debug)]
struct Snapshot {
    /// Ordered by name, then id.
    containers: Arc<[Arc<Container>]>,
    /// When the engine told of each.
    told: Arc<[Option<Timestamp>]>,
    as_of: Option<Timestamp>,
}

/// What a whole list showed to be otherwise than known.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// The containers that are new, changed or gone.
    pub(super) ids: Vec<ContainerId>,
    /// Those of them that came, went, or are in another state, of which every engine tells.
    pub(super) lifecycle: Vec<ContainerId>,
}

/// What a reader sees.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The containers, ordered by name and id.
    pub containers: Arc<[Arc<Container>]>,
    /// When the engine told of each: what it says of time (`Up 5 minutes`) is as of then.
    pub told: Arc<[Option<Timestamp>]>,
    /// When the engine was asked for all of them; none: never yet.
    pub as_of: Option<Timestamp>,
    /// Whether this cannot be counted on now.
    pub stale: bool,
}

impl Reading {
    /// How many run, of how many.
    pub fn count(&self) -> Count {
        let on = self.containers.iter().filter(|container| container.is_running()).count();
        Count { on: on as u64, total: self.containers.len() as u64 }
    }
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            snapshot: ArcSwap::from_pointee(Snapshot { containers: Arc::new([]), told: Arc::new([]), as_of: None }),
            followed: AtomicBool::new(false),
            dirty: AtomicBool::new(false),
        }
    }
}

impl Inventory {
    /// What is known now.
    pub fn read(&self) -> Reading {
        // The flags first: a snapshot that was swapped in after them is newer than what they say, never older.
        let stale = !self.followed.load(Ordering::Acquire) || self.dirty.load(Ordering::Acquire);
        let snapshot = self.snapshot.load();
        let (containers, told) = (snapshot.containers.clone(), snapshot.told.clone());
        Reading { containers, told, as_of: snapshot.as_of, stale }
    }

    /// Marks that contact or events are lost.
    pub(super) fn cut(&self) {
        self.followed.store(false, Ordering::Release);
    }

    /// Marks that contact and events are there.
    pub(super) fn follow(&self) {
        self.followed.store(true, Ordering::Release);
    }

    /// Marks whether something changed that is not read yet.
    pub(super) fn set_dirty(&self, dirty: bool) {
        self.dirty.store(dirty, Ordering::Release);
    }

    /// Takes a whole list.
    pub(super) fn replace(&self, containers: Vec<Container>, as_of: Timestamp) -> Changes {
        let before = self.snapshot.load_full();
        let known: std::collections::HashMap<&ContainerId, &Arc<Container>> =
            before.containers.iter().map(|container| (&container.id, container)).collect();
        let mut changes = Changes::default();
        let mut seen = HashSet::with_capacity(containers.len());
        let mut after: Vec<Arc<Container>> = Vec::with_capacity(containers.len());
        for container in containers {
            if !seen.insert(container.id.clone()) {
                continue;
            }
            match known.get(&container.id) {
                Some(known) if ***known == container => after.push((*known).clone()),
                Some(known) if same_but_status(known, &container) => after.push(Arc::new(container)),
                known => {
                    // What is being removed is told of when it is gone.
                    let is_going = matches!(container.state, ContainerState::Removing | ContainerState::Dead);
                    if !is_going && known.is_none_or(|known| known.state != container.state) {
                        changes.lifecycle.push(container.id.clone());
                    }
                    changes.ids.push(container.id.clone());
                    after.push(Arc::new(container));
                }
            }
        }
        for gone in known.keys().filter(|id| !seen.contains(**id)) {
            changes.ids.push((*gone).clone());
            changes.lifecycle.push((*gone).clone());
        }
        self.swap(after.into_iter().map(|container| (container, Some(as_of))).collect(), Some(as_of));
        changes
    }

    /// Takes what a list filtered by `asked` answered `at` a moment: what is missing there is gone. Answers the ids that
    /// changed.
    pub(super) fn merge(&self, asked: &HashSet<ContainerId>, found: Vec<Container>, at: Timestamp) -> Vec<ContainerId> {
        let before = self.snapshot.load_full();
        let known = before.containers.iter().cloned().zip(before.told.iter().copied());
        let mut after: Vec<_> = known.filter(|(container, _)| !asked.contains(&container.id)).collect();
        let mut changed = Vec::new();
        let mut present = HashSet::new();
        for container in found.into_iter().filter(|container| asked.contains(&container.id)) {
            present.insert(container.id.clone());
            let known = before.containers.iter().find(|known| known.id == container.id);
            if !known.is_some_and(|known| same_but_status(known, &container)) {
                changed.push(container.id.clone());
            }
            after.push((Arc::new(container), Some(at)));
        }
        let gone = before.containers.iter().filter(|known| asked.contains(&known.id) && !present.contains(&known.id));
        changed.extend(gone.map(|known| known.id.clone()));
        self.swap(after, before.as_of);
        changed
    }

    /// Puts back what was last seen before this process began.
    pub(super) fn recall(&self, containers: Vec<Container>, as_of: Option<Timestamp>) {
        self.swap(containers.into_iter().map(|container| (Arc::new(container), as_of)).collect(), as_of);
    }

    fn swap(&self, mut known: Vec<(Arc<Container>, Option<Timestamp>)>, as_of: Option<Timestamp>) {
        known.sort_unstable_by(|(a, _), (b, _)| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let (containers, told): (Vec<_>, Vec<_>) = known.into_iter().unzip();
        self.snapshot.store(Arc::new(Snapshot { containers: containers.into(), told: told.into(), as_of }));
    }
}

/// `status` holds running time (`Up 5 minutes`), which is no change of the container.
fn same_but_status(a: &Container, b: &Container) -> bool {
    a.id == b.id
        && a.state == b.state
        && a.health == b.health
        && a.name == b.name
        && a.image == b.image
        && a.image_id == b.image_id
        && a.command == b.command
        && a.created == b.created
        && a.ports == b.ports
        && a.labels == b.labels
        && a.networks == b.networks
        && a.mounts == b.mounts
}
