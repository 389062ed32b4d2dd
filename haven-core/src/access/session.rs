//! Users, passwords and sessions.
//!
//! Checking a password is made to be slow; how often that is done is bounded by [`attempts`](super::attempts). What is
//! remembered of it counts for one address only, so that nobody learns from it at another what the password is. A session
//! names the password that it was begun with, and ends with it: a new password is one write, and takes effect at once.

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _},
};
use haven_model::{
    Access, Actor, Error, ErrorKind, Result, Secret,
    access::{Identity, Session},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Decision,
    attempts::{Attempts, Tries},
    memory::Memory,
    token,
};
use crate::{
    clock::Clock,
    store::{Record, Table, Versioned},
};

/// How long a session lasts.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The most sessions of a user; the oldest go. More are there for a while: sessions are swept after so many new ones,
/// and at the first after a time.
const SESSIONS: usize = 100;
const SWEEP: Duration = Duration::from_secs(3600);
/// The most sessions that one sweep drops.
const SWEPT: usize = 2 * SESSIONS;
/// The longest user name and password, in bytes.
const MAX_NAME: usize = 128;
const MAX_PASSWORD: usize = 1024;

/// A user as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserRecord {
    /// The argon2id hash, in the PHC format.
    password: Secret,
}

impl Record for UserRecord {
    const KIND: &'static str = "user";
    const VERSION: u32 = 1;
    const SEALED: bool = true;
}

/// A session as it is stored, under the SHA-256 of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    user: String,
    expires: Timestamp,
    /// The mark of the password that it was begun with.
    #[serde(default)]
    password: String,
}

impl Record for SessionRecord {
    const KIND: &'static str = "session";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// Who is who, and who may do what.
#[derive(Debug)]
pub struct AccessService {
    users: Table<UserRecord>,
    sessions: Table<SessionRecord>,
    clock: Arc<dyn Clock>,
    attempts: Attempts,
    memory: Memory,
    /// When sessions were swept last, and how many were begun since.
    swept: Mutex<Option<(Duration, usize)>>,
}

impl AccessService {
    pub(crate) fn new(users: Table<UserRecord>, sessions: Table<SessionRecord>, clock: Arc<dyn Clock>) -> Self {
        Self {
            users,
            sessions,
            attempts: Attempts::new(clock.clone()),
            memory: Memory::new(clock.clone()),
            clock,
            swept: Mutex::default(),
        }
    }

    /// May this actor do this to that object, and why.
    pub fn decide(&self, actor: &Actor, needs: &Access) -> Decision {
        super::decide(actor, needs)
    }

    /// Makes the first user, `admin`, unless there is one. Answers whether it did.
    pub async fn first_user(&self, password: &Secret) -> Result<bool> {
        if self.users.get("admin").await?.is_some() {
            return Ok(false);
        }
        check_password(password)?;
        let record = UserRecord { password: hash(password.clone()).await? };
        match self.users.create("admin", &record).await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::AlreadyExists) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether there is a user yet.
    pub async fn has_users(&self) -> Result<bool> {
        Ok(self.users.get("admin").await?.is_some())
    }

    /// Checks user and password, and begins a session.
    pub async fn sign_in(&self, user: &str, password: &Secret, actor: &Actor) -> Result<Session> {
        let record = self.verified(user, password, &Tries::of(actor, user)).await?;
        self.begin(user, &record.value).await
    }

    /// Begins a session of who was seen to be this user.
    async fn begin(&self, user: &str, record: &UserRecord) -> Result<Session> {
        let token = token::make("hvn")?;
        let now = self.clock.now();
        let expires = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        let session = SessionRecord { user: user.to_owned(), expires, password: mark(record) };
        self.sessions.create(&token::key(&token), &session).await?;
        if self.sweep_is_due() {
            self.sweep(now).await;
        }
        Ok(Session { user: user.to_owned(), token, expires })
    }

    /// Who holds a token. `Unauthenticated` when nobody does, or not any more.
    pub async fn who(&self, token: &str) -> Result<Identity> {
        let refused = || Error::new(ErrorKind::Unauthenticated, "the token is unknown or has expired: sign in again");
        if token.len() > 256 {
            return Err(refused());
        }
        let key = token::key(token);
        let session = match self.session(&key).await {
            Err(error) if is_away(&error) => {
                return self.memory.known(&key).map(|known| Identity::User(known.user)).ok_or(error);
            }
            found => found?.ok_or_else(refused)?,
        };
        if session.expires <= self.clock.now() {
            return Err(refused());
        }
        self.memory.remember(&key, &session.user, None, session.expires);
        Ok(Identity::User(session.user))
    }

