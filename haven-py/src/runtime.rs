//! The threads that do the work, and the one gate between them and the interpreter.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, future::BoxFuture};
use haven_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::error::raise;

/// How often somebody who waits looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);
/// How long the end of the interpreter waits for those who wait.
const LEAVE: Duration = Duration::from_secs(5);

/// How many descriptors a runtime takes, and some more.
const DESCRIPTORS: usize = 8;

/// What a process has one of: its threads. Everything else belongs to an object of Python.
struct Threads {
    process: u32,
    runtime: Runtime,
    leaving: CancellationToken,
    waiting: AtomicUsize,
}

static THREADS: OnceLock<Threads> = OnceLock::new();

/// The threads of this process. A process forked from one that used them has none, and is refused.
fn threads() -> Result<&'static Threads> {
    let threads = if let Some(threads) = THREADS.get() {
        threads
    } else {
        let runtime = make()?;
        let (leaving, waiting) = (CancellationToken::new(), AtomicUsize::new(0));
        THREADS.get_or_init(|| Threads { process: std::process::id(), runtime, leaving, waiting })
    };
    if threads.process != std::process::id() {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "this process was forked from one that used Haven, whose threads it does not have: use Haven after the fork \
             only, or start processes with `multiprocessing.get_context(\"spawn\")`",
        ));
    }
    Ok(threads)
}

/// Whether the threads are those of this process, and not of one that it was forked from: what belongs to those is not to be
/// touched, not even to let it go.
pub(crate) fn is_ours() -> bool {
    THREADS.get().is_none_or(|threads| threads.process == std::process::id())
}

/// Begins `work` on the threads.
pub(crate) fn spawn<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<tokio::task::AbortHandle> {
    Ok(threads()?.runtime.spawn(work).abort_handle())
}

/// Runs `work` to its end with the interpreter's lock released. What a signal's handler raises ends it, and drops it.
pub(crate) fn block<T: Send + 'static>(py: Python<'_>, mut work: BoxFuture<'static, Result<T>>) -> PyResult<T> {
    let threads = threads().map_err(|error| raise(py, &error))?;
    let _waiting = Waiting::begin(threads);
    // Most is done at once, or before anybody would look for a signal: no other thread is woken for it.
    let done = py.detach(|| {
        let entered = threads.runtime.enter();
        let at_once = (&mut work).now_or_never();
        drop(entered);
        at_once.or_else(|| threads.wait(&mut work))
    });
    if let Some(done) = done {
        return done.map_err(|error| raise(py, &error));
    }
    // A handler may wait for Haven as well, and even for the end of this: it goes on without this thread.
    let mut work = AbortOnDropHandle::new(threads.runtime.spawn(work));
    loop {
        py.check_signals()?;
        let done = async {
            (&mut work).await.unwrap_or_else(|error| Err(Error::unexpected("Haven broke off").caused_by(error)))
        };
        if let Some(done) = py.detach(|| threads.wait(done)) {
            return done.map_err(|error| raise(py, &error));
        }
    }
}

impl Threads {
    /// What `work` comes to, or none when it is time to look for signals.
    fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Option<Result<T>> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                done = work => Some(done),
                () = self.leaving.cancelled() => Some(Err(left())),
                () = tokio::time::sleep(LOOK) => None,
            }
        })
    }
}

fn make() -> Result<Runtime> {
    let none = |error| Error::new(ErrorKind::Busy, "no thread can be started").caused_by(error);
    // Tokio panics where it finds no descriptors for what it hears signals by.
    let spare: std::io::Result<Vec<_>> = (0..DESCRIPTORS).map(|_| std::fs::File::open("/dev/null")).collect();
    drop(spare.map_err(none)?);
    tokio::runtime::Builder::new_multi_thread().thread_name("haven").enable_all().build().map_err(none)
}

/// A length of time that was given in seconds.
pub(crate) fn seconds(name: &str, seconds: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|error| Error::invalid(format!("`{name}` is no number of seconds: {error}")))
}

fn left() -> Error {
    Error::unavailable("the interpreter is ending")
}

/// Somebody who waits, from before the lock is released until after it is taken again.
struct Waiting(&'static Threads);

impl Waiting {
    fn begin(threads: &'static Threads) -> Self {
        threads.waiting.fetch_add(1, Ordering::SeqCst);
        Self(threads)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Ends all waiting, before the interpreter ends.
#[pyfunction]
pub(crate) fn leave(py: Python<'_>) {
    let Some(threads) = THREADS.get().filter(|threads| threads.process == std::process::id()) else { return };
    threads.leaving.cancel();
    let begun = std::time::Instant::now();
    while threads.waiting.load(Ordering::SeqCst) > 0 && begun.elapsed() < LEAVE {
        py.detach(|| std::thread::sleep(Duration::from_millis(1)));
    }
}
