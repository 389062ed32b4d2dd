//! One engine while a plan is at it: every effect begins only while the plan is this master's.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use haven_model::{
    ContainerDetail, ContainerId, ContainerName, ContainerRef, ContainerSpec, Error, ErrorKind, ImageRef, NodeName,
    Outcome, RestartPolicy,
    container::{RemoveOptions, StopOptions},
    spec::ContainerUpdate,
};

use crate::{claim::Held, engine::Engine};

/// How many seconds a container has between the signal that asks it to end and its end, where it says nothing else.
const STOP: u32 = 10;

/// Why a step does not go on.
#[derive(Debug)]
pub(super) enum Halt {
    /// The plan is not this master's any more, or that cannot be known: nothing more may be done.
    Lost(Error),
    /// Something failed.
    Failed(Error),
    /// The plan is to be taken back, and what was waited for does not matter any more.
    Aborted,
}

impl Halt {
    /// Whether asking again can help.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Failed(error) if may_pass(error.kind()))
    }

    /// The same as an error.
    pub(super) fn error(self) -> Error {
        match self {
            Self::Lost(error) | Self::Failed(error) => error,
            Self::Aborted => Error::conflict("the plan is to be taken back"),
        }
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Whether asking an engine again can help.
pub(super) fn may_pass(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Busy)
}

pub(super) type Done<T = ()> = std::result::Result<T, Halt>;

/// One engine, under a claim.
#[derive(Debug)]
pub(super) struct Site<'a> {
    pub(super) node: &'a NodeName,
    pub(super) engine: Arc<dyn Engine>,
    pub(super) held: &'a Held,
}

impl Site<'_> {
    /// To be asked before each effect.
    async fn may(&self) -> Done {
        self.held.confirm().await.map_err(Halt::Lost)
    }

    fn named(&self, error: Error) -> Halt {
        Halt::Failed(error.with("node", self.node))
    }

    /// The container of an id, where there is one.
    pub(super) async fn look(&self, id: &ContainerId) -> Done<Option<ContainerDetail>> {
        self.find(&id.into()).await
    }

    /// The container of a name, where there is one. An engine takes a name that nobody has for the beginning of an id, and
    /// refuses one that several ids begin with.
    pub(super) async fn look_for(&self, name: &ContainerName) -> Done<Option<ContainerDetail>> {
        match self.find(&name.clone().into()).await {
            Err(Halt::Failed(error)) if error.kind() == ErrorKind::Invalid => Ok(None),
            found => Ok(found?.filter(|seen| seen.name == name.as_str())),
        }
    }

    async fn find(&self, container: &ContainerRef) -> Done<Option<ContainerDetail>> {
        match self.engine.container(container).await {
            Ok(detail) => Ok(Some(detail)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.named(error)),
        }
    }

    /// Fetches an image, unless it is there.
    pub(super) async fn fetch(&self, image: &ImageRef) -> Done {
        match self.engine.image(image).await {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(self.named(error)),
        }
        self.may().await?;
        let failed = |error: Error| {
            let what = format!("image `{image}` cannot be fetched: {}", error.message());
            self.named(Error::new(error.kind(), what).with("image", image).caused_by(error))
        };
        let progress = self.engine.pull_image(image).await.map_err(failed)?;
        progress.try_for_each(|_| async { Ok(()) }).await.map_err(failed)
    }

    /// Makes a container. `AlreadyExists` when the name is taken.
    pub(super) async fn create(&self, name: &ContainerName, spec: &ContainerSpec) -> Done<ContainerId> {
        self.may().await?;
        self.engine.create_container(Some(name), spec).await.map_err(|error| self.named(error))
    }

    pub(super) async fn start(&self, id: &ContainerId) -> Done<Outcome> {
        self.may().await?;
        self.engine.start_container(&id.into()).await.map_err(|error| self.named(error))
    }

    /// Stops a container, also one that is held. It has the time that it has by itself; said, it bounds how long an engine
    /// that does not answer is waited for.
    pub(super) async fn stop(&self, id: &ContainerId) -> Done<Outcome> {
        let seen = self.look(id).await?;
        if seen.as_ref().is_some_and(|seen| seen.state == haven_model::ContainerState::Paused) {
            self.may().await?;
            self.engine.unpause_container(&id.into()).await.map_err(|error| self.named(error))?;
        }
        self.may().await?;
        let own = seen.and_then(|seen| seen.spec.stop_timeout).unwrap_or(STOP);
        let options = StopOptions { timeout: Some(own) };
        self.engine.stop_container(&id.into(), &options).await.map_err(|error| self.named(error))
    }

    pub(super) async fn pause(&self, id: &ContainerId) -> Done<Outcome> {
        self.may().await?;
        self.engine.pause_container(&id.into()).await.map_err(|error| self.named(error))
    }

    pub(super) async fn rename(&self, id: &ContainerId, name: &ContainerName) -> Done<Outcome> {
        self.may().await?;
        self.engine.rename_container(&id.into(), name).await.map_err(|error| self.named(error))
    }

    /// Says whether the engine starts it again by itself.
    pub(super) async fn set_restart(&self, id: &ContainerId, restart: RestartPolicy) -> Done {
        self.may().await?;
        let update = ContainerUpdate { restart: Some(restart), ..ContainerUpdate::default() };
        self.engine.update_container(&id.into(), &update).await.map(drop).map_err(|error| self.named(error))
    }

    /// Removes a container that does not run; with `volumes`, those that were made for it alone, too.
    pub(super) async fn remove(&self, id: &ContainerId, volumes: bool) -> Done<Outcome> {
        self.may().await?;
        let options = RemoveOptions { force: false, volumes };
        self.engine.remove_container(&id.into(), &options).await.map_err(|error| self.named(error))
    }
}
