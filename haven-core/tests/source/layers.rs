//! Layers over each other: who wins, field by field, and who is told to have said it.

use std::{collections::BTreeMap, sync::Arc};

use haven_core::{
    ErrorKind,
    model::{
        ClusterName, ContainerSpec, ImageRef, Mount, Port, RestartPolicy,
        source::Layer,
        spec::{MountKind, Protocol},
    },
    source::{MemorySource, Resolved, Snapshot, Source as _, Wanted, resolve},
};
use proptest::prelude::*;

pub(crate) async fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    let source = MemorySource::default();
    for (path, text) in files {
        source.put(path, *text).unwrap();
    }
    let version = source.version().await.unwrap();
    Snapshot::of(Arc::new(source), version, None).await.unwrap()
}

pub(crate) fn web() -> ContainerSpec {
    ContainerSpec::new(ImageRef::new("team/web:1").unwrap())
}

pub(crate) fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn origin(resolved: &Resolved, field: &str, key: &str) -> String {
    let found = resolved.fields.iter().find(|known| known.field == field && known.key == key);
    found.unwrap_or_else(|| panic!("nothing says {field} {key}")).origin.as_ref().unwrap().to_string()
}

#[tokio::test]
async fn the_request_weighs_more_than_the_repository_and_that_more_than_the_image_environment_too() {
    let files = [
        ("web.properties", "memory=2g\nrestart=always\nhostname=properties\n"),
        ("web.yaml", "hostname: yaml\n"),
        ("web.yml", "environment: [A=image, B=image, C=repository]\nhostname: image\ncpuShares: 1\n"),
        ("web:1.yml", "environment: {B: tag}\nhostname: tag\ncpuShares: 2\n"),
        ("dev/web.yml", "hostname: cluster\ncpuShares: 3\ncpuPeriod: 3\n"),
        ("dev/web:1.yml", "hostname: cluster and tag\ncpuPeriod: 4\n"),
        ("shop.yml", "environment: {D: container}\nhostname: container\n"),
        ("dev/shop.yml", "hostname: nobody looks for this\n"),
        ("other.yml", "this is: [not even read\n"),
    ];
    let image = labels(&[("arg.memory", "1g"), ("arg.user", "1000"), ("arg.environment.A", "label"), ("node", "x")]);
    let dev = ClusterName::new("dev").unwrap();
    let mut own = web();
    own.env.insert("C".into(), "request".into());
    own.hostname = Some("request".into());
    let wanted = Wanted { cluster: Some(&dev), container: Some("shop"), ..Wanted::new(&own, &image) };
    let resolved = resolve(Some(&snapshot(&files).await), wanted).await.unwrap();
    let spec = &resolved.spec;
    let env: Vec<(&str, &str)> = spec.env.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(env, [("A", "image"), ("B", "tag"), ("C", "request"), ("D", "container")]);
    assert_eq!((spec.hostname.as_deref(), spec.user.as_deref()), (Some("request"), Some("1000")));
    assert_eq!((spec.cpu_shares, spec.cpu_period), (Some(3), Some(4)));
    assert_eq!((spec.memory, spec.restart), (Some(2 << 30), RestartPolicy::Always));
    assert_eq!(resolved.placement, Vec::<String>::new(), "a label without `arg.` says nothing");

    assert_eq!(origin(&resolved, "hostname", ""), "request");
    assert_eq!(origin(&resolved, "env", "B"), "web:1.yml:1");
    assert_eq!(origin(&resolved, "memory", ""), "web.properties:1");
    assert_eq!(origin(&resolved, "user", ""), "image label arg.user");
    let hostname = resolved.fields.iter().find(|field| field.field == "hostname").unwrap();
    let before: Vec<String> = hostname.overridden.iter().map(|said| said.value.as_str().unwrap().to_owned()).collect();
    assert_eq!(before, ["container", "cluster and tag", "cluster", "tag", "image", "yaml", "properties"]);
    let secret = resolved.fields.iter().find(|field| field.key == "C").unwrap();
    assert_eq!((secret.value.as_ref().unwrap(), &secret.overridden[0].value), (&"***".into(), &"***".into()));
}

