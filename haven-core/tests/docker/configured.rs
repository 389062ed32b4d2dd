//! A container that is made as it is configured is, on a real engine, what it was configured to be.

use std::{collections::BTreeMap, sync::Arc};

use haven_core::{
    Haven,
    clock::{Clock, SystemClock},
    model::{
        ContainerName, ContainerRef, ContainerSpec, ImageRef, NodeAddress, NodeName, SourceSpec, source::Explained,
    },
    source::Wanted,
    store::MemoryStore,
};
use haven_testkit::bed::{BUSYBOX, Bed};

const CONFIGURATION: &str = "
environment: [MQ_HOST=mq, 'WITH=a=b', EMPTY=]
labels: {com.example.team: platform}
ports: {127.0.0.1:0: 8761}
restart: on-failure:3
memoryLimit: 64m
memorySwap: -1
cpus: 0.5
cpuShares: 512
domainname: dev.example.org
hostname: shop
user: '0:0'
workdir: /tmp
stopSignal: SIGINT
stopTimeout: 1m
dns: [10.0.0.1]
dnsSearch: [example.org]
extraHosts: ['gate:10.0.0.9']
securityOpt: [no-new-privileges]
capAdd: [NET_ADMIN]
capDrop: [MKNOD]
volumes: [/anonymous]
volumeBinds: ['/tmp:/host/tmp:ro']
tmpfs: ['/scratch:size=1m']
ulimits: {nofile: '512:1024'}
sysctls: {net.ipv4.ip_unprivileged_port_start: 80}
healthcheck: {test: 'true', interval: 30s, retries: 2}
logOptions: {max-size: 1m}
shmSize: 32m
init: true
command: [sleep, '600']
network: bridge
";

fn differing(fields: &[Explained]) -> Vec<String> {
    // What the engine is set to it writes into every container, as if somebody had asked for it.
    let is_the_engines = |field: &Explained| field.value.is_none() && field.field == "cgroupns_mode";
    let differs =
        |field: &&Explained| field.running.as_ref().is_none_or(|running| !running.same) && !is_the_engines(field);
    fields
        .iter()
        .filter(differs)
        .map(|field| format!("{}.{}: {:?}, {:?}", field.field, field.key, field.value, field.running))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_what_it_was_configured_to_be() {
    let Some(bed) = Bed::with_engines(1).registry().shared_or_skip().await else { return };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let haven = Haven::builder().store(Arc::new(MemoryStore::new(&*clock))).build().await.unwrap();
    let node = NodeName::new("real").unwrap();
    haven.nodes().register(&node, NodeAddress::Unix(bed.engine(0).socket().to_owned())).await.unwrap();
    haven.nodes().wait_online(&node).await.unwrap();
    let image = ImageRef::new(BUSYBOX).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let base = image.repository().rsplit('/').next().unwrap();
    // The engine chooses the port: tests of other processes have theirs.
    let configuration = CONFIGURATION.replace("{127.0.0.1:0: 8761}", "['127.0.0.1::8761']");
    std::fs::write(folder.path().join(format!("{base}.yml")), configuration).unwrap();
    haven.source().set(SourceSpec::new(format!("folder:{}", folder.path().display()))).await.unwrap();

    let (own, labels) = (ContainerSpec::new(image), BTreeMap::new());
    let name = format!("configured-{:016x}", clock.random());
    let wanted = Wanted { container: Some(&name), ..Wanted::new(&own, &labels) };
    let resolved = haven.services().unwrap().configuration.resolve(wanted).await.unwrap();
    let container = ContainerRef::new(&name).unwrap();
    let made = haven.containers().create(&node, Some(ContainerName::new(&name).unwrap()), resolved.marked()).await;
    made.unwrap();
    for is_started in [false, true] {
        if is_started {
            haven.containers().start(&node, &container).await.unwrap();
        }
        let explained = haven.containers().explain(&node, &container).await.unwrap();
        let differing = differing(&explained.fields);
        if is_started {
            let remove = haven_core::door::ops::containers::RemoveContainer {
                node: node.clone(),
                container: container.clone(),
                force: true,
                volumes: true,
            };
            haven.call(remove).await.unwrap();
        }
        assert_eq!(explained.running_version, resolved.version);
        assert_eq!(differing, Vec::<String>::new(), "started: {is_started}");
    }
}
