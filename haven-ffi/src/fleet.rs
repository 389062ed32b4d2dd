//! A fleet that was opened: its nouns, and every operation by name.

use std::{sync::Arc, time::Duration};

use haven_core::{
    Error,
    door::{self, Handler, RemoteOptions, Request, row},
    model::Face,
};

use crate::{
    Clusters, Containers, Events, Nodes, Plans, Result, Secret, Subscription, settled::settled,
    subscription::Subscriptions,
};

/// A fleet: its machines seen and driven as one. Several may be open at once.
#[derive(uniffi::Object)]
pub struct Haven(haven_core::Haven, Subscriptions);

#[uniffi::export(async_runtime = "tokio")]
impl Haven {
    /// Opens a fleet by its address: `memory:`, `redb:PATH`, `etcd://HOST:PORT,…/PREFIX` for one in this process,
    /// `https://HOST:PORT` or `http://…` for a Haven server.
    #[uniffi::constructor(default(options = None))]
    pub async fn open(url: String, options: Option<OpenOptions>) -> Result<Arc<Self>> {
        settled(async move {
            // Whoever was first in this process has chosen.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let options = options.map_or_else(RemoteOptions::default, Into::into);
            let opening = haven_core::Haven::open_with(&url, RemoteOptions { face: Face::Ffi, ..options });
            Ok(Arc::new(Self(Box::pin(opening).await?, Subscriptions::default())))
        })
        .await
    }

    /// The machines of the fleet.
    pub fn nodes(&self) -> Arc<Nodes> {
        Arc::new(Nodes(self.0.clone()))
    }

    /// Machines managed as one.
    pub fn clusters(&self) -> Arc<Clusters> {
        Arc::new(Clusters(self.0.clone()))
    }

    /// The containers of the fleet.
    pub fn containers(&self) -> Arc<Containers> {
        Arc::new(Containers(self.0.clone(), self.1.clone()))
    }

    /// What happened in the fleet.
    pub fn events(&self) -> Arc<Events> {
        Arc::new(Events(self.0.clone(), self.1.clone()))
    }

    /// What shall happen to many containers, as data.
    pub fn plans(&self) -> Arc<Plans> {
        Arc::new(Plans(self.0.clone(), self.1.clone()))
    }

    /// Runs any operation that has one answer, by its name in the API: `nodes.update`. Parameters and answer are JSON;
    /// secrets in an answer are `***`.
    #[uniffi::method(default(parameters = "{}"))]
    pub async fn call(&self, operation: String, parameters: String) -> Result<String> {
        settled(async move {
            let Handler::Call(run) = row(&operation)?.handler else {
                return Err(Error::invalid(format!("`{operation}` does not answer once")).into());
            };
            let json = run(self.0.clone(), Request::of(parameters)).await?.json;
            // An operation that has nothing to say.
            let json = if json.is_empty() { b"null".to_vec() } else { json };
            Ok(String::from_utf8(json).map_err(|error| Error::unexpected("JSON is UTF-8").caused_by(error))?)
        })
        .await
    }

    /// Opens any operation that answers bit by bit, by its name in the API (`images.pull`), and tells `listener` each item.
    #[uniffi::method(default(parameters = "{}"))]
    pub async fn follow(
        &self,
        operation: String,
        listener: Arc<dyn ItemListener>,
        parameters: String,
    ) -> Result<Arc<Subscription>> {
        settled(async move {
            let Handler::Follow(open) = row(&operation)?.handler else {
                return Err(Error::invalid(format!("`{operation}` does not answer bit by bit")).into());
            };
            let items = open(self.0.clone(), Request::of(parameters)).await?;
            self.1.begin(items, move |item| {
                // One without JSON only says where the stream begins.
                if item.json.is_empty() { Ok(()) } else { listener.on_item(item.json) }
            })
        })
        .await
    }

    /// Ends the fleet's subscriptions, and the background work of one in this process, once what was begun is done and
    /// written; for at most ten seconds. A Python program ends with this, or with the `stop` of each subscription.
    ///
    /// A listener that waits for this from inside waits for itself.
    pub async fn shut_down(&self) {
        let _ = settled(async move {
            tokio::join!(self.1.end(), self.0.close());
            Ok(())
        })
        .await;
    }
}

/// Told about the items of an operation that answers bit by bit. Called as listeners of events are.
#[uniffi::export(with_foreign)]
pub trait ItemListener: Send + Sync {
    /// The next item, as JSON.
    fn on_item(&self, json: String) -> Result<()>;
}

/// How a Haven server is reached; a fleet in this process takes none of it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct OpenOptions {
    /// Who the client is; none: user and password of the address, where it has them.
    #[uniffi(default = None)]
    pub credentials: Option<Credentials>,
    /// Authorities to trust besides the well-known ones, as PEM text.
    #[uniffi(default = None)]
    pub ca: Option<String>,
    /// How long an answer may take; none: 120 seconds.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
}

impl From<OpenOptions> for RemoteOptions {
    fn from(options: OpenOptions) -> Self {
        let usual = Self::default();
        Self {
            credentials: options.credentials.map_or(door::Credentials::None, Into::into),
            ca: options.ca,
            timeout: options.timeout.unwrap_or(usual.timeout),
            ..usual
        }
    }
}

/// Who the client is.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum Credentials {
    /// The holder of a session's token.
    Token {
        /// The token.
        token: Arc<Secret>,
    },
    /// A user with a password, who signs in.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: Arc<Secret>,
    },
}

impl From<Credentials> for door::Credentials {
    fn from(credentials: Credentials) -> Self {
        match credentials {
            Credentials::Token { token } => Self::Token((&*token).into()),
            Credentials::Password { user, password } => Self::Password { user, password: (&*password).into() },
        }
    }
}

#[cfg(test)]
mod tests {
    use haven_core::door::table;

    use super::*;
    use crate::HavenError;

    /// Operations that hosts do not reach, and why.
    const LEFT_OUT: &[(&str, &str)] = &[
        ("containers.attach", "a conversation: hosts have no terminals yet"),
        ("containers.copy_in", "an archive: hosts have no conversations yet"),
        ("containers.copy_out", "an archive: hosts have no conversations yet"),
        ("containers.exec", "a conversation: hosts have no terminals yet"),
        ("containers.export", "an archive: hosts have no conversations yet"),
    ];

    struct Deaf;

    impl ItemListener for Deaf {
        fn on_item(&self, _: String) -> Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn every_operation_is_reached_by_its_name() {
        let haven = Haven::open("memory:".to_owned(), None).await.unwrap();
        for row in table() {
            // What is no JSON gets as far as the operation's own reading, and no further.
            let (name, wrong) = (row.name.to_owned(), "{".to_owned());
            let answers = [
                haven.call(name.clone(), wrong.clone()).await.map(drop),
                haven.follow(name, Arc::new(Deaf), wrong).await.map(drop),
            ];
            let read =
                |answer: &Result<()>| matches!(answer, Err(HavenError::Invalid { msg, .. }) if msg.contains("JSON"));
            let is_left_out = LEFT_OUT.iter().any(|(name, _)| *name == row.name);
            assert_ne!(answers.iter().any(read), is_left_out, "{row:?}: {answers:?}");
        }
        for (name, _) in LEFT_OUT {
            assert!(table().iter().any(|row| row.name == *name), "`{name}` is no operation");
        }
    }
}
