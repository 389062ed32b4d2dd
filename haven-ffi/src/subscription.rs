//! What a listener is attached by: a stream of Haven's, told to a host item by item.

use std::{sync::Arc, time::Duration};

use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, Shared},
};
use haven_core::{Error, engine::Stream};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use crate::{Result, settled::settled};

/// How long is waited for listeners that are being called.
const PATIENCE: Duration = Duration::from_secs(10);

/// What ends the subscriptions of a fleet. The same for all that come from one.
#[derive(Clone, Default)]
pub(crate) struct Subscriptions {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Subscriptions {
    /// Tells each item to a host, one after the other, until there is none, telling fails, or it is stopped. `Conflict` once
    /// the fleet was shut down.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        mut items: Stream<T>,
        tell: impl Fn(T) -> Result<()> + Send + Sync + 'static,
    ) -> Result<Arc<Subscription>> {
        if self.stop.is_cancelled() {
            return Err(Error::conflict("the fleet was shut down").into());
        }
        let stop = self.stop.child_token();
        let (stopped, tell) = (stop.clone(), Arc::new(tell));
        let task = self.tasks.spawn(async move {
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
        Ok(Arc::new(Subscription { ended: ended.boxed().shared(), _detach: stop.clone().drop_guard(), stop }))
    }

    /// Detaches all listeners, and returns once none of them is called or kept any more: for at most ten seconds.
    pub(crate) async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(PATIENCE, self.tasks.wait()).await;
    }
}

/// Keeps a listener attached. Dropping it detaches; [`stop`](Self::stop) also waits.
#[derive(uniffi::Object)]
pub struct Subscription {
    ended: Shared<BoxFuture<'static, Result<()>>>,
    stop: CancellationToken,
    _detach: DropGuard,
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
