//! What a container has from its image: put in as engines do, and taken away again.
//!
//! An inspection shows a specification with the image's values merged in, and cannot say which was whose. A value that
//! equals the image's is taken for the image's: with that image it makes no difference, and on another image it is what
//! somebody means who changes only the image.

use super::{ContainerSpec, HealthCheck, Mount, MountKind};
use crate::ImageDetail;

impl ContainerSpec {
    /// The specification with the image's own values where it has none, as an engine merges them when it creates a
    /// container.
    ///
    /// An entry point of the specification takes the image's command away with the image's entry point; environment and
    /// labels are merged by name.
    #[must_use]
    pub fn merged(&self, image: &ImageDetail) -> Self {
        let mut spec = self.clone();
        if spec.entrypoint.is_empty() {
            spec.entrypoint.clone_from(&image.entrypoint);
            if spec.command.is_empty() {
                spec.command.clone_from(&image.command);
            }
        }
        for (name, value) in &image.env {
            spec.env.entry(name.clone()).or_insert_with(|| value.clone());
        }
        for (key, value) in &image.summary.labels {
            spec.labels.entry(key.clone()).or_insert_with(|| value.clone());
        }
        spec.user = spec.user.or_else(|| image.user.clone());
        spec.working_dir = spec.working_dir.or_else(|| image.working_dir.clone());
        spec.stop_signal = spec.stop_signal.or_else(|| image.stop_signal.clone());
        spec.health = match (spec.health, &image.health) {
            (Some(own), Some(image)) if !own.command.is_empty() => Some(filled(own, image)),
            (own, image) => own.or_else(|| image.clone()),
        };
        for port in &image.exposed_ports {
            if !spec.expose.contains(port) && !spec.publishes(port) {
                spec.expose.push(port.clone());
            }
        }
        for target in &image.volumes {
            if !spec.mounts.iter().any(|mount| mount.target == *target) {
                spec.mounts.push(Mount::new(MountKind::Volume, "", target));
            }
        }
        spec
    }

    /// The specification less what it has from this image: merged with the same image again it is what it was, and with
    /// another image it has that one's values.
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use haven_model::{ContainerSpec, Image, ImageDetail, ImageRef};
    /// # let image = |version: &str| ImageDetail {
    /// #     summary: Image { id: "sha256:1".into(), tags: vec![], digests: vec![], created: Default::default(), size: 0,
    /// #         labels: BTreeMap::from([("version".into(), version.into())]) },
    /// #     os: "linux".into(), architecture: "amd64".into(), command: vec!["serve".into()], entrypoint: vec![],
    /// #     env: BTreeMap::new(), user: None, working_dir: None, stop_signal: None, health: None,
    /// #     exposed_ports: vec![], volumes: vec![],
    /// # };
    /// let (old, new) = (image("1.4"), image("1.5"));
    /// let runs = ContainerSpec::new(ImageRef::new("web:1.4")?).merged(&old);
    /// let next = runs.without(&old).merged(&new);
    /// assert_eq!(next.labels["version"], "1.5");
    /// # Ok::<(), haven_model::Error>(())
    /// ```
    #[must_use]
    pub fn without(&self, image: &ImageDetail) -> Self {
        let mut spec = self.clone();
        // The same entry point given without a command had the image's command taken away.
        let bare = spec.command.is_empty() && !image.command.is_empty();
        if spec.entrypoint == image.entrypoint && !bare {
            spec.entrypoint.clear();
            if spec.command == image.command {
                spec.command.clear();
            }
        }
        spec.env.retain(|name, value| image.env.get(name) != Some(value));
        spec.labels.retain(|key, value| image.summary.labels.get(key) != Some(value));
        spec.user = spec.user.filter(|user| image.user.as_ref() != Some(user));
        spec.working_dir = spec.working_dir.filter(|folder| image.working_dir.as_ref() != Some(folder));
        spec.stop_signal = spec.stop_signal.filter(|signal| image.stop_signal.as_ref() != Some(signal));
        spec.health = spec.health.filter(|health| image.health.as_ref() != Some(health));
        spec.expose.retain(|port| !image.exposed_ports.contains(port));
        spec.mounts.retain(|mount| {
            let plain = *mount == Mount::new(MountKind::Volume, "", &mount.target);
            !(plain && image.volumes.contains(&mount.target))
        });
        spec
    }

