//! Why a node was chosen, and why others cannot be, in words.

use std::fmt;

use haven_model::{
    ContainerName, Strategy,
    placement::{Affinity, Check, Expression, Operator, Pattern, Refusal, Reservation, Strength},
};

use super::{
    evaluate::{has_room, share},
    fleet::{Fleet, Machine},
    matcher::Matcher,
    profile::Profile,
};

/// Why a node cannot take a task; none: it can.
pub(super) fn refusal(fleet: &Fleet, profile: &Profile, name: Option<&ContainerName>, node: u32) -> Option<Refusal> {
    let machine = fleet.machine(node);
    let view = &machine.view;
    let refuse = |check, requirement, reason| Some(Refusal { node: view.name.clone(), check, requirement, reason });
    if !view.is_online {
        return refuse(Check::Contact, None, format!("no contact with `{}`", view.name));
    }
    if !machine.is_open() {
        let why = format!("`{}` takes no new containers: it is set to {}", view.name, view.availability);
        return refuse(Check::Availability, None, why);
    }
    let (demand, wants) = (&profile.demand, &profile.demand.wants);
    for (constraint, matcher) in wants.constraints.iter().zip(&demand.constraints) {
        let is = view.values(constraint.key()).iter().any(|value| matcher.matches(value));
        if constraint.strength() == Strength::Hard && is != (constraint.operator() == Operator::Is) {
            let why = format!("`{constraint}` does not hold: {}{}", view.told(constraint), hint(constraint));
            return refuse(Check::Constraint, Some(constraint.to_string()), why);
        }
    }
    let looked_up = profile.affinities.iter().map(|(rule, ..)| fleet.rules.finds(*rule, node));
    for ((affinity, matcher), finds) in wants.affinities.iter().zip(&demand.affinities).zip(looked_up) {
        if affinity.strength() == Strength::Hard && finds != (affinity.operator() == Operator::Is) {
            let text = format!("{}{affinity}", Affinity::PREFIX);
            let why = format!("`{text}` does not hold: {}{}", found(machine, affinity, matcher), hint(affinity));
            return refuse(Check::Affinity, Some(text), why);
        }
    }
    if let Some(most) = wants.max_count_of_instances {
        let there = fleet.instances.count(profile.instances, node);
        if there >= most {
            let why = format!("`{}` has {there} containers of `{}`, of at most {most}", view.name, wants.repository);
            return refuse(Check::Instances, None, why);
        }
    }
    if let Some(name) = name
        && machine.holds().any(|held| held.name() == name.as_str())
    {
        return refuse(Check::Name, None, format!("`{}` has a container `{name}`", view.name));
    }
    if let Some(port) = machine.taken(&wants.ports) {
        let has_it = |held: &super::held::Held<'_>| {
            let same = |other: &&haven_model::Port| other.host == port.host && other.protocol == port.protocol;
            held.is_running()
                && held.ports().iter().filter(same).any(|other| super::fleet::collide(port.address, other.address))
        };
        let holder = machine.holds().find(has_it).map_or("another container", |held| held.name());
        let host = port.host.unwrap_or_default();
        return refuse(Check::Port, None, format!("port {host} of `{}` is that of `{holder}`", view.name));
    }
    let wanted = wants.reservation;
    if !has_room(machine.memory, machine.reserved.memory, wanted.memory) {
        let has = machine.memory.unwrap_or_default();
        let left = has.saturating_sub(machine.reserved.memory);
        let (mut shown, mut not) = (size(left), size(wanted.memory));
        if shown == not {
            (shown, not) = (format!("{left} bytes"), format!("{} bytes", wanted.memory));
        }
        let why = format!("`{}` has {shown} of {} of memory left, not {not}", view.name, size(has));
        return refuse(Check::Memory, None, why);
    }
    if !has_room(machine.nano_cpus, machine.reserved.nano_cpus, wanted.nano_cpus) {
        let cores = |nano_cpus: u64| nano_cpus as f64 / 1e9;
        let has = machine.nano_cpus.unwrap_or_default();
        let left = has.saturating_sub(machine.reserved.nano_cpus);
        let (left, has, wanted) = (cores(left), cores(has), cores(wanted.nano_cpus));
        return refuse(Check::Cpu, None, format!("`{}` has {left} of {has} cores left, not {wanted}", view.name));
    }
    None
}

/// A size in binary units: `12.3 MiB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let (mut value, mut unit) = (bytes as f64, "");
    for larger in UNITS {
        if value < 1024.0 {
            break;
        }
        (value, unit) = (value / 1024.0, larger);
    }
    if value < 100.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// What to add where a text that was not met looks like a pattern.
