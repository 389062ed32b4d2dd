//! Where a new container goes, and why: what is asked of a node, and a verdict with its reasons.
//!
//! [`Requirements`] are what a container asks of its node, [`Reservation`] is what it takes there, and a [`Placement`] is
//! the answer.

mod expression;
mod requirements;
mod reservation;
mod strategy;
mod verdict;

pub use expression::{Affinity, Constraint, Expression, Operator, Pattern, Strength};
pub use requirements::Requirements;
pub use reservation::Reservation;
pub use strategy::{Reschedule, Strategy};
pub use verdict::{Check, Placement, Refusal, Tally};
