//! Simulated programs: what runs in a container, be it its own program, an exec or a health check.
//!
//! A program is a future that only the engine polls, under the engine's lock and on the engine's time: it can wait for
//! time ([`Ctx::sleep`]) and for input ([`Ctx::read`]), and for nothing else. So a simulated day is as long as the
//! work in it, and the same seed gives the same run.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use haven_model::{Channel, Output, TerminalSize};

use super::{shell, signal};

/// The most input that waits for a program to read it.
pub(super) const MAX_INPUT: usize = 1024 * 1024;
/// The most that a program's files may hold together.
const MAX_FILES: usize = 1024 * 1024;
/// So many steps without waiting, or so much output, and the program yields for [`YIELD`] of simulated time.
const MAX_STEPS: u32 = 1_000;
const MAX_OUTPUT: usize = 1024 * 1024;
const YIELD: Duration = Duration::from_millis(10);
/// The shortest sleep.
const SHORTEST: Duration = Duration::from_millis(1);

type Running = Pin<Box<dyn Future<Output = i64> + Send>>;

/// The small files of one container, by absolute path.
#[derive(Clone, Debug, Default)]
pub(super) struct Files(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Files {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().expect("no panic happens under this lock")
    }

    pub(super) fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().get(path).cloned()
    }

    pub(super) fn remove(&self, path: &str) -> bool {
        self.lock().remove(path).is_some()
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// What is in them, in bytes.
    pub(super) fn size(&self) -> u64 {
        self.lock().values().map(|content| content.len() as u64).sum()
    }

    /// Appends to a file; false when the disk is full.
    pub(super) fn append(&self, path: &str, bytes: &[u8]) -> bool {
        let mut files = self.lock();
        let used: usize = files.iter().map(|(path, content)| path.len() + content.len()).sum();
        if used + path.len() + bytes.len() > MAX_FILES {
            return false;
        }
        files.entry(path.to_owned()).or_default().extend_from_slice(bytes);
        true
    }
}

/// What a program and the engine share.
#[derive(Debug, Default)]
struct Io {
    now: Duration,
    wake_at: Option<Duration>,
    steps: u32,
    input: VecDeque<u8>,
    input_closed: bool,
    traps: BTreeMap<i32, String>,
    signals: VecDeque<i32>,
    output: Vec<Output>,
    /// The bytes in `output`.
    unread: usize,
    tty: bool,
    size: Option<TerminalSize>,
}

/// Where a program runs: its container, environment, terminal.
#[derive(Clone, Debug)]
pub(super) struct Ctx {
    io: Arc<Mutex<Io>>,
    /// The container's files.
    pub(super) files: Files,
    /// The environment.
    pub(super) env: Arc<BTreeMap<String, String>>,
    /// The host name.
    pub(super) hostname: Arc<str>,
    /// Programs of the image besides the built-in ones.
    pub(super) programs: Arc<[String]>,
}

impl Ctx {
    pub(super) fn new(
        files: Files,
        env: BTreeMap<String, String>,
        hostname: &str,
        programs: Arc<[String]>,
        stdin: bool,
        tty: bool,
        size: Option<TerminalSize>,
    ) -> Self {
        let io = Io { input_closed: !stdin, tty, size, ..Io::default() };
        Self { io: Arc::new(Mutex::new(io)), files, env: Arc::new(env), hostname: hostname.into(), programs }
    }

