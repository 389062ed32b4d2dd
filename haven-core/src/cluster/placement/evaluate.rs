//! Whether a node can take a task as things are, and how well it suits.

use haven_model::{
    Strategy,
    placement::{Operator, Reservation, Strength},
};

use super::{
    fleet::{Fleet, Machine},
    profile::Profile,
};

/// How well a node suits; the least is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    /// Wishes that are not met.
    missed: u8,
    replicas: u32,
    /// The share that is reserved, where the task reserves something.
    share: u32,
    running: u32,
    lacks_image: bool,
    total: u32,
}

/// Whether a node can take a task: how many wishes are not met there.
pub(super) fn fits(fleet: &Fleet, profile: &Profile, node: u32) -> Option<u8> {
    let mut missed = profile.missed(node)?;
    for (rule, operator, strength) in &profile.affinities {
        if fleet.rules.finds(*rule, node) != (*operator == Operator::Is) {
            match strength {
                Strength::Hard => return None,
                Strength::Soft => missed += 1,
            }
        }
    }
    let wants = &profile.demand.wants;
    let machine = fleet.machine(node);
    let is_full =
        wants.max_count_of_instances.is_some_and(|most| fleet.instances.count(profile.instances, node) >= most);
    let has_room = !is_full
        && has_room(machine.memory, machine.reserved.memory, wants.reservation.memory)
        && has_room(machine.nano_cpus, machine.reserved.nano_cpus, wants.reservation.nano_cpus)
        && machine.taken(&wants.ports).is_none();
    has_room.then_some(missed)
}

/// Whether so much of what there is is left; where it is not known what there is, there is enough.
pub(super) fn has_room(has: Option<u64>, reserved: u64, wanted: u64) -> bool {
    wanted == 0 || has.is_none_or(|has| reserved.saturating_add(wanted) <= has)
}

/// How well a node suits; none: it cannot take the task.
pub(super) fn rank(fleet: &Fleet, profile: &Profile, node: u32) -> Option<Rank> {
    let missed = fits(fleet, profile, node)?;
    let machine = fleet.machine(node);
    let wants = &profile.demand.wants;
    let lacks_image = fleet.images.count(profile.image, node) == 0;
    let share = share(machine, wants.reservation);
    Some(match wants.strategy {
        Strategy::Spread => Rank {
            missed,
            replicas: fleet.replicas.count(profile.replicas, node),
            share,
            running: machine.running,
            lacks_image,
            total: machine.total,
        },
        Strategy::Binpack => Rank {
            missed,
            replicas: 0,
            share: u32::MAX - share,
            running: u32::MAX - machine.running,
            lacks_image,
            total: u32::MAX - machine.total,
        },
        Strategy::Random => Rank { missed, replicas: 0, share: 0, running: 0, lacks_image: false, total: 0 },
    })
}

/// How much of a machine is reserved once a task is there, of what the task reserves: in thousandths, both together.
pub(super) fn share(machine: &Machine, wanted: Reservation) -> u32 {
    let of = |has: Option<u64>, reserved: u64, wanted: u64| match has {
        Some(has) if wanted > 0 => u128::from(reserved.saturating_add(wanted)) * 1000 / u128::from(has),
        _ => 0,
    };
    let memory = of(machine.memory, machine.reserved.memory, wanted.memory);
    let cpus = of(machine.nano_cpus, machine.reserved.nano_cpus, wanted.nano_cpus);
    u32::try_from(memory + cpus).unwrap_or(u32::MAX)
}
