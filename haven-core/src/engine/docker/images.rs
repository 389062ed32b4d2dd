//! Images of a Docker Engine.

use std::{collections::BTreeMap, time::Duration};

use ::http::Method;
use async_trait::async_trait;
use bollard::models::HealthConfig;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_model::{
    Error, ErrorKind, Image, ImageDetail, ImageRef, Outcome, Result, Secret,
    image::{ImportOptions, PullProgress},
};
use hyper::body::Incoming;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    DockerEngine,
    error::Refusals,
    frames,
    http::{Path, whole, within},
    spec::health_check,
    summary::null_is_empty,
};
use crate::engine::{Images, Stream, images::familiar};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    repo_tags: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    repo_digests: Vec<String>,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    size: u64,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    repo_tags: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    repo_digests: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    created: String,
    #[serde(default)]
    size: u64,
    #[serde(default, deserialize_with = "null_is_empty")]
    os: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    architecture: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    config: Config,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    #[serde(default, deserialize_with = "null_is_empty")]
    cmd: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    entrypoint: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    env: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    user: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    working_dir: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    stop_signal: String,
    #[serde(default)]
    healthcheck: Option<HealthConfig>,
    #[serde(default, deserialize_with = "null_is_empty")]
    exposed_ports: Map<String, Value>,
    #[serde(default, deserialize_with = "null_is_empty")]
    volumes: Map<String, Value>,
}

/// The names of what is only there or not, in order.
fn sorted(set: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = set.keys().cloned().collect();
    names.sort();
    names
}

/// A registry that cannot be reached is a server's error to the engine.
const NO_REGISTRY: Refusals = &[(500, ErrorKind::Unavailable)];
/// So is an archive that is none.
const REFUSED_ARCHIVE: Refusals = &[(500, ErrorKind::Invalid)];

/// A line of the engine's progress.
#[derive(Deserialize)]
struct Progress {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(rename = "progressDetail", default, deserialize_with = "null_is_empty")]
    detail: ProgressDetail,
    #[serde(default)]
    error: Option<String>,
    #[serde(rename = "errorDetail", default)]
    error_detail: Option<ErrorDetail>,
}

#[derive(Default, Deserialize)]
struct ProgressDetail {
    #[serde(default)]
    current: Option<u64>,
    #[serde(default)]
    total: Option<u64>,
}

#[derive(Deserialize)]
struct ErrorDetail {
    #[serde(default)]
    code: Option<u16>,
}

/// What the engine tells of its work on an image.
fn progress(body: Incoming) -> Stream<Progress> {
    frames::values::<Progress>(body).map(|line| line.map_err(unsure)).boxed()
}

/// The engine may go on with what it was asked for when its answer breaks off.
fn unsure(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Unavailable => Error::timeout("the engine did not say whether it was done").caused_by(error),
        _ => error,
    }
}

/// Docker shows images without a name as `<none>:<none>`.
fn named(names: Vec<String>) -> Vec<String> {
    names.into_iter().filter(|name| !name.starts_with("<none>")).collect()
}

#[async_trait]
impl Images for DockerEngine {
    async fn images(&self) -> Result<Vec<Image>> {
        let list: Vec<Summary> = self.http.get(&Path::new("/images/json")).await?;
        let convert = |image: Summary| Image {
            id: image.id,
            tags: named(image.repo_tags),
            digests: named(image.repo_digests),
            created: Timestamp::from_second(image.created).unwrap_or_default(),
            size: image.size,
            labels: image.labels,
        };
        Ok(list.into_iter().map(convert).collect())
    }

    async fn image(&self, image: &ImageRef) -> Result<ImageDetail> {
        let detail: Detail = self.http.get(&Path::new(format!("/images/{image}/json"))).await?;
        let env = detail.config.env.into_iter().map(|entry| match entry.split_once('=') {
            Some((name, value)) => (name.to_owned(), Secret::new(value)),
            None => (entry, Secret::default()),
        });
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(ImageDetail {
            summary: Image {
                id: detail.id,
                tags: named(detail.repo_tags),
                digests: named(detail.repo_digests),
                created: detail.created.parse().unwrap_or_default(),
                size: detail.size,
                labels: detail.config.labels,
            },
            os: detail.os,
            architecture: detail.architecture,
            command: detail.config.cmd,
            entrypoint: detail.config.entrypoint,
            env: env.collect(),
            user: given(detail.config.user),
            working_dir: given(detail.config.working_dir),
            stop_signal: given(detail.config.stop_signal),
            health: detail.config.healthcheck.and_then(health_check),
            exposed_ports: sorted(&detail.config.exposed_ports),
            volumes: sorted(&detail.config.volumes),
        })
    }

