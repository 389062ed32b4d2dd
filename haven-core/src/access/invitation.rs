//! Invitations: whoever shows one, once and soon, is given what agents must show.
//!
//! Of a token only its SHA-256 is kept. Taking one removes its record at the revision that was read, so that of two who
//! show the same token one is refused, whichever masters they ask.

use std::sync::Arc;

use haven_model::{Error, ErrorKind, Result, access::Invitation};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::token;
use crate::{
    clock::Clock,
    store::{Record, Table},
};

/// How long one may be shown.
const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// The most that wait to be shown.
const MOST: usize = 1000;
/// The longest token that is looked for, in bytes.
const MAX_TOKEN: usize = 256;

/// An invitation as it is stored, under the SHA-256 of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InvitationRecord {
    expires: Timestamp,
}

impl Record for InvitationRecord {
    const KIND: &'static str = "invitation";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// Makes and takes invitations.
#[derive(Debug)]
pub struct Invitations {
    table: Table<InvitationRecord>,
    clock: Arc<dyn Clock>,
}

impl Invitations {
    pub(crate) fn new(table: Table<InvitationRecord>, clock: Arc<dyn Clock>) -> Self {
        Self { table, clock }
    }

    /// Makes one. `Busy` when too many wait.
    pub(crate) async fn make(&self) -> Result<Invitation> {
        let now = self.clock.now();
        let (there, _) = self.table.list().await?;
        let (waiting, expired): (Vec<_>, Vec<_>) = there.into_iter().partition(|(_, one)| one.value.expires > now);
        for (key, one) in expired {
            let _ = self.table.delete(&key, Some(one.revision)).await;
        }
        if waiting.len() >= MOST {
            return Err(Error::new(ErrorKind::Busy, format!("{MOST} invitations wait to be taken"))
                .retry_in(LIFETIME.unsigned_abs()));
        }
        let token = token::make("hvi")?;
        let expires = now.checked_add(LIFETIME).unwrap_or(Timestamp::MAX);
        self.table.create(&token::key(&token), &InvitationRecord { expires }).await?;
        Ok(Invitation { token, expires })
    }

    /// Takes one. `Unauthenticated` where there is none, or not any more.
    pub(crate) async fn take(&self, token: &str) -> Result<()> {
        let refused = || {
            let message = "the invitation is unknown, was taken already, or has expired: ask for another";
            Error::new(ErrorKind::Unauthenticated, message)
        };
        if token.len() > MAX_TOKEN {
            return Err(refused());
        }
        let key = token::key(token);
        let found = self.table.get(&key).await?.ok_or_else(refused)?;
        match self.table.delete(&key, Some(found.revision)).await {
            Err(error) if error.kind() == ErrorKind::Conflict => return Err(refused()),
            done => done?,
        };
        if found.value.expires <= self.clock.now() { Err(refused()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Haven,
        clock::ManualClock,
        store::{Keyring, MemoryStore},
    };

    async fn haven(clock: &ManualClock) -> Haven {
        let clock = Arc::new(clock.clone());
        let store = Arc::new(MemoryStore::new(&*clock));
        let builder = Haven::builder().clock(clock).store(store).keyring(Keyring::generate().unwrap());
        builder.build().await.unwrap()
    }

    #[tokio::test]
    async fn an_invitation_is_taken_once_and_soon_and_by_nobody_else() {
        let clock = ManualClock::seeded(1);
        let haven = haven(&clock).await;
        let invitations = &haven.services().unwrap().invitations;
        let [one, other] = [invitations.make().await.unwrap(), invitations.make().await.unwrap()];
        assert!(!format!("{one:?}").contains(&one.token));
        let both = tokio::join!(invitations.take(&one.token), invitations.take(&one.token));
        assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|taken| **taken).count(), 1);
        clock.advance(LIFETIME.unsigned_abs());
        for token in [&one.token, &other.token, "", "hvi_", &"x".repeat(1 << 20)] {
            assert_eq!(invitations.take(token).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
        }
    }

    #[tokio::test]
    async fn who_invites_without_end_is_told_to_wait_and_can_again_later() {
        let clock = ManualClock::seeded(1);
        let haven = haven(&clock).await;
        let invitations = &haven.services().unwrap().invitations;
        for _ in 0..MOST {
            invitations.make().await.unwrap();
        }
        assert_eq!(invitations.make().await.unwrap_err().kind(), ErrorKind::Busy);
        clock.advance(LIFETIME.unsigned_abs());
        let made = invitations.make().await.unwrap();
        assert_eq!(invitations.table.list().await.unwrap().0.len(), 1, "the expired ones are gone");
        invitations.take(&made.token).await.unwrap();
    }
}
