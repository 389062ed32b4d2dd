//! The status text of a container, brought up to date.
//!
//! An engine writes how long a container runs (`Up 5 seconds`) when it is asked; an inventory that asks only when
//! something changes would show that for ever. The text is Docker's, in the words of its units package.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The text as it reads `later` seconds after the engine wrote it.
pub(super) fn restated(status: &str, later: u64) -> String {
    let (head, rest) = if let Some(rest) = status.strip_prefix("Up ") {
        ("Up ", rest)
    } else if status.starts_with("Exited (")
        && let Some(end) = status.find(") ")
    {
        status.split_at(end + 2)
    } else {
        return status.to_owned();
    };
    let end = rest.find(" (").or_else(|| rest.find(" ago")).unwrap_or(rest.len());
    let (duration, tail) = rest.split_at(end);
    match seconds(duration) {
        Some(seconds) if later > 0 => format!("{head}{}{tail}", words(seconds.saturating_add(later))),
        _ => status.to_owned(),
    }
}

fn seconds(words: &str) -> Option<u64> {
    match words {
        "Less than a second" => return Some(0),
        "About a minute" => return Some(MINUTE),
        "About an hour" => return Some(HOUR),
        _ => {}
    }
    let (number, unit) = words.split_once(' ')?;
    let unit = match unit.trim_end_matches('s') {
        "second" => 1,
        "minute" => MINUTE,
        "hour" => HOUR,
        "day" => DAY,
        "week" => 7 * DAY,
        "month" => 30 * DAY,
        "year" => 365 * DAY,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

fn words(seconds: u64) -> String {
    let hours = (seconds + HOUR / 2) / HOUR;
    match seconds {
        0 => "Less than a second".to_owned(),
        1 => "1 second".to_owned(),
        2..MINUTE => format!("{seconds} seconds"),
        _ if seconds < 2 * MINUTE => "About a minute".to_owned(),
        _ if seconds < HOUR => format!("{} minutes", seconds / MINUTE),
        _ if hours <= 1 => "About an hour".to_owned(),
        _ if hours < 48 => format!("{hours} hours"),
        _ if hours < 24 * 7 * 2 => format!("{} days", hours / 24),
        _ if hours < 24 * 30 * 2 => format!("{} weeks", hours / 24 / 7),
        _ if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", hours / 24 / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_in_dockers_words() {
        for (was, later, is) in [
            ("Up Less than a second", 12, "Up 12 seconds"),
            ("Up 50 seconds (healthy)", 20, "Up About a minute (healthy)"),
            ("Up 59 minutes", 60, "Up About an hour"),
            ("Up 2 days", 60, "Up 2 days"),
            ("Exited (137) 5 seconds ago", 60, "Exited (137) About a minute ago"),
            ("Up 3 minutes (Paused)", 0, "Up 3 minutes (Paused)"),
            ("Created", 60, "Created"),
            ("Restarting (1) 2 seconds ago", 5, "Restarting (1) 2 seconds ago"),
            ("Up in arms", 5, "Up in arms"),
        ] {
            assert_eq!(restated(was, later), is);
        }
    }
}
