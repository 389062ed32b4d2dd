//! The door to a Haven server over HTTP.
//!
//! [`Remote`] sends operations as the table of routes says, and makes of answers what the local door would have
//! answered: values, streams, conversations, and the same errors. It never repeats what may have happened: a server that
//! cannot be reached is `Unavailable`, one that was sent a request and did not answer is `Timeout`.

mod converse;
mod events;
mod follow;

use std::{sync::Arc, time::Duration};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use haven_model::{
    Actor, Error, ErrorKind, Result, Secret,
    access::{Face, Session},
    error::WireError,
};
use rand::{TryRng as _, rngs::SysRng};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, header, redirect};
use rustls::ClientConfig;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use super::{
    Call, Converse, Follow, Operation as _, ops,
    request::{self, Method},
};
use crate::{
    engine::{Stream, Terminal},
    trust,
};

/// Where the API begins.
const API: &str = "api/v1";
/// The largest answer that is taken, in bytes.
const MAX_ANSWER: usize = 256 * 1024 * 1024;
/// The longest path and query of a request; HTTP has no way to send more than 64 KiB.
const MAX_PATH: usize = 60_000;
/// The context of an error about the server itself: what answers there is none, or of a strange version.
const SERVER: &str = "server";
/// The most of an answer that is an error.
const MAX_PROBLEM: usize = 1024 * 1024;

/// Who the client is.
#[derive(Clone, Debug, Default)]
pub enum Credentials {
    /// Nobody: what needs no sign-in.
    #[default]
    None,
    /// The holder of a session's token.
    Token(Secret),
    /// A user with a password, used as [`RemoteOptions::password`] says.
    Password {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
}

/// How a password is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordUse {
    /// It begins a session at first use, and again when that has ended. For programs that stay.
    #[default]
    Session,
    /// It is shown with every request: no session is left behind. For programs that end soon.
    EachRequest,
}

/// How a server is reached.
#[derive(Clone, Debug)]
pub struct RemoteOptions {
    /// Who the client is; user and password in the URL stand in where this is [`Credentials::None`].
    pub credentials: Credentials,
    /// How a password is used. Default: for a session.
    pub password: PasswordUse,
    /// Authorities to trust besides the well-known ones, as PEM text.
    pub ca: Option<String>,
    /// How long connecting may take. Default 10 s.
    pub connect_timeout: Duration,
    /// How long an answer may take, besides what an operation takes [by itself](Call::lasts). Default 120 s.
    pub timeout: Duration,
    /// How long a stream may be silent; a server says something every 15 s. Default 60 s.
    pub idle_timeout: Duration,
    /// The face that asks.
    pub face: Face,
}

impl Default for RemoteOptions {
    fn default() -> Self {
        Self {
            credentials: Credentials::None,
            password: PasswordUse::default(),
            ca: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(120),
            idle_timeout: Duration::from_secs(60),
            face: Face::Rust,
        }
    }
}

/// A Haven server. Clones share its connections and its session.
#[derive(Clone, Debug)]
pub struct Remote {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    base: Url,
    client: Client,
    tls: Arc<ClientConfig>,
    options: RemoteOptions,
    token: Mutex<Option<Secret>>,
}

impl Remote {
    /// A door to the server at `url`, which may hold user and password: `https://admin:secret@haven.example:8761`.
    ///
    /// With a password for a session it signs in now; else the first operation connects. `Invalid` for a URL or a certificate that
    /// cannot be used, and what signing in fails with.
    pub async fn connect(url: &str, mut options: RemoteOptions) -> Result<Self> {
        let mut base = parse(url)?;
        if let (Credentials::None, true) = (&options.credentials, !base.username().is_empty()) {
            let user = decoded(base.username())?;
            let password = Secret::new(decoded(base.password().unwrap_or_default())?);
            options.credentials = Credentials::Password { user, password };
        }
        let cannot = || Error::invalid("the server's URL cannot hold user and password");
        base.set_username("").and_then(|()| base.set_password(None)).map_err(|()| cannot())?;
        let shows_password = options.password == PasswordUse::EachRequest;
        if matches!(&options.credentials, Credentials::Password { user, .. } if shows_password && user.contains(':')) {
            return Err(Error::invalid("a user whose name has a `:` cannot show the password with each request"));
        }
        let tls = Arc::new(trust::client(options.ca.as_deref())?);
        let client = Client::builder()
            .tls_backend_preconfigured((*tls).clone())
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(options.connect_timeout)
            .tcp_keepalive(Duration::from_secs(30))
            .build()
            .map_err(|error| Error::unexpected("the HTTP client cannot be made").caused_by(error))?;
        let token = match &options.credentials {
            Credentials::Token(token) => Some(token.clone()),
            _ => None,
        };
        let remote = Self { shared: Arc::new(Shared { base, client, tls, options, token: Mutex::new(token) }) };
        if remote.can_sign_in() {
            remote.token(None).await?;
        }
        Ok(remote)
    }