    /// A session whose user still has the password that it was begun with.
    async fn session(&self, key: &str) -> Result<Option<SessionRecord>> {
        let Some(session) = self.sessions.get(key).await? else { return Ok(None) };
        let user = self.users.get(&session.value.user).await?;
        let is_present = user.is_some_and(|user| mark(&user.value) == session.value.password);
        Ok(is_present.then_some(session.value))
    }

    /// Checks user and password. `Unauthenticated` when they do not fit together, `Busy` after too many failures
    /// and when too many are checked already.
    pub async fn check(&self, user: &str, password: &Secret, actor: &Actor) -> Result<Identity> {
        let tries = Tries::of(actor, user);
        match self.verified(user, password, &tries).await {
            Err(error) if is_away(&error) => self.check_known(password, &tries, error),
            verified => verified.map(|_| Identity::User(user.to_owned())),
        }
    }

    /// The record of the user whose password this is.
    async fn verified(&self, user: &str, password: &Secret, tries: &Tries) -> Result<Versioned<UserRecord>> {
        let refused = || Error::new(ErrorKind::Unauthenticated, "user and password do not fit together");
        if user.is_empty()
            || user.len() > MAX_NAME
            || user.contains(['/', '\0'])
            || password.expose().len() > MAX_PASSWORD
        {
            return Err(refused());
        }
        // First of all: that something is remembered tells who guesses that it is right.
        self.attempts.refuse_if_waiting(tries)?;
        let record = self.users.get(user).await?;
        let hash = record.as_ref().map(|record| record.value.password.clone());
        let print = fingerprint(tries, password, hash.as_ref());
        let is_remembered = || hash.is_some() && self.memory.remembers(&print);
        let right = is_remembered() || {
            let turn = self.attempts.turn().await?;
            self.attempts.refuse_if_waiting(tries)?;
            // Many of one client may have waited for the first of them.
            is_remembered() || {
                self.attempts.begin(tries)?;
                let right = verify(password.clone(), hash.clone(), turn).await?;
                if right {
                    self.attempts.right(tries);
                    self.memory.remember_password(print);
                }
                right
            }
        };
        let record = record.filter(|_| right).ok_or_else(refused)?;
        let print = fingerprint(tries, password, None);
        self.memory.remember(&tries.with_user, user, Some(print), Timestamp::MAX);
        Ok(record)
    }

    /// Checks a password against the one that was right a while ago, when the store does not answer now.
    fn check_known(&self, password: &Secret, tries: &Tries, error: Error) -> Result<Identity> {
        let Some(known) = self.memory.known(&tries.with_user) else { return Err(error) };
        self.attempts.begin(tries)?;
        if known.password != Some(fingerprint(tries, password, None)) {
            return Err(error);
        }
        self.attempts.right(tries);
        Ok(Identity::User(known.user))
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &Secret) -> Result<()> {
        let key = token::key(token.expose());
        self.memory.forget(&key);
        match self.sessions.delete(&key, None).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            done => done.map(drop),
        }
    }

    /// Changes a password, and with that ends all sessions of the user. `Conflict` when somebody else changes it, too. The
    /// program itself need not know the present one: whoever opens the store has all that is in it.
    pub async fn change_password(&self, user: &str, password: &Secret, new: &Secret, actor: &Actor) -> Result<()> {
        check_password(new)?;
        let current = match actor.identity {
            Identity::System => self.users.get(user).await?.ok_or_else(|| Error::not_found("user", user))?,
            _ => self.verified(user, password, &Tries::of(actor, user)).await?,
        };
        let record = UserRecord { password: hash(new.clone()).await? };
        self.users.update(user, &current, &record).await?;
        self.memory.clear();
        Ok(())
    }

    /// Whether sessions are to be swept, now that one more was begun.
    fn sweep_is_due(&self) -> bool {
        let now = self.clock.elapsed();
        let mut swept = self.swept.lock().expect("no panic happens under this lock");
        match &mut *swept {
            Some((since, begun)) if now.saturating_sub(*since) < SWEEP && *begun < SESSIONS => {
                *begun += 1;
                false
            }
            _ => {
                *swept = Some((now, 1));
                true
            }
        }
    }

