//! Lists over the machines of a scope: what they hold, and what is missing as data.
//!
//! A machine that does not answer costs its own part of the list, never that of the others.

use std::{collections::HashSet, fmt, future::Future, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use haven_model::{
    At, Container, ContainerFilter, ContainerRef, Error, ErrorKind, Found, Image, Listing, Network, NodeName, Result,
    Volume, cluster::Missing, container::Facts as _,
};
use jiff::Timestamp;

use super::{ClusterService, Scope, Window, status::restated};
use crate::{
    engine::Engine,
    node::{NodeState, Summary},
};

/// How many machines are asked at the same time, and how long one may take.
const AT_ONCE: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);

impl ClusterService {
    /// The containers of a scope that meet `filter`, ordered by node, name and id: from the inventory, or `fresh` from
    /// the engines, with one request a node.
    pub async fn containers(
        &self,
        scope: &Scope,
        filter: &ContainerFilter,
        fresh: bool,
        window: &Window,
    ) -> Result<Listing<Container>> {
        if fresh {
            let ask = |engine: Arc<dyn Engine>| {
                let filter = filter.clone();
                async move { engine.containers(&filter).await }
            };
            return self.gather(scope, window, ask).await;
        }
        let Listing { items, missing, as_of, stale, next } = self.select(scope, filter, window)?;
        let now = self.clock.now();
        let lost: HashSet<&NodeName> = missing.iter().map(|missing| &missing.node).collect();
        let items = items.into_iter().map(|At { node, item }| {
            let is_known = !lost.contains(&node);
            At { node, item: shown(&item, is_known, now) }
        });
        Ok(Listing { items: items.collect(), missing, as_of, stale, next })
    }

    /// The same of the inventory, as it has them: for who asks little of each, and works with many. What `filter` chooses by
    /// image or label is found without looking at the rest.
    pub fn select(&self, scope: &Scope, filter: &ContainerFilter, window: &Window) -> Result<Listing<Summary>> {
        let (limit, after) = (window.size()?, window.after()?);
        let mut listing =
            Listing { items: Vec::new(), missing: Vec::new(), as_of: self.clock.now(), stale: false, next: None };
        for state in self.nodes_of(scope)? {
            let reading = state.inventory.read();
            listing.stale |= reading.stale;
            listing.as_of = reading.as_of.map_or(listing.as_of, |part| part.min(listing.as_of));
            listing.missing.extend(state.engine().err().map(|error| Missing {
                node: state.name.clone(),
                error: error.to_wire(),
                as_of: reading.as_of,
            }));
            // Of nodes that are not on the page it is only said whether they are there.
            if listing.next.is_some() || after.is_some_and(|after| state.name.as_str() < after.node) {
                continue;
            }
            let begin = after.filter(|after| state.name.as_str() == after.node);
            let is_before = |known: &&Summary| {
                begin.is_some_and(|after| {
                    known.name() < after.name || known.name() == after.name && known.id().as_str() <= after.id
                })
            };
            for known in reading.select(filter).skip_while(is_before) {
                if listing.items.len() == limit {
                    listing.next = listing.items.last().map(|At { node, item }: &At<Summary>| {
                        Place { node: node.as_str(), id: item.id().as_str(), name: item.name() }.to_string()
                    });
                    break;
                }
                listing.items.push(At { node: state.name.clone(), item: known.clone() });
            }
        }
        Ok(listing)
    }

