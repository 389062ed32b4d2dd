//! Requests to an engine: the version in the path, bounds on time and size, and whether a request was sent.

use std::{
    fmt::Debug,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use ::http::{Method, Request, Response, Uri, header};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use haven_model::{Error, ErrorKind, Result, system::ApiVersion};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connected, Connection},
    },
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use rustls::AlertDescription;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;

use super::{
    Dial, Io, OLDEST,
    error::{Refusals, refused},
};
use crate::engine::Stream;

/// The largest answer that is read at once: a list of some hundred thousand containers.
const MAX_ANSWER: usize = 256 * 1024 * 1024;
/// The largest body of a refusal.
const MAX_REFUSAL: usize = 64 * 1024;
/// The most connections that are kept without a request.
const MAX_IDLE: usize = 8;

/// What is sent: at once, or bit by bit.
pub(super) type Body = UnsyncBoxBody<Bytes, Error>;

/// A body that is there.
pub(super) fn whole(body: impl Into<Bytes>) -> Body {
    Full::new(body.into()).map_err(|never| match never {}).boxed_unsync()
}

/// Requests over a [`Dial`].
pub(super) struct Http {
    client: Client<Connector, Body>,
    dial: Arc<dyn Dial>,
    /// The version in the path; before one is agreed on, the oldest.
    pub(super) api: ApiVersion,
    /// The newest version that the engine speaks, whatever was agreed on.
    pub(super) newest: ApiVersion,
    connect: Duration,
    pub(super) limit: Duration,
}

impl Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("dial", &self.dial).field("api", &self.api).finish_non_exhaustive()
    }
}

/// A path below the version, with its query. Made of parsed names and encoded values only.
#[derive(Clone, Debug)]
pub(super) struct Path(String);

impl Path {
    /// `path` holds no text from outside but parsed names.
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// With a query parameter.
    pub(super) fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        self.0.push_str(name);
        self.0.push('=');
        self.0.extend(url::form_urlencoded::byte_serialize(value.as_ref().as_bytes()));
        self
    }
}

impl Http {
    pub(super) fn new(dial: Arc<dyn Dial>, connect: Duration, limit: Duration) -> Self {
        // A connection that does not come about is told as that, before the time for the whole request is over.
        let connect = connect.min(limit / 2);
        let connector = Connector { dial: dial.clone(), limit: connect };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(MAX_IDLE)
            .build(connector);
        Self { client, dial, api: OLDEST, newest: OLDEST, connect, limit }
    }

    /// `Unsupported` when the engine is too old for `what`, which it would ignore without a word.
    pub(super) fn needs(&self, api: ApiVersion, what: &str) -> Result<()> {
        if self.newest >= api {
            return Ok(());
        }
        let message = format!("{what} takes API {api}, the engine speaks {}", self.newest);
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    /// The request for a path, with the version in it. `Invalid` when the path became another one on its way.
    pub(super) fn request(&self, method: Method, path: &Path, body: Option<Vec<u8>>) -> Result<Request<Body>> {
        Self::request_at(method, &format!("/v{}{}", self.api, path.0), body)
    }

    /// The request for a path that has no version.
    fn request_at(method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Request<Body>> {
        let wanted = path.split('?').next().unwrap_or_default();
        let uri: Uri = format!("http://docker{path}").parse().map_err(|error| {
            Error::invalid(format!("`{}` cannot be asked for", wanted.escape_debug())).caused_by(error)
        })?;
        if uri.path() != wanted || wanted.split('/').any(|part| part == "..") {
            return Err(Error::invalid(format!("`{}` is another path than it seems", wanted.escape_debug())));
        }
        let mut request = Request::builder().method(method).uri(uri).header(header::HOST, "docker");
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                whole(body)
            }
            None => whole(Vec::new()),
        };
        request.body(body).map_err(|error| Error::invalid("the request cannot be made").caused_by(error))
    }

    /// Sends a request, and answers when the headers of the answer are there; whatever its status.
    pub(super) async fn send(&self, request: Request<Body>, limit: Option<Duration>) -> Result<Response<Incoming>> {
        let sent = self.client.request(request);
        let answer = match limit {
            Some(limit) => tokio::time::timeout(limit, sent)
                .await
                .map_err(|_| Error::timeout(format!("the engine did not answer within {limit:?}")))?,
            None => sent.await,
        };
        answer.map_err(|error| broken(&error))
    }

