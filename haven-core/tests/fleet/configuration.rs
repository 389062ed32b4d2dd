//! Where containers are configured from: kept for all masters, sealed, and explained.

use std::{collections::BTreeMap, path::Path, process::Command, sync::Arc};

use haven_core::{
    ErrorKind, Haven,
    clock::{Clock, SystemClock},
    door::ops::source::{ExplainNew, GetSource, SetSource},
    engine::Images as _,
    model::{
        Actor, ContainerRef, ContainerSpec, Explanation, ImageRef, RestartPolicy, SourceSpec,
        access::Identity,
        image::ImportOptions,
        source::{CONFIG_LABEL, Explained},
    },
    store::{Key, Keyring, MemoryStore, Store},
};

use super::{
    bed::{bed, eventually, quiet},
    cluster, fleet, node,
};

fn git(folder: &Path, words: &[&str]) -> String {
    let name = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").current_dir(folder).args(name).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(folder: &Path, files: &[(&str, &str)]) -> String {
    for (path, text) in files {
        std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.join(path), text).unwrap();
    }
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", "change"]);
    git(folder, &["rev-parse", "HEAD"])
}

fn source(folder: &Path) -> SourceSpec {
    SourceSpec::new(folder.to_str().unwrap())
}

fn new(image: &str) -> ExplainNew {
    ExplainNew {
        spec: ContainerSpec::new(ImageRef::new(image).unwrap()),
        said: Vec::new(),
        cluster: None,
        node: None,
        labels: Some(BTreeMap::new()),
        container: None,
    }
}

fn field<'a>(explanation: &'a Explanation, name: &str, key: &str) -> &'a Explained {
    let found = explanation.fields.iter().find(|field| field.field == name && field.key == key);
    found.unwrap_or_else(|| panic!("no {name} {key} in {:#?}", explanation.fields))
}