fn hint(expression: &Expression) -> &'static str {
    match expression.pattern() {
        Pattern::Glob(text) if expression.operator() == Operator::Is && text.contains(['[', ']', '?']) => {
            "; besides `*` only a `/regular expression/` is a pattern"
        }
        _ => "",
    }
}

/// In words what an affinity found on a node, or that it found nothing.
fn found(machine: &Machine, affinity: &Affinity, matcher: &Matcher) -> String {
    let node = &machine.view.name;
    if affinity.operator() == Operator::Is {
        return format!("nothing on `{node}` is so");
    }
    let one = machine.holds().find(|held| held.is_live() && held.matches(affinity, matcher));
    match one.map(|held| held.name()).filter(|name| !name.is_empty()) {
        Some(name) => format!("`{name}` is on `{node}`"),
        None => format!("something on `{node}` is so"),
    }
}

/// Why a node was chosen, in words.
pub(super) struct Choice<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) profile: &'a Profile,
    pub(super) node: u32,
    /// How many nodes can take the task; none: they were not counted.
    pub(super) fit: Option<usize>,
}

impl fmt::Display for Choice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strategy = self.profile.demand.wants.strategy;
        match (self.fit, strategy) {
            (Some(1), _) => f.write_str("it is the only node")?,
            (_, Strategy::Random) => f.write_str("it was chosen by chance from ")?,
            (_, Strategy::Spread) => self.tell_load(f, "the least of ")?,
            (_, Strategy::Binpack) => self.tell_load(f, "the most of ")?,
        }
        match self.fit {
            Some(1) => {}
            Some(fit) => write!(f, "{fit} nodes")?,
            None => f.write_str("the nodes")?,
        }
        f.write_str(" that can take it")?;
        self.tell_wishes(f)
    }
}

impl Choice<'_> {
    /// What was compared.
    fn tell_load(&self, f: &mut fmt::Formatter<'_>, most: &str) -> fmt::Result {
        let Self { fleet, profile, node, .. } = *self;
        let machine = fleet.machine(node);
        let wants = &profile.demand.wants;
        if wants.strategy == Strategy::Spread && fleet.replicas.total(profile.replicas) > 0 {
            write!(f, "it has {} of the replicas, ", fleet.replicas.count(profile.replicas, node))?;
        }
        let weighs = |has: Option<u64>, wanted: u64| has.is_some() && wanted > 0;
        let Reservation { memory, nano_cpus } = wants.reservation;
        let reserved = match (weighs(machine.memory, memory), weighs(machine.nano_cpus, nano_cpus)) {
            (true, true) => Some(("memory and CPU", 20)),
            (true, false) => Some(("memory", 10)),
            (false, true) => Some(("CPU", 10)),
            (false, false) => None,
        };
        if let Some((what, percent)) = reserved {
            write!(f, "{}% of its {what} would be reserved, ", share(machine, wants.reservation) / percent)?;
        }
        write!(f, "{} run there, {most}", machine.running)
    }

    /// The wishes that are met there, and those that are not.
    fn tell_wishes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fleet, profile, node, .. } = *self;
        let (demand, wants) = (&profile.demand, &profile.demand.wants);
        let constraints = wants.constraints.iter().zip(&demand.constraints);
        let constraints = constraints.filter(|(constraint, _)| constraint.strength() == Strength::Soft);
        let affinities = wants.affinities.iter().zip(&profile.affinities);
        let affinities = affinities.filter(|(affinity, _)| affinity.strength() == Strength::Soft);
        let view = &fleet.machine(node).view;
        let all_hold = profile.missed(node) == Some(0);
        for (is_met, word) in [(true, "; with "), (false, "; without ")] {
            let mut before = word;
            for (constraint, matcher) in constraints.clone() {
                let holds = all_hold
                    || view.values(constraint.key()).iter().any(|value| matcher.matches(value))
                        == (constraint.operator() == Operator::Is);
                if holds == is_met {
                    write!(f, "{before}`{constraint}`")?;
                    before = ", ";
                }
            }
            for (affinity, (rule, operator, _)) in affinities.clone() {
                if (fleet.rules.finds(*rule, node) == (*operator == Operator::Is)) == is_met {
                    write!(f, "{before}`{}{affinity}`", Affinity::PREFIX)?;
                    before = ", ";
                }
            }
        }
        Ok(())
    }
}
