//! Sealing: what is secret stands encrypted in the store, with a key that is never in the store.
//!
//! XChaCha20-Poly1305 with a random nonce; the record's key is associated data, so that a sealed value cannot be moved
//! to another record. A [`Keyring`] seals with its first key and opens with any.
//!
//! A key is changed in three steps, each on every master before the next: `OLD,NEW` lets all of them read what is
//! sealed anew; `NEW,OLD` seals everything with the new key at the start; `NEW` forgets the old one.

use std::{
    fmt, fs,
    io::{Read as _, Write as _},
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use haven_model::{Error, ErrorKind, Result, Secret};
use hmac::{Hmac, Mac as _};
use rand::{TryRng as _, rngs::SysRng};
use rustix::process::{Pid, Signal};
use sha2::{Digest as _, Sha256};

use super::StoreKind;

/// The environment variable that holds the key of a store which is not a file: 64 hexadecimal digits, a comma between
/// the present key and an older one.
pub const KEY_VARIABLE: &str = "HAVEN_KEY";
/// The environment variable that holds a shell command which writes the key instead: that of a key store, for one.
pub const KEY_COMMAND: &str = "HAVEN_KEY_COMMAND";
const NONCE: usize = 24;
/// How long a command may take, and the most that it may write.
const PATIENCE: Duration = Duration::from_secs(30);
const MAX_OUTPUT: u64 = 4096;

/// What the variables [`KEY_VARIABLE`] and [`KEY_COMMAND`] say, passed in.
#[derive(Clone, Debug, Default)]
pub struct KeyEnvironment {
    /// The key.
    pub key: Option<Secret>,
    /// The command that writes it.
    pub command: Option<Secret>,
}

impl KeyEnvironment {
    /// That of this process.
    pub fn of_process() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty()).map(Secret::new);
        Self { key: variable(KEY_VARIABLE), command: variable(KEY_COMMAND) }
    }
}

/// The keys that seal and open what is secret: the present one, and one that may still be read.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<[u8; 32]>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.keys.iter().map(|key| hex::encode(id_of(key))).collect();
        f.debug_struct("Keyring").field("ids", &ids).finish()
    }
}

impl Keyring {
    /// A keyring of a new random key.
    pub fn generate() -> Result<Self> {
        let mut key = [0; 32];
        random(&mut key)?;
        Ok(Self { keys: vec![key] })
    }

    /// Reads a keyring: one or two keys of 64 hexadecimal digits, the present one first, with commas or white space
    /// between them. `Invalid` says which is none, and never shows it.
    pub fn parse(text: &str) -> Result<Self> {
        let mut keys = Vec::new();
        for (at, word) in text.split([',', ' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()).enumerate() {
            let mut key = [0; 32];
            hex::decode_to_slice(word, &mut key)
                .map_err(|_| Error::invalid(format!("key {} is not 64 hexadecimal digits", at + 1)))?;
            keys.push(key);
        }
        match keys.len() {
            1 | 2 => Ok(Self { keys }),
            found => Err(Error::invalid(format!("a keyring has one or two keys, not {found}"))),
        }
    }

    /// Reads a keyring from a file, which is made with a new key, readable by its owner only, when there is none.
    pub fn from_file(path: &Path) -> Result<Self> {
        match fs::read_to_string(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make_key_file(path).map_err(|error| {
                    Error::unavailable(format!("cannot make the key file `{}`", path.display())).caused_by(error)
                })?;
                Self::read_file(path)
            }
            _ => Self::read_file(path),
        }
    }

