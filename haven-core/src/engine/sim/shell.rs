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

/// A shell that runs.
#[derive(Debug)]
pub(super) struct Shell {
    pub(super) ctx: Ctx,
    pub(super) vars: BTreeMap<String, String>,
    pub(super) status: i64,
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
        if self.depth >= 16 {
            self.error(sinks, "sh: too deep");
            return Flow::Exit(2);
        }
        self.depth += 1;
        let flow = self.list(&list, sinks).await;
        self.depth -= 1;
        flow
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

    fn node<'a>(&'a mut self, node: &'a Node, sinks: &'a Sinks) -> BoxFuture<'a, Flow> {
        Box::pin(async move {
            match node {
                Node::Simple { assigns, words, redirects } => self.simple(assigns, words, redirects, sinks).await,
                Node::Group(list) => self.list(list, sinks).await,
                Node::Not(inner) => {
                    let flow = self.node(inner, sinks).await;
                    self.status = i64::from(self.status == 0);
                    flow
                }
                Node::And(first, second) | Node::Or(first, second) => {
                    let flow = self.node(first, sinks).await;
                    let goes_on = (self.status == 0) == matches!(node, Node::And(..));
                    if flow == Flow::Next && goes_on { self.node(second, sinks).await } else { flow }
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
                    let values: Vec<String> = words.iter().flat_map(|word| self.expand(word)).collect();
                    for value in values {
                        self.vars.insert(name.clone(), value);
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
            let value = self.expand(word).join(" ");
            self.vars.insert(name.clone(), value);
        }
        let argv: Vec<String> = words.iter().flat_map(|word| self.expand(word)).collect();
        let mut sinks = outer.clone();
        for redirect in redirects {
            match redirect {
                Redirect::Both => sinks.stderr = sinks.stdout.clone(),
                Redirect::ToStderr => sinks.stdout = sinks.stderr.clone(),
                Redirect::Input(word) => sinks.stdin = Some(self.expand(word).join(" ")),
                Redirect::Output { stderr, append, word } => {
                    let path = self.expand(word).join(" ");
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

    /// A word's text; one that is a bare variable falls into its words.
    fn expand(&self, word: &Word) -> Vec<String> {
        if let [Part::Variable { name, quoted: false }] = word.as_slice() {
            return self.value(name).split_whitespace().map(str::to_owned).collect();
        }
        let mut text = String::new();
        for part in word {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Variable { name, .. } => text.push_str(&self.value(name)),
            }
        }
        vec![text]
    }

    fn value(&self, name: &str) -> String {
        match name {
            "?" => self.status.to_string(),
            "$" => "1".to_owned(),
            name => self.vars.get(name).cloned().unwrap_or_default(),
        }
    }
}
