//! Random operations on two engines at once: whatever is done, both answer alike and hold the same.
//!
//! The sequence follows from a seed, which a failure names together with what was done.

use std::{collections::BTreeMap, fmt::Write as _};

use haven_core::{
    ErrorKind, Result,
    model::{
        ContainerFilter, ContainerName, ContainerRef, ContainerState, ImageRef, Mount, NetworkName, Outcome,
        RestartPolicy, VolumeName, VolumeSpec,
        container::{Connection, DisconnectOptions, RemoveOptions},
        spec::MountKind,
    },
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::{AT_ONCE, EngineFixture};

const NAMES: u32 = 6;
const FEW: u32 = 3;

/// One thing to do; numbers stand for names.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Create { container: u32, network: Option<u32>, volume: Option<u32>, restarts: bool, exits: bool },
    Start(u32),
    Stop(u32),
    Restart(u32),
    Kill(u32, &'static str),
    Pause(u32),
    Unpause(u32),
    Rename(u32, u32),
    Remove(u32, bool),
    CreateNetwork(u32),
    RemoveNetwork(u32),
    Connect(u32, u32),
    Disconnect(u32, u32),
    CreateVolume(u32),
    RemoveVolume(u32),
    Tag(u32),
    Untag(u32),
}

impl Operation {
    fn random(random: &mut StdRng) -> Self {
        let (a, b) = (random.random_range(0..NAMES), random.random_range(0..NAMES));
        let few = random.random_range(0..FEW);
        match random.random_range(0..34) {
            0..=6 => Self::Create {
                container: a,
                network: random.random_bool(0.3).then_some(few),
                volume: random.random_bool(0.2).then_some(few),
                restarts: random.random_bool(0.2),
                exits: random.random_bool(0.15),
            },
            7..=11 => Self::Start(a),
            12..=13 => Self::Stop(a),
            14 => Self::Restart(a),
            15..=16 => Self::Kill(a, ["SIGKILL", "SIGTERM", "SIGHUP"][few as usize]),
            17..=18 => Self::Pause(a),
            19 => Self::Unpause(a),
            20..=21 => Self::Rename(a, b),
            22 => Self::Remove(a, false),
            23 => Self::Remove(a, true),
            24 => Self::CreateNetwork(few),
            25 => Self::RemoveNetwork(few),
            26..=27 => Self::Connect(a, few),
            28 => Self::Disconnect(a, few),
            29..=30 => Self::CreateVolume(few),
            31 => Self::RemoveVolume(few),
            32 => Self::Tag(few),
            _ => Self::Untag(few),
        }
    }
}

/// The same things under the names of one fixture.
struct Side<'a> {
    on: &'a EngineFixture,
}

