//! Servers that are none of ours: each is told from a fault of the fleet, with advice.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use crate::fleet::{program, text};

/// Answers every request with `answer`, as long as the program runs.
fn stranger(answer: &'static [u8], endless: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 8192]);
            let mut written = stream.write_all(answer);
            while endless && written.is_ok() {
                written = stream.write_all(&[b'x'; 8192]);
            }
        }
    });
    url
}

#[test]
fn a_server_that_is_none_of_ours_is_told_with_advice() {
    let html = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<p/>";
    let no_end = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n";
    let moved = b"HTTP/1.1 302 Found\r\nlocation: https://other.example/\r\nconnection: close\r\n\r\n";
    let newer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n\
                  [{\"name\":\"a\",\"kind\":\"glowing\",\"nodes\":1}]";
    let steering = b"HTTP/1.1 409 Conflict\r\ncontent-type: application/problem+json\r\nconnection: close\r\n\r\n\
                     {\"kind\":\"conflict\",\"detail\":\"\\u001b[2Jgone\"}";
    for (answer, endless, code, expected) in [
        (&html[..], false, 1, "no Haven server answers there"),
        (&no_end[..], true, 1, "no Haven server answers there"),
        (&moved[..], false, 1, "--server https://other.example/"),
        (&newer[..], false, 1, "one of another version"),
        (b"\x15\x03\x01\x00\x02\x02\x16", false, 7, "https://"),
        (&steering[..], false, 4, "\\u{1b}[2Jgone"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let output = program(home.path()).args(["clusters", "--server", &stranger(answer, endless)]).output().unwrap();
        let told = text(&output.stderr);
        assert!(told.contains(expected), "{expected}: {told}");
        assert_eq!(output.status.code(), Some(code), "{told}");
    }
}

#[test]
fn words_that_no_command_takes_are_told_in_short() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = tempfile::tempdir().unwrap();
    let long = "a".repeat(100_000);
    for words in [["inspect", &long], ["clusters", &long], ["ps", &format!("--filter={long}")]] {
        let output = program(home.path()).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stderr.len() < 8192, "{} bytes of error", output.stderr.len());
    }
    let output = program(home.path()).arg("inspect").arg(std::ffi::OsStr::from_bytes(b"\xff")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("UTF-8"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program(home.path()).arg("operations").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("hint: look at where"), "{}", text(&output.stderr));
}
