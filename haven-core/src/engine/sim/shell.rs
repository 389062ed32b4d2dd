//! The built-in shell: enough of `sh` for the programs that tests and examples run.
//!
//! It knows lists (`;`, `&&`, `||`, `!`), `while`, `until`, `for`, `if`, `{ }`, quotes, `$NAME`, `$?`, assignments, and
//! redirections to files. It has no pipes, no background jobs, no `$( )` and no arithmetic: those are syntax errors.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use haven_model::Channel;

use super::{
    applets,
    program::Ctx,
    syntax::{self, Node, Part, Redirect, Word},
};

/// The longest text that the words of a command make, and the most that all variables hold.
const MAX_WORDS: usize = 64 * 1024;
const MAX_VARIABLES: usize = 1024 * 1024;

/// Runs a command line to its end.
pub(super) async fn main(ctx: Ctx, argv: Vec<String>) -> i64 {
    let vars = ctx.env.as_ref().clone();
    let mut shell = Shell { ctx, vars, status: 0, depth: 0 };
    match applets::run(&mut shell, &argv, &Sinks::default()).await {
        Flow::Exit(code) => code,
        Flow::Next | Flow::Break | Flow::Continue => shell.status,
    }
}

/// How to go on after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    Exit(i64),
}

/// Where a command writes.
#[derive(Clone, Debug)]
pub(super) enum Sink {
    Channel(Channel),
    File(String),
    Nothing,
}

/// Where a command reads and writes.
#[derive(Clone, Debug)]
pub(super) struct Sinks {
    pub(super) stdout: Sink,
    pub(super) stderr: Sink,
    pub(super) stdin: Option<String>,
}

impl Default for Sinks {
    fn default() -> Self {
        Self { stdout: Sink::Channel(Channel::Stdout), stderr: Sink::Channel(Channel::Stderr), stdin: None }
    }
}

/// How many commands may stand in each other, those of scripts that run scripts included.
const MAX_DEPTH: u32 = 64;

/// A shell that runs.
#[derive(Debug)]
pub(super) struct Shell {
    pub(super) ctx: Ctx,
    pub(super) vars: BTreeMap<String, String>,
    pub(super) status: i64,
    /// How many commands stand in each other now.
    depth: u32,
}

impl Shell {
    /// Runs a script.
    pub(super) async fn script(&mut self, text: &str, sinks: &Sinks) -> Flow {
        let list = match syntax::parse(text) {
            Ok(list) => list,
            Err(why) => {
                self.error(sinks, &format!("sh: syntax error: {why}"));
                self.status = 2;
                return Flow::Exit(2);
            }
        };
        self.list(&list, sinks).await
    }

    pub(super) fn out(&self, sinks: &Sinks, bytes: &[u8]) {
        self.put(&sinks.stdout, bytes);
    }

    pub(super) fn error(&self, sinks: &Sinks, line: &str) {
        self.put(&sinks.stderr, format!("{line}\n").as_bytes());
    }

    fn put(&self, sink: &Sink, bytes: &[u8]) {
        match sink {
            Sink::Channel(channel) => self.ctx.write(*channel, bytes),
            Sink::File(path) => {
                self.ctx.files.append(path, bytes);
            }
            Sink::Nothing => {}
        }
    }

