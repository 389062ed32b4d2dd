//! The layout of Haven 1.x' own example, rebuilt: it works as it is.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use haven_core::{
    model::{ClusterName, ContainerSpec, ImageRef, RestartPolicy},
    source::{FolderSource, Snapshot, Source as _, Wanted, resolve},
};

async fn example() -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/configuration");
    let source = FolderSource::open(folder).unwrap();
    let version = source.version().await.unwrap();
    Snapshot::of(Arc::new(source), version, None).await.unwrap()
}

#[tokio::test]
async fn the_example_of_haven_1_works_unchanged() {
    let dev = ClusterName::new("dev").unwrap();
    let own = ContainerSpec::new(ImageRef::new("cluster-manager:latest").unwrap());
    let wanted = Wanted { cluster: Some(&dev), ..Wanted::new(&own, const { &BTreeMap::new() }) };
    let snapshot = example().await;
    let resolved = resolve(Some(&snapshot), wanted).await.unwrap();
    let spec = &resolved.spec;

    assert_eq!(spec.env["MQ_HOST"].expose(), "mq.dev.example.org", "of an include");
    assert_eq!(spec.env["DATABASE_NAME"].expose(), "managed", "who includes wins");
    assert_eq!(spec.env["LOG_LEVEL"].expose(), "info", "of all clusters");
    assert_eq!(spec.env.len(), 7);
    assert_eq!(resolved.placement, ["constraint:storage==~ssd"]);
    assert_eq!(spec.labels["com.example.team"], "platform");
    let port = &spec.ports[..];
    assert_eq!((port.len(), port[0].host, port[0].container), (1, Some(8761), 8761));
    assert_eq!(port[0].address.unwrap().to_string(), "127.0.0.1");
    assert_eq!((spec.restart, spec.memory), (RestartPolicy::Always, Some(1 << 30)));
    assert_eq!((spec.domainname.as_deref(), spec.stop_timeout), (Some("dev.example.org"), Some(30)));
    let mounts: Vec<(&str, &str)> = spec.mounts.iter().map(|mount| (&*mount.source, &*mount.target)).collect();
    assert_eq!(mounts, [("/var/log/managed", "/data/log"), ("managed-data", "/data/store")]);
    assert_eq!(spec.volumes_from, ["shared-tools:ro"]);
    assert_eq!(
        resolved.files,
        [
            "cluster-manager.properties",
            "dev/shared_database.yml",
            "dev/shared_queue.yml",
            "dev/shared_files.yml",
            "dev/cluster-manager.yml"
        ]
    );

    // Each value says where it stands.
    let of = |field: &str, key: &str| {
        let found = resolved.fields.iter().find(|known| known.field == field && known.key == key).unwrap();
        (found.origin.as_ref().unwrap().to_string(), found.overridden.len())
    };
    assert_eq!(of("env", "MQ_HOST"), ("dev/shared_queue.yml:2".to_owned(), 0));
    assert_eq!(of("env", "DATABASE_NAME"), ("dev/cluster-manager.yml:8".to_owned(), 1));
    assert_eq!(of("labels", "com.example.team"), ("dev/cluster-manager.yml:12".to_owned(), 1));
    assert_eq!(of("memory", ""), ("dev/cluster-manager.yml:17".to_owned(), 0));

    // The container says which version it was configured from.
    assert_eq!(resolved.marked().labels["haven.config"], snapshot.version());
}

#[tokio::test]
async fn a_tag_has_a_file_of_its_own_and_another_cluster_has_not() {
    let snapshot = example().await;
    let own = ContainerSpec::new(ImageRef::new("registry:5000/team/cluster-manager:1.3").unwrap());
    let resolved = resolve(Some(&snapshot), Wanted::new(&own, &BTreeMap::new())).await.unwrap();
    assert_eq!(resolved.files, ["cluster-manager.properties", "cluster-manager:1.3.yml"]);
    assert_eq!((resolved.spec.memory, resolved.spec.restart), (Some(768 << 20), RestartPolicy::No));
    let dev = ClusterName::new("dev").unwrap();
    let wanted = Wanted { cluster: Some(&dev), ..Wanted::new(&own, const { &BTreeMap::new() }) };
    let resolved = resolve(Some(&snapshot), wanted).await.unwrap();
    assert_eq!(resolved.spec.memory, Some(1 << 30), "the cluster weighs more than the tag");
}