impl Side<'_> {
    fn text(&self, kind: char, number: u32) -> String {
        format!("{}-{kind}{number}", self.on.prefix())
    }

    fn container(&self, number: u32) -> ContainerName {
        ContainerName::new(self.text('c', number)).unwrap()
    }

    fn network(&self, number: u32) -> NetworkName {
        NetworkName::new(self.text('n', number)).unwrap()
    }

    fn volume(&self, number: u32) -> VolumeName {
        VolumeName::new(self.text('v', number)).unwrap()
    }

    fn image(&self, number: u32) -> ImageRef {
        ImageRef::new(format!("{}:1", self.text('i', number))).unwrap()
    }

    async fn apply(&self, operation: Operation) -> Result<Option<Outcome>> {
        let engine = &self.on.engine;
        let at = |number| ContainerRef::from(self.container(number));
        let outcome = match operation {
            Operation::Create { container, network, volume, restarts, exits } => {
                let mut spec = self.on.spec(if exits { &["false"] } else { &["sleep", "100000"] });
                spec.network = network.map(|number| self.network(number).into());
                spec.mounts.extend(
                    volume.map(|number| Mount::new(MountKind::Volume, self.volume(number).to_string(), "/data")),
                );
                // One that ends by itself and is restarted is never in the same state on two engines.
                if restarts && !exits {
                    spec.restart = RestartPolicy::UnlessStopped;
                }
                engine.create_container(Some(&self.container(container)), &spec).await?;
                return Ok(None);
            }
            Operation::Start(number) => engine.start_container(&at(number)).await?,
            Operation::Stop(number) => engine.stop_container(&at(number), &AT_ONCE).await?,
            Operation::Restart(number) => {
                engine.restart_container(&at(number), &AT_ONCE).await?;
                return Ok(None);
            }
            Operation::Kill(number, signal) => {
                engine.kill_container(&at(number), Some(signal)).await?;
                return Ok(None);
            }
            Operation::Pause(number) => engine.pause_container(&at(number)).await?,
            Operation::Unpause(number) => engine.unpause_container(&at(number)).await?,
            Operation::Rename(from, to) => engine.rename_container(&at(from), &self.container(to)).await?,
            Operation::Remove(number, force) => {
                engine.remove_container(&at(number), &RemoveOptions { force, volumes: false }).await?
            }
            Operation::CreateNetwork(number) => {
                engine.create_network(&self.on.network_spec(&self.network(number))).await?;
                return Ok(None);
            }
            Operation::RemoveNetwork(number) => engine.remove_network(&self.network(number)).await?,
            Operation::Connect(container, network) => {
                let connection = Connection::to(self.network(network));
                engine.connect_network(&at(container), &connection).await?
            }
            Operation::Disconnect(container, network) => {
                engine.disconnect_network(&at(container), &self.network(network), &DisconnectOptions::default()).await?
            }
            Operation::CreateVolume(number) => {
                let spec = VolumeSpec { name: self.volume(number), ..self.on.volume_spec() };
                engine.create_volume(&spec).await?
            }
            Operation::RemoveVolume(number) => engine.remove_volume(&self.volume(number)).await?,
            Operation::Tag(number) => {
                engine.tag_image(&self.on.image, &self.image(number)).await?;
                return Ok(None);
            }
            Operation::Untag(number) => engine.remove_image(&self.image(number)).await?,
        };
        Ok(Some(outcome))
    }

    /// Waits until what was started has ended if it was to end, so that both sides can be looked at.
    async fn settle(&self, operation: Operation) {
        if let Operation::Start(number) | Operation::Restart(number) | Operation::Kill(number, _) = operation {
            let id = self.container(number).into();
            for _ in 0..200 {
                let Ok(detail) = self.on.engine.container(&id).await else { return };
                let ends = detail.spec.command == ["false"]
                    || matches!(operation, Operation::Kill(_, signal) if signal == "SIGKILL");
                // A signal lets a paused program go on, a moment later.
                let wakes = matches!(operation, Operation::Kill(..)) && detail.state == ContainerState::Paused;
                if (!ends && !wakes) || !detail.state.is_running() {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
    }

    /// What can be seen, without ids, times and addresses.
    async fn observe(&self) -> BTreeMap<String, String> {
        let engine = &self.on.engine;
        let own = |name: &str| name.strip_prefix(self.on.prefix()).map(str::to_owned);
        let mut seen = BTreeMap::new();
        let filter =
            ContainerFilter { label: vec![format!("{}={}", super::LABEL, self.on.prefix())], ..Default::default() };
        for container in engine.containers(&filter).await.unwrap() {
            let detail = engine.container(&(&container.id).into()).await.unwrap();
            let mut text = format!("{}", container.state);
            if container.state.is_running() {
                let _ = write!(text, " restarts {}", detail.restart_count);
            } else {
                let _ = write!(text, " code {:?}", detail.exit_code.unwrap_or(0));
            }
            for (network, address) in &container.networks {
                let name = own(network).unwrap_or_else(|| network.clone());
                // After a start that failed Docker leaves an address behind in the networks that it had joined.
                let has_one = container.state.is_running() && !address.is_empty();
                let _ = write!(text, " {name}{}", if has_one { ":address" } else { "" });
            }
            for mount in &container.mounts {
                let _ = write!(text, " {}", own(&mount.source).unwrap_or_default());
            }
            seen.insert(own(&container.name).unwrap_or(container.name), text);
        }
        for network in engine.networks().await.unwrap() {
            seen.extend(own(&network.name).map(|name| (name, network.driver)));
        }
        for volume in engine.volumes().await.unwrap() {
            seen.extend(own(&volume.name).map(|name| (name, volume.driver)));
        }
        for image in engine.images().await.unwrap() {
            seen.extend(image.tags.iter().filter_map(|tag| own(tag)).map(|tag| (tag, "image".to_owned())));
        }
        seen
    }
}

/// Does `count` random operations on both engines, and fails where their answers or their states differ.
///
/// Answers are compared by outcome and error kind; states by everything that an engine shows but ids, times and
/// addresses.
///
/// # Panics
///
/// Where the engines differ, with the seed and the last operations.
pub async fn random_operations(a: &EngineFixture, b: &EngineFixture, seed: u64, count: usize) {
    let (first, second) = (Side { on: a }, Side { on: b });
    let mut random = StdRng::seed_from_u64(seed);
    let mut done: Vec<String> = Vec::new();
    for number in 0..count {
        let operation = Operation::random(&mut random);
        let kinds = |answer: Result<Option<Outcome>>| -> Result<Option<Outcome>, (ErrorKind, String)> {
            answer.map_err(|error| (error.kind(), error.report()))
        };
        let (here, there) = tokio::join!(first.apply(operation), second.apply(operation));
        let (here, there) = (kinds(here), kinds(there));
        let kind = |answer: &Result<Option<Outcome>, (ErrorKind, String)>| match answer {
            Ok(outcome) => Ok(*outcome),
            // Docker says 500 to a restart whose start fails, whatever the reason; a start names it.
            Err((ErrorKind::NotFound, why))
                if matches!(operation, Operation::Restart(_)) && why.contains("network") =>
            {
                Err(ErrorKind::Invalid)
            }
            Err((kind, _)) => Err(*kind),
        };
        done.push(format!("{operation:?} -> {:?}", kind(&here)));
        let last = || done[done.len().saturating_sub(25)..].join("\n  ");
        assert_eq!(kind(&here), kind(&there), "seed {seed}, step {number}: {here:?} / {there:?} after\n  {}", last());
        tokio::join!(first.settle(operation), second.settle(operation));
        let (here, there) = tokio::join!(first.observe(), second.observe());
        assert_eq!(here, there, "seed {seed}, step {number}, after\n  {}", last());
    }
}