    fn list<'a>(&'a mut self, list: &'a [Node], sinks: &'a Sinks) -> BoxFuture<'a, Flow> {
        Box::pin(async move {
            for node in list {
                let flow = self.node(node, sinks).await;
                if flow != Flow::Next {
                    return flow;
                }
            }
            Flow::Next
        })
    }

    /// Runs one command. Each that stands in another, also through a script that runs a script, takes of the stack.
    fn node<'a>(&'a mut self, node: &'a Node, sinks: &'a Sinks) -> BoxFuture<'a, Flow> {
        Box::pin(async move {
            if self.depth >= MAX_DEPTH {
                self.error(sinks, "sh: too deep");
                self.status = 2;
                return Flow::Exit(2);
            }
            self.depth += 1;
            let flow = self.inner(node, sinks).await;
            self.depth -= 1;
            flow
        })
    }

    fn inner<'a>(&'a mut self, node: &'a Node, sinks: &'a Sinks) -> BoxFuture<'a, Flow> {
        Box::pin(async move {
            match node {
                Node::Simple { assigns, words, redirects } => self.simple(assigns, words, redirects, sinks).await,
                Node::Group(list) => self.list(list, sinks).await,
                Node::Not(inner) => {
                    let flow = self.node(inner, sinks).await;
                    self.status = i64::from(self.status == 0);
                    flow
                }
                Node::Chain { first, rest } => {
                    let mut flow = self.node(first, sinks).await;
                    for (and, node) in rest {
                        if flow == Flow::Next && (self.status == 0) == *and {
                            flow = self.node(node, sinks).await;
                        }
                    }
                    flow
                }
                Node::If { test, then, otherwise } => {
                    let flow = self.list(test, sinks).await;
                    if flow != Flow::Next {
                        return flow;
                    }
                    let holds = self.status == 0;
                    self.status = 0;
                    self.list(if holds { then } else { otherwise }, sinks).await
                }
                Node::Loop { until, test, body } => loop {
                    self.ctx.step().await;
                    let flow = self.list(test, sinks).await;
                    if flow != Flow::Next {
                        return flow;
                    }
                    if (self.status == 0) == *until {
                        self.status = 0;
                        return Flow::Next;
                    }
                    match self.list(body, sinks).await {
                        Flow::Break => return Flow::Next,
                        Flow::Exit(code) => return Flow::Exit(code),
                        Flow::Next | Flow::Continue => {}
                    }
                },
                Node::For { name, words, body } => {
                    let Some(values) = self.expand(words) else { return self.too_long(sinks) };
                    for value in values {
                        self.ctx.step().await;
                        if !self.set(name, value) {
                            return self.too_long(sinks);
                        }
                        match self.list(body, sinks).await {
                            Flow::Break => break,
                            Flow::Exit(code) => return Flow::Exit(code),
                            Flow::Next | Flow::Continue => {}
                        }
                    }
                    Flow::Next
                }
            }
        })
    }

    async fn simple(
        &mut self,
        assigns: &[(String, Word)],
        words: &[Word],
        redirects: &[Redirect],
        outer: &Sinks,
    ) -> Flow {
        self.ctx.step().await;
        for (name, word) in assigns {
            let Some(value) = self.text(word) else { return self.too_long(outer) };
            if !self.set(name, value) {
                return self.too_long(outer);
            }
        }
        let Some(argv) = self.expand(words) else { return self.too_long(outer) };
        let mut sinks = outer.clone();
        for redirect in redirects {
            match redirect {
                Redirect::Both => sinks.stderr = sinks.stdout.clone(),
                Redirect::ToStderr => sinks.stdout = sinks.stderr.clone(),
                Redirect::Input(word) => match self.text(word) {
                    Some(path) => sinks.stdin = Some(path),
                    None => return self.too_long(outer),
                },
                Redirect::Output { stderr, append, word } => {
                    let Some(path) = self.text(word) else { return self.too_long(outer) };
                    let sink = if path == "/dev/null" {
                        Sink::Nothing
                    } else {
                        if !append {
                            self.ctx.files.remove(&path);
                        }
                        self.ctx.files.append(&path, b"");
                        Sink::File(path)
                    };
                    *(if *stderr { &mut sinks.stderr } else { &mut sinks.stdout }) = sink;
                }
            }
        }
        let mut flow = Flow::Next;
        if argv.is_empty() {
            self.status = 0;
        } else {
            flow = applets::run(self, &argv, &sinks).await;
        }
        while flow == Flow::Next
            && let Some(script) = self.ctx.trapped()
        {
            flow = Box::pin(self.script(&script, outer)).await;
        }
        flow
    }

    /// What words say; one that is a bare variable falls into its words. None where it is more than [`MAX_WORDS`].
    fn expand(&self, words: &[Word]) -> Option<Vec<String>> {
        let (mut expanded, mut bytes) = (Vec::new(), 0);
        for word in words {
            let text = self.text(word)?;
            bytes += text.len();
            if bytes > MAX_WORDS {
                return None;
            }
            match word.as_slice() {
                [Part::Variable { quoted: false, .. }] => expanded.extend(text.split_whitespace().map(str::to_owned)),
                _ => expanded.push(text),
            }
        }
        Some(expanded)
    }

    /// What one word says.
    fn text(&self, word: &Word) -> Option<String> {
        let mut text = String::new();
        for part in word {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Variable { name, .. } => text.push_str(&self.value(name)),
            }
            if text.len() > MAX_WORDS {
                return None;
            }
        }
        Some(text)
    }

    /// Sets a variable; false when all of them would hold more than [`MAX_VARIABLES`].
    pub(super) fn set(&mut self, name: &str, value: String) -> bool {
        let others = self.vars.iter().filter(|(other, _)| *other != name);
        let used: usize = others.map(|(name, value)| name.len() + value.len()).sum();
        let fits = used + name.len() + value.len() <= MAX_VARIABLES;
        if fits {
            self.vars.insert(name.to_owned(), value);
        }
        fits
    }

    /// The end of a script that makes more text than there is room for.
    pub(super) fn too_long(&self, sinks: &Sinks) -> Flow {
        self.error(sinks, "sh: out of memory");
        Flow::Exit(2)
    }

    fn value(&self, name: &str) -> String {
        match name {
            "?" => self.status.to_string(),
            "$" => "1".to_owned(),
            name => self.vars.get(name).cloned().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::engine::sim::program::{Files, Process, Program, Progress};

    /// What a program does until it waits for the first time.
    fn begun(argv: &[&str], files: &Files, env: &[(&str, &str)]) -> Progress {
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let ctx = Ctx::new(files.clone(), env, "h", Arc::from([]), false, false, None);
        let argv = argv.iter().map(|&word| word.to_owned()).collect();
        Process::new(ctx, Program::Builtin, argv, 1).poll(Duration::ZERO)
    }

    fn ended(script: &str) -> Option<i64> {
        begun(&["sh", "-c", script], &Files::default(), &[]).exit
    }

    #[test]
    fn a_loop_without_a_command_is_no_script_and_one_without_a_rest_waits() {
        for script in ["while true; do done", "while do true; done", "for a in b; do done", "if true; then fi", "{ }"] {
            assert_eq!(ended(script), Some(2), "{script}");
        }
        for script in ["while true; do :; done", "until false; do :; done"] {
            assert_eq!(ended(script), None, "{script}");
        }
    }

    #[test]
    fn a_command_of_any_length_ends() {
        assert_eq!(ended(&format!(":{}", "&&:".repeat(900))), Some(0));
        assert_eq!(ended(&format!("false{}", "||false".repeat(900))), Some(1));
        assert_eq!(ended("false || true && false || exit 5"), Some(5));
        assert_eq!(ended(&format!("true && {}", ":&&".repeat(20_000) + ":")), None, "it rests in between");
        assert_eq!(ended(&format!("{}exit 4", "exec ".repeat(12_000))), Some(4));
        assert_eq!(ended(&format!("test {}a", "! ".repeat(30_001))), Some(1));
    }

    #[test]
    fn a_command_of_any_depth_ends() {
        for (begin, end) in
            [("{ ", "; }"), ("{ :&& ", "; }"), ("if :&& ", "; then :; fi"), ("for i in 1; do :&& ", "; done")]
        {
            let deep = format!("{}sh -c \"$DEEP\"{}", begin.repeat(30), end.repeat(30));
            let env = [("DEEP", deep.as_str())];
            // A thread of a runtime has two megabytes.
            let deepest = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
            std::thread::scope(|scope| {
                let run = deepest.spawn_scoped(scope, || begun(&["sh", "-c", &deep], &Files::default(), &env).exit);
                assert!(run.unwrap().join().unwrap().is_some(), "{begin}");
            });
        }
    }

    #[test]
    fn texts_without_end_are_out_of_memory() {
        for script in ["a=x; while :; do a=$a$a; done", "a=x; for b in 1 2 3 4 5 6 7 8 9 10; do a=\"$a$a$a$a\"; done"] {
            assert_eq!(ended(script), Some(2), "{script}");
        }
        let words = format!("a={}; echo {}", "x".repeat(30_000), "$a ".repeat(10_000));
        assert_eq!(ended(&words), Some(2));
    }

    #[test]
    fn output_that_nobody_takes_is_waited_with() {
        let files = Files::default();
        assert!(files.append("/big", &vec![b'x'; 900_000]));
        for script in ["while :; do cat /big; done".to_owned(), format!("cat {}", "/big ".repeat(1_000))] {
            let progress = begun(&["sh", "-c", &script], &files, &[]);
            let bytes: usize = progress.output.iter().map(|output| output.bytes.len()).sum();
            assert!(progress.exit.is_none() && bytes < 3_000_000, "{bytes} bytes at once");
        }
    }
}
