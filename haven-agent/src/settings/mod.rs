//! What an agent is told: on its command line, in the environment, in ini files, by who handed it out; in falling weight.
//!
//! Every layer is a [`Given`] with most of it left out. The files are those of the original's script, read in its order,
//! later ones over earlier ones; each is checked by itself, so that an error names the file, the line and the key.

mod ini;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::File,
    io::Read as _,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use haven_core::{
    Error, Result,
    engine::docker::{Environment, local_engine},
    model::{NodeAddress, NodeName, Secret},
};
use jiff::{SignedDuration, Span, SpanRelativeTo};

pub(crate) use ini::written;

use crate::{AgentConfig, master};

/// What a file is named after besides the program: the original's first name.
pub(crate) const FIRST_NAME: &str = "dm-agent";
/// The interval where nobody says one.
const INTERVAL: Duration = Duration::from_secs(60);
/// The largest file of authorities, in bytes.
const MAX_CA: u64 = 1024 * 1024;

/// What can be told an agent.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Given {
    /// The Haven server: `http://HOST:PORT` or `HOST:PORT` [env: HAVEN_AGENT_MASTER]
    #[arg(short, long, value_name = "URL")]
    pub(crate) master: Option<String>,
    /// The engine of this machine [default: as `docker` finds it]
    #[arg(short, long, value_name = "ADDRESS")]
    pub(crate) docker: Option<NodeAddress>,
    /// Where the server shall reach that engine [default: `--docker`, unless that is a socket and the server elsewhere] [env:
    /// HAVEN_AGENT_ADDRESS]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<NodeAddress>,
    /// The shared secret [env: HAVEN_AGENT_SECRET]
    #[arg(short, long)]
    pub(crate) secret: Option<Secret>,
    /// How often to report, as a span or in seconds [default: 60]
    #[arg(short, long, value_name = "SPAN", value_parser = interval)]
    pub(crate) timeout: Option<Duration>,
    /// The name of the node [default: as the engine says] [env: HAVEN_AGENT_NAME]
    #[arg(long)]
    pub(crate) name: Option<NodeName>,
    /// Where the machine's root folder is seen, for an agent in a container [default: /] [env: HAVEN_AGENT_ROOT]
    #[arg(long, alias = "root", value_name = "DIR")]
    pub(crate) root_path: Option<PathBuf>,
    /// An authority to trust besides the well-known ones, a PEM file [env: HAVEN_CA]
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// 0 warnings, 1 also what goes on, 2 everything.
    #[arg(skip)]
    pub(crate) log_level: Option<u8>,
}

/// A key of the ini files: its name, a sample, and what it is.
pub(crate) const KEYS: [(&str, &str, &str); 9] = [
    ("docker", "10.0.0.3:2375", "the engine of this machine; left out: as `docker` finds it"),
    ("master", "10.0.0.1:8761", "the Haven server: HOST:PORT, or a URL"),
    ("timeout", "60", "seconds between two reports"),
    ("secret", "…", "what the server wants of its agents"),
    ("log_level", "1", "0 warnings, 1 also what goes on, 2 everything"),
    ("address", "10.0.0.3:2375", "where the server shall reach the engine; left out: as `docker`"),
    ("name", "web-3", "the name of the node; left out: as the engine says"),
    ("root_path", "/host", "where the machine's root folder is seen; left out: /"),
    ("ca", "/etc/haven/ca.pem", "an authority to trust besides the well-known ones"),
];

/// The variables that say a key.
const VARIABLES: [(&str, &str); 6] = [
    ("HAVEN_AGENT_MASTER", "master"),
    ("HAVEN_AGENT_SECRET", "secret"),
    ("HAVEN_AGENT_ADDRESS", "address"),
    ("HAVEN_AGENT_NAME", "name"),
    ("HAVEN_AGENT_ROOT", "root_path"),
    ("HAVEN_CA", "ca"),
];

