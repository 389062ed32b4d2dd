//! An engine that answers what it is told to: recorded answers, and what no engine should say.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use haven_core::{
    Result,
    engine::docker::{DockerEngine, DockerOptions},
    model::NodeAddress,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the stub does with a request.
pub(super) enum Reply {
    /// Answers with a status and a body.
    Json(u16, String),
    /// Writes these bytes, and closes the connection.
    Bytes(Vec<u8>),
    /// Writes these bytes over and over, until nobody listens.
    Forever(Vec<u8>),
    /// Writes these bytes one after the other, with such a pause in between, and closes the connection.
    Slowly(Duration, Vec<Vec<u8>>),
    /// Writes these bytes and then nothing.
    Hang(Vec<u8>),
}

/// A 200 with JSON.
pub(super) fn ok(body: impl Into<String>) -> Reply {
    Reply::Json(200, body.into())
}

/// The head of an answer that has no length.
pub(super) const ENDLESS: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n";

/// A request: its first line, and its body.
type Asked = (String, Vec<u8>);

/// A stub on loopback. Dropping it closes everything.
pub(super) struct Stub {
    address: NodeAddress,
    asked: Arc<Mutex<Vec<Asked>>>,
    gone: Arc<Mutex<u32>>,
    server: JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stub {
    /// An engine that speaks API `min` to `max`; `reply` answers all else, from the request's line.
    pub(super) async fn start(
        min: &'static str,
        max: &'static str,
        reply: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("tcp://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (asked, gone) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let (seen, left) = (Arc::clone(&asked), Arc::clone(&gone));
        let reply = Arc::new(move |line: &str| {
            if line == "GET /version" {
                return ok(format!(r#"{{"Version":"X","ApiVersion":"{max}","MinAPIVersion":"{min}"}}"#));
            }
            reply(line)
        });
        let server = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, left, reply) = (Arc::clone(&seen), Arc::clone(&left), Arc::clone(&reply));
                connections.spawn(async move {
                    let _ = serve(stream, &seen, &*reply).await;
                    *left.lock().unwrap() += 1;
                });
            }
        });
        Self { address, asked, gone, server }
    }

    /// An engine of the usual versions.
    pub(super) async fn usual(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::start("1.12", "1.41", reply).await
    }

    pub(super) async fn connect(&self, api: Option<&str>) -> Result<DockerEngine> {
        let options = DockerOptions {
            api: api.map(|api| api.parse().unwrap()),
            connect: Duration::from_secs(5),
            request: Duration::from_millis(700),
        };
        DockerEngine::at(&self.address, None, options).await
    }

    pub(super) async fn engine(&self) -> DockerEngine {
        self.connect(None).await.unwrap()
    }

    /// The requests so far, `METHOD path?query`, but the one for the version.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(line, _)| line.clone()).filter(|line| line != "GET /version").collect()
    }

    /// The JSON that came with the requests whose line holds `text`.
    pub(super) fn told(&self, text: &str) -> Vec<serde_json::Value> {
        let asked = self.asked.lock().unwrap();
        let meant = asked.iter().filter(|(line, _)| line.contains(text));
        meant.map(|(_, body)| serde_json::from_slice(body).unwrap()).collect()
    }

    /// How many connections have ended.
    pub(super) fn gone(&self) -> u32 {
        *self.gone.lock().unwrap()
    }
}

async fn serve(
    stream: TcpStream,
    asked: &Mutex<Vec<(String, Vec<u8>)>>,
    reply: &(dyn Fn(&str) -> Reply + Sync),
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        if stream.read_line(&mut first).await? == 0 {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let line = first.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
        asked.lock().unwrap().push((line.clone(), body));
        match reply(&line) {
            Reply::Json(status, body) => {
                let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(body.as_bytes()).await?;
            }
            Reply::Bytes(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Reply::Forever(bytes) => {
                stream.write_all(ENDLESS).await?;
                loop {
                    stream.write_all(&bytes).await?;
                }
            }
            Reply::Slowly(pause, parts) => {
                for bytes in parts {
                    stream.write_all(&bytes).await?;
                    tokio::time::sleep(pause).await;
                }
                return stream.shutdown().await;
            }
            Reply::Hang(bytes) => {
                stream.write_all(&bytes).await?;
                // Until the other side has had enough.
                let mut rest = Vec::new();
                stream.read_to_end(&mut rest).await?;
                return Ok(());
            }
        }
    }
}
