//! Tasks of one demand: what was found out for one of them holds for the next.

use std::{collections::HashMap, sync::Arc};

use haven_model::placement::Placement;

use super::{Demand, fleet::Fleet, profile::Profile, queue::Queue};

/// How much is kept: demands times nodes. Beyond that all is forgotten and found out again.
const MOST: usize = 4_000_000;

/// Tasks of one demand.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) profile: Profile,
    /// Made when a node is first asked for.
    pub(super) queue: Option<Queue>,
    /// That none could take it, and after how many placements that was found out.
    pub(super) refused: Option<(usize, Placement)>,
}

/// All demands that were asked about.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    known: HashMap<Arc<Demand>, Class>,
    pub(super) most: usize,
}

impl Default for Classes {
    fn default() -> Self {
        Self { known: HashMap::new(), most: MOST }
    }
}

impl Classes {
    /// The class of a demand.
    pub(super) fn of(&mut self, fleet: &mut Fleet, demand: &Arc<Demand>) -> &mut Class {
        if !self.known.contains_key(demand) {
            if (self.known.len() + 1).saturating_mul(fleet.machines.len()) > self.most {
                self.known.clear();
                fleet.forget();
            }
            let profile = Profile::new(fleet, demand.clone());
            self.known.insert(demand.clone(), Class { profile, queue: None, refused: None });
        }
        self.known.get_mut(demand).expect("it was put there")
    }
}
