//! A server of a test, and a client for it.

use std::net::SocketAddr;

use haven_core::{Haven, model::Secret};
use haven_server::{Server, ServerOptions};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const SECRET: &str = "agents only";

/// A server on loopback, with an empty fleet in memory. Dropping it stops it.
pub(crate) struct Bed {
    pub(crate) haven: Haven,
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) serving: JoinHandle<haven_core::Result<()>>,
    client: reqwest::Client,
    pub(crate) token: String,
}

impl Drop for Bed {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Bed {
    pub(crate) async fn new() -> Self {
        Self::with(ServerOptions { agent_secret: Some(Secret::new(SECRET)), ..ServerOptions::default() }).await
    }

    pub(crate) async fn with(options: ServerOptions) -> Self {
        Self::open(options).await.signed_in().await
    }

    pub(crate) async fn signed_in(mut self) -> Self {
        let body = serde_json::json!({ "user": "admin", "password": PASSWORD });
        let session = self.anonymous(Method::POST, "/api/v1/sessions").json(&body).send().await.unwrap();
        json(session).await["token"].as_str().unwrap().clone_into(&mut self.token);
        self
    }

    /// A server that nobody signed in at yet.
    pub(crate) async fn open(options: ServerOptions) -> Self {
        Self::over(Haven::open("memory:").await.unwrap(), options).await
    }

    /// A server over this fleet, that nobody signed in at yet.
    pub(crate) async fn over(haven: Haven, options: ServerOptions) -> Self {
        haven.services().unwrap().access.first_user(&Secret::new(PASSWORD)).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = Server::new(haven.clone(), options).unwrap();
        let serving = tokio::spawn(server.serve(listener, stop.clone()));
        // The client of these tests picks no provider itself; a second one is refused, and that is well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { haven, address, stop, serving, client, token: String::new() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Response {
        self.request(method, path).json(body).send().await.unwrap()
    }
}

pub(crate) async fn json(response: Response) -> Value {
    let text = response.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Checks that an answer is a problem of this status and kind, and answers it.
#[track_caller]
pub(crate) fn is_problem(response: Response, status: u16, kind: &str) -> impl Future<Output = Value> {
    let at = std::panic::Location::caller();
    let kind = kind.to_owned();
    async move {
        let (found, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        assert_eq!(found, status, "{at}: {text}");
        assert_eq!(headers["content-type"], "application/problem+json", "{at}: {text}");
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problem["kind"], kind, "{at}: {text}");
        assert_eq!(problem["status"], status, "{at}");
        assert_eq!(problem["request_id"], headers["x-request-id"].to_str().unwrap(), "{at}");
        problem
    }
}
