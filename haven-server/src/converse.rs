//! Conversations: a program's input and output over a WebSocket.
//!
//! The client's first message is text: the operation's parameters as JSON object, without those of the path. The server
//! answers text `{"opened":true}`, or `{"error":PROBLEM}` and closes. Then the client sends binary messages, which are
//! the program's input, and text `{"resize":{"width":80,"height":24}}` and `{"eof":true}`. The server sends binary
//! messages whose first byte tells the channel, 1 for standard output and 2 for standard error, and at the end text
//! `{"exit_code":0}` or `{"error":PROBLEM}`, and closes. A message has at most 1 MiB.

use std::{pin::Pin, sync::Arc, time::Duration};

use axum::{
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    response::Response,
};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use haven_core::{
    Error, Haven, Result, door,
    engine::{Stream, Terminal, TerminalControl},
    model::{Actor, Channel, Output, TerminalSize},
};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tracing::Instrument as _;

use crate::{Shared, double::refuse_doubles, problem::Problem};

type Open = fn(Haven, door::Request) -> Pin<Box<dyn Future<Output = Result<Terminal>> + Send>>;

/// The largest message.
const MAX_MESSAGE: usize = 1024 * 1024;
/// How long the first message may take.
const OPEN_TIME: Duration = Duration::from_secs(10);
/// How often a client is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// How long a client may neither read nor answer: somebody may well have stopped a terminal to read a page of it.
const SILENCE: Duration = Duration::from_secs(15 * 60);
/// How long the client may take to leave once everything is said.
const LEAVE_TIME: Duration = Duration::from_secs(5);
/// How long a program whose output has ended may take to say how it ended.
const EXIT_TIME: Duration = Duration::from_secs(30);

/// A message of text from the client, after the first.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Control {
    /// The terminal has another size.
    Resize(TerminalSize),
    /// The input has ended.
    Eof(bool),
}

pub(crate) fn upgrade(
    shared: Arc<Shared>,
    open: Open,
    actor: Actor,
    asked: door::Request,
    upgrade: WebSocketUpgrade,
) -> Response {
    let (tasks, span) = (shared.tasks.clone(), tracing::Span::current());
    upgrade.max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE).on_upgrade(move |socket| {
        tasks.track_future(
            async move {
                let request = actor.request.clone();
                if let Err(error) = converse(&shared, open, actor, asked, socket).await {
                    tracing::debug!(request, error = error.report(), "a conversation broke off");
                }
            }
            .instrument(span),
        )
    })
}

/// Holds a conversation to its end. Fails when the client is gone.
async fn converse(
    shared: &Shared,
    open: Open,
    actor: Actor,
    mut asked: door::Request,
    socket: WebSocket,
) -> Result<()> {
    let request = actor.request.clone();
    let (mut sink, mut source) = socket.split();
    let opened = match first_message(&mut source).await? {
        Ok(first) => {
            asked.body = first;
            async {
                refuse_doubles(&asked.body)?;
                open(shared.haven.acting_as(actor), asked).await
            }
            .await
        }
        Err(error) => Err(error),
    };
    let ended = match opened {
        Err(error) => Err(error),
        Ok(terminal) => {
            send(&mut sink, Message::text(json!({ "opened": true }).to_string())).await?;
            let Terminal { output, input, control } = terminal;
            tokio::select! {
                ended = listen(&mut sink, output, &*control) => ended?,
                left = take(&mut source, input, &*control) => Err(left?),
                () = shared.stop.cancelled() => Err(Error::unavailable("the server is stopping")),
            }
        }
    };
    let last = match ended {
        Ok(exit_code) => json!({ "exit_code": exit_code }),
        Err(error) => {
            if shared.stop.is_cancelled() {
                tracing::debug!(request, "a conversation ended with the server");
            } else {
                tracing::info!(request, error = error.report(), "a conversation failed");
            }
            json!({ "error": Problem::from(error).json(&request) })
        }
    };
    send(&mut sink, Message::text(last.to_string())).await?;
    send(&mut sink, Message::Close(None)).await?;
    // A connection dropped with something of the client's unread is reset, and the client loses what it has not read yet.
    let left = async { while let Some(Ok(_)) = source.next().await {} };
    let _ = tokio::time::timeout(LEAVE_TIME, left).await;
    Ok(())
}

