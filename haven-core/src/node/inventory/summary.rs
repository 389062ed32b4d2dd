//! A container as the inventory keeps it: a few hundred bytes, most of what it says shared with others.
//!
//! A [`Summary`] answers what a list, a filter or a plan asks of a container without making a whole [`Container`] of it.
//! What containers that are made alike have in common (image, label keys, networks, mounts) they share; their values are
//! texts of the [`Pool`].

use std::sync::Arc;

use arcstr::ArcStr;
use haven_model::{
    Container, ContainerId, ContainerState, Health, Mount, Port,
    container::Facts,
    label::{APPLICATION, COMPOSE_PROJECT, CPUS, MEMORY},
};
use jiff::Timestamp;

use super::pool::Pool;

/// How much of one container is kept, in bytes of text.
const MOST: usize = 16 * 1024;
/// How much of its command is kept where that is what is too long.
const MOST_OF_COMMAND: usize = 4 * 1024;
/// What a label takes besides its text.
const PER_LABEL: usize = 32;

/// A container of a node's inventory. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Summary {
    kept: Arc<Kept>,
    status: ArcStr,
    told: Moment,
}

/// What only changes with the container.
#[derive(Debug)]
struct Kept {
    id: Id,
    created: Timestamp,
    common: Arc<Common>,
    name: ArcStr,
    command: ArcStr,
    /// Of labels, then addresses in networks, then sources of mounts: in the order that they have in common.
    values: Box<[ArcStr]>,
    ports: Box<[Port]>,
    reserved: Option<Box<Reserved>>,
    state: ContainerState,
    health: Option<Health>,
    truncated: bool,
}

/// What containers that are made alike have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Common {
    image: ArcStr,
    image_id: ArcStr,
    /// The keys of the labels, in order.
    labels: Box<[ArcStr]>,
    networks: Box<[ArcStr]>,
    /// Without their sources.
    mounts: Box<[Mount]>,
}

/// What containers say that they need, by their labels `haven.memory` and `haven.cpus`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reserved {
    /// Memory in bytes.
    pub memory: u64,
    /// CPU time in billionths of a core.
    pub nano_cpus: u64,
}

impl Reserved {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            memory: self.memory.saturating_add(other.memory),
            nano_cpus: self.nano_cpus.saturating_add(other.nano_cpus),
        }
    }
}

impl Summary {
    /// Keeps a container of which the engine told at a moment.
    pub(super) fn new(container: &Container, told: Option<Timestamp>, pool: &Pool) -> Self {
        let text = |text: &String| pool.text(text);
        let common = Common {
            image: text(&container.image),
            image_id: text(&container.image_id),
            labels: container.labels.keys().map(text).collect(),
            networks: container.networks.keys().map(text).collect(),
            mounts: container.mounts.iter().map(without_source).collect(),
        };
        let sources = container.mounts.iter().map(|mount| &mount.source);
        let values = container.labels.values().chain(container.networks.values()).chain(sources);
        let number = |key: &str| container.labels.get(key).and_then(|value| value.parse().ok()).unwrap_or_default();
        let reserved = Reserved { memory: number(MEMORY), nano_cpus: number(CPUS) };
        let kept = Kept {
            id: Id::of(&container.id),
            created: container.created,
            common: pool.common(common),
            // Names differ, and nothing is won by looking for the same.
            name: container.name.as_str().into(),
            command: text(&container.command),
            values: values.map(text).collect(),
            ports: container.ports.as_slice().into(),
            reserved: (reserved != Reserved::default()).then(|| Box::new(reserved)),
            state: container.state,
            health: container.health,
            truncated: container.truncated,
        };
        Self { kept: Arc::new(kept), status: pool.text(&container.status), told: Moment::of(told) }
    }

    /// The same container, of which the engine told again, and only its status is another.
    pub(super) fn told_again(&self, status: &str, told: Timestamp, pool: &Pool) -> Self {
        let status = if self.status == status { self.status.clone() } else { pool.text(status) };
        Self { kept: self.kept.clone(), status, told: Moment::of(Some(told)) }
    }

