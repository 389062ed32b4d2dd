//! The gate: how many connections there are, that their other end is there, and that they speak HTTP/1.

use std::{
    future::{Future, Ready, ready},
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum_server::accept::Accept;
use rustix::process::{Resource, getrlimit};
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// How often something that lasts is told.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// When the system asks a silent client whether it is there, how often again, and how often at most: one that is gone
/// without a word is found out in two minutes.
const ASK_AFTER: Duration = Duration::from_secs(60);
const ASK_AGAIN: Duration = Duration::from_secs(15);
const ASK_AT_MOST: u32 = 4;

/// Lets a connection in, while there are not too many.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    free: Arc<Semaphore>,
    most: usize,
    told: Arc<Told>,
}

/// What was said, so that it is not said at every connection while it lasts.
#[derive(Debug, Default)]
struct Told {
    full: Seldom,
    failing: Seldom,
}

/// Something to say at most once a minute.
#[derive(Debug, Default)]
struct Seldom(Mutex<Option<Instant>>);

impl Seldom {
    fn is_due(&self) -> bool {
        let mut last = self.0.lock().expect("no panic happens under this lock");
        let is_due = last.is_none_or(|last| last.elapsed() >= TELL_EVERY);
        if is_due {
            *last = Some(Instant::now());
        }
        is_due
    }
}

impl Gate {
    pub(crate) fn new(most: usize) -> Self {
        let most = that_fit(most).clamp(1, Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(most)), most, told: Arc::default() }
    }

    /// Logs that a connection could not be taken. The server tries again after a pause.
    pub(crate) fn failed(&self, from: Option<SocketAddr>, error: &io::Error) {
        if let Some(from) = from {
            return tracing::debug!(%from, %error, "a connection came to nothing");
        }
        // A client that is gone before it was taken is no trouble of ours.
        if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
            && self.told.failing.is_due()
        {
            tracing::warn!(%error, "a connection cannot be taken; trying again until it can");
        }
    }

    fn enter(&self) -> io::Result<OwnedSemaphorePermit> {
        let place = self.free.clone().try_acquire_owned();
        if place.is_err() && self.told.full.is_due() {
            tracing::warn!(most = self.most, "there are too many connections; further ones are closed");
        }
        place.map_err(|_| io::ErrorKind::QuotaExceeded.into())
    }
}

/// How many connections there can be: a quarter of the files that the process may open is left to engines and the store.
fn that_fit(most: usize) -> usize {
    let files = getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok());
    let fit = files.map_or(most, |files| most.min(files - files / 4));
    if fit < most {
        tracing::warn!(most = fit, "fewer connections than asked for: the process may not open more files");
    }
    fit
}

/// Small answers are sent at once, and who is gone is found out.
fn attend(stream: &TcpStream) {
    let keepalive = TcpKeepalive::new().with_time(ASK_AFTER).with_interval(ASK_AGAIN).with_retries(ASK_AT_MOST);
    let done = stream.set_nodelay(true).and_then(|()| SockRef::from(stream).set_tcp_keepalive(&keepalive));
    if let Err(error) = done {
        tracing::debug!(%error, "a connection stays as the system made it");
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Gate {
    type Stream = Admitted;
    type Service = S;
    type Future = Ready<io::Result<(Admitted, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.enter().map(|place| {
            attend(&stream);
            (Admitted { stream, _place: place }, service)
        }))
    }
}

/// A connection and its place among them, which is free again once it is dropped, also as a WebSocket.
#[derive(Debug)]
pub(crate) struct Admitted {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for Admitted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Admitted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }
}

/// Ends connections of HTTP/2, each of which may hold many requests, before one is read: around the acceptor of TLS,
/// since what a connection speaks shows only within.
#[derive(Clone, Debug)]
pub(crate) struct OnlyHttp1<A>(pub(crate) A);

impl<A, I, S> Accept<I, S> for OnlyHttp1<A>
where
    A: Accept<I, S, Future: Send + 'static>,
{
    type Stream = Http1<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let accepted = self.0.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            Ok((Http1 { stream, matched: Some(0) }, service))
        })
    }
}

/// How a connection of HTTP/2 begins, and none of HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2";

/// A connection that cannot be read once it turns out to be of HTTP/2.
#[derive(Debug)]
pub(crate) struct Http1<S> {
    stream: S,
    /// How much of the preface was read; none: it is something else.
    matched: Option<usize>,
}

impl<S> Http1<S> {
    fn look(&mut self, read: &[u8]) -> io::Result<()> {
        let Some(matched) = self.matched else { return Ok(()) };
        let rest = &PREFACE[matched..];
        let seen = rest.len().min(read.len());
        self.matched = (rest[..seen] == read[..seen]).then_some(matched + seen);
        if self.matched == Some(PREFACE.len()) { Err(io::ErrorKind::Unsupported.into()) } else { Ok(()) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Http1<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        std::task::ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.look(&buffer.filled()[before..]))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Http1<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_that_is_gone_without_a_word_is_found_out() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let (admitted, ()) = Gate::new(1).accept(stream, ()).await.unwrap();
        let socket = SockRef::from(&admitted.stream);
        assert!(socket.keepalive().unwrap() && socket.tcp_nodelay().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), ASK_AFTER);
    }

    #[test]
    fn connections_leave_files_to_engines_and_the_store() {
        assert_eq!(that_fit(1), 1);
        let files = getrlimit(Resource::Nofile).current.unwrap();
        assert!((that_fit(usize::MAX) as u64) < files);
    }
}
