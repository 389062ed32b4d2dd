//! Streams: events as they come, resumed, and ended by a stop.

use std::time::Duration;

use haven_core::model::{Event, Severity};
use reqwest::{Method, Response};
use serde_json::Value;

use crate::bed::{Bed, is_problem, json};

pub(crate) fn event(action: &str) -> Event {
    Event {
        cursor: String::new(),
        time: jiff::Timestamp::now(),
        severity: Severity::Info,
        node: None,
        cluster: None,
        kind: "test".to_owned(),
        action: action.to_owned(),
        id: "1".to_owned(),
        name: String::new(),
        message: action.to_owned(),
        attributes: std::collections::BTreeMap::new(),
    }
}

/// A stream, read event by event.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    async fn open(bed: &Bed, query: &str, last: Option<&str>) -> Self {
        let request = bed.request(Method::GET, &format!("/api/v1/events/stream?type=test{query}"));
        let request = if let Some(last) = last { request.header("last-event-id", last) } else { request };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event's id and data; none at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let Some(data) = field("data: ") else { continue };
                return Some((field("id: ").unwrap(), serde_json::from_str(&data).unwrap()));
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk()).await.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }

    /// What is left, to the end.
    async fn rest(self) -> String {
        self.text + &self.response.text().await.unwrap()
    }
}

#[tokio::test]
async fn a_stream_goes_on_after_the_event_seen_last() {
    let bed = Bed::new().await;
    let journal = &bed.haven.services().unwrap().journal;
    let mut events = Events::open(&bed, "", None).await;
    for action in ["a", "b", "c"] {
        journal.record(event(action));
    }
    let (id, first) = events.next().await.unwrap();
    assert_eq!((first["action"].as_str(), first["cursor"].as_str()), (Some("a"), Some(id.as_str())));
    drop(events);
    // The header is newer than what the address says.
    let (last, _) = {
        let mut again = Events::open(&bed, "", Some(&id)).await;
        assert_eq!(again.next().await.unwrap().1["action"], "b");
        again.next().await.unwrap()
    };
    let mut again = Events::open(&bed, &format!("&after={id}"), Some(&last)).await;
    journal.record(event("d"));
    assert_eq!(again.next().await.unwrap().1["action"], "d");
}

#[tokio::test]
async fn a_stream_that_is_cut_before_its_first_event_goes_on_where_it_began() {
    let bed = Bed::new().await;
    let mut events = Events::open(&bed, "", None).await;
    let begins = loop {
        events.text.push_str(std::str::from_utf8(&events.response.chunk().await.unwrap().unwrap()).unwrap());
        let id = events.text.split_once("id: ").and_then(|(_, id)| id.split_once("\n\n"));
        if let Some((id, rest)) = id {
            assert_eq!(rest, "");
            break id.to_owned();
        }
    };
    drop(events);
    bed.haven.services().unwrap().journal.record(event("meanwhile"));
    let mut again = Events::open(&bed, "", Some(&begins)).await;
    assert_eq!(again.next().await.unwrap().1["action"], "meanwhile");
}

#[tokio::test]
async fn a_cursor_of_nothing_is_refused_before_the_stream_begins() {
    let bed = Bed::new().await;
    let ask =
        |last: &'static str| bed.request(Method::GET, "/api/v1/events/stream").header("last-event-id", last).send();
    is_problem(ask("nonsense").await.unwrap(), 400, "invalid").await;
    is_problem(ask("00000000.1.0").await.unwrap(), 409, "conflict").await;
    let stats =
        bed.request(Method::GET, "/api/v1/nodes/x/containers/y/stats/stream").header("last-event-id", "1").send();
    is_problem(stats.await.unwrap(), 400, "invalid").await;
}

#[tokio::test]
async fn lines_are_lines() {
    let bed = Bed::new().await;
    bed.haven.services().unwrap().journal.record(event("a"));
    let page = json(bed.get("/api/v1/events?type=test").await).await;
    let cursor = page["cursor"].as_str().unwrap();
    let request = bed.request(Method::GET, &format!("/api/v1/events/stream?type=test&after={cursor}"));
    let mut response = request.header("accept", "application/x-ndjson").send().await.unwrap();
    bed.haven.services().unwrap().journal.record(event("b"));
    let mut text = String::new();
    while !text.contains('}') {
        text.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    let first = text.lines().next().unwrap();
    assert_eq!(serde_json::from_str::<Value>(first).unwrap()["action"], "b");
}

#[tokio::test]
async fn a_stop_ends_streams_and_refuses_newcomers() {
    let mut bed = Bed::new().await;
    let events = Events::open(&bed, "", None).await;
    bed.stop.cancel();
    let end = events.rest().await;
    assert!(end.contains("event: error") && end.ends_with("\n\n"), "{end}");
    let served = tokio::time::timeout(Duration::from_secs(5), &mut bed.serving).await;
    served.expect("it ends at once where nothing runs").unwrap().unwrap();
    assert!(bed.anonymous(Method::GET, "/healthz").send().await.is_err());
}
