//! The built-in programs, in the manner of busybox.
//!
//! Each does what it says on a simulated container: its few files, its environment, its terminal. They are in every
//! image; an image can have more programs of its own, see [`SimImage::programs`](super::SimImage).

use std::time::Duration;

use haven_model::Channel;

use super::{
    program::{Program, seconds},
    shell::{Flow, Shell, Sinks},
    signal,
};

const NAMES: [&str; 31] = [
    ":", "[", "ash", "break", "cat", "continue", "echo", "env", "exec", "exit", "export", "false", "hostname", "httpd",
    "id", "ls", "nc", "printf", "ps", "pwd", "read", "rm", "seq", "sh", "sleep", "stty", "tail", "test", "touch",
    "true", "wget",
];
/// What only a shell knows: no program of this name can be started from outside.
const SHELL_ONLY: [&str; 8] = [":", "break", "continue", "exec", "exit", "export", "read", "trap"];
const MAX_SEQUENCE: i64 = 100_000;

/// Whether a program of this name, or path, can be started.
pub(super) fn find(program: &str) -> Option<Program> {
    let name = base(program)?;
    (NAMES.contains(&name) && !SHELL_ONLY.contains(&name)).then_some(Program::Builtin)
}

/// The name of a program given by name or by a path that programs are at.
fn base(program: &str) -> Option<&str> {
    match program.rsplit_once('/') {
        None => Some(program),
        Some(("/bin" | "/sbin" | "/usr/bin" | "/usr/sbin", name)) => Some(name),
        Some(_) => None,
    }
}

/// Runs one command.
pub(super) async fn run(shell: &mut Shell, argv: &[String], sinks: &Sinks) -> Flow {
    let replaces = argv.iter().take_while(|word| base(word) == Some("exec")).count();
    if replaces > 0 {
        let flow = Box::pin(run(shell, &argv[replaces..], sinks)).await;
        return if flow == Flow::Next { Flow::Exit(shell.status) } else { flow };
    }
    let Some((program, args)) = argv.split_first() else { return Flow::Next };
    let name = base(program).unwrap_or(program);
    let arg = |at: usize| args.get(at).map(String::as_str);
    let mut status = 0;
    match name {
        ":" | "true" | "export" | "nc" | "wget" => {}
        "false" => status = 1,
        "break" => return Flow::Break,
        "continue" => return Flow::Continue,
        "exit" => {
            return Flow::Exit(arg(0).map_or(shell.status, |code| code.parse::<i64>().map_or(2, |code| code & 255)));
        }
        "trap" => status = trap(shell, args),
        "echo" => {
            let (words, end) = if arg(0) == Some("-n") { (&args[1..], "") } else { (args, "\n") };
            shell.out(sinks, format!("{}{end}", words.join(" ")).as_bytes());
        }
        "printf" => shell.out(sinks, arg(0).unwrap_or_default().replace("\\n", "\n").replace("\\t", "\t").as_bytes()),
        "sleep" => match arg(0) {
            Some("infinity" | "inf") => shell.ctx.sleep(Duration::MAX).await,
            text => match text.and_then(duration) {
                Some(duration) => shell.ctx.sleep(duration).await,
                None => {
                    status = complain(shell, sinks, &format!("sleep: invalid number '{}'", text.unwrap_or_default()));
                }
            },
        },
        "cat" => status = cat(shell, args, sinks).await,
        "tail" if !args.iter().any(|arg| arg.starts_with("-f") || arg == "-F") => status = 1,
        "tail" | "httpd" => shell.ctx.sleep(Duration::MAX).await,
        "read" => {
            let line = shell.ctx.read(true).await;
            status = i64::from(!line.ends_with(b"\n"));
            let text = String::from_utf8_lossy(&line).trim_end_matches('\n').to_owned();
            if !shell.set(arg(0).unwrap_or("REPLY"), text) {
                return shell.too_long(sinks);
            }
        }
        "env" => {
            for (key, value) in shell.ctx.env.iter() {
                shell.out(sinks, format!("{key}={value}\n").as_bytes());
            }
        }
        "hostname" => shell.out(sinks, format!("{}\n", shell.ctx.hostname).as_bytes()),
        "id" => shell.out(sinks, b"uid=0(root) gid=0(root)\n"),
        "pwd" => shell.out(sinks, b"/\n"),
        "ps" => shell.out(sinks, b"PID   USER     TIME  COMMAND\n"),
        "ls" => {
            for name in shell.ctx.files.names() {
                shell.out(sinks, format!("{name}\n").as_bytes());
            }
        }
        "seq" => status = sequence(shell, args, sinks).await,
        "stty" => match (arg(0), shell.ctx.size()) {
            (Some("size"), Some((width, height))) => shell.out(sinks, format!("{height} {width}\n").as_bytes()),
            (_, Some(_)) => {}
            (_, None) => status = complain(shell, sinks, "stty: standard input: Not a tty"),
        },
        "test" | "[" => status = i64::from(!test(shell, args)),
        "touch" => {
            if !args.iter().all(|path| shell.ctx.files.append(path, b"")) {
                status = complain(shell, sinks, "touch: No space left on device");
            }
        }
        "rm" => {
            let force = args.iter().any(|arg| arg.starts_with('-') && arg.contains('f'));
            for path in args.iter().filter(|arg| !arg.starts_with('-')) {
                if !shell.ctx.files.remove(path) && !force {
                    status = complain(shell, sinks, &format!("rm: can't remove '{path}': No such file or directory"));
                }
            }
        }
        "sh" | "ash" => return sh(shell, args, sinks).await,
        _ if shell.ctx.programs.iter().any(|known| known == program) => {}
        _ => {
            shell.error(sinks, &format!("sh: {program}: not found"));
            status = 127;
        }
    }
    shell.status = status;
    Flow::Next
}

