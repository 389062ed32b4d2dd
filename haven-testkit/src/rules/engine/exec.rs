//! Rules of conversations: programs run in a container, and its own program attached to.
//!
//! Whoever ends the input sees the rest of the output; a terminal has a size.

use std::time::Duration;

use haven_core::{
    ErrorKind, Result,
    engine::Terminal,
    model::{ContainerRef, ExecSpec, RestartPolicy, Secret, TerminalSize},
};
use tokio::io::AsyncWriteExt as _;

use super::{AT_ONCE, EngineFixture, collect, read_until, refused};

fn run(command: &[&str]) -> ExecSpec {
    ExecSpec { command: command.iter().map(|&word| word.to_owned()).collect(), ..ExecSpec::default() }
}

async fn exec(on: &EngineFixture, id: &ContainerRef, spec: &ExecSpec) -> Result<Terminal> {
    on.engine.exec(id, spec).await
}

/// Both channels, and how it ended.
pub async fn exec_answers_output_and_code(on: &EngineFixture) {
    let id = on.sleeping().await;
    let terminal = exec(on, &id, &run(&["sh", "-c", "echo out; echo err >&2; exit 4"])).await.unwrap();
    assert_eq!(collect(terminal.output).await, ("out\n".into(), "err\n".into()));
    assert_eq!(terminal.control.exit_code().await.unwrap(), 4);
    let terminal = exec(on, &id, &run(&["sleep", "0.3"])).await.unwrap();
    assert_eq!(terminal.control.exit_code().await.unwrap(), 0, "it waits for the end");
    let size = TerminalSize { width: 10, height: 10 };
    refused(terminal.control.resize(size).await, ErrorKind::Unsupported);
}

/// Input reaches the program byte for byte, and its end leaves the output open.
pub async fn exec_reads_input_to_its_end(on: &EngineFixture) {
    let id = on.sleeping().await;
    let spec = ExecSpec { stdin: true, ..run(&["sh", "-c", "cat; sleep 0.3; echo done"]) };
    let mut terminal = exec(on, &id, &spec).await.unwrap();
    let bytes: Vec<u8> = (0..100_000u32).map(|number| b'a' + u8::try_from(number % 26).unwrap()).collect();
    let (wrote, output) = tokio::join!(
        async {
            terminal.input.write_all(&bytes).await.unwrap();
            terminal.input.shutdown().await.unwrap();
        },
        collect(terminal.output)
    );
    let () = wrote;
    assert_eq!(output.0.len(), bytes.len() + "done\n".len());
    assert!(output.0.starts_with("abcdefgh") && output.0.ends_with("done\n"));
    assert_eq!(terminal.control.exit_code().await.unwrap(), 0);
}

/// A terminal has a size from the start, which can change.
pub async fn exec_has_a_terminal(on: &EngineFixture) {
    let id = on.sleeping().await;
    let size = TerminalSize { width: 100, height: 40 };
    let spec = ExecSpec { stdin: true, tty: true, size: Some(size), ..run(&["sh"]) };
    let mut terminal = exec(on, &id, &spec).await.unwrap();
    // An engine may set the first size a moment after the start.
    tokio::time::sleep(Duration::from_millis(300)).await;
    terminal.input.write_all(b"stty size\n").await.unwrap();
    read_until(&mut terminal.output, "40 100\r\n").await;
    terminal.control.resize(TerminalSize { width: 81, height: 25 }).await.unwrap();
    terminal.input.write_all(b"stty size\n").await.unwrap();
    read_until(&mut terminal.output, "25 81\r\n").await;
    terminal.input.write_all(b"exit 6\n").await.unwrap();
    collect(terminal.output).await;
    assert_eq!(terminal.control.exit_code().await.unwrap(), 6);
}

/// A program that does not exist is an exit code; no command at all is `Invalid`.
pub async fn exec_of_nothing(on: &EngineFixture) {
    let id = on.sleeping().await;
    refused(exec(on, &id, &run(&[])).await, ErrorKind::Invalid);
    let terminal = exec(on, &id, &run(&["no-such-program"])).await.unwrap();
    collect(terminal.output).await;
    let code = terminal.control.exit_code().await.unwrap();
    assert!(matches!(code, 126 | 127), "{code}");
}

