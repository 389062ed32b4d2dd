//! Containers of a Docker Engine.

use std::{collections::BTreeMap, time::Duration};

use ::http::Method;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use haven_model::{
    Container, ContainerBrief, ContainerDetail, ContainerFilter, ContainerId, ContainerName, ContainerRef,
    ContainerSpec, ContainerState, ContainerStats, ContainerUpdate, Error, ErrorKind, ExecSpec, LogOptions, Outcome,
    Output, Result,
    container::{Change, ContainerSize, Processes, RemoveOptions, StopOptions},
    system::ApiVersion,
};
use serde::Deserialize;

use super::{
    DockerEngine,
    error::Refusals,
    exec, frames,
    http::{Path, json, parse},
    inspect, spec, stats, summary,
};
use crate::engine::{Containers, Networks as _, Stream, Terminal};

/// A program that cannot be run, or a port that is taken, is a server's error to the engine.
///
/// An address that another container has is forbidden.
const START: Refusals = &[(500, ErrorKind::Invalid), (403, ErrorKind::Conflict)];
/// An older engine ignores until when a log is read.
const LOGS_UNTIL: ApiVersion = ApiVersion::new(1, 35);
const NAME_TAKEN: Refusals = &[(409, ErrorKind::AlreadyExists)];
/// A limit that contradicts another, or that the host has not, is a server's error to the engine.
const UPDATE: Refusals = &[(409, ErrorKind::Invalid), (500, ErrorKind::Invalid)];

/// How many containers are named in one address.
const AT_ONCE: usize = 50;

impl DockerEngine {
    pub(super) fn path(id: &ContainerRef, rest: &str) -> Path {
        Path::new(format!("/containers/{id}{rest}"))
    }

    /// Asks for something that is done or is so already.
    async fn act(&self, path: &Path, refusals: Refusals, limit: Option<Duration>) -> Result<Outcome> {
        let (status, _) = self.http.ask(Method::POST, path, None, refusals, limit).await?;
        Ok(if status == 304 { Outcome::AlreadySo } else { Outcome::Done })
    }

    /// How long a stop may take: as long as the program has, and then as long as any answer.
    fn stop_limit(&self, options: StopOptions) -> Duration {
        self.http.limit + options.lasts()
    }

    fn stop_path(id: &ContainerRef, what: &str, options: StopOptions) -> Path {
        let path = Self::path(id, what);
        match options.timeout {
            Some(timeout) => path.with("t", timeout.to_string()),
            None => path,
        }
    }

    /// All containers, as far as who only wants to know which there are needs: in less time than
    /// [`Containers::containers`], which reads all that the engine tells of each.
    ///
    /// ```no_run
    /// # async fn example() -> haven_core::Result<()> {
    /// use haven_core::engine::docker::{DockerEngine, DockerOptions};
    ///
    /// let engine = DockerEngine::at(&"unix:///var/run/docker.sock".parse()?, None, DockerOptions::default()).await?;
    /// for container in engine.brief().await? {
    ///     println!("{} {}", container.name, container.image);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn brief(&self) -> Result<Vec<ContainerBrief>> {
        let list: Vec<summary::Brief> = self.http.get(&Path::new("/containers/json").with("all", "1")).await?;
        list.into_iter().map(summary::Brief::convert).collect()
    }

    /// The little that other calls rest on.
    pub(super) async fn outline(&self, id: &ContainerRef) -> Result<inspect::Outline> {
        self.http.get(&Self::path(id, "/json")).await
    }
}

#[async_trait]
impl Containers for DockerEngine {
    async fn containers(&self, filter: &ContainerFilter) -> Result<Vec<Container>> {
        let mut path = Path::new("/containers/json").with("all", "1");
        if let Some(filters) = summary::filters(filter) {
            path = path.with("filters", filters);
        }
        let list: Vec<summary::Summary> = self.http.get(&path).await?;
        let mut containers = list.into_iter().map(summary::Summary::convert).collect::<Result<Vec<_>>>()?;
        if *filter != ContainerFilter::default() {
            containers.retain(|container| filter.matches(container));
        }
        Ok(containers)
    }

    async fn container(&self, id: &ContainerRef) -> Result<ContainerDetail> {
        let inspection: serde_json::Value = self.http.get(&Self::path(id, "/json")).await?;
        if spec::Usual::matters_to(&inspection) {
            let usual = self.usual.get_or_try_init(|| spec::Usual::of(&self.http)).await?;
            return inspect::detail(inspection, self.http.api, usual);
        }
        inspect::detail(inspection, self.http.api, &spec::Usual::default())
    }

