//! What only the environment says: where the configuration is, and what must not stand in its files.

use haven_core::{
    source::without_credentials,
    store::{self, StoreKind},
};
use toml::Value;

use super::{Overrides, Settings, Shown, Source, git, shown_path};
use crate::{connection::variable, serve::ADMIN_PASSWORD};

/// These settings as `haven config show` tells them, secrets masked.
pub(super) fn shown(overrides: &Overrides, settings: &Settings) -> Vec<Shown> {
    let mut config = row(&["HAVEN_CONFIG"], Show::Plain, "the file to read in place of the usual ones");
    if let Some(path) = &overrides.file {
        config.value = Some(Value::from(shown_path(path)));
        config.source = Source::Flag("--config".to_owned()).to_string();
    }
    let mut key =
        row(&[store::KEY_VARIABLE], Show::Secret, "the key that seals secrets in the store; left out: in a file");
    let command = row(&[store::KEY_COMMAND], Show::Secret, "a command that writes that key");
    if key.value.is_none() && command.value.is_none() {
        key.value = key_file(settings).map(|path| Value::from(format!("in {path}")));
    }
    let password = row(git::PASSWORD, Show::Secret, "the password or token there");
    // Who shows no password may show a token as the name.
    let username = if password.value.is_some() { Show::Plain } else { Show::Secret };
    vec![
        config,
        row(git::URL, Show::Plain, "a git repository with a file haven.toml"),
        row(git::USERNAME, username, "who we are there"),
        password,
        key,
        command,
        row(&[ADMIN_PASSWORD], Show::Secret, "the first password of admin in a new store; left out: made up and told"),
    ]
}

/// Where the key of the store is kept unless the environment says it.
fn key_file(settings: &Settings) -> Option<String> {
    let url = settings.store_url();
    match StoreKind::of(&url) {
        Ok(StoreKind::Redb(path)) => Some(format!("{path}.key")),
        Ok(StoreKind::Etcd) => Some(settings.shared_key().display().to_string()),
        _ => None,
    }
}

#[derive(Clone, Copy)]
enum Show {
    /// But for a password in an address.
    Plain,
    Secret,
}

/// The first of these variables that says something.
fn row(names: &'static [&'static str], show: Show, about: &'static str) -> Shown {
    let said = names.iter().find_map(|name| Some((name, variable(name)?)));
    let source = said.as_ref().map_or(Source::Default, |(name, _)| Source::Environment((**name).to_owned()));
    let value = said.map(|(_, text)| match show {
        Show::Plain => Value::from(without_credentials(&text)),
        Show::Secret => Value::from("***"),
    });
    let variable = names.first().copied().unwrap_or_default().to_owned();
    Shown { key: None, value, source: source.to_string(), variable, about }
}
