//! How large what is handed out is, and how soon it is there: the server's program and the dashboard's first page.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::ratio::ROUNDS;

/// Prints them for the program that `HAVEN_PROGRAM` names; says where there is none.
pub fn sizes() {
    let Some(program) = env::var_os("HAVEN_PROGRAM").map(PathBuf::from) else {
        println!("sizes take `scripts/bench`");
        return;
    };
    let mut starts: Vec<_> = (0..ROUNDS).map(|_| start(&program)).collect();
    starts.sort();
    let (middle, least, most) = (starts[ROUNDS / 2], starts[0], starts[ROUNDS - 1]);
    let size = fs::metadata(&program).expect("it is there").len() as f64 / 1e6;
    println!(
        "the server's program: {size:.1} MB; it listens after {middle:.0?} ({least:.0?}–{most:.0?}) with a new redb store"
    );
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("haven-server/page/dashboard");
    println!(
        "the dashboard: {:.0} kB, {:.0} kB by brotli",
        kilobytes(&page, |end| end != "br" && end != "gz"),
        kilobytes(&page, |end| end == "br")
    );
}

/// From the start of a server until it says where it listens.
fn start(program: &Path) -> Duration {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(program);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--no-manage-local", "--log", "error", "--data"])
        .arg(data.path());
    command.env("HAVEN_ADMIN_PASSWORD", "a password that is long").stdout(Stdio::piped());
    let begun = Instant::now();
    let mut server = command.spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("it is piped")).read_line(&mut line).expect("it says something");
    let took = begun.elapsed();
    assert!(line.contains("listens on"), "{line}");
    let _ = server.kill().and_then(|()| server.wait());
    took
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
