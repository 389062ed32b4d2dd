//! One bed for all tests of a test binary.
//!
//! Three engines take some seconds to start, so tests that do not need a fresh one share it. Rust drops no static; the shell that waits for
//! this process's end removes the bed (see [`state`](super::state)).

use std::collections::HashMap;
use std::io;
use std::sync::{LazyLock, Mutex, PoisonError};

use super::command::blocking;
use super::{Bed, BedBuilder};

/// A process's beds, by what they hold.
type Beds = Mutex<HashMap<BedBuilder, &'static Bed>>;

impl BedBuilder {
    /// The process's one bed that holds this; the first call starts it, and the process's end removes it.
    ///
    /// Tests of one process run at the same time: one that breaks something holds [`Bed::lock`] meanwhile and mends it before the end, and every one
    /// gives what it makes a name of its own.
    pub async fn shared(self) -> io::Result<&'static Bed> {
        static BEDS: LazyLock<Beds> = LazyLock::new(Beds::default);
        let start = self.clone();
        blocking(move || {
            // Held over the start: whoever comes second waits for the first.
            let mut beds = BEDS.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(bed) = beds.get(&self) {
                return Ok(*bed);
            }
            let bed: &'static Bed = Box::leak(Box::new(start.start_now()?));
            beds.insert(self, bed);
            Ok(bed)
        })
        .await
    }

    /// [`shared`](Self::shared), or `None` where the machine lacks something and `HAVEN_REQUIRE` does not ask for it.
    ///
    /// # Panics
    ///
    /// When `HAVEN_REQUIRE` asks for what is missing, and when a part does not come up though all is there.
    pub async fn shared_or_skip(self) -> Option<&'static Bed> {
        super::require(&self.needs())?;
        match self.shared().await {
            Ok(bed) => Some(bed),
            Err(error) => panic!("the shared bed does not start: {error}"),
        }
    }
}

/// The process's one bed with three engines, three etcd members and a registry.
pub async fn shared_bed() -> io::Result<&'static Bed> {
    Bed::with_engines(3).etcd(3).registry().shared().await
}
