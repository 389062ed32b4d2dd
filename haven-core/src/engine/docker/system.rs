//! A Docker Engine as a whole.

use std::collections::BTreeMap;

use ::http::Method;
use async_trait::async_trait;
use futures_util::StreamExt as _;
use haven_model::{
    EngineEvent, EngineInfo, EngineVersion, Error, ErrorKind, Result,
    system::{ApiVersion, EngineEventOptions},
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    DockerEngine, OLDEST, frames,
    http::{Http, Path},
    summary::null_is_empty,
};
use crate::engine::{Stream, System};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    #[serde(default, deserialize_with = "null_is_empty")]
    version: String,
    api_version: String,
    #[serde(rename = "MinAPIVersion", default)]
    min_api_version: Option<String>,
}

/// Asks for the version, before one is agreed on.
pub(super) async fn version(http: &Http) -> Result<EngineVersion> {
    let no_engine = |error: Error| {
        Error::new(ErrorKind::Unsupported, "something answers there that is no Docker Engine").caused_by(error)
    };
    let found: Version = http.get_unversioned("/version").await.map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::Unexpected => no_engine(error),
        _ => error,
    })?;
    let api: ApiVersion = found.api_version.parse().map_err(no_engine)?;
    let min_api = found.min_api_version.map_or(Ok(api.min(OLDEST)), |text| text.parse()).map_err(no_engine)?;
    Ok(EngineVersion { version: found.version, api, min_api })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    #[serde(rename = "ID", default, deserialize_with = "null_is_empty")]
    id: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    server_version: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    operating_system: String,
    #[serde(rename = "OSType", default, deserialize_with = "null_is_empty")]
    os: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    architecture: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    kernel_version: String,
    #[serde(rename = "NCPU", default)]
    cpus: u32,
    #[serde(default)]
    mem_total: u64,
    #[serde(default, deserialize_with = "null_is_empty")]
    driver: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    default_runtime: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    labels: Vec<String>,
    #[serde(default)]
    containers_running: u64,
    #[serde(default)]
    containers: u64,
    #[serde(default)]
    images: u64,
    /// The engine's own clock.
    #[serde(default)]
    system_time: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "Type", default, deserialize_with = "null_is_empty")]
    kind: String,
    #[serde(rename = "Action", default, deserialize_with = "null_is_empty")]
    action: String,
    #[serde(rename = "Actor", default, deserialize_with = "null_is_empty")]
    actor: Actor,
    #[serde(default)]
    time: i64,
    #[serde(rename = "timeNano", default)]
    time_nano: i64,
}

#[derive(Default, Deserialize)]
struct Actor {
    #[serde(rename = "ID", default, deserialize_with = "null_is_empty")]
    id: String,
    #[serde(rename = "Attributes", default, deserialize_with = "null_is_empty")]
    attributes: BTreeMap<String, String>,
}

impl Said {
    fn convert(self) -> EngineEvent {
        let time = if self.time_nano > 0 {
            Timestamp::from_nanosecond(i128::from(self.time_nano))
        } else {
            Timestamp::from_second(self.time)
        };
        EngineEvent {
            time: time.unwrap_or_default(),
            kind: self.kind,
            action: self.action,
            id: self.actor.id,
            attributes: self.actor.attributes,
        }
    }
}

/// A time as the engine takes it: seconds, with nanoseconds behind the dot.
pub(super) fn seconds(time: Timestamp) -> String {
    let time = time.max(Timestamp::UNIX_EPOCH);
    format!("{}.{:09}", time.as_second(), time.subsec_nanosecond())
}

#[async_trait]
impl System for DockerEngine {
    async fn ping(&self) -> Result<()> {
        self.http.ask(Method::GET, &Path::new("/_ping"), None, &[], Some(self.http.limit)).await.map(drop)
    }

    async fn version(&self) -> Result<EngineVersion> {
        version(&self.http).await
    }

    async fn info(&self) -> Result<EngineInfo> {
        let info: Info = self.http.get(&Path::new("/info")).await?;
        let labels = info.labels.into_iter().map(|label| match label.split_once('=') {
            Some((key, value)) => (key.to_owned(), value.to_owned()),
            None => (label, String::new()),
        });
        Ok(EngineInfo {
            id: info.id,
            name: info.name,
            version: info.server_version,
            operating_system: info.operating_system,
            os: info.os,
            architecture: info.architecture,
            kernel: info.kernel_version,
            cpus: info.cpus,
            memory: info.mem_total,
            storage_driver: info.driver,
            runtime: info.default_runtime,
            labels: labels.collect(),
            containers_running: info.containers_running,
            containers: info.containers,
            images: info.images,
        })
    }

    async fn events(&self, options: &EngineEventOptions) -> Result<Stream<EngineEvent>> {
        events(&self.http, options.since, None).await
    }
}

/// Events from now on, those since then besides, and of them what passes the engine's filters.
pub(super) async fn events(
    http: &Http,
    since: Option<Timestamp>,
    filters: Option<&serde_json::Value>,
) -> Result<Stream<EngineEvent>> {
    let mut path = Path::new("/events");
    // The engine sends the head of its answer before it subscribes. What happens between the two is told only when it is
    // asked for by time; by the engine's own, for the clocks may differ.
    let since = match since {
        Some(since) => Some(since),
        None => http.get::<Info>(&Path::new("/info")).await?.system_time,
    };
    if let Some(since) = since {
        path = path.with("since", seconds(since));
    }
    if let Some(filters) = filters {
        path = path.with("filters", filters.to_string());
    }
    let body = http.open(Method::GET, &path, None, &[]).await?;
    let ended = futures_util::stream::once(async { Err(Error::unavailable("the engine ended its events")) });
    Ok(once_each(frames::values::<Said>(body).map(|said| said.map(Said::convert)).boxed()).chain(ended).boxed())
}

/// How many events an engine remembers, and so may tell twice.
const REMEMBERED: usize = 256;

/// Drops what is told twice: an event that happens while the engine subscribes comes from its memory and live.
fn once_each(said: Stream<EngineEvent>) -> Stream<EngineEvent> {
    let recent = std::collections::VecDeque::with_capacity(REMEMBERED);
    said.scan(recent, |recent, event| {
        let again = event.as_ref().is_ok_and(|event| {
            let again = recent.contains(event);
            if recent.len() == REMEMBERED {
                recent.pop_front();
            }
            recent.push_back(event.clone());
            again
        });
        std::future::ready(Some((!again).then_some(event)))
    })
    .filter_map(std::future::ready)
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_that_is_told_from_memory_and_live_is_one_event() {
        let event = |second: i64| EngineEvent {
            time: Timestamp::from_second(second).unwrap(),
            kind: "container".to_owned(),
            action: "pause".to_owned(),
            id: "a".to_owned(),
            attributes: BTreeMap::new(),
        };
        let told = [event(1), event(2), event(1), event(2), event(3)].map(Ok);
        let heard: Vec<EngineEvent> =
            once_each(futures_util::stream::iter(told).boxed()).map(Result::unwrap).collect().await;
        assert_eq!(heard, [event(1), event(2), event(3)]);
    }
}
