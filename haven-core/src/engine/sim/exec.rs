//! Conversations with simulated programs: exec, attach, and the terminal between.
//!
//! An exec whose output nobody reads is held when [`MAX_UNREAD`] are waiting, and its input is taken only as fast as
//! the program reads it: memory stays bounded whatever either side does.

use std::{
    collections::VecDeque,
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use haven_model::{
    Channel, ContainerId, ContainerRef, ContainerState, Error, ErrorKind, ExecSpec, Output, Result, TerminalSize,
};
use tokio::{io::AsyncWrite, sync::Notify};

use crate::engine::{Stream, Terminal, TerminalControl, containers::check_environment};

use super::{
    SimEngine, cut_off,
    program::{Fed, Process, Program},
    record::Record,
    state::State,
};

/// How much output may wait for its reader.
const MAX_UNREAD: usize = 1024 * 1024;
/// The most execs that run in one container at a time.
const MAX_EXECS: usize = 1_000;

/// An exec that runs.
#[derive(Debug)]
pub(super) struct Exec {
    pub(super) process: Process,
    pub(super) pipe: Arc<Pipe>,
}

/// What a program wrote and its reader has not read, and how it ended.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    unread: VecDeque<Output>,
    bytes: usize,
    exit: Option<i64>,
    /// Nobody will read any more.
    abandoned: bool,
    writers: Vec<Waker>,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic happens under this lock")
    }

    /// Takes output; with `drop_oldest` it makes room for it.
    pub(super) fn push(&self, output: Output, drop_oldest: bool) {
        let mut inner = self.lock();
        if inner.abandoned {
            return;
        }
        inner.bytes += output.bytes.len();
        inner.unread.push_back(output);
        while drop_oldest && inner.bytes > MAX_UNREAD && inner.unread.len() > 1 {
            inner.bytes -= inner.unread.pop_front().map_or(0, |output| output.bytes.len());
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    pub(super) fn is_full(&self) -> bool {
        self.lock().bytes >= MAX_UNREAD
    }

    pub(super) fn end(&self, code: i64) {
        let mut inner = self.lock();
        inner.exit.get_or_insert(code);
        let writers = std::mem::take(&mut inner.writers);
        drop(inner);
        writers.into_iter().for_each(Waker::wake);
        self.changed.notify_waiters();
    }

    /// There may be room for input again.
    pub(super) fn wake_writers(&self) {
        let writers = std::mem::take(&mut self.lock().writers);
        writers.into_iter().for_each(Waker::wake);
    }

    fn abandon(&self) {
        let mut inner = self.lock();
        inner.abandoned = true;
        inner.unread.clear();
        inner.bytes = 0;
    }
}

impl State {
    /// Lets the execs of a container run until they wait.
    pub(super) fn poll_execs(&mut self, record: &mut Record) {
        let Some(run) = record.run.as_ref().filter(|run| run.paused_at.is_none()) else { return };
        let now = self.at.saturating_sub(run.held);
        let mut ended = Vec::new();
        for (id, exec) in &mut record.execs {
            if exec.pipe.is_full() {
                continue;
            }
            let progress = exec.process.poll(now);
            for output in progress.output {
                exec.pipe.push(output, false);
            }
            exec.pipe.wake_writers();
            if let Some(code) = progress.exit {
                ended.push((id.clone(), code));
            }
        }
        for (id, code) in ended {
            self.end_exec(record, &id, code);
        }
    }

    fn end_exec(&mut self, record: &mut Record, id: &str, code: i64) {
        let Some(exec) = record.execs.remove(id) else { return };
        self.emit_container(record, "exec_die", &[("execID", id.to_owned()), ("exitCode", code.to_string())]);
        exec.pipe.end(code);
    }

    /// The container ends, and with it all that runs in it.
    pub(super) fn end_execs(&mut self, record: &mut Record) {
        let ids: Vec<String> = record.execs.keys().cloned().collect();
        for id in ids {
            self.end_exec(record, &id, 137);
        }
    }

    fn begin_exec(&mut self, record: &mut Record, spec: &ExecSpec) -> Result<(String, Arc<Pipe>)> {
        refuse_unless_running(record)?;
        if record.execs.len() >= MAX_EXECS {
            return Err(Error::new(ErrorKind::Busy, format!("{MAX_EXECS} programs run in `{}` already", record.name)));
        }
        let id = self.new_id();
        let line = spec.command.join(" ");
        let extra = [("execID", id.clone())];
        self.emit_container(record, format!("exec_create: {line}"), &extra);
        self.emit_container(record, format!("exec_start: {line}"), &extra);
        let pipe = Arc::new(Pipe::default());
        let name = spec.command.first().map_or("", String::as_str);
        let Some(program) = self.program(record, name) else {
            let text = format!("OCI runtime exec failed: exec: \"{name}\": executable file not found in $PATH\r\n");
            pipe.push(Output { channel: Channel::Stdout, bytes: text.into() }, false);
            pipe.end(127);
            return Ok((id, pipe));
        };
        let ctx = Self::context(record, &spec.env, spec.stdin, spec.tty, spec.size);
        let pid = self.new_pid();
        // What serves as a container's own program is, run besides it, a command that does its work and ends.
        let argv = match program {
            Program::Builtin => spec.command.clone(),
            Program::Service(_) => vec!["true".to_owned()],
        };
        let process = Process::new(ctx, Program::Builtin, argv, pid);
        record.execs.insert(id.clone(), Exec { process, pipe: Arc::clone(&pipe) });
        self.poll_execs(record);
        Ok((id, pipe))
    }
}

pub(super) fn refuse_unless_running(record: &Record) -> Result<()> {
    match record.state {
        ContainerState::Running => Ok(()),
        state => Err(Error::conflict(format!("container `{}` is not running: it is {state}", record.name))),
    }
}

/// One end of a conversation.
#[derive(Debug)]
struct Conversation {
    engine: SimEngine,
    container: ContainerId,
    /// The exec; none: the container's own program.
    exec: Option<String>,
    pipe: Arc<Pipe>,
    tty: bool,
    epoch: u64,
}

impl SimEngine {
    pub(super) fn begin_exec(&self, target: &ContainerRef, spec: &ExecSpec) -> Result<Terminal> {
        if spec.command.first().is_none_or(String::is_empty) {
            return Err(Error::invalid("no command to run"));
        }
        check_environment(&spec.env)?;
        let mut state = self.reach()?;
        let (container, id, pipe) = state.on(target, |state, record| {
            let (id, pipe) = state.begin_exec(record, spec)?;
            Ok((record.id.clone(), id, pipe))
        })?;
        Ok(self.converse(container, Some(id), pipe, spec.tty, state.epoch))
    }

    pub(super) fn begin_attach(&self, target: &ContainerRef) -> Result<Terminal> {
        let mut state = self.reach()?;
        let (container, pipe, tty) = state.on(target, |state, record| {
            if record.run.is_none() {
                return Err(Error::conflict(format!("container `{}` is not running", record.name)));
            }
            let pipe = Arc::new(Pipe::default());
            record.attached.retain(|pipe| !pipe.lock().abandoned);
            record.attached.push(Arc::clone(&pipe));
            state.emit_container(record, "attach", &[]);
            Ok((record.id.clone(), pipe, record.spec.tty))
        })?;
        Ok(self.converse(container, None, pipe, tty, state.epoch))
    }

    fn converse(
        &self,
        container: ContainerId,
        exec: Option<String>,
        pipe: Arc<Pipe>,
        tty: bool,
        epoch: u64,
    ) -> Terminal {
        let conversation = Arc::new(Conversation { engine: self.clone(), container, exec, pipe, tty, epoch });
        let input: Pin<Box<dyn AsyncWrite + Send>> = Box::pin(Input(Arc::clone(&conversation)));
        Terminal { output: output(Arc::clone(&conversation)), input, control: conversation }
    }
}

/// Ends the reading when the stream is dropped.
struct Reader(Arc<Conversation>);

impl Drop for Reader {
    fn drop(&mut self) {
        let Conversation { engine, container, pipe, .. } = &*self.0;
        pipe.abandon();
        // A program that was held for want of a reader goes on.
        engine.settled().with(container, State::poll_execs);
    }
}

fn output(conversation: Arc<Conversation>) -> Stream<Output> {
    let pieces = stream::unfold(Some(Reader(conversation)), |reader| async move {
        let reader = reader?;
        let next = reader.0.wait(|inner| {
            if let Some(output) = inner.unread.pop_front() {
                inner.bytes -= output.bytes.len();
                return Some(Some(output));
            }
            inner.exit.map(|_| None)
        });
        match next.await {
            Ok(Some(output)) => Some((Ok(output), Some(reader))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    pieces.boxed()
}

impl Conversation {
    /// Looks at the pipe whenever something happens, until `look` has an answer.
    async fn wait<T>(&self, mut look: impl FnMut(&mut Inner) -> Option<T>) -> Result<T> {
        let (hangup, container_changed) = {
            let state = self.engine.settled();
            let changed = state.containers.get(&self.container).map(|record| Arc::clone(&record.changed));
            (Arc::clone(&state.hangup), changed.unwrap_or_default())
        };
        loop {
            let mut changed = pin!(self.pipe.changed.notified());
            let mut hangup = pin!(hangup.notified());
            let mut container_changed = pin!(container_changed.notified());
            changed.as_mut().enable();
            hangup.as_mut().enable();
            container_changed.as_mut().enable();
            let pause = {
                let mut state = self.engine.settled();
                if state.epoch != self.epoch {
                    return Err(cut_off());
                }
                let was_full = self.pipe.is_full();
                let answer = look(&mut self.pipe.lock());
                if was_full && !self.pipe.is_full() {
                    state.with(&self.container, State::poll_execs);
                }
                if let Some(answer) = answer {
                    return Ok(answer);
                }
                state.pause_of(&self.container)
            };
            tokio::select! {
                () = changed => {}
                () = hangup => {}
                () = container_changed => {}
                () = self.engine.pause(pause) => {}
            }
        }
    }

    /// Works on the program, and lets it run on.
    fn with_process<T>(&self, work: impl FnOnce(&mut Process) -> T) -> Result<Option<T>> {
        let mut state = self.engine.settled();
        if state.epoch != self.epoch {
            return Err(cut_off());
        }
        let done = state.with(&self.container, |state, record| {
            let answer = match &self.exec {
                Some(id) => record.execs.get_mut(id).map(|exec| work(&mut exec.process)),
                None => record.run.as_mut().map(|run| work(&mut run.process)),
            };
            match self.exec {
                Some(_) => state.poll_execs(record),
                None => state.poll_main(record),
            }
            answer
        });
        Ok(done.flatten())
    }

    fn interrupt(&self) {
        let mut state = self.engine.settled();
        state.with(&self.container, |state, record| match &self.exec {
            Some(id) => state.end_exec(record, id, 130),
            None => state.signal(record, super::signal::INT),
        });
    }
}

#[async_trait]
impl TerminalControl for Conversation {
    async fn resize(&self, size: TerminalSize) -> Result<()> {
        if !self.tty {
            return Err(Error::new(ErrorKind::Unsupported, "the program has no terminal"));
        }
        // One that has ended needs no size any more.
        self.with_process(|process| process.resize(size)).map(|_| ())
    }

    async fn exit_code(&self) -> Result<i64> {
        self.wait(|inner| inner.exit).await
    }
}

/// What the program reads.
struct Input(Arc<Conversation>);

impl AsyncWrite for Input {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let conversation = &self.0;
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let bytes = Bytes::copy_from_slice(&bytes[..bytes.len().min(64 * 1024)]);
        // Registered first: the program may make room between the refusal and the registration.
        conversation.pipe.lock().writers.push(cx.waker().clone());
        match conversation.with_process(|process| process.feed(&bytes)) {
            Err(error) => Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionAborted, error))),
            Ok(None) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            Ok(Some(Fed::Interrupted)) => {
                conversation.interrupt();
                Poll::Ready(Ok(bytes.len()))
            }
            Ok(Some(Fed::Taken(0))) => Poll::Pending,
            Ok(Some(Fed::Taken(taken))) => Poll::Ready(Ok(taken)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A program that has ended has no input to end.
        let _ = self.0.with_process(Process::close_input);
        Poll::Ready(Ok(()))
    }
}