impl Given {
    /// Sets a key of an ini file. `Invalid` names the key that there is not, and the one that may have been meant.
    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        if value.is_empty() {
            // As the original had it: nothing is said.
            return if KEYS.iter().any(|(known, ..)| *known == key) { Ok(()) } else { Err(unknown(key)) };
        }
        match key {
            "docker" => self.docker = Some(value.parse()?),
            "master" => {
                master::url(value)?;
                self.master = Some(value.to_owned());
            }
            "timeout" => self.timeout = Some(interval(value)?),
            "secret" => self.secret = Some(Secret::new(value)),
            "log_level" => {
                let level = value.parse().ok().filter(|level| *level <= 2);
                self.log_level = Some(level.ok_or_else(|| Error::invalid("a level is 0, 1 or 2"))?);
            }
            "address" => self.address = Some(value.parse()?),
            "name" => self.name = Some(NodeName::new(value)?),
            "root_path" => self.root_path = Some(value.into()),
            "ca" => self.ca = Some(value.into()),
            _ => return Err(unknown(key)),
        }
        Ok(())
    }

    /// What a key is set to, as an ini file has it.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        match key {
            "docker" => self.docker.as_ref().map(ToString::to_string),
            "master" => self.master.clone(),
            "timeout" => self.timeout.map(|interval| match interval.subsec_nanos() {
                0 => interval.as_secs().to_string(),
                _ => format!("{}ms", interval.as_millis()),
            }),
            "secret" => self.secret.as_ref().map(|secret| secret.expose().to_owned()),
            "log_level" => self.log_level.map(|level| level.to_string()),
            "address" => self.address.as_ref().map(ToString::to_string),
            "name" => self.name.as_ref().map(ToString::to_string),
            "root_path" => self.root_path.as_ref().map(|path| path.display().to_string()),
            "ca" => self.ca.as_ref().map(|path| path.display().to_string()),
            _ => None,
        }
    }

    /// This, and `other` for what it does not say.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            master: self.master.or(other.master),
            docker: self.docker.or(other.docker),
            address: self.address.or(other.address),
            secret: self.secret.filter(|secret| !secret.expose().is_empty()).or(other.secret),
            timeout: self.timeout.or(other.timeout),
            name: self.name.or(other.name),
            root_path: self.root_path.or(other.root_path),
            ca: self.ca.or(other.ca),
            log_level: self.log_level.or(other.log_level),
        }
    }

    /// What the environment says. An empty variable says nothing, as files of Docker Compose leave them.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let mut given = Self::default();
        for (name, key) in VARIABLES {
            let Some(value) = variable(name) else { continue };
            let text = value.to_str().ok_or_else(|| Error::invalid("it is no UTF-8"));
            text.and_then(|text| given.set(key, text)).map_err(|error| error.with("variable", name))?;
        }
        Ok(given)
    }

    /// What the file at `path` says; none where there is no such file.
    pub(crate) fn of_file(path: &Path) -> Result<Option<Self>> {
        let Some(entries) = ini::read(path)? else { return Ok(None) };
        let mut given = Self::default();
        for ini::Entry { key, value, line } in entries {
            given
                .set(&key, &value)
                .map_err(|error| error.with("file", path.display()).with("line", line).with("key", key))?;
        }
        Ok(Some(given))
    }

    /// What the program was handed out with: a JSON object of texts by key.
    pub(crate) fn of_json(text: &str) -> Result<Self> {
        let unreadable = |_| Error::invalid("what the agent was handed out with cannot be read");
        let values: BTreeMap<String, String> = serde_json::from_str(text).map_err(unreadable)?;
        let mut given = Self::default();
        for (key, value) in values {
            given.set(&key, &value).map_err(|error| error.with("handed out with", key))?;
        }
        Ok(given)
    }

    /// The same with paths that mean what they mean here from any other folder.
    pub(crate) fn absolute(self) -> Result<Self> {
        let absolute = |path: Option<PathBuf>| {
            let whole = path.map(std::path::absolute).transpose();
            whole.map_err(|error| Error::invalid("the path of a setting cannot be made absolute").caused_by(error))
        };
        Ok(Self { root_path: absolute(self.root_path)?, ca: absolute(self.ca)?, ..self })
    }

    /// What the agent needs to know. `Invalid` where no master is named, or a file or an engine's certificates cannot be
    /// read.
    pub(crate) fn config(self, environment: &Environment) -> Result<AgentConfig> {
        let master = self.master.ok_or_else(|| {
            Error::invalid("an agent needs a server to report to: give `--master URL`, HAVEN_AGENT_MASTER, or `master` in its ini file")
        })?;
        let mut environment = environment.clone();
        if let Some(docker) = self.docker {
            // Certificates are those that Docker's own client would show to this engine.
            environment.variables.insert("DOCKER_HOST".to_owned(), docker.to_string());
        }
        let (docker, tls) = local_engine(&environment)?;
        Ok(AgentConfig {
            master,
            ca: self.ca.as_deref().map(authorities).transpose()?,
            secret: self.secret,
            name: self.name,
            docker,
            tls,
            address: self.address,
            interval: self.timeout.unwrap_or(INTERVAL),
            root: self.root_path.unwrap_or_else(|| "/".into()),
        })
    }
}

