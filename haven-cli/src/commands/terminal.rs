//! This program's own terminal, lent to a program in a container.
//!
//! With a terminal there, ours is put into raw mode and back whatever happens, and its size follows ours. Control-P
//! Control-Q leaves the program running, as with Docker.

use std::io::{self, IsTerminal as _, Write as _};

use futures_util::StreamExt as _;
use haven_core::{
    Error, Haven,
    door::ops::containers::KillContainer,
    engine::Terminal,
    model::{Channel, ContainerRef, NodeName, TerminalSize},
};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::{
    io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

use crate::{
    failure::{Failure, Result},
    show::Show,
};

/// Control-P, Control-Q.
const DETACH: [u8; 2] = [0x10, 0x11];

/// How many signals in a row make us leave at once.
const IMPATIENT: u32 = 3;

/// How a conversation came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The program said all it had to say.
    Ended,
    /// We left; it goes on.
    Detached,
}

/// Refuses a terminal there where there is none here.
pub(crate) fn require_terminal() -> Result {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage("standard input is no terminal", "leave out `-t` when input comes from a pipe or a file"))
}

/// Does `work`, and passes the signals that ask this program to end on to the one in the container, as Docker does. Who
/// asks three times leaves at once.
pub(crate) async fn passing_signals<T>(
    haven: &Haven,
    node: &NodeName,
    container: &ContainerRef,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut work = std::pin::pin!(work);
    let mut times = 0;
    loop {
        let (name, code) = tokio::select! {
            done = &mut work => return done,
            _ = interrupt.recv() => ("SIGINT", 130),
            _ = terminate.recv() => ("SIGTERM", 143),
        };
        times += 1;
        if times == IMPATIENT {
            crate::show::note("left; what runs in the container goes on");
            return Err(Failure::Exit(code));
        }
        let operation =
            KillContainer { node: node.clone(), container: container.clone(), signal: Some(name.to_owned()) };
        let haven = haven.clone();
        // Aside, so that a server that does not answer holds neither the output nor the next signal.
        tokio::spawn(async move {
            if let Err(error) = haven.call(operation).await {
                tracing::debug!(error = error.report(), "a signal was not passed on");
            }
        });
    }
}

/// The size of our terminal.
pub(crate) fn size() -> Option<TerminalSize> {
    let size = tcgetwinsize(io::stdout()).or_else(|_| tcgetwinsize(io::stdin())).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some(TerminalSize { width: size.ws_col, height: size.ws_row })
}

/// Ends like the program: with its exit code.
pub(crate) fn ended(exit_code: i64) -> Result {
    match u8::try_from(exit_code) {
        Ok(0) => Ok(()),
        Ok(code) => Err(Failure::Exit(code)),
        Err(_) => Err(Failure::Exit(255)),
    }
}

/// Our terminal in raw mode, until dropped.
struct Raw(Termios);

impl Raw {
    fn enter() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // There is nobody to tell, and nothing to be done, when our terminal has gone away.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Passes input, output and size on until the program has said everything or we leave.
pub(crate) async fn talk(conversation: Terminal, stdin: bool, tty: bool) -> Result<Left> {
    let Terminal { mut output, input, control } = conversation;
    let raw = if tty && stdin && io::stdin().is_terminal() { Some(Raw::enter()?) } else { None };
    let keys = stdin.then(|| read_stdin(raw.is_some()));
    let mut resized = signal(SignalKind::window_change())?;
    if tty && let Some(size) = size() {
        // The size matters less than the conversation: a program that has ended already cannot be resized.
        let _ = control.resize(size).await;
    }
    // Beside the output: a program that waits until its output is read takes no input meanwhile.
    let mut left = std::pin::pin!(feed(input, keys));
    loop {
        tokio::select! {
            piece = output.next() => match piece {
                Some(piece) => {
                    let piece = piece?;
                    write(piece.channel, &piece.bytes)?;
                }
                None => return Ok(Left::Ended),
            },
            _ = resized.recv(), if tty => {
                if let Some(size) = size() {
                    let _ = control.resize(size).await;
                }
            }
            () = &mut left => return Ok(Left::Detached),
        }
    }
}

enum Key {
    Bytes(Vec<u8>),
    Detach,
}

/// Passes what is typed on to a program. Ends when we leave, and for no other reason: the end of the input, or a program
/// that takes no more, is not the end of what it says.
async fn feed(mut input: impl AsyncWrite + Unpin, keys: Option<mpsc::Receiver<Key>>) {
    if let Some(mut keys) = keys {
        let mut is_taken = true;
        while let Some(key) = keys.recv().await {
            let Key::Bytes(bytes) = key else { return };
            is_taken = is_taken && input.write_all(&bytes).await.is_ok() && input.flush().await.is_ok();
        }
    }
    // Not every engine can half-close; the program then waits for input that never comes, as with Docker.
    let _ = input.shutdown().await;
    std::future::pending::<()>().await;
}

/// Reads standard input in the background. The channel is short, so that a large file waits for the program.
fn read_stdin(raw: bool) -> mpsc::Receiver<Key> {
    let (sender, receiver) = mpsc::channel(16);
    tokio::spawn(async move {
        let mut stdin = tokio::io::stdin();
        let mut buffer = vec![0; 16 * 1024];
        let mut held = false;
        loop {
            let count = match stdin.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(count) => count,
            };
            let mut bytes = Vec::with_capacity(count + 1);
            if raw {
                if detaches(&mut held, &buffer[..count], &mut bytes) {
                    let _ = sender.send(Key::Detach).await;
                    return;
                }
            } else {
                bytes.extend_from_slice(&buffer[..count]);
            }
            if !bytes.is_empty() && sender.send(Key::Bytes(bytes)).await.is_err() {
                return;
            }
        }
    });
    receiver
}