/// The first message. The outer error: the client is gone.
async fn first_message(source: &mut SplitStream<WebSocket>) -> Result<Result<Bytes>> {
    let first = tokio::time::timeout(OPEN_TIME, async {
        loop {
            match source.next().await {
                Some(Ok(Message::Text(text))) => return Ok(Ok(Bytes::from(text))),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_))) => {
                    return Ok(Err(Error::invalid("the first message is text: the parameters as JSON object")));
                }
                Some(Ok(Message::Close(_))) | None => return Err(Error::unavailable("the client left")),
                Some(Err(error)) => {
                    return Ok(Err(Error::invalid("the first message cannot be read").caused_by(error)));
                }
            }
        }
    });
    first.await.unwrap_or_else(|_| Ok(Err(Error::invalid("the first message did not arrive in time"))))
}

/// Sends what the program writes, and answers how it ended. The outer error: the client is gone.
async fn listen(
    sink: &mut SplitSink<WebSocket, Message>,
    mut output: Stream<Output>,
    control: &dyn TerminalControl,
) -> Result<Result<i64>> {
    let mut ping = tokio::time::interval(PING);
    loop {
        let next = tokio::select! {
            next = output.next() => next,
            _ = ping.tick() => {
                send(sink, Message::Ping(Bytes::new())).await?;
                continue;
            }
        };
        match next {
            Some(Err(error)) => return Ok(Err(error)),
            None => break,
            Some(Ok(output)) => {
                let channel = match output.channel {
                    Channel::Stdout => 1,
                    Channel::Stderr => 2,
                };
                for piece in output.bytes.chunks(MAX_MESSAGE - 1) {
                    let mut message = BytesMut::with_capacity(piece.len() + 1);
                    message.put_u8(channel);
                    message.extend_from_slice(piece);
                    send(sink, Message::Binary(message.freeze())).await?;
                }
            }
        }
    }
    let ended = tokio::time::timeout(EXIT_TIME, control.exit_code()).await;
    Ok(ended.unwrap_or_else(|_| Err(Error::timeout("the engine did not say how the program ended"))))
}

/// Takes what the client sends, until it leaves or sends something that cannot be. The outer error: it is gone.
async fn take(
    source: &mut SplitStream<WebSocket>,
    input: Pin<Box<dyn AsyncWrite + Send>>,
    control: &dyn TerminalControl,
) -> Result<Error> {
    let mut input = Some(input);
    loop {
        let gone = |why: &'static str| Error::unavailable(why);
        let message = tokio::time::timeout(SILENCE, source.next()).await.map_err(|_| gone("the client is silent"))?;
        let message = message.ok_or_else(|| gone("the client is gone"))?;
        match message.map_err(|error| gone("the client is gone").caused_by(error))? {
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return Err(gone("the client left")),
            Message::Binary(bytes) => {
                let Some(open) = &mut input else { return Ok(Error::invalid("input after its end")) };
                // A program that does not read any more is no reason to end: it may still have something to say.
                if open.write_all(&bytes).await.is_err() || open.flush().await.is_err() {
                    tracing::debug!("the program takes no more input");
                }
            }
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(Control::Resize(size)) => {
                    if let Err(error) = control.resize(size).await {
                        tracing::debug!(error = error.report(), "the terminal keeps its size");
                    }
                }
                Ok(Control::Eof(false)) => {}
                Ok(Control::Eof(true)) => {
                    if let Some(mut open) = input.take() {
                        let _ = open.shutdown().await;
                    }
                }
                Err(error) => return Ok(Error::invalid(format!("this message is no control: {error}"))),
            },
        }
    }
}

async fn send(sink: &mut SplitSink<WebSocket, Message>, message: Message) -> Result<()> {
    match tokio::time::timeout(SILENCE, sink.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Error::unavailable("the client is gone").caused_by(error)),
        Err(_) => Err(Error::unavailable("the client does not read")),
    }
}
