//! Containers: listed and found over the fleet, and worked with where they are.

use std::{sync::Arc, time::SystemTime};

use futures_util::StreamExt as _;
use haven_core::{
    Error,
    door::ops::containers::ContainerLogs,
    model::{self, ClusterName, ContainerName, ContainerRef, NodeName},
};
use jiff::Timestamp;

use crate::{
    ContainerListing, ContainerSpec, FoundContainer, Result, Subscription, mirror::mirror, settled::settled,
    subscription::Subscriptions,
};

/// The most of a log that is read at once, in bytes.
const MAX_LOG: usize = 16 * 1024 * 1024;

/// The containers of the fleet. `container` is an id, the beginning of an id, or a name.
#[derive(uniffi::Object)]
pub struct Containers(pub(crate) haven_core::Haven, pub(crate) Subscriptions);

#[uniffi::export(async_runtime = "tokio")]
impl Containers {
    /// All containers of the fleet, from the live inventory.
    pub async fn list(&self) -> Result<ContainerListing> {
        settled(async move { Ok(self.0.containers().list().await?.into()) }).await
    }

    /// The containers of a cluster.
    pub async fn list_in(&self, cluster: String) -> Result<ContainerListing> {
        settled(async move { Ok(self.0.containers().list_in(&ClusterName::new(cluster)?).await?.into()) }).await
    }

    /// The one container of the fleet that goes by this. `NotFound` when there is none; `Conflict` names the candidates when
    /// there are several.
    pub async fn find(&self, container: String) -> Result<FoundContainer> {
        settled(async move { Ok(self.0.containers().find(&ContainerRef::new(container)?).await?.into()) }).await
    }

    /// Creates a container without starting it; answers its id. Without a name the engine makes one up.
    #[uniffi::method(default(name = None))]
    pub async fn create(&self, node: String, spec: ContainerSpec, name: Option<String>) -> Result<String> {
        // A specification is large, and passes many hands.
        let create = async move {
            let name = name.map(ContainerName::new).transpose()?;
            Ok(self.0.containers().create(&NodeName::new(node)?, name, spec.try_into()?).await?.to_string())
        };
        settled(Box::pin(create)).await
    }

    /// Creates a container and starts it; answers its id.
    pub async fn run(&self, node: String, name: String, spec: ContainerSpec) -> Result<String> {
        let run = async move {
            Ok(self.0.containers().run(&NodeName::new(node)?, &name, spec.try_into()?).await?.to_string())
        };
        settled(Box::pin(run)).await
    }

    /// Starts a container.
    pub async fn start(&self, node: String, container: String) -> Result<Outcome> {
        settled(async move {
            Ok(self.0.containers().start(&NodeName::new(node)?, &ContainerRef::new(container)?).await?.into())
        })
        .await
    }

    /// Stops a container: asks its program to end, and kills it when it does not in time.
    pub async fn stop(&self, node: String, container: String) -> Result<Outcome> {
        settled(async move {
            Ok(self.0.containers().stop(&NodeName::new(node)?, &ContainerRef::new(container)?).await?.into())
        })
        .await
    }

    /// Stops a container if it runs, and starts it.
    pub async fn restart(&self, node: String, container: String) -> Result<Outcome> {
        settled(async move {
            Ok(self.0.containers().restart(&NodeName::new(node)?, &ContainerRef::new(container)?).await?.into())
        })
        .await
    }

    /// Removes a container, also when it runs.
    pub async fn remove(&self, node: String, container: String) -> Result<Outcome> {
        settled(async move {
            Ok(self.0.containers().remove(&NodeName::new(node)?, &ContainerRef::new(container)?).await?.into())
        })
        .await
    }

    /// What a container wrote so far. `Invalid` when that is more than 16 MiB: then ask for its end, or follow it.
    #[uniffi::method(default(options = None))]
    pub async fn logs(&self, node: String, container: String, options: Option<LogOptions>) -> Result<Vec<Output>> {
        settled(async move {
            let mut pieces = self.0.containers().logs(logs(&node, &container, options)?).await?;
            let (mut read, mut size) = (Vec::new(), 0);
            while let Some(piece) = pieces.next().await.transpose()? {
                size += piece.bytes.len();
                if size > MAX_LOG {
                    let why = "the log is longer than 16 MiB: ask for its end with `tail`, or follow it";
                    return Err(Error::invalid(why).with("node", node).with("container", container).into());
                }
                read.push(piece.into());
            }
            Ok(read)
        })
        .await
    }

    /// Tells `listener` what a container wrote, and what it writes from now on, until it stops.
    #[uniffi::method(default(options = None))]
    pub async fn follow_logs(
        &self,
        node: String,
        container: String,
        listener: Arc<dyn OutputListener>,
        options: Option<LogOptions>,
    ) -> Result<Arc<Subscription>> {
        settled(async move {
            let logs = ContainerLogs { follow: true, ..logs(&node, &container, options)? };
            let pieces = self.0.containers().logs(logs).await?;
            self.1.begin(pieces, move |piece| listener.on_output(piece.into()))
        })
        .await
    }
}

fn logs(node: &str, container: &str, options: Option<LogOptions>) -> Result<ContainerLogs> {
    let all = ContainerLogs::of(&NodeName::new(node)?, &ContainerRef::new(container)?);
    let Some(options) = options else { return Ok(all) };
    Ok(ContainerLogs {
        tail: options.tail,
        since: options.since.map(timestamp).transpose()?,
        until: options.until.map(timestamp).transpose()?,
        timestamps: options.timestamps,
        stdout: options.stdout,
        stderr: options.stderr,
        ..all
    })
}

fn timestamp(time: SystemTime) -> Result<Timestamp> {
    Ok(Timestamp::try_from(time).map_err(|error| Error::invalid(format!("the time cannot be used: {error}")))?)
}

/// Told what a container writes. Called as listeners of events are.
#[uniffi::export(with_foreign)]
pub trait OutputListener: Send + Sync {
    /// The next piece.
    fn on_output(&self, output: Output) -> Result<()>;
}

/// A piece of a program's output.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Output {
    /// Where it was written. A program with a terminal writes everything to standard output.
    pub channel: Channel,
    /// What was written: any bytes, cut anywhere.
    pub bytes: Vec<u8>,
}

impl From<model::Output> for Output {
    fn from(output: model::Output) -> Self {
        Self { channel: output.channel.into(), bytes: output.bytes.into() }
    }
}

/// Which part of a container's log to read.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LogOptions {
    /// Only so many lines from the end; none: all.
    #[uniffi(default = None)]
    pub tail: Option<u32>,
    /// Only what was written since then.
    #[uniffi(default = None)]
    pub since: Option<SystemTime>,
    /// Only what was written until then.
    #[uniffi(default = None)]
    pub until: Option<SystemTime>,
    /// Begin each line with its time.
    #[uniffi(default = false)]
    pub timestamps: bool,
    /// Standard output.
    #[uniffi(default = true)]
    pub stdout: bool,
    /// Standard error.
    #[uniffi(default = true)]
    pub stderr: bool,
}

mirror! {
    /// Where a program writes.
    Channel, from model::Channel {
        /// Standard output.
        Stdout,
        /// Standard error.
        Stderr,
    }
}

mirror! {
    /// Whether an acting call changed something.
    Outcome, from model::Outcome {
        /// It did.
        Done,
        /// It was so already.
        AlreadySo,
    }
}