    /// Whether this is what `container`, which has its id, says, but for the status: that holds running time (`Up 5
    /// minutes`), which is no change of the container.
    pub(super) fn is_same_but_status(&self, container: &Container) -> bool {
        let Kept { created, common, name, command, ports, state, health, truncated, .. } = &*self.kept;
        *state == container.state
            && *health == container.health
            && *name == container.name
            && common.image == container.image
            && common.image_id == container.image_id
            && *command == container.command
            && *created == container.created
            && **ports == *container.ports
            && *truncated == container.truncated
            && self.labels().eq(container.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())))
            && self.networks().eq(container.networks.iter().map(|(name, at)| (name.as_str(), at.as_str())))
            && self.mounts().eq(container.mounts.iter().cloned())
    }

    /// Whether an index finds it by the same terms as `other`.
    pub(super) fn is_indexed_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.kept, &other.kept)
            || self.kept.id == other.kept.id
                && Arc::ptr_eq(&self.kept.common, &other.kept.common)
                && self.kept.values == other.kept.values
    }

    /// The whole container.
    pub fn container(&self) -> Container {
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Container {
            id: self.id(),
            name: self.kept.name.to_string(),
            image: self.image().to_owned(),
            image_id: self.image_id().to_owned(),
            command: self.kept.command.to_string(),
            created: self.kept.created,
            state: self.kept.state,
            health: self.kept.health,
            status: self.status.to_string(),
            ports: self.kept.ports.to_vec(),
            labels: self.labels().map(owned).collect(),
            networks: self.networks().map(owned).collect(),
            mounts: self.mounts().collect(),
            truncated: self.kept.truncated,
        }
    }

    /// Its full id.
    pub fn id(&self) -> ContainerId {
        ContainerId::from_bytes(self.kept.id.0)
    }

    pub(super) fn key(&self) -> Id {
        self.kept.id
    }

    /// Its name, without the leading slash.
    pub fn name(&self) -> &str {
        &self.kept.name
    }

    /// The image as it was asked for; its id once that name means another image, or none.
    pub fn image(&self) -> &str {
        &self.kept.common.image
    }

    /// The id of the image.
    pub fn image_id(&self) -> &str {
        &self.kept.common.image_id
    }

    /// When it was created.
    pub fn created(&self) -> Timestamp {
        self.kept.created
    }

    /// What it is doing.
    pub fn state(&self) -> ContainerState {
        self.kept.state
    }

    /// What its health check says, where it has one.
    pub fn health(&self) -> Option<Health> {
        self.kept.health
    }

    /// Whether its program runs: running, paused or restarting.
    pub fn is_running(&self) -> bool {
        self.kept.state.is_running()
    }

    /// The state in Docker's words, as of when the engine [told](Self::told).
    pub fn status(&self) -> &str {
        &self.status
    }

    /// When the engine told of it last: what it says of time (`Up 5 minutes`) is as of then.
    pub fn told(&self) -> Option<Timestamp> {
        self.told.shown()
    }

    /// Its ports, published or exposed.
    pub fn ports(&self) -> &[Port] {
        &self.kept.ports
    }

    /// The value of a label, where it has it.
    pub fn label(&self, key: &str) -> Option<&str> {
        let at = self.kept.common.labels.binary_search_by(|known| known.as_str().cmp(key)).ok()?;
        Some(&self.kept.values[at])
    }

    /// Its labels, the image's included, in the order of keys.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        pairs(&self.kept.common.labels, &self.kept.values)
    }

    /// The networks it is connected to, and its address there.
    pub fn networks(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let Common { labels, networks, .. } = &*self.kept.common;
        pairs(networks, &self.kept.values[labels.len()..])
    }

    /// What is mounted into it.
    pub fn mounts(&self) -> impl ExactSizeIterator<Item = Mount> {
        let Common { labels, networks, mounts, .. } = &*self.kept.common;
        let sources = &self.kept.values[labels.len() + networks.len()..];
        mounts.iter().zip(sources).map(|(mount, source)| Mount { source: source.to_string(), ..mount.clone() })
    }

    /// The application that it belongs to: by its label `haven.application`, else by that of Docker Compose.
    pub fn application(&self) -> Option<&str> {
        self.label(APPLICATION).or_else(|| self.label(COMPOSE_PROJECT))
    }

    /// What it needs of its node, as its labels say. One that has ended needs nothing.
    pub fn reserved(&self) -> Reserved {
        use ContainerState::{Dead, Exited, Removing};
        match &self.kept.reserved {
            Some(reserved) if !matches!(self.kept.state, Exited | Dead | Removing) => **reserved,
            _ => Reserved::default(),
        }
    }

    /// Whether labels, or the end of the command, are left out.
    pub fn is_truncated(&self) -> bool {
        self.kept.truncated
    }
}

