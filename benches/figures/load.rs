//! Requests one after the other on one connection that stays open: the barest client.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// A connection that stays open.
pub struct Wire(SendRequest<Full<Bytes>>);

impl Wire {
    /// Speaks HTTP over a connection.
    pub async fn over(io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(io)).await.expect("HTTP");
        tokio::spawn(connection);
        Self(sender)
    }

    /// Sends a request, reads the answer's body to its end, and answers its length.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> usize {
        self.0.ready().await.expect("the connection stays open");
        let answer = self.0.send_request(request).await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        let mut body = answer.into_body();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            length += frame.expect("a whole body").into_data().map_or(0, |data| data.len());
        }
        length
    }
}
