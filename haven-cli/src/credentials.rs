//! Tokens that `haven login` keeps, in a file that only its owner can read.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use haven_core::{
    Error,
    model::{Secret, secret},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{connection::variable, failure::Result};

/// The largest file that is read.
const MAX_FILE: u64 = 1024 * 1024;

/// All tokens that are kept, by server.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// The server that was signed in to last: where commands go that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    #[serde(default)]
    servers: BTreeMap<String, Entry>,
    /// The file, where others than its owner can read it.
    #[serde(skip)]
    exposed: Option<PathBuf>,
}

/// A token for one server.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    user: String,
    token: Secret,
    expires: Timestamp,
}

impl Stored {
    /// Reads the file; none is as good as an empty one.
    pub(crate) fn load() -> Result<Self> {
        let path = path()?;
        let at = |error: Error| error.with("file", path.display());
        let exposed = match fs::metadata(&path) {
            Ok(found) if found.len() > MAX_FILE => {
                return Err(at(Error::invalid("the file of tokens is too large")).into());
            }
            Ok(found) => found.permissions().mode() & 0o077 != 0,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(at(Error::unexpected("the file of tokens cannot be read").caused_by(error)).into());
            }
        };
        let text = fs::read_to_string(&path)
            .map_err(|error| at(Error::unexpected("the file of tokens cannot be read").caused_by(error)))?;
        // The parser's message may quote the file, and so a token: only its place is told.
        let mut stored: Self = toml::from_str(&text).map_err(|_| {
            at(Error::invalid("the file of tokens cannot be read as TOML: remove it and sign in again"))
        })?;
        stored.exposed = exposed.then_some(path);
        Ok(stored)
    }

    /// The file, where others than its owner can read it.
    pub(crate) fn exposed(&self) -> Option<&Path> {
        self.exposed.as_deref()
    }

    /// The token for a server that has not expired.
    pub(crate) fn token(&self, server: &str, user: Option<&str>) -> Option<&Secret> {
        self.servers
            .get(key(server))
            .filter(|entry| entry.expires > Timestamp::now() && user.is_none_or(|user| user == entry.user))
            .map(|entry| &entry.token)
    }

    /// The server that was signed in to last.
    pub(crate) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Keeps a token.
    pub(crate) fn insert(&mut self, server: &str, user: String, token: Secret, expires: Timestamp) {
        self.last = Some(key(server).to_owned());
        self.servers.insert(key(server).to_owned(), Entry { user, token, expires });
    }

    /// Forgets a server's token, and answers it.
    pub(crate) fn remove(&mut self, server: &str) -> Option<Secret> {
        self.last.take_if(|last| last == key(server));
        self.servers.remove(key(server)).map(|entry| entry.token)
    }

    /// Writes the file, whole or not at all.
    pub(crate) fn save(&self) -> Result {
        let path = path()?;
        let text = secret::exposed(|| toml::to_string(self))
            .map_err(|error| Error::unexpected("tokens cannot be written").caused_by(error))?;
        let write = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                crate::folder::make(folder)?;
            }
            let draft = path.with_extension(format!("toml.{}", std::process::id()));
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
            io::Write::write_all(&mut file, text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)
        };
        write().map_err(|error| {
            Error::unexpected("the file of tokens cannot be written")
                .caused_by(error)
                .with("file", path.display())
                .into()
        })
    }
}

/// The same server has one key, with and without a slash at its end.
fn key(server: &str) -> &str {
    server.trim_end_matches('/')
}

fn path() -> Result<PathBuf> {
    Ok(user_config_dir()
        .ok_or_else(|| Error::invalid("there is no folder for tokens: neither XDG_CONFIG_HOME nor HOME is set"))?
        .join("credentials.toml"))
}

/// The user's own folder of configuration: `$XDG_CONFIG_HOME/haven`, else `~/.config/haven`.
pub(crate) fn user_config_dir() -> Option<PathBuf> {
    let base = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    Some(base.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config")))?.join("haven"))
}
