//! The configuration of containers: which repository it comes from, and what it says of one container.
//!
//! Where the repository is stands in the store, sealed, so that all masters have the same. Each of them keeps a checkout of
//! its own and looks for news on a period, never once a container: who configures many takes one [`Snapshot`] for all.

mod compare;
mod explain;
mod opened;
mod record;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, Weak},
    time::Duration,
};

use haven_model::{
    Error, ErrorKind, Event, Result, Revision,
    source::{SourceSpec, SourceStatus},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use explain::NewContainer;
pub(crate) use explain::{home, labels_of};

use self::opened::Opened;
use crate::{
    clock::Clock,
    event::Journal,
    source::{Resolved, Snapshot, Wanted, resolve},
    store::{Live, Versioned},
};

/// Where the repository is kept, and under which name.
pub(crate) const PREFIX: &str = "sources/";
const NAME: &str = "containers";
/// How long nothing is looked for while there is no repository.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// Where the configuration of containers comes from.
#[derive(Debug)]
pub struct ConfigurationService {
    records: Live<SourceSpec>,
    journal: Journal,
    clock: Arc<dyn Clock>,
    folder: Folder,
    opened: Mutex<Option<Arc<Opened>>>,
}

/// A folder for checkouts.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Whether it goes with this Haven.
    is_temporary: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl Folder {
    fn new(given: Option<PathBuf>, clock: &dyn Clock) -> Self {
        let temporary =
            || std::env::temp_dir().join(format!("haven-sources-{:016x}{:016x}", clock.random(), clock.random()));
        Self { is_temporary: given.is_none(), path: given.unwrap_or_else(temporary) }
    }
}

impl ConfigurationService {
    /// Follows the record of the repository and looks for news until `stop`. Checkouts are kept in `folder`; without one
    /// they go with this process.
    pub(crate) fn open(
        records: Live<SourceSpec>,
        journal: Journal,
        clock: Arc<dyn Clock>,
        folder: Option<PathBuf>,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Arc<Self> {
        let folder = Folder::new(folder, &*clock);
        let service = Arc::new(Self { records, journal, clock, folder, opened: Mutex::default() });
        tasks.spawn(follow(Arc::downgrade(&service), stop));
        service
    }

    /// Sets the repository, and looks what is there. `Invalid` when the address, or another part, does not fit. Where it
    /// cannot be reached it is set all the same, and the answer says why. A secret given as `***` stays as it is, where the
    /// address does too.
    pub async fn set(&self, spec: SourceSpec, revision: Option<Revision>) -> Result<SourceStatus> {
        self.write(spec, revision).await?;
        self.refresh().await
    }

    /// Sets the repository unless it is set so already; nobody looks there yet.
    pub async fn ensure(&self, spec: SourceSpec) -> Result<()> {
        self.write(spec, None).await
    }

    async fn write(&self, spec: SourceSpec, revision: Option<Revision>) -> Result<()> {
        let spec = record::checked(spec)?;
        for _ in 0..8 {
            let current = self.records.table().get(NAME).await?;
            refuse_changed(current.as_ref(), revision)?;
            let spec = record::unmasked(spec.clone(), current.as_ref().map(|current| &current.value))?;
            let written = match &current {
                Some(current) if current.value == spec => return Ok(()),
                Some(current) => self.records.table().update(NAME, current, &spec).await,
                None => self.records.table().create(NAME, &spec).await,
            };
            match written {
                Ok(revision) => {
                    self.records.shows(revision).await;
                    self.tell("set", format!("containers are configured from {}", spec.url));
                    return Ok(());
                }
                Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::AlreadyExists) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::conflict("the repository of configurations is being set by others all the time"))
    }

    /// Forgets the repository. `NotFound` when there is none, `Conflict` when it is not at `revision` any more.
    pub async fn remove(&self, revision: Option<Revision>) -> Result<()> {
        // Of one that cannot be read the revision is known, too.
        let found = self.records.table().find(NAME).await?;
        let (current, _) = found.ok_or_else(none)?;
        if revision.is_some_and(|revision| revision != current) {
            return Err(changed(current));
        }
        let removed = self.records.table().delete(NAME, Some(current)).await?;
        self.records.shows(removed).await;
        self.tell("remove", "containers are configured from no repository any more".to_owned());
        Ok(())
    }

    /// The repository, and what of it counts here now. `NotFound` when there is none.
    pub async fn status(&self) -> Result<SourceStatus> {
        Ok(self.opened()?.ok_or_else(none)?.status().await)
    }

    /// Looks what the repository has now. `NotFound` when there is none; where it cannot be reached the answer says so.
    pub async fn refresh(&self) -> Result<SourceStatus> {
        let opened = self.opened()?.ok_or_else(none)?;
        opened.refresh().await;
        Ok(opened.status().await)
    }

    /// The repository as it is here now, for configuring any number of containers alike; none where none is set. `Unavailable`
    /// when nothing of it could be read yet.
    pub async fn snapshot(&self) -> Result<Option<Arc<Snapshot>>> {
        match self.opened()? {
            Some(opened) => opened.snapshot().await.map(Some),
            None => Ok(None),
        }
    }

    /// What one container is configured to be. Who asks for many takes a [`snapshot`](Self::snapshot) and asks
    /// [`resolve`] itself, so that all are of one version.
    pub async fn resolve(&self, wanted: Wanted<'_>) -> Result<Resolved> {
        resolve(self.snapshot().await?.as_deref(), wanted).await
    }

    /// The repository as the record has it, opened when the record is another than before.
    fn opened(&self) -> Result<Option<Arc<Opened>>> {
        let records = self.records.all();
        let mut opened = self.lock();
        let Some(record) = records.get(NAME) else {
            *opened = None;
            return Ok(None);
        };
        if let Some(opened) = opened.as_ref().filter(|opened| opened.revision == record.revision) {
            return Ok(Some(opened.clone()));
        }
        let fresh = Arc::new(Opened::new(record, opened.take().as_ref(), &self.folder.path, &self.clock)?);
        *opened = Some(fresh.clone());
        Ok(Some(fresh))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Opened>>> {
        self.opened.lock().expect("no panic happens under this lock")
    }

    fn tell(&self, action: &str, message: String) {
        self.journal.record(Event::new(self.clock.now(), "source", NAME, action, message));
    }
}

/// Looks for news: at once when the record changes, then on its period.
async fn follow(service: Weak<ConfigurationService>, stop: CancellationToken) {
    loop {
        let Some(held) = service.upgrade() else { return };
        let (mut changes, clock) = (held.records.changes(), held.clock.clone());
        let wait = match held.opened() {
            Ok(Some(opened)) => {
                tokio::select! {
                    () = opened.refresh() => {}
                    () = stop.cancelled() => return,
                }
                opened.interval()
            }
            Ok(None) => IDLE,
            Err(error) => {
                tracing::warn!(error = %error.report(), "the repository of configurations cannot be opened");
                IDLE
            }
        };
        drop(held);
        tokio::select! {
            () = clock.sleep(wait) => {}
            changed = changes.changed() => if changed.is_err() { return },
            () = stop.cancelled() => return,
        }
    }
}

fn none() -> Error {
    Error::new(ErrorKind::NotFound, "no repository of configurations is set")
}

fn refuse_changed(current: Option<&Versioned<SourceSpec>>, revision: Option<Revision>) -> Result<()> {
    match (current, revision) {
        (Some(current), Some(revision)) if current.revision != revision => Err(changed(current.revision)),
        (None, Some(_)) => Err(none()),
        _ => Ok(()),
    }
}

fn changed(current: Revision) -> Error {
    Error::conflict("the repository of configurations was set anew since").with("revision", current)
}
