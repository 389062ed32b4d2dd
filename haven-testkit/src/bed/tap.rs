//! A tap on the line to engines: it counts the requests that change something, and breaks one of them.
//!
//! Who is tested gets the sockets of [`Taps`] in place of the engines' own. Nothing else of what passes is touched. The taps
//! have a thread of their own, so that they go on whatever the test's runtime does.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    runtime::Handle,
    sync::watch,
};
use tokio_util::sync::CancellationToken;

use super::Engine;

/// The longest head of a request.
const HEAD: usize = 64 * 1024;

/// Whether a request is broken before it reaches the engine, or after the engine did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before it reaches the engine.
    Before,
    /// When the engine answers it.
    After,
}

/// What becomes of the request, or of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It is lost, and the connection ends.
    Lost,
    /// It passes after [`Taps::release`].
    Held,
}

type Act = Box<dyn FnOnce() + Send>;

/// Taps on engines, which count together. Dropping them closes their lines.
#[derive(Debug)]
pub struct Taps {
    shared: Arc<Shared>,
    runtime: Handle,
    stop: CancellationToken,
}

struct Shared {
    state: Mutex<State>,
    released: watch::Sender<bool>,
    struck: watch::Sender<bool>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("requests", &self.lock().requests).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    requests: Vec<String>,
    broken: Option<(u64, Moment, Then, Act)>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request. Answers how it is broken, if it is.
    fn count(&self, line: &str) -> Option<(Moment, Then, Act)> {
        let mut state = self.lock();
        let number = state.requests.len() as u64;
        state.requests.push(line.to_owned());
        let (_, moment, then, act) = state.broken.take_if(|broken| broken.0 == number)?;
        Some((moment, then, act))
    }

    /// Breaks a request or its answer. False when it is lost.
    async fn strike(&self, then: Then, act: Act) -> bool {
        act();
        self.struck.send_replace(true);
        if then == Then::Lost {
            return false;
        }
        self.released.subscribe().wait_for(|released| *released).await.is_ok()
    }
}

impl Taps {
    /// Taps on no engine yet.
    ///
    /// # Panics
    ///
    /// When this machine has no room for another thread.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (handle, stop) = (runtime.handle().clone(), CancellationToken::new());
        let stopped = stop.clone();
        std::thread::Builder::new()
            .name("haven-bed-taps".to_owned())
            .spawn(move || runtime.block_on(stopped.cancelled()))
            .expect("a thread");
        let (released, struck) = (watch::Sender::new(false), watch::Sender::new(false));
        let shared = Arc::new(Shared { state: Mutex::default(), released, struck });
        Self { shared, runtime: handle, stop }
    }

    /// Opens a line to an engine. Answers its socket.
    pub fn open(&self, engine: &Engine) -> io::Result<PathBuf> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let path = engine.folder().join(format!("tap-{}.sock", NUMBER.fetch_add(1, Ordering::SeqCst)));
        let listener = {
            let _inside = self.runtime.enter();
            UnixListener::bind(&path)?
        };
        let (real, shared) = (engine.socket().to_owned(), self.shared.clone());
        self.runtime.spawn(serve(listener, real, shared));
        Ok(path)
    }

    /// Breaks the request of this number, counted from 0 since the last [`forget`](Self::forget); `act` is done at that
    /// moment, before anything else happens.
    pub fn break_at(&self, number: u64, moment: Moment, then: Then, act: impl FnOnce() + Send + 'static) {
        self.shared.lock().broken = Some((number, moment, then, Box::new(act)));
    }

    /// Forgets what was counted, and breaks nothing any more.
    pub fn forget(&self) {
        *self.shared.lock() = State::default();
        self.shared.struck.send_replace(false);
    }

    /// Waits until a request was broken.
    pub async fn broken(&self) {
        let _ = self.shared.struck.subscribe().wait_for(|struck| *struck).await;
    }

    /// Lets pass what is held.
    pub fn release(&self) {
        self.shared.released.send_replace(true);
    }

    /// The requests that were counted: `POST /containers/web/stop`.
    pub fn requests(&self) -> Vec<String> {
        self.shared.lock().requests.clone()
    }
}