#[tokio::test]
async fn a_repository_is_set_looked_at_and_forgotten() {
    let haven = fleet().await;
    assert_eq!(haven.source().get().await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(haven.source().refresh().await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(haven.source().remove().await.unwrap_err().kind(), ErrorKind::NotFound);
    // Without one, the image and the request are all there is.
    let plain = haven.source().explain(new("web:1")).await.unwrap();
    assert_eq!((plain.fields.len(), plain.version), (0, None));

    let folder = tempfile::tempdir().unwrap();
    let first = commit(folder.path(), &[("web.yml", "memory: 1g\n")]);
    let status = haven.source().set(source(folder.path())).await.unwrap();
    assert_eq!((status.version.as_deref(), status.stale.as_ref()), (Some(first.as_str()), None));
    assert_eq!(haven.source().get().await.unwrap().version.as_deref(), Some(first.as_str()));
    let explanation = haven.source().explain(new("web:1")).await.unwrap();
    assert_eq!((explanation.spec.memory, explanation.version.as_deref()), (Some(1 << 30), Some(first.as_str())));

    let second = commit(folder.path(), &[("web.yml", "memory: 2g\n")]);
    assert_eq!(
        haven.source().explain(new("web:1")).await.unwrap().spec.memory,
        Some(1 << 30),
        "never one fetch a container"
    );
    assert_eq!(haven.source().refresh().await.unwrap().version.as_deref(), Some(second.as_str()));
    assert_eq!(haven.source().explain(new("web:1")).await.unwrap().spec.memory, Some(2 << 30));

    // At an old revision nothing is set.
    let old = SetSource { spec: source(folder.path()), revision: Some(status.revision) };
    haven
        .call(SetSource { spec: SourceSpec { interval: Some(30), ..source(folder.path()) }, revision: None })
        .await
        .unwrap();
    assert_eq!(haven.call(old).await.unwrap_err().kind(), ErrorKind::Conflict);
    haven.source().remove().await.unwrap();
    assert_eq!(haven.source().explain(new("web:1")).await.unwrap().spec.memory, None);
}

#[tokio::test]
async fn a_repository_that_cannot_be_reached_is_set_and_says_why_and_blocks_nobody() {
    let haven = fleet().await;
    let status = haven.source().set(SourceSpec::new("/nowhere/at/all")).await.unwrap();
    assert_eq!(status.version, None);
    assert!(status.stale.unwrap().why.contains("cannot be read"));
    // What would be configured from it is not made up.
    assert_eq!(haven.source().explain(new("web:1")).await.unwrap_err().kind(), ErrorKind::Unavailable);
    for wrong in ["", "ext::sh", "folder:relative", "https://"] {
        assert_eq!(haven.source().set(SourceSpec::new(wrong)).await.unwrap_err().kind(), ErrorKind::Invalid, "{wrong}");
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("web.yml"), "tty: true\n").unwrap();
    let spec = SourceSpec::new(format!("folder:{}", folder.path().display()));
    let one = haven.source().set(spec).await.unwrap().version.unwrap();
    assert!(haven.source().explain(new("web")).await.unwrap().spec.tty);
    // A folder is read as it is.
    std::fs::write(folder.path().join("web.yml"), "tty: maybe\n").unwrap();
    let error = haven.source().explain(new("web")).await.unwrap_err();
    assert_eq!(error.message(), "`tty`: `maybe` is neither `true` nor `false`");
    let at: BTreeMap<&str, &str> = error.context().collect();
    assert_eq!((at["file"], at["line"], at["column"]), ("web.yml", "1", "6"));
    assert_ne!(haven.source().get().await.unwrap().version.unwrap(), one);
    drop(folder);
    assert_eq!(haven.source().explain(new("web")).await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn all_masters_have_it_and_after_a_restart_the_last_good_checkout_counts() {
    let (clock, keyring) = (SystemClock::default(), "11".repeat(32));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&clock));
    let (repository, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let master = async |name: &str| {
        let keyring = Keyring::parse(&keyring).unwrap();
        let builder = Haven::builder().store(store.clone()).keyring(keyring);
        builder.checkouts(data.path().join(name)).build().await.unwrap()
    };
    let version = commit(repository.path(), &[("web.yml", "memory: 1g\n")]);
    let (one, other) = (master("one").await, master("other").await);
    let spec = SourceSpec {
        username: Some("me".into()),
        password: Some("s3cret".into()),
        ssh_key: Some("-----KEY-----\n".into()),
        ..source(repository.path())
    };
    let status = one.source().set(spec.clone()).await.unwrap();
    assert!(!serde_json::to_string(&status).unwrap().contains("s3cret"), "secrets are shown to nobody");
    eventually("the other master reads it, too", async || {
        let status = other.source().get().await;
        status.is_ok_and(|status| status.version.as_deref() == Some(version.as_str()) && status.stale.is_none())
    })
    .await;
    for entry in store.list(&Key::new("sources/").unwrap()).await.unwrap().entries {
        let text = String::from_utf8_lossy(&entry.value).into_owned();
        assert!(!text.contains("s3cret") && !text.contains("KEY"), "a secret stands open in the store");
    }
    // Shown and set again, as a program that changes one part of it does, the secrets stay.
    let mut shown: SourceSpec = serde_json::from_value(serde_json::to_value(&status.spec).unwrap()).unwrap();
    assert_eq!(shown.password.as_ref().unwrap().expose(), "***");
    shown.interval = Some(20);
    one.source().set(shown).await.unwrap();
    assert_eq!(one.source().get().await.unwrap().spec, SourceSpec { interval: Some(20), ..spec });

    one.close().await;
    drop(one);
    std::fs::rename(repository.path(), repository.path().with_extension("gone")).unwrap();
    let again = master("one").await;
    let explanation = again.source().explain(new("web")).await.unwrap();
    assert_eq!((explanation.spec.memory, explanation.version.as_deref()), (Some(1 << 30), Some(version.as_str())));
    assert!(explanation.stale.is_some(), "it says that it may be old");
    let status = again.source().refresh().await.unwrap();
    assert!(status.stale.unwrap().why.contains("cannot be read"));
    std::fs::rename(repository.path().with_extension("gone"), repository.path()).unwrap();
    assert_eq!(again.source().refresh().await.unwrap().stale, None);
}

#[tokio::test]
async fn who_may_not_change_the_fleet_sets_no_repository() {
    let haven = fleet().await;
    let stranger = haven.acting_as(Actor { identity: Identity::Anonymous, ..Actor::system() });
    assert_eq!(stranger.call(GetSource {}).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    let set = SetSource { spec: SourceSpec::new("/srv/x"), revision: None };
    assert_eq!(stranger.call(set).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    let spec = SourceSpec { password: Some("s3cret".into()), ..SourceSpec::new("https://me:s3cret@127.0.0.1:1/x") };
    haven.source().set(spec).await.unwrap();
    let audit = haven.services().unwrap().audit.read(None, None).await.unwrap();
    let told = serde_json::to_string(&audit).unwrap();
    assert!(told.contains("source.set"), "{told}");
    let status = serde_json::to_string(&haven.source().get().await.unwrap()).unwrap();
    assert!(!status.contains("s3cret"), "{status}");
}

/// An image with these labels on a node.
async fn import(engine: &haven_core::engine::sim::SimEngine, name: &str, changes: &[&str]) {
    let archive = vec![0_u8; 1024];
    let options = ImportOptions { changes: changes.iter().map(|change| (*change).to_owned()).collect() };
    engine.import_image(&ImageRef::new(name).unwrap(), archive.into(), &options).await.unwrap();
}

#[tokio::test]
async fn a_new_container_has_its_labels_from_a_node_of_its_cluster() {
    let bed = bed(quiet()).await;
    bed.haven.clusters().create(&cluster("dev"), "").await.unwrap();
    for name in ["a", "b"] {
        bed.add(name).await;
    }
    bed.haven.clusters().add_node(&cluster("dev"), &node("b")).await.unwrap();
    import(&bed.engines.engine(&node("a")), "web:1", &["LABEL arg.restart=unless-stopped"]).await;
    import(&bed.engines.engine(&node("b")), "web:1", &["LABEL arg.restart=always arg.memory=64m arg.colour=red"]).await;
    let of = |cluster, node| ExplainNew { cluster, node, labels: None, ..new("web:1") };
    let explained = bed.haven.source().explain(of(Some(cluster("dev")), None)).await.unwrap();
    assert_eq!((explained.image_from.as_ref(), explained.spec.restart), (Some(&node("b")), RestartPolicy::Always));
    assert_eq!(field(&explained, "memory", "").origin.as_ref().unwrap().to_string(), "image label arg.memory");
    assert_eq!(explained.ignored[0].name, "arg.colour");
    let explained = bed.haven.source().explain(of(None, Some(node("a")))).await.unwrap();
    assert_eq!((explained.spec.restart, explained.cluster), (RestartPolicy::UnlessStopped, None));
    let explained = bed.haven.source().explain(ExplainNew { labels: None, ..new("nobody/has:it") }).await.unwrap();
    assert_eq!(explained.image_from, None);
    let unknown = bed.haven.source().explain(of(Some(cluster("none")), None)).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_running_container_is_explained_beside_what_it_is() {
    let bed = bed(quiet()).await;
    bed.haven.clusters().create(&cluster("dev"), "").await.unwrap();
    let engine = bed.add("a").await;
    bed.haven.clusters().add_node(&cluster("dev"), &node("a")).await.unwrap();
    let changes = ["CMD [\"sleep\", \"600\"]", "ENV FROM=image", "LABEL arg.memory=64m from=image"];
    import(&engine, "team/web:1", &changes).await;
    let folder = tempfile::tempdir().unwrap();
    let text = "environment: [A=1, B=1, 'constraint:zone==a']\nhostname: shop\ndns: [10.0.0.1]\nnetwork: bridge\n";
    let first = commit(folder.path(), &[("dev/web.yml", text), ("shop.yml", "labels: {team: a}\n")]);
    bed.haven.source().set(source(folder.path())).await.unwrap();

    // Made of what is configured, as Haven makes it; one variable and one port are the request's.
    let image = ImageRef::new("team/web:1").unwrap();
    let mut own = ContainerSpec::new(image.clone());
    own.env.insert("C".into(), "request".into());
    own.labels.insert("com.docker.swarm.constraints".into(), r#"["zone==a"]"#.into());
    let wanted = ExplainNew {
        spec: own,
        cluster: Some(cluster("dev")),
        container: Some("shop".try_into().unwrap()),
        labels: None,
        ..new("web")
    };
    let mut spec = bed.haven.source().explain(wanted).await.unwrap().spec;
    spec.labels.insert(CONFIG_LABEL.into(), first.clone());
    // What is shown is masked; a container is made of the values.
    for (name, value) in [("A", "1"), ("B", "1"), ("C", "request")] {
        spec.env.insert(name.into(), value.into());
    }
    bed.haven.containers().run(&node("a"), "shop", spec).await.unwrap();
    let container = ContainerRef::new("shop").unwrap();
    let explain = async || bed.haven.containers().explain(&node("a"), &container).await.unwrap();

    let explained = explain().await;
    assert_eq!((explained.version.as_ref(), explained.running_version.as_ref()), (Some(&first), Some(&first)));
    let differs = |explanation: &Explanation| -> Vec<String> {
        let differs = |field: &&Explained| field.running.as_ref().is_none_or(|running| !running.same);
        explanation.fields.iter().filter(differs).map(|field| format!("{} {}", field.field, field.key)).collect()
    };
    assert_eq!(differs(&explained), ["env C"], "only what the request said, and nothing of the image");
    assert_eq!(field(&explained, "env", "C").origin, None);
    assert_eq!(explained.placement, ["constraint:zone==a"]);

    // The repository says something else now.
    let text = "environment: [A=1, B=2]\nhostname: other\ndns: [10.0.0.1, 10.0.0.2]\nnetwork: bridge\n";
    let second = commit(folder.path(), &[("dev/web.yml", text)]);
    bed.haven.source().refresh().await.unwrap();
    let explained = explain().await;
    assert_eq!((explained.version.as_ref(), explained.running_version.as_ref()), (Some(&second), Some(&first)));
    assert_eq!(differs(&explained), ["dns 10.0.0.2", "env B", "env C", "hostname ", "placement constraint:zone==a"]);
    let hostname = field(&explained, "hostname", "");
    assert_eq!(hostname.value.as_ref().unwrap(), "other");
    assert_eq!(hostname.running.as_ref().unwrap().value.as_ref().unwrap(), "shop");
    assert!(!serde_json::to_string(&explained).unwrap().contains("request\""), "values of the environment are masked");

    let missing = ContainerRef::new("nosuch").unwrap();
    let error = bed.haven.containers().explain(&node("a"), &missing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn nothing_is_written_while_nothing_changes() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(&*clock));
    let haven = super::on(store.clone(), Keyring::generate().unwrap()).await;
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), &[("web.yml", "memory: 1g\n")]);
    let services = haven.services().unwrap();
    services.configuration.ensure(source(folder.path())).await.unwrap();
    eventually("it is read", async || haven.source().get().await.unwrap().version.is_some()).await;
    // The journal takes its time.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let before = store.status().await.unwrap().revision;
    services.configuration.ensure(source(folder.path())).await.unwrap();
    services.configuration.refresh().await.unwrap();
    haven.source().explain(new("web")).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(store.status().await.unwrap().revision, before);
}
