//! Events of the fleet: read back, counted, followed.

use async_trait::async_trait;
use haven_model::{Actor, ClusterName, Event, EventFilter, NodeName, Result, Severity, event::EventCount};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::operation;
use crate::{
    door::{Call, Follow, Row},
    engine::Stream,
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![Row::call::<ListEvents>(), Row::call::<CountEvents>(), Row::follow::<FollowEvents>()]
}

/// A page of events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Events {
    /// The events, oldest first.
    pub items: Vec<Event>,
    /// Where to go on: hand it back as `after`, or follow from there.
    pub cursor: String,
}

operation! {
    /// Reads events, oldest first: the newest that fit, or those after a cursor. `not_found` for a cluster or
    /// node that is not there and has no events either.
    ///
    /// Where events after the cursor are not kept any more, one of the type `journal` and the action `gap` comes first,
    /// whatever the conditions.
    "events.list", Get "/events", needs Read;
    #[derive(Default)]
    pub struct ListEvents {
        /// Only of nodes that were in this cluster then.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only of this node.
        #[serde(default)]
        pub node: Option<NodeName>,
        /// Only at least as severe.
        #[serde(default)]
        pub severity: Option<Severity>,
        /// Only of this kind of object: `container`, `node`, …
        #[serde(default, rename = "type")]
        pub kind: Option<String>,
        /// Only of this object, by id or name.
        #[serde(default)]
        pub object: Option<String>,
        /// Only since then.
        #[serde(default)]
        pub since: Option<Timestamp>,
        /// Only until then.
        #[serde(default)]
        pub until: Option<Timestamp>,
        /// Only after this cursor, beginning with the one that follows it.
        #[serde(default)]
        pub after: Option<String>,
        /// At most so many, 1 to 10,000; none: 1,000.
        #[serde(default)]
        pub limit: Option<u32>,
    }
}

#[async_trait]
impl Call for ListEvents {
    type Output = Events;

    async fn run(self, services: &Services, _: &Actor) -> Result<Events> {
        let filter = EventFilter {
            cluster: self.cluster,
            node: self.node,
            severity: self.severity,
            kind: self.kind,
            object: self.object,
            since: self.since,
            until: self.until,
        };
        refuse_unknown(services, &filter).await?;
        let (items, cursor) = services.journal.read(&filter, self.after.as_deref(), self.limit).await?;
        Ok(Events { items, cursor })
    }
}

/// What is gone still has its events; a cluster or node that nobody ever heard of is a slip of the pen.
async fn refuse_unknown(services: &Services, filter: &EventFilter) -> Result<()> {
    let cluster = filter.cluster.as_ref().and_then(|cluster| services.clusters.members(cluster).err());
    let node = filter.node.as_ref().and_then(|node| services.nodes.get(node).err());
    let Some(unknown) = cluster.or(node) else { return Ok(()) };
    let of_it = EventFilter { cluster: filter.cluster.clone(), node: filter.node.clone(), ..EventFilter::default() };
    let (events, _) = services.journal.read(&of_it, None, Some(1)).await?;
    if events.is_empty() { Err(unknown) } else { Ok(()) }
}

operation! {
    /// Counts events by cluster and severity.
    "events.count", Get "/events/count", needs Read;
    #[derive(Default)]
    pub struct CountEvents {
        /// Only since then.
        #[serde(default)]
        pub since: Option<Timestamp>,
    }
}

#[async_trait]
impl Call for CountEvents {
    type Output = Vec<EventCount>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<EventCount>> {
        Ok(services.journal.count(self.since))
    }
}

operation! {
    /// Follows events: those after a cursor first, where one is given, then each as it happens.
    ///
    /// Where some are not kept any more, or the reader is too slow, one of the type `journal` and the action `gap` tells of
    /// it, whatever the conditions.
    "events.follow", Get "/events/stream", needs Read;
    #[derive(Default)]
    pub struct FollowEvents {
        /// Only of nodes that were in this cluster then.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only of this node.
        #[serde(default)]
        pub node: Option<NodeName>,
        /// Only at least as severe.
        #[serde(default)]
        pub severity: Option<Severity>,
        /// Only of this kind of object: `container`, `node`, …
        #[serde(default, rename = "type")]
        pub kind: Option<String>,
        /// Only of this object, by id or name.
        #[serde(default)]
        pub object: Option<String>,
        /// Begin after this cursor; none: with the next event.
        #[serde(default)]
        pub after: Option<String>,
    }
}

#[async_trait]
impl Follow for FollowEvents {
    type Item = Event;

    fn cursor(event: &Event) -> &str {
        &event.cursor
    }

    async fn settle(&mut self, services: &Services) -> Result<String> {
        let begins = match self.after.take() {
            Some(after) => after,
            None => services.journal.end(),
        };
        self.after = Some(begins.clone());
        Ok(begins)
    }

    async fn open(self, services: &Services, _: &Actor) -> Result<Stream<Event>> {
        let filter = EventFilter {
            cluster: self.cluster,
            node: self.node,
            severity: self.severity,
            kind: self.kind,
            object: self.object,
            ..EventFilter::default()
        };
        refuse_unknown(services, &filter).await?;
        services.journal.follow(filter, self.after.as_deref())
    }
}
