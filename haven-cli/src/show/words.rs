//! Times, spans, sizes and identifiers in words, and back.

use std::time::Duration;

use haven_core::{Error, Result, model::Port};
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
use serde::Serialize;

/// How long ago: `5 minutes ago`.
pub(crate) fn ago(time: Timestamp) -> String {
    let passed = Timestamp::now().duration_since(time);
    if passed.is_negative() { "just now".into() } else { seconds_ago(passed.as_secs_f64()) }
}

/// How long ago, from seconds.
pub(crate) fn seconds_ago(seconds: f64) -> String {
    if seconds < 1.0 { "just now".into() } else { format!("{} ago", duration_words(seconds)) }
}

/// A span in one unit: `5 minutes`.
pub(crate) fn duration_words(seconds: f64) -> String {
    const UNITS: [(f64, &str); 7] = [
        (31_536_000.0, "year"),
        (2_592_000.0, "month"),
        (604_800.0, "week"),
        (86_400.0, "day"),
        (3600.0, "hour"),
        (60.0, "minute"),
        (1.0, "second"),
    ];
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| seconds >= *unit).unwrap_or((1.0, "second"));
    let count = (seconds / unit).floor();
    format!("{count:.0} {name}{}", if (1.0..2.0).contains(&count) { "" } else { "s" })
}

/// A size in binary units: `12.3MiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes}B");
    }
    let mut value = bytes as f64;
    let mut name = "";
    for unit in UNITS {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        name = unit;
    }
    if value < 100.0 { format!("{value:.1}{name}") } else { format!("{value:.0}{name}") }
}

/// A percentage, or a dash.
pub(crate) fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.1}%"))
}

/// What a value is called in the API: `pool`.
pub(crate) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| Some(value.as_str()?.to_owned())).unwrap_or_else(|| "-".into())
}

/// The first characters of an id, without its algorithm.
pub(crate) fn short_id(id: &str) -> &str {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    id.get(..12).unwrap_or(id)
}

/// `text` cut to `length` characters, unless `whole`.
pub(crate) fn truncated(text: &str, length: usize, whole: bool) -> String {
    if whole || text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length.saturating_sub(1)).chain(['…']).collect()
}

/// Ports as `docker ps` writes them: `0.0.0.0:8080->80/tcp`.
pub(crate) fn ports(ports: &[Port]) -> String {
    let mut texts: Vec<String> = ports
        .iter()
        .map(|port| {
            let inside = format!("{}/{}", port.container, port.protocol.as_str());
            match (port.host, port.address) {
                (Some(host), Some(address)) => format!("{}->{inside}", std::net::SocketAddr::new(address, host)),
                (Some(host), None) => format!("{host}->{inside}"),
                (None, _) => inside,
            }
        })
        .collect();
    texts.sort();
    texts.dedup();
    texts.join(", ")
}

/// A span of time as people write it: `10s`, `1h 30m`, `7d`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration> {
    let wrong = || {
        Error::invalid(format!(
            "`{}` is no span of time, which looks like `10s`, `5m` or `1h 30m`",
            text.escape_debug()
        ))
    };
    if text.len() > 100 {
        return Err(wrong());
    }
    let span: jiff::Span = text.trim().parse().map_err(|_| wrong())?;
    let duration: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}

/// A moment as people write it: how long ago (`10m`, `24h`), a time (`2026-01-31T12:00:00Z`, also without zone), or the
/// seconds since 1970.
pub(crate) fn parse_moment(text: &str) -> Result<Timestamp> {
    let wrong = || {
        Error::invalid(format!(
            "`{}` is no moment, which looks like `10m` (ago) or `2026-01-31T12:00:00Z`",
            text.escape_debug()
        ))
    };
    if text.len() > 100 {
        return Err(wrong());
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return Timestamp::from_second(seconds).map_err(|_| wrong());
    }
    if let Ok(time) = text.parse::<jiff::civil::DateTime>() {
        return Ok(time.to_zoned(jiff::tz::TimeZone::system()).map_err(|_| wrong())?.timestamp());
    }
    let ago = parse_duration(text).map_err(|_| wrong())?;
    Timestamp::now().checked_sub(ago).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_in_words() {
        let words: Vec<String> =
            [0.0, 1.0, 61.0, 7300.0, 90_000.0, 700_000.0].into_iter().map(duration_words).collect();
        assert_eq!(words, ["0 seconds", "1 second", "1 minute", "2 hours", "1 day", "1 week"]);
        let sizes: Vec<String> = [0, 1023, 1024, 12_900_000, 8 << 30, 900 << 20].into_iter().map(size).collect();
        assert_eq!(sizes, ["0B", "1023B", "1.0KiB", "12.3MiB", "8.0GiB", "900MiB"]);
    }

    #[test]
    fn spans_and_moments_are_read() {
        assert_eq!(parse_duration("10s").unwrap(), Duration::from_secs(10));
        assert_eq!(parse_duration("1h 30m").unwrap(), Duration::from_secs(5400));
        assert_eq!(parse_duration("7d").unwrap(), Duration::from_secs(604_800));
        assert_eq!(parse_duration("250ms").unwrap(), Duration::from_millis(250));
        for text in ["", "ten", "-5s", "5", "1 month"] {
            assert!(parse_duration(text).is_err(), "{text} was taken");
        }
        assert_eq!(parse_moment("1970-01-01T00:00:10Z").unwrap().as_second(), 10);
        assert_eq!(parse_moment("10").unwrap().as_second(), 10);
        let then = parse_moment("1h").unwrap();
        let hour = Timestamp::now().duration_since(then).as_secs();
        assert!((3600..3610).contains(&hour));
        assert!(parse_moment("yesterday").is_err());
    }
}
