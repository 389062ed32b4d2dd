//! What Haven is and how it is.

use haven_core::door::ops::system::GetStatus;

use super::Context;
use crate::{failure::Result, show::size};

/// The version of this program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Shows the server's version, store and the size of the fleet.
pub(crate) async fn run(context: &Context) -> Result {
    let status = context.haven().await?.call(GetStatus {}).await?;
    context.show.value(&status, || {
        format!(
            "version     {}\ntime        {}\nstore       {} at revision {}, {}\nnodes       {} online of {}\ncontainers  {} running of {}\nevents      {} kept\n",
            status.version,
            status.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            status.store,
            status.revision,
            size(status.store_bytes),
            status.nodes.on,
            status.nodes.total,
            status.containers.on,
            status.containers.total,
            status.events,
        )
    })?;
    if !context.show.json {
        for alarm in &status.alarms {
            context.show.warn(&format!("the store says: {alarm}"));
        }
    }
    Ok(())
}

/// Prints the version of this program.
pub(crate) fn version(context: &Context) -> Result {
    context.show.value(&serde_json::json!({ "version": VERSION }), || format!("haven {VERSION}"))
}