impl Facts for Summary {
    fn has_id(&self, digits: &str) -> bool {
        self.kept.id.begins(digits)
    }

    fn name(&self) -> &str {
        self.name()
    }

    fn image(&self) -> &str {
        self.image()
    }

    fn image_id(&self) -> &str {
        self.image_id()
    }

    fn label(&self, key: &str) -> Option<&str> {
        self.label(key)
    }

    fn state(&self) -> ContainerState {
        self.state()
    }
}

/// Leaves out of a container what is more than is kept of one: the end of a long command, and whole labels, those with
/// most text first, so that short ones stay.
pub(super) fn truncate(container: &mut Container) {
    let label = |(key, value): (&String, &String)| key.len() + value.len() + PER_LABEL;
    let mut over = text_of(container).saturating_sub(MOST);
    if over == 0 {
        return;
    }
    container.truncated = true;
    if container.command.len() > MOST_OF_COMMAND {
        let mut ends = (0..=MOST_OF_COMMAND).rev();
        let end = ends.find(|end| container.command.is_char_boundary(*end)).unwrap_or_default();
        container.command.truncate(end);
        container.command.push('…');
        over = text_of(container).saturating_sub(MOST);
    }
    let mut labels: Vec<_> = container.labels.iter().map(|pair| (label(pair), pair.0.clone())).collect();
    labels.sort_unstable_by(|a, b| b.cmp(a));
    for (length, key) in labels {
        if over == 0 {
            return;
        }
        over = over.saturating_sub(length);
        container.labels.remove(&key);
    }
}

/// How much text a container has.
fn text_of(container: &Container) -> usize {
    let Container { name, image, image_id, command, status, labels, networks, mounts, .. } = container;
    let own: usize = [name, image, image_id, command, status].into_iter().map(String::len).sum();
    let pairs: usize = labels.iter().chain(networks).map(|(key, value)| key.len() + value.len()).sum();
    let places: usize = mounts.iter().map(|mount| mount.source.len() + mount.target.len()).sum();
    own + pairs + places + labels.len() * PER_LABEL
}

fn without_source(mount: &Mount) -> Mount {
    Mount { source: String::new(), ..mount.clone() }
}

fn pairs<'a>(keys: &'a [ArcStr], values: &'a [ArcStr]) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> {
    keys.iter().map(ArcStr::as_str).zip(values.iter().map(ArcStr::as_str))
}

/// A container's id in half its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id([u8; 32]);

impl Id {
    pub(super) fn of(id: &ContainerId) -> Self {
        Self(id.to_bytes())
    }

    pub(super) fn begins(&self, digits: &str) -> bool {
        let own = |at: usize| if at.is_multiple_of(2) { self.0[at / 2] >> 4 } else { self.0[at / 2] & 0xf };
        let is_own =
            |(at, digit)| char::from(digit).to_digit(16) == Some(own(at).into()) && !u8::is_ascii_uppercase(&digit);
        digits.len() <= 64 && digits.bytes().enumerate().all(is_own)
    }
}

/// A moment, or none, to the millisecond.
#[derive(Clone, Copy, Debug)]
struct Moment(i64);

impl Moment {
    fn of(time: Option<Timestamp>) -> Self {
        Self(time.map_or(i64::MIN, Timestamp::as_millisecond))
    }

    fn shown(self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.0).ok()
    }
}
