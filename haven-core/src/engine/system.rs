//! The engine itself: whether it answers, what it is, what happens on it.

use std::fmt::Debug;

use async_trait::async_trait;
use haven_model::{EngineEvent, EngineInfo, EngineVersion, Result, system::EngineEventOptions};

use super::Stream;

/// One engine, as a whole.
#[async_trait]
pub trait System: Debug + Send + Sync + 'static {
    /// Succeeds when the engine answers.
    async fn ping(&self) -> Result<()>;

    /// Which version of what it is.
    async fn version(&self) -> Result<EngineVersion>;

    /// What it says about itself and its machine.
    async fn info(&self) -> Result<EngineInfo>;

    /// What happens from now on. When the call has returned, nothing that happens later is missed while the stream is
    /// read; the stream ends, with an error where there is one, when the engine goes away.
    async fn events(&self, options: &EngineEventOptions) -> Result<Stream<EngineEvent>>;
}
