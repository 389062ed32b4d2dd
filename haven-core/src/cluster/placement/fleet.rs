//! All nodes as they are once what was placed so far is there: counted, so that no container is looked at again.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use haven_model::{
    Availability, NodeName, Port,
    placement::{Constraint, Operator, Reservation},
    spec::Protocol,
};

use super::{
    NodeView, Task,
    held::{Held, ImageNames},
    matcher::Matcher,
    profile::Profile,
    rules::Rules,
    tally::Tallies,
};

/// All nodes, ordered by name.
#[derive(Clone, Debug)]
pub(super) struct Fleet {
    pub(super) machines: Vec<Machine>,
    /// Containers that run or are about to, by what they are replicas of.
    pub(super) replicas: Tallies,
    /// The same containers, by image.
    pub(super) instances: Tallies,
    /// Containers of any state, by image and tag.
    pub(super) images: Tallies,
    pub(super) rules: Rules,
    /// Which nodes meet a constraint, by node.
    constraints: HashMap<Constraint, Arc<[bool]>>,
    /// Which nodes have a container of a name; made when somebody asks.
    names: Option<HashMap<Box<str>, Vec<u32>>>,
    /// On which node each was placed, in order.
    pub(super) log: Vec<u32>,
}

/// A node, and what is taken of it.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) view: NodeView,
    /// How many run, and how many there are.
    pub(super) running: u32,
    pub(super) total: u32,
    /// What it has; none: that is not known.
    pub(super) memory: Option<u64>,
    pub(super) nano_cpus: Option<u64>,
    pub(super) reserved: Reservation,
    ports: HashMap<(u16, Protocol), Vec<Option<IpAddr>>>,
    placed: Vec<Task>,
}

impl Machine {
    fn new(view: NodeView) -> Self {
        let info = view.info.as_deref();
        Self {
            running: 0,
            total: 0,
            memory: info.map(|info| info.memory).filter(|memory| *memory > 0),
            nano_cpus: info.map(|info| u64::from(info.cpus) * 1_000_000_000).filter(|cpus| *cpus > 0),
            reserved: Reservation::default(),
            ports: HashMap::new(),
            placed: Vec::new(),
            view,
        }
    }

    /// What is on it, and what was placed there.
    pub(super) fn holds(&self) -> impl Iterator<Item = Held<'_>> {
        let there = self.view.containers.containers().iter().map(Held::There);
        there.chain(self.placed.iter().map(Held::Placed))
    }

    /// Whether it takes any container.
    pub(super) fn is_open(&self) -> bool {
        self.view.is_online && self.view.availability == Availability::Active
    }

    /// A port that is taken already, of those that are wanted.
    pub(super) fn taken<'a>(&self, ports: &'a [Port]) -> Option<&'a Port> {
        ports.iter().find(|port| {
            let held = port.host.and_then(|host| self.ports.get(&(host, port.protocol)));
            held.is_some_and(|held| held.iter().any(|address| collide(port.address, *address)))
        })
    }

    fn take(&mut self, held: &Held<'_>) {
        self.total += 1;
        if held.is_live() {
            let Reservation { memory, nano_cpus } = held.reservation();
            self.reserved.memory = self.reserved.memory.saturating_add(memory);
            self.reserved.nano_cpus = self.reserved.nano_cpus.saturating_add(nano_cpus);
        }
        if held.is_running() {
            self.running += 1;
            for port in held.ports() {
                let Some(host) = port.host else { continue };
                self.ports.entry((host, port.protocol)).or_default().push(port.address);
            }
        }
    }
}

/// Whether the same port cannot be published on both addresses of a node.
pub(super) fn collide(one: Option<IpAddr>, other: Option<IpAddr>) -> bool {
    let is_any = |address: Option<IpAddr>| address.is_none_or(|address| address.is_unspecified());
    is_any(one) || is_any(other) || one == other
}

