//! Something that takes time: awaited through an inbox, or waited for.

use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
};

use futures_util::{FutureExt as _, future::BoxFuture};
use haven_core::{Error, Result};
use pyo3::prelude::*;

use crate::{error::raise, runtime};

/// What came of it, made into an object of Python's by the thread that takes it.
pub(crate) type Answer = Box<dyn for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>> + Send>;

/// Something that Haven does, once.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Work(Mutex<Option<BoxFuture<'static, Result<Answer>>>>);

impl Work {
    /// Does `work`; `answer` makes an object of what came of it.
    pub(crate) fn new<T: Send + 'static>(
        work: impl Future<Output = Result<T>> + Send + 'static,
        answer: impl for<'py> FnOnce(Python<'py>, T) -> PyResult<Bound<'py, PyAny>> + Send + 'static,
    ) -> Self {
        let work = async move {
            let done = AssertUnwindSafe(work).catch_unwind().await;
            let done = done.unwrap_or_else(|_| Err(Error::unexpected("Haven broke off")))?;
            let answer: Answer = Box::new(move |py| answer(py, done));
            Ok(answer)
        };
        Self(Mutex::new(Some(work.boxed())))
    }

    /// Does `work`, which answers nothing.
    pub(crate) fn silent(work: impl Future<Output = Result<()>> + Send + 'static) -> Self {
        Self::new(work, |py, ()| Ok(py.None().into_bound(py)))
    }

    /// The work itself, which is there once.
    pub(crate) fn take(&self) -> Result<BoxFuture<'static, Result<Answer>>> {
        let mut work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work.take().ok_or_else(|| Error::conflict("this was begun before: ask anew"))
    }
}

#[pymethods]
impl Work {
    /// Waits for it, with the interpreter's lock released. Ctrl-C ends the waiting.
    fn wait<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let work = self.take().map_err(|error| raise(py, &error))?;
        let answer = runtime::block(py, work)?;
        answer(py)
    }
}
