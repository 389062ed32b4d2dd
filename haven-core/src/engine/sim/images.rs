//! The images of a simulated engine: by name, by id, pulled, imported, removed.
//!
//! An image is its configuration; there are no layers. Names are kept in Docker's familiar form: `nginx:latest`.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_model::{
    Error, ImageDetail, ImageRef, Outcome, Port, Result, Secret,
    image::{ImportOptions, PullProgress},
    spec::{HealthCheck, Protocol},
};
use sha2::{Digest as _, Sha256};

use crate::engine::{
    Images, Stream,
    images::{familiar, familiar_repository as repository},
};

use super::{SimEngine, lifecycle::PATH, state::State};

/// An image that a simulated engine has, or can pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimImage {
    /// Its name.
    pub name: ImageRef,
    /// The default command. A program that is not built in is a service: it runs until it is asked to end.
    pub command: Vec<String>,
    /// The default entry point.
    pub entrypoint: Vec<String>,
    /// The default environment.
    pub env: BTreeMap<String, Secret>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The ports it exposes.
    pub ports: Vec<Port>,
    /// Where it wants volumes.
    pub volumes: Vec<String>,
    /// Its health check.
    pub health: Option<HealthCheck>,
    /// Further programs in it: services as a container's own program, commands that succeed when run besides it.
    pub programs: Vec<String>,
    /// Its size in bytes.
    pub size: u64,
}

impl SimImage {
    /// An image whose default command is `command`.
    pub fn new(name: ImageRef, command: &[&str]) -> Self {
        Self {
            name,
            command: command.iter().map(|&word| word.to_owned()).collect(),
            entrypoint: Vec::new(),
            env: BTreeMap::new(),
            labels: BTreeMap::new(),
            ports: Vec::new(),
            volumes: Vec::new(),
            health: None,
            programs: Vec::new(),
            size: 5_000_000,
        }
    }

    fn preset(name: &str, command: &[&str], port: Option<u16>) -> Option<Self> {
        let mut image = Self::new(ImageRef::new(name).ok()?, command);
        image.ports.extend(port.map(|container| exposed(container, Protocol::Tcp)));
        Some(image)
    }
}

fn exposed(container: u16, protocol: Protocol) -> Port {
    Port { container, host: None, address: None, protocol }
}