    fn read_file(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| {
            Error::unavailable(format!("cannot read the key file `{}`", path.display())).caused_by(error)
        })?;
        Self::parse(&text).map_err(|error| error.with("file", path.display()))
    }

    /// Reads a keyring from what a shell command writes, within 30 seconds. `Unavailable` when it fails.
    pub fn from_command(command: &str) -> Result<Self> {
        Self::parse(&output_of(command, PATIENCE)?)
    }

    /// The keyring that goes with a store's address: what the variables [`KEY_VARIABLE`] or [`KEY_COMMAND`] say, else of
    /// a redb file the file `PATH.key` beside it, and of memory a new one. `NotFound` when the redb file is there and
    /// its key is not.
    pub async fn for_store(url: &str, environment: KeyEnvironment) -> Result<Self> {
        let url = url.to_owned();
        tokio::task::spawn_blocking(move || Self::of_store(&url, &environment))
            .await
            .map_err(|error| Error::unexpected("reading the key broke off").caused_by(error))?
    }

    fn of_store(url: &str, environment: &KeyEnvironment) -> Result<Self> {
        let kind = StoreKind::of(url)?;
        if let Some(text) = &environment.key {
            return Self::parse(text.expose()).map_err(|error| error.with("variable", KEY_VARIABLE));
        }
        if let Some(command) = &environment.command {
            return Self::from_command(command.expose()).map_err(|error| error.with("variable", KEY_COMMAND));
        }
        match kind {
            StoreKind::Redb(path) => Self::beside(Path::new(path)),
            StoreKind::Memory => Self::generate(),
            StoreKind::Etcd => Err(Error::invalid(format!(
                "the key that seals secrets is missing: give it in the variable `{KEY_VARIABLE}`"
            ))),
        }
    }

    /// The key in the file beside a redb file, made together with that file only: a new one opens no old store.
    fn beside(store: &Path) -> Result<Self> {
        let mut path = store.as_os_str().to_owned();
        path.push(".key");
        let path = Path::new(&path);
        if store.exists() && !path.exists() {
            let (store, path) = (store.display(), path.display());
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("the store `{store}` is there and its key file `{path}` is not: put it back"),
            ));
        }
        Self::from_file(path)
    }

    /// Whether there is an older key, and so perhaps something sealed with it.
    pub(super) fn has_older(&self) -> bool {
        self.keys.len() > 1
    }

    /// Whether something was sealed with the present key.
    pub(super) fn is_present(&self, sealed: &[u8]) -> bool {
        self.keys.first().is_some_and(|key| sealed.starts_with(&id_of(key)))
    }

    /// Whether something was sealed with a key that is none of these.
    pub(super) fn lacks_key(&self, sealed: &[u8]) -> bool {
        sealed.get(..4).is_some_and(|id| self.keys.iter().all(|key| id_of(key) != id))
    }

    /// Seals `text` for the record at `place`.
    pub(super) fn seal(&self, place: &str, text: &[u8]) -> Result<Vec<u8>> {
        let key = self.keys.first().ok_or_else(|| Error::unexpected("the keyring is empty"))?;
        let mut sealed = vec![0; NONCE];
        random(&mut sealed)?;
        let nonce = XNonce::try_from(&sealed[..NONCE]).map_err(|_| Error::unexpected("the nonce has its length"))?;
        let cipher = XChaCha20Poly1305::new(&(*key).into());
        let body = cipher
            .encrypt(&nonce, Payload { msg: text, aad: place.as_bytes() })
            .map_err(|_| Error::unexpected("the record cannot be sealed"))?;
        sealed.splice(..0, id_of(key));
        sealed.extend(body);
        Ok(sealed)
    }

    /// Opens what was sealed for the record at `place`.
    pub(super) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::unexpected(format!("the sealed record `{place}` was altered or moved"));
        let (id, rest) = sealed.split_at_checked(4).ok_or_else(broken)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or_else(broken)?;
        let key = self.keys.iter().find(|key| id_of(key) == id).ok_or_else(|| {
            Error::new(
                ErrorKind::Unsupported,
                format!("`{place}` is sealed with key `{}`, which this keyring lacks", hex::encode(id)),
            )
        })?;
        let nonce = XNonce::try_from(nonce).map_err(|_| broken())?;
        let cipher = XChaCha20Poly1305::new(&(*key).into());
        cipher.decrypt(&nonce, Payload { msg: body, aad: place.as_bytes() }).map_err(|_| broken())
    }

    /// A keyed hash: tells whether two secrets are the same, and nothing else.
    pub fn digest(&self, text: &str) -> [u8; 32] {
        let key = self.keys.first().copied().unwrap_or_default();
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&key).expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// What a shell command writes; it and all that it started are ended when it takes longer than `limit`.
fn output_of(command: &str, limit: Duration) -> Result<String> {
    let failed = |what: String| Error::unavailable(format!("the command that gives the key {what}"));
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    let mut child = shell.spawn().map_err(|error| failed("cannot be run".to_owned()).caused_by(error))?;
    let begun = Instant::now();
    let (tell, told) = mpsc::channel();
    let out = child.stdout.take();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = out.map(|out| out.take(MAX_OUTPUT).read_to_string(&mut text));
        tell.send(matches!(read, Some(Ok(_))).then_some(text))
    });
    let text = told.recv_timeout(limit);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) if text.is_ok() => break status,
            Ok(None) if begun.elapsed() < limit => std::thread::sleep(Duration::from_millis(20)),
            _ => {
                let _ = rustix::process::kill_process_group(Pid::from_child(&child), Signal::KILL);
                let _ = child.wait();
                return Err(failed(format!("did not end within {limit:?}")));
            }
        }
    };
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    text.ok().flatten().ok_or_else(|| failed("wrote no text".to_owned()))
}

