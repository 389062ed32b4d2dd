//! The Docker Engine of this machine, where one answers.

use haven_core::{
    Error, ErrorKind, Haven, Result,
    engine::{
        System as _,
        docker::{DockerEngine, DockerOptions, Environment, local_engine},
    },
    model::{
        EngineInfo, NodeAddress, NodeName,
        node::{NodeSpec, TlsSpec},
    },
};

/// How long it may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// An engine that answers from here, and what it says about itself.
pub(super) struct Found {
    address: NodeAddress,
    tls: Option<TlsSpec>,
    info: EngineInfo,
}

/// The engine that Docker's own client would talk to from here.
pub(super) async fn engine() -> Result<Found> {
    let answer = async {
        let (address, tls) = local_engine(&Environment::of_process())?;
        let engine = DockerEngine::at(&address, tls.as_ref(), DockerOptions::default()).await?;
        let info = engine.info().await?;
        Ok(Found { address, tls, info })
    };
    tokio::time::timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|_| Err(Error::timeout("the local engine did not answer in time")))
}

/// Registers it under the name of the machine. Answers a line for people where it is new.
pub(super) async fn register(haven: &Haven, found: Found) -> Result<Option<String>> {
    let nodes = haven.nodes().list().await?;
    if let Some(known) = nodes.iter().find(|node| node.address.as_ref() == Some(&found.address)) {
        return Ok(Some(format!("manages the Docker Engine of this machine as node `{}`", known.name)));
    }
    let name = NodeName::new(&found.info.name).or_else(|_| NodeName::new("local"))?;
    let spec = NodeSpec {
        name: name.clone(),
        address: found.address,
        cluster: None,
        labels: std::collections::BTreeMap::new(),
        tls: found.tls,
    };
    match haven.nodes().register_with(spec).await {
        Ok(node) => Ok(Some(format!("manages the Docker Engine of this machine as node `{}`", node.name))),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            tracing::info!(node = %name, "a node of this machine's name is registered with another address");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