fn complain(shell: &Shell, sinks: &Sinks, line: &str) -> i64 {
    shell.error(sinks, line);
    1
}

/// Seconds, or minutes, hours and days with `m`, `h`, `d`.
fn duration(text: &str) -> Option<Duration> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return seconds(text),
    };
    seconds(&text[..text.len() - 1]).map(|count| count.saturating_mul(unit))
}

fn trap(shell: &Shell, args: &[String]) -> i64 {
    let Some((script, signals)) = args.split_first() else { return 0 };
    for name in signals {
        match signal::parse(name) {
            Ok(number) => shell.ctx.trap(number, script),
            Err(_) if name == "EXIT" || name == "0" => {}
            Err(_) => return 1,
        }
    }
    0
}

async fn cat(shell: &Shell, args: &[String], sinks: &Sinks) -> i64 {
    let named = args.iter().filter(|arg| *arg != "-").chain(&sinks.stdin);
    let mut status = 0;
    let mut any = false;
    for path in named {
        any = true;
        shell.ctx.step().await;
        match shell.ctx.files.get(path) {
            Some(content) => shell.out(sinks, &content),
            None if path == "/dev/null" => {}
            None => status = complain(shell, sinks, &format!("cat: can't open '{path}': No such file or directory")),
        }
    }
    if !any {
        loop {
            let bytes = shell.ctx.read(shell.ctx.is_tty()).await;
            if bytes.is_empty() {
                break;
            }
            shell.out(sinks, &bytes);
        }
    }
    status
}

async fn sequence(shell: &Shell, args: &[String], sinks: &Sinks) -> i64 {
    let numbers: Option<Vec<i64>> = args.iter().map(|arg| arg.parse().ok()).collect();
    let (first, last) = match numbers.as_deref() {
        Some([last]) => (1, *last),
        Some([first, last]) => (*first, *last),
        _ => return complain(shell, sinks, "seq: invalid number"),
    };
    for number in first..=last.min(first.saturating_add(MAX_SEQUENCE)) {
        shell.ctx.step().await;
        shell.out(sinks, format!("{number}\n").as_bytes());
    }
    0
}

fn test(shell: &Shell, args: &[String]) -> bool {
    let args: Vec<&str> = args.iter().map(String::as_str).filter(|arg| *arg != "]").collect();
    let negations = args.iter().take_while(|arg| **arg == "!").count();
    let holds = match &args[negations..] {
        ["-e" | "-f", path] => shell.ctx.files.get(path).is_some(),
        ["-s", path] => shell.ctx.files.get(path).is_some_and(|content| !content.is_empty()),
        ["-n", text] | [text] => !text.is_empty(),
        ["-z", text] => text.is_empty(),
        ["-t", _] => shell.ctx.is_tty(),
        [a, "=" | "==", b] => a == b,
        [a, "!=", b] => a != b,
        [a, op, b] => match (a.parse::<i64>(), b.parse::<i64>(), *op) {
            (Ok(a), Ok(b), "-eq") => a == b,
            (Ok(a), Ok(b), "-ne") => a != b,
            (Ok(a), Ok(b), "-lt") => a < b,
            (Ok(a), Ok(b), "-gt") => a > b,
            (Ok(a), Ok(b), "-le") => a <= b,
            (Ok(a), Ok(b), "-ge") => a >= b,
            _ => false,
        },
        _ => false,
    };
    holds == negations.is_multiple_of(2)
}

async fn sh(shell: &mut Shell, args: &[String], sinks: &Sinks) -> Flow {
    if args.first().is_some_and(|arg| arg == "-c") {
        let Some(script) = args.get(1) else {
            shell.status = complain(shell, sinks, "sh: -c requires an argument") + 1;
            return Flow::Next;
        };
        if let Flow::Exit(code) = Box::pin(shell.script(script, sinks)).await {
            shell.status = code;
        }
        return Flow::Next;
    }
    let prompt = shell.ctx.is_tty();
    loop {
        if prompt {
            shell.ctx.write(Channel::Stdout, b"/ # ");
        }
        let line = shell.ctx.read(true).await;
        if line.is_empty() {
            return Flow::Next;
        }
        let flow = Box::pin(shell.script(&String::from_utf8_lossy(&line), sinks)).await;
        // A wrong line ends a script, not a conversation.
        if let Flow::Exit(code) = flow {
            shell.status = code;
            if !(prompt && code == 2) {
                return Flow::Next;
            }
        }
    }
}