    /// Where the server is.
    pub fn url(&self) -> &str {
        self.shared.base.as_str()
    }

    pub(super) async fn call<O: Call>(&self, actor: &Actor, operation: &O) -> Result<O::Output> {
        let (path, body) = request::write(operation)?;
        let timeout = operation.lasts().map(|longer| self.shared.options.timeout.saturating_add(longer));
        let prepare = |builder: RequestBuilder| match timeout {
            Some(timeout) => builder.timeout(timeout),
            None => builder,
        };
        let response = self.send::<O>(actor, &path, body, prepare).await?;
        self.expect(&response, "application/json")?;
        let body = read(response, MAX_ANSWER).await?;
        // An answer that says nothing has no body, and nothing is `null` in JSON.
        from_json(if body.is_empty() { b"null" } else { &body }).map_err(|error| error.with(SERVER, self.url()))
    }

    pub(super) async fn follow<O: Follow>(&self, actor: &Actor, operation: &O) -> Result<Stream<O::Item>> {
        follow::open(self, actor, operation).await
    }

    pub(super) async fn converse<O: Converse>(&self, actor: &Actor, operation: &O) -> Result<Terminal> {
        converse::open(self, actor, operation).await
    }

    /// Sends a request, and answers what is no error. Signs in again where a session has ended.
    async fn send<O: super::Operation>(
        &self,
        actor: &Actor,
        path: &str,
        body: Option<Vec<u8>>,
        prepare: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response> {
        let url = self.url_of(path)?;
        let is_sign_in = O::NAME == ops::sessions::SignIn::NAME;
        let mut token = if is_sign_in { None } else { self.token(None).await? };
        loop {
            let mut builder = self.shared.client.request(method(O::METHOD), url.clone());
            for (name, value) in self.headers(actor, token.as_ref()) {
                builder = builder.header(name, value);
            }
            if let Some(body) = &body {
                builder = builder.header("content-type", "application/json").body(body.clone());
            }
            let response = prepare(builder).send().await.map_err(|error| failed(error, &self.shared.base))?;
            if response.status().is_success() {
                return Ok(response);
            }
            let is_refused = response.status() == StatusCode::UNAUTHORIZED;
            let error = self.problem(response).await;
            let Some(ended) = token.take().filter(|_| is_refused && self.can_sign_in()) else { return Err(error) };
            // Once is enough: a new token is taken at once or not at all.
            token = self.token(Some(&ended)).await?;
            if token.as_ref() == Some(&ended) {
                return Err(error);
            }
        }
    }

    fn can_sign_in(&self) -> bool {
        let options = &self.shared.options;
        options.password == PasswordUse::Session && matches!(options.credentials, Credentials::Password { .. })
    }

    /// The token to show; a new one where there is none yet, or only the one that `ended`.
    async fn token(&self, ended: Option<&Secret>) -> Result<Option<Secret>> {
        let mut token = self.shared.token.lock().await;
        let Credentials::Password { user, password } = &self.shared.options.credentials else {
            return Ok(token.clone());
        };
        if self.shared.options.password == PasswordUse::EachRequest {
            return Ok(None);
        }
        if token.is_some() && token.as_ref() != ended {
            return Ok(token.clone());
        }
        let sign_in = ops::sessions::SignIn { user: user.clone(), password: password.clone() };
        let (path, body) = request::write(&sign_in)?;
        let mut builder = self.shared.client.post(self.url_of(&path)?).timeout(self.shared.options.timeout);
        for (name, value) in self.headers(&Actor::system(), None) {
            builder = builder.header(name, value);
        }
        let builder = builder.header("content-type", "application/json").body(body.unwrap_or_default());
        let response = builder.send().await.map_err(|error| failed(error, &self.shared.base))?;
        if !response.status().is_success() {
            return Err(self.problem(response).await);
        }
        self.expect(&response, "application/json")?;
        let session: Session = from_json(&read(response, MAX_PROBLEM).await?)?;
        *token = Some(Secret::new(session.token));
        Ok(token.clone())
    }

    /// The headers of every request.
    fn headers(&self, actor: &Actor, token: Option<&Secret>) -> Vec<(&'static str, String)> {
        let request = if actor.request.is_empty() { new_request_id() } else { actor.request.clone() };
        let face =
            serde_json::to_value(self.shared.options.face).ok().and_then(|face| face.as_str().map(str::to_owned));
        let mut headers = vec![("x-request-id", request), ("x-haven-face", face.unwrap_or_default())];
        let options = &self.shared.options;
        let authorization = match &options.credentials {
            Credentials::Password { user, password } if options.password == PasswordUse::EachRequest => {
                Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{}", password.expose()))))
            }
            _ => token.map(|token| format!("Bearer {}", token.expose())),
        };
        headers.extend(authorization.map(|value| ("authorization", value)));
        headers
    }

    /// The error that an answer tells of.
    async fn problem(&self, response: Response) -> Error {
        let status = response.status();
        let text = |name| response.headers().get(name).and_then(|text| text.to_str().ok()).map(str::to_owned);
        let (leads, wait) = (text(header::LOCATION), text(header::RETRY_AFTER));
        let error = match read(response, MAX_PROBLEM).await {
            Ok(body) => problem_of(status.as_u16(), &body, self.url()),
            Err(error) => error,
        };
        let error = match wait.and_then(|wait| wait.parse().ok()) {
            Some(seconds) if error.retry_after().is_none() => error.retry_in(Duration::from_secs(seconds)),
            _ => error,
        };
        match leads.filter(|_| status.is_redirection()) {
            Some(leads) => error.with("leads to", leads),
            None => error,
        }
    }

    /// Refuses what no Haven server answers before it is read: a page of something else may have no end.
    fn expect(&self, response: &Response, media: &str) -> Result<()> {
        let found = response.headers().get(header::CONTENT_TYPE).map(|found| String::from_utf8_lossy(found.as_bytes()));
        match found {
            Some(found) if !found.starts_with(media) => {
                Err(Error::unexpected(format!("the server answered `{}`, not in Haven's way", found.escape_debug()))
                    .with(SERVER, self.url()))
            }
            _ => Ok(()),
        }
    }

    fn url_of(&self, path: &str) -> Result<Url> {
        if path.len() > MAX_PATH {
            return Err(Error::invalid(format!(
                "the request is too long: its path and query have {} bytes",
                path.len()
            )));
        }
        let base = self.shared.base.as_str();
        let url = format!("{}/{API}{path}", base.trim_end_matches('/'));
        url.parse().map_err(|error| Error::invalid("the server's URL cannot be used").caused_by(Box::new(error)))
    }
}

fn parse(url: &str) -> Result<Url> {
    // The URL may hold a password, so that no message shows it.
    let url: Url = url.parse().map_err(|error| Error::invalid(format!("the server's URL cannot be read: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(Error::invalid("the server's URL is `http://HOST:PORT` or `https://HOST:PORT`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::invalid("the server's URL takes no `?` and no `#`"));
    }
    Ok(url)
}

/// Undoes the percent-encoding of a part of a URL.
fn decoded(text: &str) -> Result<String> {
    // A form reads `+` as a space and ends at `&`, a URL does neither.
    let encoded = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let value =
        url::form_urlencoded::parse(encoded.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default();
    if value.contains('\u{fffd}') {
        return Err(Error::invalid("user and password in the server's URL are no UTF-8"));
    }
    Ok(value)
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn new_request_id() -> String {
    let mut bytes = [0; 12];
    // Without chance the server makes up an id.
    let _ = SysRng.try_fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// What went wrong before there was an answer. Who could not connect did not ask.
fn failed(error: reqwest::Error, base: &Url) -> Error {
    let kind = if error.is_connect() {
        ErrorKind::Unavailable
    } else if error.is_builder() {
        ErrorKind::Invalid
    } else {
        ErrorKind::Timeout
    };
    let message = match kind {
        ErrorKind::Unavailable => format!("the server at {base} cannot be reached"),
        ErrorKind::Invalid => format!("the request to {base} cannot be made"),
        _ => format!("the server at {base} did not answer"),
    };
    Error::new(kind, message).caused_by(error.without_url())
}

/// Makes an error of a problem, or of a status, where something else than Haven answered at `url`.
fn problem_of(status: u16, body: &[u8], url: &str) -> Error {
    let problem: Option<Value> = serde_json::from_slice(body).ok();
    if let Some(error) = problem.as_ref().and_then(from_problem) {
        return error;
    }
    let kind = match status {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Denied,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::Busy,
        503 => ErrorKind::Unavailable,
        // A proxy says so also when the server took the request and was lost before it answered.
        408 | 502 | 504 => ErrorKind::Timeout,
        400..=499 => ErrorKind::Invalid,
        _ => ErrorKind::Unexpected,
    };
    // A kind that only a newer server knows: what it says is still worth reading.
    let detail = problem.as_ref().filter(|problem| problem["kind"].is_string()).and_then(|it| it["detail"].as_str());
    if let Some(detail) = detail {
        return Error::new(kind, detail.to_owned());
    }
    Error::new(kind, format!("the server answered {status}, not in Haven's way")).with(SERVER, url)
}

fn from_problem(problem: &Value) -> Option<Error> {
    let wire = WireError {
        kind: serde_json::from_value(problem.get("kind")?.clone()).ok()?,
        message: problem.get("detail")?.as_str()?.to_owned(),
        context: problem
            .get("context")
            .and_then(|context| serde_json::from_value(context.clone()).ok())
            .unwrap_or_default(),
        retry_after: problem.get("retry_after").and_then(Value::as_u64),
    };
    Some(wire.into())
}

async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>> {
    let broken = |error: reqwest::Error| Error::timeout("the server's answer broke off").caused_by(error.without_url());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > limit {
            return Err(Error::unexpected(format!("the server's answer is larger than {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    serde_json::from_slice(json)
        .map_err(|error| Error::unexpected("the server's answer cannot be read").caused_by(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_server_and_nothing_else() {
        assert!(parse("https://admin:x@haven.example:8761/below").is_ok());
        for wrong in ["", "ftp://h", "http://", "http://h/?q", "http://h/#f", "h:1"] {
            let error = parse(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong}");
        }
    }

    #[test]
    fn a_password_is_read_as_a_url_writes_it() {
        assert_eq!(decoded("a%20b+c%2f").unwrap(), "a b+c/");
        assert!(decoded("%ff").is_err());
    }

    #[test]
    fn every_kind_reads_back_from_a_problem_and_a_gateway_is_told_from_haven() {
        for kind in ErrorKind::ALL {
            let body =
                serde_json::json!({ "kind": kind, "detail": "no", "context": [["node", "a"]], "retry_after": 2 });
            let error = problem_of(500, body.to_string().as_bytes(), "http://h/");
            assert_eq!((error.kind(), error.message()), (kind, "no"));
            assert_eq!(error.context().next(), Some(("node", "a")));
            assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
        }
        let newer = problem_of(409, br#"{"kind":"sleepy","detail":"it is night"}"#, "http://h/");
        assert_eq!((newer.kind(), newer.message()), (ErrorKind::Invalid, "it is night"));
        for (status, kind) in [
            (408, ErrorKind::Timeout),
            (429, ErrorKind::Busy),
            (502, ErrorKind::Timeout),
            (503, ErrorKind::Unavailable),
            (504, ErrorKind::Timeout),
        ] {
            assert_eq!(problem_of(status, b"<html>", "http://h/").kind(), kind, "{status}");
        }
    }
}