    async fn container_sizes(&self, ids: &[ContainerId]) -> Result<BTreeMap<ContainerId, ContainerSize>> {
        let mut sizes = BTreeMap::new();
        for ids in ids.chunks(AT_ONCE) {
            let filter = ContainerFilter { id: ids.iter().map(ToString::to_string).collect(), ..Default::default() };
            let filters = summary::filters(&filter).unwrap_or_default();
            let path = Path::new("/containers/json").with("all", "1").with("size", "1").with("filters", filters);
            let list: Vec<summary::Sized> = self.http.get(&path).await?;
            sizes.extend(list.into_iter().filter_map(summary::Sized::convert));
        }
        Ok(sizes)
    }

    async fn create_container(&self, name: Option<&ContainerName>, spec: &ContainerSpec) -> Result<ContainerId> {
        #[derive(Deserialize)]
        struct Created {
            #[serde(rename = "Id")]
            id: String,
        }
        let mut path = Path::new("/containers/create");
        if let Some(name) = name {
            path = path.with("name", name);
        }
        let spec::Creation { body, connections } = spec::creation(spec, &self.http)?;
        let (_, answer) = self.http.ask(Method::POST, &path, Some(body), NAME_TAKEN, Some(self.http.limit)).await?;
        let id = ContainerId::new(parse::<Created>(&answer)?.id)?;
        for connection in &connections {
            if let Err(error) = self.connect_network(&(&id).into(), connection).await {
                // A container that is not what was asked for is none.
                let removed = self.remove_container(&(&id).into(), &RemoveOptions { force: true, volumes: true }).await;
                return Err(match removed {
                    Ok(_) => error,
                    Err(_) => Error::timeout("the container was made, and cannot be connected").caused_by(error),
                });
            }
        }
        Ok(id)
    }

    async fn update_container(&self, id: &ContainerRef, update: &ContainerUpdate) -> Result<Outcome> {
        if update.is_empty() {
            return self.outline(id).await.map(|_| Outcome::AlreadySo);
        }
        let body = json(&spec::update_body(update, &self.http)?)?;
        self.http.ask(Method::POST, &Self::path(id, "/update"), Some(body), UPDATE, Some(self.http.limit)).await?;
        Ok(Outcome::Done)
    }

    async fn start_container(&self, id: &ContainerRef) -> Result<Outcome> {
        self.act(&Self::path(id, "/start"), START, Some(self.http.limit)).await
    }

    async fn stop_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome> {
        self.act(&Self::stop_path(id, "/stop", *options), &[], Some(self.stop_limit(*options))).await
    }

    async fn restart_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome> {
        self.act(&Self::stop_path(id, "/restart", *options), START, Some(self.stop_limit(*options))).await
    }

    async fn kill_container(&self, id: &ContainerRef, signal: Option<&str>) -> Result<Outcome> {
        let mut path = Self::path(id, "/kill");
        if let Some(signal) = signal {
            path = path.with("signal", signal);
        }
        // Engines before 20.10 answer 500 for a container that does not run.
        self.act(&path, &[(500, ErrorKind::Conflict)], Some(self.http.limit)).await
    }

    async fn pause_container(&self, id: &ContainerRef) -> Result<Outcome> {
        match self.act(&Self::path(id, "/pause"), &[(500, ErrorKind::Conflict)], Some(self.http.limit)).await {
            Err(error) if error.kind() == ErrorKind::Conflict => match self.outline(id).await?.state() {
                ContainerState::Paused => Ok(Outcome::AlreadySo),
                _ => Err(error),
            },
            done => done,
        }
    }

    async fn unpause_container(&self, id: &ContainerRef) -> Result<Outcome> {
        let path = Self::path(id, "/unpause");
        match self.act(&path, &[(500, ErrorKind::Conflict)], Some(self.http.limit)).await {
            Err(error) if error.kind() == ErrorKind::Conflict => match self.outline(id).await?.state() {
                ContainerState::Paused => Err(error),
                _ => Ok(Outcome::AlreadySo),
            },
            done => done,
        }
    }

    async fn rename_container(&self, id: &ContainerRef, name: &ContainerName) -> Result<Outcome> {
        if self.outline(id).await?.name() == name.as_str() {
            return Ok(Outcome::AlreadySo);
        }
        self.act(&Self::path(id, "/rename").with("name", name), NAME_TAKEN, Some(self.http.limit)).await
    }

