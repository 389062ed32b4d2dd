//! A conversation with a program in a container.

use std::{pin::Pin, sync::Arc};

use haven_core::{Error, Result, engine, model::TerminalSize};
use pyo3::prelude::*;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    sync::{Mutex, OwnedMutexGuard},
};
use tokio_util::sync::CancellationToken;

use crate::{error::raise, stream::Stream, work::Work};

type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// A conversation that has begun.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Terminal {
    output: Py<Stream>,
    input: Arc<Mutex<Option<Input>>>,
    closed: CancellationToken,
    control: Arc<dyn engine::TerminalControl>,
}

impl Terminal {
    pub(crate) fn new(py: Python<'_>, terminal: engine::Terminal) -> PyResult<Self> {
        let output = Py::new(py, Stream::of_output(terminal.output))?;
        let (input, closed) = (Arc::new(Mutex::new(Some(terminal.input))), CancellationToken::new());
        Ok(Self { output, input, closed, control: terminal.control })
    }

    /// Does something with the input, until the conversation is closed: a program may never read what is written.
    fn with_input<F>(&self, act: impl FnOnce(OwnedMutexGuard<Option<Input>>) -> F + Send + 'static) -> Work
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (input, closed) = (self.input.clone(), self.closed.clone());
        Work::silent(async move {
            tokio::select! {
                biased;
                () = closed.cancelled() => Err(Error::conflict("the conversation was closed")),
                done = async { act(input.lock_owned().await).await } => done,
            }
        })
    }
}

fn gone(error: std::io::Error) -> Error {
    Error::unavailable("the program does not read any more").caused_by(error)
}

#[pymethods]
impl Terminal {
    /// What the program writes.
    #[getter]
    fn output(&self, py: Python<'_>) -> Py<Stream> {
        self.output.clone_ref(py)
    }

    /// Gives the program something to read.
    fn write(&self, data: &[u8]) -> Work {
        let data = data.to_vec();
        self.with_input(move |mut input| async move {
            let open = input.as_mut().ok_or_else(|| Error::conflict("the input was closed"))?;
            open.write_all(&data).await.map_err(gone)?;
            open.flush().await.map_err(gone)
        })
    }

    /// Ends what the program reads; its output goes on.
    fn close_input(&self) -> Work {
        self.with_input(|mut input| async move {
            match input.take() {
                Some(mut open) => open.shutdown().await.map_err(gone),
                None => Ok(()),
            }
        })
    }

    /// Tells the program the size of its terminal, in characters.
    fn resize(&self, width: u16, height: u16) -> Work {
        let control = self.control.clone();
        Work::silent(async move { control.resize(TerminalSize { width, height }).await })
    }

    /// Waits until the program has ended, and answers its exit code.
    fn exit_code(&self) -> Work {
        let control = self.control.clone();
        Work::new(async move { control.exit_code().await }, |py, code| Ok(code.into_pyobject(py)?.into_any()))
    }

    /// Ends the conversation.
    fn close(&self, py: Python<'_>) -> PyResult<Work> {
        let output = self.output.get().stop().take().map_err(|error| raise(py, &error))?;
        let (input, closed) = (self.input.clone(), self.closed.clone());
        Ok(Work::silent(async move {
            closed.cancel();
            *input.lock().await = None;
            output.await.map(drop)
        }))
    }
}
