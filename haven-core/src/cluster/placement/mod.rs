//! Which node of several takes a new container: pure functions, whose verdict carries its reasons.
//!
//! A [`Scheduler`] knows the nodes ([`NodeView`]). It is asked where a [`Task`] goes, and told where it went, so that many
//! are placed one after the other, each seeing those before. What a task asks of its node is its [`Demand`]: tasks of one
//! demand share the work of looking at every node, which is done once.
//!
//! A node must pass every [`Check`](haven_model::placement::Check). Of those that do, the ones that meet most of the wishes
//! (soft constraints and affinities) are left, and the strategy chooses among them:
//!
//! * *spread*: the fewest replicas (containers of the same group; without one, of the same image and application); then,
//!   for a task that reserves memory or processors, the smallest share reserved; then the fewest that run; then one that
//!   has the image; then the fewest containers of any state.
//! * *binpack*: the largest share reserved, the most that run, one that has the image, the most containers.
//! * *random*: any of them, as the seed says.
//!
//! What is equal then goes to the node whose name comes first. Nothing here asks an engine, reads a clock or keeps
//! anything.

mod class;
mod demand;
mod evaluate;
mod fleet;
mod held;
mod matcher;
mod profile;
mod queue;
mod reason;
mod rules;
mod scheduler;
mod tally;
#[cfg(test)]
mod tests;
mod view;

pub use demand::{Demand, Settings, Task};
pub use scheduler::Scheduler;
pub use view::NodeView;
