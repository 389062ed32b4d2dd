//! The engine of the agent's machine: what it is called, and what runs there.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use haven_core::{
    Result,
    clock::Clock,
    engine::System as _,
    engine::docker::{DockerEngine, DockerOptions},
    model::{ContainerBrief, NodeAddress, node::TlsSpec},
};

/// How often the engine is asked for its name and labels.
const ASK_EVERY: Duration = Duration::from_secs(600);

/// An engine that may go away and come back, and what it said last.
#[derive(Debug)]
pub(crate) struct LocalEngine {
    address: NodeAddress,
    tls: Option<TlsSpec>,
    /// How long it may take to answer.
    patience: Duration,
    clock: Arc<dyn Clock>,
    /// The connection; none: it is to be made anew.
    docker: Option<DockerEngine>,
    /// What it said of itself.
    known: Option<Known>,
    /// When it said so; none: it is to be asked again.
    asked: Option<Duration>,
}

/// What an engine says of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
}

impl LocalEngine {
    pub(crate) fn new(address: NodeAddress, tls: Option<TlsSpec>, patience: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { address, tls, patience, clock, docker: None, known: None, asked: None }
    }

    /// What it said of itself last, however long ago: an engine that is away is still the one it was.
    pub(crate) fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// Asks for its containers, and now and then for its name and labels.
    pub(crate) async fn look(&mut self) -> Result<Vec<ContainerBrief>> {
        let seen = self.ask().await;
        if seen.is_err() {
            // Another engine may answer there when it comes back: a newer one, or one of another name or other labels.
            (self.docker, self.asked) = (None, None);
        }
        seen.map_err(|error| error.with("engine", &self.address))
    }

    async fn ask(&mut self) -> Result<Vec<ContainerBrief>> {
        let now = self.clock.elapsed();
        let docker = if let Some(docker) = &self.docker {
            docker.clone()
        } else {
            let options = DockerOptions { request: self.patience, ..DockerOptions::default() };
            self.docker.insert(DockerEngine::at(&self.address, self.tls.as_ref(), options).await?).clone()
        };
        if self.asked.is_none_or(|asked| now.saturating_sub(asked) >= ASK_EVERY) {
            let info = docker.info().await?;
            self.known = Some(Known { name: info.name, labels: info.labels });
            self.asked = Some(now);
        }
        docker.brief().await
    }
}
