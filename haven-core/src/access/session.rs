//! Users, passwords and sessions.
//!
//! Checking a password is made to be slow; how often that is done is bounded by [`attempts`](super::attempts).

use std::{
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
use rand::{TryRng as _, rngs::SysRng};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Decision,
    attempts::{Attempts, Tries},
};
use crate::{
    clock::Clock,
    store::{Record, Table},
};

/// How long a session lasts.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The longest user name and password, in bytes.
const MAX_NAME: usize = 128;
const MAX_PASSWORD: usize = 1024;
/// How long a checked password is not checked again.
const REMEMBER: Duration = Duration::from_secs(60);

/// How long who was known is still known while the store does not answer: looking at the fleet shall go on then.
const WITHOUT_STORE: Duration = Duration::from_secs(15 * 60);
/// The most tokens and passwords remembered for that.
const KNOWN: usize = 10_000;

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

    fn upgrade(_from: u32, value: Value) -> Result<Value> {
        Ok(value)
    }
}

/// A session as it is stored, under the SHA-256 of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    user: String,
    expires: Timestamp,
}

impl Record for SessionRecord {
    const KIND: &'static str = "session";
    const VERSION: u32 = 1;
    const SEALED: bool = false;

    fn upgrade(_from: u32, value: Value) -> Result<Value> {
        Ok(value)
    }
}

/// Who is who, and who may do what.
#[derive(Debug)]
pub struct AccessService {
    users: Table<UserRecord>,
    sessions: Table<SessionRecord>,
    clock: Arc<dyn Clock>,
    attempts: Attempts,
    /// Passwords that were right a moment ago, by the hash of user, password and record: for clients that sign every request.
    remembered: Mutex<HashMap<[u8; 32], Duration>>,
    /// Who showed a token or a password that was right, by the hash of it: for as long as the store does not answer.
    known: Mutex<HashMap<[u8; 32], Known>>,
}

/// Somebody whose token or password was right a while ago.
#[derive(Clone, Debug)]
struct Known {
    user: String,
    since: Duration,
    /// When the session ends, where it was a token.
    expires: Timestamp,
}

