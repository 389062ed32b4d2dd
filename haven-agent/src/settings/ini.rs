//! One ini file, read as Python's `configparser` reads it: the original's agents were configured with that.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use configparser::ini::{Ini, IniDefault};
use haven_core::{Error, Result};

use super::KEYS;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024;
/// The section that is an agent's.
const SECTION: &str = "main";
/// The section that Python lays under every other.
const UNDER_ALL: &str = "default";

/// One value, and the line that says it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) line: usize,
}

/// Reads a file; none where there is no such file. `Invalid` names the file, and the line and the key where it is one of
/// them that is wrong. No value is repeated: it may be a secret.
pub(super) fn read(path: &Path) -> Result<Option<Vec<Entry>>> {
    let wrong = |why: &str| Error::invalid(format!("the configuration file {why}")).with("file", path.display());
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes)) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        read => read.map_err(|error| wrong("cannot be read").caused_by(error))?,
    };
    if bytes.len() as u64 > MAX_FILE {
        return Err(wrong("has more than 64 KiB"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let read = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        wrong("is no UTF-8").with("line", read.split(|byte| *byte == b'\n').count())
    })?;
    parse(text.trim_start_matches('\u{feff}')).map(Some).map_err(|error| error.with("file", path.display()))
}

fn parse(text: &str) -> Result<Vec<Entry>> {
    let mut python = IniDefault::default();
    python.comment_symbols = vec!['#', ';'];
    python.enable_inline_comments = false;
    python.multiline = true;
    let sections = Ini::new_from_defaults(python).read(text.to_owned()).map_err(Error::invalid)?;
    let mut entries = Vec::new();
    for section in [UNDER_ALL, SECTION] {
        for (key, value) in sections.get(section).into_iter().flatten() {
            // A line without `=` may be a secret, or the end of one.
            let first = key.split_whitespace().next().unwrap_or_default();
            let shown = if value.is_some() || KEYS.iter().any(|(known, ..)| *known == first) { first } else { "…" };
            let lines = lines_of(text, section, key);
            let [line] = lines[..] else {
                let told = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                return Err(Error::invalid("the key is set more than once").with("line", told).with("key", shown));
            };
            let wrong = |why: &'static str| Error::invalid(why).with("line", line).with("key", shown);
            let value = match value.as_deref() {
                None => return Err(wrong("the line has no `=`")),
                Some(value) if value.contains('\n') => {
                    return Err(wrong("the value goes on in the line below, which is indented deeper"));
                }
                Some(value) => value,
            };
            if section == UNDER_ALL && is_before_sections(text, line) {
                return Err(wrong("the line stands before the first section, which is `[main]`"));
            }
            let value = interpolated(value).ok_or_else(|| wrong("a `%` that is meant is written `%%`"))?;
            entries.push(Entry { key: key.clone(), value, line });
        }
    }
    if let Some(other) = sections.keys().find(|name| ![UNDER_ALL, SECTION].contains(&name.as_str())) {
        let name = other.escape_debug();
        return Err(Error::invalid(format!("an agent's section is `[main]`, not `[{name}]`"))
            .with("line", header_line(text, other)));
    }
    Ok(entries)
}

/// Python's interpolation, as far as it says something without another key: `%%` is `%`.
fn interpolated(value: &str) -> Option<String> {
    let parts: Vec<&str> = value.split("%%").collect();
    parts.iter().all(|part| !part.contains('%')).then(|| parts.join("%"))
}

/// A value as it stands in a file. `Invalid` for one that would be read as another.
pub(crate) fn written(value: &str) -> Result<String> {
    if value.trim() != value || value.contains(char::is_control) {
        return Err(Error::invalid("a value in an ini file is one line, without spaces around it"));
    }
    Ok(value.replace('%', "%%"))
}

/// The section that a line begins. What stands behind the last bracket is passed over, as Python does.
fn header(line: &str) -> Option<String> {
    let (name, _) = line.trim().strip_prefix('[')?.rsplit_once(']')?;
    Some(name.trim().to_lowercase())
}

fn header_line(text: &str, section: &str) -> usize {
    text.lines().position(|line| header(line).as_deref() == Some(section)).unwrap_or_default() + 1
}

fn is_before_sections(text: &str, line: usize) -> bool {
    !text.lines().take(line).any(|line| header(line).is_some())
}

/// The lines that set a key of a section.
fn lines_of(text: &str, section: &str, key: &str) -> Vec<usize> {
    let mut within = UNDER_ALL.to_owned();
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(name) = header(line) {
            within = name;
        } else if within == section && line.split(['=', ':']).next().unwrap_or_default().trim().to_lowercase() == key {
            found.push(at + 1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String, usize)> {
        parse(text).unwrap().into_iter().map(|entry| (entry.key, entry.value, entry.line)).collect()
    }

    #[test]
    fn the_originals_sample_is_read() {
        let sample = "[main]\n docker = 172.31.0.12:2375\n master = 172.31.0.3:8762\n# timeout = 10\n secret = a;b#c \"d\" \\ %%\n";
        let mut read = values(sample);
        read.sort();
        let said = |key: &str, value: &str, line| (key.to_owned(), value.to_owned(), line);
        assert_eq!(
            read,
            [
                said("docker", "172.31.0.12:2375", 2),
                said("master", "172.31.0.3:8762", 3),
                said("secret", "a;b#c \"d\" \\ %", 5)
            ]
        );
        assert_eq!(values("; c\n[DEFAULT]\nTimeout: 5\n\n[main]\nMASTER=a:1\n").len(), 2);
        assert_eq!(values("[main] ; of Python\nmaster = a:1\n"), [said("master", "a:1", 2)]);
        assert_eq!(values(""), []);
    }

    #[test]
    fn what_is_wrong_names_line_and_key_and_repeats_no_value() {
        for (text, why, place) in [
            ("master = s3cret\n", "before the first section", "line=1, key=master"),
            ("[main]\nmaster s3cret\n", "no `=`", "line=2, key=master"),
            ("[main]\nsecret = of two\ns3cret lines\n", "no `=`", "line=3, key=…"),
            ("[main]\nmaster = a\n\nMaster = s3cret\n", "more than once", "line=2, 4, key=master"),
            ("[main]\nmaster = a\n  secret = s3cret\n", "goes on in the line below", "line=2, key=master"),
            ("[main]\nsecret = s3cret%(x)s\n", "written `%%`", "line=2, key=secret"),
            ("[mian]\nmaster = s3cret\n", "`[main]`, not `[mian]`", "line=1"),
            ("[main\nmaster = s3cret\n", "line 1", ""),
            ("[main]\n= s3cret\n", "line 2", ""),
        ] {
            let told = parse(text).unwrap_err().report();
            assert!(told.contains(why) && told.contains(place), "{told}");
            assert!(!told.contains("s3cret"), "{told}");
        }
    }

    #[test]
    fn what_cannot_be_read_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ini");
        assert_eq!(read(&path).unwrap(), None);
        assert_eq!(read(&path.join("below")).unwrap(), None);
        std::fs::write(&path, b"[main]\n\nmaster = \xff\n").unwrap();
        let told = read(&path).unwrap_err().report();
        assert!(told.contains("no UTF-8") && told.contains("a.ini, line=3"), "{told}");
        std::fs::write(&path, "x".repeat(70_000)).unwrap();
        assert!(read(&path).unwrap_err().report().contains("more than 64 KiB"));
        let told = read(folder.path()).unwrap_err().report();
        assert!(told.contains("cannot be read") && told.contains(&folder.path().display().to_string()), "{told}");
    }
}
