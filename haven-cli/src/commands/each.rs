//! The same done to several things: each is told as it ends, one that fails does not keep the others, and the exit code
//! is that of the worst.

use std::{
    fmt::Display,
    io::{self, IsTerminal as _},
};

use futures_util::{StreamExt as _, stream};
use haven_core::Error;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Context;
use crate::{
    failure::{Failure, Problem, Result, exit_code, worse},
    show::printable,
};

/// How several things are done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Each {
    /// What each of them is: `container`; the key of its name for programs.
    pub(crate) noun: &'static str,
    /// What is done to them, for the bar: `stopping`.
    pub(crate) doing: &'static str,
    /// How many are worked on at the same time.
    pub(crate) at_once: usize,
}

/// What came of several things.
pub(crate) struct Told<'a> {
    context: &'a Context,
    each: Each,
    bar: ProgressBar,
    items: Vec<Value>,
    worst: u8,
}

impl Each {
    /// One after the other.
    pub(crate) fn of(noun: &'static str, doing: &'static str) -> Self {
        Self { noun, doing, at_once: 1 }
    }

    /// Does `act` to each of `things`, and tells what `people` make of the answer.
    pub(crate) async fn run<I: Clone + Display, T: Serialize>(
        self,
        context: &Context,
        things: Vec<I>,
        act: impl AsyncFn(I) -> Result<T>,
        people: impl Fn(&I, &T) -> String,
    ) -> Result {
        let mut told = self.told(context, things.len());
        told.all(things, act, people).await?;
        told.end()
    }

    /// Begins to tell of so many things.
    pub(crate) fn told(self, context: &Context, count: usize) -> Told<'_> {
        Told { context, each: self, bar: bar(context, self.doing, count), items: Vec::new(), worst: 0 }
    }
}

impl Told<'_> {
    /// Does `act` to each of `things`, and tells them in their order.
    pub(crate) async fn all<I: Clone + Display, T: Serialize>(
        &mut self,
        things: Vec<I>,
        act: impl AsyncFn(I) -> Result<T>,
        people: impl Fn(&I, &T) -> String,
    ) -> Result {
        let act = &act;
        let mut ended = stream::iter(things)
            .map(|thing| async move { (thing.clone(), act(thing).await) })
            .buffered(self.each.at_once);
        while let Some((thing, went)) = ended.next().await {
            self.bar.inc(1);
            match went {
                Ok(answer) => self.did(&thing, &answer, || people(&thing, &answer))?,
                Err(Failure::Error(error, hint)) => self.failed(self.each.noun, &thing, &error, hint.as_deref()),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    fn did(&mut self, thing: &impl Display, answer: &impl Serialize, people: impl FnOnce() -> String) -> Result {
        let show = self.context.show;
        if !show.json {
            return self.bar.suspend(|| show.text(&printable(&people())));
        }
        let answer = serde_json::to_value(answer)
            .map_err(|error| Error::unexpected("the answer cannot be written").caused_by(error))?;
        let mut item = Map::from_iter([(self.each.noun.to_owned(), json!(thing.to_string()))]);
        match answer {
            Value::Object(fields) => item.extend(fields),
            _ => drop(item.insert("outcome".to_owned(), json!("done"))),
        }
        self.items.push(Value::Object(item));
        Ok(())
    }

    /// Tells of something that failed, by the key and the name of it.
    pub(crate) fn failed(&mut self, key: &str, thing: &impl Display, error: &Error, hint: Option<&str>) {
        self.bar.suspend(|| self.context.show.error(error, hint));
        self.worst = worse(self.worst, exit_code(error.kind()));
        self.items.push(json!({ key: thing.to_string(), "error": Problem::new(error, hint) }));
    }

    /// Ends with the list for programs, and the exit code of the worst.
    pub(crate) fn end(self) -> Result {
        self.bar.finish_and_clear();
        if self.context.show.json {
            self.context.show.pretty(&self.items)?;
        }
        if self.worst == 0 { Ok(()) } else { Err(Failure::Exit(self.worst)) }
    }
}

/// A bar on a terminal where there is something to wait for.
pub(super) fn bar(context: &Context, doing: &'static str, count: usize) -> ProgressBar {
    if context.show.json || count < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64).with_message(doing);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}