impl AccessService {
    pub(crate) fn new(users: Table<UserRecord>, sessions: Table<SessionRecord>, clock: Arc<dyn Clock>) -> Self {
        Self {
            users,
            sessions,
            attempts: Attempts::new(clock.clone()),
            clock,
            remembered: Mutex::default(),
            known: Mutex::default(),
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
        self.check(user, password, actor).await?;
        let mut token = [0; 32];
        SysRng
            .try_fill_bytes(&mut token)
            .map_err(|error| Error::unexpected("the system has no random numbers").caused_by(error))?;
        let token = format!("hvn_{}", hex::encode(token));
        let now = self.clock.now();
        let expires = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        let record = SessionRecord { user: user.to_owned(), expires };
        self.sessions.create(&token_key(&token), &record).await?;
        self.sweep(now).await;
        Ok(Session { user: user.to_owned(), token, expires })
    }

    /// Who holds a token. `Unauthenticated` when nobody does, or not any more.
    pub async fn who(&self, token: &str) -> Result<Identity> {
        let refused = || Error::new(ErrorKind::Unauthenticated, "the token is unknown or has expired: sign in again");
        if token.len() > 256 {
            return Err(refused());
        }
        let shown: [u8; 32] = Sha256::digest(token).into();
        let session = match self.sessions.get(&token_key(token)).await {
            Err(error) => return self.known(&shown, error),
            Ok(session) => session.ok_or_else(refused)?.value,
        };
        if session.expires <= self.clock.now() {
            return Err(refused());
        }
        self.remember(shown, &session.user, session.expires);
        Ok(Identity::User(session.user))
    }

    /// Checks user and password. `Unauthenticated` when they do not fit together, `Busy` after too many failures
    /// and when too many are checked already.
    pub async fn check(&self, user: &str, password: &Secret, actor: &Actor) -> Result<Identity> {
        let refused = || Error::new(ErrorKind::Unauthenticated, "user and password do not fit together");
        if user.is_empty()
            || user.len() > MAX_NAME
            || user.contains(['/', '\0'])
            || password.expose().len() > MAX_PASSWORD
        {
            return Err(refused());
        }
        let shown = fingerprint(user, password, None);
        let record = match self.users.get(user).await {
            Err(error) => return self.known(&shown, error),
            Ok(record) => record,
        };
        let known_hash = record.as_ref().map(|record| record.value.password.clone());
        let fingerprint = fingerprint(user, password, known_hash.as_ref());
        let is_remembered = || known_hash.is_some() && self.remembers(&fingerprint);
        let tries = Tries::of(actor, user);
        let right = is_remembered() || {
            self.attempts.refuse_if_waiting(&tries)?;
            let turn = self.attempts.turn().await?;
            // Many of one client may have waited for the first of them.
            is_remembered() || {
                self.attempts.begin(&tries)?;
                let right = verify(password.clone(), known_hash.clone(), turn).await?;
                if right {
                    self.attempts.right(&tries);
                    self.remember_password(fingerprint);
                }
                right
            }
        };
        if !right {
            return Err(refused());
        }
        self.remember(shown, user, Timestamp::MAX);
        Ok(Identity::User(user.to_owned()))
    }

    /// Remembers a password that was checked.
    fn remember_password(&self, fingerprint: [u8; 32]) {
        let now = self.clock.elapsed();
        let mut remembered = self.remembered.lock().expect("no panic happens under this lock");
        remembered.retain(|_, since| now.saturating_sub(*since) < REMEMBER);
        remembered.insert(fingerprint, now);
    }

    /// Remembers who showed something that was right.
    fn remember(&self, shown: [u8; 32], user: &str, expires: Timestamp) {
        let since = self.clock.elapsed();
        let mut known = self.known.lock().expect("no panic happens under this lock");
        let has_room = |known: &HashMap<_, _>| known.len() < KNOWN || known.contains_key(&shown);
        if !has_room(&known) {
            known.retain(|_, known| since.saturating_sub(known.since) < WITHOUT_STORE);
        }
        if has_room(&known) {
            known.insert(shown, Known { user: user.to_owned(), since, expires });
        }
    }

    /// Who showed this a while ago, when the store does not answer now; else why it does not.
    fn known(&self, shown: &[u8; 32], error: Error) -> Result<Identity> {
        if !matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout) {
            return Err(error);
        }
        let known = self.known.lock().expect("no panic happens under this lock").get(shown).cloned();
        let fresh = known.filter(|known| {
            self.clock.elapsed().saturating_sub(known.since) < WITHOUT_STORE && known.expires > self.clock.now()
        });
        fresh.map(|known| Identity::User(known.user)).ok_or(error)
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &Secret) -> Result<()> {
        let shown: [u8; 32] = Sha256::digest(token.expose()).into();
        self.known.lock().expect("no panic happens under this lock").remove(&shown);
        match self.sessions.delete(&token_key(token.expose()), None).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            done => done.map(drop),
        }
    }

    /// Changes a password, and ends all sessions of the user. The program itself need not know the present one: whoever
    /// opens the store has all that is in it.
    pub async fn change_password(&self, user: &str, password: &Secret, new: &Secret, actor: &Actor) -> Result<()> {
        check_password(new)?;
        if actor.identity != Identity::System {
            self.check(user, password, actor).await?;
        }
        let current = self.users.get(user).await?.ok_or_else(|| Error::not_found("user", user))?;
        let record = UserRecord { password: hash(new.clone()).await? };
        self.users.update(user, &current, &record).await?;
        self.remembered.lock().expect("no panic happens under this lock").clear();
        self.known.lock().expect("no panic happens under this lock").clear();
        for (key, session) in self.sessions.list().await?.0 {
            if session.value.user == user {
                self.sessions.delete(&key, None).await?;
            }
        }
        Ok(())
    }

    /// Drops sessions that have expired; whoever signs in pays for it.
    async fn sweep(&self, now: Timestamp) {
        let Ok((sessions, _)) = self.sessions.list().await else { return };
        for (key, session) in sessions.into_iter().filter(|(_, session)| session.value.expires <= now).take(100) {
            let _ = self.sessions.delete(&key, Some(session.revision)).await;
        }
    }

    fn remembers(&self, fingerprint: &[u8; 32]) -> bool {
        let remembered = self.remembered.lock().expect("no panic happens under this lock");
        remembered.get(fingerprint).is_some_and(|since| self.clock.elapsed().saturating_sub(*since) < REMEMBER)
    }
}

fn check_password(password: &Secret) -> Result<()> {
    match password.expose().len() {
        0 => Err(Error::invalid("a password cannot be empty")),
        1..=MAX_PASSWORD => Ok(()),
        _ => Err(Error::invalid(format!("a password has at most {MAX_PASSWORD} bytes"))),
    }
}

fn token_key(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn fingerprint(user: &str, password: &Secret, hash: Option<&Secret>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [user, password.expose(), hash.map_or("", Secret::expose)] {
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
    async fn who_is_known_is_refreshed_also_when_no_other_can_be_remembered() {
        let clock = Arc::new(ManualClock::seeded(1));
        let store = Arc::new(MemoryStore::new(&*clock));
        let builder = Haven::builder().clock(clock.clone()).store(store).keyring(Keyring::generate().unwrap());
        let haven = builder.build().await.unwrap();
        let access = &haven.services().unwrap().access;
        let shown = |number: usize| <[u8; 32]>::from(Sha256::digest(number.to_be_bytes()));
        for number in 0..KNOWN {
            access.remember(shown(number), "admin", Timestamp::MAX);
        }
        clock.advance(WITHOUT_STORE / 2);
        access.remember(shown(0), "admin", Timestamp::MAX);
        access.remember(shown(KNOWN), "admin", Timestamp::MAX);
        clock.advance(WITHOUT_STORE / 2);
        let known = |number| access.known(&shown(number), Error::unavailable("no store")).is_ok();
        assert_eq!([known(0), known(1), known(KNOWN)], [true, false, false]);
    }
}