    async fn pull_image(&self, image: &ImageRef) -> Result<Stream<PullProgress>> {
        if image.is_id() {
            return Err(Error::invalid(format!("`{image}` is an id, and no registry knows ids")));
        }
        let path = Path::new("/images/create").with("fromImage", image.repository());
        let path = match (image.digest(), image.tag()) {
            (Some(digest), _) => path.with("tag", digest),
            (None, Some(tag)) => path.with("tag", tag),
            (None, None) => path,
        };
        let body = self.http.open(Method::POST, &path, None, NO_REGISTRY).await?;
        let progress = progress(body).map(|line| {
            let line = line?;
            if let Some(message) = line.error {
                let kind = match line.error_detail.and_then(|detail| detail.code) {
                    Some(404) => ErrorKind::NotFound,
                    Some(401 | 403) => ErrorKind::Denied,
                    _ => ErrorKind::Unavailable,
                };
                return Err(Error::new(kind, message.chars().take(500).collect::<String>()));
            }
            Ok(PullProgress {
                layer: line.id,
                status: line.status,
                current: line.detail.current,
                total: line.detail.total,
            })
        });
        // An engine may end its progress with a status only: what counts is whether the image is there.
        let (engine, image) = (self.clone(), image.clone());
        let check = stream::once(async move {
            let found = engine.image(&image).await;
            found.err().map(|error| match error.kind() {
                ErrorKind::NotFound => Err(Error::not_found("image", &image)),
                _ => Err(unsure(error)),
            })
        });
        let state = Some((progress.boxed(), check.boxed()));
        Ok(stream::unfold(state, |state| async move {
            let (mut progress, mut check) = state?;
            match progress.next().await {
                Some(Ok(line)) => Some((Ok(line), Some((progress, check)))),
                Some(Err(error)) => Some((Err(error), None)),
                None => check.next().await.flatten().map(|error| (error, None)),
            }
        })
        .boxed())
    }

    async fn import_image(&self, image: &ImageRef, archive: Bytes, options: &ImportOptions) -> Result<String> {
        let mut path = Path::new("/images/create").with("fromSrc", "-").with("repo", image.repository());
        if let Some(tag) = image.tag() {
            path = path.with("tag", tag);
        }
        for change in &options.changes {
            path = path.with("changes", change);
        }
        let mut request = self.http.request(Method::POST, &path, None)?;
        *request.body_mut() = whole(archive.clone());
        request
            .headers_mut()
            .insert(::http::header::CONTENT_TYPE, ::http::header::HeaderValue::from_static("application/x-tar"));
        // A slow disk takes a megabyte in a second.
        let limit = self.http.limit + Duration::from_secs(archive.len() as u64 >> 20);
        let work = async {
            let mut lines = progress(self.http.open_with(request, REFUSED_ARCHIVE, limit).await?);
            let mut last = String::new();
            while let Some(line) = lines.next().await {
                let line = line?;
                if let Some(message) = line.error {
                    return Err(Error::invalid(message.chars().take(500).collect::<String>()));
                }
                last = line.status;
            }
            if last.starts_with("sha256:") {
                return Ok(last);
            }
            Err(Error::invalid("the engine made no image of the archive"))
        };
        within(Some(limit), work).await
    }

    async fn tag_image(&self, image: &ImageRef, name: &ImageRef) -> Result<Outcome> {
        if name.digest().is_some() {
            return Err(Error::invalid(format!("a digest is no name to give: `{name}`")));
        }
        if self.image(image).await?.summary.tags.contains(&familiar(name)) {
            return Ok(Outcome::AlreadySo);
        }
        let (repository, tag) = (name.repository(), name.tag().unwrap_or("latest"));
        let path = Path::new(format!("/images/{image}/tag")).with("repo", repository).with("tag", tag);
        self.http.ask(Method::POST, &path, None, &[], Some(self.http.limit)).await?;
        Ok(Outcome::Done)
    }

    async fn remove_image(&self, image: &ImageRef) -> Result<Outcome> {
        let path = Path::new(format!("/images/{image}"));
        match self.http.ask(Method::DELETE, &path, None, &[], Some(self.http.limit)).await {
            Ok(_) => Ok(Outcome::Done),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Outcome::AlreadySo),
            Err(error) => Err(error),
        }
    }
}
