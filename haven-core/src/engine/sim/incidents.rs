//! Incidents that a user of a simulated engine calls up: crashes, lost memory, failing checks, a cut connection.
//!
//! They happen at once, at the engine's present moment, and whether or not the engine can be reached.

use haven_model::{Channel, ContainerRef, Error, Health, Output, Result};

use crate::engine::images::familiar;

use super::{SimEngine, SimImage, record::Record, signal};

impl SimEngine {
    /// The container's program ends by itself with this exit code; its restart policy decides what follows.
    ///
    /// `Conflict` when it does not run.
    pub fn crash(&self, id: &ContainerRef, exit_code: i64) -> Result<()> {
        self.settled().on(id, |state, record| {
            refuse_idle(record)?;
            state.end(record, exit_code);
            Ok(())
        })
    }

    /// The kernel ends the container's program for want of memory. `Conflict` when it does not run.
    pub fn oom(&self, id: &ContainerRef) -> Result<()> {
        self.settled().on(id, |state, record| {
            refuse_idle(record)?;
            state.emit_container(record, "oom", &[]);
            record.oom_killed = true;
            state.end(record, 128 + i64::from(signal::KILL));
            Ok(())
        })
    }

    /// Decides what the container's health check says, from now on and whatever its command says.
    ///
    /// [`Health::Starting`] gives the decision back to the command. `Conflict` when it does not run, `Invalid` when it
    /// has no health check.
    pub fn set_health(&self, id: &ContainerRef, health: Health) -> Result<()> {
        self.settled().on(id, |state, record| {
            refuse_idle(record)?;
            let Some(checks) = &mut record.checks else {
                return Err(Error::invalid(format!("container `{}` has no health check", record.name)));
            };
            let changed = std::mem::replace(&mut checks.status, health) != health;
            record.forced_health = match health {
                Health::Starting => None,
                Health::Healthy => Some(true),
                Health::Unhealthy => Some(false),
            };
            if changed {
                state.emit_health(record, health);
            }
            Ok(())
        })
    }

    /// The container's program writes something. `Conflict` when it does not run.
    pub fn write(&self, id: &ContainerRef, channel: Channel, text: &str) -> Result<()> {
        self.settled().on(id, |state, record| {
            refuse_idle(record)?;
            let output = Output { channel, bytes: bytes::Bytes::copy_from_slice(text.as_bytes()) };
            record.take_output(vec![output], state.time());
            Ok(())
        })
    }

    /// Cuts the engine off: every call answers `Unavailable` and every stream ends with it. What runs goes on.
    pub fn disconnect(&self) {
        self.settled().set_connected(false);
    }

    /// Lets the engine be reached again.
    pub fn reconnect(&self) {
        self.settled().set_connected(true);
    }

    /// Puts an image into the registry that this engine pulls from; one of the same name is replaced.
    pub fn offer(&self, image: SimImage) {
        let mut state = self.settled();
        let name = familiar(&image.name);
        state.options.registry.retain(|offered| familiar(&offered.name) != name);
        state.options.registry.push(image);
    }
}

fn refuse_idle(record: &Record) -> Result<()> {
    match record.run {
        Some(_) => Ok(()),
        None => Err(Error::conflict(format!("container `{}` is not running", record.name))),
    }
}
