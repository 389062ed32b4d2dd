//! Moments in a query: a time, or how long ago, as on the command line.

use std::collections::BTreeSet;

use haven_core::{Error, Result};
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
use serde_json::Value;

/// The longest text of a span of time.
const MAX_SPAN: usize = 100;

/// The parameters that are moments, by their schema.
pub(crate) fn among(properties: &Value) -> BTreeSet<String> {
    let properties = properties.as_object().into_iter().flatten();
    properties.filter(|(_, schema)| schema["format"] == "date-time").map(|(name, _)| name.clone()).collect()
}

/// A query whose moments are times: `since=1h` is an hour before `now`. What is neither stays for the operation to refuse.
pub(crate) fn resolve(query: String, moments: &BTreeSet<String>, now: Timestamp) -> Result<String> {
    if query.is_empty() || moments.is_empty() {
        return Ok(query);
    }
    let unreadable = |error: &dyn std::fmt::Display| Error::invalid(format!("the query cannot be read: {error}"));
    let mut pairs: Vec<(String, String)> = serde_html_form::from_str(&query).map_err(|error| unreadable(&error))?;
    let mut changed = false;
    for (name, value) in pairs.iter_mut().filter(|(name, _)| moments.contains(name)) {
        if let Some(ago) = span(value) {
            let time = now.checked_sub(ago).map_err(|_| {
                Error::invalid(format!("parameter `{name}`: `{}` is before all time", value.escape_debug()))
            })?;
            (*value, changed) = (time.to_string(), true);
        }
    }
    if !changed {
        return Ok(query);
    }
    serde_html_form::to_string(&pairs).map_err(|error| unreadable(&error))
}

fn span(text: &str) -> Option<SignedDuration> {
    if text.len() > MAX_SPAN {
        return None;
    }
    let span: jiff::Span = text.trim().parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    (!duration.is_negative()).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_become_times_and_all_else_stays() {
        let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let moments = BTreeSet::from(["since".to_owned(), "until".to_owned()]);
        for (query, resolved) in [
            ("since=1h", "since=2026-01-31T11%3A00%3A00Z"),
            ("limit=1&since=1d+2h&until=30s", "limit=1&since=2026-01-30T10%3A00%3A00Z&until=2026-01-31T11%3A59%3A30Z"),
            ("since=2026-01-01T00:00:00Z", "since=2026-01-01T00:00:00Z"),
            ("object=1h", "object=1h"),
            ("since=yesterday", "since=yesterday"),
            ("since=-1h", "since=-1h"),
            ("", ""),
        ] {
            assert_eq!(resolve(query.to_owned(), &moments, now).unwrap(), resolved);
        }
        assert!(resolve("since=175000000h".to_owned(), &moments, now).is_err());
    }
}
