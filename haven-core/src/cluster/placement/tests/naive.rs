//! A scheduler that is too simple to be wrong: for each task it looks at every node and every container anew.
//!
//! It shares the model with the real one and nothing else: conditions are read again, patterns become regular
//! expressions, and what is on a node is counted each time.

use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use haven_model::{
    Availability, ContainerSpec, ContainerState, ImageRef, Port, Strategy,
    placement::{Expression, Operator, Pattern, Requirements, Strength},
};
use rand::{RngExt as _, rngs::StdRng};

use super::super::{NodeView, Settings};

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) name: Option<String>,
    pub(super) spec: ContainerSpec,
    pub(super) requirements: Requirements,
    pub(super) settings: Settings,
}

/// A container on a node.
struct There {
    id: String,
    name: String,
    image: String,
    labels: BTreeMap<String, String>,
    ports: Vec<Port>,
    memory: u64,
    cpus: u64,
    running: bool,
    live: bool,
}

pub(super) struct Naive {
    pub(super) views: Vec<NodeView>,
    placed: Vec<(usize, Ask)>,
    patterns: RefCell<HashMap<String, regex::Regex>>,
}

fn made(expression: &Expression) -> regex::Regex {
    let text = match expression.pattern() {
        Pattern::Regex(text) => text.clone(),
        Pattern::Glob(text) => {
            format!("^{}$", text.split('*').map(regex::escape).collect::<Vec<_>>().join("(?s:.*)"))
        }
    };
    regex::Regex::new(&text).unwrap()
}

fn repository(image: &str) -> String {
    ImageRef::new(image).unwrap().repository().to_owned()
}

/// With its tag.
fn exact(image: &str) -> String {
    format!("{}:{}", repository(image), ImageRef::new(image).unwrap().tag().unwrap())
}

impl Naive {
    pub(super) fn new(mut views: Vec<NodeView>) -> Self {
        views.sort_by_key(|view| view.name.clone());
        Self { views, placed: Vec::new(), patterns: RefCell::default() }
    }

    /// Made once: that takes longest.
    fn pattern(&self, expression: &Expression) -> regex::Regex {
        self.patterns.borrow_mut().entry(expression.to_string()).or_insert_with(|| made(expression)).clone()
    }

    fn there(&self, node: usize) -> Vec<There> {
        let number = |labels: &BTreeMap<String, String>, key: &str| {
            labels.get(key).and_then(|value| value.parse().ok()).unwrap_or(0)
        };
        let mut there: Vec<There> = Vec::new();
        for container in self.views[node].containers.containers() {
            let container = container.container();
            let running = matches!(
                container.state,
                ContainerState::Running | ContainerState::Paused | ContainerState::Restarting
            );
            there.push(There {
                id: container.id.to_string(),
                name: container.name.clone(),
                image: container.image.clone(),
                memory: number(&container.labels, "haven.memory"),
                cpus: number(&container.labels, "haven.cpus"),
                labels: container.labels.clone(),
                ports: container.ports.clone(),
                running,
                live: running || container.state == ContainerState::Created,
            });
        }
        for (_, ask) in self.placed.iter().filter(|(at, _)| *at == node) {
            there.push(There {
                id: String::new(),
                name: ask.name.clone().unwrap_or_default(),
                image: ask.spec.image.to_string(),
                labels: ask.spec.labels.clone(),
                ports: ask.spec.ports.clone(),
                memory: ask.spec.memory.unwrap_or(0),
                cpus: ask.spec.nano_cpus.unwrap_or(0),
                running: true,
                live: true,
            });
        }
        there
    }

    /// Whether a constraint holds on a node.
    pub(super) fn holds(&self, constraint: &Expression, node: usize) -> bool {
        let view = &self.views[node];
        let value = match constraint.key() {
            "node" => view.name.to_string(),
            key => view.labels.get(key).cloned().unwrap_or_default(),
        };
        self.pattern(constraint).is_match(&value) == (constraint.operator() == Operator::Is)
    }

    fn attracts(&self, affinity: &Expression, node: usize) -> bool {
        let pattern = self.pattern(affinity);
        let any = self.there(node).iter().any(|other| match affinity.key() {
            "container" => {
                let names = [&other.id, &other.name];
                other.live && names.iter().any(|name| !name.is_empty() && pattern.is_match(name))
            }
            "image" => {
                let names = [other.image.clone(), repository(&other.image), exact(&other.image)];
                names.iter().any(|name| pattern.is_match(name))
            }
            key => other.live && other.labels.get(key).is_some_and(|value| pattern.is_match(value)),
        });
        any == (affinity.operator() == Operator::Is)
    }

