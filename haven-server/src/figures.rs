//! Figures: `/metrics`, in the text format of Prometheus.
//!
//! Counters and times are kept by the recorder that the program installed, best one of [`recorder`]; gauges of the fleet
//! are read from it when they are asked for, so that a node that is gone leaves nothing behind.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use haven_core::{
    Result,
    engine::{Call, Hook},
};
use http::{HeaderValue, Method, StatusCode, header};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_util::MetricKindMask;

use crate::{Shared, problem::Problem};

/// Times that are not measured any more are forgotten after this: those of a node that is gone.
const FORGET: Duration = Duration::from_secs(3600);

/// Counts requests by route, method and status.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Handles to the recorder's own counters: to find one there costs more than to count.
    kept: Mutex<HashMap<Slot, Kept>>,
}

type Slot = (String, Method, u16);

#[derive(Clone)]
struct Kept {
    requests: Counter,
    seconds: Histogram,
    used: Instant,
}

impl Kept {
    fn of((route, method, status): &Slot) -> Self {
        let labels = [("route", route.clone()), ("method", method.to_string()), ("status", status.to_string())];
        Self {
            requests: metrics::counter!("haven_http_requests_total", &labels),
            seconds: metrics::histogram!("haven_http_request_seconds", &labels),
            used: Instant::now(),
        }
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

impl Figures {
    /// Counts a request. Without a route all are one, lest whoever asks for nonsense fills the memory.
    pub(crate) fn count(&self, route: Option<&str>, method: &Method, status: StatusCode, took: Duration) {
        const KNOWN: [Method; 7] =
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
        let route = route.unwrap_or("none");
        let method = if KNOWN.contains(method) { method.clone() } else { Method::OPTIONS };
        let slot = (route.to_owned(), method, status.as_u16());
        let mut kept = self.kept.lock().expect("no panic happens under this lock");
        // A handle that the recorder has forgotten counts for nobody.
        if kept.get(&slot).is_some_and(|kept| kept.used.elapsed() >= FORGET / 2) {
            kept.remove(&slot);
        }
        let kept = kept.entry(slot).or_insert_with_key(Kept::of);
        kept.used = Instant::now();
        kept.requests.increment(1);
        kept.seconds.record(took);
    }
}

/// The buckets that times are counted in, in seconds. Without them a recorder makes summaries, whose quantiles fall to
/// nothing once a while has passed without a call.
const BUCKETS: [f64; 12] = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// A recorder for what is counted here: install it once in the program, and give its handle to the server.
pub fn recorder() -> PrometheusBuilder {
    let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS).expect("there are buckets");
    recorder.idle_timeout(MetricKindMask::HISTOGRAM, Some(FORGET))
}

/// Says what is counted, in words for people.
pub(crate) fn describe() {
    metrics::describe_counter!("haven_http_requests_total", "Requests, by route, method and status.");
    metrics::describe_histogram!("haven_http_request_seconds", "How long requests took.");
    let calls = "How long calls on engines took, by operation, node and outcome.";
    metrics::describe_histogram!("haven_engine_call_seconds", calls);
}

/// Times and logs every call on every engine, by operation and node: give it to the builder of the fleet as a hook.
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineCalls;

#[async_trait]
impl Hook for EngineCalls {
    async fn after(&self, call: Call<'_>, succeeded: bool) -> Result<()> {
        let outcome = if succeeded { "ok" } else { "failed" };
        tracing::debug!(operation = call.op, node = call.engine, target = call.target, took = ?call.elapsed, outcome, "engine call");
        let labels =
            [("operation", call.op.to_owned()), ("node", call.engine.to_owned()), ("outcome", outcome.to_owned())];
        metrics::histogram!("haven_engine_call_seconds", &labels).record(call.elapsed);
        Ok(())
    }
}

/// `/metrics`.
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let mut text = shared
        .options
        .metrics
        .as_ref()
        .map(|handle| {
            handle.run_upkeep();
            handle.render()
        })
        .unwrap_or_default();
    fleet(&shared, &mut text).await?;
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Writes what the fleet is like now.
async fn fleet(shared: &Shared, text: &mut String) -> Result<(), Problem> {
    let services = &shared.services;
    let nodes = services.nodes.list();
    let now = services.clock.now();
    gauge(text, "haven_node_online", "Whether the engine of a node is connected.");
    for node in &nodes {
        sample(text, "haven_node_online", node.name.as_str(), f64::from(u8::from(node.engine.connected)));
    }
    gauge(text, "haven_node_agent_reporting", "Whether the agent of a node reports.");
    for node in &nodes {
        sample(text, "haven_node_agent_reporting", node.name.as_str(), f64::from(u8::from(node.agent.reporting)));
    }
    gauge(text, "haven_node_containers", "Containers of a node, as last seen.");
    for node in &nodes {
        sample(text, "haven_node_containers", node.name.as_str(), node.containers.total as f64);
    }
    let inventories =
        nodes.iter().filter_map(|node| Some((node.name.as_str(), services.nodes.inventory(&node.name).ok()?)));
    let inventories: Vec<_> = inventories.collect();
    gauge(text, "haven_inventory_age_seconds", "Seconds since the engine of a node was last asked for its containers.");
    for (node, reading) in &inventories {
        if let Some(as_of) = reading.as_of {
            sample(text, "haven_inventory_age_seconds", node, now.duration_since(as_of).as_secs_f64().max(0.0));
        }
    }
    gauge(text, "haven_inventory_stale", "Whether the inventory of a node cannot be counted on.");
    for (node, reading) in &inventories {
        sample(text, "haven_inventory_stale", node, f64::from(u8::from(reading.stale)));
    }
    // Figures are asked for just when something is wrong: without the store the rest is shown.
    if let Ok(Ok(store)) = tokio::time::timeout(Duration::from_secs(2), services.store.status()).await {
        plain(text, "haven_store_bytes", "Bytes that the store takes.", store.bytes as f64);
        plain(text, "haven_store_revision", "Changes that the store has seen.", store.revision.number as f64);
        plain(text, "haven_store_alarms", "Alarms of the store.", store.alarms.len() as f64);
    }
    let journal = &services.journal;
    plain(text, "haven_journal_events", "Events that are kept.", journal.len() as f64);
    plain(text, "haven_journal_queue", "Events that wait to be written.", journal.waiting() as f64);
    let lag = "Seconds since something was written that has not come back through the watch of the store.";
    plain(text, "haven_watch_lag_seconds", lag, journal.lag().as_secs_f64());
    Ok(())
}

fn gauge(text: &mut String, name: &str, help: &str) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
}

fn sample(text: &mut String, name: &str, node: &str, value: f64) {
    let _ = writeln!(text, "{name}{{node=\"{node}\"}} {value}");
}

fn plain(text: &mut String, name: &str, help: &str, value: f64) {
    gauge(text, name, help);
    let _ = writeln!(text, "{name} {value}");
}
