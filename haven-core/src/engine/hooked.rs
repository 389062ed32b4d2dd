//! Hooks: who watches, delays, refuses or breaks the calls on an engine.
//!
//! [`Hooked`] wraps an engine and asks a [`Hook`] before and after every call, and at every item of a stream. Metrics,
//! faults and the second access check are hooks; this is the only file that forwards every method.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_model::{
    Container, ContainerDetail, ContainerFilter, ContainerId, ContainerName, ContainerRef, ContainerSpec,
    ContainerStats, ContainerUpdate, EngineEvent, EngineInfo, EngineVersion, ExecSpec, Image, ImageDetail, ImageRef,
    LogOptions, Network, NetworkName, NetworkSpec, Outcome, Output, Result, Volume, VolumeName, VolumeSpec,
    container::{Change, Connection, ContainerSize, DisconnectOptions, Processes, RemoveOptions, StopOptions},
    image::{ImportOptions, PullProgress},
    system::{EngineEventOptions, Pruned},
    volume::PruneVolumes,
};

use super::{Containers, Engine, Images, Networks, Stream, System, Terminal, Volumes};

/// One call on an engine, as a [`Hook`] sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The engine, as [`Hooked::named`] has it; else empty.
    pub engine: &'a str,
    /// The method: `start_container`, `pull_image`, …
    pub op: &'static str,
    /// What it is done to: a container, an image, a network, a volume; empty where it is the whole engine.
    pub target: &'a str,
    /// How long it has been going on.
    pub elapsed: Duration,
}

/// Watches, delays, refuses or breaks calls on an engine.
#[async_trait]
pub trait Hook: Debug + Send + Sync + 'static {
    /// Asked before the call; an error here means that it never reached the engine.
    async fn before(&self, call: Call<'_>) -> Result<()> {
        let _ = call;
        Ok(())
    }

    /// Asked after the call; an error here means that it took effect, if it `succeeded`, and its answer was lost.
    async fn after(&self, call: Call<'_>, succeeded: bool) -> Result<()> {
        let _ = (call, succeeded);
        Ok(())
    }

    /// Asked at every item of a stream that the call opened; an error here takes the item's place and ends the stream.
    async fn item(&self, call: Call<'_>) -> Result<()> {
        let _ = call;
        Ok(())
    }
}

/// An engine whose calls all pass a [`Hook`]. Hooks stack: an engine that is hooked already can be hooked again.
#[derive(Clone, Debug)]
pub struct Hooked {
    name: Arc<str>,
    engine: Arc<dyn Engine>,
    hook: Arc<dyn Hook>,
}

impl Hooked {
    /// Wraps `engine`, so that every call on the result asks `hook`.
    pub fn new(engine: Arc<dyn Engine>, hook: Arc<dyn Hook>) -> Self {
        Self::named("", engine, hook)
    }

    /// Wraps `engine` and says its name with every call.
    pub fn named(name: &str, engine: Arc<dyn Engine>, hook: Arc<dyn Hook>) -> Self {
        Self { name: name.into(), engine, hook }
    }

    async fn run<T>(&self, op: &'static str, target: &str, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let begun = Instant::now();
        let call = Call { engine: &self.name, op, target, elapsed: Duration::ZERO };
        self.hook.before(call).await?;
        let answer = work.await;
        self.hook.after(Call { elapsed: begun.elapsed(), ..call }, answer.is_ok()).await?;
        answer
    }

    async fn open<T: Send + 'static>(
        &self,
        op: &'static str,
        target: &str,
        work: impl Future<Output = Result<Stream<T>>> + Send,
    ) -> Result<Stream<T>> {
        let items = self.run(op, target, work).await?;
        Ok(self.around(op, target, items))
    }

    async fn talk(
        &self,
        op: &'static str,
        target: &str,
        work: impl Future<Output = Result<Terminal>> + Send,
    ) -> Result<Terminal> {
        let Terminal { output, input, control } = self.run(op, target, work).await?;
        Ok(Terminal { output: self.around(op, target, output), input, control })
    }

    fn around<T: Send + 'static>(&self, op: &'static str, target: &str, items: Stream<T>) -> Stream<T> {
        let (begun, name) = (Instant::now(), self.name.clone());
        let state = Some((items, Arc::clone(&self.hook), name, target.to_owned()));
        let asked = stream::unfold(state, move |state| async move {
            let (mut items, hook, name, target) = state?;
            let item = items.next().await?;
            match hook.item(Call { engine: &name, op, target: &target, elapsed: begun.elapsed() }).await {
                Ok(()) => Some((item, Some((items, hook, name, target)))),
                Err(error) => Some((Err(error), None)),
            }
        });
        asked.boxed()
    }
}

