//! What a failed call of etcd means: by gRPC code, and by whether the call can have reached it.
//!
//! etcd answers `UNAVAILABLE` for a request that it refused and for one whose outcome it does not know, and so does a
//! connection that breaks. A write is therefore `Unavailable` only where it was not sent, and else `Timeout`.

use std::{io, time::Duration};

use haven_model::{Error, ErrorKind};

/// What a call does at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing: it can be asked again, of another member too.
    Reads,
    /// Something: once sent, it may have happened.
    Writes,
}

/// What a gRPC code means for a call that was sent.
pub(super) fn kind_of(code: i32, effect: Effect) -> ErrorKind {
    let unknown = match effect {
        Effect::Reads => ErrorKind::Unavailable,
        Effect::Writes => ErrorKind::Timeout,
    };
    match code {
        // INVALID_ARGUMENT, FAILED_PRECONDITION
        3 | 9 => ErrorKind::Invalid,
        // NOT_FOUND: the lease.
        5 => ErrorKind::NotFound,
        // ALREADY_EXISTS
        6 => ErrorKind::AlreadyExists,
        // PERMISSION_DENIED
        7 => ErrorKind::Denied,
        // RESOURCE_EXHAUSTED: the quota, or too many requests.
        8 => ErrorKind::Busy,
        // OUT_OF_RANGE: a revision that is compacted.
        11 => ErrorKind::Conflict,
        // UNIMPLEMENTED
        12 => ErrorKind::Unsupported,
        // UNAUTHENTICATED
        16 => ErrorKind::Unauthenticated,
        // CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNAVAILABLE, DATA_LOSS
        _ => unknown,
    }
}

/// Whether another member may do better, and this one is not to be trusted until it answers.
pub(super) fn is_outage(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout)
}

/// The error of a call that failed.
pub(super) fn refused(error: etcd_client::Error, effect: Effect) -> Error {
    let kind = match &error {
        etcd_client::Error::GRpcStatus(status) if was_not_sent(status) => ErrorKind::Unavailable,
        etcd_client::Error::GRpcStatus(status) => kind_of(i32::from(status.code()), effect),
        etcd_client::Error::TransportError(_) | etcd_client::Error::IoError(_) => ErrorKind::Unavailable,
        // The client's own words for a lease that is gone.
        etcd_client::Error::LeaseKeepAliveError(_) => ErrorKind::NotFound,
        etcd_client::Error::InvalidArgs(_) | etcd_client::Error::InvalidUri(_) => ErrorKind::Invalid,
        _ => kind_of(2, effect),
    };
    let message = match kind {
        ErrorKind::Invalid => "etcd takes the request for wrong",
        ErrorKind::NotFound => "etcd does not know this",
        ErrorKind::Denied => "etcd does not permit this user to do so",
        ErrorKind::Busy => "etcd is out of space, or overloaded",
        ErrorKind::Conflict => "etcd has forgotten this revision",
        ErrorKind::Unauthenticated => "etcd does not know the user or the password",
        ErrorKind::Unavailable => "etcd cannot be reached, or has no leader",
        ErrorKind::Timeout => "etcd did not say whether the write was done",
        _ => "etcd failed",
    };
    let refused = Error::new(kind, message).caused_by(error);
    if kind == ErrorKind::Busy { refused.retry_in(Duration::from_secs(10)) } else { refused }
}

/// Whether the connection was never made, so that nothing can have gone over it.
fn was_not_sent(status: &impl std::error::Error) -> bool {
    let mut source = status.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
            if matches!(error.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable) {
                return true;
            }
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_kind_and_no_write_that_was_sent_is_said_not_to_have_happened() {
        use ErrorKind::{
            AlreadyExists, Busy, Conflict, Denied, Invalid, NotFound, Timeout, Unauthenticated, Unavailable,
            Unsupported,
        };
        let table = [
            (1, Unavailable, Timeout),
            (2, Unavailable, Timeout),
            (3, Invalid, Invalid),
            (4, Unavailable, Timeout),
            (5, NotFound, NotFound),
            (6, AlreadyExists, AlreadyExists),
            (7, Denied, Denied),
            (8, Busy, Busy),
            (9, Invalid, Invalid),
            (10, Unavailable, Timeout),
            (11, Conflict, Conflict),
            (12, Unsupported, Unsupported),
            (13, Unavailable, Timeout),
            (14, Unavailable, Timeout),
            (15, Unavailable, Timeout),
            (16, Unauthenticated, Unauthenticated),
            (99, Unavailable, Timeout),
        ];
        for (code, reads, writes) in table {
            assert_eq!((kind_of(code, Effect::Reads), kind_of(code, Effect::Writes)), (reads, writes), "code {code}");
        }
    }

    #[test]
    fn only_a_connection_that_was_never_made_is_known_not_to_have_carried_the_write() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        assert!(was_not_sent(&Error::unexpected("").caused_by(refused)));
        assert!(!was_not_sent(&Error::unexpected("").caused_by(reset)));
    }
}
