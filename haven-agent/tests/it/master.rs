//! A master that answers as it is told to.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use haven_core::model::Report;
use tokio::{net::TcpListener, task::JoinHandle};

/// What a master makes of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    Well,
    Unauthenticated,
    Redirect,
    Page,
    Refuses,
    Busy,
    WithoutEnd,
    Never,
}

/// One report as it came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) path: String,
    pub(crate) secret: Option<String>,
    pub(crate) body: serde_json::Value,
    pub(crate) report: Report,
    pub(crate) answered: Answers,
}

/// A master on a port. Dropping it stops it.
pub(crate) struct Master {
    pub(crate) address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
    came: Arc<Mutex<Vec<Came>>>,
    serving: JoinHandle<()>,
}

impl Master {
    pub(crate) async fn start(answers: Answers) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), answers)
    }

    pub(crate) fn on(listener: TcpListener, answers: Answers) -> Self {
        let address = listener.local_addr().unwrap();
        let (answers, came) = (Arc::new(Mutex::new(answers)), Arc::<Mutex<Vec<Came>>>::default());
        let (told, kept) = (answers.clone(), came.clone());
        let router = Router::new().fallback(async move |request: Request| {
            let answers = *told.lock().unwrap();
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 1 << 24).await.unwrap();
            kept.lock().unwrap().push(came_as(&parts.uri.to_string(), &parts.headers, &body, answers));
            answer(answers).await
        });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, answers, came, serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn answer(&self, answers: Answers) {
        *self.answers.lock().unwrap() = answers;
    }

    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// How many reports got this answer.
    pub(crate) fn count(&self, answered: Answers) -> usize {
        self.came.lock().unwrap().iter().filter(|came| came.answered == answered).count()
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn came_as(path: &str, headers: &HeaderMap, body: &Bytes, answered: Answers) -> Came {
    Came {
        path: path.to_owned(),
        secret: headers.get("x-auth-node").map(|secret| secret.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(body).unwrap(),
        report: serde_json::from_slice(body).unwrap(),
        answered,
    }
}

async fn answer(answers: Answers) -> Response {
    match answers {
        Answers::Well => StatusCode::OK.into_response(),
        Answers::Unauthenticated => (StatusCode::UNAUTHORIZED, "who is there?").into_response(),
        Answers::Redirect => {
            (StatusCode::FOUND, [("location", "http://me:pa55word@elsewhere/login?x=y")]).into_response()
        }
        Answers::Page => axum::response::Html("<h1>Welcome</h1>").into_response(),
        Answers::Refuses => {
            (StatusCode::BAD_REQUEST, r#"{"kind":"invalid","detail":"the address is another node's"}"#).into_response()
        }
        Answers::Busy => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")]).into_response(),
        Answers::WithoutEnd => {
            let pieces =
                futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1 << 20])));
            (StatusCode::BAD_REQUEST, Body::from_stream(pieces)).into_response()
        }
        Answers::Never => std::future::pending().await,
    }
}
