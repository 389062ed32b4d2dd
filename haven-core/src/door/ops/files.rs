//! The files of containers: what changed, and tar archives out of them and into them.
//!
//! An archive travels as a conversation does, as it is and bit by bit: out of a container as its output, into one as its
//! input, whose end is that of the archive. What goes wrong ends the output with an error; else it ends with exit code 0.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_model::{Actor, Channel, ContainerRef, Error, NodeName, Output, Result, TerminalSize, container::Change};
use tokio::{
    io::AsyncWrite,
    sync::{mpsc, watch},
};
use tokio_util::{sync::PollSender, task::AbortOnDropHandle};

use super::operation;
use crate::{
    door::{Call, Converse, Row},
    engine::{Stream, Terminal, TerminalControl},
    services::Services,
};

/// The most that is passed on at once, and how many such pieces may wait.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ContainerChanges>(),
        Row::converse::<CopyOut>(),
        Row::converse::<CopyIn>(),
        Row::converse::<ExportContainer>(),
    ]
}

operation! {
    /// Tells which files of a container are not as its image has them.
    "containers.changes", Get "/nodes/{node}/containers/{container}/changes", needs Read on Node node;
    pub struct ContainerChanges {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
    }
}

#[async_trait]
impl Call for ContainerChanges {
    type Output = Vec<Change>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<Change>> {
        let engine = services.nodes.engine(&self.node)?;
        let changes = engine.changes(&self.container).await;
        changes.map_err(|error| error.with("node", &self.node).with("container", &self.container))
    }
}

operation! {
    /// Reads a file or a folder of a container as a tar archive, whose entries begin with the last part of the path; those
    /// of `FOLDER/.` with `.`. `not_found` when there is none.
    "containers.copy_out", Get "/nodes/{node}/containers/{container}/copy-out", needs Execute on Node node;
    pub struct CopyOut {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
        /// The file or folder.
        pub path: String,
    }
}

#[async_trait]
impl Converse for CopyOut {
    async fn open(self, services: &Services, _: &Actor) -> Result<Terminal> {
        let engine = services.nodes.engine(&self.node)?;
        let archive = engine.copy_out(&self.container, &self.path).await;
        Ok(told(archive.map_err(|error| error.with("node", &self.node).with("path", &self.path))?))
    }
}

operation! {
    /// Unpacks a tar archive, which is the conversation's input to its end, into a folder of a container. `not_found` when
    /// there is no such folder; `invalid` when it is none, or the archive is none.
    "containers.copy_in", Get "/nodes/{node}/containers/{container}/copy-in", needs Execute on Node node;
    pub struct CopyIn {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
        /// The folder.
        pub folder: String,
    }
}

#[async_trait]
impl Converse for CopyIn {
    async fn open(self, services: &Services, _: &Actor) -> Result<Terminal> {
        let engine = services.nodes.engine(&self.node)?;
        let (archive, input) = upload();
        let (ended, end) = watch::channel(false);
        // It is taken also while nobody reads the output, and no longer when the conversation is over.
        let taken = AbortOnDropHandle::new(tokio::spawn(async move {
            let taken = engine.copy_in(&self.container, &self.folder, archive).await;
            taken.map_err(|error| error.with("node", &self.node).with("path", &self.folder))
        }));
        let output = stream::once(async move {
            let taken = taken.await;
            let taken = taken.unwrap_or_else(|error| Err(Error::unexpected("the copy broke off").caused_by(error)));
            if taken.is_ok() {
                ended.send_replace(true);
            }
            taken.err().map(Err)
        });
        let output = output.filter_map(std::future::ready).boxed();
        Ok(Terminal { output, input, control: Arc::new(Ended(end)) })
    }
}

operation! {
    /// Reads all files of a container as a tar archive, volumes left out.
    "containers.export", Get "/nodes/{node}/containers/{container}/export", needs Execute on Node node;
    pub struct ExportContainer {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
    }
}

#[async_trait]
impl Converse for ExportContainer {
    async fn open(self, services: &Services, _: &Actor) -> Result<Terminal> {
        let engine = services.nodes.engine(&self.node)?;
        let archive = engine.export_container(&self.container).await;
        Ok(told(archive.map_err(|error| error.with("node", &self.node).with("container", &self.container))?))
    }
}

/// A conversation that only tells something, to its end.
fn told(archive: Stream<Bytes>) -> Terminal {
    let (ended, end) = watch::channel(false);
    let pieces = archive.map(|piece| piece.map(|bytes| Output { channel: Channel::Stdout, bytes }));
    let whole = stream::unfold(Some((pieces, ended)), |state| async move {
        let (mut pieces, ended) = state?;
        match pieces.next().await {
            Some(Ok(piece)) => Some((Ok(piece), Some((pieces, ended)))),
            Some(Err(error)) => Some((Err(error), None)),
            None => {
                ended.send_replace(true);
                None
            }
        }
    });
    Terminal { output: whole.boxed(), input: Box::pin(tokio::io::sink()), control: Arc::new(Ended(end)) }
}

/// A conversation without a program: it ends well when all is said.
struct Ended(watch::Receiver<bool>);

#[async_trait]
impl TerminalControl for Ended {
    async fn resize(&self, _: TerminalSize) -> Result<()> {
        Err(Error::new(haven_model::ErrorKind::Unsupported, "an archive has no terminal"))
    }

    async fn exit_code(&self) -> Result<i64> {
        let mut end = self.0.clone();
        let ended = end.wait_for(|ended| *ended).await;
        ended.map(|_| 0).map_err(|_| Error::timeout("the archive broke off"))
    }
}

/// An archive that is written by one side and read by the other. One whose writer goes away before its end breaks off.
fn upload() -> (Stream<Bytes>, Pin<Box<dyn AsyncWrite + Send>>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let archive = stream::unfold(Some(receiver), |receiver| async move {
        let mut receiver: mpsc::Receiver<Option<Bytes>> = receiver?;
        match receiver.recv().await {
            Some(Some(piece)) => Some((Ok(piece), Some(receiver))),
            Some(None) => None,
            None => Some((Err(Error::unavailable("the archive broke off")), None)),
        }
    });
    (archive.boxed(), Box::pin(Upload { sender: PollSender::new(sender), ended: false }))
}

struct Upload {
    sender: PollSender<Option<Bytes>>,
    ended: bool,
}

impl Upload {
    fn send(&mut self, cx: &mut Context<'_>, piece: Option<Bytes>) -> Poll<io::Result<()>> {
        let gone = || io::Error::new(io::ErrorKind::BrokenPipe, "the archive is not read any more");
        ready!(self.sender.poll_reserve(cx)).map_err(|_| gone())?;
        Poll::Ready(self.sender.send_item(piece).map_err(|_| gone()))
    }
}

impl AsyncWrite for Upload {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        if !piece.is_empty() {
            ready!(self.send(cx, Some(Bytes::copy_from_slice(piece))))?;
        }
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.ended {
            ready!(self.send(cx, None))?;
            self.ended = true;
        }
        Poll::Ready(Ok(()))
    }
}
