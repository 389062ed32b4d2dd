//! Health: whether the store answers.

use std::{sync::Arc, time::Duration};

use axum::extract::State;
use haven_core::Error;

use crate::{Shared, problem::Problem};

/// How long the store may take.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) async fn healthz(State(shared): State<Arc<Shared>>) -> Result<&'static str, Problem> {
    match tokio::time::timeout(PATIENCE, shared.services.store.status()).await {
        Ok(Ok(_)) => Ok("ok"),
        Ok(Err(error)) => Err(Error::unavailable("the store does not answer").caused_by(error).into()),
        Err(_) => Err(Error::unavailable("the store does not answer in time").into()),
    }
}
