//! Events: a table of those that are known, lines of the same columns for those that come one by one.

use std::io::{self, IsTerminal as _};

use haven_core::model::Event;

use super::{Table, paint, printable, short_id};

/// The columns, and how wide they are in lines: wide enough for what is usual, `health_status: unhealthy` included.
const COLUMNS: [(&str, usize); 6] =
    [("TIME", 20), ("SEVERITY", 8), ("NODE", 12), ("TYPE", 9), ("ACTION", 24), ("EVENT", 0)];

/// A table of events.
pub(crate) fn event_table(events: &[Event]) -> Table {
    let mut table = Table::new(&COLUMNS.map(|(name, _)| name));
    for event in events {
        table.row(cells(event));
    }
    table
}

/// The headings above lines of events.
pub(crate) fn event_heading() -> String {
    paint(io::stdout().is_terminal(), "1", &line(&COLUMNS.map(|(name, _)| name.to_owned())))
}

/// An event on one line.
pub(crate) fn event_line(event: &Event) -> String {
    line(&cells(event).map(|cell| printable(&cell)))
}

fn line(cells: &[String; COLUMNS.len()]) -> String {
    let padded = cells.iter().zip(COLUMNS).map(|(cell, (_, width))| format!("{cell:<width$}"));
    padded.collect::<Vec<_>>().join("   ").trim_end().to_owned()
}

fn cells(event: &Event) -> [String; COLUMNS.len()] {
    let what = if event.message.is_empty() {
        let name = if event.name.is_empty() { short_id(&event.id) } else { &event.name };
        format!("{} {name} {}", event.kind, event.action)
    } else {
        event.message.clone()
    };
    [
        event.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        event.severity.to_string(),
        event.node.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        event.kind.clone(),
        event.action.clone(),
        what,
    ]
}
