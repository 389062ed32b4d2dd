//! The names of what can be set: in files, in the environment.

use haven_core::{Error, Result};
use toml::Value;

use crate::connection::variable;

/// One thing that can be set.
#[derive(Debug)]
pub(crate) struct Key {
    /// Its name in a file: `nodes.unknown_after`.
    pub(crate) name: &'static str,
    /// What kind of value it takes.
    kind: Kind,
    /// Whether nobody may see the value.
    pub(crate) secret: bool,
    /// What it is.
    pub(crate) about: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Number,
    Switch,
    Numbers,
}

macro_rules! keys {
    ($($name:literal, $kind:ident, $about:literal;)*) => {
        &[$(Key { name: $name, kind: Kind::$kind, secret: false, about: $about }),*]
    };
}

const SECRETS: [Key; 2] = [
    Key {
        name: "agent.secret",
        kind: Kind::Text,
        secret: true,
        about: "what agents must show as X-Auth-Node; left out: any agent may report",
    },
    Key { name: "source.password", kind: Kind::Text, secret: true, about: "the password or token there" },
];

/// Everything that can be set.
pub(crate) const KEYS: &[Key] = &{
    const PLAIN: &[Key] = keys! {
        "listen", Text, "where to listen";
        "data", Text, "the folder for the store, its key and the last configuration";
        "store", Text, "redb:PATH, etcd://HOST:PORT,…/PREFIX or memory:";
        "simulate", Number, "so many simulated nodes; left out: three while there is nothing real";
        "manage_local", Switch, "whether to register the Docker Engine of this machine; left out: unless the store is etcd";
        "log", Text, "what is logged: a level, or directives";
        "log_format", Text, "text or json";
        "agent.files", Text, "the folder with programs for nodes, which the agent's script fetches";
        "agent.server", Text, "this server's address for agents; left out: what each of them calls it";
        "tls.cert", Text, "the server's certificate, a PEM file";
        "tls.key", Text, "its key, a PEM file";
        "source.url", Text, "the repository that containers are configured from: git, or folder:/PATH; left out: what is in the store";
        "source.branch", Text, "its branch or tag";
        "source.username", Text, "who we are there";
        "source.ssh_key", Text, "a file with a private key for SSH";
        "source.known_hosts", Text, "a file with the only host keys that SSH believes";
        "source.interval", Text, "how often it is looked for news; left out: 60s";
        "nodes.unknown_after", Text, "how long an engine may be silent before its node is unknown";
        "nodes.relist", Text, "how often containers are listed anew; 0s: never";
        "nodes.coalesce", Text, "how long events gather before containers are listed";
        "nodes.sample", Text, "how often what containers use is sampled; 0s: never";
        "nodes.history", Number, "how many samples are kept of each node";
        "nodes.sample_concurrency", Number, "how many samples are taken at once on a node";
        "nodes.agent_interval", Text, "the usual interval of agents";
        "nodes.limits.cpu", Numbers, "percent that raises a warning, percent that clears it";
        "nodes.limits.memory", Numbers, "percent that raises a warning, percent that clears it";
        "nodes.limits.disk", Numbers, "percent that raises a warning, percent that clears it";
        "nodes.limits.container_memory", Numbers, "percent that raises a warning, percent that clears it";
    };
    let mut all = [const { SECRETS[0].copy() }; PLAIN.len() + SECRETS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < PLAIN.len() { PLAIN[at].copy() } else { SECRETS[at - PLAIN.len()].copy() };
        at += 1;
    }
    all
};

impl Key {
    const fn copy(&self) -> Self {
        Self { name: self.name, kind: self.kind, secret: self.secret, about: self.about }
    }

    /// The variable of the environment: `HAVEN_NODES_UNKNOWN_AFTER`.
    pub(crate) fn variable(&self) -> String {
        format!("HAVEN_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// What the environment says, and the variable that says it.
    pub(super) fn in_environment(&self) -> Option<(String, String)> {
        let name = self.variable();
        if let Some(text) = variable(&name) {
            return Some((name, text));
        }
        let alias = match self.name {
            "store" => "dm_kv_etcd_urls",
            "agent.secret" => "dm_agent_notifier_secret",
            "source.url" => "dm_image_configuration_git_url",
            "source.branch" => "dm_image_configuration_git_branch",
            "source.username" => "dm_image_configuration_git_username",
            "source.password" => "dm_image_configuration_git_password",
            _ => return None,
        };
        let text = variable(alias)?;
        let text = if self.name == "store" { etcd_urls(&text) } else { text };
        Some((alias.to_owned(), text))
    }

    /// Reads a value from text.
    pub(super) fn parse(&self, text: &str) -> Result<Value> {
        let wrong = |what: &str| Error::invalid(format!("`{}`: `{}` is no {what}", self.name, text.escape_debug()));
        match self.kind {
            Kind::Text => Ok(Value::from(text)),
            Kind::Number => text.parse::<i64>().map(Value::from).map_err(|_| wrong("number")),
            Kind::Switch => match text {
                "true" | "yes" | "on" | "1" => Ok(Value::from(true)),
                "false" | "no" | "off" | "0" => Ok(Value::from(false)),
                _ => Err(wrong("switch, which is true or false")),
            },
            Kind::Numbers => text
                .split(',')
                .map(|part| part.trim().parse::<f64>().map(Value::from))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::from)
                .map_err(|_| wrong("list of numbers like `90,80`")),
        }
    }
}

/// The original's list of `http://HOST:PORT` as one address of an etcd store; over TLS, where any of them is, it needs an
/// authority, which that list cannot name: such an address is refused when the store is opened, never taken without TLS.
fn etcd_urls(text: &str) -> String {
    let hosts: Vec<&str> = text
        .split(',')
        .map(|part| part.trim().trim_start_matches("http://").trim_start_matches("https://").trim_end_matches('/'))
        .filter(|part| !part.is_empty())
        .collect();
    let is_safe = text.split(',').any(|part| part.trim_start().starts_with("https://"));
    let scheme = if is_safe { "etcds" } else { "etcd" };
    format!("{scheme}://{}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_key() {
        let defaults = super::super::flatten(&super::super::Settings::defaults());
        for name in defaults.keys() {
            assert!(KEYS.iter().any(|key| key.name == name), "`{name}` has no key");
        }
        for key in KEYS {
            let known = super::super::read_settings([(key.name, Value::from("?"))]);
            assert!(known.is_ok() || !known.unwrap_err().contains("unknown field"), "`{}` is no setting", key.name);
        }
    }

    #[test]
    fn the_originals_list_of_urls_is_one_store() {
        assert_eq!(etcd_urls("http://10.0.0.1:2379, http://10.0.0.2:2379/"), "etcd://10.0.0.1:2379,10.0.0.2:2379");
        assert_eq!(etcd_urls("http://a:1, https://b:2"), "etcds://a:1,b:2", "a member with TLS is never asked without");
    }
}
