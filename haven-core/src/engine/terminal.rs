//! A program that one talks with: its output, its input, its size, and how it ended.

use std::{fmt, pin::Pin, sync::Arc};

use async_trait::async_trait;
use haven_model::{Output, Result, TerminalSize};
use tokio::io::AsyncWrite;

use super::Stream;

/// A conversation with a program, from [`exec`](super::Containers::exec) or [`attach`](super::Containers::attach).
///
/// Dropping it ends the conversation; the program of an exec goes on, as with Docker.
pub struct Terminal {
    /// What the program writes, until it ends.
    pub output: Stream<Output>,
    /// What the program reads. Shutting it down is the end of its input, and leaves the output open.
    pub input: Pin<Box<dyn AsyncWrite + Send>>,
    /// Its size, and how it ended.
    pub control: Arc<dyn TerminalControl>,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal").finish_non_exhaustive()
    }
}

/// What can be done with a [`Terminal`] besides reading and writing.
#[async_trait]
pub trait TerminalControl: Send + Sync + 'static {
    /// Tells the program the size of its terminal. `Unsupported` where it has none.
    async fn resize(&self, size: TerminalSize) -> Result<()>;

    /// How the program ended; waits until it has.
    async fn exit_code(&self) -> Result<i64>;
}