#[tokio::test]
async fn lists_grow_and_what_stands_for_the_same_thing_is_replaced() {
    let files = [
        (
            "web.yml",
            "dns: [10.0.0.1, 10.0.0.2]\nports: {8080: 80, 53: 53/udp}\nvolumeBinds: ['/a:/data', '/l:/log']\ncommand: [serve]\n",
        ),
        ("dev/web.yml", "dns: [10.0.0.2, 10.0.0.3]\nports: {8080: 8000, 53: 53}\nvolumeBinds: ['/b:/data:ro']\n"),
    ];
    let dev = ClusterName::new("dev").unwrap();
    let mut own = web();
    own.ports = vec![Port { container: 9, host: None, address: None, protocol: Protocol::Tcp }];
    own.mounts = vec![Mount::new(MountKind::Tmpfs, "", "/log")];
    own.command = vec!["sleep".into(), "60".into()];
    let (none, snapshot) = (BTreeMap::new(), snapshot(&files).await);
    let spec = resolve(Some(&snapshot), Wanted { cluster: Some(&dev), ..Wanted::new(&own, &none) }).await.unwrap().spec;
    assert_eq!(spec.dns, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    let ports: Vec<_> = spec.ports.iter().map(|port| (port.host, port.container, port.protocol.as_str())).collect();
    assert_eq!(ports, [(Some(8080), 8000, "tcp"), (Some(53), 53, "udp"), (Some(53), 53, "tcp"), (None, 9, "tcp")]);
    let mounts: Vec<_> = spec.mounts.iter().map(|mount| (mount.kind, &*mount.source, mount.read_only)).collect();
    assert_eq!(mounts, [(MountKind::Bind, "/b", true), (MountKind::Tmpfs, "", false)]);
    assert_eq!(spec.command, ["sleep", "60"], "a command is one thing");
}

#[tokio::test]
async fn what_is_said_to_be_as_usual_takes_the_place_of_what_was_said_before() {
    let files = [
        ("web.yml", "restart: always\nprivileged: true\nmemory: 1g\ntty: true\n"),
        ("dev/web.yml", "privileged: false\n"),
    ];
    let snapshot = snapshot(&files).await;
    let (own, none) = (web(), BTreeMap::new());
    let dev = ClusterName::new("dev").unwrap();
    let wanted = Wanted { cluster: Some(&dev), ..Wanted::new(&own, &none) };
    let spec = resolve(Some(&snapshot), wanted).await.unwrap().spec;
    assert_eq!((spec.privileged, spec.restart, spec.tty), (false, RestartPolicy::Always, true));
    let said = ["restart", "memory", "tty"].map(str::to_owned);
    let spec = resolve(Some(&snapshot), Wanted { said: &said, ..wanted }).await.unwrap().spec;
    assert_eq!((spec.restart, spec.memory, spec.tty), (RestartPolicy::No, None, false));
}

#[tokio::test]
async fn labels_of_an_image_that_nobody_knows_are_told_and_those_that_do_not_fit_are_refused() {
    let image = labels(&[
        ("arg.memroy", "512M"),
        ("arg.cluster", "dev"),
        ("arg.ports", "8761:8761,53:53/udp"),
        ("arg.restart", "always"),
        ("arg.volumeBinds[0]", "/a:/a"),
        ("arg.dns", "10.0.0.1, 10.0.0.2"),
        ("org.opencontainers.image.title", "web"),
    ]);
    let own = web();
    let resolved = resolve(None, Wanted::new(&own, &image)).await.unwrap();
    assert_eq!((resolved.spec.ports.len(), resolved.spec.dns.len(), resolved.spec.mounts.len()), (2, 2, 1));
    assert_eq!(resolved.spec.labels, BTreeMap::new(), "the engine has those of the image");
    let ignored: Vec<(&str, &str)> =
        resolved.ignored.iter().map(|ignored| (ignored.name.as_str(), ignored.why.as_str())).collect();
    assert_eq!(
        ignored,
        [
            ("arg.cluster", "who asks for the container decides it"),
            ("arg.memroy", "it is nothing that can be said of a container; is `memory` meant?"),
        ]
    );
    assert_eq!((resolved.version.as_ref(), resolved.marked().labels.len()), (None, 0));

    for (label, value) in [("arg.memoryLimit", "lots"), ("arg.ports", "x"), ("arg.mounts[0].colour", "red")] {
        let image = labels(&[("arg.a", "1"), ("arg.zzz", "1"), (label, value)]);
        let error = resolve(None, Wanted::new(&own, &image)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert_eq!(error.context().collect::<Vec<_>>(), [("label", label)], "{}", error.report());
    }
}

#[tokio::test]
async fn entries_of_placement_come_from_every_layer_and_each_is_kept() {
    let files = [("web.yml", "environment: ['constraint:node!=a', 'affinity:container!=web*']\n")];
    let image = labels(&[("arg.environment", "constraint:zone==a,constraint:node!=b")]);
    let mut own = web();
    own.env.insert("constraint:node!".into(), "c".into());
    own.env.insert("A".into(), "1".into());
    let resolved = resolve(Some(&snapshot(&files).await), Wanted::new(&own, &image)).await.unwrap();
    assert_eq!(
        resolved.placement,
        [
            "constraint:zone==a",
            "constraint:node!=b",
            "constraint:node!=a",
            "affinity:container!=web*",
            "constraint:node!=c"
        ]
    );
    assert_eq!(resolved.spec.env.keys().collect::<Vec<_>>(), ["A"]);
}

#[tokio::test]
async fn who_said_it_is_plain_data() {
    let files = [("web.yml", "memory: 1g\n")];
    let own = web();
    let resolved = resolve(Some(&snapshot(&files).await), Wanted::new(&own, &BTreeMap::new())).await.unwrap();
    let memory = resolved.fields.iter().find(|field| field.field == "memory").unwrap();
    let origin = memory.origin.clone().unwrap();
    assert_eq!((origin.layer, origin.file.as_deref()), (Layer::Repository, Some("web.yml")));
    assert_eq!((origin.line, origin.column), (Some(1), Some(9)));
    let json = serde_json::to_value(memory).unwrap();
    assert_eq!(json["origin"], serde_json::json!({ "layer": "repository", "file": "web.yml", "line": 1, "column": 9 }));
}

fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("memory: 1g".to_owned()),
        Just("restart: always".to_owned()),
        "(environment|labels): \\{[A-C]: [a-z]{1,3}\\}",
        "dns: \\[10\\.0\\.0\\.[1-4]\\]",
        "ports: \\{8[0-3]: 8[0-3]\\}",
        "volumeBinds: \\['/[a-c]:/[x-z]'\\]",
    ];
    proptest::collection::vec(line, 0..5).prop_map(|lines| {
        let mut seen = std::collections::BTreeSet::new();
        let fresh = lines.into_iter().filter(|line| seen.insert(line.split(':').next().unwrap_or_default().to_owned()));
        fresh.map(|line| line + "\n").collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever layers say: laying the outcome over them again changes nothing, and each part of a layer that nobody after
    /// it contradicts is there.
    #[test]
    fn a_merge_is_settled_and_loses_nothing(one in lines(), two in lines()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dev = ClusterName::new("dev").unwrap();
            let (own, none) = (web(), BTreeMap::new());
            let both = snapshot(&[("web.yml", &one), ("dev/web.yml", &two)]).await;
            let wanted = Wanted { cluster: Some(&dev), ..Wanted::new(&own, &none) };
            let merged = resolve(Some(&both), wanted).await.unwrap();
            let again = resolve(Some(&both), Wanted { own: &merged.spec, ..wanted }).await.unwrap();
            assert_eq!(again.spec, merged.spec);
            let last = snapshot(&[("web.yml", &two)]).await;
            let last = resolve(Some(&last), wanted).await.unwrap();
            for field in &last.fields {
                let found = merged.fields.iter().find(|known| (&known.field, &known.key) == (&field.field, &field.key));
                assert_eq!(found.unwrap().value, field.value, "{} {}", field.field, field.key);
            }
            let first = snapshot(&[("web.yml", &one)]).await;
            for field in &resolve(Some(&first), wanted).await.unwrap().fields {
                assert!(merged.fields.iter().any(|known| (&known.field, &known.key) == (&field.field, &field.key)));
            }
        });
    }
}