#[async_trait]
impl Containers for Hooked {
    async fn containers(&self, filter: &ContainerFilter) -> Result<Vec<Container>> {
        self.run("containers", "", self.engine.containers(filter)).await
    }

    async fn container(&self, id: &ContainerRef) -> Result<ContainerDetail> {
        self.run("container", id.as_str(), self.engine.container(id)).await
    }

    async fn container_sizes(&self, ids: &[ContainerId]) -> Result<BTreeMap<ContainerId, ContainerSize>> {
        self.run("container_sizes", "", self.engine.container_sizes(ids)).await
    }

    async fn create_container(&self, name: Option<&ContainerName>, spec: &ContainerSpec) -> Result<ContainerId> {
        let target = name.map_or("", ContainerName::as_str);
        self.run("create_container", target, self.engine.create_container(name, spec)).await
    }

    async fn start_container(&self, id: &ContainerRef) -> Result<Outcome> {
        self.run("start_container", id.as_str(), self.engine.start_container(id)).await
    }

    async fn stop_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome> {
        self.run("stop_container", id.as_str(), self.engine.stop_container(id, options)).await
    }

    async fn restart_container(&self, id: &ContainerRef, options: &StopOptions) -> Result<Outcome> {
        self.run("restart_container", id.as_str(), self.engine.restart_container(id, options)).await
    }

    async fn kill_container(&self, id: &ContainerRef, signal: Option<&str>) -> Result<Outcome> {
        self.run("kill_container", id.as_str(), self.engine.kill_container(id, signal)).await
    }

    async fn pause_container(&self, id: &ContainerRef) -> Result<Outcome> {
        self.run("pause_container", id.as_str(), self.engine.pause_container(id)).await
    }

    async fn unpause_container(&self, id: &ContainerRef) -> Result<Outcome> {
        self.run("unpause_container", id.as_str(), self.engine.unpause_container(id)).await
    }

    async fn rename_container(&self, id: &ContainerRef, name: &ContainerName) -> Result<Outcome> {
        self.run("rename_container", id.as_str(), self.engine.rename_container(id, name)).await
    }

    async fn update_container(&self, id: &ContainerRef, update: &ContainerUpdate) -> Result<Outcome> {
        self.run("update_container", id.as_str(), self.engine.update_container(id, update)).await
    }

    async fn remove_container(&self, id: &ContainerRef, options: &RemoveOptions) -> Result<Outcome> {
        self.run("remove_container", id.as_str(), self.engine.remove_container(id, options)).await
    }

    async fn wait_container(&self, id: &ContainerRef) -> Result<i64> {
        self.run("wait_container", id.as_str(), self.engine.wait_container(id)).await
    }

    async fn logs(&self, id: &ContainerRef, options: &LogOptions) -> Result<Stream<Output>> {
        self.open("logs", id.as_str(), self.engine.logs(id, options)).await
    }

    async fn stats(&self, id: &ContainerRef) -> Result<ContainerStats> {
        self.run("stats", id.as_str(), self.engine.stats(id)).await
    }

    async fn stats_stream(&self, id: &ContainerRef) -> Result<Stream<ContainerStats>> {
        self.open("stats_stream", id.as_str(), self.engine.stats_stream(id)).await
    }

    async fn changes(&self, id: &ContainerRef) -> Result<Vec<Change>> {
        self.run("changes", id.as_str(), self.engine.changes(id)).await
    }

    async fn export_container(&self, id: &ContainerRef) -> Result<Stream<Bytes>> {
        self.open("export_container", id.as_str(), self.engine.export_container(id)).await
    }

    async fn copy_out(&self, id: &ContainerRef, path: &str) -> Result<Stream<Bytes>> {
        self.open("copy_out", id.as_str(), self.engine.copy_out(id, path)).await
    }

    async fn copy_in(&self, id: &ContainerRef, folder: &str, archive: Stream<Bytes>) -> Result<()> {
        self.run("copy_in", id.as_str(), self.engine.copy_in(id, folder, archive)).await
    }

