//! A node as placement sees it: what it is, and what it holds.

use std::{collections::BTreeMap, sync::Arc};

use haven_model::{Availability, EngineInfo, NodeName, placement::Constraint};

use crate::node::Reading;

/// A node that may be chosen, as far as it is known.
#[derive(Clone, Debug)]
pub struct NodeView {
    /// Its name.
    pub name: NodeName,
    /// Whether its engine answers.
    pub is_online: bool,
    /// Whether it takes new containers.
    pub availability: Availability,
    /// Its labels: the engine's, its agent's, and those given at registration.
    pub labels: BTreeMap<String, String>,
    /// What its engine says of itself, where that is known.
    pub info: Option<Arc<EngineInfo>>,
    /// The containers that count: on it, or about to be.
    pub containers: Reading,
    /// Names and ids of images that it has, besides those of its containers.
    pub images: Vec<String>,
}

impl NodeView {
    /// A node that is online and holds nothing, of which nothing else is known.
    pub fn new(name: NodeName) -> Self {
        Self {
            name,
            is_online: true,
            availability: Availability::Active,
            labels: BTreeMap::new(),
            info: None,
            containers: Reading::default(),
            images: Vec::new(),
        }
    }

    /// The values that a constraint on `key` is compared with: that of a label, else what the engine says of itself.
    /// The processor goes by two names. What is not known is empty.
    pub(super) fn values(&self, key: &str) -> [&str; 2] {
        let twice = |value| [value; 2];
        if key == NODE {
            return twice(self.name.as_str());
        }
        if let Some(value) = self.labels.get(key) {
            return twice(value);
        }
        let Some(info) = &self.info else { return twice("") };
        match key {
            "operatingsystem" => twice(&info.operating_system),
            "ostype" => twice(&info.os),
            "kernelversion" => twice(&info.kernel),
            "architecture" => [&info.architecture, other_name(&info.architecture)],
            "storagedriver" => twice(&info.storage_driver),
            // Engines have no execution drivers any more: what runs containers took their place.
            "executiondriver" => twice(&info.runtime),
            _ => twice(""),
        }
    }

    /// In words what a constraint was compared with.
    pub(super) fn told(&self, constraint: &Constraint) -> String {
        let key = constraint.key();
        match self.values(key) {
            [value, _] if key == NODE => format!("the node is `{value}`"),
            ["", _] => format!("`{}` has no `{key}`", self.name),
            [value, _] => format!("`{key}` of `{}` is `{}`", self.name, value.escape_debug()),
        }
    }
}

/// The key of the node's own name.
const NODE: &str = "node";

/// Processors as kernels call them, and as images do.
fn other_name(architecture: &str) -> &str {
    const NAMES: [(&str, &str); 4] = [("x86_64", "amd64"), ("aarch64", "arm64"), ("armv7l", "arm"), ("i686", "386")];
    let paired = |(one, other): &(&'static str, &'static str)| match architecture {
        name if name == *one => Some(*other),
        name if name == *other => Some(*one),
        _ => None,
    };
    NAMES.iter().find_map(paired).unwrap_or(architecture)
}
