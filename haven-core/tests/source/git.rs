//! A git repository as a source: the contract, and what a repository may do to us.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use haven_core::{
    ErrorKind,
    clock::SystemClock,
    source::{GitLimits, GitRemote, GitSource, Source as _},
};
use haven_testkit::rules::source::Fixture;

fn git(folder: &Path, words: &[&str]) -> String {
    let name = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").current_dir(folder).args(name).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(folder: &Path, path: &str, bytes: &[u8]) -> String {
    std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
    std::fs::write(folder.join(path), bytes).unwrap();
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", path]);
    git(folder, &["rev-parse", "HEAD"])
}

/// A repository with an empty commit, and a folder for checkouts beside it.
fn repository() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository");
    std::fs::create_dir(&repository).unwrap();
    git(&repository, &["init", "-q"]);
    git(&repository, &["commit", "-q", "--allow-empty", "-m", "first"]);
    (folder, repository)
}

fn open(remote: GitRemote, folder: &Path, limits: GitLimits) -> GitSource {
    GitSource::open(remote, folder.join("checkouts"), limits, Arc::new(SystemClock::default()))
}

fn remote(repository: &Path) -> GitRemote {
    GitRemote::new(repository.to_str().unwrap()).unwrap()
}

fn refresh(source: &GitSource) {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // On a thread of its own: rules put from within a runtime.
    std::thread::scope(|scope| scope.spawn(|| runtime().block_on(source.refresh()).unwrap()).join().unwrap());
}

#[derive(Clone, Debug)]
struct Shared(Arc<GitSource>);

#[async_trait::async_trait]
impl haven_core::source::Source for Shared {
    async fn read(&self, path: &str) -> haven_core::Result<Option<String>> {
        self.0.read(path).await
    }

    async fn paths(&self) -> haven_core::Result<Vec<String>> {
        self.0.paths().await
    }

    async fn version(&self) -> haven_core::Result<String> {
        self.0.version().await
    }
}

fn fixture() -> Fixture {
    let (folder, repository) = repository();
    let source = Arc::new(open(remote(&repository), folder.path(), GitLimits::default()));
    refresh(&source);
    let shared = Shared(source.clone());
    let put = move |path: &str, bytes: &[u8]| {
        commit(&repository, path, bytes);
        refresh(&source);
        true
    };
    Fixture::new(shared, put).keeping(folder)
}

haven_testkit::source_rules!(fixture);

