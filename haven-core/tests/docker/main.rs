//! The Docker Engine: the contract suite on a real one at each version of its API, and answers of engines that are not
//! at hand, recorded.

#![cfg(all(feature = "docker", feature = "sim"))]
#![allow(clippy::unwrap_used)]

mod configured;
mod real;
mod recorded;
mod sent;
mod stub;