fn authorities(path: &Path) -> Result<String> {
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(MAX_CA).read_to_string(&mut text)).map_err(|error| {
        Error::invalid("the file of authorities cannot be read").caused_by(error).with("file", path.display())
    })?;
    Ok(text)
}

fn unknown(key: &str) -> Error {
    let near = |known: &str| strsim::jaro_winkler(known, key);
    let nearest = KEYS.iter().map(|(known, ..)| *known).max_by(|a, b| near(a).total_cmp(&near(b)));
    let shown: String = key.chars().take(60).collect();
    let hint = match nearest.filter(|known| near(known) > 0.75) {
        Some(known) => format!(": `{known}` is meant?"),
        None => format!(": there are {}", KEYS.map(|(known, ..)| format!("`{known}`")).join(", ")),
    };
    Error::invalid(format!("an agent has no key `{}`{hint}", shown.escape_debug()))
}

/// The original's script took seconds.
fn interval(text: &str) -> Result<Duration> {
    let wrong = || {
        let shown: String = text.chars().take(60).collect();
        Error::invalid(format!("`{}` is no interval: seconds, or a span like `90s` or `5m`", shown.escape_debug()))
    };
    let seconds = text.parse::<u32>().map(|seconds| Duration::from_secs(seconds.into()));
    let span = || -> Option<Duration> {
        let span: Span = text.get(..text.len().min(100))?.trim().parse().ok()?;
        let span: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        span.try_into().ok()
    };
    let found = seconds.ok().or_else(span).ok_or_else(wrong)?;
    if found.is_zero() { Err(Error::invalid("the interval cannot be zero")) } else { Ok(found) }
}

/// `Invalid` for a file that is found by its name and says what somebody else wants: in a folder where others write, they
/// could have the agent's secret sent to themselves.
fn trusted(path: &Path, found: &std::fs::Metadata) -> Result<()> {
    // Root by `sudo` trusts the files of who called it.
    let caller = std::env::var("SUDO_UID").ok().and_then(|id| id.parse::<u32>().ok());
    let ours = [Some(0), Some(rustix::process::geteuid().as_raw()), caller];
    let why = if !found.is_file() {
        "is no file"
    } else if !ours.contains(&Some(found.uid())) {
        "belongs to another user"
    } else if found.mode() & 0o002 != 0 {
        "can be written by everybody"
    } else {
        return Ok(());
    };
    Err(Error::invalid(format!("the configuration file {why}: mend that, or name the file with `--config`"))
        .with("file", path.display()))
}

/// Where files are looked for.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The current folder.
    pub(crate) here: PathBuf,
    /// `XDG_CONFIG_HOME`.
    pub(crate) config_home: Option<String>,
    pub(crate) home: Option<PathBuf>,
    /// `/etc`; none: what is there is not asked for.
    pub(crate) etc: Option<PathBuf>,
}

