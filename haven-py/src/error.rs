//! Haven's error as an exception: `haven.errors` has a class a kind.

use haven_core::Error;
use pyo3::{prelude::*, sync::PyOnceLock, types::PyDict};

static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The exception that stands for `error`.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    match make(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failed) => failed,
    }
}

fn make<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let make = MAKE.get_or_try_init(py, || {
        // With the classes that it finds.
        py.import("haven.errors")?;
        Ok::<_, PyErr>(py.import("haven._error")?.getattr("of")?.unbind())
    })?;
    let context = PyDict::new(py);
    // The innermost place is the one that counts.
    for (key, value) in error.context() {
        if !context.contains(key)? {
            context.set_item(key, value)?;
        }
    }
    let wait = error.retry_after().map(|wait| wait.as_secs_f64());
    make.bind(py).call1((error.kind().name(), error.message(), context, wait, error.report()))
}
