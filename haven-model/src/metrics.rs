//! What machines use: an agent's report, and the figures that Haven keeps of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ClusterName, NodeName, stats::ContainerStats};

mod wire;

/// What an agent reports to `POST /discovery/nodes/{name}`, in the original Haven's shape.
///
/// The original's Java agent writes `time` with a zone and an `https://` address, its Python script writes local time
/// without a zone, `host:port`, labels and containers. Unknown keys are ignored; what is `null` is not known; a load that
/// is no number (`"NaN"`) neither; numbers of bytes may be written as floats.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// When the agent took it, where that can be told: a time without a zone means nothing on another machine, so it
    /// is dropped and the time of arrival counts. Numbers are milliseconds, or seconds where they are small, since 1970.
    #[serde(default, deserialize_with = "wire::time", skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// The name of the machine. The name in the path counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the engine answers: `host:port`, or a URL. A loopback host is replaced by the agent's own address.
    #[serde(default)]
    pub address: Option<String>,
    /// The engine's labels; none: the agent does not know them, and those that it told before stay.
    #[serde(default, deserialize_with = "wire::texts", skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
    /// What the machine uses.
    #[serde(default, deserialize_with = "wire::null_is_default")]
    pub system: SystemUse,
}

/// What a machine uses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SystemUse {
    /// CPU use of the whole machine in percent, 0 to 100.
    #[serde(default, deserialize_with = "wire::percent")]
    pub cpu_load: Option<f64>,
    /// Memory, in bytes.
    #[serde(default, deserialize_with = "wire::null_is_default")]
    pub memory: MemoryUse,
    /// Disks by mount point.
    #[serde(default, deserialize_with = "wire::objects")]
    pub disks: BTreeMap<String, DiskUse>,
    /// Network interfaces by name.
    #[serde(default, deserialize_with = "wire::objects")]
    pub net: BTreeMap<String, NetUse>,
}

/// Memory of a machine, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemoryUse {
    /// All of it.
    #[serde(default, deserialize_with = "wire::bytes")]
    pub total: u64,
    /// In use.
    #[serde(default, deserialize_with = "wire::bytes")]
    pub used: u64,
    /// What programs can still have.
    #[serde(default, deserialize_with = "wire::bytes")]
    pub available: u64,
}

/// A disk of a machine, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiskUse {
    /// All of it.
    #[serde(default, deserialize_with = "wire::bytes")]
    pub total: u64,
    /// In use.
    #[serde(default, deserialize_with = "wire::bytes")]
    pub used: u64,
}

/// A network interface of a machine, in bytes since it came up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NetUse {
    /// Received.
    #[serde(default, deserialize_with = "wire::bytes")]
    pub bytes_in: u64,
    /// Sent.
    #[serde(default, deserialize_with = "wire::bytes")]
    pub bytes_out: u64,
}

/// What a node uses: of the whole machine as its agent reports, of its containers as Haven samples them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NodeMetrics {
    /// When it was so.
    pub time: Timestamp,
    /// Who says so.
    pub source: MetricsSource,
    /// CPU in percent of the whole machine, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f64>,
    /// Memory in use in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_used: Option<u64>,
    /// Memory of the machine in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_total: Option<u64>,
    /// Disks by mount point.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub disks: BTreeMap<String, DiskUse>,
    /// Network interfaces by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub net: BTreeMap<String, NetUse>,
}

/// Where a node's figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum MetricsSource {
    /// Its agent: the whole machine.
    Agent,
    /// The sum over its containers: a node without an agent.
    Containers,
}

/// A container and what it uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContainerUse {
    /// Its full id.
    pub id: crate::ContainerId,
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// The last sample.
    pub stats: ContainerStats,
}

/// A node and what it uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NodeUse {
    /// Its name.
    pub name: NodeName,
    /// Its cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterName>,
    /// Containers that run, and all of them.
    pub containers: crate::node::Count,
    /// The last figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<NodeMetrics>,
    /// Whether nobody tells what it uses now: its engine is out of contact and no agent reports.
    #[serde(default)]
    pub stale: bool,
}

