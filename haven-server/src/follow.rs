//! Streams: server-sent events, JSON lines, or the bytes of a log.
//!
//! `Accept` chooses: `text/event-stream` (and anything else), `application/x-ndjson`, and `text/plain` where the items
//! are a program's output. Events that can be resumed say first of all where they begin, so that they are also when they are
//! cut before there was one. An error after the beginning is an event `error` (a line `{"error":…}`) and the last one.
//! All streams end when the server stops, with the error `unavailable`: a client could not tell a cut from the end else.

use std::{pin::Pin, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_core::{
    Error, Haven, Result,
    door::{self, Item},
    engine::Stream,
    model::{Actor, Output},
};
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::{Shared, problem::Problem, route::Mounted};

type Open = fn(Haven, door::Request) -> Pin<Box<dyn Future<Output = Result<Stream<Item>>> + Send>>;

/// How often a silent stream says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a stream looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Server-sent events.
    Events,
    /// A JSON value a line.
    Lines,
    /// What the program wrote.
    Bytes,
}

impl Shape {
    fn of(mounted: &Mounted, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let wanted = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
        for kind in wanted {
            match kind {
                "text/event-stream" => return Self::Events,
                "application/x-ndjson" => return Self::Lines,
                "text/plain" if mounted.row.name == "containers.logs" => return Self::Bytes,
                _ => {}
            }
        }
        Self::Events
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson",
            Self::Bytes => "text/plain; charset=utf-8",
        })
    }

    fn item(self, item: &Item) -> Result<Bytes> {
        Ok(match self {
            Self::Events if item.json.is_empty() => format!("id: {}\n\n", item.cursor).into(),
            _ if item.json.is_empty() => Bytes::new(),
            Self::Events if item.cursor.is_empty() => format!("data: {}\n\n", item.json).into(),
            Self::Events => format!("id: {}\ndata: {}\n\n", item.cursor, item.json).into(),
            Self::Lines => format!("{}\n", item.json).into(),
            Self::Bytes => {
                let output: Output = serde_json::from_str(&item.json)
                    .map_err(|error| Error::unexpected("the item is no output").caused_by(error))?;
                output.bytes
            }
        })
    }

    fn error(self, problem: &Value) -> Bytes {
        match self {
            Self::Events => format!("event: error\ndata: {problem}\n\n").into(),
            Self::Lines => format!("{}\n", json!({ "error": problem })).into(),
            Self::Bytes => format!("\nhaven: {}\n", problem["detail"].as_str().unwrap_or_default()).into(),
        }
    }

    /// What a silent stream says; nothing where that would be taken for an item.
    fn keep_alive(self) -> Option<Bytes> {
        match self {
            Self::Events => Some(Bytes::from_static(b":\n\n")),
            Self::Lines => Some(Bytes::from_static(b"\n")),
            Self::Bytes => None,
        }
    }
}