    /// How many wishes are not met on a node; none: it cannot take it.
    pub(super) fn fits(&self, ask: &Ask, node: usize) -> Option<usize> {
        let view = &self.views[node];
        let there = self.there(node);
        if !view.is_online || view.availability != Availability::Active {
            return None;
        }
        let mut missed = 0;
        for constraint in &ask.requirements.constraints {
            match (self.holds(constraint, node), constraint.strength()) {
                (true, _) => {}
                (false, Strength::Hard) => return None,
                (false, Strength::Soft) => missed += 1,
            }
        }
        for affinity in &ask.requirements.affinities {
            match (self.attracts(affinity, node), affinity.strength()) {
                (true, _) => {}
                (false, Strength::Hard) => return None,
                (false, Strength::Soft) => missed += 1,
            }
        }
        let of_image = |other: &&There| other.live && repository(&other.image) == repository(ask.spec.image.as_str());
        let instances = there.iter().filter(of_image).count();
        for limit in [ask.requirements.max_count_of_instances, ask.settings.max_count_of_instances] {
            if limit.is_some_and(|limit| instances >= limit as usize) {
                return None;
            }
        }
        if ask.name.as_ref().is_some_and(|name| there.iter().any(|other| other.name == *name)) {
            return None;
        }
        let same_port = |a: &Port, b: &Port| a.host.is_some() && a.host == b.host && a.protocol == b.protocol;
        let running = there.iter().filter(|other| other.running);
        if running.flat_map(|other| &other.ports).any(|held| ask.spec.ports.iter().any(|port| same_port(port, held))) {
            return None;
        }
        let live: Vec<&There> = there.iter().filter(|other| other.live).collect();
        let info = view.info.as_ref().unwrap();
        let memory = live.iter().map(|other| other.memory).sum::<u64>();
        if ask.spec.memory.is_some_and(|wanted| memory + wanted > info.memory) {
            return None;
        }
        let cpus = live.iter().map(|other| other.cpus).sum::<u64>();
        if ask.spec.nano_cpus.is_some_and(|wanted| cpus + wanted > u64::from(info.cpus) * 1_000_000_000) {
            return None;
        }
        Some(missed)
    }

    /// The node that takes it.
    pub(super) fn place(&self, ask: &Ask, chance: &mut StdRng) -> Option<usize> {
        let fit: Vec<(usize, usize)> =
            (0..self.views.len()).filter_map(|node| Some((self.fits(ask, node)?, node))).collect();
        let least = fit.iter().map(|(missed, _)| *missed).min()?;
        let best: Vec<usize> = fit.iter().filter(|(missed, _)| *missed == least).map(|(_, node)| *node).collect();
        let kind = |labels: &BTreeMap<String, String>, image: &str| {
            if let Some(group) = labels.get("haven.group") {
                return [group.clone(), String::new(), "group".into()];
            }
            let application = labels.get("haven.application").cloned().unwrap_or_default();
            [application, repository(image), "image".into()]
        };
        let facts = |node: usize| {
            let there = self.there(node);
            let live = there.iter().filter(|other| other.live);
            let replicas = live
                .clone()
                .filter(|other| kind(&other.labels, &other.image) == kind(&ask.spec.labels, ask.spec.image.as_str()));
            let info = self.views[node].info.as_ref().unwrap();
            let memory = match ask.spec.memory {
                Some(wanted) => (live.clone().map(|other| other.memory).sum::<u64>() + wanted) * 1000 / info.memory,
                None => 0,
            };
            let cpus = match ask.spec.nano_cpus {
                Some(wanted) => {
                    (live.map(|other| other.cpus).sum::<u64>() + wanted) * 1000 / (u64::from(info.cpus) * 1_000_000_000)
                }
                None => 0,
            };
            let lacks_image = !there.iter().any(|other| exact(&other.image) == exact(ask.spec.image.as_str()));
            let running = there.iter().filter(|other| other.running).count();
            (replicas.count(), memory + cpus, running, lacks_image, there.len())
        };
        match ask.requirements.strategy.unwrap_or(ask.settings.strategy) {
            Strategy::Random => Some(best[chance.random_range(0..best.len())]),
            Strategy::Spread => best.into_iter().min_by_key(|node| facts(*node)),
            Strategy::Binpack => best.into_iter().min_by_key(|node| {
                let (_, share, running, lacks_image, total) = facts(*node);
                (Reverse(share), Reverse(running), lacks_image, Reverse(total))
            }),
        }
    }

    pub(super) fn commit(&mut self, node: usize, ask: &Ask) {
        self.placed.push((node, ask.clone()));
    }
}
