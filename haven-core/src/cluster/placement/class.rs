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
    places: HashMap<Arc<Demand>, usize>,
    all: Vec<Class>,
    /// The demand that was asked about last, which is mostly the next as well.
    last: Option<(Arc<Demand>, usize)>,
    pub(super) most: usize,
}

impl Default for Classes {
    fn default() -> Self {
        Self { places: HashMap::new(), all: Vec::new(), last: None, most: MOST }
    }
}

impl Classes {
    /// The class of a demand.
    pub(super) fn of(&mut self, fleet: &mut Fleet, demand: &Arc<Demand>) -> &mut Class {
        let place = match &self.last {
            Some((last, place)) if Arc::ptr_eq(last, demand) => *place,
            _ => {
                let place = self.places.get(demand).copied().unwrap_or_else(|| self.add(fleet, demand));
                self.last = Some((demand.clone(), place));
                place
            }
        };
        &mut self.all[place]
    }

    fn add(&mut self, fleet: &mut Fleet, demand: &Arc<Demand>) -> usize {
        if (self.all.len() + 1).saturating_mul(fleet.machines.len()) > self.most {
            self.places.clear();
            self.all.clear();
            fleet.forget();
        }
        let profile = Profile::new(fleet, demand.clone());
        self.all.push(Class { profile, queue: None, refused: None });
        self.places.insert(demand.clone(), self.all.len() - 1);
        self.all.len() - 1
    }
}
