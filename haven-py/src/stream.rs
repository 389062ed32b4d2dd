//! What goes on: items as they come, taken in batches.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt as _, StreamExt as _};
use haven_core::{Error, door::Item, engine, model::Output};
use pyo3::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::{
    decode::{Shape, decode},
    error::raise,
    work::Work,
};

/// The most items that wait to be taken.
const BATCH: usize = 256;

/// A stream that has begun. Waiting for items takes none, so giving the wait up loses none.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Stream {
    shared: Arc<Shared>,
    shape: &'static Shape,
}

struct Shared {
    source: tokio::sync::Mutex<Option<engine::Stream<Item>>>,
    ready: Mutex<Ready>,
    stop: CancellationToken,
}

#[derive(Default)]
struct Ready {
    items: VecDeque<String>,
    failed: Option<Error>,
}

impl Shared {
    fn ready(&self) -> MutexGuard<'_, Ready> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is something to take; answers whether there is, or the stream has ended.
    async fn fill(&self) -> bool {
        let mut source = self.source.lock().await;
        loop {
            {
                let ready = self.ready();
                if !ready.items.is_empty() || ready.failed.is_some() {
                    return true;
                }
            }
            let Some(items) = source.as_mut() else { return false };
            let mut next = tokio::select! {
                biased;
                () = self.stop.cancelled() => None,
                next = items.next() => next,
            };
            let mut ready = self.ready();
            let mut ends = next.is_none();
            while let Some(item) = next.take() {
                match item {
                    // The first may only say where the stream begins.
                    Ok(item) if item.json.is_empty() => {}
                    Ok(item) => ready.items.push_back(item.json),
                    Err(error) => {
                        ready.failed = Some(error);
                        ends = true;
                        break;
                    }
                }
                if ready.items.len() < BATCH {
                    match items.next().now_or_never() {
                        Some(Some(item)) => next = Some(item),
                        Some(None) => ends = true,
                        None => {}
                    }
                }
            }
            if ends {
                *source = None;
            }
        }
    }
}

impl Stream {
    pub(crate) fn new(items: engine::Stream<Item>, shape: &'static Shape) -> Self {
        let source = tokio::sync::Mutex::new(Some(items));
        Self { shared: Arc::new(Shared { source, ready: Mutex::default(), stop: CancellationToken::new() }), shape }
    }

    /// The output of a program.
    pub(crate) fn of_output(output: engine::Stream<Output>) -> Self {
        let items = output.map(|output| {
            let json = serde_json::to_string(&output?)
                .map_err(|error| Error::unexpected("output can be written").caused_by(error))?;
            Ok(Item { json, cursor: String::new() })
        });
        Self::new(items.boxed(), &Shape::Output)
    }
}

#[pymethods]
impl Stream {
    /// Waits until there is something to take; answers whether there is, else the stream has ended.
    fn fill(&self) -> Work {
        let shared = self.shared.clone();
        Work::new(async move { Ok(shared.fill().await) }, |py, is_ready| {
            Ok(is_ready.into_pyobject(py)?.to_owned().into_any())
        })
    }

    /// The items that are there, none where it has to be waited for some. Raises what the stream failed with, after its items.
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let (items, failed) = {
            let mut ready = self.shared.ready();
            let items = std::mem::take(&mut ready.items);
            let failed = if items.is_empty() { ready.failed.take() } else { None };
            (items, failed)
        };
        match failed {
            Some(error) => Err(raise(py, &error)),
            None => items.iter().map(|json| decode(py, self.shape, json.as_bytes())).collect(),
        }
    }

    /// Ends it: who waits for items learns that there are no more, and its connection is closed when this is done.
    pub(crate) fn stop(&self) -> Work {
        let shared = self.shared.clone();
        Work::silent(async move {
            shared.stop.cancel();
            *shared.source.lock().await = None;
            Ok(())
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}
