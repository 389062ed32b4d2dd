//! What goes on: items as they come, taken in batches.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::ReadyChunks};
use haven_core::{Error, Result, door::Item, engine, model::Output};
use pyo3::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::{
    decode::{Shape, decode},
    error::raise,
    runtime,
    work::Work,
};

/// The most items that wait to be taken.
const BATCH: usize = 256;

/// A stream, which begins when it is first asked for something. Waiting takes nothing, so giving the wait up loses nothing.
#[pyclass(frozen, module = "haven._haven")]
pub(crate) struct Stream {
    shared: Arc<Shared>,
    shape: &'static Shape,
}

struct Shared {
    source: tokio::sync::Mutex<Source>,
    ready: Mutex<Ready>,
    stop: CancellationToken,
}

/// Where items come from.
enum Source {
    Opening(BoxFuture<'static, Result<engine::Stream<Item>>>),
    Open(ReadyChunks<engine::Stream<Item>>),
    Ended,
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

    /// Waits until it has begun.
    async fn open(&self, source: &mut Source) -> Result<()> {
        let Source::Opening(opening) = source else { return Ok(()) };
        let opened = tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            opened = opening => Some(opened),
        };
        // Whatever becomes of it: it begins once.
        *source = Source::Ended;
        if let Some(items) = opened.transpose()? {
            *source = Source::Open(items.ready_chunks(BATCH));
        }
        Ok(())
    }

    /// Waits until there is something to take; answers whether there is, or the stream has ended.
    async fn fill(&self) -> Result<bool> {
        let mut source = self.source.lock().await;
        self.open(&mut source).await?;
        loop {
            let Source::Open(items) = &mut *source else { return Ok(self.ready().has_some()) };
            if self.ready().has_some() {
                return Ok(true);
            }
            let next = tokio::select! {
                biased;
                () = self.stop.cancelled() => None,
                next = items.next() => next,
            };
            let is_last = next.is_none() || !self.ready().put(next.into_iter().flatten());
            if is_last {
                *source = Source::Ended;
            }
        }
    }
}

impl Ready {
    fn has_some(&self) -> bool {
        !self.items.is_empty() || self.failed.is_some()
    }

    /// Puts items there; answers whether none of them was an error, which is the last.
    fn put(&mut self, items: impl Iterator<Item = Result<Item>>) -> bool {
        for item in items {
            match item {
                // The first may only say where the stream begins.
                Ok(item) if item.json.is_empty() => {}
                Ok(item) => self.items.push_back(item.json),
                Err(error) => self.failed = Some(error),
            }
        }
        self.failed.is_none()
    }
}

impl Stream {
    pub(crate) fn new(
        opening: impl Future<Output = Result<engine::Stream<Item>>> + Send + 'static,
        shape: &'static Shape,
    ) -> Self {
        let source = tokio::sync::Mutex::new(Source::Opening(opening.boxed()));
        Self { shared: Arc::new(Shared { source, ready: Mutex::default(), stop: CancellationToken::new() }), shape }
    }

    /// The output of a program.
    pub(crate) fn of_output(output: engine::Stream<Output>) -> Self {
        let items = output.map(|output| {
            let json = serde_json::to_string(&output?)
                .map_err(|error| Error::unexpected("output can be written").caused_by(error))?;
            Ok(Item { json, cursor: String::new() })
        });
        Self::new(std::future::ready(Ok(items.boxed())), &Shape::Output)
    }
}

#[pymethods]
impl Stream {
    /// Waits until it has begun.
    fn begin(&self) -> Work {
        let shared = self.shared.clone();
        Work::silent(async move { shared.open(&mut *shared.source.lock().await).await })
    }

    /// Waits until there is something to take; answers whether there is, else the stream has ended.
    fn fill(&self) -> Work {
        let shared = self.shared.clone();
        Work::new(async move { shared.fill().await }, |py, is_ready| {
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
            *shared.source.lock().await = Source::Ended;
            Ok(())
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if runtime::is_ours() {
            self.shared.stop.cancel();
        } else {
            std::mem::forget(self.shared.clone());
        }
    }
}
