//! Where tasks go, one after the other.

use std::collections::BTreeSet;

use haven_model::{
    Error, NodeName, Result,
    placement::{Placement, Refusal},
};
use rand::{SeedableRng as _, rngs::StdRng};

use super::{
    NodeView, Task,
    class::Classes,
    fleet::Fleet,
    queue::Queue,
    reason::{Choice, refusal},
};

/// Says where tasks go, one after the other: each sees where those before it went.
///
/// ```
/// use haven_core::{
///     cluster::placement::{NodeView, Scheduler, Settings, Task},
///     model::{ContainerSpec, ImageRef, NodeName, placement::Requirements},
/// };
///
/// let nodes = ["a", "b"].map(|name| NodeView::new(NodeName::new(name).unwrap()));
/// let mut scheduler = Scheduler::new(nodes.into(), 7);
/// let spec = ContainerSpec::new(ImageRef::new("nginx")?);
/// let task = Task::new(None, &spec, &Requirements::default(), &Settings::default())?;
/// for node in ["a", "b", "a"] {
///     let chosen = scheduler.place(&task).chosen()?;
///     assert_eq!(chosen.as_str(), node);
///     scheduler.commit(&chosen, &task)?;
/// }
/// # Ok::<(), haven_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Scheduler {
    fleet: Fleet,
    pub(super) classes: Classes,
    chance: StdRng,
}

impl Scheduler {
    /// A scheduler over these nodes; what is chosen by chance follows from `seed`.
    pub fn new(nodes: Vec<NodeView>, seed: u64) -> Self {
        Self { fleet: Fleet::new(nodes), classes: Classes::default(), chance: StdRng::seed_from_u64(seed) }
    }

    /// Where a task goes as things are. Nothing is taken until [`commit`](Self::commit) says so.
    ///
    /// Where a node is chosen, those that are not are neither counted nor named; where none can take it they are counted,
    /// and one is named for each reason. [`explain`](Self::explain) names all.
    pub fn place(&mut self, task: &Task) -> Placement {
        let Some(node) = self.choose(task) else { return self.refuse(task) };
        let profile = &self.classes.of(&mut self.fleet, &task.demand).profile;
        let reason = Choice { fleet: &self.fleet, profile, node, fit: None }.to_string();
        Placement::on(self.fleet.machine(node).view.name.clone(), reason, Vec::new())
    }

    /// The same, with each node that cannot take it, and why. Looks at every node.
    pub fn explain(&mut self, task: &Task) -> Placement {
        let chosen = self.choose(task);
        let refused = self.refusals(task);
        let Some(node) = chosen else { return Placement::refused(refused) };
        let profile = &self.classes.of(&mut self.fleet, &task.demand).profile;
        let fit = Some(self.fleet.machines.len() - refused.len());
        let reason = Choice { fleet: &self.fleet, profile, node, fit }.to_string();
        Placement::on(self.fleet.machine(node).view.name.clone(), reason, refused)
    }

    /// A task is on a node now, whoever chose that. `NotFound` for a node that this scheduler does not know.
    pub fn commit(&mut self, node: &NodeName, task: &Task) -> Result<()> {
        let at = self.fleet.position(node).ok_or_else(|| Error::not_found("node", node))?;
        let class = self.classes.of(&mut self.fleet, &task.demand);
        self.fleet.take(at, task, &mut class.profile);
        Ok(())
    }

    fn choose(&mut self, task: &Task) -> Option<u32> {
        let Self { fleet, classes, chance } = self;
        let taken = task.name.as_ref().map(|name| fleet.named(name.as_str())).unwrap_or_default();
        let class = classes.of(fleet, &task.demand);
        let queue = class.queue.get_or_insert_with(|| Queue::new(fleet, &class.profile));
        queue.choose(fleet, &class.profile, &taken, chance)
    }

    /// That no node can take a task. Found out once for tasks of one demand while nothing is placed.
    fn refuse(&mut self, task: &Task) -> Placement {
        let placed = self.fleet.log.len();
        let is_taken = task.name.as_ref().is_some_and(|name| !self.fleet.named(name.as_str()).is_empty());
        let class = self.classes.of(&mut self.fleet, &task.demand);
        if !is_taken
            && let Some((then, known)) = &class.refused
            && *then == placed
        {
            return known.clone();
        }
        let mut refused = Placement::refused(self.refusals(task));
        let mut told = BTreeSet::new();
        refused.refused.retain(|refusal| told.insert((refusal.check, refusal.requirement.clone())));
        if !is_taken {
            self.classes.of(&mut self.fleet, &task.demand).refused = Some((placed, refused.clone()));
        }
        refused
    }

    fn refusals(&mut self, task: &Task) -> Vec<Refusal> {
        let Self { fleet, classes, .. } = self;
        let profile = &classes.of(fleet, &task.demand).profile;
        fleet.nodes().filter_map(|node| refusal(fleet, profile, task.name.as_ref(), node)).collect()
    }
}
