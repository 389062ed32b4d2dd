//! The names that containers have while a plan is at them.
//!
//! A new container is `NAME--PLAN.STEP` until it takes over, the old one `NAME--PLAN.STEP-old` once it is parked; PLAN is
//! the beginning of the plan's id. So after a lost answer the name tells what happened.

use haven_model::{ContainerName, PlanId, Result};

/// What parts a name from the rest.
const MARK: &str = "--";
/// How many digits of the plan's id are in a name.
const DIGITS: usize = 8;
/// The longest name that leaves room for the rest.
const MOST: usize = 128 - "--01234567.100000-old".len();

/// What a new container is called until it takes over.
pub(super) fn coming(name: &ContainerName, plan: &PlanId, step: u32) -> Result<ContainerName> {
    ContainerName::new(format!("{name}{MARK}{}.{step}", &plan.as_str()[..DIGITS]))
}

/// What an old container is called once it is parked.
pub(super) fn parked(name: &ContainerName, plan: &PlanId, step: u32) -> Result<ContainerName> {
    ContainerName::new(format!("{name}{MARK}{}.{step}-old", &plan.as_str()[..DIGITS]))
}

/// Why a plan cannot be at a container of a name: it gives longer ones beside.
pub(super) fn unfit(name: &ContainerName) -> Option<String> {
    let length = name.as_str().len();
    if is_of_a_plan(name.as_str()) {
        return Some(format!("names like `{name}` are those that plans give to containers for a while"));
    }
    (length > MOST)
        .then(|| format!("its name has {length} characters, and a plan gives longer ones: it can have {MOST}"))
}

/// Whether a container is called so by a plan: it is none of those that plans are made for.
pub(crate) fn is_of_a_plan(name: &str) -> bool {
    let Some((_, rest)) = name.rsplit_once(MARK) else { return false };
    let Some((plan, step)) = rest.split_once('.') else { return false };
    let step = step.strip_suffix("-old").unwrap_or(step);
    plan.len() == DIGITS
        && plan.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !step.is_empty()
        && step.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_plans_are_known_and_others_are_not() {
        let plan = PlanId::new("0123456789abcdef").unwrap();
        let name = ContainerName::new("web--x").unwrap();
        assert_eq!(coming(&name, &plan, 7).unwrap().as_str(), "web--x--01234567.7");
        assert!(is_of_a_plan(coming(&name, &plan, 7).unwrap().as_str()));
        assert!(is_of_a_plan(parked(&name, &plan, 12).unwrap().as_str()));
        for other in ["web", "web--x", "web--01234567", "web--0123456z.1", "web--01234567.x", "web--01234567.-old"] {
            assert!(!is_of_a_plan(other), "{other}");
        }
    }
}
