//! Where the answers to what an event loop awaits arrive.
//!
//! The loop reads a descriptor that says that something came, and takes it. So no thread of Haven enters the interpreter,
//! neither while it works nor while it ends.

use std::{
    collections::HashMap,
    io::{ErrorKind, Read as _, Write as _},
    os::{fd::AsRawFd as _, unix::net::UnixStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use haven_core::{Error, Result};
use pyo3::prelude::*;
use tokio::task::AbortHandle;

use crate::{
    error::raise,
    runtime,
    work::{Answer, Work},
};

/// The answers for one event loop.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Inbox {
    arrived: Arc<Mutex<Arrived>>,
    bell: UnixStream,
    running: Mutex<HashMap<u64, AbortHandle>>,
}

struct Arrived {
    answers: Vec<(u64, Result<Answer>)>,
    bell: UnixStream,
}

impl Arrived {
    /// One byte tells of all that came since the last look.
    fn push(&mut self, key: u64, answer: Result<Answer>) {
        self.answers.push((key, answer));
        if self.answers.len() == 1 {
            // Full or closed: the loop knows already, or is gone.
            let _ = self.bell.write(&[1]);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[pymethods]
impl Inbox {
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        let made = UnixStream::pair().and_then(|(bell, rung)| {
            bell.set_nonblocking(true)?;
            rung.set_nonblocking(true)?;
            Ok((bell, rung))
        });
        let (bell, rung) = made.map_err(|error| {
            raise(py, &Error::new(haven_core::ErrorKind::Busy, "no socket can be opened").caused_by(error))
        })?;
        let arrived = Arc::new(Mutex::new(Arrived { answers: Vec::new(), bell: rung }));
        Ok(Self { arrived, bell, running: Mutex::default() })
    }

    /// What the loop reads: it is readable when there is something to take.
    fn fileno(&self) -> i32 {
        self.bell.as_raw_fd()
    }

    /// Begins some work, whose answer arrives under `key`.
    fn begin(&self, py: Python<'_>, key: u64, work: &Work) -> PyResult<()> {
        let begun = work.take().and_then(|work| {
            let arrived = self.arrived.clone();
            let mut running = lock(&self.running);
            let handle = runtime::spawn(async move {
                let answer = work.await;
                lock(&arrived).push(key, answer);
            })?;
            running.insert(key, handle);
            Ok(())
        });
        begun.map_err(|error| raise(py, &error))
    }

    /// Gives some work up: it is dropped where it waits.
    fn cancel(&self, key: u64) {
        if let Some(handle) = lock(&self.running).remove(&key) {
            handle.abort();
        }
    }

    /// What arrived: under which key, whether it succeeded, and the value or the exception.
    fn take<'py>(&self, py: Python<'py>) -> Vec<(u64, bool, Bound<'py, PyAny>)> {
        let mut bytes = [0; 64];
        while match (&self.bell).read(&mut bytes) {
            Ok(read) => read == bytes.len(),
            Err(error) => error.kind() == ErrorKind::Interrupted,
        } {}
        let answers = std::mem::take(&mut lock(&self.arrived).answers);
        let mut running = lock(&self.running);
        for (key, _) in &answers {
            running.remove(key);
        }
        drop(running);
        let made = answers.into_iter().map(|(key, answer)| {
            let value = match answer {
                Ok(answer) => answer(py),
                Err(error) => Err(raise(py, &error)),
            };
            match value {
                Ok(value) => (key, true, value),
                Err(error) => (key, false, error.into_value(py).into_bound(py).into_any()),
            }
        });
        made.collect()
    }
}

impl Drop for Inbox {
    /// The loop is gone, and nobody waits any more.
    fn drop(&mut self) {
        let running = std::mem::take(&mut *lock(&self.running));
        if !runtime::is_ours() {
            std::mem::forget(running);
            return;
        }
        running.values().for_each(tokio::task::AbortHandle::abort);
    }
}
