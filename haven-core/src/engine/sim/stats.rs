//! What simulated containers use: plausible, growing, and the same for the same seed.
//!
//! A container's share of a core, its memory and its traffic follow from its id, so that lists look alive and tests
//! can be replayed.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use haven_model::{ContainerRef, ContainerStats, Result};

use crate::engine::Stream;

use super::{SimEngine, record::Record, state::State};

impl State {
    /// A sample at this moment; all counters are 0 where nothing runs.
    pub(super) fn sample(&self, record: &Record) -> ContainerStats {
        let mut sample = ContainerStats {
            read: self.time(),
            cpu: 0,
            system_cpu: None,
            cpus: self.options.cpus,
            cpu_percent: None,
            memory: 0,
            memory_limit: None,
            network_rx: 0,
            network_tx: 0,
            block_read: 0,
            block_write: 0,
            pids: None,
        };
        let Some(run) = &record.run else { return sample };
        let character = u64::from_str_radix(&record.id.as_str()[..8], 16).unwrap_or_default();
        let until = run.paused_at.unwrap_or(self.at);
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let lived = nanos(until.saturating_sub(run.began).saturating_sub(run.held));
        let limit = record.spec.memory.unwrap_or(self.options.memory);
        // From 0.1 % to 25 % of a core, after the 20 ms that any start takes.
        sample.cpu = 20_000_000 + lived / 1_000 * (1 + character % 250);
        sample.system_cpu = Some(nanos(self.at).saturating_mul(self.options.cpus.into()));
        sample.memory = ((4 << 20) + character % (120 << 20)).min(limit / 10 * 9);
        sample.memory_limit = Some(limit);
        let millis = lived / 1_000_000;
        sample.network_rx = 1_200 + millis * (character % 97);
        sample.network_tx = 600 + millis * (character % 53);
        sample.block_read = 40_960;
        sample.block_write = millis / 1_000 * 4_096;
        sample.pids = Some(1 + record.execs.len() as u64);
        sample
    }
}

/// The place in a stream of samples.
struct Sampler {
    engine: SimEngine,
    id: haven_model::ContainerId,
    runs: u64,
    before: Option<ContainerStats>,
}

impl SimEngine {
    pub(super) fn samples(&self, target: &ContainerRef) -> Result<Stream<ContainerStats>> {
        let state = self.reach()?;
        let record = &state.containers[&state.find(target)?];
        if record.run.is_none() {
            return Ok(stream::empty().boxed());
        }
        let sampler = Sampler { engine: self.clone(), id: record.id.clone(), runs: record.runs, before: None };
        drop(state);
        let samples = stream::unfold(Some(sampler), |sampler| async move {
            let mut sampler = sampler?;
            match sampler.next().await {
                Ok(Some(sample)) => Some((Ok(sample), Some(sampler))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(samples.boxed())
    }
}

impl Sampler {
    /// The next sample, a second after the one before; none when the container stopped.
    async fn next(&mut self) -> Result<Option<ContainerStats>> {
        let engine = self.engine.clone();
        if self.before.is_some() {
            let clock = Arc::clone(&engine.shared.clock);
            let runs = self.runs;
            let stopped = engine.until(&self.id, |state| {
                let runs_on = state.containers.get(&self.id).is_some_and(|record| record.runs == runs);
                Ok((!runs_on).then_some(()))
            });
            tokio::select! {
                stopped = stopped => {
                    return match stopped {
                        Err(error) if error.kind() != haven_model::ErrorKind::NotFound => Err(error),
                        _ => Ok(None),
                    };
                }
                () = clock.sleep(Duration::from_secs(1)) => {}
            }
        }
        let state = engine.reach()?;
        let Some(record) = state.containers.get(&self.id).filter(|record| record.runs == self.runs) else {
            return Ok(None);
        };
        let mut sample = state.sample(record);
        sample.cpu_percent = self.before.as_ref().and_then(|before| sample.cpu_percent_since(before));
        self.before = Some(sample.clone());
        Ok(Some(sample))
    }
}
