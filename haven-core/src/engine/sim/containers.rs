//! The containers of a simulated engine: what [`Containers`] asks for, in terms of the state.
//!
//! How they start and end is in `lifecycle`, what is said in them in `exec` and `logs`.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use haven_model::{
    Container, ContainerDetail, ContainerFilter, ContainerId, ContainerName, ContainerRef, ContainerSpec,
    ContainerState, ContainerStats, ContainerUpdate, Error, ErrorKind, ExecSpec, LogOptions, Outcome, Output,
    RestartPolicy, Result,
    container::{Change, ContainerSize, Processes, RemoveOptions, StopOptions},
};

use crate::engine::{Containers, Stream, Terminal, containers::check_update};

use super::{SimEngine, exec::refuse_unless_running, record::Record, signal};

#[async_trait]
impl Containers for SimEngine {
    async fn containers(&self, filter: &ContainerFilter) -> Result<Vec<Container>> {
        let state = self.reach()?;
        let show = |record: &Record| Some(record.summary(&state)).filter(|container| filter.matches(container));
        if filter.id.is_empty() {
            return Ok(state.containers.values().filter_map(|record| show(record)).collect());
        }
        // A container may be meant by several beginnings, and is told once.
        let found: BTreeMap<&ContainerId, &Record> =
            filter.id.iter().flat_map(|id| state.beginning(id)).map(|record| (&record.id, record)).collect();
        Ok(found.into_values().filter_map(show).collect())
    }

    async fn container(&self, id: &ContainerRef) -> Result<ContainerDetail> {
        let state = self.reach()?;
        Ok(state.containers[&state.find(id)?].detail(&state))
    }

    async fn container_sizes(&self, ids: &[ContainerId]) -> Result<BTreeMap<ContainerId, ContainerSize>> {
        let state = self.reach()?;
        let there = ids.iter().filter_map(|id| state.containers.get(id));
        Ok(there
            .map(|record| {
                let writable = record.files.size();
                let image = state.images.get(&record.image_id).map_or(0, |image| image.detail.summary.size);
                (record.id.clone(), ContainerSize { writable, total: image + writable })
            })
            .collect())
    }

    async fn create_container(&self, name: Option<&ContainerName>, spec: &ContainerSpec) -> Result<ContainerId> {
        self.reach()?.create(name, spec)
    }

    async fn start_container(&self, id: &ContainerRef) -> Result<Outcome> {
        self.reach()?.on(id, |state, record| match record.state {
            ContainerState::Paused => Err(Error::conflict(format!("container `{}` is paused", record.name))),
            ContainerState::Running => Ok(Outcome::AlreadySo),
            _ => {
                record.restart_count = 0;
                record.backoff = Duration::ZERO;
                state.start(record).map(|()| Outcome::Done)
            }
        })
    }

    async fn stop_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome> {
        let (id, runs) = {
            let mut state = self.reach()?;
            let begun = state.on(id, |state, record| {
                if !record.is_running() {
                    return Ok(None);
                }
                let runs = record.runs;
                state.begin_stop(record, options.timeout, false);
                Ok(Some((record.id.clone(), runs)))
            })?;
            match begun {
                None => return Ok(Outcome::AlreadySo),
                Some(begun) => begun,
            }
        };
        self.ended(&id, runs).await?;
        Ok(Outcome::Done)
    }

    async fn restart_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome> {
        let begun = {
            let mut state = self.reach()?;
            state.on(id, |state, record| {
                let runs = record.runs;
                if record.is_running() {
                    state.begin_stop(record, options.timeout, true);
                } else {
                    record.restart_count = 0;
                    record.backoff = Duration::ZERO;
                    state.start(record)?;
                    state.emit_container(record, "restart", &[]);
                }
                Ok(record.stopping.is_some().then(|| (record.id.clone(), runs)))
            })?
        };
        let Some((id, runs)) = begun else { return Ok(Outcome::Done) };
        self.ended(&id, runs).await?;
        let state = self.reach()?;
        match state.containers.get(&id).and_then(|record| record.error.clone()) {
            Some(error) => Err(Error::invalid(error)),
            None => Ok(Outcome::Done),
        }
    }

    async fn kill_container(&self, id: &ContainerRef, signal: Option<&str>) -> Result<Outcome> {
        let number = signal.map_or(Ok(signal::KILL), signal::parse)?;
        let mut state = self.reach()?;
        state.on(id, |state, record| {
            if record.state == ContainerState::Restarting {
                // There is no process; it is enough that none comes.
                record.ended_by_hand = true;
                record.restart_at = None;
                record.state = ContainerState::Exited;
                return Ok(Outcome::Done);
            }
            if record.run.is_none() {
                return Err(Error::conflict(format!("container `{}` is not running", record.name)));
            }
            state.signal(record, number);
            Ok(Outcome::Done)
        })
    }

    async fn pause_container(&self, id: &ContainerRef) -> Result<Outcome> {
        self.reach()?.on(id, |state, record| {
            if record.state == ContainerState::Paused {
                return Ok(Outcome::AlreadySo);
            }
            refuse_unless_running(record)?;
            let at = state.at;
            if let Some(run) = &mut record.run {
                run.paused_at = Some(at);
            }
            record.state = ContainerState::Paused;
            state.emit_container(record, "pause", &[]);
            Ok(Outcome::Done)
        })
    }

