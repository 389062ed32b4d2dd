//! The package's classes, exceptions and methods.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;

use crate::schema::{Answers, Choice, Class, Field, Kind, Model, Operation};

const HEAD: &str = "Generated from the door's table: `HAVEN_BLESS=1 cargo test -p haven-py`.";

/// What the nouns of the table are.
const NOUNS: &[(&str, &str)] = &[
    ("audit", "Who did what."),
    ("clusters", "Machines managed as one."),
    ("containers", "The containers of the fleet."),
    ("events", "What happened in the fleet."),
    ("images", "The images of the fleet."),
    ("invitations", "Tokens that let machines join."),
    ("networks", "The networks of the fleet."),
    ("nodes", "The machines of the fleet."),
    ("plans", "What shall happen to many containers, as data: made, looked at, applied, taken back."),
    ("sessions", "Signing in and out."),
    ("source", "Where containers are configured from."),
    ("system", "Haven itself."),
    ("top", "What uses most."),
    ("users", "Who may sign in."),
    ("volumes", "The volumes of the fleet."),
];

/// The blocking twin of a module: the same text without what waits.
pub(crate) fn blocking(name: &str, text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [
        ("async def ", "def "),
        ("async for ", "for "),
        ("async with", "with"),
        ("await ", ""),
        ("__aiter__", "__iter__"),
        ("__anext__", "__next__"),
        ("__aenter__", "__enter__"),
        ("__aexit__", "__exit__"),
        ("StopAsyncIteration", "StopIteration"),
        ("from . import _haven", "from .. import _haven"),
        ("from ._haven", "from .._haven"),
        ("from ._record", "from .._record"),
        ("from .model", "from ..model"),
    ] {
        text = text.replace(from, to);
    }
    format!(
        "# The blocking twin of `haven/{name}.py`, generated from it: `HAVEN_BLESS=1 cargo test -p haven-py`.\n{text}"
    )
}

pub(crate) fn model(model: &Model) -> String {
    let mut text = format!(
        "\"\"\"The data of Haven: what operations take and answer.\n\n{HEAD}\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Union\n\n\
         from ._haven import Secret\n\
         from ._record import EMPTY, Output, Record, assign, hidden\n\n\
         if TYPE_CHECKING:\n    from collections.abc import Mapping, Sequence\n    from datetime import datetime\n\n\
         __all__ = [\n"
    );
    let mut names: Vec<&str> = model.classes.keys().chain(model.choices.keys()).map(String::as_str).collect();
    names.extend(["Output", "Secret"]);
    names.sort_unstable();
    for name in names {
        let _ = writeln!(text, "    \"{name}\",");
    }
    text.push_str("]\n\nT = TypeVar(\"T\")\n");
    for (name, choice) in &model.choices {
        write_choice(&mut text, name, choice);
    }
    for (name, class) in &model.classes {
        write_class(&mut text, name, class);
    }
    text
}

fn write_choice(text: &mut String, name: &str, choice: &Choice) {
    let words: Vec<_> = choice.words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    let (before, after) =
        if choice.or_valued { ("Union[Literal[", "], \"Mapping[str, Any]\"]") } else { ("Literal[", "]") };
    let _ = writeln!(text, "\n{}", listed(&format!("{name} = {before}"), &words, after, 0));
    let mut doc = choice.doc.clone();
    for (word, of_word) in &choice.words {
        let _ = write!(doc, "\n* `{word}`: {of_word}");
    }
    write_doc(text, "", &doc);
}

fn write_class(text: &mut String, name: &str, class: &Class) {
    let base = if class.holds { "Record, Generic[T]" } else { "Record" };
    let _ = writeln!(text, "\n\nclass {name}({base}):");
    write_doc(text, "    ", &class.doc);
    let names: Vec<_> = class.fields.iter().map(|field| format!("\"{}\"", attribute(&field.name))).collect();
    let after = if names.len() == 1 { ",)" } else { ")" };
    let _ = writeln!(text, "\n    {}", listed("__slots__ = (", &names, after, 4));
    for field in &class.fields {
        let _ = writeln!(text, "\n    {}: {}", attribute(&field.name), annotation(field, Side::Has));
        write_doc(text, "    ", &field.doc);
    }
    let mut parameters = vec!["self".to_owned()];
    parameters.extend(class.fields.iter().map(parameter));
    let _ = writeln!(text, "\n    {}", listed("def __init__(", &parameters, ") -> None:", 4));
    for field in &class.fields {
        let name = attribute(&field.name);
        let value = if hides(&field.kind) { format!("hidden({name})") } else { name.clone() };
        let _ = writeln!(text, "        assign(self, \"{name}\", {value})");
    }
    if class.fields.is_empty() {
        text.push_str("        pass\n");
    }
}

