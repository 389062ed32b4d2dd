//! Signing in and out.

use clap::Args;
use haven_core::{
    door::{
        Credentials,
        ops::sessions::{ChangePassword, SignIn, SignOut, WhoAmI},
    },
    model::Secret,
};

use super::{Context, terminal::read_password};
use crate::{
    connection::variable,
    credentials::Stored,
    failure::{Failure, Result},
};

/// Sign in to a server and keep the token
#[derive(Debug, Args)]
#[command(after_help = "The password is asked for, or comes from HAVEN_PASSWORD or the first line of standard input.")]
pub(crate) struct Login {
    /// The server [default: `--server`]
    url: Option<String>,
}

impl Login {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let server = context.server.at(self.url);
        let user = server.username.clone().unwrap_or_else(|| "admin".into());
        let haven = server.open_as(Credentials::None).await?;
        let password = match variable("HAVEN_PASSWORD") {
            Some(password) => password,
            None => read_password(&format!("Password of {user} at {}: ", server.url()))?,
        };
        let session =
            haven.call(SignIn { user, password: Secret::new(password) }).await.map_err(|error| match error.kind() {
                haven_core::ErrorKind::Unauthenticated => {
                    Failure::Error(error, Some("the first password was printed when the server started first".into()))
                }
                _ => error.into(),
            })?;
        let mut stored = Stored::load()?;
        stored.insert(server.url(), session.user.clone(), Secret::new(&*session.token), session.expires);
        stored.save()?;
        let told = serde_json::json!({ "server": server.url(), "user": session.user, "expires": session.expires });
        context.show.value(&told, || {
            format!(
                "signed in to {} as {} until {}",
                server.url(),
                session.user,
                session.expires.strftime("%Y-%m-%d %H:%M UTC")
            )
        })
    }
}

/// Sign out of a server and forget the token
#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// The server [default: `--server`]
    url: Option<String>,
}

impl Logout {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let server = context.server.at(self.url);
        let told = |was: bool| serde_json::json!({ "server": server.url(), "was_signed_in": was });
        let mut stored = Stored::load()?;
        let Some(token) = stored.remove(server.url()) else {
            return context.show.done(&told(false), &format!("not signed in to {}", server.url()));
        };
        // Forgotten here first: a server that is gone for good must not keep the token on this machine.
        stored.save()?;
        let end = async {
            let haven = server.open_as(Credentials::Token(token.clone())).await?;
            Ok::<_, Failure>(haven.call(SignOut { token }).await?)
        };
        match end.await {
            Ok(()) => {}
            Err(Failure::Error(error, _)) if error.kind() == haven_core::ErrorKind::Unauthenticated => {}
            Err(Failure::Error(error, _)) => {
                context.show.warn(&format!("the server was not told, the token is good until it expires: {error}"));
            }
            Err(other) => return Err(other),
        }
        context.show.done(&told(true), &format!("signed out of {}", server.url()))
    }
}

/// Change a user's password
#[derive(Debug, Args)]
#[command(after_help = "The present and the new password are asked for, or are the first two lines of standard input.")]
pub(crate) struct Passwd {
    /// The user [default: who is signed in]
    user: Option<String>,
}

impl Passwd {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let haven = context.haven().await?;
        let user = match self.user.or_else(|| context.server.username.clone()) {
            Some(user) => user,
            None => match haven.call(WhoAmI {}).await? {
                haven_core::model::access::Identity::User(user) => user,
                _ => "admin".into(),
            },
        };
        let password = Secret::new(read_password(&format!("Present password of {user}: "))?);
        let new_password = Secret::new(read_password("New password: ")?);
        haven.call(ChangePassword { user: user.clone(), password, new_password }).await?;
        let told = serde_json::json!({ "user": user, "outcome": "done" });
        context.show.done(&told, &format!("changed the password of {user}; all sessions have ended"))
    }
}

/// Says who is signed in.
pub(crate) async fn whoami(context: &Context) -> Result {
    let identity = context.haven().await?.call(WhoAmI {}).await?;
    context.show.value(&identity, || identity.to_string())
}