    /// Sends a request, and reads the answer to its end. Fails unless the status is a success; 304 is one.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &Path,
        body: Option<Vec<u8>>,
        refusals: Refusals,
        limit: Option<Duration>,
    ) -> Result<(u16, Bytes)> {
        let work = async {
            let answer = self.send(self.request(method, path, body)?, None).await?;
            let status = answer.status().as_u16();
            let success = answer.status().is_success() || status == 304;
            let body = read(answer.into_body(), if success { MAX_ANSWER } else { MAX_REFUSAL }).await?;
            if success { Ok((status, body)) } else { Err(refused(status, &body, refusals)) }
        };
        within(limit, work).await
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &Path) -> Result<T> {
        let (_, body) = self.ask(Method::GET, path, None, &[], Some(self.limit)).await?;
        parse(&body)
    }

    /// Asks for a path that has no version.
    pub(super) async fn get_unversioned<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let work = async {
            let answer = self.send(Self::request_at(Method::GET, path, None)?, None).await?;
            let status = answer.status().as_u16();
            let body = read(answer.into_body(), MAX_REFUSAL).await?;
            if status == 200 { parse(&body) } else { Err(refused(status, &body, &[])) }
        };
        within(Some(self.limit), work).await
    }

    /// Opens an answer that is read bit by bit.
    pub(super) async fn open(
        &self,
        method: Method,
        path: &Path,
        body: Option<Vec<u8>>,
        refusals: Refusals,
    ) -> Result<Incoming> {
        self.open_with(self.request(method, path, body)?, refusals, self.limit).await
    }

    /// Opens an answer to a request of the caller's own; the limit is for its beginning.
    pub(super) async fn open_with(
        &self,
        request: Request<Body>,
        refusals: Refusals,
        limit: Duration,
    ) -> Result<Incoming> {
        let answer = self.send(request, Some(limit)).await?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer.into_body());
        }
        let body = within(Some(self.limit), read(answer.into_body(), MAX_REFUSAL)).await?;
        Err(refused(status.as_u16(), &body, refusals))
    }

    /// Sends a tar archive bit by bit, as fast as the engine takes it; its answer has its time from the end of that on.
    pub(super) async fn upload(&self, path: &Path, archive: Stream<Bytes>, refusals: Refusals) -> Result<()> {
        let sent = Arc::new(Notify::new());
        let all = Arc::clone(&sent);
        let end = stream::poll_fn(move |_| {
            all.notify_one();
            Poll::Ready(None::<Result<Bytes>>)
        });
        let frames = archive.chain(end).map(|piece| piece.map(Frame::data));
        let mut request = self.request(Method::PUT, path, None)?;
        *request.body_mut() = StreamBody::new(frames).boxed_unsync();
        request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-tar"));
        let work = async {
            let answer = self.send(request, None).await?;
            let status = answer.status();
            let body = within(Some(self.limit), read(answer.into_body(), MAX_REFUSAL)).await?;
            if status.is_success() { Ok(()) } else { Err(refused(status.as_u16(), &body, refusals)) }
        };
        let late = async {
            sent.notified().await;
            // A slow disk is still unpacking.
            tokio::time::sleep(self.limit * 4).await;
        };
        tokio::select! {
            done = work => done,
            () = late => Err(Error::timeout("the engine did not say that the archive is unpacked")),
        }
    }

    /// Opens a conversation: a connection of its own that the engine hands over.
    pub(super) async fn upgrade(
        &self,
        path: &Path,
        body: Option<Vec<u8>>,
    ) -> Result<TokioIo<hyper::upgrade::Upgraded>> {
        let mut request = self.request(Method::POST, path, body)?;
        request.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("Upgrade"));
        request.headers_mut().insert(header::UPGRADE, header::HeaderValue::from_static("tcp"));
        let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        *request.uri_mut() =
            path.parse().map_err(|error| Error::invalid("the request cannot be made").caused_by(error))?;
        let io = dial(&*self.dial, self.connect).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(io))
            .await
            .map_err(|error| Error::unavailable("the engine speaks no HTTP").caused_by(error))?;
        tokio::spawn(connection.with_upgrades());
        let work = async {
            let lost = |error| Error::timeout("the engine ended the connection").caused_by(error);
            let answer = sender.send_request(request).await.map_err(lost)?;
            let status = answer.status().as_u16();
            if status == 101 {
                return hyper::upgrade::on(answer).await.map(TokioIo::new).map_err(lost);
            }
            let body = read(answer.into_body(), MAX_REFUSAL).await?;
            Err(refused(status, &body, &[]))
        };
        within(Some(self.limit), work).await
    }
}

