//! Parking: an old container is stopped, kept from starting by itself, and renamed, never removed; and the way back.
//!
//! Each of the two looks before it acts, so either may be done again from its beginning, by whoever comes next.
//!
//! A parked container stays connected to its networks: stopped, it holds no address and no name there, and the engine
//! keeps what was configured better than anybody who would connect it anew.

use std::time::Duration;

use haven_model::{
    Container, ContainerDetail, ContainerFilter, ContainerId, ContainerSpec, ContainerState, Error, RestartPolicy,
};

use super::{
    record::Inverse,
    site::{Done, Halt, Site},
};
use crate::clock::Clock;

/// How long a container that removes itself may take to be gone.
const GONE: Duration = Duration::from_secs(30);

impl Inverse {
    /// What is seen of a container that is to be parked under a name.
    pub(super) fn of(site: &Site<'_>, seen: &ContainerDetail, parked_as: haven_model::ContainerName) -> Done<Self> {
        Ok(Self {
            node: site.node.clone(),
            id: seen.id.clone(),
            name: haven_model::ContainerName::new(&seen.name)?,
            parked_as,
            spec: seen.spec_with_volumes(),
            running: seen.state.is_running(),
            paused: seen.state == haven_model::ContainerState::Paused,
            removes_itself: seen.spec.auto_remove,
        })
    }
}

/// Puts a container away. Answers whether it is there still: one that removes itself is gone.
pub(super) async fn park(site: &Site<'_>, clock: &dyn Clock, old: &Inverse) -> Done<bool> {
    let Some(seen) = site.look(&old.id).await? else { return Ok(false) };
    if seen.spec.restart != RestartPolicy::No {
        site.set_restart(&old.id, RestartPolicy::No).await?;
    }
    if seen.state.is_running() {
        site.stop(&old.id).await?;
    }
    if old.removes_itself {
        let begun = clock.elapsed();
        while site.look(&old.id).await?.is_some() {
            if clock.elapsed().saturating_sub(begun) > GONE {
                return Err(Error::timeout(format!("`{}` was stopped, and does not remove itself", old.name)).into());
            }
            clock.sleep(Duration::from_millis(100)).await;
        }
        return Ok(false);
    }
    if seen.name != old.parked_as.as_str() {
        site.rename(&old.id, &old.parked_as).await?;
    }
    Ok(true)
}

/// Brings a container back as it was, under its own name. Answers its id: another one where it had removed itself.
///
/// `Conflict` says which other container has its name, its address or its port by now.
pub(super) async fn unpark(site: &Site<'_>, old: &Inverse) -> Done<ContainerId> {
    let id = match site.look(&old.id).await? {
        Some(seen) => {
            if seen.name != old.name.as_str() {
                if let Some(other) = site.look_for(&old.name).await? {
                    return Err(taken(format!("the name `{}` is now that of {}", old.name, other.id.short())));
                }
                site.rename(&old.id, &old.name).await?;
            }
            if seen.spec.restart != old.spec.restart {
                site.set_restart(&old.id, old.spec.restart).await?;
            }
            old.id.clone()
        }
        // Made anew where it removed itself; one that was made so before is known by its specification.
        None => match site.look_for(&old.name).await? {
            Some(seen) if seen.spec_with_volumes() == old.spec => seen.id,
            Some(other) => return Err(taken(format!("the name `{}` is now that of {}", old.name, other.id.short()))),
            None => {
                site.fetch(&old.spec.image).await?;
                site.create(&old.name, &old.spec).await?
            }
        },
    };
    if old.running {
        let state = site.look(&id).await?.map(|seen| seen.state);
        if !state.is_some_and(ContainerState::is_running) {
            set_running(site, &id, &old.spec).await?;
        }
        if old.paused && state != Some(ContainerState::Paused) {
            site.pause(&id).await?;
        }
    }
    Ok(id)
}

fn taken(what: String) -> Halt {
    Halt::Failed(Error::conflict(what))
}

/// Starts a container. `Conflict` says which other container has its address or its port.
pub(super) async fn set_running(site: &Site<'_>, id: &ContainerId, spec: &ContainerSpec) -> Done {
    match site.start(id).await {
        Err(Halt::Failed(error)) => Err(why(site, id, spec, error).await),
        done => done.map(drop),
    }
}

/// Says who has the address or the port of a container that cannot be started.
async fn why(site: &Site<'_>, id: &ContainerId, spec: &ContainerSpec, error: Error) -> Halt {
    let Ok(others) = site.engine.containers(&ContainerFilter::default()).await else { return Halt::Failed(error) };
    let others = || others.iter().filter(|other| other.id != *id && other.is_running());
    for connection in &spec.networks {
        let Some(address) = connection.ipv4_address.map(|address| address.to_string()) else { continue };
        let has = |other: &&Container| other.networks.get(connection.network.as_str()) == Some(&address);
        if let Some(other) = others().find(has) {
            let network = &connection.network;
            let what = format!("address {address} of network `{network}` is now that of `{}`", other.name);
            return Halt::Failed(Error::conflict(what).with("node", site.node).caused_by(error));
        }
    }
    for port in spec.ports.iter().filter(|port| port.host.is_some()) {
        let has = |other: &&Container| {
            other.ports.iter().any(|held| held.host == port.host && held.protocol == port.protocol)
        };
        if let (Some(other), Some(host)) = (others().find(has), port.host) {
            let what = format!("port {host} of the host is now that of `{}`", other.name);
            return Halt::Failed(Error::conflict(what).with("node", site.node).caused_by(error));
        }
    }
    Halt::Failed(error)
}
