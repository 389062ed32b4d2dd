//! What affinities find on each node: each is looked up on all nodes once, and kept true as containers are placed.

use std::collections::HashMap;

use haven_model::placement::Affinity;

use super::{
    fleet::Machine,
    held::{Held, ImageNames},
    matcher::Matcher,
};

/// The affinities that somebody asked about. Strength and operator do not matter here: what is counted is what matches.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    ids: HashMap<Affinity, usize>,
    rules: Vec<Rule>,
}

/// Which affinities the image of a demand meets, by their number; none: that was not looked up.
#[derive(Clone, Debug, Default)]
pub(super) struct Draws(Vec<Option<bool>>);

impl Draws {
    fn looked_up(&mut self, id: usize, meets: impl FnOnce() -> bool) -> bool {
        if self.0.len() <= id {
            self.0.resize(id + 1, None);
        }
        *self.0[id].get_or_insert_with(meets)
    }
}

/// The key of affinities to images.
const IMAGE: &str = "image";

#[derive(Clone, Debug)]
struct Rule {
    affinity: Affinity,
    matcher: Matcher,
    /// By node, how many containers and images match.
    hits: Vec<u32>,
}

impl Rules {
    /// By what number an affinity is asked for.
    pub(super) fn id(&mut self, affinity: &Affinity, matcher: &Matcher, machines: &[Machine]) -> usize {
        if let Some(id) = self.ids.get(affinity) {
            return *id;
        }
        let asks_images = affinity.key() == IMAGE;
        let matches_image = |image: &&String| {
            let names = ImageNames::of(image);
            [image.as_str(), &names.repository, &names.exact].iter().any(|name| matcher.matches(name))
        };
        let hits = machines.iter().map(|machine| {
            // The image of a container that has ended is there all the same.
            let counts = |held: &Held<'_>| (held.is_live() || asks_images) && held.matches(affinity, matcher);
            let images = if asks_images { machine.view.images.iter().filter(matches_image).count() } else { 0 };
            u32::try_from(machine.holds().filter(counts).count() + images).unwrap_or(u32::MAX)
        });
        let hits = hits.collect();
        self.rules.push(Rule { affinity: affinity.clone(), matcher: matcher.clone(), hits });
        self.ids.insert(affinity.clone(), self.rules.len() - 1);
        self.rules.len() - 1
    }

    /// Whether something on a node matches.
    pub(super) fn finds(&self, id: usize, node: u32) -> bool {
        self.rules[id].hits[node as usize] > 0
    }

    /// A container is on a node now. What its image meets is looked up once for those of one demand.
    pub(super) fn add(&mut self, held: &Held<'_>, node: u32, draws: &mut Draws) {
        for (id, rule) in self.rules.iter_mut().enumerate() {
            let meets = || held.matches(&rule.affinity, &rule.matcher);
            let meets = if rule.affinity.key() == IMAGE { draws.looked_up(id, meets) } else { meets() };
            if meets {
                rule.hits[node as usize] += 1;
            }
        }
    }
}
