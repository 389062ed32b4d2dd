//! Which containers of a snapshot have an image or a label, without looking at the others.
//!
//! An index belongs to one snapshot of one node, so that it is never at odds with it, and nothing is shared that writers
//! would wait for. It is made when it is first asked, and kept as long as what it was made of stays. A term is a hash: what is
//! found may have it, and is looked at; what is not found has it not.

use std::{
    hash::{DefaultHasher, Hash, Hasher as _},
    ops::RangeInclusive,
};

use haven_model::{ContainerFilter, ImageRef};

use super::summary::Summary;

/// Terms, each beside the place of a container that has it: in order of both.
#[derive(Debug, Default)]
pub(super) struct Index {
    terms: Box<[u32]>,
    places: Box<[u16]>,
}

impl Index {
    /// The most containers of a node of which there is an index.
    pub(super) const MOST: usize = u16::MAX as usize + 1;

    /// An index of so many containers as it can have.
    pub(super) fn of(containers: &[Summary]) -> Self {
        let mut entries: Vec<(u32, u16)> = Vec::new();
        for (place, container) in (0..=u16::MAX).zip(containers) {
            let labels = container.labels().map(|(key, value)| of_label(key, value));
            entries.extend(labels.chain(of_image(container.image(), container.image_id())).map(|term| (term, place)));
        }
        entries.sort_unstable();
        entries.dedup();
        let (terms, places): (Vec<u32>, Vec<u16>) = entries.into_iter().unzip();
        Self { terms: terms.into(), places: places.into() }
    }

    /// The places, in order, of all that may meet a filter; none: the filter says nothing that there are terms for.
    pub(super) fn candidates(&self, filter: &ContainerFilter) -> Option<Vec<u16>> {
        let labels = filter.label.iter().map(|wanted| match wanted.split_once('=') {
            Some((key, value)) => of_label(key, value)..=of_label(key, value),
            None => of_key(wanted),
        });
        // All labels must hold: the rarest leaves least to look at.
        if let Some(found) = labels.map(|terms| self.with(terms)).min_by_key(|places| places.len()) {
            return Some(in_order(found.to_vec()));
        }
        let images = filter.image.iter().flat_map(|wanted| of_image(wanted, wanted));
        (!filter.image.is_empty()).then(|| in_order(images.flat_map(|term| self.with(term..=term)).copied().collect()))
    }

    /// The places, in order, of all that may have one of these labels.
    pub(super) fn labelled(&self, labels: &[(&str, &str)]) -> Vec<u16> {
        let terms = labels.iter().map(|(key, value)| of_label(key, value));
        in_order(terms.flat_map(|term| self.with(term..=term)).copied().collect())
    }

    fn with(&self, terms: RangeInclusive<u32>) -> &[u16] {
        let from = self.terms.partition_point(|term| term < terms.start());
        let length = self.terms[from..].partition_point(|term| term <= terms.end());
        &self.places[from..from + length]
    }
}

fn in_order(mut places: Vec<u16>) -> Vec<u16> {
    places.sort_unstable();
    places.dedup();
    places
}

/// A label begins with its key, so that all that have a key stand together.
fn of_label(key: &str, value: &str) -> u32 {
    of_key(key).start() | hash(value) & 0xffff
}

fn of_key(key: &str) -> RangeInclusive<u32> {
    let first = hash(key) << 16;
    first..=first | 0xffff
}

/// An image is found by its repository, or by its whole name where that is none, and by the beginning of its id.
fn of_image(image: &str, id: &str) -> impl Iterator<Item = u32> + use<> {
    let repository =
        ImageRef::new(image).map_or_else(|_| hash(("image", image)), |image| hash(("image", image.repository())));
    let id = id.trim_start_matches("sha256:").get(..12).map(|digits| hash(("id", digits)));
    std::iter::once(repository).chain(id)
}

fn hash(what: impl Hash) -> u32 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    (hasher.finish() >> 32) as u32
}
