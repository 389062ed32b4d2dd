//! Conversations with programs through a server: WebSockets.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use haven_model::{Actor, Channel, Error, ErrorKind, Output, Result, TerminalSize, error::WireError};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWrite,
    net::TcpStream,
    sync::{mpsc, watch},
};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{self, Message, client::IntoClientRequest as _, http::HeaderValue, protocol::WebSocketConfig},
};
use tokio_util::sync::PollSender;

use super::{
    super::{Converse, request},
    Remote, from_problem, problem_of,
};
use crate::engine::{Terminal, TerminalControl};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The largest message, and the most input that goes into one.
const MAX_MESSAGE: usize = 1024 * 1024;
const MAX_INPUT: usize = 64 * 1024;
/// How many messages may wait, in either direction.
const WAITING: usize = 64;
/// How long the server may be silent; it says something every 20 s.
const SILENCE: Duration = Duration::from_secs(90);

/// Something to send.
#[derive(Debug)]
enum Said {
    Input(Bytes),
    End,
    Resize(TerminalSize),
}

/// How the program ended; none: it runs.
type Ended = Option<Result<i64, WireError>>;

pub(super) async fn open<O: Converse>(remote: &Remote, actor: &Actor, operation: &O) -> Result<Terminal> {
    let (path, rest) = request::write_apart(operation)?;
    let mut token = remote.token(None).await?;
    let opening = async {
        let mut socket = match connect(remote, actor, &path, token.as_ref()).await {
            Err(error) if error.kind() == ErrorKind::Unauthenticated && remote.can_sign_in() => {
                token = remote.token(token.as_ref()).await?;
                connect(remote, actor, &path, token.as_ref()).await?
            }
            connected => connected?,
        };
        let first = Value::Object(rest).to_string();
        socket
            .send(Message::text(first))
            .await
            .map_err(|error| Error::unavailable("the server is gone").caused_by(error))?;
        match first_answer(&mut socket).await? {
            answer if answer.get("opened").is_some() => Ok(socket),
            answer => Err(error_in(&answer)),
        }
    };
    let socket = tokio::time::timeout(remote.shared.options.timeout, opening).await;
    let socket = socket.unwrap_or_else(|_| Err(Error::timeout("the server did not answer")))?;
    Ok(talk(socket))
}

async fn connect(remote: &Remote, actor: &Actor, path: &str, token: Option<&haven_model::Secret>) -> Result<Socket> {
    let mut url = remote.url_of(path)?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).map_err(|()| Error::invalid("the server's URL cannot be used"))?;
    let unusable = |error: tungstenite::Error| Error::invalid("the server's URL cannot be used").caused_by(error);
    let mut request = url.as_str().into_client_request().map_err(unusable)?;
    for (name, value) in remote.headers(actor, token) {
        let value = HeaderValue::from_str(&value).map_err(|_| Error::invalid(format!("`{name}` cannot be sent")))?;
        request.headers_mut().insert(name, value);
    }
    let config = WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let connector = Connector::Rustls(remote.shared.tls.clone());
    let connecting = connect_async_tls_with_config(request, Some(config), true, Some(connector));
    let unreachable = || Error::unavailable(format!("the server at {} cannot be reached", remote.url()));
    match tokio::time::timeout(remote.shared.options.connect_timeout, connecting).await {
        Err(_) => Err(unreachable()),
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(response))) => {
            let body = response.body().as_deref().unwrap_or_default();
            Err(problem_of(response.status().as_u16(), body, remote.url()))
        }
        // Nothing was asked yet: the operation travels in the first message.
        Ok(Err(error)) => Err(unreachable().caused_by(error)),
    }
}

async fn first_answer(socket: &mut Socket) -> Result<Value> {
    let broken = || Error::timeout("the server broke off before it answered");
    while let Some(message) = socket.next().await {
        match message.map_err(|error| broken().caused_by(error))? {
            Message::Text(text) => return super::from_json(text.as_bytes()),
            Message::Ping(_) | Message::Pong(_) => {}
            _ => break,
        }
    }
    Err(broken())
}

fn error_in(answer: &Value) -> Error {
    let error = answer.get("error").and_then(from_problem);
    error.unwrap_or_else(|| Error::unexpected("the server's message cannot be read"))
}