    /// Whether a port, `80/tcp`, is published.
    fn publishes(&self, port: &str) -> bool {
        self.ports.iter().any(|own| port == format!("{}/{}", own.container, own.protocol.as_str()))
    }
}

/// A health check with the image's times where it has none.
fn filled(own: HealthCheck, image: &HealthCheck) -> HealthCheck {
    HealthCheck {
        command: own.command,
        interval: own.interval.or(image.interval),
        timeout: own.timeout.or(image.timeout),
        retries: own.retries.or(image.retries),
        start_period: own.start_period.or(image.start_period),
        start_interval: own.start_interval.or(image.start_interval),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Image, ImageRef, Secret, spec::Port};

    fn pairs<V: From<String>>(pairs: &[(&str, &str)]) -> BTreeMap<String, V> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), V::from((*value).to_owned()))).collect()
    }

    fn image(version: &str) -> ImageDetail {
        ImageDetail {
            summary: Image {
                id: "sha256:1".into(),
                tags: Vec::new(),
                digests: Vec::new(),
                created: jiff::Timestamp::UNIX_EPOCH,
                size: 0,
                labels: pairs(&[("version", version), ("maker", "us")]),
            },
            os: "linux".into(),
            architecture: "amd64".into(),
            command: vec!["serve".into(), version.into()],
            entrypoint: vec!["/run".into()],
            env: pairs::<Secret>(&[("VERSION", version), ("PATH", "/bin")]),
            user: Some("app".into()),
            working_dir: Some("/srv".into()),
            stop_signal: Some("SIGQUIT".into()),
            health: Some(HealthCheck { command: vec!["check".into()], interval: Some(5), ..HealthCheck::default() }),
            exposed_ports: vec!["80/tcp".into(), "81/tcp".into()],
            volumes: vec!["/data".into()],
        }
    }

    fn specs() -> Vec<ContainerSpec> {
        let plain = || ContainerSpec::new(ImageRef::new("web").unwrap());
        let port = Port { container: 80, host: Some(8080), address: None, protocol: crate::spec::Protocol::Tcp };
        let own = HealthCheck { command: vec!["own".into()], ..HealthCheck::default() };
        vec![
            plain(),
            ContainerSpec { command: vec!["other".into()], ..plain() },
            ContainerSpec { entrypoint: vec!["/run".into()], ..plain() },
            ContainerSpec { entrypoint: vec!["/run".into()], command: vec!["serve".into(), "1".into()], ..plain() },
            ContainerSpec { entrypoint: vec!["/other".into()], ..plain() },
            ContainerSpec { env: pairs(&[("VERSION", "mine"), ("OWN", "x")]), ..plain() },
            ContainerSpec { labels: pairs(&[("maker", "me"), ("own", "x")]), ..plain() },
            ContainerSpec { user: Some("root".into()), working_dir: Some("/".into()), ..plain() },
            ContainerSpec { health: Some(HealthCheck::default()), ..plain() },
            ContainerSpec { health: Some(own), stop_signal: Some("SIGTERM".into()), ..plain() },
            ContainerSpec { ports: vec![port], expose: vec!["99/udp".into()], ..plain() },
            ContainerSpec { mounts: vec![Mount::new(MountKind::Volume, "named", "/data")], ..plain() },
        ]
    }

    #[test]
    fn what_is_taken_away_comes_back_with_the_image() {
        for spec in specs() {
            let merged = spec.merged(&image("1"));
            assert_eq!(
                merged.without(&image("1")).merged(&image("1")).normalise(),
                merged.clone().normalise(),
                "{spec:?}"
            );
            assert_eq!(merged.merged(&image("1")), merged, "{spec:?}");
        }
    }

    #[test]
    fn on_another_image_nothing_of_the_old_one_is_left() {
        let next = |spec: &ContainerSpec| spec.merged(&image("1")).without(&image("1")).merged(&image("2"));
        let plain = next(&specs()[0]);
        assert_eq!((plain.env["VERSION"].expose(), plain.labels["version"].as_str()), ("2", "2"));
        assert_eq!(plain.command, ["serve", "2"]);
        let bare = next(&specs()[2]);
        assert!(bare.command.is_empty(), "an entry point of one's own has no command of the image's");
        let own = next(&specs()[5]);
        assert_eq!((own.env["VERSION"].expose(), own.env["OWN"].expose()), ("mine", "x"));
        let unchecked = next(&specs()[8]);
        assert_eq!(unchecked.health, Some(HealthCheck::default()));
    }
}
