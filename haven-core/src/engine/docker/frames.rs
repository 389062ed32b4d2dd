//! Streams of an engine: framed output, and JSON values one after the other. Everything is bounded.

use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use haven_model::{Channel, Error, Output, Result};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;

/// The largest JSON value of a stream, in bytes.
const MAX_VALUE: usize = 1024 * 1024;
/// The largest piece of output handed on at once; a frame may be longer and comes in pieces.
const MAX_PIECE: usize = 64 * 1024;
/// The largest frame: Docker's own are below 64 KiB.
const MAX_FRAME: usize = 1024 * 1024;
/// How much is told of an engine's own failure, in characters.
const MAX_FAILURE: usize = 500;

/// The bytes of a body. A body that breaks off is an error.
pub(super) fn bytes(body: Incoming) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    stream::unfold(Some(body), |body| async move {
        let mut body = body?;
        loop {
            return match body.frame().await? {
                Ok(frame) => match frame.into_data() {
                    Ok(data) if data.is_empty() => continue,
                    Ok(data) => Some((Ok(data), Some(body))),
                    Err(_) => continue,
                },
                Err(error) => Some((Err(Error::unavailable("the engine's stream broke off").caused_by(error)), None)),
            };
        }
    })
}

/// Output of a program: raw with a terminal, in frames of Docker's without one.
pub(super) fn output(
    bytes: impl Stream<Item = Result<Bytes>> + Send + Unpin + 'static,
    tty: bool,
) -> crate::engine::Stream<Output> {
    if tty {
        return bytes.map(|bytes| Ok(Output { channel: Channel::Stdout, bytes: bytes? })).boxed();
    }
    let state = Some((bytes, Decoder::default()));
    stream::unfold(state, |state| async move {
        let (mut bytes, mut decoder) = state?;
        loop {
            match decoder.next() {
                Ok(Some(output)) => return Some((Ok(output), Some((bytes, decoder)))),
                Ok(None) => {}
                Err(error) => return Some((Err(error), None)),
            }
            match bytes.next().await {
                Some(Ok(data)) => decoder.buffer.extend_from_slice(&data),
                Some(Err(error)) => return Some((Err(error), None)),
                None if decoder.is_between_frames() => return None,
                None => return Some((Err(ended_in_the_middle()), None)),
            }
        }
    })
    .boxed()
}

fn ended_in_the_middle() -> Error {
    Error::unavailable("the engine's stream ended in the middle")
}

/// Takes Docker's frames apart: a byte of channel, three zeros, four bytes of length, and that much output. A third
/// channel is for the engine itself: what it says there is why it can tell no more.
#[derive(Debug, Default)]
struct Decoder {
    buffer: BytesMut,
    /// The frame being read, and how much of it is still to come.
    frame: Option<(Channel, usize)>,
    /// The length of a frame in which the engine tells its own failure.
    failure: Option<usize>,
}

impl Decoder {
    fn is_between_frames(&self) -> bool {
        self.buffer.is_empty() && self.frame.is_none() && self.failure.is_none()
    }

    fn next(&mut self) -> Result<Option<Output>> {
        let (channel, left) = loop {
            if let Some(length) = self.failure {
                let Some(text) = self.buffer.get(..length) else { return Ok(None) };
                let text: String = String::from_utf8_lossy(text).trim().chars().take(MAX_FAILURE).collect();
                return Err(Error::unexpected(text));
            }
            if let Some(frame) = self.frame {
                break frame;
            }
            let Some(header) = self.buffer.first_chunk::<8>() else { return Ok(None) };
            let channel = match header[..4] {
                [0 | 1, 0, 0, 0] => Some(Channel::Stdout),
                [2, 0, 0, 0] => Some(Channel::Stderr),
                [3, 0, 0, 0] => None,
                _ => return Err(Error::unexpected("the engine's output is in no frames")),
            };
            let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]) as usize;
            if length > MAX_FRAME {
                return Err(Error::unexpected(format!("a frame of the engine's output has {length} bytes")));
            }
            self.buffer.advance(8);
            match channel {
                Some(channel) => self.frame = (length > 0).then_some((channel, length)),
                None => self.failure = Some(length),
            }
        };
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let piece = self.buffer.split_to(left.min(self.buffer.len()).min(MAX_PIECE)).freeze();
        self.frame = (left > piece.len()).then(|| (channel, left - piece.len()));
        Ok(Some(Output { channel, bytes: piece }))
    }
}

