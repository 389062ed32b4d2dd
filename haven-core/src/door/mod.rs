//! The door: every operation of Haven as plain data, run here or on a server, by an actor who is checked.
//!
//! An [`Operation`] is a serde struct whose fields are its parameters; it names its output, its HTTP method and path,
//! and what the actor must be allowed to do. [`table`] lists them all, and routes, API document, command line and
//! bindings are walks over it. The [`Haven`](crate::Haven) face sends operations through a [`Door`]: local (the
//! services of this process) or remote (a Haven server over HTTP). The actor enters here and nowhere else.

pub mod ops;
mod request;
mod table;

#[cfg(feature = "remote")]
mod remote;

use std::{fmt::Debug, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use haven_model::{Access, Actor, Error, Result, Revision, Verb, access::Identity};
use serde::{Serialize, de::DeserializeOwned};
use tracing::Instrument as _;

pub use request::{Method, Request};
pub use table::{Handler, Item, Reply, Row, row, table};

#[cfg(feature = "remote")]
pub use remote::{Credentials, PasswordUse, Remote, RemoteOptions};

use crate::{
    audit::Act,
    engine::{Stream, Terminal},
    services::Services,
};

/// One thing that can be asked of Haven: its fields are its parameters.
pub trait Operation: Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name: `containers.stop`.
    const NAME: &'static str;
    /// What it does, in one line.
    const SUMMARY: &'static str;
    /// Its HTTP method.
    const METHOD: Method;
    /// Its path below `/api/v1`; `{field}` stands for a parameter.
    const PATH: &'static str;

    /// What the actor must be allowed to do, to what; none: anybody may.
    fn needs(&self) -> Option<Access>;
}

/// An operation with one answer.
#[async_trait]
pub trait Call: Operation {
    /// What it answers.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// The revision of what it answers, where that has one; the HTTP face shows it as ETag.
    fn revision(_output: &Self::Output) -> Option<Revision> {
        None
    }

    /// How much longer than others it may take by what it asks for, before no answer means that something is wrong; none:
    /// as long as it takes. A remote door waits for this and its own limit.
    /// Default: no longer.
    fn lasts(&self) -> Option<Duration> {
        Some(Duration::ZERO)
    }

    /// Does it with the services of this process. The actor was checked.
    async fn run(self, services: &Services, actor: &Actor) -> Result<Self::Output>;
}

/// An operation that answers bit by bit, as long as the caller listens.
#[async_trait]
pub trait Follow: Operation {
    /// What it answers each time.
    type Item: Serialize + DeserializeOwned + Send + 'static;

    /// Where the item stands, for going on after it; empty where the stream cannot be resumed.
    fn cursor(item: &Self::Item) -> &str {
        let _ = item;
        Default::default()
    }

    /// Settles where it begins, and answers that cursor: so can be resumed what is cut before its first item. Empty where
    /// it cannot be resumed.
    async fn settle(&mut self, services: &Services) -> Result<String> {
        let _ = services;
        Ok(String::new())
    }

    /// Begins it with the services of this process. The actor was checked.
    async fn open(self, services: &Services, actor: &Actor) -> Result<Stream<Self::Item>>;
}

/// An operation that opens a conversation with a program.
#[async_trait]
pub trait Converse: Operation {
    /// Begins it with the services of this process. The actor was checked.
    async fn open(self, services: &Services, actor: &Actor) -> Result<Terminal>;
}

/// Where operations go.
#[derive(Clone, Debug)]
pub enum Door {
    /// To the services of this process.
    Local(Arc<Services>),
    /// To a Haven server.
    #[cfg(feature = "remote")]
    Remote(Arc<Remote>),
}

impl Door {
    /// Runs an operation for `actor`; what acts goes on to its end also when this future is dropped. Fails with what the operation fails with, `Unauthenticated` and `Denied`.
    pub async fn call<O: Call>(&self, actor: &Actor, operation: O) -> Result<O::Output> {
        match self {
            Self::Local(services) => {
                let run = |operation: O, services: Arc<Services>, actor: Actor| async move {
                    operation.run(&services, &actor).await
                };
                perform(services, actor, operation, run).await
            }
            #[cfg(feature = "remote")]
            Self::Remote(remote) => remote.call(actor, &operation).await,
        }
    }

    /// Opens a stream for `actor`.
    pub async fn follow<O: Follow>(&self, actor: &Actor, operation: O) -> Result<Stream<O::Item>> {
        Ok(self.begin(actor, operation).await?.1)
    }

    /// Opens a stream for `actor`, and says where it begins, where that is known here.
    pub(crate) async fn begin<O: Follow>(&self, actor: &Actor, operation: O) -> Result<(String, Stream<O::Item>)> {
        match self {
            Self::Local(services) => {
                let begin = |mut operation: O, services: Arc<Services>, actor: Actor| async move {
                    let begins = operation.settle(&services).await?;
                    Ok((begins, operation.open(&services, &actor).await?))
                };
                perform(services, actor, operation, begin).await
            }
            #[cfg(feature = "remote")]
            Self::Remote(remote) => Ok((String::new(), remote.follow(actor, &operation).await?)),
        }
    }

    /// Opens a conversation for `actor`.
    pub async fn converse<O: Converse>(&self, actor: &Actor, operation: O) -> Result<Terminal> {
        match self {
            Self::Local(services) => {
                let open = |operation: O, services: Arc<Services>, actor: Actor| async move {
                    operation.open(&services, &actor).await
                };
                perform(services, actor, operation, open).await
            }
            #[cfg(feature = "remote")]
            Self::Remote(remote) => remote.converse(actor, &operation).await,
        }
    }
}

/// The one guard: whether `actor` may do this. Answers what it does, where that is more than to look or report: to see
/// secrets is.
async fn admit<O: Operation>(services: &Services, actor: &Actor, operation: &O) -> Result<Option<Act>> {
    let Some(needs) = operation.needs() else { return Ok(None) };
    let acts = !matches!(needs.verb, Verb::Read | Verb::Report);
    let act = || Act::of(needs.object.clone(), operation);
    match services.access.decide(actor, &needs).into_result() {
        Ok(()) => Ok(acts.then(act)),
        Err(error) => {
            if acts && actor.identity != Identity::Anonymous {
                services.audit.record(actor, O::NAME, act(), Some(error.kind())).await;
            }
            Err(error.with("operation", O::NAME))
        }
    }
}

/// Does the work of an operation, if the actor may. What acts goes on to its end, and is written down, also when nobody
/// waits for it any more: there is no effect without its record.
async fn perform<O: Operation, T: Send + 'static, W: Future<Output = Result<T>> + Send + 'static>(
    services: &Arc<Services>,
    actor: &Actor,
    operation: O,
    work: impl FnOnce(O, Arc<Services>, Actor) -> W,
) -> Result<T> {
    let act = admit(services, actor, &operation).await?;
    tracing::debug!(operation = O::NAME, actor = %actor.identity, request = actor.request, "call");
    let work = work(operation, services.clone(), actor.clone());
    let Some(act) = act else { return work.await };
    let (services, actor, acts) = (services.clone(), actor.clone(), services.acts.clone());
    let work = async move {
        let answer = AssertUnwindSafe(work).catch_unwind().await;
        let answer = answer.unwrap_or_else(|_| Err(Error::unexpected("the operation broke off")));
        services.audit.record(&actor, O::NAME, act, answer.as_ref().err().map(Error::kind)).await;
        answer
    };
    let done = acts.spawn(work.in_current_span()).await;
    done.map_err(|error| Error::unexpected("the operation broke off").caused_by(error))?
}
