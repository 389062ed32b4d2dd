//! The engine of the agent's machine: what it is called, and what runs there.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use haven_core::{
    Result,
    clock::Clock,
    engine::docker::{DockerEngine, DockerOptions},
    engine::{Containers as _, System as _},
    model::{Container, ContainerFilter, NodeAddress, node::TlsSpec},
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
    /// What it said of itself, and when.
    known: Option<(Duration, Known)>,
}

/// What an engine says of itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
}

impl LocalEngine {
    pub(crate) fn new(address: NodeAddress, tls: Option<TlsSpec>, patience: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { address, tls, patience, clock, docker: None, known: None }
    }

    /// What it said of itself last, however long ago: an engine that is away is still the one it was.
    pub(crate) fn known(&self) -> Option<&Known> {
        self.known.as_ref().map(|(_, known)| known)
    }

    /// Asks for its containers, and now and then for its name and labels.
    pub(crate) async fn look(&mut self) -> Result<Vec<Container>> {
        let seen = self.ask().await;
        if seen.is_err() {
            // Another engine may answer there when it comes back: a newer one, or one of another name.
            self.docker = None;
        }
        seen.map_err(|error| error.with("engine", &self.address))
    }

    async fn ask(&mut self) -> Result<Vec<Container>> {
        let now = self.clock.elapsed();
        let docker = if let Some(docker) = &self.docker {
            docker.clone()
        } else {
            let options = DockerOptions { request: self.patience, ..DockerOptions::default() };
            self.docker.insert(DockerEngine::at(&self.address, self.tls.as_ref(), options).await?).clone()
        };
        let is_fresh = |asked: &Duration| now.saturating_sub(*asked) < ASK_EVERY;
        if !self.known.as_ref().is_some_and(|(asked, _)| is_fresh(asked)) {
            let info = docker.info().await?;
            self.known = Some((now, Known { name: info.name, labels: info.labels }));
        }
        docker.containers(&ContainerFilter::default()).await
    }
}
