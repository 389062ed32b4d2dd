//! A registration as it is stored.

use std::collections::BTreeMap;

use haven_model::{Availability, ClusterName, NodeAddress, node::TlsSpec};
use serde::{Deserialize, Serialize};

use crate::store::Record;

/// A registered node. Sealed, for the key of its client certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NodeRecord {
    /// Where its engine answers; none: not said yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<NodeAddress>,
    /// The cluster it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cluster: Option<ClusterName>,
    /// Labels given at registration.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) labels: BTreeMap<String, String>,
    /// Labels that its agent said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) reported: BTreeMap<String, String>,
    /// Whether it takes new containers.
    #[serde(default)]
    pub(crate) availability: Availability,
    /// What to trust and to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<TlsSpec>,
}

impl Record for NodeRecord {
    const KIND: &'static str = "node";
    const VERSION: u32 = 1;
    const SEALED: bool = true;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_of_before_takes_new_containers() {
        let record: NodeRecord = serde_json::from_str(r#"{"cluster":"web"}"#).unwrap();
        assert_eq!(record.availability, Availability::Active);
        let drained = NodeRecord { availability: Availability::Drain, ..record };
        let json = serde_json::to_value(&drained).unwrap();
        assert_eq!(json["availability"], "drain");
        assert_eq!(serde_json::from_value::<NodeRecord>(json).unwrap(), drained);
    }
}
