//! One container engine: what Docker does on one machine, as a trait.
//!
//! [`Engine`] is cut by noun into [`Containers`], [`Images`], [`Networks`], [`Volumes`] and [`System`], a file a noun,
//! and held as one `Arc<dyn Engine>`. Each method's documentation is its contract, and the suite in haven-testkit
//! checks those lines on every implementation. Implementations: `docker` (a real engine), `sim` (a simulated one);
//! `hooked` wraps any of them. Nothing here knows of nodes, clusters or the store.
//!
//! What holds for every method: an engine that cannot be reached is `Unavailable` (nothing happened), one that did not
//! answer in time is `Timeout` (it may have happened), an object that does not exist is `NotFound` unless the method
//! says otherwise.

mod containers;
#[cfg(feature = "docker")]
pub mod docker;
mod hooked;
mod images;
mod networks;
#[cfg(feature = "sim")]
pub mod sim;
mod system;
mod terminal;
mod volumes;

pub use containers::Containers;
pub use hooked::{Call, Hook, Hooked};
pub use images::Images;
pub use networks::Networks;
pub use system::System;
pub use terminal::{Terminal, TerminalControl};
pub use volumes::Volumes;

/// A stream of results that owns what it needs.
pub type Stream<T> = futures_util::stream::BoxStream<'static, haven_model::Result<T>>;

/// One container engine.
pub trait Engine: Containers + Images + Networks + Volumes + System {}

impl<T: Containers + Images + Networks + Volumes + System> Engine for T {}