impl Fleet {
    pub(super) fn new(mut views: Vec<NodeView>) -> Self {
        views.sort_by(|a, b| a.name.cmp(&b.name));
        let mut fleet = Self {
            machines: views.into_iter().map(Machine::new).collect(),
            replicas: Tallies::default(),
            instances: Tallies::default(),
            images: Tallies::default(),
            rules: Rules::default(),
            constraints: HashMap::new(),
            names: None,
            log: Vec::new(),
        };
        let mut known: HashMap<String, ImageNames> = HashMap::new();
        for (node, machine) in (0..).zip(&mut fleet.machines) {
            for container in machine.view.containers.clone().containers() {
                let held = Held::There(container);
                machine.take(&held);
                let image = held.image();
                if !known.contains_key(image) {
                    known.insert(image.to_owned(), ImageNames::of(image));
                }
                let names = &known[image];
                fleet.images.note(&names.exact, node);
                if held.is_live() {
                    fleet.instances.note(&names.repository, node);
                    fleet.replicas.note(&held.kind(&names.repository), node);
                }
            }
            for image in &machine.view.images {
                fleet.images.note(&ImageNames::of(image).exact, node);
            }
        }
        fleet
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.machines.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn machine(&self, node: u32) -> &Machine {
        &self.machines[node as usize]
    }

    /// Which nodes meet a constraint: it is compared once with each value that there is.
    pub(super) fn meeting(&mut self, constraint: &Constraint, matcher: &Matcher) -> Arc<[bool]> {
        if let Some(known) = self.constraints.get(constraint) {
            return known.clone();
        }
        let mut compared: HashMap<[&str; 2], bool> = HashMap::new();
        let meeting = self.machines.iter().map(|machine| {
            let values = machine.view.values(constraint.key());
            *compared.entry(values).or_insert_with(|| {
                let is = values.iter().any(|value| matcher.matches(value));
                is == (constraint.operator() == Operator::Is)
            })
        });
        let meeting: Arc<[bool]> = meeting.collect();
        self.constraints.insert(constraint.clone(), meeting.clone());
        meeting
    }

    /// The nodes that have a container of this name.
    pub(super) fn named(&mut self, name: &str) -> Vec<u32> {
        let names = self.names.get_or_insert_with(|| {
            let mut names: HashMap<Box<str>, Vec<u32>> = HashMap::new();
            for (node, machine) in (0..).zip(&self.machines) {
                for held in machine.holds().filter(|held| !held.name().is_empty()) {
                    names.entry(held.name().into()).or_default().push(node);
                }
            }
            names
        });
        names.get(name).cloned().unwrap_or_default()
    }

    /// A task is on a node now.
    pub(super) fn take(&mut self, node: u32, task: &Task, profile: &mut Profile) {
        let held = Held::Placed(task);
        self.replicas.add(profile.replicas, node);
        self.instances.add(profile.instances, node);
        self.images.add(profile.image, node);
        self.rules.add(&held, node, &mut profile.draws);
        if let (Some(names), false) = (&mut self.names, held.name().is_empty()) {
            names.entry(held.name().into()).or_default().push(node);
        }
        let machine = &mut self.machines[node as usize];
        machine.take(&held);
        // Equal demands are one: many tasks may each have been read from a specification.
        machine.placed.push(Task { demand: profile.demand.clone(), ..task.clone() });
        self.log.push(node);
    }

    /// Frees the memory of what is kept for demands. Numbers that were asked for mean nothing after that.
    pub(super) fn forget(&mut self) {
        self.constraints.clear();
        self.rules = Rules::default();
        for tallies in [&mut self.replicas, &mut self.instances, &mut self.images] {
            tallies.fold();
        }
    }

    /// By which number a node goes.
    pub(super) fn position(&self, node: &NodeName) -> Option<u32> {
        let at = self.machines.binary_search_by(|machine| machine.view.name.cmp(node)).ok()?;
        u32::try_from(at).ok()
    }
}