/// Copies keys, holding back the first of the two that leave; answers whether both were pressed.
fn detaches(held: &mut bool, keys: &[u8], copy: &mut Vec<u8>) -> bool {
    for key in keys {
        if std::mem::take(held) {
            if *key == DETACH[1] {
                return true;
            }
            copy.push(DETACH[0]);
        }
        if *key == DETACH[0] {
            *held = true;
        } else {
            copy.push(*key);
        }
    }
    false
}

/// Writes a piece of output where the program wrote it.
pub(crate) fn write(channel: Channel, bytes: &[u8]) -> Result {
    match channel {
        Channel::Stdout => {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            out.flush()?;
        }
        Channel::Stderr => {
            let mut out = io::stderr().lock();
            out.write_all(bytes)?;
            out.flush()?;
        }
    }
    Ok(())
}

/// Asks a question that `y` or `yes` answers; anything else is a no.
pub(crate) fn confirm(question: &str) -> Result<bool> {
    let _ = write!(io::stderr().lock(), "{} [y/N] ", crate::show::printable(question));
    let _ = io::stderr().flush();
    let mut line = String::new();
    io::BufRead::read_line(&mut io::Read::take(io::stdin().lock(), 4096), &mut line)?;
    Ok(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// Asks whether something shall be removed. Refuses where there is nobody to ask; a no ends the program well.
pub(crate) fn confirm_removal(show: Show, what: &str) -> Result {
    if show.json || !io::stdin().is_terminal() {
        return Err(Failure::usage(format!("this would remove {what}"), "say `--yes` when they shall go"));
    }
    if confirm(&format!("Remove {what}?"))? {
        return Ok(());
    }
    show.progress("nothing was removed");
    Err(Failure::Exit(0))
}

/// Reads a password from the terminal without showing it; from a pipe, its first line.
pub(crate) fn read_password(prompt: &str) -> Result<String> {
    let stdin = io::stdin();
    let mut line = String::new();
    if stdin.is_terminal() {
        let before = tcgetattr(&stdin).map_err(io::Error::from)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(rustix::termios::LocalModes::ECHO);
        restored_at_the_end(before.clone())?;
        tcsetattr(&stdin, OptionalActions::Flush, &quiet).map_err(io::Error::from)?;
        let _restore = Raw(before);
        let _ = write!(io::stderr().lock(), "{prompt}");
        let _ = io::stderr().flush();
        stdin.read_line(&mut line)?;
        crate::show::note("");
    } else {
        io::BufRead::read_line(&mut io::Read::take(stdin.lock(), 4096), &mut line)?;
    }
    let password = line.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        return Err(Error::invalid("no password was given").into());
    }
    Ok(password.to_owned())
}

/// Reads a password that shall be one from now on; at a terminal, where nobody sees what is typed, twice.
pub(crate) fn read_new_password() -> Result<String> {
    let password = read_password("New password: ")?;
    if io::stdin().is_terminal() && read_password("The same again: ")? != password {
        return Err(Failure::usage("the two are not the same", "nothing was changed: try again"));
    }
    Ok(password)
}

/// Leaves the terminal as it was also where a signal ends the program.
fn restored_at_the_end(before: Termios) -> io::Result<()> {
    let ended = asked_to_end()?;
    tokio::spawn(async move {
        let code = ended.await;
        drop(Raw(before));
        crate::show::note("");
        std::process::exit(code.into());
    });
    Ok(())
}

/// Waits until this program is asked to end; answers the exit code for that.
pub(crate) fn asked_to_end() -> io::Result<impl Future<Output = u8> + Send> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => 130, _ = terminate.recv() => 143 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_both_keys_in_a_row_leave() {
        let mut copy = Vec::new();
        let mut held = false;
        assert!(!detaches(&mut held, b"a\x10", &mut copy));
        assert!(!detaches(&mut held, b"\x10b\x11", &mut copy));
        assert_eq!(copy, b"a\x10\x10b\x11");
        assert!(!detaches(&mut held, b"\x10", &mut copy));
        assert!(detaches(&mut held, b"\x11", &mut copy));
    }

    #[test]
    fn ends_like_the_program() {
        assert!(ended(0).is_ok());
        assert!(matches!(ended(7), Err(Failure::Exit(7))));
        assert!(matches!(ended(-1), Err(Failure::Exit(255))));
    }
}
