//! What files and labels of images may say of a container: names, and what each means for a specification.
//!
//! The names are those of Haven 1.x (`memoryLimit`, `volumeBinds`), and those of a specification's own fields; each as
//! `camelCase`, `kebab-case` or `snake_case`. A name that is none of these is refused with the nearest that is.

mod network;
mod program;
mod read;
mod storage;
mod value;

use haven_model::Result;

use super::{
    document::{Name, Node, Place},
    setting::Setting,
};
pub(crate) use read::Reader;
use read::Way;

/// A name, the field it means, and how what stands there is read.
struct Field {
    /// The spellings, the first of which is told to people.
    names: &'static [&'static str],
    /// The field of the specification.
    field: &'static str,
    way: Way,
}

macro_rules! fields {
    ($($way:expr => { $($name:literal $(| $also:literal)* : $field:literal),* $(,)? })*) => {
        &[$($(Field { names: &[$name $(, $also)*], field: $field, way: $way }),*),*]
    };
}

/// Everything that can be said.
const FIELDS: &[Field] = fields! {
    Way::Text => {
        "hostname": "hostname",
        "domainname": "domainname",
        "user": "user",
        "workingDir" | "workdir": "working_dir",
        "stopSignal": "stop_signal",
        "runtime": "runtime",
        "logDriver": "log_driver",
        "volumeDriver": "volume_driver",
        "cpusetCpus": "cpuset_cpus",
        "cpusetMems": "cpuset_mems",
        "cgroupParent": "cgroup_parent",
        "pidMode" | "pid": "pid_mode",
        "ipcMode" | "ipc": "ipc_mode",
        "utsMode" | "uts": "uts_mode",
        "usernsMode" | "userns": "userns_mode",
        "cgroupnsMode" | "cgroupns": "cgroupns_mode",
    }
    Way::Switch => {
        "publishAllPorts": "publish_all_ports",
        "privileged": "privileged",
        "readOnly": "read_only",
        "tty": "tty",
        "openStdin" | "stdinOpen": "open_stdin",
        "init": "init",
        "autoRemove": "auto_remove",
        "oomKillDisable": "oom_kill_disable",
    }
    Way::Size => {
        "memoryLimit" | "memory": "memory",
        "memoryReservation": "memory_reservation",
        "kernelMemory": "kernel_memory",
        "shmSize": "shm_size",
    }
    Way::Limit => {
        "memorySwap": "memory_swap",
        "pidsLimit": "pids_limit",
    }
    Way::Number(0, i64::MAX) => {
        "cpuShares": "cpu_shares",
        "cpuQuota": "cpu_quota",
        "cpuPeriod": "cpu_period",
        "nanoCpus": "nano_cpus",
    }
    Way::Number(0, 1000) => { "blkioWeight": "blkio_weight" }
    Way::Number(0, 100) => { "memorySwappiness": "memory_swappiness" }
    Way::Number(-1000, 1000) => { "oomScoreAdj": "oom_score_adj" }
    Way::Seconds => { "stopTimeout": "stop_timeout" }
    Way::Texts => {
        "dns": "dns",
        "dnsSearch": "dns_search",
        "dnsOptions" | "dnsOpt": "dns_options",
        "securityOpt": "security_opt",
        "volumesFrom": "volumes_from",
        "groupAdd": "group_add",
        "capAdd": "cap_add",
        "capDrop": "cap_drop",
        "expose": "expose",
        "deviceCgroupRules": "device_cgroup_rules",
    }
    Way::Words => {
        "command": "command",
        "entrypoint": "entrypoint",
    }
    Way::Pairs => {
        "labels": "labels",
        "logOptions" | "logOpt": "log_options",
        "storageOptions" | "storageOpt": "storage_options",
        "sysctls": "sysctls",
    }
    Way::Own(program::environment) => { "environment" | "env": "env" }
    Way::Own(program::restart) => { "restart": "restart" }
    Way::Own(program::reschedule) => { "reschedule": "placement" }
    Way::Own(program::node) => { "node": "placement" }
    Way::Own(program::health) => { "health" | "healthcheck": "health" }
    Way::Own(program::cpus) => { "cpus": "nano_cpus" }
    Way::Own(program::ulimits) => { "ulimits": "ulimits" }
    Way::Own(program::devices) => { "devices": "devices" }
    Way::Own(program::gpus) => { "gpus": "device_requests" }
    Way::Own(network::ports) => { "ports": "ports" }
    Way::Own(network::mode) => { "network" | "networkMode": "network" }
    Way::Own(network::networks) => { "networks": "networks" }
    Way::Own(network::links) => { "links": "links" }
    Way::Own(network::hosts) => { "extraHosts": "extra_hosts" }
    Way::Own(storage::binds) => { "volumeBinds": "mounts", "volumes": "mounts" }
    Way::Own(storage::mounts) => { "mounts": "mounts" }
    Way::Own(storage::tmpfs) => { "tmpfs": "mounts" }
    Way::Own(storage::rates) => {
        "deviceReadBps": "device_read_bps",
        "deviceWriteBps": "device_write_bps",
        "deviceReadIops": "device_read_iops",
        "deviceWriteIops": "device_write_iops",
        "blkioWeightDevices" | "blkioWeightDevice": "blkio_weight_devices",
    }
    // A file can say these, as in Haven 1.x, but who asks for the container decides them.
    Way::Decided => {
        "id": "", "name": "", "image": "", "imageId": "", "cluster": "", "application": "",
    }
};