/// `Conflict` when the container does not run, `NotFound` when there is none.
pub async fn exec_needs_a_running_container(on: &EngineFixture) {
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    refused(exec(on, &id, &run(&["true"])).await, ErrorKind::Conflict);
    refused(exec(on, &on.missing(), &run(&["true"])).await, ErrorKind::NotFound);
    on.engine.start_container(&id).await.unwrap();
    on.engine.stop_container(&id, &AT_ONCE).await.unwrap();
    refused(exec(on, &id, &run(&["true"])).await, ErrorKind::Conflict);
}

/// The container's environment, and more of its own.
pub async fn exec_has_its_environment(on: &EngineFixture) {
    let mut spec = on.spec(&["sleep", "1000"]);
    spec.env.insert("OUTER".into(), Secret::new("from container"));
    spec.hostname = Some("named-host".into());
    let id = on.started(&spec).await;
    let mut exec_spec = run(&["sh", "-c", "echo \"$OUTER, $INNER\"; hostname"]);
    exec_spec.env.insert("INNER".into(), Secret::new("from exec"));
    let terminal = exec(on, &id, &exec_spec).await.unwrap();
    assert_eq!(collect(terminal.output).await.0, "from container, from exec\nnamed-host\n");
    exec_spec.env.insert("A=B".into(), Secret::new("c"));
    refused(exec(on, &id, &exec_spec).await, ErrorKind::Invalid);
}

/// A program whose output nobody reads any more goes on to its end.
pub async fn an_exec_whose_reader_went_away_goes_on(on: &EngineFixture) {
    let id = on.sleeping().await;
    let terminal = exec(on, &id, &run(&["sh", "-c", "seq 1 100000; seq 1 100000; seq 1 100000; touch /done"])).await;
    let Terminal { mut output, input, control } = terminal.unwrap();
    read_until(&mut output, "1\n").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop((output, input));
    tokio::time::timeout(Duration::from_secs(30), control.exit_code()).await.expect("it ends").unwrap();
    drop(control);
}

/// The program's output from now on, until it ends, and how it ended.
pub async fn attaching(on: &EngineFixture) {
    let id = on.started(&on.script("sleep 1; echo seen; sleep 0.2; exit 5")).await;
    let terminal = on.engine.attach(&id).await.unwrap();
    assert_eq!(collect(terminal.output).await.0, "seen\n");
    assert_eq!(terminal.control.exit_code().await.unwrap(), 5);
}

/// How the run ended that was attached to, also when it is started again.
pub async fn an_attached_program_that_is_started_again_tells_its_own_end(on: &EngineFixture) {
    let first = "until [ -e /go ]; do sleep 0.1; done; touch /again; exit 3";
    let mut spec = on.script(&format!("if [ -e /again ]; then sleep 1000; fi; {first}"));
    spec.restart = RestartPolicy::Always;
    let id = on.started(&spec).await;
    let terminal = on.engine.attach(&id).await.unwrap();
    exec(on, &id, &run(&["touch", "/go"])).await.unwrap().control.exit_code().await.unwrap();
    collect(terminal.output).await;
    on.until(&id, |detail| detail.restart_count == 1 && detail.state.is_running()).await;
    let code = tokio::time::timeout(Duration::from_secs(20), terminal.control.exit_code()).await;
    assert_eq!(code.expect("the first run has ended").unwrap(), 3);
    assert_eq!(terminal.control.exit_code().await.unwrap(), 3, "and tells it again");
}

/// Input that was left open reaches the program, and its end ends what reads it.
pub async fn attaching_to_input(on: &EngineFixture) {
    let mut spec = on.spec(&["cat"]);
    spec.open_stdin = true;
    let id = on.started(&spec).await;
    let mut terminal = on.engine.attach(&id).await.unwrap();
    terminal.input.write_all(b"hello\n").await.unwrap();
    read_until(&mut terminal.output, "hello\n").await;
    terminal.input.shutdown().await.unwrap();
    collect(terminal.output).await;
    assert_eq!(on.engine.wait_container(&id).await.unwrap(), 0);
}

/// `Conflict` when it does not run.
pub async fn attaching_needs_a_running_container(on: &EngineFixture) {
    let id = on.created(&on.spec(&["sleep", "1000"])).await;
    refused(on.engine.attach(&id).await, ErrorKind::Conflict);
}
