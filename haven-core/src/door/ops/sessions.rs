//! Signing in and out.

use async_trait::async_trait;
use haven_model::{
    Actor, Result, Secret,
    access::{Identity, Session},
};

use super::operation;
use crate::{
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![Row::call::<SignIn>(), Row::call::<WhoAmI>(), Row::call::<SignOut>(), Row::call::<ChangePassword>()]
}

operation! {
    /// Signs in, and answers a token to send as `Authorization: Bearer TOKEN`. `unauthenticated` when user and password
    /// do not fit together; `busy` after too many attempts.
    "sessions.create", Post "/sessions", open;
    pub struct SignIn {
        /// The user.
        pub user: String,
        /// The password.
        pub password: Secret,
    }
}

#[async_trait]
impl Call for SignIn {
    type Output = Session;

    async fn run(self, services: &Services, actor: &Actor) -> Result<Session> {
        services.access.sign_in(&self.user, &self.password, actor).await
    }
}

operation! {
    /// Says who is signed in.
    "sessions.current", Get "/sessions/current", needs Read;
    #[derive(Default)]
    pub struct WhoAmI {}
}

#[async_trait]
impl Call for WhoAmI {
    type Output = Identity;

    async fn run(self, _: &Services, actor: &Actor) -> Result<Identity> {
        Ok(actor.identity.clone())
    }
}

operation! {
    /// Ends a session: its token is refused from now on.
    "sessions.delete", Post "/sessions/end", needs Update;
    pub struct SignOut {
        /// The token.
        pub token: Secret,
    }
}

#[async_trait]
impl Call for SignOut {
    type Output = ();

    async fn run(self, services: &Services, _: &Actor) -> Result<()> {
        services.access.sign_out(&self.token).await
    }
}

operation! {
    /// Changes a user's password, and ends all of the user's sessions. `unauthenticated` when the present one is wrong.
    "users.change_password", Put "/users/{user}/password", needs Update;
    pub struct ChangePassword {
        /// The user.
        pub user: String,
        /// The present password.
        pub password: Secret,
        /// The new one.
        pub new_password: Secret,
    }
}

#[async_trait]
impl Call for ChangePassword {
    type Output = ();

    async fn run(self, services: &Services, actor: &Actor) -> Result<()> {
        services.access.change_password(&self.user, &self.password, &self.new_password, actor).await
    }
}