/// Reads JSON of an engine.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body)
        .map_err(|error| Error::unexpected("the engine's answer cannot be read").caused_by(error))
}

/// Writes JSON for an engine.
pub(super) fn json(body: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(body).map_err(|error| Error::unexpected("the request cannot be written").caused_by(error))
}

pub(super) async fn within<T>(limit: Option<Duration>, work: impl Future<Output = Result<T>>) -> Result<T> {
    match limit {
        Some(limit) => tokio::time::timeout(limit, work)
            .await
            .unwrap_or_else(|_| Err(Error::timeout(format!("the engine did not answer within {limit:?}")))),
        None => work.await,
    }
}

/// Reads a body to its end, at most `most` bytes.
pub(super) async fn read(mut body: Incoming, most: usize) -> Result<Bytes> {
    let mut whole: Option<Bytes> = None;
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Error::timeout("the engine's answer broke off").caused_by(error))?;
        let Ok(data) = frame.into_data() else { continue };
        if joined.len() + whole.as_ref().map_or(0, Bytes::len) + data.len() > most {
            return Err(Error::unexpected(format!("the engine's answer has more than {most} bytes")));
        }
        match whole.take() {
            None if joined.is_empty() => whole = Some(data),
            None => joined.extend_from_slice(&data),
            Some(first) => {
                joined.reserve(first.len() + data.len());
                joined.extend_from_slice(&first);
                joined.extend_from_slice(&data);
            }
        }
    }
    Ok(whole.unwrap_or_else(|| joined.freeze()))
}

/// A failure of the connection: before anything was sent, or after.
fn broken(error: &hyper_util::client::legacy::Error) -> Error {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if let Some(own) = cause.downcast_ref::<Error>() {
            return Error::from(own.to_wire());
        }
        // With TLS 1.3 a client certificate is refused only after the handshake; no request is read then.
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(rustls::Error::AlertReceived(alert)) =
            cause.downcast_ref().or_else(|| inner?.downcast_ref::<rustls::Error>())
            && is_about_certificates(*alert)
        {
            return Error::new(ErrorKind::Denied, format!("the engine refuses the client certificate: {alert:?}"));
        }
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return Error::unexpected(format!("what answers there speaks no HTTP: {cause}"));
        }
        source = cause.source();
    }
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    if error.is_connect() {
        return Error::unavailable(format!("no connection to the engine: {text}"));
    }
    Error::timeout(format!("the connection to the engine broke off: {text}"))
}

/// Whether an alert says that the certificate we showed, or its absence, is refused. Any other may come at any time, and
/// says nothing about a request that was sent.
fn is_about_certificates(alert: AlertDescription) -> bool {
    use AlertDescription as Alert;
    matches!(
        alert,
        Alert::AccessDenied
            | Alert::BadCertificate
            | Alert::CertificateExpired
            | Alert::CertificateRequired
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::NoCertificate
            | Alert::UnknownCA
            | Alert::UnsupportedCertificate
    )
}

async fn dial(dial: &dyn Dial, limit: Duration) -> Result<Box<dyn Io>> {
    tokio::time::timeout(limit, dial.dial())
        .await
        .unwrap_or_else(|_| Err(Error::unavailable(format!("no connection to the engine within {limit:?}"))))
}

/// Lets hyper's client dial.
#[derive(Clone, Debug)]
struct Connector {
    dial: Arc<dyn Dial>,
    limit: Duration,
}

impl tower_service::Service<Uri> for Connector {
    type Response = TokioIo<Dialled>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let Self { dial: way, limit } = self.clone();
        Box::pin(async move { Ok(TokioIo::new(Dialled(dial(&*way, limit).await?))) })
    }
}

/// A dialled connection, as hyper wants it.
struct Dialled(Box<dyn Io>);

impl Connection for Dialled {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl tokio::io::AsyncRead for Dialled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl tokio::io::AsyncWrite for Dialled {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
