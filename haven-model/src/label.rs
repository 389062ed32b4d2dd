//! Conditions on labels: which objects are meant by `key` and `key=value`.

use std::collections::BTreeMap;

/// Whether all of the labels wanted are there: `key` or `key=value`.
pub fn has_labels(labels: &BTreeMap<String, String>, wanted: &[String]) -> bool {
    wanted.iter().all(|label| match label.split_once('=') {
        Some((key, value)) => labels.get(key).is_some_and(|has| has == value),
        None => labels.contains_key(label),
    })
}