impl Default for Taps {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Taps {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn serve(listener: UnixListener, real: PathBuf, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let (real, shared) = (real.clone(), shared.clone());
        tokio::spawn(async move { pass(client, &real, &shared).await });
    }
}

/// Carries both directions of a connection until both have ended, or it is broken.
async fn pass(client: UnixStream, real: &Path, shared: &Shared) {
    let Ok(engine) = UnixStream::connect(real).await else { return };
    let ((from_client, to_client), (from_engine, to_engine)) = (client.into_split(), engine.into_split());
    let (lost, answer) = (CancellationToken::new(), Mutex::new(None));
    let both = async {
        tokio::join!(
            requests(from_client, to_engine, shared, &answer, &lost),
            answers(from_engine, to_client, shared, &answer, &lost)
        );
    };
    lost.run_until_cancelled(both).await;
}

/// How the answer that comes next is broken.
type Awaited = Mutex<Option<(Then, Act)>>;

async fn requests(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    shared: &Shared,
    answer: &Awaited,
    lost: &CancellationToken,
) {
    let mut read = Vec::new();
    loop {
        let Some(head) = next_head(&mut from, &mut read).await else { break };
        if let Some(line) = head.changing() {
            match shared.count(line) {
                Some((Moment::Before, then, act)) => {
                    let passes = shared.strike(then, act).await;
                    if !passes {
                        return lost.cancel();
                    }
                }
                Some((Moment::After, then, act)) => {
                    *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some((then, act));
                }
                None => {}
            }
        }
        let mut left = head.text.len() + head.length;
        let is_raw = head.is_raw;
        while left > 0 || is_raw {
            if read.is_empty() && from.read_buf(&mut read).await.unwrap_or_default() == 0 {
                break;
            }
            let now = if is_raw { read.len() } else { read.len().min(left) };
            if to.write_all(&read[..now]).await.is_err() {
                return;
            }
            read.drain(..now);
            left = left.saturating_sub(now);
        }
    }
    let _ = to.shutdown().await;
}

async fn answers(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    shared: &Shared,
    answer: &Awaited,
    lost: &CancellationToken,
) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        let awaited = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((then, act)) = awaited
            && !shared.strike(then, act).await
        {
            return lost.cancel();
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

/// The head of a request.
struct Head {
    text: String,
    /// How long its body is.
    length: usize,
    /// Whether what follows is no request any more, or has no stated length.
    is_raw: bool,
}

impl Head {
    /// The request in short, if it is one that changes containers.
    fn changing(&self) -> Option<&str> {
        let line = self.text.lines().next()?;
        let (method, path) = line.split_once(' ')?;
        let path = path.split(' ').next()?.split('?').next()?;
        let is_change = matches!(method, "POST" | "DELETE" | "PUT")
            && (path.contains("/containers/") || path.ends_with("/images/create"))
            && !["/exec", "/attach", "/wait", "/archive"].iter().any(|end| path.ends_with(end));
        is_change.then(|| &line[..method.len() + 1 + path.len()])
    }
}

/// Reads until the head of the next request is whole; it stays in `read`. None at the end.
async fn next_head(from: &mut (impl AsyncRead + Unpin), read: &mut Vec<u8>) -> Option<Head> {
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&read[..end + 4]).into_owned();
            let lower = text.to_ascii_lowercase();
            let value = |name: &str| lower.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            let length = value("content-length:").and_then(|length| length.parse().ok()).unwrap_or_default();
            let is_raw = value("upgrade:").is_some() || value("transfer-encoding:").is_some();
            return Some(Head { text, length, is_raw });
        }
        if read.len() > HEAD || from.read_buf(read).await.unwrap_or_default() == 0 {
            return None;
        }
    }
}
