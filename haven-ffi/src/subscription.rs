//! What a listener is attached by: a stream of Haven's, told to a host item by item.

use std::sync::Arc;

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, Shared},
};
use haven_core::{Error, engine::Stream};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{Result, settled::settled};

/// Keeps a listener attached. Dropping it detaches; [`stop`](Self::stop) also waits.
#[derive(uniffi::Object)]
pub struct Subscription {
    ended: Shared<BoxFuture<'static, Result<()>>>,
    stop: CancellationToken,
    _detach: DropGuard,
}

impl Subscription {
    /// Tells each item, one after the other, until there is none, telling fails, or it is stopped.
    pub(crate) fn of<T: Send + 'static>(
        mut items: Stream<T>,
        tell: impl Fn(T) -> Result<()> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let stop = CancellationToken::new();
        let (stopped, tell) = (stop.clone(), Arc::new(tell));
        let task = tokio::spawn(async move {
            loop {
                let item = tokio::select! {
                    biased;
                    () = stopped.cancelled() => return Ok(()),
                    item = items.next() => item,
                };
                let Some(item) = item.transpose()? else { return Ok(()) };
                let tell = tell.clone();
                // A listener that takes its time holds up nobody else.
                tokio::task::spawn_blocking(move || tell(item)).await.map_err(broke_off)??;
            }
        });
        let ended = async move { task.await.map_err(broke_off)? };
        Arc::new(Self { ended: ended.boxed().shared(), _detach: stop.clone().drop_guard(), stop })
    }
}

fn broke_off(error: tokio::task::JoinError) -> Error {
    Error::unexpected("the subscription broke off").caused_by(error)
}

#[uniffi::export(async_runtime = "tokio")]
impl Subscription {
    /// Detaches the listener, and returns once it will not be called any more and is let go. Fails with what had ended
    /// the subscription before: its source, or the listener itself.
    ///
    /// A listener that waits for this from inside waits for itself.
    pub async fn stop(&self) -> Result<()> {
        settled(async move {
            self.stop.cancel();
            self.ended.clone().await
        })
        .await
    }

    /// Waits until nothing more will be told: the source has ended, or it was stopped. Fails with what ended it.
    pub async fn ended(&self) -> Result<()> {
        settled(async move { self.ended.clone().await }).await
    }
}
