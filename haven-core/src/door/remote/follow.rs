//! Streams of a server.
//!
//! One whose items have cursors goes on after a cut, where it is known from where: the server says so at the beginning, and
//! with each item. Others end with the error.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use haven_model::{Actor, Error, ErrorKind, Result};
use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use super::{
    super::{Follow, request},
    Remote,
    events::Decoder,
    from_json, from_problem,
};
use crate::engine::Stream;

/// How long to wait before going on, at first and at most.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LAST_WAIT: Duration = Duration::from_secs(10);

/// A stream and all it takes to open it again.
struct Following {
    remote: Remote,
    actor: Actor,
    path: String,
    body: Option<Vec<u8>>,
    /// Where to go on; none: that is not known.
    cursor: Option<String>,
    response: Option<Response>,
    decoder: Decoder,
}

pub(super) async fn open<O: Follow>(remote: &Remote, actor: &Actor, operation: &O) -> Result<Stream<O::Item>> {
    let (path, body) = request::write(operation)?;
    let after = request::write_apart(operation)?.1.get("after").and_then(Value::as_str).map(str::to_owned);
    let mut following = Following {
        remote: remote.clone(),
        actor: actor.clone(),
        path,
        body,
        cursor: after,
        response: None,
        decoder: Decoder::default(),
    };
    following.connect::<O>().await?;
    let items = stream::unfold(Some(following), |following| async move {
        let mut following = following?;
        match following.next::<O>().await {
            Ok(Some(item)) => Some((Ok(item), Some(following))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(items.boxed())
}

impl Following {
    async fn connect<O: Follow>(&mut self) -> Result<()> {
        let cursor = self.cursor.clone();
        let prepare = |builder: RequestBuilder| {
            let builder = builder.header("accept", "text/event-stream");
            match &cursor {
                Some(cursor) => builder.header("last-event-id", cursor),
                None => builder,
            }
        };
        // The beginning of an answer is an answer: it may take no longer than another.
        let sending = self.remote.send::<O>(&self.actor, &self.path, self.body.clone(), prepare);
        let response = tokio::time::timeout(self.remote.shared.options.timeout, sending).await;
        let response = response.unwrap_or_else(|_| Err(Error::timeout("the server did not answer")))?;
        self.remote.expect(&response, "text/event-stream")?;
        self.decoder = Decoder::default();
        self.response = Some(response);
        Ok(())
    }

    async fn next<O: Follow>(&mut self) -> Result<Option<O::Item>> {
        let mut wait = FIRST_WAIT;
        loop {
            let cut = match self.read::<O>().await {
                Ok(Some(item)) => return Ok(Some(item)),
                // A stream that can be resumed has no end of its own: the server stopped.
                Ok(None) if self.cursor.is_none() => return Ok(None),
                Ok(None) => Error::unavailable("the stream ended"),
                Err(error) if self.cursor.is_some() && may_pass(&error) => error,
                Err(error) => return Err(error),
            };
            self.response = None;
            tracing::debug!(error = cut.report(), "a stream was cut and goes on");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LAST_WAIT);
            match self.connect::<O>().await {
                Err(error) if !may_pass(&error) => return Err(error),
                _ => {}
            }
        }
    }

    async fn read<O: Follow>(&mut self) -> Result<Option<O::Item>> {
        loop {
            if let Some(message) = self.decoder.next()? {
                if message.event == "error" {
                    let problem: Value = from_json(message.data.as_bytes())?;
                    return Err(from_problem(&problem)
                        .unwrap_or_else(|| Error::unexpected("the stream failed, and does not say why")));
                }
                if let Some(cursor) = message.id {
                    self.cursor = Some(cursor);
                }
                if message.data.is_empty() {
                    continue;
                }
                return from_json(message.data.as_bytes()).map(Some);
            }
            let Some(response) = &mut self.response else { return Err(Error::unavailable("the stream is not open")) };
            let chunk = tokio::time::timeout(self.remote.shared.options.idle_timeout, response.chunk()).await;
            let chunk = chunk.map_err(|_| Error::timeout("the server is silent"))?;
            match chunk.map_err(|error| Error::timeout("the stream broke off").caused_by(error.without_url()))? {
                Some(chunk) => self.decoder.push(&chunk),
                None => return Ok(None),
            }
        }
    }
}

/// Whether trying again can help.
fn may_pass(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Busy)
}
