//! The master: where reports go, and what is made of its answers.

use std::{net::IpAddr, time::Duration};

use haven_core::{Error, ErrorKind, Result, model::NodeName, model::Secret, trust};
use reqwest::{StatusCode, Url, header};

/// The most that is read of an answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// A master, and how to speak with it.
#[derive(Debug)]
pub(crate) struct Master {
    url: Url,
    secret: Option<Secret>,
    client: reqwest::Client,
    patience: Duration,
}

/// The URL of a master: `http://HOST:PORT`, `https://…`; `HOST:PORT` alone is HTTP, as the original had it. `Invalid` says
/// what is wrong, and repeats nothing of a text that may hold a password.
pub(crate) fn url(text: &str) -> Result<Url> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url =
        Url::parse(&whole).map_err(|error| Error::invalid(format!("the master's address cannot be read: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::invalid(format!(
            "the master's address begins with http:// or https://, not `{}`",
            url.scheme()
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::invalid("the master's address holds a user or a password: an agent shows its secret"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::invalid("the master's address is a scheme, a host and a port, without `?` and `#`"));
    }
    Ok(url)
}

impl Master {
    /// The master at `address`, which is given `patience` to answer.
    pub(crate) fn new(address: &str, ca: Option<&str>, secret: Option<Secret>, patience: Duration) -> Result<Self> {
        let url = url(address)?;
        if let Some(secret) = &secret {
            header::HeaderValue::from_str(secret.expose())
                .map_err(|_| Error::invalid("the secret holds a character that no header can"))?;
        }
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(trust::client(ca)?)
            .timeout(patience)
            // A proxy of the environment would read the secret.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::unexpected("the HTTP client cannot be made").caused_by(error))?;
        Ok(Self { url, secret, client, patience })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Whether it is this machine.
    pub(crate) fn is_here(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let ip = host.parse::<IpAddr>().map(|ip| ip.to_canonical());
        host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
    }

    /// Sends a report, which counts for `ttl` seconds.
    pub(crate) async fn send(&self, node: &NodeName, ttl: u64, report: Vec<u8>) -> Result<()> {
        let url = format!("{}/discovery/nodes/{node}?ttl={ttl}", self.url.as_str().trim_end_matches('/'));
        let mut request = self.client.post(url).header(header::CONTENT_TYPE, "application/json").body(report);
        if let Some(secret) = &self.secret {
            request = request.header("X-Auth-Node", secret.expose());
        }
        let answer = request.send().await.map_err(|error| self.no_answer(error))?;
        let status = answer.status();
        let text = |name| answer.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
        if status.is_success() {
            // A page for people, to whoever asks for whatever.
            return match text(header::CONTENT_TYPE) {
                Some(kind) if kind.starts_with("text/html") => {
                    Err(Error::unavailable("something answers there that is no Haven server: it shows a page"))
                }
                _ => Ok(()),
            };
        }
        if status.is_redirection() {
            let to = text(header::LOCATION).map(|to| self.url.join(to));
            let moved = Error::unavailable("the master sends elsewhere: name the server itself");
            return Err(match to {
                Some(Ok(mut to)) => {
                    let _ = to.set_password(None).and(to.set_username(""));
                    to.set_query(None);
                    moved.with("leads to", to.as_str().chars().take(200).collect::<String>())
                }
                _ => moved,
            });
        }
        let wait = text(header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        let error = match status {
            StatusCode::UNAUTHORIZED => {
                return Err(Error::new(ErrorKind::Unauthenticated, "the master wants another secret of its agents"));
            }
            StatusCode::BAD_REQUEST => Error::invalid("the master refuses the report"),
            status => Error::unavailable(format!("the master answered with status {}", status.as_u16())),
        };
        let error = said(error, answer).await;
        Err(match wait {
            Some(wait) => error.retry_in(wait),
            None => error,
        })
    }

    fn no_answer(&self, error: reqwest::Error) -> Error {
        let what = if error.is_connect() {
            Error::unavailable("the master cannot be reached")
        } else if error.is_timeout() {
            Error::timeout(format!("the master does not answer within {:?}", self.patience))
        } else {
            Error::timeout("the master's answer cannot be read")
        };
        what.caused_by(error.without_url())
    }
}

/// The error with what the master says of it, where it says it in Haven's way.
async fn said(error: Error, mut answer: reqwest::Response) -> Error {
    let mut body = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        body.extend_from_slice(&piece);
        if body.len() > MAX_ANSWER {
            return error;
        }
    }
    let problem: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    match problem.as_ref().and_then(|problem| problem["detail"].as_str()) {
        Some(detail) => error.caused_by(detail.chars().filter(|c| !c.is_control()).take(1000).collect::<String>()),
        None => error,
    }
}