impl Places {
    /// Those of this process.
    pub(crate) fn of_process() -> Self {
        Self {
            here: ".".into(),
            config_home: std::env::var("XDG_CONFIG_HOME").ok().filter(|path| !path.is_empty()),
            home: std::env::var_os("HOME").map(PathBuf::from),
            etc: Some("/etc".into()),
        }
    }

    /// The files of a program of this name, in rising weight, as the original read them.
    fn files(&self, name: &str, named: Option<&Path>) -> Vec<PathBuf> {
        let usual = |name: &str| {
            let file = format!("{name}.ini");
            let mut files = vec![self.here.join(&file)];
            match (&self.config_home, &self.home) {
                // The original put nothing between the folder and the name.
                (Some(folder), _) => files.extend([format!("{folder}{file}").into(), Path::new(folder).join(&file)]),
                (None, Some(home)) => files.push(home.join(".config").join(&file)),
                (None, None) => {}
            }
            files.extend(self.etc.iter().map(|etc| etc.join(&file)));
            files
        };
        [usual(name), named.map(Path::to_owned).into_iter().collect(), usual(FIRST_NAME)].concat()
    }

    /// What the files say, and which were there. A file that is `named` is there, or it is an error; a usual place that
    /// may not be entered has none, as for the original.
    pub(crate) fn read(&self, name: &str, named: Option<&Path>) -> Result<(Given, Vec<PathBuf>)> {
        let (mut given, mut seen) = (Given::default(), Vec::new());
        for path in self.files(name, named) {
            let is_named = named == Some(path.as_path());
            if !is_named {
                match std::fs::metadata(&path) {
                    Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => continue,
                    found => found.map_or(Ok(()), |found| trusted(&path, &found))?,
                }
            }
            match Given::of_file(&path)? {
                Some(layer) => {
                    given = layer.or(given);
                    seen.push(path);
                }
                None if is_named => {
                    return Err(Error::invalid("there is no such configuration file").with("file", path.display()));
                }
                None => {}
            }
        }
        Ok((given, seen))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_are_read_in_the_originals_order_and_only_where_they_are() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        for folder in ["here", "home/.config", "etc", "xdg"] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        let places = |config_home: Option<String>| Places {
            here: at("here"),
            config_home,
            home: Some(at("home")),
            etc: Some(at("etc")),
        };
        let usual = places(None);
        let master = |places: &Places, named: Option<&Path>| places.read("my-agent", named).unwrap().0.master;
        assert_eq!(master(&usual, None), None);
        let named = at("named.ini");
        let missing = usual.read("my-agent", Some(&named)).unwrap_err().report();
        assert!(missing.contains("named.ini"), "{missing}");
        let order = [
            "here/my-agent.ini",
            "home/.config/my-agent.ini",
            "etc/my-agent.ini",
            "named.ini",
            "here/dm-agent.ini",
            "home/.config/dm-agent.ini",
            "etc/dm-agent.ini",
        ];
        for (weight, file) in order.iter().enumerate() {
            std::fs::write(at(file), format!("[main]\nmaster = 10.0.0.{weight}:8761\n")).unwrap();
            let named = Some(named.as_path()).filter(|named| named.exists());
            assert_eq!(master(&usual, named), Some(format!("10.0.0.{weight}:8761")), "{file}");
        }
        for file in order.iter().filter(|file| !file.starts_with("here/my")) {
            std::fs::remove_file(at(file)).unwrap();
        }
        for file in ["xdgmy-agent.ini", "xdg/my-agent.ini"] {
            std::fs::write(at(file), format!("[main]\nmaster = {file}:1\n").replace('/', ".")).unwrap();
            let xdg = places(Some(at("xdg").display().to_string()));
            assert_eq!(master(&xdg, None), Some(format!("{file}:1").replace('/', ".")));
        }
    }