/// What a name is that is known.
pub(crate) enum Known {
    /// It was read.
    Read,
    /// Who asks for the container decides that.
    Decided,
}

/// Reads one value of a document. None where the name is not known.
pub(crate) fn read(
    reader: Reader,
    name: &str,
    node: &Node,
    settings: &mut Vec<(Setting, Place)>,
) -> Result<Option<Known>> {
    let canonical = canonical(name);
    let Some(field) = FIELDS.iter().find(|field| field.names.iter().any(|known| self::canonical(known) == canonical))
    else {
        return Ok(None);
    };
    if matches!(field.way, Way::Decided) {
        return Ok(Some(Known::Decided));
    }
    reader.read(field.way, field.field, name, node, settings)?;
    Ok(Some(Known::Read))
}

/// Says of an unknown name which was probably meant.
pub(crate) fn unknown(name: &Name) -> haven_model::Error {
    let shown: String = name.text.chars().take(64).collect();
    let hint = nearest(&shown).map(|near| format!("; is `{near}` meant?")).unwrap_or_default();
    name.place.invalid(format!("`{}` is nothing that can be said of a container{hint}", shown.escape_debug()))
}

/// The known name that is nearest to one that is not.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    let wanted = canonical(name);
    let names = FIELDS.iter().flat_map(|field| field.names).chain(&["include"]);
    let (near, distance) = names
        .map(|known| (*known, strsim::damerau_levenshtein(&self::canonical(known), &wanted)))
        .min_by_key(|(_, distance)| *distance)?;
    (distance <= 2.max(wanted.len() / 4).min(wanted.len() / 2)).then_some(near)
}

