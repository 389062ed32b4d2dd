//! A repository that is open: a git repository with its checkouts, or a folder.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use haven_model::{
    Error, Result, Revision,
    source::{SourceSpec, SourceStatus, Stale},
};

use super::record;
use crate::{
    clock::Clock,
    source::{FolderSource, GitLimits, GitSource, Snapshot, Source as _},
    store::Versioned,
};

/// How often it is looked for news unless something else was said.
const INTERVAL: Duration = Duration::from_secs(60);
/// How many problems of files a status tells.
const MAX_PROBLEMS: usize = 20;

/// A repository, as the record of one revision says.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) revision: Revision,
    spec: SourceSpec,
    repository: Arc<Repository>,
    clock: Arc<dyn Clock>,
    /// What was read last, kept while nothing changes.
    latest: Mutex<Option<Latest>>,
    /// Held while a folder is read, so that who comes meanwhile waits for its answer.
    turn: tokio::sync::Mutex<()>,
    /// Why nothing can be read.
    failed: Mutex<Option<Stale>>,
}

/// What was read last.
#[derive(Debug)]
struct Latest {
    snapshot: Arc<Snapshot>,
    /// That of the folder when it was read, where it has settled.
    fingerprint: Option<String>,
}

#[derive(Debug)]
enum Repository {
    Git(Box<GitSource>),
    Folder(PathBuf),
}

impl Opened {
    /// Opens the repository of a record, with checkouts below `folder`. What `before` had of the same goes on being used.
    pub(super) fn new(
        record: &Versioned<SourceSpec>,
        before: Option<&Arc<Self>>,
        folder: &Path,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self> {
        let spec = record.value.clone();
        let is_same = |before: &Arc<Self>| SourceSpec { interval: spec.interval, ..before.spec.clone() } == spec;
        let repository = match before.filter(|before| is_same(before)) {
            Some(before) => before.repository.clone(),
            None => Arc::new(if let Some(path) = spec.url.strip_prefix(record::FOLDER) {
                Repository::Folder(path.into())
            } else {
                let remote = record::remote(&spec)?;
                Repository::Git(Box::new(match before.map(|before| &*before.repository) {
                    Some(Repository::Git(before)) => before.replaced_by(remote),
                    _ => GitSource::open(remote, folder.join(super::NAME), GitLimits::default(), clock.clone()),
                }))
            }),
        };
        Ok(Self {
            revision: record.revision,
            spec,
            repository,
            clock: clock.clone(),
            latest: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            failed: Mutex::default(),
        })
    }

    pub(super) fn interval(&self) -> Duration {
        self.spec.interval.map_or(INTERVAL, |seconds| Duration::from_secs(seconds.into()))
    }

    /// Looks for news. That it cannot be reached is kept, and told once.
    pub(super) async fn refresh(&self) {
        let looked = match &*self.repository {
            Repository::Git(git) => git.refresh().await.map(|freshness| freshness.stale),
            Repository::Folder(path) => FolderSource::open(path).map(|_| None),
        };
        let failed = match looked {
            Ok(stale) => stale,
            Err(error) => Some(Stale { since: self.clock.now(), why: error.report() }),
        };
        let mut known = lock(&self.failed);
        match (&*known, &failed) {
            (None, Some(stale)) => {
                tracing::warn!(url = self.spec.url, why = stale.why, "the repository of configurations cannot be read");
            }
            (Some(_), None) => {
                tracing::info!(url = self.spec.url, "the repository of configurations can be read again");
            }
            _ => {}
        }
        *known = failed;
    }

    pub(super) async fn status(&self) -> SourceStatus {
        let mut status = SourceStatus {
            spec: self.spec.clone(),
            version: None,
            fetched: None,
            stale: lock(&self.failed).clone(),
            problems: Vec::new(),
            more_problems: None,
            revision: self.revision,
        };
        match &*self.repository {
            Repository::Git(git) => {
                if let Ok(freshness) = git.freshness() {
                    status.version = Some(freshness.commit);
                    status.fetched = Some(freshness.fetched);
                    status.stale = freshness.stale;
                } else {
                    return status;
                }
            }
            Repository::Folder(_) => {}
        }
        match self.snapshot().await {
            Ok(snapshot) => {
                if matches!(*self.repository, Repository::Folder(_)) {
                    status.fetched = Some(self.clock.now());
                }
                status.version = Some(snapshot.version().to_owned());
                let problems = snapshot.problems().await;
                status.problems = problems.iter().take(MAX_PROBLEMS).cloned().collect();
                let more = problems.len().saturating_sub(MAX_PROBLEMS);
                status.more_problems = u32::try_from(more).ok().filter(|more| *more > 0);
            }
            Err(error) => {
                let since = status.stale.map_or_else(|| self.clock.now(), |stale| stale.since);
                status.stale = Some(Stale { since, why: error.report() });
            }
        }
        status
    }

    /// The repository as it is now. What nobody fetched yet is fetched.
    pub(super) async fn snapshot(&self) -> Result<Arc<Snapshot>> {
        let unread = |error: Error| error.with("repository", &self.spec.url);
        match &*self.repository {
            Repository::Git(git) => {
                if git.pinned().is_err() {
                    git.refresh().await?;
                }
                let (pinned, freshness) = (git.pinned()?, git.freshness()?);
                let version = pinned.checkout.commit.clone();
                match self.latest(|latest| latest.snapshot.version() == version) {
                    Some(latest) if latest.stale() == freshness.stale.as_ref() => Ok(latest),
                    Some(latest) => Ok(self.keep(latest.with_stale(freshness.stale), None)),
                    None => {
                        let snapshot = Snapshot::of(Arc::new(pinned), version, freshness.stale).await;
                        Ok(self.keep(snapshot.map_err(unread)?, None))
                    }
                }
            }
            Repository::Folder(path) => {
                let unavailable =
                    |error| unread(Error::unavailable("the folder of configurations cannot be read").caused_by(error));
                let folder = FolderSource::open(path).map_err(unavailable)?;
                let fingerprint = folder.fingerprint().await.map_err(unavailable)?;
                let is_same = |latest: &Latest| fingerprint.is_some() && latest.fingerprint == fingerprint;
                if let Some(latest) = self.latest(is_same) {
                    return Ok(latest);
                }
                let _turn = self.turn.lock().await;
                if let Some(latest) = self.latest(is_same) {
                    return Ok(latest);
                }
                let version = folder.version().await.map_err(unavailable)?;
                let snapshot = match self.latest(|latest| latest.snapshot.version() == version) {
                    Some(latest) => latest.with_stale(None),
                    None => Snapshot::of(Arc::new(folder), version, None).await.map_err(unavailable)?,
                };
                Ok(self.keep(snapshot, fingerprint))
            }
        }
    }

    /// What was read last, if it is still good.
    fn latest(&self, is_good: impl FnOnce(&Latest) -> bool) -> Option<Arc<Snapshot>> {
        lock(&self.latest).as_ref().filter(|latest| is_good(latest)).map(|latest| latest.snapshot.clone())
    }

    fn keep(&self, snapshot: Snapshot, fingerprint: Option<String>) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        *lock(&self.latest) = Some(Latest { snapshot: snapshot.clone(), fingerprint });
        snapshot
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no panic happens under this lock")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn opened(folder: &Path) -> Opened {
        let spec = SourceSpec::new(format!("folder:{}", folder.display()));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let record = Versioned::made(spec, Revision { incarnation: 1, number: 1 });
        Opened::new(&record, None, folder, &clock).unwrap()
    }

