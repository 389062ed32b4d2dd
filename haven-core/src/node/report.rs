//! What agents report: contact, figures and labels, and a registration where the node is new.
//!
//! A report costs no write unless it says something new about the registration.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use haven_model::{
    Availability, Error, ErrorKind, NodeAddress, NodeMetrics, NodeName, Report, Result, metrics::MetricsSource,
};

use super::{
    record::NodeRecord,
    registry::check_labels,
    sample::{self, keep_largest},
    service::NodeService,
    state::NodeState,
};

/// The shortest and the longest time after which an agent counts as silent.
const MIN_SILENCE: Duration = Duration::from_secs(3);
const MAX_SILENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many disks, and how many interfaces, are kept of a report.
const SHOWN: usize = 64;
/// How many nodes there may be for one more to register itself: without a secret anybody may send reports.
const MAX_REPORTED: usize = 10_000;

impl NodeService {
    /// Takes a report. The name given counts, not the one in the report. A loopback host in its address is replaced by
    /// `from`; a socket of another machine leads nowhere from here, and counts as no address. An address that is known
    /// already stays. `Invalid` names the field that cannot be.
    pub async fn report(&self, node: &NodeName, report: Report, from: Option<IpAddr>, ttl: Option<u32>) -> Result<()> {
        if let Some(labels) = &report.labels {
            check_labels(labels)?;
        }
        check_figures(&report)?;
        let address = reachable(report.address.as_deref(), from)?;
        let state = self.registered(node, &report, address).await?;
        self.heard(&state, ttl);
        let metrics = figures(report, self.shared.clock.now());
        sample::take_node(&self.shared, &state, metrics);
        Ok(())
    }

    /// The node, registered or brought up to date if need be.
    async fn registered(
        &self,
        node: &NodeName,
        report: &Report,
        address: Option<NodeAddress>,
    ) -> Result<std::sync::Arc<NodeState>> {
        let Ok(state) = self.state(node) else {
            if self.states().len() >= MAX_REPORTED {
                return Err(Error::new(
                    ErrorKind::Busy,
                    format!("there are {MAX_REPORTED} nodes: no further one registers itself by its report"),
                ));
            }
            let record = NodeRecord {
                address,
                cluster: None,
                labels: BTreeMap::new(),
                reported: report.labels.clone().unwrap_or_default(),
                availability: Availability::Active,
                tls: None,
            };
            match self.insert(node, record, Vec::new()).await {
                // Another master, or another report, registered it this moment.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && self.state(node).is_ok() => {}
                done => done?,
            }
            return self.state(node);
        };
        let known = state.record.load_full();
        let new_labels = report.labels.as_ref().filter(|labels| **labels != known.value.reported);
        let new_address = known.value.address.is_none() && address.is_some();
        if new_labels.is_some() || new_address {
            self.change(node, None, |record| {
                let mut record = record.clone();
                if let Some(labels) = new_labels {
                    record.reported.clone_from(labels);
                }
                if record.address.is_none() {
                    record.address.clone_from(&address);
                }
                Ok((record, Vec::new()))
            })
            .await?;
        }
        Ok(state)
    }

    fn heard(&self, state: &NodeState, ttl: Option<u32>) {
        // The original's agents say a ttl of two intervals; silence is three.
        let silent_after = match ttl {
            Some(ttl) => Duration::from_secs(u64::from(ttl)).mul_f64(1.5).clamp(MIN_SILENCE, MAX_SILENCE),
            None => self.shared.settings.agent_interval * 3,
        };
        let was_silent = {
            let mut agent = state.agent();
            agent.last_seen = Some(self.shared.clock.now());
            agent.heard = Some(self.shared.clock.elapsed());
            agent.silent_after = silent_after;
            std::mem::replace(&mut agent.told_silent, false)
        };
        if was_silent {
            self.tell(
                &state.name,
                state.record.load().value.cluster.clone(),
                "agent_reporting",
                "its agent reports again",
            );
        }
    }
}

/// Where the engine answers, seen from here; none where the report does not say, or says what holds on its machine only.
fn reachable(address: Option<&str>, from: Option<IpAddr>) -> Result<Option<NodeAddress>> {
    let Some(text) = address.filter(|text| !text.is_empty()) else { return Ok(None) };
    let address = text.parse::<NodeAddress>().map_err(|error| Error::invalid(format!("`address`: {error}")))?;
    Ok(match (address, from) {
        (NodeAddress::Sim, Some(_)) => return Err(Error::invalid("`address`: a simulated engine has no agent")),
        // The figures are good all the same.
        (NodeAddress::Unix(_), Some(from)) if !from.is_loopback() => None,
        (address, Some(from)) if address.is_loopback() => Some(address.on_host(from)),
        (address, _) => Some(address),
    })
}

fn check_figures(report: &Report) -> Result<()> {
    const MANY: usize = 1024;
    const LONG: usize = 256;
    let cpu = report.system.cpu_load.unwrap_or_default();
    if !cpu.is_finite() || !(0.0..=100_000.0).contains(&cpu) {
        return Err(Error::invalid(format!("`system.cpuLoad` is a percentage, not {cpu}")));
    }
    if report.system.disks.len() > MANY || report.system.net.len() > MANY {
        return Err(Error::invalid(format!("`system` names more than {MANY} disks or interfaces")));
    }
    if report.system.disks.keys().chain(report.system.net.keys()).any(|name| name.len() > LONG) {
        return Err(Error::invalid(format!("`system` names a disk or an interface in more than {LONG} bytes")));
    }
    Ok(())
}

fn figures(report: Report, now: jiff::Timestamp) -> NodeMetrics {
    let system = report.system;
    // Zeros are what the original's script says without its optional library: nothing is known.
    let memory = Some(system.memory).filter(|memory| memory.total > 0);
    let mut metrics = NodeMetrics {
        time: now,
        source: MetricsSource::Agent,
        cpu_percent: system.cpu_load,
        memory_used: memory.map(|memory| memory.used),
        memory_total: memory.map(|memory| memory.total),
        disks: system.disks,
        net: system.net,
    };
    // A machine with a thousand containers has as many interfaces.
    keep_largest(&mut metrics.disks, SHOWN, |disk| disk.total);
    keep_largest(&mut metrics.net, SHOWN, |net| net.bytes_in.saturating_add(net.bytes_out));
    metrics
}
