//! Lists over the machines of a scope: what they hold, and what is missing as data.
//!
//! A machine that does not answer costs its own part of the list, never that of the others.

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use haven_model::{
    At, Container, ContainerFilter, ContainerRef, Error, ErrorKind, Found, Image, Listing, Network, Result, Volume,
    cluster::Missing,
};
use jiff::Timestamp;

use super::{ClusterService, Scope, Window, status::restated};
use crate::{engine::Engine, node::NodeState};

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
        self.inventoried(scope, filter, window)
    }

    /// A page of the inventories, which are in order: only what is on it is copied.
    fn inventoried(&self, scope: &Scope, filter: &ContainerFilter, window: &Window) -> Result<Listing<Container>> {
        let now = self.clock.now();
        let mut listing = Listing { items: Vec::new(), missing: Vec::new(), as_of: now, stale: false, next: None };
        for state in self.nodes_of(scope)? {
            let reading = state.inventory.read();
            listing.stale |= reading.stale;
            listing.as_of = reading.as_of.map_or(listing.as_of, |part| part.min(listing.as_of));
            let error = state.engine().err();
            let is_known = error.is_none();
            listing.missing.extend(error.map(|error| Missing {
                node: state.name.clone(),
                error: error.to_wire(),
                as_of: reading.as_of,
            }));
            let told = reading.told.iter().map(|told| told.filter(|_| is_known));
            let known = reading.containers.iter().cloned().zip(told);
            let chosen = known.filter(|(container, _)| filter.matches(container));
            listing.items.extend(chosen.map(|item| At { node: state.name.clone(), item: Known(item.0, item.1) }));
        }
        cut(&mut listing, window)?;
        let Listing { items, missing, as_of, stale, next } = listing;
        let items = items.into_iter().map(|at| At { node: at.node, item: at.item.shown(now) }).collect();
        Ok(Listing { items, missing, as_of, stale, next })
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
            for (known, told) in reading.containers.iter().zip(reading.told.iter()) {
                let found = || Found {
                    node: state.name.clone(),
                    as_of: reading.as_of,
                    stale: reading.stale,
                    item: Known(known.clone(), told.filter(|_| is_known)).shown(now),
                };
                if known.id.as_str() == container.as_str() || known.name == container.as_str() {
                    exact.push(found());
                } else if known.id.as_str().starts_with(container.as_str()) {
                    begins.push(found());
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

/// A container of an inventory, and when its engine told of it; none: there is no contact to say that time goes on there.
struct Known(Arc<Container>, Option<Timestamp>);

impl Known {
    /// The container as it is shown `now`.
    fn shown(&self, now: Timestamp) -> Container {
        let later = self.1.and_then(|told| u64::try_from(now.duration_since(told).as_secs()).ok()).unwrap_or_default();
        Container { status: restated(&self.0.status, later), ..(*self.0).clone() }
    }
}

impl Listed for Known {
    fn place(&self) -> (&str, &str) {
        self.0.place()
    }
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

/// Cuts a page out of an ordered list. The cursor is the place of the last item: node, id and name.
fn cut<T: Listed>(listing: &mut Listing<T>, window: &Window) -> Result<()> {
    let limit = window.size()?;
    if let Some(cursor) = &window.cursor {
        let parts: Vec<&str> = cursor.splitn(3, '/').collect();
        let [node, id, name] = parts[..] else {
            let shown: String = cursor.chars().take(64).collect();
            return Err(Error::invalid(format!("`{}` is no cursor of this list", shown.escape_debug())));
        };
        let after = listing.items.partition_point(|at| (at.node.as_str(), at.item.place()) <= (node, (name, id)));
        listing.items.drain(..after);
    }
    if listing.items.len() > limit {
        listing.items.truncate(limit);
        listing.next = listing.items.last().map(|at| {
            let (name, id) = at.item.place();
            format!("{}/{id}/{name}", at.node)
        });
    }
    Ok(())
}
