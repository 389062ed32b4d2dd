//! Server-sent events, read bit by bit and within bounds.

use bytes::{Buf as _, BytesMut};
use haven_model::{Error, Result};

/// The largest event, in bytes.
const MAX_EVENT: usize = 16 * 1024 * 1024;

/// One event, or only where the next one will stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// Its type; empty for the usual one.
    pub(super) event: String,
    /// Its text; empty where there is no event yet.
    pub(super) data: String,
    /// Where it stands, where it says so.
    pub(super) id: Option<String>,
}

/// Makes events of bytes.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    buffer: BytesMut,
    /// How much of the buffer is known to hold no end of line.
    searched: usize,
    message: Message,
    has_data: bool,
}

impl Decoder {
    /// Takes further bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next event, if it is there in full. `Unexpected` for one that is too large or no UTF-8.
    pub(super) fn next(&mut self) -> Result<Option<Message>> {
        loop {
            let Some(length) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                refuse_beyond(self.buffer.len())?;
                return Ok(None);
            };
            let mut line = self.buffer.split_to(self.searched + length);
            self.buffer.advance(1);
            self.searched = 0;
            if line.last() == Some(&b'\r') {
                line.truncate(line.len() - 1);
            }
            if line.is_empty() {
                let (message, has_data) = (std::mem::take(&mut self.message), std::mem::take(&mut self.has_data));
                if has_data || message.id.is_some() {
                    return Ok(Some(message));
                }
                continue;
            }
            refuse_beyond(self.message.data.len() + line.len())?;
            let line = std::str::from_utf8(&line)
                .map_err(|error| Error::unexpected("an event of the server is no UTF-8").caused_by(error))?;
            self.take(line);
        }
    }

    fn take(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.message.data.push('\n');
                }
                self.message.data.push_str(value);
            }
            "event" => value.clone_into(&mut self.message.event),
            "id" => self.message.id = Some(value.to_owned()),
            // Comments, and what a later version may say.
            _ => {}
        }
    }
}

fn refuse_beyond(length: usize) -> Result<()> {
    if length > MAX_EVENT {
        return Err(Error::unexpected(format!("an event of the server is larger than {MAX_EVENT} bytes")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(decoder: &mut Decoder) -> Vec<Message> {
        std::iter::from_fn(|| decoder.next().unwrap()).collect()
    }

    fn message(event: &str, data: &str, id: Option<&str>) -> Message {
        Message { event: event.into(), data: data.into(), id: id.map(Into::into) }
    }

    const STREAM: &[u8] = b":\n\nid: a\ndata: {\"x\":1}\n\n: still here\n\nevent: error\r\ndata: 1\r\ndata:2\r\n\r\nid: lone\n\ndata: cut";

    #[test]
    fn reads_what_the_server_writes_and_passes_over_what_says_nothing() {
        let mut decoder = Decoder::default();
        decoder.push(STREAM);
        let read = all(&mut decoder);
        let lone = message("", "", Some("lone"));
        assert_eq!(read, [message("", "{\"x\":1}", Some("a")), message("error", "1\n2", None), lone]);
    }

    #[test]
    fn refuses_an_event_without_end() {
        let mut decoder = Decoder::default();
        decoder.push(&vec![b'x'; MAX_EVENT + 1]);
        assert!(decoder.next().is_err());
    }

    proptest! {
        #[test]
        fn it_is_all_the_same_how_the_bytes_are_cut(cuts in proptest::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.push(STREAM.len());
            cuts.sort_unstable();
            let (mut decoder, mut found, mut from) = (Decoder::default(), Vec::new(), 0);
            for cut in cuts {
                decoder.push(&STREAM[from..cut]);
                found.extend(all(&mut decoder));
                from = cut;
            }
            prop_assert_eq!(found.len(), 3);
        }
    }
}
