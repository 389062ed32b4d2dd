//! Signing in and out.

use clap::Args;
use haven_core::{
    door::{
        Credentials,
        ops::sessions::{ChangePassword, SignIn, SignOut, WhoAmI},
    },
    model::Secret,
    source::split_credentials,
};

use super::{
    Context,
    terminal::{read_new_password, read_password},
};
use crate::{
    connection::{ServerArgs, is_http, variable},
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
        let (server, in_url) = named(context, self.url);
        let (user, password) = in_url.map_or((None, None), |(user, password)| (Some(user), password));
        let user = user.or_else(|| server.username.clone()).unwrap_or_else(|| "admin".into());
        let haven = server.open_as(Credentials::None).await?;
        let password = match password.or_else(|| variable("HAVEN_PASSWORD").map(Secret::new)) {
            Some(password) => password,
            None => Secret::new(read_password(&format!("Password of {user} at {}: ", server.url()))?),
        };
        let session = haven.call(SignIn { user, password }).await.map_err(|error| match error.kind() {
            haven_core::ErrorKind::Unauthenticated => {
                let hint = "the first password was printed when the server started first; where its store is, \
                            `haven passwd --server redb:PATH` gives another while the server is stopped";
                Failure::Error(error, Some(hint.into()))
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

/// The server that is meant, and who and what its address holds besides, which is neither shown nor kept with it.
fn named(context: &Context, url: Option<String>) -> (ServerArgs, Option<(String, Option<Secret>)>) {
    let server = context.server.at(url);
    match split_credentials(server.url()) {
        (url, Some(found)) => (server.at(Some(url.trim_end_matches('/').to_owned())), Some(found)),
        (_, None) => (server, None),
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
        let (server, _) = named(context, self.url);
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
#[command(
    after_help = "The present and the new password are asked for, or are the first two lines of standard input. On a \
                  store that is opened in this process, `--server redb:PATH`, only the new one is: for a password that \
                  was lost."
)]
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
        // Whoever opens the store is its administrator, who need not know the present one.
        let password = if is_http(context.server.url()) {
            read_password(&format!("Present password of {user}: "))?
        } else {
            String::new()
        };
        let (password, new_password) = (Secret::new(password), Secret::new(read_new_password()?));
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
