//! Environments of programs, as Docker's options give them.

use std::{collections::BTreeMap, path::PathBuf};

use haven_core::{Error, model::Secret};

use crate::failure::{Failure, Result};

/// The entries of the environment as they are given, those of the files first.
pub(crate) fn entries(files: &[PathBuf], values: &[String]) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).map_err(|error| {
            Error::invalid("the file of the environment cannot be read").caused_by(error).with("file", file.display())
        })?;
        let says = |line: &&str| !line.is_empty() && !line.starts_with('#');
        lines.extend(text.lines().map(str::trim_start).filter(says).map(str::to_owned));
    }
    lines.extend_from_slice(values);
    Ok(lines)
}

/// Values of the environment as Docker takes them, those of the files first.
pub(crate) fn environment(files: &[PathBuf], values: &[String]) -> Result<BTreeMap<String, Secret>> {
    let mut environment = BTreeMap::new();
    for text in &entries(files, values)? {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text.as_str(), std::env::var(text).ok()),
        };
        if name.is_empty() {
            return Err(Failure::usage("a value of the environment needs a name", "write `--env NAME=VALUE`"));
        }
        if let Some(value) = value {
            environment.insert(name.to_owned(), Secret::new(value));
        }
    }
    Ok(environment)
}
