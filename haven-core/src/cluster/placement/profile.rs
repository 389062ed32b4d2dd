//! A demand as it meets these nodes: which can never take it, and by what numbers the rest is looked up.

use std::sync::Arc;

use haven_model::placement::{Operator, Strength};

use super::{Demand, fleet::Fleet, rules::Draws};

/// Stands for a node that cannot take it, whatever is placed.
const CLOSED: u8 = u8::MAX;

/// A demand as it meets these nodes.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    pub(super) demand: Arc<Demand>,
    pub(super) replicas: usize,
    pub(super) instances: usize,
    pub(super) image: usize,
    /// Each affinity: its number, what shall be, and how much that weighs.
    pub(super) affinities: Box<[(usize, Operator, Strength)]>,
    /// Which affinities to images its own image meets, as far as it was looked up.
    pub(super) draws: Draws,
    /// By node how many soft constraints do not hold there.
    missed: Box<[u8]>,
}

impl Profile {
    pub(super) fn new(fleet: &mut Fleet, demand: Arc<Demand>) -> Self {
        let nodes = fleet.machines.len();
        let wants = &demand.wants;
        let mut missed: Box<[u8]> =
            fleet.machines.iter().map(|machine| if machine.is_open() { 0 } else { CLOSED }).collect();
        for (constraint, matcher) in wants.constraints.iter().zip(&demand.constraints) {
            let meeting = fleet.meeting(constraint, matcher);
            for (missed, _) in missed.iter_mut().zip(&*meeting).filter(|(_, meets)| !**meets) {
                *missed = match constraint.strength() {
                    Strength::Hard => CLOSED,
                    Strength::Soft => missed.saturating_add(1),
                };
            }
        }
        let affinities = wants.affinities.iter().zip(&demand.affinities).map(|(affinity, matcher)| {
            (fleet.rules.id(affinity, matcher, &fleet.machines), affinity.operator(), affinity.strength())
        });
        let affinities = affinities.collect();
        Self {
            replicas: fleet.replicas.id(&wants.kind, nodes),
            instances: fleet.instances.id(&wants.repository, nodes),
            image: fleet.images.id(&wants.exact, nodes),
            affinities,
            draws: Draws::default(),
            missed,
            demand,
        }
    }

    /// How many soft constraints do not hold on a node; none: it cannot take the task, whatever is placed.
    pub(super) fn missed(&self, node: u32) -> Option<u8> {
        Some(self.missed[node as usize]).filter(|missed| *missed != CLOSED)
    }

    /// Whether what is placed can make a node better than it was, and not only worse.
    pub(super) fn can_improve(&self) -> bool {
        !self.affinities.is_empty() || self.demand.wants.strategy != haven_model::Strategy::Spread
    }
}
