//! How many of a thing each node has, by the thing's name: replicas, containers of an image.

use std::collections::HashMap;

/// Counts by name and node. Those that somebody asks for lie in a row by node; the others as they were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Tallies {
    found: HashMap<Box<str>, Vec<(u32, u32)>>,
    ids: HashMap<Box<str>, usize>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    nodes: Box<[u32]>,
    total: u64,
}

impl Tallies {
    /// Counts one on a node. Before anything is asked for, node by node.
    pub(super) fn note(&mut self, name: &str, node: u32) {
        let counts = match self.found.get_mut(name) {
            Some(counts) => counts,
            None => self.found.entry(name.into()).or_default(),
        };
        match counts.last_mut() {
            Some((last, count)) if *last == node => *count += 1,
            _ => counts.push((node, 1)),
        }
    }

    /// By what number a name is asked for, among so many nodes.
    pub(super) fn id(&mut self, name: &str, nodes: usize) -> usize {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let mut row = Row { nodes: vec![0; nodes].into(), total: 0 };
        for (node, count) in self.found.remove(name).unwrap_or_default() {
            row.nodes[node as usize] += count;
            row.total += u64::from(count);
        }
        self.rows.push(row);
        self.ids.insert(name.into(), self.rows.len() - 1);
        self.rows.len() - 1
    }

    /// Forgets the numbers that were given, and what memory they take.
    pub(super) fn fold(&mut self) {
        for (name, id) in self.ids.drain() {
            let counts = (0..).zip(&self.rows[id].nodes).filter(|(_, count)| **count > 0);
            let counts: Vec<(u32, u32)> = counts.map(|(node, count)| (node, *count)).collect();
            if !counts.is_empty() {
                self.found.insert(name, counts);
            }
        }
        self.rows.clear();
    }

    /// How many a node has.
    pub(super) fn count(&self, id: usize, node: u32) -> u32 {
        self.rows[id].nodes[node as usize]
    }

    /// How many all nodes have.
    pub(super) fn total(&self, id: usize) -> u64 {
        self.rows[id].total
    }

    /// Counts one more on a node.
    pub(super) fn add(&mut self, id: usize, node: u32) {
        self.rows[id].nodes[node as usize] += 1;
        self.rows[id].total += 1;
    }
}
