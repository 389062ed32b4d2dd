//! How large what is handed out is, and how soon it is there: the server's program, and the dashboard in a browser.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use super::ratio::ROUNDS;

/// The password of the servers that are started here.
const PASSWORD: &str = "long-enough-for-a-figure";

/// Prints them for the program that `HAVEN_PROGRAM` names; says where there is none.
pub fn sizes() {
    let Some(program) = env::var_os("HAVEN_PROGRAM").map(PathBuf::from) else {
        println!("sizes and starts take `scripts/bench`");
        return;
    };
    let mut starts: Vec<_> = (0..ROUNDS).map(|_| Server::start(&program).took).collect();
    starts.sort();
    let (middle, least, most) = (starts[ROUNDS / 2], starts[0], starts[ROUNDS - 1]);
    let size = fs::metadata(&program).expect("it is there").len() as f64 / 1e6;
    println!(
        "the server's program: {size:.1} MB; it listens after {middle:.0?} ({least:.0?}–{most:.0?}), its store being new"
    );
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("haven-server/page/dashboard");
    let (raw, brotli) = (kilobytes(&page, |end| end != "br" && end != "gz"), kilobytes(&page, |end| end == "br"));
    println!("the dashboard: {raw:.0} kB, {brotli:.0} kB as a browser fetches it");
    let server = Server::start(&program);
    let url = server.url.replace("://", &format!("://admin:{PASSWORD}@"));
    let ui = concat!(env!("CARGO_MANIFEST_DIR"), "/ui");
    let ended = Command::new("node").args(["tests/start.mjs", &url]).current_dir(ui).status().expect("node runs");
    assert!(ended.success(), "tests/start.mjs: {ended}");
}

/// A server with three simulated nodes. Dropping it ends it.
struct Server {
    process: Child,
    url: String,
    /// How long it took until it said where it listens.
    took: Duration,
    _said: BufReader<ChildStdout>,
    _data: tempfile::TempDir,
}

impl Server {
    fn start(program: &Path) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--simulate", "3", "--log", "error", "--data"]);
        command.arg(data.path()).env("HAVEN_ADMIN_PASSWORD", PASSWORD).stdout(Stdio::piped());
        let begun = Instant::now();
        let mut process = command.spawn().expect("it starts");
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().expect("it is piped"));
        said.read_line(&mut line).expect("it says something");
        let took = begun.elapsed();
        let (_, url) = line.trim_end().split_once("listens on ").expect("it says where it listens");
        Self { process, url: url.to_owned(), took, _said: said, _data: data }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

fn kilobytes(folder: &Path, counts: impl Fn(&str) -> bool + Copy) -> f64 {
    let entries = fs::read_dir(folder).expect("`scripts/dashboard` was run").flatten();
    entries.fold(0.0, |sum, entry| {
        let (path, found) = (entry.path(), entry.metadata().expect("it is there"));
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
        sum + if found.is_dir() {
            kilobytes(&path, counts)
        } else if counts(end) {
            found.len() as f64 / 1e3
        } else {
            0.0
        }
    })
}
