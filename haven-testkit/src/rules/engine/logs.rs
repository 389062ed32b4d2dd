//! Rules of logs: what programs wrote, whole or in part, as it was or as it comes.
//!
//! The order of lines is promised per channel.

use std::time::Duration;

use haven_core::model::{ExecSpec, LogOptions};
use jiff::{SignedDuration, Timestamp};

use super::{EngineFixture, collect, read_until};

/// Both channels are kept apart, and either can be left out.
pub async fn logs_keep_both_channels(on: &EngineFixture) {
    let id = on.started(&on.script("echo one; echo two; echo oops >&2")).await;
    on.engine.wait_container(&id).await.unwrap();
    let read = async |options: LogOptions| collect(on.engine.logs(&id, &options).await.unwrap()).await;
    assert_eq!(read(LogOptions::default()).await, ("one\ntwo\n".into(), "oops\n".into()));
    assert_eq!(read(LogOptions { stderr: false, ..Default::default() }).await, ("one\ntwo\n".into(), String::new()));
    assert_eq!(read(LogOptions { stdout: false, ..Default::default() }).await, (String::new(), "oops\n".into()));
}

/// Only the last lines, or only those since or until a time.
pub async fn logs_can_be_cut(on: &EngineFixture) {
    let id = on.started(&on.script("seq 1 9; sleep 2.2; echo late")).await;
    on.engine.wait_container(&id).await.unwrap();
    let read = async |options: LogOptions| collect(on.engine.logs(&id, &options).await.unwrap()).await.0;
    assert_eq!(read(LogOptions { tail: Some(2), ..Default::default() }).await, "9\nlate\n");
    assert_eq!(read(LogOptions { tail: Some(0), ..Default::default() }).await, "");
    assert_eq!(read(LogOptions { tail: Some(100), ..Default::default() }).await.lines().count(), 10);
    let times = times(&read(LogOptions { timestamps: true, ..Default::default() }).await);
    let between = times[9] - SignedDuration::from_secs(1);
    assert_eq!(read(LogOptions { since: Some(between), ..Default::default() }).await, "late\n");
    assert_eq!(read(LogOptions { until: Some(between), ..Default::default() }).await.lines().count(), 9);
}

/// Following goes on with what is written, and ends when the container stops.
pub async fn logs_can_be_followed(on: &EngineFixture) {
    let id = on.started(&on.script("echo first; sleep 1; echo second; sleep 0.3")).await;
    let options = LogOptions { follow: true, ..Default::default() };
    let mut lines = on.engine.logs(&id, &options).await.unwrap();
    read_until(&mut lines, "first\n").await;
    let rest = tokio::time::timeout(Duration::from_secs(20), collect(lines)).await.expect("it ends with the container");
    assert_eq!(rest.0, "second\n");
    let whole = collect(on.engine.logs(&id, &options).await.unwrap()).await;
    assert_eq!(whole.0, "first\nsecond\n", "of one that does not run it is the whole, and ends");
}

/// Each line begins with its time, to the nanosecond and in order.
pub async fn logs_have_times(on: &EngineFixture) {
    let before = on.engine.info().await.map(|_| Timestamp::now()).unwrap();
    let id = on.started(&on.script("echo a; sleep 0.2; echo b")).await;
    on.engine.wait_container(&id).await.unwrap();
    let options = LogOptions { timestamps: true, ..Default::default() };
    let (text, _) = collect(on.engine.logs(&id, &options).await.unwrap()).await;
    let times = times(&text);
    assert!(times.len() == 2 && times[1] > times[0], "{text}");
    assert!(times[0].duration_since(before).abs() < SignedDuration::from_mins(5), "{text}");
    assert!(text.lines().next().unwrap().ends_with(" a"));
}

/// A line that is not finished keeps no other from being read, and is read when the program has ended.
pub async fn an_unfinished_line_hides_no_other(on: &EngineFixture) {
    let id = on.started(&on.script("printf begun; echo seen >&2; until [ -e /go ]; do sleep 0.1; done")).await;
    let options = LogOptions { follow: true, ..Default::default() };
    let mut lines = on.engine.logs(&id, &options).await.unwrap();
    let seen = tokio::time::timeout(Duration::from_secs(20), read_until(&mut lines, "seen\n")).await;
    assert_eq!(seen.expect("the other channel goes on"), "seen\n");
    let go = ExecSpec { command: ["touch", "/go"].map(str::to_owned).into(), ..ExecSpec::default() };
    on.engine.exec(&id, &go).await.unwrap().control.exit_code().await.unwrap();
    // Docker may tell who follows of the end only.
    collect(lines).await;
    assert_eq!(collect(on.engine.logs(&id, &LogOptions::default()).await.unwrap()).await.0, "begun");
}

/// With a terminal everything is one channel, and lines end as terminals end them.
pub async fn a_terminal_has_one_channel(on: &EngineFixture) {
    let mut spec = on.script("echo out; echo err >&2");
    spec.tty = true;
    let id = on.started(&spec).await;
    on.engine.wait_container(&id).await.unwrap();
    let (stdout, stderr) = collect(on.engine.logs(&id, &LogOptions::default()).await.unwrap()).await;
    assert_eq!((stdout.as_str(), stderr.as_str()), ("out\r\nerr\r\n", ""));
}

fn times(text: &str) -> Vec<Timestamp> {
    let time = |line: &str| line.split_once(' ').unwrap().0.parse().unwrap();
    text.lines().map(time).collect()
}
