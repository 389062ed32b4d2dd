//! The Haven SDK: machines that run Docker, registered, seen and driven as one fleet.
//!
//! Four floors, and nothing points up: plain data ([`model`], [`clock`]); seams, each a trait and its implementations
//! ([`engine`], [`store`], [`registry`], [`source`]); services that decide ([`access`], [`audit`], [`event`], [`claim`],
//! [`node`], [`cluster`], [`configuration`], [`deploy`]); and the [`door`], through which every operation passes with the actor who asks for it. [`Haven`] is a
//! thin typed face over the door; the server, the command line and the bindings stand on it.

pub use haven_model as model;
pub use haven_model::{Error, ErrorKind, Result};

pub mod access;
pub mod audit;
pub mod claim;
pub mod clock;
pub mod cluster;
pub mod configuration;
pub mod deploy;
pub mod door;
pub mod engine;
pub mod event;
mod haven;
pub mod node;
pub mod registry;
mod services;
pub mod source;
pub mod store;
#[cfg(feature = "net")]
#[doc(hidden)]
pub mod trust;

pub use haven::{
    ClustersHandle, ContainersHandle, EventsHandle, Haven, HavenBuilder, ImagesHandle, NetworksHandle, NodesHandle,
    PlansHandle, SourceHandle, TopHandle, VolumesHandle,
};
pub use services::Services;
