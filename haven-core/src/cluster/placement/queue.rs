//! The nodes that can take tasks of one demand, in the order in which they are chosen, kept true at little cost.
//!
//! Placing a task changes one node. For a demand to which nodes only get worse (spread, without affinities) an entry may be
//! out of date until it is the first: then it is made anew, and what is first and up to date is best. Where a
//! node can get better, each that was changed is looked at again before one is chosen.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use haven_model::Strategy;
use rand::{RngExt as _, rngs::StdRng};

use super::{
    evaluate::{Rank, fits, rank},
    fleet::Fleet,
    profile::Profile,
};

/// The nodes that can take tasks of one demand.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    order: Order,
    /// How many placements it knows of.
    seen: usize,
}

#[derive(Clone, Debug)]
enum Order {
    Best(Best),
    Chance(Chance),
}

impl Queue {
    pub(super) fn new(fleet: &Fleet, profile: &Profile) -> Self {
        let nodes = fleet.machines.len();
        let mut order = match profile.demand.wants.strategy {
            Strategy::Random => Order::Chance(Chance { sets: BTreeMap::new(), missed: vec![None; nodes].into() }),
            Strategy::Spread | Strategy::Binpack => {
                Order::Best(Best { heap: BinaryHeap::with_capacity(nodes), ranks: vec![None; nodes].into() })
            }
        };
        for node in fleet.nodes() {
            order.look(fleet, profile, node);
        }
        Self { order, seen: fleet.log.len() }
    }

    /// The node that suits best, but for those that have a container of the task's name.
    pub(super) fn choose(
        &mut self,
        fleet: &Fleet,
        profile: &Profile,
        taken: &[u32],
        chance: &mut StdRng,
    ) -> Option<u32> {
        if profile.can_improve() {
            let changed = &fleet.log[self.seen..];
            if changed.len() < fleet.machines.len() {
                for node in changed {
                    self.order.look(fleet, profile, *node);
                }
            } else {
                fleet.nodes().for_each(|node| self.order.look(fleet, profile, node));
            }
        }
        self.seen = fleet.log.len();
        match &mut self.order {
            Order::Best(best) => best.choose(fleet, profile, taken),
            Order::Chance(set) => set.choose(taken, chance),
        }
    }
}

impl Order {
    /// Takes in how a node suits now.
    fn look(&mut self, fleet: &Fleet, profile: &Profile, node: u32) {
        match self {
            Self::Best(best) => best.look(node, rank(fleet, profile, node)),
            Self::Chance(chance) => chance.look(node, fits(fleet, profile, node)),
        }
    }
}

/// Nodes by how well they suit.
#[derive(Clone, Debug)]
struct Best {
    heap: BinaryHeap<Reverse<(Rank, u32)>>,
    /// The rank by which each node is in the heap; other entries of it are left over.
    ranks: Box<[Option<Rank>]>,
}

impl Best {
    fn look(&mut self, node: u32, now: Option<Rank>) {
        let known = &mut self.ranks[node as usize];
        if *known != now {
            *known = now;
            self.heap.extend(now.map(|rank| Reverse((rank, node))));
        }
    }

    fn choose(&mut self, fleet: &Fleet, profile: &Profile, taken: &[u32]) -> Option<u32> {
        let mut passed_over = Vec::new();
        let chosen = loop {
            let Some(Reverse((known, node))) = self.heap.peek().copied() else { break None };
            if self.ranks[node as usize] != Some(known) {
                self.heap.pop();
                continue;
            }
            let now = rank(fleet, profile, node);
            if now != Some(known) {
                self.heap.pop();
                self.look(node, now);
                continue;
            }
            if !taken.contains(&node) {
                break Some(node);
            }
            passed_over.extend(self.heap.pop());
        };
        self.heap.extend(passed_over);
        chosen
    }
}

/// Nodes by how many wishes are not met there, each set in the order of names.
#[derive(Clone, Debug)]
struct Chance {
    sets: BTreeMap<u8, Vec<u32>>,
    missed: Box<[Option<u8>]>,
}

impl Chance {
    fn look(&mut self, node: u32, now: Option<u8>) {
        let known = std::mem::replace(&mut self.missed[node as usize], now);
        if known == now {
            return;
        }
        if let Some(set) = known.and_then(|missed| self.sets.get_mut(&missed))
            && let Ok(at) = set.binary_search(&node)
        {
            set.remove(at);
        }
        if let Some(missed) = now {
            let set = self.sets.entry(missed).or_default();
            let at = set.partition_point(|other| *other < node);
            set.insert(at, node);
        }
    }

    fn choose(&self, taken: &[u32], chance: &mut StdRng) -> Option<u32> {
        self.sets.values().find_map(|set| {
            if taken.is_empty() {
                return (!set.is_empty()).then(|| set[chance.random_range(0..set.len())]);
            }
            let free: Vec<u32> = set.iter().copied().filter(|node| !taken.contains(node)).collect();
            (!free.is_empty()).then(|| free[chance.random_range(0..free.len())])
        })
    }
}
