//! Something to look at on a simulated node: containers with images, logs and health.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind, Haven, Result,
    model::{
        ContainerName, ContainerSpec, ImageRef, NodeName, Port,
        spec::{HealthCheck, RestartPolicy},
    },
};

/// One container to make.
struct Piece {
    name: &'static str,
    image: &'static str,
    command: &'static str,
    port: Option<u16>,
    healthy: Option<bool>,
}

/// A small shop: what runs, what is ill, what has ended.
const PIECES: [Piece; 4] = [
    Piece {
        name: "web",
        image: "nginx:1.27",
        command: "while true; do echo 'GET / 200'; sleep 5; done",
        port: Some(80),
        healthy: Some(true),
    },
    Piece {
        name: "db",
        image: "postgres:16",
        command: "echo 'ready to accept connections'; sleep 1000000",
        port: Some(5432),
        healthy: Some(true),
    },
    Piece {
        name: "worker",
        image: "busybox:1.36",
        command: "while true; do echo 'job done'; sleep 7; done",
        port: None,
        healthy: None,
    },
    Piece {
        name: "migrate",
        image: "busybox:1.36",
        command: "echo 'schema is up to date'; exit 0",
        port: None,
        healthy: None,
    },
];

/// Makes the pieces that are not there yet, and starts them.
pub(super) async fn furnish(haven: &Haven, node: &NodeName) -> Result<()> {
    haven.nodes().wait_online(node).await?;
    for piece in &PIECES {
        let image = ImageRef::new(piece.image)?;
        let mut steps = haven.images().pull(node, &image).await?;
        while let Some(step) = steps.next().await {
            step?;
        }
        let spec = ContainerSpec {
            command: vec!["sh".into(), "-c".into(), piece.command.into()],
            labels: BTreeMap::from([("app".to_owned(), "shop".to_owned()), ("tier".to_owned(), piece.name.to_owned())]),
            ports: piece
                .port
                .map(|container| Port {
                    container,
                    host: None,
                    address: None,
                    protocol: haven_core::model::spec::Protocol::Tcp,
                })
                .into_iter()
                .collect(),
            restart: if piece.name == "migrate" { RestartPolicy::No } else { RestartPolicy::UnlessStopped },
            health: piece.healthy.map(|healthy| HealthCheck {
                command: vec!["sh".into(), "-c".into(), if healthy { "exit 0" } else { "exit 1" }.into()],
                interval: Some(10),
                timeout: None,
                retries: None,
                start_period: None,
                start_interval: None,
            }),
            ..ContainerSpec::new(image)
        };
        match haven.containers().create(node, Some(ContainerName::new(piece.name)?), spec).await {
            Ok(id) => drop(haven.containers().start(node, &(&id).into()).await?),
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
