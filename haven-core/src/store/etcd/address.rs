//! The address of an etcd cluster: `etcd://user:password@host:port,host:port/prefix?ca=…&cert=…&key=…`.
//!
//! With `ca` the connection is TLS, with `cert` and `key` the client shows a certificate; all three are files.

use std::{fmt, path::PathBuf};

use haven_model::{Error, Result, Secret};

/// The longest prefix: a key of the greatest length must still fit beside it.
const MAX_PREFIX: usize = 128;
const PORT: u16 = 2379;

/// A parsed address.
#[derive(Clone)]
pub(super) struct Address {
    /// `host:port`, at least one.
    pub(super) members: Vec<String>,
    /// What all keys begin with, a `/` at its end.
    pub(super) prefix: String,
    pub(super) login: Option<(String, Secret)>,
    pub(super) tls: Option<Tls>,
}

/// Files for TLS.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    pub(super) ca: PathBuf,
    pub(super) client: Option<(PathBuf, PathBuf)>,
}

impl Address {
    /// Parses an address; `Invalid` says what is wrong with it, and never shows the password.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("etcd://").ok_or_else(|| invalid("it begins with `etcd://`"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (login, rest) = match rest.rsplit_once('@') {
            Some((login, rest)) => (Some(parse_login(login)?), rest),
            None => (None, rest),
        };
        let (hosts, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let members = hosts.split(',').map(member).collect::<Result<Vec<_>>>()?;
        let prefix = decode(prefix.trim_matches('/'))?;
        let prefix = if prefix.is_empty() { "haven" } else { &prefix };
        if prefix.len() > MAX_PREFIX || prefix.chars().any(char::is_control) {
            return Err(invalid(format!("its prefix has at most {MAX_PREFIX} bytes and no control characters")));
        }
        Ok(Self { members, prefix: format!("{prefix}/"), login, tls: parse_tls(query)? })
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "etcd://{}/{}", self.members.join(","), self.prefix.trim_end_matches('/'))
    }
}

fn parse_login(text: &str) -> Result<(String, Secret)> {
    let (user, password) = text.split_once(':').ok_or_else(|| invalid("before `@` stands `user:password`"))?;
    if user.is_empty() {
        return Err(invalid("its user has no name"));
    }
    Ok((decode(user)?, decode(password)?.into()))
}

/// `host` or `host:port`; IPv6 stands in brackets.
fn member(text: &str) -> Result<String> {
    let shown: String = text.chars().take(64).collect();
    let bad = || invalid(format!("`{}` is no `host:port`", shown.escape_debug()));
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| bad())?),
        _ => (text, PORT),
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let fits = match bare {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')),
    };
    if fits { Ok(format!("{host}:{port}")) } else { Err(bad()) }
}

fn parse_tls(query: &str) -> Result<Option<Tls>> {
    let (mut ca, mut cert, mut key) = (None, None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let file = match name {
            "ca" => &mut ca,
            "cert" => &mut cert,
            "key" => &mut key,
            _ => return Err(invalid(format!("`{}` is none of its options `ca`, `cert`, `key`", name.escape_debug()))),
        };
        if value.is_empty() {
            return Err(invalid(format!("its option `{name}` names no file")));
        }
        *file = Some(PathBuf::from(decode(value)?));
    }
    match (ca, cert, key) {
        (None, None, None) => Ok(None),
        (Some(ca), None, None) => Ok(Some(Tls { ca, client: None })),
        (Some(ca), Some(cert), Some(key)) => Ok(Some(Tls { ca, client: Some((cert, key)) })),
        (None, ..) => Err(invalid("`cert` and `key` take a `ca` beside them")),
        _ => Err(invalid("`cert` and `key` go together")),
    }
}

/// Replaces `%2F` and the like.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next().unwrap_or_default(), rest.next().unwrap_or_default()];
        let mut decoded = [0];
        hex::decode_to_slice(digits, &mut decoded).map_err(|_| invalid("after `%` stand two hexadecimal digits"))?;
        bytes.extend(decoded);
    }
    String::from_utf8(bytes).map_err(|_| invalid("what `%` encodes is not UTF-8"))
}

fn invalid(why: impl fmt::Display) -> Error {
    Error::invalid(format!("this is no address of etcd: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_every_part() {
        let url =
            "etcd://haven:p%40ss%3A%2F@10.0.0.1:2379,b.example,[::1]:9/fleet/one/?ca=/ca.pem&cert=/c%20c.pem&key=k";
        let address = Address::parse(url).unwrap();
        assert_eq!(address.members, ["10.0.0.1:2379", "b.example:2379", "[::1]:9"]);
        assert_eq!(address.prefix, "fleet/one/");
        let (user, password) = address.login.as_ref().unwrap();
        assert_eq!((user.as_str(), password.expose()), ("haven", "p@ss:/"));
        let client = address.tls.as_ref().unwrap().client.clone().unwrap();
        assert_eq!(client, ("/c c.pem".into(), "k".into()));
        assert_eq!(format!("{address:?}"), "etcd://10.0.0.1:2379,b.example:2379,[::1]:9/fleet/one");
        assert_eq!(Address::parse("etcd://[::1]").unwrap().members, ["[::1]:2379"]);
        assert_eq!(Address::parse("etcd://h").unwrap().prefix, "haven/");
    }

    #[test]
    fn refuses_what_is_none_without_showing_the_password() {
        let long = format!("etcd://h/{}", "p".repeat(129));
        for url in [
            "",
            "http://h",
            "etcd://",
            "etcd://h:x",
            "etcd://h:99999",
            "etcd://a,,b",
            "etcd://s3cret@h",
            "etcd://:s3cret@h",
            "etcd://u:s3cret%@h",
            "etcd://u:s3cret%ff@h",
            "etcd://u:s3cret@h o",
            "etcd://h?ca",
            "etcd://h?ca=",
            "etcd://h?cert=a&key=b",
            "etcd://h?ca=a&key=b",
            "etcd://h?x=1",
            "etcd://[::1",
            "etcd://h/a%00",
            &long,
        ] {
            let error = Address::parse(url).expect_err(url);
            assert_eq!(error.kind(), haven_model::ErrorKind::Invalid);
            assert!(!error.report().contains("s3cret"), "{error:?}");
        }
    }
}