    fn lock(&self) -> MutexGuard<'_, Io> {
        self.io.lock().expect("no panic happens under this lock")
    }

    /// Waits for simulated time to pass.
    pub(super) async fn sleep(&self, duration: Duration) {
        // As short as nothing is a step: a program that sleeps so does not wait.
        let duration = if duration.is_zero() { duration } else { duration.max(SHORTEST) };
        let until = self.lock().now.saturating_add(duration);
        poll_fn(|_| {
            let mut io = self.lock();
            if io.now >= until {
                return Poll::Ready(());
            }
            io.wake_at = Some(until);
            io.steps = 0;
            Poll::Pending
        })
        .await;
    }

    /// Waits for input; `line` ends after a line's end. Empty at the end of the input.
    pub(super) async fn read(&self, line: bool) -> Vec<u8> {
        poll_fn(|_| {
            let mut io = self.lock();
            let end =
                if line { io.input.iter().position(|b| *b == b'\n').map(|at| at + 1) } else { Some(io.input.len()) };
            match end.filter(|end| *end > 0) {
                Some(end) => Poll::Ready(io.input.drain(..end).collect()),
                None if io.input_closed => Poll::Ready(io.input.drain(..).collect()),
                None => {
                    io.steps = 0;
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Writes to the program's output.
    pub(super) fn write(&self, channel: Channel, bytes: &[u8]) {
        self.lock().write(channel, bytes);
    }

    /// Counts a step; a program that never waits must, now and then.
    pub(super) async fn step(&self) {
        let tired = {
            let mut io = self.lock();
            io.steps += 1;
            io.steps > MAX_STEPS || io.unread >= MAX_OUTPUT
        };
        if tired {
            self.sleep(YIELD).await;
        }
    }

    /// Columns and lines, where there is a terminal.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        let io = self.lock();
        io.tty.then(|| io.size.map_or((80, 24), |size| (size.width, size.height)))
    }

    pub(super) fn is_tty(&self) -> bool {
        self.lock().tty
    }

    /// Handles a signal with a script from now on.
    pub(super) fn trap(&self, signal: i32, script: &str) {
        self.lock().traps.insert(signal, script.to_owned());
    }

    /// The script for a signal that came since, if any.
    pub(super) fn trapped(&self) -> Option<String> {
        let mut io = self.lock();
        let signal = io.signals.pop_front()?;
        io.traps.get(&signal).cloned()
    }
}

impl Io {
    fn write(&mut self, channel: Channel, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let output = if self.tty {
            let mut cooked = Vec::with_capacity(bytes.len() + 8);
            for byte in bytes {
                if *byte == b'\n' {
                    cooked.push(b'\r');
                }
                cooked.push(*byte);
            }
            Output { channel: Channel::Stdout, bytes: cooked.into() }
        } else {
            Output { channel, bytes: Bytes::copy_from_slice(bytes) }
        };
        self.unread += output.bytes.len();
        self.output.push(output);
    }
}

/// How a program takes signals that it may choose to ignore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signals {
    /// It is the first process: the kernel drops what it does not handle.
    First,
    /// It ends by itself, with code 0, when asked to.
    Service,
}

/// One program that runs.
pub(super) struct Process {
    ctx: Ctx,
    running: Running,
    signals: Signals,
    /// Its process id on the simulated host.
    pub(super) pid: u32,
    /// What it was started as.
    pub(super) command: String,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("pid", &self.pid).field("command", &self.command).finish_non_exhaustive()
    }
}

/// What a program did when it was polled.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// What it wrote.
    pub(super) output: Vec<Output>,
    /// How it ended, if it did.
    pub(super) exit: Option<i64>,
}

impl Process {
    pub(super) fn new(ctx: Ctx, program: Program, argv: Vec<String>, pid: u32) -> Self {
        let command = argv.join(" ");
        let inner = ctx.clone();
        let (signals, running): (Signals, Running) = match program {
            Program::Builtin => (Signals::First, Box::pin(shell::main(inner, argv))),
            Program::Service(behaviour) => (Signals::Service, Box::pin(service(inner, behaviour, argv))),
        };
        Self { ctx, running, signals, pid, command }
    }

