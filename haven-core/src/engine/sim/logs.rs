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
/// The longest line, in bytes; what goes on after that is a line of its own, as Docker has it.
const MAX_LINE: usize = 16 * 1024;

/// One container's log.
#[derive(Debug, Default)]
pub(super) struct Log {
    lines: VecDeque<Line>,
    /// How many lines were dropped before the first.
    dropped: u64,
    bytes: usize,
    /// The line of each channel that goes on.
    unfinished: Vec<(Channel, Timestamp, BytesMut)>,
}

#[derive(Clone, Debug)]
struct Line {
    time: Timestamp,
    channel: Channel,
    bytes: Bytes,
}

impl Log {
    /// Takes output, cut after each line's end, and a longer line after [`MAX_LINE`]. A line that goes on is kept until
    /// it is whole.
    pub(super) fn push(&mut self, time: Timestamp, output: Output) {
        let Output { channel, mut bytes } = output;
        let going_on = self.unfinished.iter().position(|(of, ..)| *of == channel);
        let (mut began, mut line) =
            going_on.map_or((time, BytesMut::new()), |at| (self.unfinished[at].1, self.unfinished.swap_remove(at).2));
        while !bytes.is_empty() {
            let room = bytes.len().min(MAX_LINE - line.len());
            let end = bytes[..room].iter().position(|b| *b == b'\n').map_or(room, |at| at + 1);
            line.extend_from_slice(&bytes.split_to(end));
            if line.ends_with(b"\n") || line.len() == MAX_LINE {
                self.keep(began, channel, line.split());
                began = time;
            }
        }
        if !line.is_empty() {
            self.unfinished.push((channel, began, line));
        }
    }

    /// Nothing more will come: what goes on ends here.
    pub(super) fn finish(&mut self) {
        for (channel, began, line) in std::mem::take(&mut self.unfinished) {
            self.keep(began, channel, line);
        }
    }

    fn keep(&mut self, time: Timestamp, channel: Channel, line: BytesMut) {
        self.bytes += line.len();
        self.lines.push_back(Line { time, channel, bytes: line.freeze() });
        while self.bytes > MAX_BYTES && self.lines.len() > 1 {
            self.bytes -= self.lines.pop_front().map_or(0, |line| line.bytes.len());
            self.dropped += 1;
        }
    }

    fn end(&self) -> u64 {
        self.dropped + self.lines.len() as u64
    }

    /// Lines from a position on.
    fn from(&self, position: u64) -> impl Iterator<Item = &Line> {
        let skip = usize::try_from(position.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
        self.lines.iter().skip(skip)
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
        let lines: Vec<&Line> = record.log.from(0).filter(|line| wanted(line, options)).collect();
        let skip = options.tail.map_or(0, |tail| lines.len().saturating_sub(tail as usize));
        let shown: Vec<Result<Output>> = lines[skip..].iter().map(|line| Ok(show(line, options))).collect();
        let position = record.log.end();
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
                let from = record.log.from(position);
                let lines: Vec<Output> =
                    from.filter(|line| wanted(line, &options)).map(|line| show(line, &options)).collect();
                let end = record.log.end();
                if end > position {
                    return Ok(Some(Some((lines, end))));
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