    async fn processes(&self, id: &ContainerRef) -> Result<Processes> {
        self.run("processes", id.as_str(), self.engine.processes(id)).await
    }

    async fn exec(&self, id: &ContainerRef, spec: &ExecSpec) -> Result<Terminal> {
        self.talk("exec", id.as_str(), self.engine.exec(id, spec)).await
    }

    async fn attach(&self, id: &ContainerRef) -> Result<Terminal> {
        self.talk("attach", id.as_str(), self.engine.attach(id)).await
    }
}

#[async_trait]
impl Images for Hooked {
    async fn images(&self) -> Result<Vec<Image>> {
        self.run("images", "", self.engine.images()).await
    }

    async fn image(&self, image: &ImageRef) -> Result<ImageDetail> {
        self.run("image", image.as_str(), self.engine.image(image)).await
    }

    async fn pull_image(&self, image: &ImageRef) -> Result<Stream<PullProgress>> {
        self.open("pull_image", image.as_str(), self.engine.pull_image(image)).await
    }

    async fn import_image(&self, image: &ImageRef, archive: Bytes, options: &ImportOptions) -> Result<String> {
        self.run("import_image", image.as_str(), self.engine.import_image(image, archive, options)).await
    }

    async fn tag_image(&self, image: &ImageRef, name: &ImageRef) -> Result<Outcome> {
        self.run("tag_image", image.as_str(), self.engine.tag_image(image, name)).await
    }

    async fn remove_image(&self, image: &ImageRef) -> Result<Outcome> {
        self.run("remove_image", image.as_str(), self.engine.remove_image(image)).await
    }
}

#[async_trait]
impl Networks for Hooked {
    async fn networks(&self) -> Result<Vec<Network>> {
        self.run("networks", "", self.engine.networks()).await
    }

    async fn network(&self, network: &NetworkName) -> Result<Network> {
        self.run("network", network.as_str(), self.engine.network(network)).await
    }

    async fn create_network(&self, spec: &NetworkSpec) -> Result<String> {
        self.run("create_network", spec.name.as_str(), self.engine.create_network(spec)).await
    }

    async fn remove_network(&self, network: &NetworkName) -> Result<Outcome> {
        self.run("remove_network", network.as_str(), self.engine.remove_network(network)).await
    }

    async fn prune_networks(&self, labels: &[String]) -> Result<Pruned> {
        self.run("prune_networks", "", self.engine.prune_networks(labels)).await
    }

    async fn connect_network(&self, container: &ContainerRef, connection: &Connection) -> Result<Outcome> {
        let work = self.engine.connect_network(container, connection);
        self.run("connect_network", container.as_str(), work).await
    }

    async fn disconnect_network(
        &self,
        container: &ContainerRef,
        network: &NetworkName,
        options: &DisconnectOptions,
    ) -> Result<Outcome> {
        let work = self.engine.disconnect_network(container, network, options);
        self.run("disconnect_network", container.as_str(), work).await
    }
}

#[async_trait]
impl Volumes for Hooked {
    async fn volumes(&self) -> Result<Vec<Volume>> {
        self.run("volumes", "", self.engine.volumes()).await
    }

    async fn volume(&self, volume: &VolumeName) -> Result<Volume> {
        self.run("volume", volume.as_str(), self.engine.volume(volume)).await
    }

    async fn create_volume(&self, spec: &VolumeSpec) -> Result<Outcome> {
        self.run("create_volume", spec.name.as_str(), self.engine.create_volume(spec)).await
    }

    async fn remove_volume(&self, volume: &VolumeName) -> Result<Outcome> {
        self.run("remove_volume", volume.as_str(), self.engine.remove_volume(volume)).await
    }

    async fn prune_volumes(&self, options: &PruneVolumes) -> Result<Pruned> {
        self.run("prune_volumes", "", self.engine.prune_volumes(options)).await
    }
}

#[async_trait]
impl System for Hooked {
    async fn ping(&self) -> Result<()> {
        self.run("ping", "", self.engine.ping()).await
    }

    async fn version(&self) -> Result<EngineVersion> {
        self.run("version", "", self.engine.version()).await
    }

    async fn info(&self) -> Result<EngineInfo> {
        self.run("info", "", self.engine.info()).await
    }

    async fn events(&self, options: &EngineEventOptions) -> Result<Stream<EngineEvent>> {
        self.open("events", "", self.engine.events(options)).await
    }
}
