//! Who asks: the actor of a request, from its headers.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use haven_core::{
    Error, ErrorKind, Result,
    access::AccessService,
    model::{
        Actor, Secret,
        access::{Face, Identity},
    },
};
use http::{HeaderMap, header, request::Parts};
use rand::{TryRng as _, rngs::SysRng};

/// The header that names a request, in both directions.
pub(crate) const REQUEST_ID: &str = "x-request-id";
/// The header by which a face of ours names itself.
const FACE: &str = "x-haven-face";
/// The longest request id that is taken from outside.
const MAX_REQUEST_ID: usize = 64;

/// The id that the request came with, where that is fit for a log line, else a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let fits = |id: &&str| {
        (1..=MAX_REQUEST_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
    };
    if let Some(id) = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(fits) {
        return id.to_owned();
    }
    let mut bytes = [0; 12];
    // Without chance the id is dull, and the request still goes on.
    let _ = SysRng.try_fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// The actor of a request before it is known who it is.
pub(crate) fn anonymous(parts: &Parts, request: &str) -> Actor {
    Actor {
        identity: Identity::Anonymous,
        face: face(&parts.headers),
        address: peer(parts).map(|address| address.to_string()),
        request: request.to_owned(),
    }
}

/// The other end of the connection.
pub(crate) fn peer(parts: &Parts) -> Option<SocketAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0)
}

/// Who signed the request: by a session's token, or by user and password. `Unauthenticated` when nobody did.
pub(crate) async fn sign_in(access: &AccessService, headers: &HeaderMap, actor: &Actor) -> Result<Identity> {
    let refused = || Error::new(ErrorKind::Unauthenticated, "sign in first: the request has no `Authorization`");
    let value = headers.get(header::AUTHORIZATION).ok_or_else(refused)?;
    let unreadable = || Error::new(ErrorKind::Unauthenticated, "the `Authorization` of the request cannot be read");
    let (scheme, credentials) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(unreadable)?;
    let credentials = credentials.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return access.who(credentials).await;
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unreadable());
    }
    let decoded = BASE64_STANDARD.decode(credentials).map_err(|_| unreadable())?;
    let text = String::from_utf8(decoded).map_err(|_| unreadable())?;
    let (user, password) = text.split_once(':').ok_or_else(unreadable)?;
    access.check(user, &Secret::new(password), actor).await
}

fn face(headers: &HeaderMap) -> Face {
    match headers.get(FACE).and_then(|face| face.to_str().ok()) {
        Some("rust") => Face::Rust,
        Some("cli") => Face::Cli,
        Some("python") => Face::Python,
        Some("ffi") => Face::Ffi,
        Some("dashboard") => Face::Dashboard,
        _ => Face::Rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_sane_request_id_and_makes_one_up_else() {
        let with =
            |id: &str| HeaderMap::from_iter([(header::HeaderName::from_static(REQUEST_ID), id.parse().unwrap())]);
        assert_eq!(request_id(&with("abc-1.2_3")), "abc-1.2_3");
        for strange in ["", "a b", "\"x\"", &"x".repeat(65)] {
            let id = request_id(&with(strange));
            assert_ne!(id, strange);
            assert_eq!(id.len(), 24);
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }
}
