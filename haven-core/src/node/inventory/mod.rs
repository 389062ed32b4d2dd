//! The live inventory of one node: its containers, and whether that can be counted on.
//!
//! One writer (the supervisor) and many readers, each of whom sees one snapshot. A [`Reading`] says `as_of`, the moment the
//! engine was last asked for everything, and `stale`: contact is lost, events are cut, or something is known to have
//! changed that is not read yet. Of a container a [`Summary`] is kept, which is small; the texts of all that one Haven
//! keeps are in its [`Pool`].

mod index;
mod pool;
mod summary;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use haven_model::{
    Container, ContainerFilter, ContainerId, ContainerRef, ContainerState,
    label::{APPLICATION, COMPOSE_PROJECT},
    node::Count,
};
use jiff::Timestamp;

use index::Index;
pub use pool::Pool;
use summary::{Id, truncate};
pub use summary::{Reserved, Summary};

/// The containers of one node, as last read.
#[derive(Debug)]
pub struct Inventory {
    pool: Arc<Pool>,
    snapshot: ArcSwap<Snapshot>,
    /// Contact and events are there.
    followed: AtomicBool,
    /// Something changed that is not read yet.
    dirty: AtomicBool,
}

#[derive(Debug, Default)]
struct Snapshot {
    /// Ordered by name, then id.
    containers: Box<[Summary]>,
    count: Count,
    reserved: Reserved,
    /// Made when it is first asked; that of the snapshot before where it would be the same.
    index: Arc<OnceLock<Index>>,
    as_of: Option<Timestamp>,
}

/// What a whole list showed to be otherwise than known.
#[derive(Debug, Default)]
pub struct Changes {
    /// The containers that are new, changed or gone.
    pub ids: Vec<ContainerId>,
    /// Those of them that came, went, or are in another state, of which every engine tells.
    pub lifecycle: Vec<ContainerId>,
}

/// What a reader sees. By default nothing: no container, and never asked.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    snapshot: Arc<Snapshot>,
    /// When the engine was asked for all containers; none: never yet.
    pub as_of: Option<Timestamp>,
    /// Whether this cannot be counted on now.
    pub stale: bool,
}

impl Reading {
    /// How many run, of how many.
    pub fn count(&self) -> Count {
        self.snapshot.count
    }

    /// What the containers need of the node, as their labels say, without those that have ended.
    pub fn reserved(&self) -> Reserved {
        self.snapshot.reserved
    }

    /// The containers, ordered by name and id.
    pub fn containers(&self) -> &[Summary] {
        &self.snapshot.containers
    }

    /// The containers that meet a filter, ordered by name and id. One by image or label looks at no others.
    pub fn select(&self, filter: &ContainerFilter) -> impl Iterator<Item = &Summary> {
        let known = if filter.image.is_empty() && filter.label.is_empty() { None } else { self.index() };
        let chosen = known.and_then(|index| index.candidates(filter));
        self.at(chosen).filter(|container| filter.matches(*container))
    }

    /// The containers of an application, ordered by name and id.
    pub fn application(&self, name: &str) -> impl Iterator<Item = &Summary> {
        let chosen = self.index().map(|index| index.labelled(&[(APPLICATION, name), (COMPOSE_PROJECT, name)]));
        self.at(chosen).filter(move |container| container.application() == Some(name))
    }

    /// The container of an id.
    pub fn get(&self, id: &ContainerId) -> Option<&Summary> {
        let id = Id::of(id);
        self.containers().iter().find(|container| container.key() == id)
    }

    /// The full id that a reference means, where this or the reference itself says.
    pub fn resolve(&self, container: &ContainerRef) -> Option<ContainerId> {
        let text = container.as_str();
        if let Ok(id) = ContainerId::new(text) {
            return Some(id);
        }
        let is_meant = |known: &&Summary| known.name() == text || known.key().begins(text);
        let mut found = self.containers().iter().filter(is_meant);
        let id = found.next()?.id();
        found.next().is_none().then_some(id)
    }

    /// What stands at these places; none: all.
    fn at(&self, places: Option<Vec<u16>>) -> impl Iterator<Item = &Summary> {
        let all = if places.is_some() { &[] } else { self.containers() };
        let chosen = places.into_iter().flatten().map(|place| &self.containers()[usize::from(place)]);
        chosen.chain(all)
    }

    fn index(&self) -> Option<&Index> {
        let containers = self.containers();
        (containers.len() <= Index::MOST).then(|| self.snapshot.index.get_or_init(|| Index::of(containers)))
    }
}

impl Inventory {
    /// An inventory that nothing is known of yet, which shares texts with those of its Haven.
    pub fn new(pool: Arc<Pool>) -> Self {
        let (followed, dirty) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { pool, snapshot: ArcSwap::default(), followed, dirty }
    }