    #[test]
    fn a_wrong_key_names_the_near_one_and_a_wrong_value_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ini");
        for (line, why) in [
            ("mastr = a:1", "no key `mastr`: `master` is meant?"),
            ("Timeuot = 5", "no key `timeuot`: `timeout` is meant?"),
            ("x =", "no key `x`: there are `docker`, `master`"),
            ("timeout = soon", "`soon` is no interval"),
            ("timeout = 0", "cannot be zero"),
            ("log_level = 3", "a level is 0, 1 or 2"),
            ("docker = nonsense://a", "the scheme is none of"),
            ("master = ftp://a", "not `ftp`"),
            ("name = a/b", "a/b"),
        ] {
            std::fs::write(&path, format!("[main]\n# c\n{line}\n")).unwrap();
            let told = Given::of_file(&path).unwrap_err().report();
            assert!(told.contains(why) && told.contains("a.ini, line=3, key="), "{line}: {told}");
        }
        std::fs::write(&path, "[main]\nmaster = http://me:pa55@a\n").unwrap();
        let told = Given::of_file(&path).unwrap_err().report();
        assert!(told.contains("line=2, key=master") && !told.contains("pa55"), "{told}");
    }

    #[test]
    fn a_file_of_somebody_else_is_not_found_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { here: folder.path().to_owned(), config_home: None, home: None, etc: None };
        let path = folder.path().join("a.ini");
        std::fs::write(&path, "[main]\nmaster = a:1\n").unwrap();
        assert!(places.read("a", None).unwrap().0.master.is_some());
        let refused = |why: &str| {
            let told = places.read("a", None).unwrap_err().report();
            assert!(told.contains(why) && told.contains("a.ini"), "{told}");
        };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        refused("can be written by everybody");
        assert!(places.read("b", Some(&path)).is_ok(), "it is named");
        if rustix::process::geteuid().is_root() {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            std::os::unix::fs::chown(&path, Some(65534), None).unwrap();
            refused("belongs to another user");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        refused("is no file");
    }

    #[test]
    fn variables_say_what_files_say_and_empty_ones_nothing() {
        let of = |said: &'static [(&str, &str)]| {
            Given::of_environment(|name| said.iter().find(|said| said.0 == name).map(|said| said.1.into()))
        };
        let given = of(&[("HAVEN_AGENT_MASTER", "a:1"), ("HAVEN_AGENT_NAME", ""), ("HAVEN_CA", "/ca.pem")]).unwrap();
        assert_eq!((given.get("master").as_deref(), given.get("ca").as_deref()), (Some("a:1"), Some("/ca.pem")));
        assert_eq!((given.get("name"), given.get("secret")), (None, None));
        let told = of(&[("HAVEN_AGENT_NAME", "a/b")]).unwrap_err().report();
        assert!(told.contains("variable=HAVEN_AGENT_NAME"), "{told}");
    }

    #[test]
    fn every_key_is_read_and_written_the_same() {
        let mut given = Given::default();
        for (key, sample, _) in KEYS {
            assert_eq!(given.get(key), None);
            given.set(key, "").unwrap();
            assert_eq!(given.get(key), None, "nothing is said");
            given.set(key, sample).unwrap();
            let told = given.get(key).unwrap();
            assert!(told == sample || told == format!("tcp://{sample}"), "{key}: {told}");
        }
        let one = Given::of_json(r#"{"master":"a:1","timeout":"5"}"#).unwrap();
        let both = one.or(given);
        assert_eq!((both.get("master").unwrap(), both.get("timeout").unwrap()), ("a:1".into(), "5".into()));
        assert_eq!(both.get("secret").unwrap(), "…");
        let empty = Given { secret: Some(Secret::new("")), ..Given::default() };
        assert_eq!(empty.or(both).get("secret").unwrap(), "…", "`--secret \"$UNSET\"` says nothing");
        assert!(Given::of_json("[]").is_err() && Given::of_json(r#"{"x":"y"}"#).is_err());
    }
}
