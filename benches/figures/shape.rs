//! The shape of the containers that the figures of the inventory are about: 12 labels, 2 ports, 1 network, 1 mount; half of
//! the values of labels are shared, the other half, and name, address and volume, are of each container alone.

use std::collections::BTreeMap;

use haven::model::{Container, ContainerId, ContainerState, Mount, Port, spec::Protocol};
use jiff::Timestamp;

/// How many containers a node has.
pub const ON_A_NODE: usize = 30;

/// The labels of the `number`th container.
pub fn labels(number: usize) -> BTreeMap<String, String> {
    let app = number % 97;
    let labels = [
        ("com.docker.compose.project", format!("shop-{app}")),
        ("com.docker.compose.service", "web".to_owned()),
        ("com.docker.compose.version", "2.29.7".to_owned()),
        ("com.docker.compose.oneoff", "False".to_owned()),
        ("org.opencontainers.image.source", "https://git.example.com/shop/web".to_owned()),
        ("org.opencontainers.image.version", format!("1.{}.0", app % 7)),
        ("com.docker.compose.config-hash", format!("{:064x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))),
        ("com.docker.compose.container-number", format!("{number}")),
        ("haven.plan", format!("{:032x}", number.wrapping_mul(0xbf58_476d_1ce4_e5b9))),
        ("haven.step", format!("update-{number:06}")),
        ("traefik.http.routers.web.rule", format!("Host(`web-{number:06}.shop-{app}.example.com`)")),
        ("traefik.http.services.web.name", format!("web-{number:06}-shop-{app}")),
    ];
    labels.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The `number`th container.
pub fn container(number: usize) -> Container {
    let app = number % 97;
    let published = |container, host: usize| Port {
        container,
        host: u16::try_from(20_000 + host % 40_000).ok(),
        address: None,
        protocol: Protocol::Tcp,
    };
    let id = format!("{:016x}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4);
    let at = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    let mount = serde_json::json!({ "type": "volume", "source": format!("shop-{app}_data-{number:06}"), "target": "/var/lib/data" });
    Container {
        id: ContainerId::new(id).expect("64 digits"),
        name: format!("shop-{app}-web-{number:06}"),
        image: format!("registry.example.com/shop/web:1.{}.0", app % 7),
        image_id: format!("sha256:{:064x}", app % 7),
        command: "/docker-entrypoint.sh nginx -g 'daemon off;'".to_owned(),
        created: Timestamp::from_second(1_700_000_000).expect("a time"),
        state: ContainerState::Running,
        health: None,
        status: format!("Up {} minutes", 2 + number % 50),
        ports: vec![published(80, number), published(443, number + 1)],
        labels: labels(number),
        networks: [(format!("shop-{app}_default"), at)].into(),
        mounts: vec![serde_json::from_value::<Mount>(mount).expect("a mount")],
        truncated: false,
    }
}
