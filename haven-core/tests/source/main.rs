//! Where configuration comes from: git repositories, layers and their merge, files that mean harm, the example of
//! Haven 1.x.
#![allow(clippy::unwrap_used, reason = "tests")]

mod example;
mod git;
mod hostile;
mod layers;