pub(crate) async fn answer(
    shared: &Shared,
    mounted: &Mounted,
    open: Open,
    actor: Actor,
    mut asked: door::Request,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    if let Some(last) = headers.get("last-event-id") {
        resume(mounted, &mut asked, last)?;
    }
    let (shape, request) = (Shape::of(mounted, headers), actor.request.clone());
    let items = open(shared.haven.acting_as(actor), asked).await?;
    let body = Body::from_stream(encode(items, shape, request, shared.stop.clone()));
    let mut response = ([(header::CONTENT_TYPE, shape.content_type())], body).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers the answer first would hold back a stream for ever.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Goes on after the item that the client saw last. What it says itself about where to begin is from before that.
fn resume(mounted: &Mounted, asked: &mut door::Request, last: &HeaderValue) -> Result<()> {
    if !mounted.parameters.contains("after") {
        return Err(Error::invalid("this stream cannot be resumed: it takes no `Last-Event-ID`"));
    }
    let last = last.to_str().map_err(|_| Error::invalid("`Last-Event-ID` is no cursor"))?;
    if mounted.has_body() {
        let mut body: Map<String, Value> = serde_json::from_slice(&asked.body).unwrap_or_default();
        body.insert("after".to_owned(), last.into());
        asked.body = Value::Object(body).to_string().into();
        return Ok(());
    }
    let mut pairs: Vec<(String, String)> = serde_html_form::from_str(&asked.query)
        .map_err(|error| Error::invalid(format!("the query cannot be read: {error}")))?;
    pairs.retain(|(name, _)| name != "after");
    pairs.push(("after".to_owned(), last.to_owned()));
    asked.query = serde_html_form::to_string(&pairs)
        .map_err(|error| Error::invalid("the query cannot be read").caused_by(error))?;
    Ok(())
}

fn encode(
    items: Stream<Item>,
    shape: Shape,
    request: String,
    stop: CancellationToken,
) -> impl futures_util::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    // The first bytes go out at once, so that a client knows that it listens; who reads lines expects the first item.
    let first = stream::iter(shape.keep_alive().filter(|_| shape != Shape::Lines));
    let chunks = stream::unfold(Some(items), move |items| {
        let (request, stop) = (request.clone(), stop.clone());
        async move {
            let mut items = items?;
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => Some(Err(Error::unavailable("the server is stopping"))),
                next = items.next() => next,
                () = tokio::time::sleep(KEEP_ALIVE) => {
                    return Some((shape.keep_alive().unwrap_or_default(), Some(items)));
                }
            };
            match next?.and_then(|item| shape.item(&item)) {
                Ok(chunk) => Some((chunk, Some(items))),
                Err(error) => {
                    if stop.is_cancelled() {
                        tracing::debug!(request, "a stream ended with the server");
                    } else {
                        tracing::info!(request, error = error.report(), "a stream failed");
                    }
                    Some((shape.error(&Problem::from(error).json(&request)), None))
                }
            }
        }
    });
    first.chain(chunks).filter(|chunk| std::future::ready(!chunk.is_empty())).map(Ok)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use haven_core::ErrorKind;

    use super::*;

    async fn text(items: Vec<Result<Item>>, shape: Shape) -> String {
        let chunks = encode(stream::iter(items).boxed(), shape, "r".to_owned(), CancellationToken::new());
        let chunks: Vec<Bytes> = chunks.map(|chunk| chunk.unwrap()).collect().await;
        String::from_utf8(chunks.concat()).unwrap()
    }

    fn item(json: &str, cursor: &str) -> Item {
        Item { json: json.to_owned(), cursor: cursor.to_owned() }
    }

    #[tokio::test]
    async fn an_error_is_the_last_event() {
        let items = || vec![Ok(item("1", "a")), Err(Error::new(ErrorKind::Unavailable, "gone")), Ok(item("2", "b"))];
        let events = text(items(), Shape::Events).await;
        assert!(events.starts_with(":\n\nid: a\ndata: 1\n\nevent: error\ndata: {"), "{events}");
        assert!(!events.contains("data: 2"));
        let lines = text(items(), Shape::Lines).await;
        assert!(lines.starts_with("1\n{\"error\":{"), "{lines}");
    }

    #[tokio::test]
    async fn where_a_stream_begins_is_said_to_who_reads_events() {
        let items = || vec![Ok(item("", "a")), Ok(item("1", "b"))];
        assert_eq!(text(items(), Shape::Events).await, ":\n\nid: a\n\nid: b\ndata: 1\n\n");
        assert_eq!(text(items(), Shape::Lines).await, "1\n");
    }

    #[tokio::test]
    async fn bytes_are_what_the_program_wrote() {
        let output = r#"{"channel":"stdout","text":"hello\n"}"#;
        assert_eq!(text(vec![Ok(item(output, ""))], Shape::Bytes).await, "hello\n");
    }

    #[tokio::test]
    async fn a_stop_ends_a_stream_that_says_nothing_and_one_that_never_rests_with_an_error() {
        let one = || Ok(item(r#"{"channel":"stdout","text":"x"}"#, ""));
        for items in [stream::pending().boxed(), stream::repeat_with(one).boxed()] {
            let stop = CancellationToken::new();
            stop.cancel();
            let chunks: Vec<_> = encode(items, Shape::Bytes, String::new(), stop).collect().now_or_never().unwrap();
            assert_eq!(chunks, [Ok(Bytes::from_static(b"\nhaven: the server is stopping\n"))]);
        }
    }
}
