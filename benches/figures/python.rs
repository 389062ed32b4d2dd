//! The Python package: a call that only crosses, and lists, on the interpreter that `HAVEN_PYTHON` names.

use std::{
    env,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use haven::engine::{System as _, sim::SimEngine};
use haven_testkit::bed::Bed;
use tokio::runtime::Handle;

use super::ratio::{ROUNDS, print};

const CALLS: u32 = 20_000;

/// What is run in Python: the same call as here, so often, and how long each took.
const CROSSING: &str = "\
import sys, time, haven.blocking
ping, calls = haven.blocking.Engine.simulated().ping, int(sys.argv[1])
ping()
begun = time.perf_counter_ns()
for _ in range(calls):
    ping()
print((time.perf_counter_ns() - begun) // calls)";

/// Prints the figures of the package that is installed for `HAVEN_PYTHON`; says where there is none.
pub fn figures(bed: &Bed) {
    let Some(python) = env::var_os("HAVEN_PYTHON").map(PathBuf::from) else {
        println!("the Python package's figures take `scripts/bench`");
        return;
    };
    crossing(&python);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/haven-py/benches/figures.py");
    let ended = Command::new(&python).arg(script).arg(bed.engine(0).unix_url()).status().expect("Python runs");
    assert!(ended.success(), "{script}: {ended}");
}

fn crossing(python: &PathBuf) {
    let engine = SimEngine::default();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let said = Command::new(python).args(["-c", CROSSING, &CALLS.to_string()]).output().expect("Python runs");
        let said = String::from_utf8_lossy(&said.stdout).trim().parse().expect("a number of nanoseconds");
        let begun = Instant::now();
        for _ in 0..CALLS {
            Handle::current().block_on(engine.ping()).expect("it answers");
        }
        rounds.push((Duration::from_nanos(said), begun.elapsed() / CALLS));
    }
    let mut rust: Vec<_> = rounds.iter().map(|round| round.1).collect();
    rust.sort();
    let most = 2 * rust[ROUNDS / 2] + Duration::from_micros(1);
    print("Python: a call that only crosses / the same in Rust", &rounds, &format!("at most {most:.1?}"));
}
