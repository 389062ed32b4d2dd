//! A layer of configuration from a TOML file.

use std::{collections::BTreeMap, fs, io::Read as _, path::Path};

use haven_core::{Error, Result};
use toml::{Table, Value};

use super::{Settings, flatten, shown_path};

/// The largest file that is read.
const MAX_FILE: u64 = 1024 * 1024;

/// Reads a file, and checks all of it. `Invalid` names the file, the line and the key.
pub(super) fn read(path: &Path) -> Result<BTreeMap<String, Value>> {
    let wrong = |error: std::io::Error| {
        Error::invalid("the configuration file cannot be read").caused_by(error).with("file", shown_path(path))
    };
    let mut text = String::new();
    fs::File::open(path).map_err(wrong)?.take(MAX_FILE + 1).read_to_string(&mut text).map_err(wrong)?;
    if text.len() as u64 > MAX_FILE {
        return Err(Error::invalid("the configuration file has more than 1 MiB").with("file", shown_path(path)));
    }
    parse(&text).map_err(|error| error.with("file", shown_path(path)))
}

fn parse(text: &str) -> Result<BTreeMap<String, Value>> {
    let table: Table = toml::from_str(text).map_err(|error| located(text, &error))?;
    toml::from_str::<Settings>(text).map_err(|error| located(text, &error))?;
    Ok(flatten(&table))
}

/// An error of the parser with its line, and the key that the line sets. The line itself is not told: it may hold a secret.
fn located(text: &str, error: &toml::de::Error) -> Error {
    let message = error.message().lines().next().unwrap_or("it is no TOML").to_owned();
    let located = Error::invalid(message);
    let Some(span) = error.span() else { return located };
    let before = text.get(..span.start).unwrap_or(text);
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    let key = line.split('=').next().unwrap_or_default().trim().trim_matches(['[', ']', '"', ' ']);
    let section = before
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix('[')?.split(']').next().map(str::to_owned))
        .filter(|_| !line.trim_start().starts_with('['));
    let key = match section {
        Some(section) if !section.is_empty() => format!("{section}.{key}"),
        _ => key.to_owned(),
    };
    let located = located.with("line", number);
    if key.is_empty() { located } else { located.with("key", key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, Vec<(String, String)>) {
        let error = parse(text).unwrap_err();
        (error.message().to_owned(), error.context().map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    #[test]
    fn unknown_keys_and_wrong_values_name_line_and_key() {
        let (message, context) = refused("listen = \"127.0.0.1:1\"\n\n[nodes]\nunknown_aftre = \"5s\"\n");
        assert!(message.contains("unknown field `unknown_aftre`"), "{message}");
        assert_eq!(context, [("line".into(), "4".into()), ("key".into(), "nodes.unknown_aftre".into())]);
        let (message, context) = refused("listen = \"here\"\n");
        assert!(message.contains("invalid socket address"), "{message}");
        assert_eq!(context, [("line".into(), "1".into()), ("key".into(), "listen".into())]);
        let (message, context) = refused("[nodes]\nsample = \"soon\"\n");
        assert!(message.contains("no span of time"), "{message}");
        assert_eq!(context[0].1, "2");
        let (_, context) = refused("listen = \"127.0.0.1:1\"\nlog = \n");
        assert_eq!(context[0].1, "2");
    }

    #[test]
    fn a_line_with_a_secret_is_not_quoted() {
        let error = parse("[agent]\nsecret = \"s3cret\n").unwrap_err();
        assert!(!error.report().contains("s3cret"), "{}", error.report());
    }
}
