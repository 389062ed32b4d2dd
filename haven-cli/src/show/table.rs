//! Tables as Docker prints them: headings in upper case, columns set apart by spaces, no borders.

use std::io::{self, IsTerminal as _};

use comfy_table::presets::NOTHING;

/// A table for people.
pub(crate) struct Table {
    table: comfy_table::Table,
}

impl Table {
    /// A table with these headings; some come from other machines, as the rows do.
    pub(crate) fn new(headings: &[&str]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING);
        table.set_header(headings.iter().map(|heading| printable(heading)));
        for column in table.column_iter_mut() {
            column.set_padding((0, 3));
        }
        Self { table }
    }

    /// Adds a row. Control characters are shown, not obeyed: names and messages come from other machines.
    pub(crate) fn row<I: IntoIterator<Item = String>>(&mut self, cells: I) {
        self.table.add_row(cells.into_iter().map(|cell| printable(&cell)).collect::<Vec<_>>());
    }

    /// The text, without spaces at the ends of lines.
    pub(crate) fn render(&self) -> String {
        // Painted after the columns are laid out: escape codes have no width, but would be counted.
        let text = self.table.trim_fmt();
        let (headings, rows) = text.split_once('\n').unwrap_or((&text, ""));
        let headings = super::paint(io::stdout().is_terminal(), "1", headings);
        if rows.is_empty() { headings } else { format!("{headings}\n{rows}") }
    }
}

/// `text` with what a terminal obeys made visible: control characters, and those that turn the direction of writing.
pub(crate) fn printable(text: &str) -> String {
    let is_obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(is_obeyed) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_obeyed(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// What is longer, in bytes, is shortened before people are told it.
pub(crate) const LONG: usize = 4096;

/// `text`, with its middle left out where it is long: an argument that is quoted may be a megabyte.
pub(crate) fn shortened(text: &str) -> String {
    if text.len() <= LONG {
        return text.to_owned();
    }
    let end = text.char_indices().rev().nth(LONG / 8).map_or(0, |(at, _)| at);
    text.chars().take(LONG / 8).chain(['…']).chain(text[end..].chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_like_docker_ps() {
        let mut table = Table::new(&["NAME", "STATUS"]);
        table.row(["web".into(), "Up 5 minutes".into()]);
        table.row(["a\x1b[31m".into(), String::new()]);
        assert_eq!(table.render(), "NAME          STATUS\nweb           Up 5 minutes\na\\u{1b}[31m");
    }

    #[test]
    fn a_name_cannot_turn_the_direction_of_writing_or_break_a_row() {
        assert_eq!(printable("a\u{202e}b\nc\u{9b}2J"), "a\\u{202e}b\\nc\\u{9b}2J");
        assert!(shortened(&"ä".repeat(100_000)).len() <= LONG);
        assert_eq!(printable("späte 容器"), "späte 容器");
        assert_eq!(Table::new(&["PID\x1b[2J"]).render(), "PID\\u{1b}[2J");
    }
}
