//! As much HTTP as the bed needs to see that a server answers and to load images.
//!
//! HTTP/1.0, so an answer is what comes until the connection closes. The engine's API proper belongs to those who are tested with the bed.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// More than any answer that the bed asks for.
const LIMIT: u64 = 4 << 20;

/// A request; the body is sent with its length.
#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, String)],
    pub(crate) body: &'a [u8],
}

/// Status and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// Fails unless the status is a success.
    pub(crate) fn successful(self, what: &str) -> io::Result<Self> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        Err(io::Error::other(format!("{what}: status {}: {}", self.status, self.body.trim())))
    }
}

pub(crate) fn over_unix(socket: &Path, request: &Request<'_>, limit: Duration) -> io::Result<Answer> {
    let stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    exchange(stream, request)
}

pub(crate) fn over_tcp(address: SocketAddr, request: &Request<'_>, limit: Duration) -> io::Result<Answer> {
    let stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    exchange(stream, request)
}

fn exchange(mut stream: impl Read + Write, request: &Request<'_>) -> io::Result<Answer> {
    use std::fmt::Write as _;
    let Request { method, path, headers, body } = request;
    let mut head = format!("{method} {path} HTTP/1.0\r\nHost: bed\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in *headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()?;

    let mut answer = Vec::new();
    stream.take(LIMIT).read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| io::Error::other("the answer is cut short"))?;
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other("the answer has no status"))?;
    Ok(Answer { status, body: body.to_owned() })
}