    async fn unpause_container(&self, id: &ContainerRef) -> Result<Outcome> {
        self.reach()?.on(id, |state, record| {
            let at = state.at;
            let Some((run, since)) = record.run.as_mut().and_then(|run| run.paused_at.take().map(|since| (run, since)))
            else {
                return Ok(Outcome::AlreadySo);
            };
            run.held += at.saturating_sub(since);
            record.state = ContainerState::Running;
            state.emit_container(record, "unpause", &[]);
            state.tick(record);
            Ok(Outcome::Done)
        })
    }

    async fn rename_container(&self, id: &ContainerRef, name: &ContainerName) -> Result<Outcome> {
        self.reach()?.on(id, |state, record| {
            if record.name == name.as_str() {
                return Ok(Outcome::AlreadySo);
            }
            state.refuse_taken(name.as_str())?;
            let old = std::mem::replace(&mut record.name, name.to_string());
            state.names.remove(&old);
            state.names.insert(name.to_string(), record.id.clone());
            state.emit_container(record, "rename", &[("oldName", format!("/{old}"))]);
            Ok(Outcome::Done)
        })
    }

    async fn update_container(&self, id: &ContainerRef, update: &ContainerUpdate) -> Result<Outcome> {
        self.reach()?.on(id, |state, record| {
            if update.is_empty() {
                return Ok(Outcome::AlreadySo);
            }
            check_update(update)?;
            let mut spec = record.spec.clone();
            if spec.auto_remove && update.restart.is_some_and(|restart| restart != RestartPolicy::No) {
                return Err(Error::invalid("a container that is removed at its end cannot be restarted"));
            }
            update.apply(&mut spec);
            state.check_limits(&spec)?;
            record.spec = spec;
            state.emit_container(record, "update", &[]);
            Ok(Outcome::Done)
        })
    }

    async fn remove_container(&self, id: &ContainerRef, options: &RemoveOptions) -> Result<Outcome> {
        let mut state = self.reach()?;
        let removed = state.on(id, |state, record| {
            if record.is_running() && !options.force {
                return Err(Error::conflict(format!("container `{}` is {}", record.name, record.state)));
            }
            state.destroy(record, options.volumes);
            Ok(Outcome::Done)
        });
        match removed {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Outcome::AlreadySo),
            removed => removed,
        }
    }

    async fn wait_container(&self, id: &ContainerRef) -> Result<i64> {
        let (id, runs) = {
            let state = self.reach()?;
            let record = &state.containers[&state.find(id)?];
            if !record.is_running() {
                return Ok(record.exit_code.unwrap_or(0));
            }
            (record.id.clone(), record.runs)
        };
        self.ended(&id, runs).await
    }

    async fn logs(&self, id: &ContainerRef, options: &LogOptions) -> Result<Stream<Output>> {
        self.read_log(id, options)
    }

    async fn stats(&self, id: &ContainerRef) -> Result<ContainerStats> {
        let state = self.reach()?;
        Ok(state.sample(&state.containers[&state.find(id)?]))
    }

    async fn stats_stream(&self, id: &ContainerRef) -> Result<Stream<ContainerStats>> {
        self.samples(id)
    }

    async fn changes(&self, id: &ContainerRef) -> Result<Vec<Change>> {
        self.changed(id)
    }

    async fn export_container(&self, id: &ContainerRef) -> Result<Stream<Bytes>> {
        self.export_files(id)
    }

    async fn copy_out(&self, id: &ContainerRef, path: &str) -> Result<Stream<Bytes>> {
        self.pack(id, path)
    }

    async fn copy_in(&self, id: &ContainerRef, folder: &str, archive: Stream<Bytes>) -> Result<()> {
        self.unpack(id, folder, archive).await
    }

    async fn processes(&self, id: &ContainerRef) -> Result<Processes> {
        let state = self.reach()?;
        let record = &state.containers[&state.find(id)?];
        let Some(run) = &record.run else {
            return Err(Error::conflict(format!("container `{}` is not running", record.name)));
        };
        let titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"].map(str::to_owned).to_vec();
        let main = std::iter::once(&run.process);
        let row = |process: &super::program::Process| {
            ["root", &process.pid.to_string(), "1", "0", "00:00", "?", "00:00:00", &process.command]
                .map(str::to_owned)
                .to_vec()
        };
        let processes = main.chain(record.execs.values().map(|exec| &exec.process)).map(row).collect();
        Ok(Processes { titles, processes })
    }

    async fn exec(&self, id: &ContainerRef, spec: &ExecSpec) -> Result<Terminal> {
        self.begin_exec(id, spec)
    }

    async fn attach(&self, id: &ContainerRef) -> Result<Terminal> {
        self.begin_attach(id)
    }
}

impl SimEngine {
    /// Waits until the run after the `runs`th has ended, and answers its exit code.
    async fn ended(&self, id: &ContainerId, runs: u64) -> Result<i64> {
        let mut last = 0;
        let waited = self
            .until(id, |state| {
                let Some(record) = state.containers.get(id) else { return Ok(Some(state.code_of_gone(id))) };
                last = record.exit_code.unwrap_or(last);
                // A container that is started again in the same moment still has ended once.
                let over = record.runs != runs || !record.is_running();
                Ok(over.then_some(last))
            })
            .await;
        match waited {
            // It was killed and removed meanwhile, or was to be removed when it ended.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(self.reach()?.code_of_gone(id)),
            waited => waited,
        }
    }
}