#[tokio::test]
async fn a_branch_or_a_tag_is_what_was_asked_for() {
    let (folder, repository) = repository();
    let first = commit(&repository, "web.yml", b"a: 1");
    git(&repository, &["tag", "plain"]);
    git(&repository, &["tag", "-a", "-m", "said", "v1.0"]);
    git(&repository, &["checkout", "-q", "-b", "feature/x"]);
    let second = commit(&repository, "web.yml", b"a: 2");
    git(&repository, &["checkout", "-q", "main"]);
    let at = |branch: Option<&str>| {
        let mut remote = remote(&repository);
        remote.branch = branch.map(str::to_owned);
        remote
    };
    for (branch, expected) in [
        (None, &first),
        (Some("main"), &first),
        (Some("plain"), &first),
        (Some("v1.0"), &first),
        (Some("feature/x"), &second),
    ] {
        let source = open(at(branch), folder.path(), GitLimits::default());
        assert_eq!(&source.refresh().await.unwrap().commit, expected, "{branch:?}");
        // Again: nothing is fetched, and the same counts.
        assert_eq!(&source.refresh().await.unwrap().commit, expected, "{branch:?}");
    }
    let source = open(at(Some("gone")), folder.path(), GitLimits::default());
    let error = source.refresh().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::NotFound, "the git repository has no branch or tag `gone`")
    );
    let source = open(at(Some("--x")), folder.path(), GitLimits::default());
    assert_eq!(source.refresh().await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn the_last_good_checkout_counts_while_the_repository_is_gone_and_says_so() {
    let (folder, repository) = repository();
    let first = commit(&repository, "web.yml", b"a: 1");
    let source = open(remote(&repository), folder.path(), GitLimits::default());
    assert_eq!(source.pinned().unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(source.refresh().await.unwrap().stale, None);
    std::fs::rename(&repository, folder.path().join("elsewhere")).unwrap();
    let freshness = source.refresh().await.unwrap();
    let stale = freshness.stale.clone().unwrap();
    assert_eq!((&freshness.commit, stale.since), (&first, freshness.fetched));
    assert!(stale.why.contains("cannot be read"), "{}", stale.why);
    assert_eq!(source.read("web.yml").await.unwrap().as_deref(), Some("a: 1"));
    // Another process finds it.
    drop(source);
    let source = open(remote(&repository), folder.path(), GitLimits::default());
    assert_eq!(source.read("web.yml").await.unwrap().as_deref(), Some("a: 1"));
    assert!(source.freshness().unwrap().stale.is_some(), "nobody has asked yet");
    assert!(source.refresh().await.unwrap().stale.is_some());
    std::fs::rename(folder.path().join("elsewhere"), &repository).unwrap();
    let second = commit(&repository, "web.yml", b"a: 2");
    let freshness = source.refresh().await.unwrap();
    assert_eq!((freshness.commit, freshness.stale), (second, None));
}

#[tokio::test]
async fn who_reads_a_commit_goes_on_reading_it_and_nothing_is_left_over() {
    let (folder, repository) = repository();
    commit(&repository, "web.yml", b"a: 1");
    let source = open(remote(&repository), folder.path(), GitLimits::default());
    source.refresh().await.unwrap();
    let pinned = source.pinned().unwrap();
    commit(&repository, "web.yml", b"a: 2");
    source.refresh().await.unwrap();
    assert_eq!(pinned.read("web.yml").await.unwrap().as_deref(), Some("a: 1"));
    assert_eq!(source.read("web.yml").await.unwrap().as_deref(), Some("a: 2"));
    let folders = || {
        let entries = std::fs::read_dir(folder.path().join("checkouts")).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count()
    };
    assert_eq!(folders(), 2);
    drop(pinned);
    assert_eq!(folders(), 1);
    // What was left by a fetch that was killed goes at the next start.
    std::fs::create_dir(folder.path().join("checkouts/fresh-1-1-0")).unwrap();
    drop(source);
    drop(open(remote(&repository), folder.path(), GitLimits::default()));
    assert_eq!(folders(), 1);
}

#[tokio::test]
async fn a_repository_that_is_too_large_or_too_slow_is_refused_in_time() {
    let (folder, repository) = repository();
    let limits = GitLimits { bytes: 1024 * 1024, ..GitLimits::default() };
    // It compresses to nothing, and is large in the checkout.
    commit(&repository, "large", &vec![0; 8 * 1024 * 1024]);
    let source = open(remote(&repository), folder.path(), limits);
    let error = source.refresh().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, "the git repository takes more than 1 MiB"));
    assert_eq!(std::fs::read_dir(folder.path().join("checkouts")).unwrap().count(), 1, "nothing of it stays");

    // A server that takes the question and says nothing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = GitRemote::new(&format!("http://{}/r", listener.local_addr().unwrap())).unwrap();
    let limits = GitLimits { time: Duration::from_millis(300), ..GitLimits::default() };
    let source = open(silent, folder.path(), limits);
    let begun = Instant::now();
    assert_eq!(source.refresh().await.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn nothing_of_a_repository_is_run_or_leads_out_of_it() {
    let (folder, repository) = repository();
    let proof = folder.path().join("proof");
    std::fs::create_dir(repository.join("hooks")).unwrap();
    let hook = format!("#!/bin/sh\ntouch '{}'\n", proof.display());
    std::fs::write(repository.join("hooks/post-checkout"), &hook).unwrap();
    // A module whose address would be a program, were it fetched.
    let module = format!("[submodule \"m\"]\n\tpath = m\n\turl = ext::touch {}\n", proof.display());
    std::fs::write(repository.join(".gitmodules"), module).unwrap();
    std::fs::write(repository.join(".gitattributes"), "* filter=evil\n").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", repository.join("passwd.yml")).unwrap();
    std::os::unix::fs::symlink("../../..", repository.join("up")).unwrap();
    commit(&repository, "web.yml", b"a: 1");
    let source = open(remote(&repository), folder.path(), GitLimits::default());
    source.refresh().await.unwrap();
    assert!(!proof.exists());
    assert_eq!(source.paths().await.unwrap(), ["hooks/post-checkout", "web.yml"]);
    for path in ["passwd.yml", "up/checkouts/checkout.json", ".gitmodules", ".git/config"] {
        assert_eq!(source.read(path).await.unwrap(), None, "{path}");
    }
}
