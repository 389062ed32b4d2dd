//! The configuration of a server: from a file, a git repository, the environment and the command line, in rising weight.
//!
//! Every layer is the same [`Settings`] with most of it left out. [`load`] checks each layer by itself, so that an error
//! names the file, the line and the key, and lays them over each other, so that each value knows its [`Source`].

mod besides;
mod file;
mod git;
mod keys;
mod settings;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use haven_core::{Error, Result, source::without_credentials};
use serde::Serialize;
use toml::{Table, Value};

pub(crate) use keys::KEYS;
pub(crate) use settings::{LogFormat, Settings};

use crate::{connection::variable, credentials::user_config_dir};

/// The file that every server of this machine reads, where it is there.
const SYSTEM_FILE: &str = "/etc/haven/haven.toml";
/// The name of the file in the other places.
const FILE_NAME: &str = "haven.toml";

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Nobody said anything.
    Default,
    /// A file.
    File(PathBuf),
    /// The git repository, by its URL without credentials.
    Git(String),
    /// A variable of the environment.
    Environment(String),
    /// An option of the command line.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Git(url) => write!(f, "git {url}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// What was said on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    /// The file to read in place of the usual ones.
    pub(crate) file: Option<PathBuf>,
    /// Values by key, with the option that said so.
    pub(crate) values: Vec<(&'static str, String, Value)>,
}

impl Overrides {
    /// Adds a value where one was given.
    pub(crate) fn add(&mut self, key: &'static str, flag: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.values.push((key, flag.to_owned(), value.into()));
        }
    }
}

/// The configuration, and where each value comes from.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    /// What counts.
    pub(crate) settings: Settings,
    values: BTreeMap<String, (Value, Source)>,
    besides: Vec<Shown>,
    /// What should be told: a repository that could not be reached.
    pub(crate) warnings: Vec<String>,
}

/// One value as `haven config show` tells it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    /// Its name in a file; none: only the environment says it.
    pub(crate) key: Option<&'static str>,
    pub(crate) value: Option<Value>,
    pub(crate) source: String,
    pub(crate) variable: String,
    pub(crate) about: &'static str,
}

impl Configuration {
    /// Every setting with its value, secrets masked.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let mut defaults = flatten(&Settings::defaults());
        // These follow from other settings.
        defaults.insert("store".to_owned(), Value::from(self.settings.store_url()));
        defaults.insert("agent.files".to_owned(), Value::from(self.settings.agent_files().display().to_string()));
        defaults.insert("manage_local".to_owned(), Value::from(self.settings.manages_local()));
        let keys = KEYS.iter().map(|key| {
            let (value, source) = match self.values.get(key.name) {
                Some((value, source)) => (Some(value.clone()), source.clone()),
                None => (defaults.get(key.name).cloned(), Source::Default),
            };
            let value = value.map(|value| if key.secret { Value::from("***") } else { masked_url(value) });
            let (source, variable) = (source.to_string(), key.variable());
            Shown { key: Some(key.name), value, source, variable, about: key.about }
        });
        keys.chain(self.besides.iter().cloned()).collect()
    }
}

/// A URL without the password that may stand in it.
fn masked_url(value: Value) -> Value {
    match &value {
        Value::String(text) => Value::String(without_credentials(text)),
        _ => value,
    }
}

/// Whether the git repository is asked for what it has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fetch {
    /// It is, and what it has is kept: for who runs with it.
    Yes,
    /// What was kept last counts, and nothing is written: for who only looks.
    KeptOnly,
}

