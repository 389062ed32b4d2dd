//! What parking must get right on a real engine, a test for each trap that others fell into.

#![cfg(feature = "docker")]
#![allow(clippy::unwrap_used)]

mod bound;
mod fleet;
mod gates;
mod held;
mod names;
mod volumes;
