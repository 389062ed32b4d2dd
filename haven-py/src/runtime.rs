//! The threads that do the work, and the one gate between them and the interpreter.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use haven_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::error::raise;

/// How often somebody who waits looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);
/// How long the end of the interpreter waits for those who wait.
const LEAVE: Duration = Duration::from_secs(5);

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
    let threads = match THREADS.get() {
        Some(threads) => threads,
        None => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .thread_name("haven")
                .enable_all()
                .build()
                .map_err(|error| Error::new(ErrorKind::Busy, "no thread can be started").caused_by(error))?;
            let (leaving, waiting) = (CancellationToken::new(), AtomicUsize::new(0));
            THREADS.get_or_init(|| Threads { process: std::process::id(), runtime, leaving, waiting })
        }
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

/// Begins `work` on the threads.
pub(crate) fn spawn<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<tokio::task::AbortHandle> {
    Ok(threads()?.runtime.spawn(work).abort_handle())
}

/// Runs `work` to its end with the interpreter's lock released. What a signal's handler raises ends it, and drops it.
pub(crate) fn block<T: Send>(py: Python<'_>, work: impl Future<Output = Result<T>> + Send) -> PyResult<T> {
    let threads = threads().map_err(|error| raise(py, &error))?;
    let _waiting = Waiting::begin(threads);
    let done = py.detach(|| {
        threads.runtime.block_on(async {
            let mut work = std::pin::pin!(work);
            loop {
                tokio::select! {
                    biased;
                    done = &mut work => return Ok(done),
                    () = threads.leaving.cancelled() => return Ok(Err(left())),
                    () = tokio::time::sleep(LOOK) => match Python::try_attach(|py| py.check_signals()) {
                        Some(Err(interrupt)) => return Err(interrupt),
                        Some(Ok(())) => {}
                        None => return Ok(Err(left())),
                    },
                }
            }
        })
    });
    done?.map_err(|error| raise(py, &error))
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
