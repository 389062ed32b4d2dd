//! What simulated programs wrote, kept by the line.
//!
//! A log holds the last [`MAX_BYTES`]; who follows it and falls behind that goes on with the oldest that is left.

use std::{collections::VecDeque, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use haven_model::{Channel, ContainerId, ContainerRef, LogOptions, Output, Result};
use jiff::Timestamp;

use crate::engine::Stream;

use super::{SimEngine, state::State};

/// The most that is kept of one container's output, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// One container's log.
#[derive(Debug, Default)]
pub(super) struct Log {
    lines: VecDeque<Line>,
    /// How many lines were dropped before the first.
    dropped: u64,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Line {
    time: Timestamp,
    channel: Channel,
    bytes: Bytes,
}

impl Log {
    /// Takes output, cut after each line's end. A line that goes on is put together again.
    pub(super) fn push(&mut self, time: Timestamp, output: Output) {
        let Output { channel, mut bytes } = output;
        while !bytes.is_empty() {
            let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
            let piece = bytes.split_to(end);
            self.bytes += piece.len();
            match self.lines.back_mut() {
                Some(last) if last.channel == channel && !last.bytes.ends_with(b"\n") && last.bytes.len() < 16_384 => {
                    last.bytes = [last.bytes.as_ref(), piece.as_ref()].concat().into();
                }
                _ => self.lines.push_back(Line { time, channel, bytes: piece }),
            }
        }
        while self.bytes > MAX_BYTES && self.lines.len() > 1 {
            self.bytes -= self.lines.pop_front().map_or(0, |line| line.bytes.len());
            self.dropped += 1;
        }
    }

    fn end(&self) -> u64 {
        self.dropped + self.lines.len() as u64
    }

    /// Lines from a position on that are complete, or all when nothing more will come.
    fn from(&self, position: u64, all: bool) -> impl Iterator<Item = &Line> {
        let skip = usize::try_from(position.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
        self.lines.iter().skip(skip).take_while(move |line| all || line.bytes.ends_with(b"\n"))
    }
}

fn wanted(line: &Line, options: &LogOptions) -> bool {
    let channel = match line.channel {
        Channel::Stdout => options.stdout,
        Channel::Stderr => options.stderr,
    };
    channel
        && options.since.is_none_or(|since| line.time >= since)
        && options.until.is_none_or(|until| line.time <= until)
}

fn show(line: &Line, options: &LogOptions) -> Output {
    if !options.timestamps {
        return Output { channel: line.channel, bytes: line.bytes.clone() };
    }
    let mut bytes = BytesMut::from(format!("{:.9} ", line.time).as_bytes());
    bytes.extend_from_slice(&line.bytes);
    Output { channel: line.channel, bytes: bytes.freeze() }
}

/// A follower's place in a log.
struct Follower {
    engine: SimEngine,
    id: ContainerId,
    options: Arc<LogOptions>,
    position: u64,
    /// The run that is followed; it ends the stream.
    runs: u64,
}

impl SimEngine {
    pub(super) fn read_log(&self, target: &ContainerRef, options: &LogOptions) -> Result<Stream<Output>> {
        if !options.stdout && !options.stderr {
            return Err(haven_model::Error::invalid("logs of neither standard output nor standard error"));
        }
        let state = self.reach()?;
        let id = state.find(target)?;
        let record = &state.containers[&id];
        let running = record.run.is_some();
        let lines: Vec<&Line> = record.log.from(0, !running).filter(|line| wanted(line, options)).collect();
        let skip = options.tail.map_or(0, |tail| lines.len().saturating_sub(tail as usize));
        let shown: Vec<Result<Output>> = lines[skip..].iter().map(|line| Ok(show(line, options))).collect();
        let position = record.log.dropped + record.log.from(0, !running).count() as u64;
        let past = stream::iter(shown);
        if !options.follow || !running {
            return Ok(past.boxed());
        }
        let options = Arc::new(options.clone());
        let follower = Follower { engine: self.clone(), id, options, position, runs: record.runs };
        drop(state);
        let future = stream::unfold(Some(follower), |follower| async move {
            let mut follower = follower?;
            match follower.next().await {
                Ok(Some(lines)) => Some((stream::iter(lines.into_iter().map(Ok).collect::<Vec<_>>()), Some(follower))),
                Ok(None) => None,
                Err(error) => Some((stream::iter(vec![Err(error)]), None)),
            }
        });
        Ok(past.chain(future.flatten()).boxed())
    }
}

impl Follower {
    /// The lines written since, none when the container stopped.
    async fn next(&mut self) -> Result<Option<Vec<Output>>> {
        let (engine, id, options, runs) = (self.engine.clone(), self.id.clone(), Arc::clone(&self.options), self.runs);
        let position = self.position;
        let answer = engine
            .until(&id, |state: &mut State| {
                let Some(record) = state.containers.get(&id) else { return Ok(Some(None)) };
                let ended = record.runs != runs;
                let from = record.log.from(position, ended);
                let lines: Vec<Output> =
                    from.filter(|line| wanted(line, &options)).map(|line| show(line, &options)).collect();
                let next = record.log.dropped.max(position);
                let next = next + record.log.from(next, ended).count() as u64;
                if next > position {
                    return Ok(Some(Some((lines, next.min(record.log.end())))));
                }
                Ok(ended.then_some(None))
            })
            .await;
        match answer {
            Ok(Some((lines, next))) => {
                self.position = next;
                Ok(Some(lines))
            }
            Ok(None) => Ok(None),
            // The container was removed between two looks: that is the end, too.
            Err(error) if error.kind() == haven_model::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
