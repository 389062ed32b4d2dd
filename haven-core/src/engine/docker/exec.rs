//! Conversations with programs: exec and attach, over a connection that the engine hands over.

use std::{sync::Arc, time::Duration};

use ::http::Method;
use async_trait::async_trait;
use futures_util::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, Shared},
};
use haven_model::{
    ContainerId, ContainerRef, Error, ExecSpec, Result, TerminalSize, error::WireError, system::ApiVersion,
};
use serde::Deserialize;
use serde_json::json;
use tokio_util::{io::ReaderStream, task::AbortOnDropHandle};

use super::{
    frames,
    http::{Http, Path, json as to_json, parse},
    system,
};
use crate::engine::{Terminal, TerminalControl, containers::check_environment};

/// How soon a program is asked after again, at first and at last.
const ASK_FIRST: Duration = Duration::from_millis(10);
const ASK_LAST: Duration = Duration::from_millis(500);
/// The least that an engine must speak to know them; an older one ignores them without a word.
const ENV: ApiVersion = ApiVersion::new(1, 25);
const WORKING_DIR: ApiVersion = ApiVersion::new(1, 35);

pub(super) async fn exec(http: &Arc<Http>, id: &ContainerRef, spec: &ExecSpec) -> Result<Terminal> {
    #[derive(Deserialize)]
    struct Created {
        #[serde(rename = "Id")]
        id: String,
    }
    if spec.command.is_empty() {
        return Err(Error::invalid("an exec needs a command"));
    }
    check_environment(&spec.env)?;
    if !spec.env.is_empty() {
        http.needs(ENV, "an environment for exec")?;
    }
    if spec.working_dir.is_some() {
        http.needs(WORKING_DIR, "a folder for exec")?;
    }
    let env: Vec<String> = spec.env.iter().map(|(name, value)| format!("{name}={}", value.expose())).collect();
    let mut body = json!({
        "AttachStdin": spec.stdin, "AttachStdout": true, "AttachStderr": true, "Tty": spec.tty, "Cmd": spec.command,
    });
    if !env.is_empty() {
        body["Env"] = env.into();
    }
    if let Some(user) = &spec.user {
        body["User"] = user.as_str().into();
    }
    if let Some(folder) = &spec.working_dir {
        body["WorkingDir"] = folder.as_str().into();
    }
    let path = Path::new(format!("/containers/{id}/exec"));
    let (_, answer) = http.ask(Method::POST, &path, Some(to_json(&body)?), &[], Some(http.limit)).await?;
    let exec = parse::<Created>(&answer)?.id;
    if exec.is_empty() || !exec.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Error::unexpected("the engine's answer names no exec"));
    }
    let start = json!({ "Detach": false, "Tty": spec.tty });
    let io = http.upgrade(&Path::new(format!("/exec/{exec}/start")), Some(to_json(&start)?)).await?;
    let control = Arc::new(Exec { http: http.clone(), exec, tty: spec.tty });
    if let Some(size) = spec.size.filter(|_| spec.tty) {
        // The program may have ended already; its size does not matter then.
        let _ = control.resize(size).await;
    }
    Ok(terminal(io, spec.tty, control))
}

pub(super) async fn attach(http: &Arc<Http>, id: &ContainerId, tty: bool) -> Result<Terminal> {
    let path = Path::new(format!("/containers/{id}/attach"))
        .with("stream", "1")
        .with("stdin", "1")
        .with("stdout", "1")
        .with("stderr", "1");
    let ended = AbortOnDropHandle::new(tokio::spawn(end_of_this_run(http, id).await?));
    let io = http.upgrade(&path, None).await?;
    let unasked = |_| Err(Error::unavailable("nobody waits for the program any more"));
    let ended = ended.map(move |told| told.unwrap_or_else(unasked).map_err(|error| error.to_wire())).boxed().shared();
    Ok(terminal(io, tty, Arc::new(Attached { http: http.clone(), id: id.clone(), tty, ended })))
}

/// Waits until the program has ended.
pub(super) async fn ended(http: &Http, id: &ContainerRef) -> Result<i64> {
    #[derive(Deserialize)]
    struct Ended {
        #[serde(rename = "StatusCode")]
        code: i64,
    }
    let path = Path::new(format!("/containers/{id}/wait"));
    let (_, answer) = http.ask(Method::POST, &path, None, &[], None).await?;
    Ok(parse::<Ended>(&answer)?.code)
}

/// The end of the program that runs now, also where the container is started again: as the engine tells it at that
/// moment. To who waits, Docker before 23 may answer with the code of the next run.
async fn end_of_this_run(http: &Http, id: &ContainerId) -> Result<impl Future<Output = Result<i64>> + use<>> {
    let filters = json!({ "type": ["container"], "event": ["die"], "container": [id] });
    let mut deaths = system::events(http, None, Some(&filters)).await?;
    Ok(async move {
        let silent = || Err(Error::unavailable("the engine ended its events"));
        let died = deaths.next().await.unwrap_or_else(silent)?;
        let code = died.attributes.get("exitCode").and_then(|code| code.parse().ok());
        code.ok_or_else(|| Error::unexpected("the engine does not say how the program ended"))
    })
}

fn terminal(
    io: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + 'static,
    tty: bool,
    control: Arc<dyn TerminalControl>,
) -> Terminal {
    let (read, write) = tokio::io::split(io);
    let bytes = ReaderStream::with_capacity(read, 32 * 1024)
        .map(|bytes| bytes.map_err(|error| Error::unavailable("the conversation broke off").caused_by(error)));
    Terminal { output: frames::output(Box::pin(bytes), tty), input: Box::pin(write), control }
}

async fn resize(http: &Http, path: String, tty: bool, size: TerminalSize) -> Result<()> {
    if !tty {
        return Err(Error::new(haven_model::ErrorKind::Unsupported, "the program has no terminal"));
    }
    let path = Path::new(path).with("h", size.height.to_string()).with("w", size.width.to_string());
    http.ask(Method::POST, &path, None, &[], Some(http.limit)).await.map(drop)
}

/// An exec, after its start.
#[derive(Debug)]
struct Exec {
    http: Arc<Http>,
    exec: String,
    tty: bool,
}

#[async_trait]
impl TerminalControl for Exec {
    async fn resize(&self, size: TerminalSize) -> Result<()> {
        resize(&self.http, format!("/exec/{}/resize", self.exec), self.tty, size).await
    }

    async fn exit_code(&self) -> Result<i64> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct State {
            running: bool,
            exit_code: Option<i64>,
        }
        // The engine has no call that waits for an exec.
        let mut pause = ASK_FIRST;
        loop {
            let state: State = self.http.get(&Path::new(format!("/exec/{}/json", self.exec))).await?;
            if let (false, Some(code)) = (state.running, state.exit_code) {
                return Ok(code);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(ASK_LAST);
        }
    }
}

/// The main program of a container.
#[derive(Debug)]
struct Attached {
    http: Arc<Http>,
    id: ContainerId,
    tty: bool,
    /// How the run ended that was attached to.
    ended: Shared<BoxFuture<'static, Result<i64, WireError>>>,
}

#[async_trait]
impl TerminalControl for Attached {
    async fn resize(&self, size: TerminalSize) -> Result<()> {
        resize(&self.http, format!("/containers/{}/resize", self.id), self.tty, size).await
    }

    async fn exit_code(&self) -> Result<i64> {
        self.ended.clone().await.map_err(Error::from)
    }
}