/// Reads the whole configuration. `Invalid` names what is wrong and where it stands.
pub(crate) fn load(overrides: &Overrides, fetch: Fetch) -> Result<Configuration> {
    let mut layers: Vec<(BTreeMap<String, Value>, SourceOf)> = Vec::new();
    let mut warnings = Vec::new();
    for path in files(overrides)? {
        let layer = file::read(&path)?;
        layers.push((layer, Box::new(move |_| Source::File(path.clone()))));
    }
    let (environment, names) = environment()?;
    // The repository is found by what is known before it: flags, environment and files say where the data are.
    let data = data_folder(overrides, &environment, &layers);
    if let Some(remote) = git::from_environment()? {
        let (url, folder) = (remote.url().to_owned(), data.join("config"));
        let checkout = match fetch {
            Fetch::Yes => {
                let checkout = git::fetch(&remote, &folder)?;
                warnings.extend(checkout.warning);
                Some(checkout.folder)
            }
            Fetch::KeptOnly => git::kept(&remote, &folder),
        };
        if let Some(checkout) = checkout {
            let layer = file::read(&checkout.join(FILE_NAME)).map_err(|error| error.with("repository", url.clone()))?;
            layers.push((layer, Box::new(move |_| Source::Git(url.clone()))));
        } else {
            warnings.push(format!("what the git repository `{url}` says is not here yet: `haven serve` fetches it"));
        }
    }
    layers.push((environment, Box::new(move |key| Source::Environment(names.get(key).cloned().unwrap_or_default()))));
    let flags: BTreeMap<String, String> =
        overrides.values.iter().map(|(key, flag, _)| ((*key).to_owned(), flag.clone())).collect();
    let values = overrides.values.iter().map(|(key, _, value)| ((*key).to_owned(), value.clone())).collect();
    layers.push((values, Box::new(move |key| Source::Flag(flags.get(key).cloned().unwrap_or_default()))));

    let mut values: BTreeMap<String, (Value, Source)> = BTreeMap::new();
    for (layer, source) in layers {
        check(&layer, &source)?;
        for (key, value) in layer {
            let from = source(&key);
            values.insert(key, (value, from));
        }
    }
    let settings = read_settings(values.iter().map(|(key, (value, _))| (key.as_str(), value.clone())))
        .map_err(|error| Error::invalid(format!("the configuration does not fit: {error}")))?;
    let besides = besides::shown(overrides, &settings);
    Ok(Configuration { settings, values, besides, warnings })
}

type SourceOf = Box<dyn Fn(&str) -> Source>;

/// Checks values one by one, so that the error names the one that is wrong.
fn check(layer: &BTreeMap<String, Value>, source: &SourceOf) -> Result<()> {
    for (key, value) in layer {
        read_settings([(key.as_str(), value.clone())])
            .map_err(|why| Error::invalid(format!("`{key}`: {why}")).with("source", source(key)))?;
    }
    Ok(())
}

/// The files to read, in rising weight.
fn files(overrides: &Overrides) -> Result<Vec<PathBuf>> {
    if let Some(path) = overrides.file.clone().or_else(|| variable("HAVEN_CONFIG").map(PathBuf::from)) {
        if !path.is_file() {
            return Err(Error::not_found("configuration file", path.display()));
        }
        return Ok(vec![path]);
    }
    let user = user_config_dir().map(|folder| folder.join(FILE_NAME));
    Ok([Some(PathBuf::from(SYSTEM_FILE)), user].into_iter().flatten().filter(|path| path.is_file()).collect())
}

/// What the environment says, with the variable that said it.
fn environment() -> Result<(BTreeMap<String, Value>, BTreeMap<String, String>)> {
    let mut values = BTreeMap::new();
    let mut names = BTreeMap::new();
    for key in KEYS {
        let Some((name, text)) = key.in_environment() else { continue };
        let value = key.parse(&text).map_err(|error| error.with("source", Source::Environment(name.clone())))?;
        values.insert(key.name.to_owned(), value);
        names.insert(key.name.to_owned(), name);
    }
    Ok((values, names))
}

fn data_folder(
    overrides: &Overrides,
    environment: &BTreeMap<String, Value>,
    layers: &[(BTreeMap<String, Value>, SourceOf)],
) -> PathBuf {
    let flag = overrides.values.iter().find(|(key, ..)| *key == "data").map(|(_, _, value)| value);
    let said = flag
        .or_else(|| environment.get("data"))
        .or_else(|| layers.iter().rev().find_map(|(layer, _)| layer.get("data")));
    said.and_then(Value::as_str).map_or_else(|| Settings::default().data, PathBuf::from)
}

/// `a.b.c` keys as settings.
fn read_settings<'a>(values: impl IntoIterator<Item = (&'a str, Value)>) -> Result<Settings, String> {
    let mut root = Table::new();
    for (key, value) in values {
        let mut parts: Vec<&str> = key.split('.').collect();
        let Some(last) = parts.pop() else { continue };
        let mut at = &mut root;
        for part in parts {
            let next = at.entry(part).or_insert_with(|| Value::Table(Table::new()));
            at = next.as_table_mut().ok_or_else(|| format!("`{part}` is no section"))?;
        }
        at.insert(last.to_owned(), value);
    }
    root.try_into::<Settings>().map_err(|error| error.message().trim().to_owned())
}

/// A table as `a.b.c` keys.
fn flatten(table: &Table) -> BTreeMap<String, Value> {
    fn walk(prefix: &str, table: &Table, into: &mut BTreeMap<String, Value>) {
        for (key, value) in table {
            let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                Value::Table(inner) => walk(&name, inner, into),
                value => {
                    into.insert(name, value.clone());
                }
            }
        }
    }
    let mut values = BTreeMap::new();
    walk("", table, &mut values);
    values
}

/// Where a file of a folder stands, for messages.
pub(crate) fn shown_path(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