/// The images a machine has by default.
pub(super) fn present() -> Vec<SimImage> {
    let nginx = ["nginx", "-g", "daemon off;"];
    [
        SimImage::preset("busybox:latest", &["sh"], None),
        SimImage::preset("busybox:1", &["sh"], None),
        SimImage::preset("nginx:latest", &nginx, Some(80)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The images that can be pulled by default.
pub(super) fn pullable() -> Vec<SimImage> {
    let nginx = ["nginx", "-g", "daemon off;"];
    let mut images = present();
    images.extend(
        [
            SimImage::preset("busybox:1.36", &["sh"], None),
            SimImage::preset("alpine:latest", &["sh"], None),
            SimImage::preset("nginx:1.26", &nginx, Some(80)),
            SimImage::preset("nginx:1.27", &nginx, Some(80)),
            SimImage::preset("redis:7", &["redis-server"], Some(6379)),
            SimImage::preset("postgres:16", &["postgres"], Some(5432)),
        ]
        .into_iter()
        .flatten(),
    );
    images
}

/// An image as the engine keeps it.
#[derive(Clone, Debug)]
pub(super) struct Image {
    pub(super) detail: ImageDetail,
    pub(super) programs: Vec<String>,
}

impl Image {
    /// Whether its default command runs this program.
    pub(super) fn is_own_program(&self, name: &str) -> bool {
        let own = self.detail.entrypoint.first().or(self.detail.command.first());
        own.is_some_and(|own| own == name) && super::applets::find(name).is_none()
    }
}

#[async_trait]
impl Images for SimEngine {
    async fn images(&self) -> Result<Vec<haven_model::Image>> {
        Ok(self.reach()?.images.values().map(|image| image.detail.summary.clone()).collect())
    }

    async fn image(&self, image: &ImageRef) -> Result<ImageDetail> {
        Ok(self.reach()?.image(image)?.detail.clone())
    }

    async fn pull_image(&self, image: &ImageRef) -> Result<Stream<PullProgress>> {
        if image.is_id() {
            return Err(Error::invalid(format!("`{image}` is an id, and no registry knows ids")));
        }
        let (found, layer) = {
            let mut state = self.reach()?;
            let wanted = familiar(image);
            let found = state.options.registry.iter().find(|offer| familiar(&offer.name) == wanted).cloned();
            (found.ok_or_else(|| Error::not_found("image", image))?, state.new_id()[..12].to_owned())
        };
        let total = found.size;
        let step = |status: &str, current: Option<u64>| PullProgress {
            layer: Some(layer.clone()),
            status: status.to_owned(),
            current,
            total: current.map(|_| total),
        };
        let whole = |status: String| PullProgress { status, ..PullProgress::default() };
        let name = familiar(&found.name);
        let mut steps =
            vec![whole(format!("Pulling from {}", repository(&found.name))), step("Pulling fs layer", None)];
        steps.extend((1..=4).map(|quarter| step("Downloading", Some(total / 4 * quarter))));
        steps.extend([step("Pull complete", None), whole(format!("Status: Downloaded newer image for {name}"))]);
        let engine = self.clone();
        let last = steps.len();
        let progress = stream::iter((1..).zip(steps)).then(move |(number, progress)| {
            let (engine, found) = (engine.clone(), found.clone());
            async move {
                engine.shared.clock.sleep(Duration::from_millis(5)).await;
                let mut state = engine.reach()?;
                if number == last {
                    let name = familiar(&found.name);
                    state.add_image(&found);
                    let attributes = BTreeMap::from([("name".to_owned(), repository(&found.name).to_owned())]);
                    state.emit("image", "pull", &name, attributes);
                }
                Ok(progress)
            }
        });
        // After a failure there is nothing more to tell.
        let mut failed = false;
        Ok(progress.take_while(move |step| std::future::ready(!std::mem::replace(&mut failed, step.is_err()))).boxed())
    }

    async fn import_image(&self, image: &ImageRef, archive: Bytes, options: &ImportOptions) -> Result<String> {
        if !looks_like_tar(&archive) {
            return Err(Error::invalid("the archive is no tar file"));
        }
        let mut state = self.reach()?;
        let mut made = SimImage::new(image.clone(), &[]);
        made.size = archive.len() as u64;
        let mut rest = Changed::default();
        for change in &options.changes {
            apply(change, &mut made, &mut rest)?;
        }
        let digest = Sha256::new().chain_update(&archive).chain_update(state.new_id()).finalize();
        let id = format!("sha256:{}", hex::encode(digest));
        state.keep_image(&made, rest, id.clone());
        state.name_image(&id, &familiar(image));
        state.emit_image(&id, "import", &familiar(image));
        Ok(id)
    }

    async fn tag_image(&self, image: &ImageRef, name: &ImageRef) -> Result<Outcome> {
        if name.digest().is_some() {
            return Err(Error::invalid(format!("a digest is no name to give: `{name}`")));
        }
        let mut state = self.reach()?;
        let meant = &state.image(image)?.detail.summary;
        if meant.tags.contains(&familiar(name)) {
            return Ok(Outcome::AlreadySo);
        }
        let id = meant.id.clone();
        state.name_image(&id, &familiar(name));
        state.emit_image(&id, "tag", &familiar(name));
        Ok(Outcome::Done)
    }

    async fn remove_image(&self, image: &ImageRef) -> Result<Outcome> {
        self.reach()?.remove_image(image)
    }
}

impl State {
    /// An image by name or id.
    pub(super) fn image(&self, image: &ImageRef) -> Result<&Image> {
        let id = self.tags.get(&familiar(image)).map(String::as_str);
        let by_digest = || {
            let wanted = familiar(image);
            let holds = |kept: &&Image| kept.detail.summary.digests.contains(&wanted);
            self.images.values().find(holds).map(|kept| kept.detail.summary.id.as_str())
        };
        let by_id = || {
            let begin = image.as_str();
            let hexadecimal = begin.len() >= 4 && begin.bytes().all(|b| b.is_ascii_hexdigit());
            let mut found = self.images.keys().filter(|id| hexadecimal && id["sha256:".len()..].starts_with(begin));
            match (found.next(), found.next()) {
                (Some(id), None) => Some(id.as_str()),
                _ => None,
            }
        };
        let id = if image.is_id() { Some(image.as_str()) } else { id.or_else(by_digest).or_else(by_id) };
        id.and_then(|id| self.images.get(id)).ok_or_else(|| Error::not_found("image", image))
    }

    /// Puts an image under its name.
    pub(super) fn add_image(&mut self, image: &SimImage) {
        let name = familiar(&image.name);
        let content = format!("{name} {:?} {:?} {:?} {}", image.command, image.entrypoint, image.labels, image.size);
        let id = format!("sha256:{}", hex::encode(Sha256::digest(content.as_bytes())));
        self.keep_image(image, Changed::default(), id.clone());
        self.name_image(&id, &name);
        if let Some(kept) = self.images.get_mut(&id) {
            let digest = format!("{}@{id}", repository(&image.name));
            if !kept.detail.summary.digests.contains(&digest) {
                kept.detail.summary.digests.push(digest);
            }
        }
    }

    fn keep_image(&mut self, image: &SimImage, rest: Changed, id: String) {
        let mut env = BTreeMap::from([("PATH".to_owned(), Secret::new(PATH))]);
        env.extend(image.env.clone());
        let summary = haven_model::Image {
            id: id.clone(),
            tags: Vec::new(),
            digests: Vec::new(),
            created: self.time(),
            size: image.size,
            labels: image.labels.clone(),
        };
        let kept = Image {
            detail: ImageDetail {
                summary,
                os: "linux".into(),
                architecture: "amd64".into(),
                command: image.command.clone(),
                entrypoint: image.entrypoint.clone(),
                env,
                user: rest.user,
                working_dir: rest.working_dir,
                stop_signal: rest.stop_signal,
                health: image.health.clone(),
                exposed_ports: sorted(image.ports.iter().map(key)),
                volumes: sorted(image.volumes.iter().cloned()),
            },
            programs: image.programs.clone(),
        };
        self.images.entry(id).or_insert(kept);
    }

    fn name_image(&mut self, id: &str, name: &str) {
        if let Some(before) = self.tags.insert(name.to_owned(), id.to_owned())
            && let Some(before) = self.images.get_mut(&before)
        {
            before.detail.summary.tags.retain(|tag| tag != name);
        }
        if let Some(image) = self.images.get_mut(id) {
            image.detail.summary.tags.push(name.to_owned());
        }
    }

    fn emit_image(&mut self, id: &str, action: &str, name: &str) {
        let mut attributes =
            self.images.get(id).map_or_else(BTreeMap::new, |image| image.detail.summary.labels.clone());
        attributes.insert("name".into(), name.to_owned());
        self.emit("image", action, id, attributes);
    }

    fn remove_image(&mut self, image: &ImageRef) -> Result<Outcome> {
        let Ok(found) = self.image(image) else { return Ok(Outcome::AlreadySo) };
        let id = found.detail.summary.id.clone();
        let tags = found.detail.summary.tags.clone();
        let name = familiar(image);
        let by_name = tags.contains(&name);
        if by_name && tags.len() > 1 {
            self.untag(&id, &name);
            return Ok(Outcome::Done);
        }
        if !by_name && tags.len() > 1 {
            return Err(Error::conflict(format!("image `{image}` has several names: {}", tags.join(", "))));
        }
        if let Some(user) = self.containers.values().find(|record| record.image_id == id) {
            return Err(Error::conflict(format!("image `{image}` is used by container `{}`", user.name)));
        }
        for tag in &tags {
            self.untag(&id, tag);
        }
        self.emit_image(&id, "delete", &id);
        self.images.remove(&id);
        Ok(Outcome::Done)
    }

    fn untag(&mut self, id: &str, name: &str) {
        self.tags.remove(name);
        if let Some(image) = self.images.get_mut(id) {
            image.detail.summary.tags.retain(|tag| tag != name);
        }
        self.emit_image(id, "untag", id);
    }
}

fn key(port: &Port) -> String {
    format!("{}/{}", port.container, port.protocol.as_str())
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    texts.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// What only an import can set.
#[derive(Debug, Default)]
struct Changed {
    user: Option<String>,
    working_dir: Option<String>,
    stop_signal: Option<String>,
}

/// Applies one Dockerfile instruction.
fn apply(change: &str, image: &mut SimImage, rest: &mut Changed) -> Result<()> {
    let wrong = || Error::invalid(format!("`{}` is no instruction of an import", change.escape_debug()));
    let (name, value) = change.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
    let value = value.trim();
    // `key=value key="value"`, or the old `key value`.
    let pairs = || -> Result<Vec<(String, String)>> {
        if !value.contains('=') {
            let (key, value) = value.split_once(char::is_whitespace).ok_or_else(wrong)?;
            return Ok(vec![(key.to_owned(), value.trim().to_owned())]);
        }
        words(value)
            .into_iter()
            .map(|word| word.split_once('=').map(|(k, v)| (k.into(), v.into())).ok_or_else(wrong))
            .collect()
    };
    let command = |value: &str| -> Result<Vec<String>> {
        if value.starts_with('[') {
            return serde_json::from_str(value).map_err(|error| wrong().caused_by(error));
        }
        Ok(vec!["/bin/sh".into(), "-c".into(), value.to_owned()])
    };
    match name.to_ascii_uppercase().as_str() {
        "CMD" => image.command = command(value)?,
        "ENTRYPOINT" => image.entrypoint = command(value)?,
        "LABEL" => image.labels.extend(pairs()?),
        "ENV" => image.env.extend(pairs()?.into_iter().map(|(key, value)| (key, Secret::new(value)))),
        "USER" => rest.user = Some(value.to_owned()),
        "WORKDIR" => rest.working_dir = Some(value.to_owned()),
        "STOPSIGNAL" => rest.stop_signal = Some(value.to_owned()),
        "VOLUME" if value.starts_with('[') => image.volumes.extend(command(value)?),
        "VOLUME" => image.volumes.extend(words(value)),
        "EXPOSE" => {
            for word in words(value) {
                let (port, protocol) = word.split_once('/').unwrap_or((&word, "tcp"));
                let protocol =
                    [Protocol::Tcp, Protocol::Udp, Protocol::Sctp].into_iter().find(|p| p.as_str() == protocol);
                image.ports.push(exposed(port.parse().map_err(|_| wrong())?, protocol.ok_or_else(wrong)?));
            }
        }
        "HEALTHCHECK" => {
            let health = |command| HealthCheck { command, ..HealthCheck::default() };
            image.health = match value.strip_prefix("CMD") {
                Some(line) => Some(health(command(line.trim())?)),
                None if value == "NONE" => None,
                None => return Err(wrong()),
            };
        }
        "ONBUILD" => {}
        _ => return Err(wrong()),
    }
    Ok(())
}

/// Words separated by blanks, with `"` or `'` around what has blanks in it.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut any) = (Vec::new(), String::new(), None, false);
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => (quote, any) = (Some(c), true),
            None if c.is_whitespace() => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            _ => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}

/// Whether the first header's checksum is right, or the archive is an empty one.
fn looks_like_tar(archive: &[u8]) -> bool {
    let Some(header) = archive.get(..512) else { return false };
    if header.iter().all(|byte| *byte == 0) {
        return true;
    }
    let text = String::from_utf8_lossy(&header[148..156]);
    let Ok(kept) = u32::from_str_radix(text.trim_matches(|c: char| c == '\0' || c == ' '), 8) else { return false };
    let sum = |from: &[u8]| from.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    sum(&header[..148]) + sum(&header[156..]) + 8 * u32::from(b' ') == kept
}

#[cfg(test)]
mod tests {
    use haven_model::ErrorKind;

    use super::*;

    #[test]
    fn instructions_become_configuration() {
        let mut image = SimImage::new(ImageRef::new("a").unwrap(), &[]);
        let mut rest = Changed::default();
        for change in ["CMD [\"sh\", \"-c\", \"true\"]", "LABEL a=b c=\"d e\"", "ENV X 1 2", "EXPOSE 80 53/udp"] {
            apply(change, &mut image, &mut rest).unwrap();
        }
        assert_eq!(image.command, ["sh", "-c", "true"]);
        assert_eq!((&*image.labels["a"], &*image.labels["c"], image.env["X"].expose()), ("b", "d e", "1 2"));
        assert_eq!(image.ports[1].protocol, Protocol::Udp);
        assert_eq!(apply("RUN x", &mut image, &mut rest).unwrap_err().kind(), ErrorKind::Invalid);
    }
}