/// A name without what its spelling adds: `volume-binds`, `volume_binds` and `volumeBinds` are one.
pub(crate) fn canonical(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use haven_model::{ContainerSpec, ImageRef, source::Origin};

    use super::*;
    use crate::source::{
        document::Format,
        setting::{Item, Merged, PLACEMENT},
    };

    fn settings(format: Format, text: &str) -> Result<Vec<Setting>> {
        let reader = Reader { is_flat: format == Format::Properties };
        let mut settings = Vec::new();
        for (name, node) in format.read(text)? {
            read(reader, &name.text, &node, &mut settings)?.ok_or_else(|| unknown(&name))?;
        }
        Ok(settings.into_iter().map(|(setting, _)| setting).collect())
    }

    pub(super) fn spec(format: Format, text: &str) -> (ContainerSpec, Vec<String>) {
        let mut merged = Merged::default();
        for setting in settings(format, text).unwrap_or_else(|error| panic!("{}: {text}", error.report())) {
            let origin = Origin {
                layer: haven_model::source::Layer::Repository,
                label: None,
                file: None,
                line: None,
                column: None,
            };
            merged.add(setting, origin);
        }
        (merged.spec(&ImageRef::new("web").unwrap()).unwrap(), merged.placement())
    }

    pub(super) fn error(text: &str) -> String {
        let error = settings(Format::Yaml, text).expect_err(text);
        let of = |wanted| error.context().find(|(name, _)| *name == wanted).map_or("?", |(_, at)| at).to_owned();
        format!("{}:{} {}", of("line"), of("column"), error.message())
    }

    #[test]
    fn no_two_fields_have_a_name_and_every_field_is_one_of_a_specification() {
        let mut names = BTreeSet::new();
        for field in FIELDS {
            for name in field.names {
                assert!(names.insert(canonical(name)), "`{name}` stands twice");
            }
        }
        assert!(!names.contains("include"));
    }

    #[test]
    fn every_field_of_a_specification_can_be_said() {
        let all = serde_json::to_value(spec(Format::Yaml, EVERYTHING).0).unwrap();
        let said: BTreeSet<&str> = FIELDS.iter().map(|field| field.field).collect();
        // Each is known, and the text above says something of each but what has another name for the same.
        for name in all.as_object().unwrap().keys().filter(|name| *name != "image") {
            assert!(said.contains(name.as_str()), "nothing says `{name}`");
        }
        for name in said.iter().filter(|name| !["", PLACEMENT, "auto_remove"].contains(name)) {
            assert!(all.get(name).is_some(), "`{name}` is said and is not there");
        }
    }

    const EVERYTHING: &str = "
hostname: web
domainname: example.org
user: '1000'
workdir: /srv
stop-signal: SIGINT
stop_timeout: 5s
runtime: runc
log-driver: json-file
logOptions: {max-size: 10m}
volumeDriver: local
cpusetCpus: 0-2,4
cpusetMems: '0'
cgroupParent: /pods
pid: host
ipc: shareable
uts: host
userns: host
cgroupns: private
publishAllPorts: true
privileged: yes
read-only: 'true'
tty: on
stdinOpen: true
init: true
oomKillDisable: true
memoryLimit: 1g
memoryReservation: 512MB
kernelMemory: 256MiB
shmSize: 64m
memorySwap: -1
pidsLimit: 100
cpuShares: 512
cpuQuota: 50000
cpuPeriod: 100000
cpus: 1.5
blkioWeight: 300
memorySwappiness: 10
oomScoreAdj: -500
dns: [10.0.0.1]
dnsSearch: example.org
dnsOptions: ['ndots:2']
securityOpt: [no-new-privileges]
volumesFrom: [data]
groupAdd: [video]
capAdd: [NET_ADMIN]
capDrop: [ALL]
expose: ['80']
deviceCgroupRules: ['c 13:* rmw']
command: [serve, --port, '80']
entrypoint: [/bin/web]
labels: {com.example.team: a}
storageOpt: {size: 10G}
sysctls: {net.core.somaxconn: 1024}
environment: {A: 1}
restart: on-failure:3
healthcheck: {test: curl localhost, interval: 30s, retries: 3}
ulimits: {nofile: '1024:2048'}
devices: ['/dev/snd:/dev/sound:rw']
gpus: all
ports: {'127.0.0.1:8761': 8761}
network: front
networks: {back: {aliases: [db]}}
links: {db: database}
extraHosts: ['gate:10.0.0.9']
volumeBinds: ['/var/log:/data/log:ro']
deviceReadBps: ['/dev/sda:1mb']
deviceWriteBps: ['/dev/sda:1mb']
deviceReadIops: ['/dev/sda:100']
deviceWriteIops: ['/dev/sda:100']
blkioWeightDevice: ['/dev/sda:200']
";

    #[test]
    fn names_have_many_spellings_and_mistakes_a_hint() {
        for name in ["memoryLimit", "memory-limit", "memory_limit", "MemoryLimit", "MEMORY_LIMIT", "memory"] {
            assert_eq!(spec(Format::Yaml, &format!("{name}: 512M")).0.memory, Some(512 << 20), "{name}");
        }
        assert_eq!(
            error("restart: no\n memroyLimit: 1g".replace("\n ", "\n").as_str()),
            "2:1 `memroyLimit` is nothing that can be said of a container; is `memoryLimit` meant?"
        );
        assert_eq!(error("zzzzzzzz: 1"), "1:1 `zzzzzzzz` is nothing that can be said of a container");
    }

    #[test]
    fn what_does_not_fit_is_refused_where_it_stands() {
        for (text, expected) in [
            ("memoryLimit: lots", "1:14 `memoryLimit`: `lots` is no size, which looks like `512m` or `1.5g`"),
            ("memoryLimit: [1]", "1:14 `memoryLimit`: a text is wanted here, and this is a list"),
            ("a: 1\n", "1:1 `a` is nothing that can be said of a container"),
            ("cpuShares: -1", "1:12 `cpuShares`: `-1` is no number from 0 on"),
            ("blkioWeight: 5000", "1:14 `blkioWeight`: `5000` is no number from 0 to 1000"),
            ("tty: maybe", "1:6 `tty`: `maybe` is neither `true` nor `false`"),
            ("ports: 5x", "1:8 `ports`: `5x` is no port, which looks like `8080:80` or `127.0.0.1:53:53/udp`"),
            ("ports: {80: }", "1:9 `ports`: `80` has no port of the container"),
            ("ports:\n  a: 80", "2:3 `ports`: `a` is no port of the host, which looks like `8080` or `127.0.0.1:8080`"),
            (
                "restart: sometimes",
                "1:10 `restart`: a policy is `no`, `always`, `unless-stopped` or `on-failure[:TIMES]`",
            ),
            ("volumeBinds: [data/x:/y]", "1:15 `volumeBinds`: `data/x` is neither a volume nor an absolute path"),
            ("volumeBinds: ['/a:b']", "1:15 `volumeBinds`: `b` is no absolute path"),
            ("command: sleep 60", "1:10 `command`: a list of words is wanted here: `[sleep, \"60\"]`"),
            (
                "mounts: [{type: bind, target: /x, colour: red}]",
                "1:35 `mounts`: `colour` is nothing that can be said of a mount",
            ),
        ] {
            assert_eq!(error(text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_variable_says_is_in_no_error() {
        for text in [
            "environment: [s3cret]",
            "environment: {'': s3cret}",
            "environment: {A: [s3cret]}",
            "environment: [[s3cret]]",
        ] {
            assert!(!error(text).contains("s3cret"), "{}", error(text));
        }
    }

    #[test]
    fn properties_say_the_same_as_yaml() {
        let yaml = "
memoryLimit: 1g
environment: [MQ_HOST=mq, 'constraint:storage==~ssd', spring.url=x]
labels: {com.example.team: a}
volumeBinds: ['/a:/a', '/b:/b']
ports: {'127.0.0.1:8761': 8761, 53: 53/udp}
command: [sh, -c, 'a,b']
dns: [10.0.0.1, 10.0.0.2]
mounts: [{type: tmpfs, target: /t, size: 1m}]
publishAllPorts: true
";
        let properties = "
memory-limit = 1g
environment.MQ_HOST = mq
environment.constraint\\:storage = =~ssd
environment.spring.url = x
labels.com.example.team = a
volumeBinds[0] = /a:/a
volume-binds[1] = /b:/b
ports = 127.0.0.1:8761:8761, 53:53/udp
command = [\"sh\", \"-c\", \"a,b\"]
dns = 10.0.0.1,10.0.0.2
mounts[0].type = tmpfs
mounts[0].target = /t
mounts[0].size = 1m
publish_all_ports = true
";
        // The list is said under two spellings of its name: the second is a name of its own.
        let properties = properties.replace("volume-binds[1]", "volumeBinds[1]");
        assert_eq!(spec(Format::Properties, &properties), spec(Format::Yaml, yaml));
        let (spec, placement) = spec(Format::Yaml, yaml);
        assert_eq!(placement, ["constraint:storage==~ssd"]);
        assert_eq!(spec.env.keys().collect::<Vec<_>>(), ["MQ_HOST", "spring.url"]);
    }

    #[test]
    fn entries_of_placement_are_kept_each() {
        let text = "environment: ['constraint:node!=a', 'constraint:node!=b', 'constraint:node!=a', 'affinity:image==web']\nreschedule: ON_NODE_FAILURE\nnode: web-3";
        let (spec, placement) = spec(Format::Yaml, text);
        assert!(spec.env.is_empty());
        assert_eq!(
            placement,
            [
                "constraint:node!=a",
                "constraint:node!=b",
                "affinity:image==web",
                "reschedule:on-node-failure",
                "constraint:node==web-3"
            ]
        );
    }

    #[test]
    fn a_specification_taken_apart_and_put_together_is_the_same() {
        let (everything, _) = spec(Format::Yaml, EVERYTHING);
        let mut merged = Merged::default();
        for setting in Setting::of(&everything, &[]).unwrap() {
            let layer = haven_model::source::Layer::Request;
            merged.add(setting, Origin { layer, label: None, file: None, line: None, column: None });
        }
        assert_eq!(merged.spec(&everything.image).unwrap(), everything);
        let variable = Setting::of(&everything, &[]).unwrap().into_iter().find(|setting| setting.field == "env");
        assert!(matches!(variable.unwrap().item, Item::Secret(_)));
        assert_eq!(everything.labels, BTreeMap::from([("com.example.team".to_owned(), "a".to_owned())]));
    }
}
