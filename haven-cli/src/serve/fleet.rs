//! What there is to manage at the start: this machine's Docker Engine, else something simulated to look at.

use std::collections::BTreeMap;

use haven_core::{
    ErrorKind, Haven,
    model::{NodeAddress, NodeName, node::NodeSpec},
};

use super::{local, simulate};
use crate::{config::Settings, failure::Result};

/// Marks nodes that were simulated for want of real ones, so that they go when there is a real one.
const STAND_IN: &str = "haven.simulated";
/// How many of them.
const STAND_INS: u16 = 3;
/// Told where other masters may share the store and nobody said whether to manage this machine.
const NOT_LOCAL: &str = "the store may be shared, so that the Docker Engine of this machine is not managed unasked: \
                         register it by an address that every master reaches, `haven nodes register NAME \
                         https://HOST:2376 --tls-dir DIR`";

/// Registers what there is. Answers lines for people.
pub(super) async fn gather(haven: &Haven, settings: &Settings) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let is_real = settings.simulate.unwrap_or(0) == 0;
    if settings.manages_local() && is_real {
        match local::engine().await {
            Ok(found) => lines.extend(local::register(haven, found).await?),
            Err(why) => tracing::info!(why = why.report(), "no Docker Engine answers on this machine"),
        }
    }
    let nodes = haven.nodes().list().await?;
    if nodes.iter().any(|node| node.address != Some(NodeAddress::Sim)) {
        let mut removed = Vec::new();
        for node in nodes.iter().filter(|node| node.labels.contains_key(STAND_IN)) {
            haven.nodes().remove(&node.name).await?;
            removed.push(node.name.to_string());
        }
        if !removed.is_empty() {
            lines.push(format!("removed the simulated nodes {}: real ones are registered", removed.join(", ")));
        }
    }
    // Those that are for show have something to show; what users register themselves is theirs.
    let mut for_show = Vec::new();
    if let Some(count) = settings.simulate {
        for at in 1..=count {
            register(haven, &name(at)?, false).await?;
            for_show.push(name(at)?);
        }
    }
    if settings.manage_local.is_none() && settings.shares_store() && is_real {
        lines.push(NOT_LOCAL.to_owned());
    }
    let none_real = haven.nodes().list().await?.iter().all(|node| node.labels.contains_key(STAND_IN));
    if none_real && settings.manages_local() && settings.simulate.is_none() && !settings.shares_store() {
        for at in 1..=STAND_INS {
            register(haven, &name(at)?, true).await?;
            for_show.push(name(at)?);
        }
        lines.push(format!(
            "no Docker Engine answers here: started a simulated fleet of {STAND_INS} nodes; add real ones with `haven nodes register NAME ADDRESS`"
        ));
    }
    for name in for_show {
        let haven = haven.clone();
        // Furnishing takes a moment: it must not keep the server from answering.
        tokio::spawn(async move {
            if let Err(error) = simulate::furnish(&haven, &name).await {
                tracing::warn!(node = %name, error = error.report(), "the simulated node has no containers");
            }
        });
    }
    if haven.nodes().list().await?.iter().any(|node| node.address == Some(NodeAddress::Sim)) {
        lines.push("simulated nodes begin anew at each start: their containers are gone".to_owned());
    }
    Ok(lines)
}

fn name(at: u16) -> haven_core::Result<NodeName> {
    NodeName::new(format!("sim-{at}"))
}

async fn register(haven: &Haven, name: &NodeName, stand_in: bool) -> Result {
    let mut labels = BTreeMap::from([("zone".to_owned(), "here".to_owned())]);
    if stand_in {
        labels.insert(STAND_IN.to_owned(), "stand-in".to_owned());
    }
    let spec = NodeSpec { name: name.clone(), address: NodeAddress::Sim, cluster: None, labels, tls: None };
    match haven.nodes().register_with(spec).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}