    /// Asks every engine of a scope the same, at most 64 at a time: one call a node. Ordered by node, name and id.
    pub async fn gather<T, F>(
        &self,
        scope: &Scope,
        window: &Window,
        ask: impl Fn(Arc<dyn Engine>) -> F + Send + Sync,
    ) -> Result<Listing<T>>
    where
        T: Listed + Send,
        F: Future<Output = Result<Vec<T>>> + Send,
    {
        let as_of = self.clock.now();
        let states = self.nodes_of(scope)?;
        let answers: Vec<(Arc<NodeState>, Result<Vec<T>>)> = stream::iter(states)
            .map(|state| {
                let asked = state.engine().map(&ask);
                async move {
                    let answer = match asked {
                        Ok(answer) => tokio::time::timeout(PATIENCE, answer)
                            .await
                            .unwrap_or_else(|_| Err(Error::timeout(format!("no answer within {PATIENCE:?}")))),
                        Err(error) => Err(error),
                    };
                    (state, answer)
                }
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut listing = Listing { items: Vec::new(), missing: Vec::new(), as_of, stale: false, next: None };
        for (state, answer) in answers {
            match answer {
                Ok(items) => listing.items.extend(items.into_iter().map(|item| At { node: state.name.clone(), item })),
                Err(error) => {
                    listing.stale = true;
                    listing.missing.push(Missing::new(state.name.clone(), &error));
                }
            }
        }
        order(&mut listing);
        cut(&mut listing, window)?;
        Ok(listing)
    }

    /// The one container that a reference means: by id or name first, by the beginning of an id else.
    pub fn find(&self, scope: &Scope, container: &ContainerRef) -> Result<Found<Container>> {
        let mut exact = Vec::new();
        let mut begins = Vec::new();
        let mut missing = Vec::new();
        let now = self.clock.now();
        for state in self.nodes_of(scope)? {
            let is_known = state.engine().is_ok();
            if !is_known {
                missing.push(state.name.to_string());
            }
            let reading = state.inventory.read();
            for known in reading.containers() {
                let found = || Found {
                    node: state.name.clone(),
                    as_of: reading.as_of,
                    stale: reading.stale,
                    item: shown(known, is_known, now),
                };
                if known.name() == container.as_str() {
                    exact.push(found());
                } else if known.has_id(container.as_str()) {
                    // A whole id leaves no doubt.
                    if container.as_str().len() == 64 { exact.push(found()) } else { begins.push(found()) }
                }
            }
        }
        let mut found = if exact.is_empty() { begins } else { exact };
        match (found.pop(), found.as_slice()) {
            (Some(only), []) => Ok(only),
            (Some(last), others) => {
                let mut names: Vec<String> = others
                    .iter()
                    .chain([&last])
                    .take(8)
                    .map(|at| format!("`{}` on `{}`", at.item.id.short(), at.node))
                    .collect();
                names.sort();
                Err(Error::new(
                    ErrorKind::Conflict,
                    format!("`{container}` may be any of {}: say which node", names.join(", ")),
                ))
            }
            (None, _) if missing.is_empty() => Err(Error::not_found("container", container)),
            (None, _) => Err(Error::not_found("container", container).with("no contact with", missing.join(", "))),
        }
    }
}

/// A container as it is shown `now`: how long it runs goes on while its engine `is_known` to be there.
fn shown(known: &Summary, is_known: bool, now: Timestamp) -> Container {
    let told = known.told().filter(|_| is_known);
    let later = told.and_then(|told| u64::try_from(now.duration_since(told).as_secs()).ok()).unwrap_or_default();
    Container { status: restated(known.status(), later), ..known.container() }
}

/// What stands in a list over machines.
pub trait Listed {
    /// Its name and its id on its machine, either of which may be empty.
    fn place(&self) -> (&str, &str);
}

impl Listed for Container {
    fn place(&self) -> (&str, &str) {
        (&self.name, self.id.as_str())
    }
}

impl Listed for Image {
    fn place(&self) -> (&str, &str) {
        (self.tags.first().map_or("", String::as_str), &self.id)
    }
}

impl Listed for Network {
    fn place(&self) -> (&str, &str) {
        (&self.name, &self.id)
    }
}

impl Listed for Volume {
    fn place(&self) -> (&str, &str) {
        (&self.name, "")
    }
}

fn order<T: Listed>(listing: &mut Listing<T>) {
    listing.items.sort_by(|a, b| (&a.node, a.item.place()).cmp(&(&b.node, b.item.place())));
}

/// Cuts a page out of an ordered list.
fn cut<T: Listed>(listing: &mut Listing<T>, window: &Window) -> Result<()> {
    let limit = window.size()?;
    if let Some(Place { node, id, name }) = window.after()? {
        let after = listing.items.partition_point(|at| (at.node.as_str(), at.item.place()) <= (node, (name, id)));
        listing.items.drain(..after);
    }
    if listing.items.len() > limit {
        listing.items.truncate(limit);
        listing.next = listing.items.last().map(|at| {
            let (name, id) = at.item.place();
            Place { node: at.node.as_str(), id, name }.to_string()
        });
    }
    Ok(())
}

/// The place of an item in a list over machines, which is the cursor after it.
#[derive(Clone, Copy)]
struct Place<'a> {
    node: &'a str,
    id: &'a str,
    name: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.node, self.id, self.name)
    }
}

impl Window {
    /// The place after which the page begins.
    fn after(&self) -> Result<Option<Place<'_>>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let parts: Vec<&str> = cursor.splitn(3, '/').collect();
        let [node, id, name] = parts[..] else {
            let shown: String = cursor.chars().take(64).collect();
            return Err(Error::invalid(format!("`{}` is no cursor of this list", shown.escape_debug())));
        };
        Ok(Some(Place { node, id, name }))
    }
}