/// JSON values one after the other, with or without line ends between them.
pub(super) fn values<T: DeserializeOwned + Send + 'static>(body: Incoming) -> crate::engine::Stream<T> {
    let state = Some((Box::pin(bytes(body)), BytesMut::new()));
    stream::unfold(state, |state| async move {
        let (mut bytes, mut buffer) = state?;
        loop {
            match take_value(&mut buffer) {
                Ok(Some(value)) => return Some((Ok(value), Some((bytes, buffer)))),
                Ok(None) => {}
                Err(error) => return Some((Err(error), None)),
            }
            match bytes.next().await {
                Some(Ok(data)) => buffer.extend_from_slice(&data),
                Some(Err(error)) => return Some((Err(error), None)),
                None if buffer.is_empty() => return None,
                None => return Some((Err(ended_in_the_middle()), None)),
            }
        }
    })
    .boxed()
}

fn take_value<T: DeserializeOwned>(buffer: &mut BytesMut) -> Result<Option<T>> {
    let mut values = serde_json::Deserializer::from_slice(buffer).into_iter::<T>();
    match values.next() {
        None => {
            buffer.clear();
            Ok(None)
        }
        Some(Ok(value)) => {
            let read = values.byte_offset();
            buffer.advance(read);
            Ok(Some(value))
        }
        Some(Err(error)) if error.is_eof() && buffer.len() <= MAX_VALUE => Ok(None),
        Some(Err(error)) if error.is_eof() => {
            Err(Error::unexpected(format!("a value of the engine's stream has more than {MAX_VALUE} bytes")))
        }
        Some(Err(error)) => Err(Error::unexpected("the engine's stream cannot be read").caused_by(error)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(channel: u8, text: &[u8]) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [&[channel, 0, 0, 0], &length[..], text].concat()
    }

    fn decode(pieces: &[&[u8]]) -> Result<Vec<(Channel, Vec<u8>)>> {
        let mut decoder = Decoder::default();
        let mut out: Vec<(Channel, Vec<u8>)> = Vec::new();
        for piece in pieces {
            decoder.buffer.extend_from_slice(piece);
            while let Some(output) = decoder.next()? {
                match out.last_mut() {
                    Some((channel, text)) if *channel == output.channel => text.extend_from_slice(&output.bytes),
                    _ => out.push((output.channel, output.bytes.to_vec())),
                }
            }
        }
        Ok(out)
    }

    #[test]
    fn what_is_no_frame_is_an_error() {
        assert!(decode(&[b"plain text here"]).is_err());
    }

    #[test]
    fn what_the_engine_says_of_itself_is_the_error() {
        let bytes = [frame(1, b"out"), frame(3, b"cannot read the log\n")].concat();
        let (first, rest) = bytes.split_at(20);
        assert_eq!(decode(&[first]).unwrap(), [(Channel::Stdout, b"out".to_vec())]);
        assert_eq!(decode(&[first, rest]).unwrap_err().message(), "cannot read the log");
    }

    proptest! {
        #[test]
        fn frames_come_out_whole_however_they_are_cut(one in proptest::collection::vec(any::<u8>(), 1..200), two in proptest::collection::vec(any::<u8>(), 1..200), cut in 0_usize..400) {
            let bytes = [frame(1, &one), frame(2, b""), frame(2, &two)].concat();
            let cut = cut.min(bytes.len());
            let out = decode(&[&bytes[..cut], &bytes[cut..]]).unwrap();
            prop_assert_eq!(out, vec![(Channel::Stdout, one), (Channel::Stderr, two)]);
        }

        #[test]
        fn values_come_out_whole_however_they_are_cut(numbers in proptest::collection::vec(any::<u32>(), 1..20), cut in 1_usize..7) {
            let text = numbers.iter().map(|number| format!("[{number}]")).collect::<Vec<_>>().join("\r\n") + "\r\n";
            let mut buffer = BytesMut::new();
            let mut out: Vec<[u32; 1]> = Vec::new();
            for piece in text.as_bytes().chunks(cut) {
                buffer.extend_from_slice(piece);
                while let Some(value) = take_value(&mut buffer).unwrap() {
                    out.push(value);
                }
            }
            prop_assert_eq!(out.into_iter().flatten().collect::<Vec<_>>(), numbers);
        }
    }

    #[test]
    fn a_value_without_end_is_cut() {
        let mut buffer = BytesMut::from(&b"[\""[..]);
        buffer.extend_from_slice(&vec![b'x'; MAX_VALUE]);
        assert!(take_value::<serde_json::Value>(&mut buffer).is_err());
    }
}
