//! The native half of the Python package: newtypes over the SDK, an error table, and nothing that decides.
//!
//! What takes time is a `work::Work`, which Python awaits through an `inbox::Inbox` or waits for. No thread of Haven ever
//! enters the interpreter: answers are made into Python's objects by the thread that takes them. Which shapes those have
//! is generated from the door's table, as are the classes and methods of the public package in `python/haven`.

mod agent;
mod decode;
mod encode;
mod engine;
mod error;
mod fleet;
mod inbox;
mod runtime;
mod secret;
#[rustfmt::skip]
mod shapes;
mod stream;
mod terminal;
mod work;

/// Haven's engine, for the package around it.
#[pyo3::pymodule]
mod _haven {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::{
        agent::Agent, engine::Engine, fleet::Fleet, inbox::Inbox, secret::Secret, stream::Stream, terminal::Terminal,
        work::Work,
    };

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "it is a name of Python's")]
    const version: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        // Who waits in a thread of its own is sent home before the interpreter ends, and never returns into its ruins.
        let leave = pyo3::wrap_pyfunction!(crate::runtime::leave, module)?;
        module.py().import("atexit")?.call_method1("register", (leave,))?;
        Ok(())
    }
}
