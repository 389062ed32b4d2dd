//! For whoever writes an engine or a store, and for Haven's own tests: the contract suites and the real test bed.
//!
//! [`rules`] are the contracts of the seams, a function a rule; [`faults`] breaks calls by rule and seed; [`bed`] starts
//! real Docker Engines, etcd members and registries on one machine; [`run`] says with which seed and how often.

pub mod bed;
pub mod disk;
pub mod faults;
pub mod rules;
pub mod run;
