//! A conversation with a program in a container.

use std::{pin::Pin, sync::Arc};

use haven_core::{Error, Result, engine, model::TerminalSize};
use pyo3::prelude::*;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    sync::Mutex,
};

use crate::{error::raise, stream::Stream, work::Work};

type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// A conversation that has begun.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Terminal {
    output: Py<Stream>,
    input: Arc<Mutex<Option<Input>>>,
    control: Arc<dyn engine::TerminalControl>,
}

impl Terminal {
    pub(crate) fn new(py: Python<'_>, terminal: engine::Terminal) -> PyResult<Self> {
        let output = Py::new(py, Stream::of_output(terminal.output))?;
        Ok(Self { output, input: Arc::new(Mutex::new(Some(terminal.input))), control: terminal.control })
    }
}

fn gone(error: std::io::Error) -> Error {
    Error::unavailable("the program does not read any more").caused_by(error)
}

async fn end(input: &mut Option<Input>) -> Result<()> {
    match input.take() {
        Some(mut open) => open.shutdown().await.map_err(gone),
        None => Ok(()),
    }
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
        let (data, input) = (data.to_vec(), self.input.clone());
        Work::silent(async move {
            let mut input = input.lock().await;
            let open = input.as_mut().ok_or_else(|| Error::conflict("the input was closed"))?;
            open.write_all(&data).await.map_err(gone)?;
            open.flush().await.map_err(gone)
        })
    }

    /// Ends what the program reads; its output goes on.
    fn close_input(&self) -> Work {
        let input = self.input.clone();
        Work::silent(async move { end(&mut *input.lock().await).await })
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
        let input = self.input.clone();
        Ok(Work::silent(async move {
            // A program that reads nothing more shall not keep anybody.
            if let Ok(mut input) = input.try_lock() {
                *input = None;
            }
            output.await.map(drop)
        }))
    }
}