/// Makes a key file with a new key. It is whole or not there, and one that is there already stays.
fn make_key_file(path: &Path) -> std::io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    let mut chance = [0; 8];
    random(&mut chance).map_err(std::io::Error::other)?;
    draft.push(format!(".{}", hex::encode(chance)));
    let keyring = Keyring::generate().map_err(std::io::Error::other)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let made = file
        .write_all(format!("{}\n", hex::encode(keyring.keys[0])).as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match made {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// The name of a key: the beginning of its hash.
fn id_of(key: &[u8; 32]) -> [u8; 4] {
    let hash = Sha256::digest(key);
    [hash[0], hash[1], hash[2], hash[3]]
}

fn random(bytes: &mut [u8]) -> Result<()> {
    SysRng.try_fill_bytes(bytes).map_err(|error| Error::unexpected("the system has no random numbers").caused_by(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_what_it_sealed_and_only_there() {
        let keyring = Keyring::generate().unwrap();
        let sealed = keyring.seal("users/admin", b"text").unwrap();
        assert_eq!(keyring.open("users/admin", &sealed).unwrap(), b"text");
        assert_eq!(keyring.open("users/other", &sealed).unwrap_err().kind(), ErrorKind::Unexpected);
        let mut altered = sealed.clone();
        *altered.last_mut().unwrap() ^= 1;
        assert!(keyring.open("users/admin", &altered).is_err());
        assert!(keyring.open("users/admin", &sealed[..10]).is_err());
        assert_eq!(
            Keyring::generate().unwrap().open("users/admin", &sealed).unwrap_err().kind(),
            ErrorKind::Unsupported
        );
    }

    #[test]
    fn an_older_key_still_opens() {
        let (old, new) = ("11".repeat(32), "22".repeat(32));
        let sealed = Keyring::parse(&old).unwrap().seal("a", b"text").unwrap();
        assert_eq!(Keyring::parse(&format!("{new},{old}")).unwrap().open("a", &sealed).unwrap(), b"text");
        assert!(Keyring::parse(&new).unwrap().open("a", &sealed).is_err());
    }

    #[test]
    fn a_command_gives_the_key_or_says_why_not() {
        let key = "11".repeat(32);
        let sealed = Keyring::parse(&key).unwrap().seal("a", b"text").unwrap();
        assert_eq!(Keyring::from_command(&format!("echo {key}")).unwrap().open("a", &sealed).unwrap(), b"text");
        assert_eq!(Keyring::from_command("exit 3").unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(Keyring::from_command("echo nonsense").unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[test]
    fn a_command_that_does_not_end_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let command = format!("sleep 600 & echo $! > '{}'; wait", file.display());
        let error = output_of(&command, Duration::from_secs(1)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        let started = Path::new("/proc").join(fs::read_to_string(file).unwrap().trim()).join("cmdline");
        let sleeps = || fs::read_to_string(&started).is_ok_and(|line| line.starts_with("sleep"));
        let begun = Instant::now();
        while sleeps() {
            assert!(begun.elapsed() < Duration::from_secs(10), "what it started is still there");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[tokio::test]
    async fn the_environment_comes_before_what_goes_with_the_store() {
        let (key, other) = ("11".repeat(32), "22".repeat(32));
        let keyring = async |key: Option<&str>, command: Option<String>| {
            let environment = KeyEnvironment { key: key.map(Secret::new), command: command.map(Secret::new) };
            Keyring::for_store("etcd://h", environment).await.map(|keyring| format!("{keyring:?}"))
        };
        let expected = format!("{:?}", Keyring::parse(&key).unwrap());
        assert_eq!(keyring(Some(&key), Some(format!("echo {other}"))).await.unwrap(), expected);
        assert_eq!(keyring(None, Some(format!("echo {key}"))).await.unwrap(), expected);
        assert_eq!(keyring(None, None).await.unwrap_err().kind(), ErrorKind::Invalid);
    }

    #[test]
    fn a_key_file_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("haven.key");
        let made: Vec<_> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..8).map(|_| scope.spawn(|| Keyring::from_file(&path).unwrap())).collect();
            makers.into_iter().map(|maker| format!("{:?}", maker.join().unwrap())).collect()
        });
        assert!(made.iter().all(|keyring| *keyring == made[0]), "{made:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        fs::write(&path, "").unwrap();
        let error = Keyring::from_file(&path).unwrap_err();
        assert_eq!(error.message(), "a keyring has one or two keys, not 0");
        assert!(error.context().any(|(name, value)| name == "file" && value.ends_with("haven.key")));
    }

    #[test]
    fn a_store_without_its_key_gets_no_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("haven.redb");
        fs::write(&store, "").unwrap();
        assert_eq!(Keyring::beside(&store).unwrap_err().kind(), ErrorKind::NotFound);
        fs::remove_file(&store).unwrap();
        Keyring::beside(&store).unwrap();
    }

    #[test]
    fn a_bad_key_is_named_and_not_shown() {
        let error = Keyring::parse("abcsecret").unwrap_err();
        assert_eq!(error.message(), "key 1 is not 64 hexadecimal digits");
        assert!(!format!("{:?}", Keyring::parse(&"11".repeat(32)).unwrap()).contains("1111"));
    }
}