    /// Drops sessions that have expired, and the oldest of who has too many; whoever signs in pays for it.
    async fn sweep(&self, now: Timestamp) {
        let Ok((mut sessions, _)) = self.sessions.list().await else { return };
        sessions.sort_by_key(|(_, session)| Reverse(session.value.expires));
        let mut newer: HashMap<String, usize> = HashMap::new();
        sessions.retain(|(_, session)| {
            let newer = newer.entry(session.value.user.clone()).or_default();
            *newer += 1;
            *newer > SESSIONS || session.value.expires <= now
        });
        for (key, session) in sessions.into_iter().rev().take(SWEPT) {
            let _ = self.sessions.delete(&key, Some(session.revision)).await;
        }
    }
}

fn check_password(password: &Secret) -> Result<()> {
    match password.expose().len() {
        0 => Err(Error::invalid("a password cannot be empty")),
        1..=MAX_PASSWORD => Ok(()),
        _ => Err(Error::invalid(format!("a password has at most {MAX_PASSWORD} bytes"))),
    }
}

/// Whether the store does not answer.
fn is_away(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout)
}

/// Tells a password from every other of the user, without telling what it is.
fn mark(user: &UserRecord) -> String {
    hex::encode(Sha256::digest(user.password.expose()))
}

fn fingerprint(tries: &Tries, password: &Secret, hash: Option<&Secret>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [tries.with_user.as_str(), password.expose(), hash.map_or("", Secret::expose)] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

async fn hash(password: Secret) -> Result<Secret> {
    blocking(move || {
        let hash = Argon2::default()
            .hash_password(password.expose().as_bytes())
            .map_err(|error| Error::unexpected(format!("the password cannot be hashed: {error}")))?;
        Ok(Secret::new(hash.to_string()))
    })
    .await
}

/// Checks a password; an unknown user takes as long as a wrong password. The turn ends with the check, also where nobody
/// waits for it any more.
async fn verify(password: Secret, hash: Option<Secret>, turn: OwnedSemaphorePermit) -> Result<bool> {
    blocking(move || {
        let _turn = turn;
        let Some(hash) = hash else {
            let _ = Argon2::default().hash_password(password.expose().as_bytes());
            return Ok(false);
        };
        let parsed = argon2::PasswordHash::new(hash.expose())
            .map_err(|error| Error::unexpected(format!("the stored password cannot be read: {error}")))?;
        Ok(Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok())
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::unexpected("checking a password broke off").caused_by(error))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Haven,
        clock::ManualClock,
        store::{Keyring, MemoryStore},
    };

    #[tokio::test]
    async fn a_session_begun_while_the_password_changes_does_not_outlive_the_change() {
        let haven = Haven::open("memory:").await.unwrap();
        let (access, actor) = (&haven.services().unwrap().access, Actor::system());
        let (old, new) = (Secret::new("old"), Secret::new("new"));
        access.first_user(&old).await.unwrap();
        let seen = access.verified("admin", &old, &Tries::of(&actor, "admin")).await.unwrap();
        access.change_password("admin", &old, &new, &actor).await.unwrap();
        let late = access.begin("admin", &seen.value).await.unwrap();
        assert_eq!(access.who(&late.token).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
        let session = access.sign_in("admin", &new, &actor).await.unwrap();
        access.who(&session.token).await.unwrap();
    }

    #[tokio::test]
    async fn who_signs_in_without_end_has_a_bounded_number_of_sessions() {
        let clock = Arc::new(ManualClock::seeded(1));
        let store = Arc::new(MemoryStore::new(&*clock));
        let builder = Haven::builder().clock(clock.clone()).store(store).keyring(Keyring::generate().unwrap());
        let haven = builder.build().await.unwrap();
        let access = &haven.services().unwrap().access;
        access.first_user(&Secret::new("right")).await.unwrap();
        let mut tokens = Vec::new();
        for _ in 0..5 * SESSIONS {
            clock.advance(Duration::from_millis(10));
            let session = access.sign_in("admin", &Secret::new("right"), &Actor::system()).await.unwrap();
            tokens.push(session.token);
        }
        assert!(access.sessions.list().await.unwrap().0.len() <= 2 * SESSIONS);
        assert!(access.who(&tokens[0]).await.is_err(), "the oldest go");
        for token in &tokens[4 * SESSIONS..] {
            access.who(token).await.unwrap();
        }
    }
}
