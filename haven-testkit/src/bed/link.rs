//! A slow line to a service: a proxy of ours in between, which clients cannot tell from the service.
//!
//! Clients keep the address that they have. Firewall rules send their connections to the proxy and reset those that were open;
//! the unix socket that clients know is a symbolic link, which is pointed at the proxy's socket. The proxy has a thread of its own, so it outlives
//! the runtime of the test that asked for it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::network::Network;

/// Pieces of at most 16 KiB on their way in one direction; more than that waits at the sender.
const IN_FLIGHT: usize = 256;

/// The line, until it is closed.
pub(crate) struct SlowLink {
    one_way: Latency,
    rules: Vec<String>,
    socket: Option<(PathBuf, PathBuf)>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// One direction's delay in microseconds, changed while connections are open.
type Latency = Arc<AtomicU64>;

impl SlowLink {
    /// `socket` is the pair of the path that clients know and the path that the service listens on.
    pub(crate) fn open(
        network: &Network,
        service: SocketAddr,
        socket: Option<&(PathBuf, PathBuf)>,
        round_trip: Duration,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let one_way = Latency::default();
        let stop = CancellationToken::new();
        let source = network.proxy_source();

        let (tcp, unix) = {
            let _inside = runtime.enter();
            let listener = std::net::TcpListener::bind((network.gateway(), 0))?;
            listener.set_nonblocking(true)?;
            let unix = socket.map(|(known, real)| bind_beside(known, real)).transpose()?;
            (TcpListener::from_std(listener)?, unix)
        };
        let proxy = tcp.local_addr()?;
        let (latency, stopped) = (Arc::clone(&one_way), stop.clone());
        let real = socket.map(|(_, real)| real.clone());
        let thread = std::thread::Builder::new().name("haven-bed-slow-link".to_owned()).spawn(move || {
            let mut work = JoinSet::new();
            let _inside = runtime.enter();
            work.spawn(serve_tcp(tcp, source, service, Arc::clone(&latency)));
            if let Some((unix, real)) = unix.zip(real) {
                work.spawn(serve_unix(unix, real, latency));
            }
            // Ending the runtime ends the connections.
            runtime.block_on(stopped.cancelled());
        })?;

        let mut link = Self { one_way, rules: Vec::new(), socket: None, stop, thread: Some(thread) };
        link.set_latency(round_trip);
        let (address, port) = (service.ip(), service.port());
        let matching = format!("-p tcp -d {address} --dport {port} ! -s {source}");
        for rule in [
            format!("-t nat OUTPUT {matching} -j DNAT --to-destination {proxy}"),
            // After the redirection only connections from before it still go to the service itself.
            format!("OUTPUT {matching} -j REJECT --reject-with tcp-reset"),
        ] {
            network.add_rule(&rule)?;
            link.rules.push(rule);
        }
        if let Some((known, real)) = socket {
            point(known, &slow_socket(known))?;
            link.socket = Some((known.clone(), real.clone()));
        }
        Ok(link)
    }

    pub(crate) fn set_latency(&self, round_trip: Duration) {
        let micros = u64::try_from(round_trip.as_micros() / 2).unwrap_or(u64::MAX);
        self.one_way.store(micros, Ordering::Relaxed);
    }

    pub(crate) fn close(mut self) -> io::Result<()> {
        self.undo()
    }

    fn undo(&mut self) -> io::Result<()> {
        let mut result = Ok(());
        for rule in self.rules.drain(..) {
            result = result.and(Network::remove_rule(&rule));
        }
        if let Some((known, real)) = self.socket.take() {
            result = result.and(point(&known, &real));
        }
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        result
    }
}

impl Drop for SlowLink {
    fn drop(&mut self) {
        // The bed's removal knows the rules as well.
        let _ = self.undo();
    }
}

/// Points the symbolic link `known` at `target`, so that there is no moment without it.
pub(crate) fn point(known: &Path, target: &Path) -> io::Result<()> {
    let next = known.with_extension("next");
    if next.symlink_metadata().is_ok() {
        std::fs::remove_file(&next)?;
    }
    std::os::unix::fs::symlink(target, &next)?;
    std::fs::rename(&next, known)
}

fn slow_socket(known: &Path) -> PathBuf {
    known.with_extension("slow")
}

fn bind_beside(known: &Path, real: &Path) -> io::Result<UnixListener> {
    let path = slow_socket(known);
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let listener = UnixListener::bind(&path)?;
    // Who may open the engine's socket may open this one.
    if let Ok(metadata) = real.metadata() {
        std::fs::set_permissions(&path, metadata.permissions())?;
    }
    Ok(listener)
}

async fn serve_tcp(listener: TcpListener, source: Ipv4Addr, service: SocketAddr, latency: Latency) {
    let mut open = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let latency = Arc::clone(&latency);
        open.spawn(async move {
            if let Ok(server) = connect_from(source, service).await {
                let _ = client.set_nodelay(true);
                let _ = server.set_nodelay(true);
                join(client.into_split(), server.into_split(), &latency).await;
            }
        });
        while open.try_join_next().is_some() {}
    }
}

async fn connect_from(source: Ipv4Addr, service: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    socket.connect(service).await
}

async fn serve_unix(listener: UnixListener, real: PathBuf, latency: Latency) {
    let mut open = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (real, latency) = (real.clone(), Arc::clone(&latency));
        open.spawn(async move {
            if let Ok(server) = UnixStream::connect(real).await {
                join(client.into_split(), server.into_split(), &latency).await;
            }
        });
        while open.try_join_next().is_some() {}
    }
}

type Ends<R, W> = (R, W);

/// Carries both directions until both have ended; an end of one is passed on, as hijacked streams need it.
async fn join<R1, W1, R2, W2>(client: Ends<R1, W1>, server: Ends<R2, W2>, latency: &Latency)
where
    R1: AsyncRead + Unpin,
    W1: AsyncWrite + Unpin,
    R2: AsyncRead + Unpin,
    W2: AsyncWrite + Unpin,
{
    tokio::join!(carry(client.0, server.1, latency), carry(server.0, client.1, latency));
}

/// Delays each piece by the latency without making the next one wait for it.
async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, latency: &Latency) {
    let (sender, mut receiver) = mpsc::channel::<(Instant, Vec<u8>)>(IN_FLIGHT);
    let read = async move {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let due = Instant::now() + Duration::from_micros(latency.load(Ordering::Relaxed));
            if sender.send((due, buffer[..length].to_vec())).await.is_err() {
                break;
            }
        }
    };
    let write = async move {
        while let Some((due, piece)) = receiver.recv().await {
            tokio::time::sleep_until(due).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