pub(crate) fn errors(model: &Model) -> String {
    let mut text = format!(
        "\"\"\"What Haven raises: a class a kind, each answering what the caller can do.\n\n{HEAD}\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from ._error import HavenError\n\n"
    );
    let kinds = &model.choices["ErrorKind"].words;
    let class = |kind: &str| -> String { kind.split('_').map(title).collect::<Vec<_>>().concat() };
    let mut names: Vec<_> = kinds.iter().map(|(kind, _)| class(kind)).collect();
    names.push("HavenError".to_owned());
    names.sort_unstable();
    let names: Vec<_> = names.iter().map(|name| format!("    \"{name}\",\n")).collect();
    let _ = writeln!(text, "__all__ = [\n{}]", names.concat());
    for (kind, doc) in kinds {
        let _ = writeln!(text, "\n\nclass {}(HavenError):", class(kind));
        write_doc(&mut text, "    ", doc);
        let _ = writeln!(text, "\n    kind = \"{kind}\"");
    }
    text
}

pub(crate) fn handles(model: &Model) -> String {
    let mut nouns: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &model.operations {
        let (noun, _) = operation.name.split_once('.').expect("an operation is a noun's");
        nouns.entry(noun).or_default().push(operation);
    }
    let mut text = format!(
        "\"\"\"Every operation of Haven: a handle a noun, a method an operation.\n\n{HEAD}\n\"\"\"\n\n\
         # mypy: disable-error-code=\"no-any-return\"\n\
         from __future__ import annotations\n\n\
         from typing import TYPE_CHECKING\n\n\
         from ._handle import Containers, Handle, Nodes, Plans\n\
         from ._record import EMPTY\n\n\
         if TYPE_CHECKING:\n    from collections.abc import Mapping, Sequence\n    from datetime import datetime\n\n    \
         from ._haven import Fleet, Secret\n    from .model import (\n"
    );
    let used = |name: &&String| model.operations.iter().any(|operation| mentions(operation, name));
    let mut names: Vec<&str> =
        model.classes.keys().chain(model.choices.keys()).filter(used).map(String::as_str).collect();
    names.push("Output");
    names.sort_unstable();
    for name in names {
        let _ = writeln!(text, "        {name},");
    }
    text.push_str("    )\n    from .stream import Stream\n    from .terminal import Terminal\n");
    for (noun, operations) in &nouns {
        let doc = NOUNS.iter().find(|(name, _)| name == noun).map(|(_, doc)| *doc);
        let doc = doc.unwrap_or_else(|| panic!("say in `NOUNS` what `{noun}` are"));
        let base = match *noun {
            "nodes" => "Nodes",
            "containers" => "Containers",
            "plans" => "Plans",
            _ => "Handle",
        };
        let _ = writeln!(text, "\n\nclass {}Handle({base}):", title(noun));
        write_doc(&mut text, "    ", doc);
        text.push_str("\n    __slots__ = ()\n");
        for operation in operations {
            write_method(&mut text, operation);
        }
    }
    text.push_str(
        "\n\nclass Handles:\n    \"\"\"What a fleet has, a handle a noun.\"\"\"\n\n    __slots__ = (\n        \"_fleet\",\n",
    );
    for noun in nouns.keys() {
        let _ = writeln!(text, "        \"{noun}\",");
    }
    text.push_str("    )\n\n    def __init__(self, fleet: Fleet) -> None:\n        self._fleet = fleet\n");
    for noun in nouns.keys() {
        let _ = writeln!(text, "        self.{noun} = {}Handle(fleet)", title(noun));
    }
    text
}

fn write_method(text: &mut String, operation: &Operation) {
    let (_, method) = operation.name.split_once('.').expect("an operation is a noun's");
    let (answer, run, awaits) = match &operation.answers {
        Answers::Once(field) => (annotation(field, Side::Has), "_call", true),
        Answers::Often(kind) => (format!("Stream[{}]", python(kind, Side::Has)), "_follow", false),
        Answers::Converses => ("Terminal".to_owned(), "_converse", true),
    };
    let (define, wait) = if awaits { ("async def", "await ") } else { ("def", "") };
    let mut parameters = vec!["self".to_owned()];
    let (needed, optional): (Vec<_>, Vec<_>) = operation.parameters.iter().partition(|field| field.default.is_none());
    parameters.extend(needed.into_iter().map(parameter));
    parameters.extend((!optional.is_empty()).then(|| "*".to_owned()));
    parameters.extend(optional.into_iter().map(parameter));
    let begins = format!("{define} {}(", attribute(method));
    let _ = writeln!(text, "\n    {}", listed(&begins, &parameters, &format!(") -> {answer}:"), 4));
    let mut doc = operation.doc.clone();
    if !operation.parameters.is_empty() {
        doc.push('\n');
    }
    for field in &operation.parameters {
        let said: Vec<_> = field.doc.split_whitespace().collect();
        let _ = write!(doc, "\n* `{}`: {}", attribute(&field.name), said.join(" "));
    }
    write_doc(text, "        ", &doc);
    let given = operation.parameters.iter().map(|field| format!("\"{}\": {}", field.name, attribute(&field.name)));
    let begins = format!("return {wait}self.{run}(\"{}\", {{", operation.name);
    let _ = writeln!(text, "        {}", listed(&begins, &given.collect::<Vec<_>>(), "})", 8));
}