    /// What is known now.
    pub fn read(&self) -> Reading {
        // The flags first: a snapshot that was swapped in after them is newer than what they say, never older.
        let stale = !self.followed.load(Ordering::Acquire) || self.dirty.load(Ordering::Acquire);
        let snapshot = self.snapshot.load_full();
        Reading { as_of: snapshot.as_of, snapshot, stale }
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
    pub fn replace(&self, containers: Vec<Container>, as_of: Timestamp) -> Changes {
        let before = self.snapshot.load_full();
        let known: HashMap<Id, &Summary> =
            before.containers.iter().map(|container| (container.key(), container)).collect();
        let mut changes = Changes::default();
        let mut seen = HashSet::with_capacity(containers.len());
        let mut after: Vec<Summary> = Vec::with_capacity(containers.len());
        for mut container in containers {
            let id = Id::of(&container.id);
            if !seen.insert(id) {
                continue;
            }
            truncate(&mut container);
            let known = known.get(&id);
            if let Some(known) = known.filter(|known| known.is_same_but_status(&container)) {
                after.push(known.told_again(&container.status, as_of, &self.pool));
                continue;
            }
            // What is being removed is told of when it is gone.
            let is_going = matches!(container.state, ContainerState::Removing | ContainerState::Dead);
            if !is_going && known.is_none_or(|known| known.state() != container.state) {
                changes.lifecycle.push(container.id.clone());
            }
            after.push(Summary::new(&container, Some(as_of), &self.pool));
            changes.ids.push(container.id);
        }
        let made = changes.ids.len();
        for gone in before.containers.iter().filter(|known| !seen.contains(&known.key())) {
            changes.ids.push(gone.id());
            changes.lifecycle.push(gone.id());
        }
        self.swap(before, after, made, Some(as_of));
        changes
    }

    /// Takes what a list filtered by `asked` answered `at` a moment: what is missing there is gone. Answers the ids that
    /// changed.
    pub(super) fn merge(&self, asked: &HashSet<ContainerId>, found: Vec<Container>, at: Timestamp) -> Vec<ContainerId> {
        let before = self.snapshot.load_full();
        let mut asked: HashSet<Id> = asked.iter().map(Id::of).collect();
        let mut known = HashMap::new();
        let mut after = Vec::with_capacity(before.containers.len());
        for container in &before.containers {
            if asked.contains(&container.key()) {
                known.insert(container.key(), container);
            } else {
                after.push(container.clone());
            }
        }
        let mut changed = Vec::new();
        for mut container in found {
            let id = Id::of(&container.id);
            if !asked.remove(&id) {
                continue;
            }
            truncate(&mut container);
            if let Some(known) = known.remove(&id).filter(|known| known.is_same_but_status(&container)) {
                after.push(known.told_again(&container.status, at, &self.pool));
            } else {
                after.push(Summary::new(&container, Some(at), &self.pool));
                changed.push(container.id);
            }
        }
        let made = changed.len();
        changed.extend(known.values().map(|gone| gone.id()));
        let as_of = before.as_of;
        self.swap(before, after, made, as_of);
        changed
    }

    /// Puts back what was last seen before this process began.
    pub(super) fn recall(&self, containers: Vec<Container>, as_of: Option<Timestamp>) {
        let recalled = containers.into_iter().map(|mut container| {
            truncate(&mut container);
            Summary::new(&container, as_of, &self.pool)
        });
        let recalled: Vec<Summary> = recalled.collect();
        let made = recalled.len();
        self.swap(self.snapshot.load_full(), recalled, made, as_of);
    }

    /// Shows `containers` instead of those `before`; so many of them were made anew.
    fn swap(&self, before: Arc<Snapshot>, mut containers: Vec<Summary>, made: usize, as_of: Option<Timestamp>) {
        containers.sort_unstable_by(|a, b| (a.name(), a.key()).cmp(&(b.name(), b.key())));
        let is_indexed = before.containers.len() == containers.len()
            && before.containers.iter().zip(&containers).all(|(before, after)| after.is_indexed_as(before));
        let on = containers.iter().filter(|container| container.is_running()).count();
        let went = before.containers.len() + made - containers.len();
        self.snapshot.store(Arc::new(Snapshot {
            count: Count { on: on as u64, total: containers.len() as u64 },
            reserved: containers.iter().map(Summary::reserved).fold(Reserved::default(), Reserved::plus),
            index: if is_indexed { before.index.clone() } else { Arc::default() },
            containers: containers.into(),
            as_of,
        }));
        // What nobody reads any more is let go of before it is counted as such.
        drop(before);
        self.pool.count(made, went);
    }
}

impl Drop for Inventory {
    fn drop(&mut self) {
        let last = self.snapshot.swap(Arc::default());
        let went = last.containers.len();
        drop(last);
        self.pool.count(0, went);
    }
}

#[cfg(test)]
mod tests;
