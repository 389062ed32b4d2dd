//! A running `haven serve`, and its clients: the command line, curl, a follower of lines.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use haven_testkit::bed::{Bed, Engine};
use serde_json::Value;

pub(crate) const PASSWORD: &str = "pw";

/// What seals secrets in etcd: every master of a store has the same.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// How long anything may take that is not meant to fail.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server in a process of its own. It may be killed and started again on the same data and address.
pub(crate) struct Served {
    home: tempfile::TempDir,
    store: String,
    options: Vec<String>,
    variables: Vec<(String, String)>,
    address: String,
    child: Option<Child>,
}

impl Served {
    /// Starts a server on this store; `redb` is one of its own.
    pub(crate) fn start(store: &str, variables: &[(&str, &str)]) -> Self {
        Self::start_with(store, &["--no-manage-local", "--simulate", "0"], variables)
    }

    /// The same with other options.
    pub(crate) fn start_with(store: &str, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let store =
            if store == "redb" { format!("redb:{}/fleet.redb", home.path().display()) } else { store.to_owned() };
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut served = Self { home, store, options, variables, address: "127.0.0.1:0".to_owned(), child: None };
        served.start_again();
        served
    }

    /// Starts it where it was, after [`kill`](Self::kill) or [`stop`](Self::stop).
    pub(crate) fn start_again(&mut self) {
        if let Some(mut killed) = self.child.take() {
            killed.wait().unwrap();
        }
        let log = File::options().create(true).append(true).open(self.home.path().join("log")).unwrap();
        let mut child = self
            .program()
            .args(["serve", "--data", "data", "--store", &self.store])
            .args(&self.options)
            .args(["--listen", &self.address])
            .env("HAVEN_ADMIN_PASSWORD", PASSWORD)
            .env("HAVEN_KEY", KEY)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let Some((_, address)) = line.trim_end().rsplit_once("http://") else {
            panic!("it does not start: {line}{}", self.log());
        };
        address.clone_into(&mut self.address);
        // Whatever else it says is read, so that it never waits for its reader.
        let mut kept = File::options().create(true).append(true).open(self.home.path().join("said")).unwrap();
        std::thread::spawn(move || std::io::copy(&mut said, &mut kept));
        self.child = Some(child);
    }

    /// Kills it on the spot.
    pub(crate) fn kill(&self) {
        self.signal(rustix::process::Signal::KILL);
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// Its process.
    pub(crate) fn pid(&self) -> rustix::process::Pid {
        pid_of(self.child.as_ref().unwrap())
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(&mut self) {
        self.signal(rustix::process::Signal::TERM);
        let code = self.child.take().unwrap().wait().unwrap().code();
        assert_eq!(code, Some(0), "{}", self.log());
    }

    /// What it said after it began to listen.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.home.path().join("said")).unwrap_or_default()
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address with which a program opens the fleet.
    pub(crate) fn url_with_password(&self) -> String {
        format!("http://admin:{PASSWORD}@{}", self.address)
    }

    /// The program without this machine's environment.
    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_haven"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("HOME", self.home.path()).env("PATH", path).current_dir(self.home.path());
        command
    }

    /// The program as a client of this server.
    pub(crate) fn client(&self) -> Command {
        let mut command = self.program();
        command.env("HAVEN_SERVER", self.url()).env("HAVEN_PASSWORD", PASSWORD);
        command
    }

    /// Runs the words of `line`.
    pub(crate) fn run(&self, line: &str) -> Output {
        self.client().args(line.split_whitespace()).output().unwrap()
    }

    /// Runs the words of `line`, which succeeds, and answers what it wrote.
    #[track_caller]
    pub(crate) fn haven(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}{}", text(&output.stderr), self.log());
        text(&output.stdout)
    }

    /// What `line` answers to programs.
    #[track_caller]
    pub(crate) fn json(&self, line: &str) -> Value {
        let said = self.haven(&format!("{} --json", line.trim_end()));
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{line}: {error}: {said}"))
    }

    /// Starts a command that goes on, and reads its lines.
    pub(crate) fn follow(&self, line: &str) -> Lines {
        Lines::of(self.client().args(line.split_whitespace()))
    }

    /// curl with the password, on a path of the API.
    pub(crate) fn curl(&self, path: &str) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--noproxy", "*", "-u", &format!("admin:{PASSWORD}")]);
        curl.arg(format!("{}{path}", self.url()));
        curl
    }

    /// A request by curl: its status, 0 when there was no answer, and the answer's body.
    pub(crate) fn rest(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut curl = self.curl(path);
        curl.args(["-m", "60", "-X", method, "-w", "\n%{http_code}"]);
        if let Some(body) = body {
            curl.args(["-H", "content-type: application/json", "-d", &body.to_string()]);
        }
        let said = text(&curl.output().unwrap().stdout);
        let (body, status) = said.rsplit_once('\n').unwrap_or(("", &said));
        (status.trim().parse().unwrap_or(0), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// What a path of the API holds.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.rest("GET", path, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Registers an engine of the bed from the command line, and waits until it answers.
    #[track_caller]
    pub(crate) fn register(&self, bed: &Bed, engine: &Engine) {
        let (name, at, certs) = (engine.name(), engine.tcp_address(), bed.certs().folder().display());
        assert_eq!(
            self.haven(&format!("nodes register {name} https://{at} --tls-dir {certs} --wait")),
            format!("{name}\n")
        );
    }

    /// The state of a node, as the command line shows it.
    pub(crate) fn node_is(&self, name: &str, status: &str) -> bool {
        self.haven(&format!("nodes ls -q --status {status}")).lines().any(|line| line == name)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let from = log.char_indices().rev().nth(6000).map_or(0, |(at, _)| at);
            eprintln!("the server's log ends:\n{}", &log[from..]);
        }
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The lines of a command that goes on, which ends with this.
pub(crate) struct Lines {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Lines {
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || said.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// Reads on until a line `fits`.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, mut fits: impl FnMut(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut read = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if fits(&line) => return,
                Ok(line) => read.push(line),
                Err(error) => panic!("no line with {what}: {error}; read was {read:#?}"),
            }
        }
    }

    /// Forgets what came so far, so that what is read next is new.
    pub(crate) fn forget(&self) {
        while self.lines.try_recv().is_ok() {}
    }

    /// Reads on until there were such events, in any order; each line is an event in JSON, as a stream has it after `data:`.
    #[track_caller]
    pub(crate) fn until_events(&mut self, mut wanted: Vec<(String, &str)>) {
        let what = format!("{wanted:?}");
        self.until(&what, |line| {
            let event: Value = serde_json::from_str(line.trim_start_matches("data:").trim()).unwrap_or(Value::Null);
            wanted.retain(|(name, action)| event["name"] != name.as_str() || event["action"] != *action);
            wanted.is_empty()
        });
    }

    /// Sends the command a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        send(&self.child, signal);
    }

    /// Waits for the command's own end.
    pub(crate) fn ends(mut self) -> Option<i32> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send(child: &Child, signal: rustix::process::Signal) {
    rustix::process::kill_process(pid_of(child), signal).unwrap();
}

fn pid_of(child: &Child) -> rustix::process::Pid {
    i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether a program is here.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file())
}