    #[tokio::test]
    async fn a_status_tells_the_first_problems_and_how_many_more() {
        let folder = tempfile::tempdir().unwrap();
        for number in 10..35 {
            std::fs::write(folder.path().join(format!("web{number}.yml")), "memory: lots\n").unwrap();
        }
        let opened = opened(folder.path());
        let status = opened.status().await;
        assert_eq!((status.problems.len(), status.more_problems), (20, Some(5)));
        let first = &status.problems[0];
        assert_eq!((first.file.as_str(), first.line, first.column), ("web10.yml", Some(1), Some(9)));
        assert!(first.message.starts_with("`memory`: `lots` is no "), "{}", first.message);
        let json = serde_json::to_value(&status).unwrap();
        assert_eq!(serde_json::from_value::<SourceStatus>(json).unwrap(), status);
        for number in 10..35 {
            std::fs::write(folder.path().join(format!("web{number}.yml")), "memory: 1g\n").unwrap();
        }
        let status = opened.status().await;
        assert_eq!((status.problems, status.more_problems), (Vec::new(), None));
    }

    #[tokio::test]
    async fn a_folder_that_stays_as_it_is_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("web.yml"), "memory: 1g\n").unwrap();
        let opened = opened(folder.path());
        tokio::time::sleep(Duration::from_millis(3100)).await;
        let first = opened.snapshot().await.unwrap();
        assert!(Arc::ptr_eq(&first, &opened.snapshot().await.unwrap()));
        std::fs::write(folder.path().join("web.yml"), "memory: 2g\n").unwrap();
        let second = opened.snapshot().await.unwrap();
        assert_ne!(second.version(), first.version());
    }
}