/// What to put first in a list of what uses most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TopBy {
    /// CPU.
    #[default]
    Cpu,
    /// Memory.
    Memory,
    /// Bytes over the network.
    Network,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_python_scripts_report() {
        let report: Report = serde_json::from_str(
            r#"{"time":"2016-11-16T15:44:24.266000","id":"web-3","name":"web-3","address":"10.0.0.3:2375",
                "labels":{"zone":"a"},"containers":[{"id":"x","name":"y","image":"z","labels":{}}],
                "system":{"cpuLoad":12.5,"memory":{"total":8,"available":5,"used":3},
                "disks":{"/":{"total":10,"used":4}},"net":{"eth0":{"bytesOut":1,"bytesIn":2}}}}"#,
        )
        .unwrap();
        assert_eq!(report.time, None);
        assert_eq!(report.system.net["eth0"].bytes_in, 2);
        assert_eq!(report.labels, Some(BTreeMap::from([("zone".to_owned(), "a".to_owned())])));
    }

    #[test]
    fn takes_the_java_agents_report() {
        for time in [
            "2018-07-06T10:00:00.123+02:00",
            "2018-07-06T08:00:00.123Z",
            "2018-07-06T10:00:00.123+02:00[Europe/Berlin]",
        ] {
            let json = format!(
                r#"{{"time":"{time}","name":"web-3","address":"https://localhost:8771",
                    "system":{{"cpuLoad":null,"memory":{{"total":8,"used":3,"available":5}},"disks":{{}},"net":null}}}}"#
            );
            let report: Report = serde_json::from_str(&json).unwrap();
            assert_eq!(report.time.unwrap().to_string(), "2018-07-06T08:00:00.123Z");
        }
    }

    #[test]
    fn what_an_agent_does_not_know_is_no_error() {
        let report: Report = serde_json::from_str(
            r#"{"time":1530864000123,"name":null,"address":null,"labels":{"zone":"a","rack":null},
                "system":{"cpuLoad":"NaN","memory":{"total":1.5e9,"used":123.0,"available":null},
                "disks":{"/":{"total":10.9,"used":null},"/mnt":null},"net":{"eth0":null}}}"#,
        )
        .unwrap();
        assert_eq!(report.time.unwrap().to_string(), "2018-07-06T08:00:00.123Z");
        assert_eq!(report.labels.unwrap().len(), 1);
        let system = report.system;
        assert_eq!(system.cpu_load, None);
        assert_eq!(system.memory, MemoryUse { total: 1_500_000_000, used: 123, available: 0 });
        assert_eq!(system.disks, BTreeMap::from([("/".to_owned(), DiskUse { total: 10, used: 0 })]));
        assert!(system.net.is_empty());
        let seconds: Report = serde_json::from_str(r#"{"time":1530864000.123,"labels":null,"system":null}"#).unwrap();
        assert_eq!(seconds.time, report.time);
        assert_eq!(serde_json::from_str::<Report>("{}").unwrap(), Report::default());
    }

    #[test]
    fn what_is_no_figure_is_refused() {
        for system in [
            r#"{"cpuLoad":"high"}"#,
            r#"{"cpuLoad":[]}"#,
            r#"{"memory":{"total":-1}}"#,
            r#"{"memory":{"total":-0.5}}"#,
            r#"{"memory":{"total":1e300}}"#,
            r#"{"memory":{"total":"8"}}"#,
            r#"{"disks":{"/":7}}"#,
            r#"{"disks":{"/":[1,2]}}"#,
            r#"{"memory":[]}"#,
            r#"{"net":[]}"#,
        ] {
            assert!(serde_json::from_str::<SystemUse>(system).is_err(), "{system}");
        }
    }

    #[test]
    fn a_time_that_is_none_is_named() {
        let error = serde_json::from_str::<Report>(r#"{"time":"yesterday"}"#).unwrap_err();
        assert!(error.to_string().contains("`time` is no time"), "{error}");
    }
}