fn talk(socket: Socket) -> Terminal {
    let (say, said) = mpsc::channel(WAITING);
    let (heard, output) = mpsc::channel(WAITING);
    let (end, ended) = watch::channel(None);
    let (sink, source) = socket.split();
    tokio::spawn(async move {
        let closed = heard.clone();
        let speaking = async {
            send(sink, said).await;
            // Nobody speaks any more, but somebody may still listen; who does neither has dropped the terminal.
            closed.closed().await;
        };
        tokio::select! {
            () = listen(source, &heard, &end) => {}
            () = speaking => {}
        }
    });
    let output = futures_util::stream::unfold(output, |mut output| async move { Some((output.recv().await?, output)) });
    Terminal {
        output: output.boxed(),
        input: Box::pin(Input { say: PollSender::new(say.clone()) }),
        control: Arc::new(Control { say, ended }),
    }
}

/// Hears the program out.
async fn listen(mut source: SplitStream<Socket>, heard: &mpsc::Sender<Result<Output>>, end: &watch::Sender<Ended>) {
    let ended = loop {
        let broken = |why: &'static str| Error::timeout(why);
        let message = match tokio::time::timeout(SILENCE, source.next()).await {
            Err(_) => break Err(broken("the server is silent")),
            Ok(None) => break Err(broken("the conversation broke off")),
            Ok(Some(Err(error))) => break Err(broken("the conversation broke off").caused_by(error)),
            Ok(Some(Ok(message))) => message,
        };
        match message {
            Message::Binary(bytes) => {
                let channel = match bytes.first() {
                    Some(1) => Channel::Stdout,
                    Some(2) => Channel::Stderr,
                    _ => break Err(Error::unexpected("the server's message cannot be read")),
                };
                // Who does not listen may still wait for the end.
                let _ = heard.send(Ok(Output { channel, bytes: bytes.slice(1..) })).await;
            }
            Message::Text(text) => {
                let answer: Value = serde_json::from_str(&text).unwrap_or_default();
                break answer.get("exit_code").and_then(Value::as_i64).ok_or_else(|| error_in(&answer));
            }
            Message::Close(_) => break Err(broken("the conversation broke off")),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    };
    let ended = ended.map_err(|error| {
        let wire = error.to_wire();
        // A full channel has a listener who is behind, and asks how it ended when the output does.
        let _ = heard.try_send(Err(error));
        wire
    });
    end.send_replace(Some(ended));
}

/// Sends what is said, until nobody can say anything.
async fn send(mut sink: SplitSink<Socket, Message>, mut said: mpsc::Receiver<Said>) {
    while let Some(said) = said.recv().await {
        let message = match said {
            Said::Input(bytes) => Message::Binary(bytes),
            Said::End => Message::text(json!({ "eof": true }).to_string()),
            Said::Resize(size) => Message::text(json!({ "resize": size }).to_string()),
        };
        if let Err(error) = sink.send(message).await {
            // The other half hears of it, and says so.
            return tracing::debug!(%error, "the program takes no more input");
        }
    }
}

/// The program's input.
struct Input {
    say: PollSender<Said>,
}

impl Input {
    fn poll_say(&mut self, context: &mut Context<'_>, said: impl FnOnce() -> Said) -> Poll<io::Result<()>> {
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the conversation has ended");
        ready!(self.say.poll_reserve(context)).map_err(gone)?;
        Poll::Ready(self.say.send_item(said()).map_err(gone))
    }
}

impl AsyncWrite for Input {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = &bytes[..bytes.len().min(MAX_INPUT)];
        ready!(self.poll_say(context, || Said::Input(Bytes::copy_from_slice(taken))))?;
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_say(context, || Said::End)
    }
}

struct Control {
    say: mpsc::Sender<Said>,
    ended: watch::Receiver<Ended>,
}

#[async_trait]
impl TerminalControl for Control {
    async fn resize(&self, size: TerminalSize) -> Result<()> {
        self.say.send(Said::Resize(size)).await.map_err(|_| Error::conflict("the program has ended"))
    }

    async fn exit_code(&self) -> Result<i64> {
        let mut ended = self.ended.clone();
        let ended = ended.wait_for(Option::is_some).await.map(|ended| ended.clone());
        match ended {
            Ok(Some(ended)) => ended.map_err(Error::from),
            _ => Err(Error::timeout("the conversation broke off")),
        }
    }
}
