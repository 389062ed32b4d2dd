//! What happened in the fleet: read back, and listened to.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use haven_core::model;

use crate::{Result, Subscription, mirror::mirror, settled::settled, subscription::Subscriptions};

/// What happened in the fleet.
#[derive(uniffi::Object)]
pub struct Events(pub(crate) haven_core::Haven, pub(crate) Subscriptions);

#[uniffi::export(async_runtime = "tokio")]
impl Events {
    /// The newest events of some severity and above, oldest first.
    pub async fn list(&self, severity: Severity) -> Result<Vec<Event>> {
        settled(async move {
            let events = self.0.events().list(severity.into()).await?;
            Ok(events.into_iter().map(Event::from).collect())
        })
        .await
    }

    /// Tells `listener` each event from now on, until the subscription is stopped or dropped.
    pub async fn subscribe(&self, listener: Arc<dyn EventListener>) -> Result<Arc<Subscription>> {
        settled(async move {
            let events = self.0.events().follow().await?;
            self.1.begin(events, move |event| listener.on_event(event.into()))
        })
        .await
    }
}

/// Told about events.
///
/// Called on a thread of Haven's, one event at a time. An error that it throws ends the subscription, which says so to who
/// stops it or waits for its end.
#[uniffi::export(with_foreign)]
pub trait EventListener: Send + Sync {
    /// Something happened.
    fn on_event(&self, event: Event) -> Result<()>;
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Event {
    /// Where it stands in the order of events.
    pub cursor: String,
    /// When it happened.
    pub time: SystemTime,
    /// How much it matters.
    pub severity: Severity,
    /// The node it happened on.
    pub node: Option<String>,
    /// The cluster that the node was in.
    pub cluster: Option<String>,
    /// The kind of object: `container`, `image`, `network`, `volume`, `node`, `cluster`.
    pub kind: String,
    /// What happened: `start`, `die`, `oom`, `unknown`, `online`, …
    pub action: String,
    /// The id of the object.
    pub id: String,
    /// The name of the object.
    pub name: String,
    /// What happened, for people.
    pub message: String,
    /// What else is known: image, exit code, limit.
    pub attributes: HashMap<String, String>,
}

impl From<model::Event> for Event {
    fn from(event: model::Event) -> Self {
        Self {
            cursor: event.cursor,
            time: event.time.into(),
            severity: event.severity.into(),
            node: event.node.map(|node| node.to_string()),
            cluster: event.cluster.map(|cluster| cluster.to_string()),
            kind: event.kind,
            action: event.action,
            id: event.id,
            name: event.name,
            message: event.message,
            attributes: event.attributes.into_iter().collect(),
        }
    }
}

mirror! {
    /// How much an event matters.
    Severity, both model::Severity {
        /// For the record.
        Info,
        /// Somebody should look.
        Warning,
        /// Something failed.
        Error,
    }
}
