//! What uses most, over the machines of a scope.

use std::cmp::Ordering;

use haven_model::{
    At, ContainerRef, Listing, Missing, NodeMetrics, Result,
    metrics::{ContainerUse, NodeUse, TopBy},
    stats::ContainerStats,
};

use super::{ClusterService, Scope};

impl ClusterService {
    /// The nodes that use most, first those that use more; those of which nobody tells now, or nothing is known, come last.
    pub fn top_nodes(&self, scope: &Scope, by: TopBy, limit: Option<u32>) -> Result<Vec<NodeUse>> {
        let mut nodes: Vec<NodeUse> = Vec::new();
        for state in self.nodes_of(scope)? {
            let node = state.show(&*self.clock);
            nodes.push(NodeUse {
                name: node.name,
                cluster: node.cluster,
                containers: node.containers,
                metrics: node.metrics,
                stale: !node.engine.connected && !node.agent.reporting,
            });
        }
        nodes.sort_by(|a, b| {
            a.stale
                .cmp(&b.stale)
                .then_with(|| descending(of_node(a.metrics.as_ref(), by), of_node(b.metrics.as_ref(), by)))
                .then_with(|| a.name.cmp(&b.name))
        });
        nodes.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
        Ok(nodes)
    }

    /// The running containers that use most, first those that use more, each as last sampled. Of a node out of contact
    /// nothing is known now: it is among the missing.
    pub fn top_containers(&self, scope: &Scope, by: TopBy, limit: Option<u32>) -> Result<Listing<ContainerUse>> {
        let (mut items, mut missing) = (Vec::new(), Vec::new());
        let mut as_of = self.clock.now();
        for state in self.nodes_of(scope)? {
            let reading = state.inventory.read();
            if let Err(error) = state.engine() {
                missing.push(Missing::new(state.name.clone(), &error));
                continue;
            }
            let figures = state.figures();
            for container in reading.containers().iter().filter(|container| container.is_running()) {
                let id = container.id();
                let Some(stats) = figures.containers.get(&id).and_then(|samples| samples.back()) else {
                    continue;
                };
                as_of = as_of.min(stats.read);
                let item = ContainerUse {
                    id,
                    name: container.name().to_owned(),
                    image: container.image().to_owned(),
                    stats: stats.clone(),
                };
                items.push(At { node: state.name.clone(), item });
            }
        }
        items.sort_by(|a, b| {
            descending(of_container(&a.item.stats, by), of_container(&b.item.stats, by))
                .then_with(|| (&a.node, &a.item.name).cmp(&(&b.node, &b.item.name)))
        });
        items.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
        Ok(Listing { items, stale: !missing.is_empty(), missing, as_of, next: None })
    }

    /// What one container used, oldest first: the last 60 samples, while it runs.
    pub fn container_history(&self, scope: &Scope, container: &ContainerRef) -> Result<Vec<ContainerStats>> {
        let found = self.find(scope, container)?;
        let state = self.nodes.state(&found.node)?;
        let figures = state.figures();
        Ok(figures.containers.get(&found.item.id).into_iter().flatten().cloned().collect())
    }
}

fn descending(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn of_node(metrics: Option<&NodeMetrics>, by: TopBy) -> Option<f64> {
    let metrics = metrics?;
    match by {
        TopBy::Cpu => metrics.cpu_percent,
        TopBy::Memory => metrics.memory_used.map(|used| used as f64),
        TopBy::Network => Some(metrics.net.values().map(|net| net.bytes_in as f64 + net.bytes_out as f64).sum()),
    }
}

fn of_container(stats: &ContainerStats, by: TopBy) -> Option<f64> {
    match by {
        TopBy::Cpu => stats.cpu_percent,
        TopBy::Memory => Some(stats.memory as f64),
        TopBy::Network => Some(stats.network_rx as f64 + stats.network_tx as f64),
    }
}