    /// Lets it run until it waits; `now` is the time that passed for it.
    pub(super) fn poll(&mut self, now: Duration) -> Progress {
        {
            let mut io = self.ctx.lock();
            io.now = now;
            io.wake_at = None;
        }
        let exit = match self.running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(code) => Some(code),
            Poll::Pending => None,
        };
        let mut io = self.ctx.lock();
        io.unread = 0;
        Progress { output: std::mem::take(&mut io.output), exit }
    }

    /// When it wants to be polled next, in its own time.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.ctx.lock().wake_at
    }

    /// Delivers a signal; answers the exit code when that ends the program.
    pub(super) fn signal(&mut self, number: i32) -> Option<i64> {
        if number == signal::KILL {
            return Some(128 + i64::from(signal::KILL));
        }
        if self.signals == Signals::Service {
            return matches!(number, signal::TERM | signal::INT | signal::QUIT).then_some(0);
        }
        let mut io = self.ctx.lock();
        if io.traps.contains_key(&number) && io.signals.len() < 64 {
            io.signals.push_back(number);
        }
        None
    }

    /// Gives it input, as much as fits; answers how much that was.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Fed {
        let mut io = self.ctx.lock();
        if io.input_closed {
            return Fed::Taken(bytes.len());
        }
        let taken = &bytes[..bytes.len().min(MAX_INPUT.saturating_sub(io.input.len()))];
        if !io.tty {
            io.input.extend(taken);
            return Fed::Taken(taken.len());
        }
        for byte in taken {
            match byte {
                0x03 => return Fed::Interrupted,
                0x04 => io.input_closed = true,
                b'\r' | b'\n' => {
                    io.write(Channel::Stdout, b"\n");
                    io.input.push_back(b'\n');
                }
                byte => {
                    io.write(Channel::Stdout, &[*byte]);
                    io.input.push_back(*byte);
                }
            }
        }
        Fed::Taken(taken.len())
    }

    /// Ends its input.
    pub(super) fn close_input(&mut self) {
        self.ctx.lock().input_closed = true;
    }

    /// Sets the size of its terminal.
    pub(super) fn resize(&mut self, size: TerminalSize) {
        self.ctx.lock().size = Some(size);
    }
}

/// What became of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// So many bytes were taken.
    Taken(usize),
    /// It was Ctrl-C.
    Interrupted,
}

/// What a command line runs.
#[derive(Clone, Debug)]
pub(super) enum Program {
    /// One of the built-in programs.
    Builtin,
    /// Something that serves until it is asked to end.
    Service(Behaviour),
}

/// What a service does, from the container's labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Behaviour {
    /// When it ends by itself, and how.
    pub(super) ends: Option<(Duration, i64)>,
    /// How often it writes a line.
    pub(super) log_every: Option<Duration>,
}

impl Behaviour {
    /// From labels `sim.exit-after`, `sim.crash-after`, `sim.exit-code`, `sim.log-every`; none where there are none.
    pub(super) fn from_labels(labels: &BTreeMap<String, String>) -> Option<Self> {
        let seconds = |key: &str| labels.get(key).and_then(|text| seconds(text));
        let code = labels.get("sim.exit-code").and_then(|text| text.parse().ok());
        let ends = match (seconds("sim.exit-after"), seconds("sim.crash-after")) {
            (Some(after), _) => Some((after, code.unwrap_or(0))),
            (None, Some(after)) => Some((after, code.unwrap_or(1))),
            (None, None) => None,
        };
        let behaviour = Self { ends, log_every: seconds("sim.log-every").filter(|every| *every >= YIELD) };
        (behaviour != Self::default()).then_some(behaviour)
    }
}

/// Seconds, with a fraction perhaps, from text.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (0.0..=1e9).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

async fn service(ctx: Ctx, behaviour: Behaviour, argv: Vec<String>) -> i64 {
    let name = argv.first().map_or("service", |program| program.rsplit('/').next().unwrap_or(program)).to_owned();
    ctx.write(Channel::Stdout, format!("{name}: ready\n").as_bytes());
    let mut passed = Duration::ZERO;
    let mut line = 0u64;
    loop {
        let left = behaviour.ends.map(|(after, code)| (after.saturating_sub(passed), code));
        let pause = match (behaviour.log_every, left) {
            (Some(every), Some((left, _))) => every.min(left),
            (Some(every), None) => every,
            (None, Some((left, _))) => left,
            (None, None) => std::future::pending().await,
        };
        ctx.sleep(pause).await;
        passed += pause;
        if let Some((after, code)) = behaviour.ends
            && passed >= after
        {
            return code;
        }
        line += 1;
        ctx.write(Channel::Stdout, format!("{name}: line {line}\n").as_bytes());
    }
}