/// Things with commas between them: on one line, or each on its own.
fn listed(before: &str, things: &[String], after: &str, indent: usize) -> String {
    let line = format!("{before}{}{after}", things.join(", "));
    if indent + line.len() <= 120 {
        return line;
    }
    let (within, indent) = (" ".repeat(indent + 4), " ".repeat(indent));
    let things: Vec<_> = things.iter().map(|thing| format!("{within}{thing},\n")).collect();
    format!("{before}\n{}{indent}{}", things.concat(), after.trim_start_matches(','))
}

/// Whether somebody has it or gives it: who gives a secret may give a text.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Has,
    Gives,
}

fn parameter(field: &Field) -> String {
    let name = attribute(&field.name);
    let kind = annotation(field, Side::Gives);
    match &field.default {
        None => format!("{name}: {kind}"),
        Some(default) => format!("{name}: {kind} = {}", literal(default, &field.kind)),
    }
}

fn annotation(field: &Field, side: Side) -> String {
    let kind = python(&field.kind, side);
    if field.may_be_none { format!("{kind} | None") } else { kind }
}

fn python(kind: &Kind, side: Side) -> String {
    match kind {
        Kind::Text => "str".to_owned(),
        Kind::Integer => "int".to_owned(),
        Kind::Number => "float".to_owned(),
        Kind::Boolean => "bool".to_owned(),
        Kind::Anything => "Any".to_owned(),
        Kind::Nothing => "None".to_owned(),
        Kind::Moment => "datetime".to_owned(),
        Kind::Secret if side == Side::Gives => "Secret | str".to_owned(),
        Kind::Secret => "Secret".to_owned(),
        Kind::Output => "Output".to_owned(),
        Kind::List(kind) => format!("Sequence[{}]", python(kind, side)),
        Kind::Map(kind) => format!("Mapping[str, {}]", python(kind, side)),
        Kind::Choice(name) | Kind::Record(name) => name.clone(),
        Kind::Holding(outer, _) if outer == "At" => "At[T]".to_owned(),
        Kind::Holding(outer, inner) => format!("{outer}[{inner}]"),
        Kind::Held => "T".to_owned(),
    }
}

fn literal(value: &Value, kind: &Kind) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Array(items) if items.is_empty() => "()".to_owned(),
        Value::Object(fields) if fields.is_empty() => "EMPTY".to_owned(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        _ => panic!("no default of {kind:?} is written as {value}"),
    }
}

fn hides(kind: &Kind) -> bool {
    match kind {
        Kind::Secret => true,
        Kind::Map(kind) => hides(kind),
        _ => false,
    }
}

fn mentions(operation: &Operation, name: &str) -> bool {
    fn says(kind: &Kind, name: &str) -> bool {
        match kind {
            Kind::List(kind) | Kind::Map(kind) => says(kind, name),
            Kind::Choice(said) | Kind::Record(said) => said == name,
            Kind::Holding(outer, inner) => outer == name || inner == name,
            _ => false,
        }
    }
    let answer = match &operation.answers {
        Answers::Once(field) => says(&field.kind, name),
        Answers::Often(kind) => says(kind, name),
        Answers::Converses => false,
    };
    answer || operation.parameters.iter().any(|field| says(&field.kind, name))
}

/// A name that Python has no other use for.
fn attribute(name: &str) -> String {
    const KEYWORDS: &[&str] = &["from", "global", "import", "in", "is", "class", "def", "del", "pass", "raise", "with"];
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

fn title(noun: &str) -> String {
    format!("{}{}", noun[..1].to_uppercase(), &noun[1..])
}

fn write_doc(text: &mut String, indent: &str, doc: &str) {
    if doc.is_empty() {
        return;
    }
    let mut lines = doc.lines();
    let _ = write!(text, "{indent}\"\"\"{}", lines.next().unwrap_or_default());
    let rest: Vec<_> = lines.collect();
    for line in &rest {
        let line = format!("\n{indent}{line}");
        text.push_str(if line.trim().is_empty() { "\n" } else { &line });
    }
    if !rest.is_empty() {
        let _ = write!(text, "\n{indent}");
    }
    text.push_str("\"\"\"\n");
}
