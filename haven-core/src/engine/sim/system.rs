//! The simulated engine as a whole: whether it answers, what it says it is, and its events.
//!
//! Events wait for their subscriber up to a bound; one that falls behind further sees its stream end with an error.

use std::pin::pin;

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use haven_model::{
    EngineEvent, EngineInfo, EngineVersion, Error, Result,
    system::{ApiVersion, EngineEventOptions},
};
use tokio::sync::mpsc::{Receiver, error::TryRecvError};

use crate::engine::{Stream, System};

use super::{SimEngine, cut_off};

/// The engine whose behaviour is simulated.
const VERSION: &str = "20.10.24";

#[async_trait]
impl System for SimEngine {
    async fn ping(&self) -> Result<()> {
        self.reach().map(|_| ())
    }

    async fn version(&self) -> Result<EngineVersion> {
        drop(self.reach()?);
        let (api, min_api) = (ApiVersion::new(1, 41), ApiVersion::new(1, 12));
        Ok(EngineVersion { version: VERSION.into(), api, min_api })
    }

    async fn info(&self) -> Result<EngineInfo> {
        let state = self.reach()?;
        let running = state.containers.values().filter(|record| record.run.is_some()).count();
        Ok(EngineInfo {
            id: state.id.clone(),
            name: state.options.name.clone(),
            version: VERSION.into(),
            operating_system: "Haven simulated engine".into(),
            os: "linux".into(),
            architecture: "x86_64".into(),
            kernel: "6.1.0-sim".into(),
            cpus: state.options.cpus,
            memory: state.options.memory,
            storage_driver: "sim".into(),
            runtime: "sim".into(),
            labels: state.options.labels.clone(),
            containers_running: running as u64,
            containers: state.containers.len() as u64,
            images: state.images.len() as u64,
        })
    }

    async fn events(&self, options: &EngineEventOptions) -> Result<Stream<EngineEvent>> {
        let mut state = self.reach()?;
        let (before, receiver) = state.subscribe(options.since);
        let subscription = Subscription { engine: self.clone(), receiver, epoch: state.epoch };
        drop(state);
        let later = stream::unfold(Some(subscription), |subscription| async move {
            let mut subscription = subscription?;
            match subscription.next().await {
                Ok(event) => Some((Ok(event), Some(subscription))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(stream::iter(before.into_iter().map(Ok)).chain(later).boxed())
    }
}

struct Subscription {
    engine: SimEngine,
    receiver: Receiver<EngineEvent>,
    epoch: u64,
}

impl Subscription {
    async fn next(&mut self) -> Result<EngineEvent> {
        let sooner = self.engine.settled().sooner.clone();
        loop {
            let mut sooner = pin!(sooner.notified());
            sooner.as_mut().enable();
            let (pause, cut) = {
                let state = self.engine.settled();
                (state.pause(), state.epoch != self.epoch)
            };
            match self.receiver.try_recv() {
                Ok(event) => return Ok(event),
                Err(TryRecvError::Disconnected) if cut => return Err(cut_off()),
                Err(TryRecvError::Disconnected) => {
                    return Err(Error::unavailable("events were not read fast enough, and the stream was ended"));
                }
                Err(TryRecvError::Empty) => {}
            }
            tokio::select! {
                event = self.receiver.recv() => {
                    if let Some(event) = event {
                        return Ok(event);
                    }
                }
                () = sooner => {}
                () = self.engine.pause(pause) => {}
            }
        }
    }
}