    async fn remove_container(&self, id: &ContainerRef, options: &RemoveOptions) -> Result<Outcome> {
        let mut path = Self::path(id, "");
        if options.force {
            path = path.with("force", "1");
        }
        if options.volumes {
            path = path.with("v", "1");
        }
        match self.http.ask(Method::DELETE, &path, None, &[], Some(self.http.limit)).await {
            Ok(_) => Ok(Outcome::Done),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Outcome::AlreadySo),
            // Somebody else is removing it: it is so when it is gone.
            Err(error) if error.kind() == ErrorKind::Conflict => match self.outline(id).await {
                Err(gone) if gone.kind() == ErrorKind::NotFound => Ok(Outcome::AlreadySo),
                Ok(outline) if outline.state() == ContainerState::Removing => Ok(Outcome::AlreadySo),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    async fn wait_container(&self, id: &ContainerRef) -> Result<i64> {
        exec::ended(&self.http, id).await
    }

    async fn logs(&self, id: &ContainerRef, options: &LogOptions) -> Result<Stream<Output>> {
        let flag = |on: bool| if on { "1" } else { "0" };
        if !options.stdout && !options.stderr {
            return Err(Error::invalid("a log is read on standard output, standard error, or both"));
        }
        if options.until.is_some() {
            self.http.needs(LOGS_UNTIL, "the end of a log's time")?;
        }
        let tty = self.outline(id).await?.has_tty();
        let mut path = Self::path(id, "/logs")
            .with("stdout", flag(options.stdout))
            .with("stderr", flag(options.stderr))
            .with("follow", flag(options.follow))
            .with("timestamps", flag(options.timestamps))
            .with("tail", options.tail.map_or_else(|| "all".to_owned(), |tail| tail.to_string()));
        for (name, time) in [("since", options.since), ("until", options.until)] {
            if let Some(time) = time {
                path = path.with(name, super::system::seconds(time));
            }
        }
        let body = self.http.open(Method::GET, &path, None, &[]).await?;
        Ok(frames::output(Box::pin(frames::bytes(body)), tty))
    }

    async fn stats(&self, id: &ContainerRef) -> Result<ContainerStats> {
        let mut path = Self::path(id, "/stats").with("stream", "0");
        if self.http.api >= stats::ONE_SHOT {
            path = path.with("one-shot", "1");
        }
        let answer: stats::Stats = self.http.get(&path).await?;
        let mut stats = answer.convert();
        stats.cpu_percent = None;
        Ok(stats)
    }

    async fn stats_stream(&self, id: &ContainerRef) -> Result<Stream<ContainerStats>> {
        let path = Self::path(id, "/stats").with("stream", "1");
        let body = self.http.open(Method::GET, &path, None, &[]).await?;
        // A stopped container is told of forever, as zeros; a container that stopped ends the stream.
        let samples = frames::values::<stats::Stats>(body).map(|answer| answer.map(stats::Stats::convert)).scan(
            None::<ContainerStats>,
            |before, sample| {
                let next = match sample {
                    Err(error) => Some(Err(error)),
                    Ok(sample) if sample.cpu == 0 && sample.memory == 0 => None,
                    Ok(mut sample) => {
                        sample.cpu_percent = before.as_ref().and_then(|before| sample.cpu_percent_since(before));
                        *before = Some(sample.clone());
                        Some(Ok(sample))
                    }
                };
                std::future::ready(next)
            },
        );
        Ok(samples.boxed())
    }

    async fn changes(&self, id: &ContainerRef) -> Result<Vec<Change>> {
        self.changed(id).await
    }

    async fn export_container(&self, id: &ContainerRef) -> Result<Stream<Bytes>> {
        self.export(id).await
    }

    async fn copy_out(&self, id: &ContainerRef, path: &str) -> Result<Stream<Bytes>> {
        self.pack(id, path).await
    }

    async fn copy_in(&self, id: &ContainerRef, folder: &str, archive: Stream<Bytes>) -> Result<()> {
        self.unpack(id, folder, archive).await
    }

    async fn processes(&self, id: &ContainerRef) -> Result<Processes> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Top {
            #[serde(default, deserialize_with = "summary::null_is_empty")]
            titles: Vec<String>,
            #[serde(default, deserialize_with = "summary::null_is_empty")]
            processes: Vec<Vec<String>>,
        }
        let path = Self::path(id, "/top");
        let (_, answer) =
            self.http.ask(Method::GET, &path, None, &[(500, ErrorKind::Conflict)], Some(self.http.limit)).await?;
        let top: Top = parse(&answer)?;
        Ok(Processes { titles: top.titles, processes: top.processes })
    }

    async fn exec(&self, id: &ContainerRef, spec: &ExecSpec) -> Result<Terminal> {
        exec::exec(&self.http, id, spec).await
    }

    async fn attach(&self, id: &ContainerRef) -> Result<Terminal> {
        let outline = self.outline(id).await?;
        if !outline.state().is_running() {
            return Err(Error::conflict(format!("container `{id}` does not run")));
        }
        exec::attach(&self.http, &outline.id, outline.has_tty()).await
    }
}
