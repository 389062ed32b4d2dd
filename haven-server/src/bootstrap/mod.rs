//! The agent's script: what a bare node fetches to become one, `GET /discovery/agent/NAME.py?node=HOST:PORT&token=TOKEN`.
//!
//! The script is [`haven-agent.py`](TEMPLATE) with a few lines filled in: where this server is, which programs it gives
//! out and their hashes, and what the agent is told unless its user says otherwise. The agents' secret is filled in for
//! whoever takes an invitation; for who is signed in one is made and taken on the spot, so that both are written down.

mod files;

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use haven_core::{
    Error, Result,
    door::ops::invitations::Invite,
    model::{Actor, NodeAddress, Secret, access::Identity},
};
use http::{HeaderMap, HeaderValue, Method, header, uri::Authority};
use serde::Deserialize;
use serde_json::json;

pub(crate) use files::{Files, file};

use self::files::{Kind, Offered};
use crate::{Shared, edge, problem::Problem, route};

/// The script, with its lines in the places of what is filled in.
const TEMPLATE: &str = include_str!("haven-agent.py");
/// Where scripts and files are.
const FOLDER: &str = "/discovery/agent/";
/// This server to who names none that could be it.
const UNKNOWN: &str = "http://SERVER:8761";
/// The longest name of a script.
const MAX_NAME: usize = 64;

/// What may stand behind the name. Anything else is passed over, as the original does.
#[derive(Debug, Deserialize)]
struct Asked {
    /// Where the engine of the node answers.
    node: Option<String>,
    /// The token of an invitation.
    token: Option<Secret>,
}

/// What of a script differs from one to the next.
struct Script<'a> {
    name: &'a str,
    /// This server, as its client reaches it.
    server: Option<String>,
    /// The engine of the node, as its user wrote it.
    node: Option<String>,
    files: Vec<Offered>,
    /// The agents' secret, where the client may know it.
    secret: Option<&'a Secret>,
    wants_secret: bool,
}

/// `GET /discovery/agent/`: what to type on a machine for it to become a node. Without the secret, which the original told
/// everybody.
pub(crate) async fn lines(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> String {
    let server = server(&shared, &headers).unwrap_or_else(|| UNKNOWN.to_owned());
    let secret = match shared.options.agent_secret {
        Some(_) => {
            "# This server wants a secret of its agents: `haven nodes invite` prints these lines with a token that gives it.\n"
        }
        None => "",
    };
    format!(
        "{secret}wget --content-disposition '{server}{FOLDER}haven-agent.py?node=HOST:2375'\n\
         chmod 700 haven-agent.py\n\
         ./haven-agent.py        # or, as root: ./haven-agent.py install\n"
    )
}

pub(crate) async fn script(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let name = route::decode(parts.uri.path().strip_prefix(FOLDER).unwrap_or_default(), "name")?;
    if !is_script_name(&name) {
        let shown: String = name.chars().take(MAX_NAME).collect();
        return Err(Error::not_found("script", shown.escape_debug()).into());
    }
    let asked: Asked = serde_html_form::from_str(parts.uri.query().unwrap_or_default())
        .map_err(|error| Error::invalid(format!("the query cannot be read: {error}")))?;
    let node = asked.node.as_deref().filter(|node| !node.is_empty()).map(node_address).transpose()?;
    let actor = parts.extensions.remove::<Actor>().ok_or_else(|| Error::unexpected("the edge knows the actor"))?;
    let server = server(&shared, &parts.headers);
    let files = shared.files.offered().await?;
    // Last of what can fail, as it is good once; looking at what there would be takes nothing.
    let may_know = parts.method != Method::HEAD && is_invited(&shared, actor, asked.token, &parts.headers).await?;
    let secret = shared.options.agent_secret.as_ref();
    let script = Script {
        name: &name,
        server,
        node,
        files,
        secret: secret.filter(|_| may_know),
        wants_secret: secret.is_some(),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/x-python; charset=utf-8")),
        (header::CONTENT_DISPOSITION, disposition(&name)),
    ];
    Ok((headers, script.text()).into_response())
}

/// Whether the client may know the agents' secret: it takes an invitation, or could make one itself.
async fn is_invited(shared: &Shared, actor: Actor, token: Option<Secret>, headers: &HeaderMap) -> Result<bool> {
    let token = match (token, &actor.identity) {
        (Some(token), _) => token,
        (None, Identity::Anonymous) => return Ok(false),
        (None, _) => {
            // Whatever the method says: it makes something, which a page of another site may not.
            edge::refuse_foreign_pages(&Method::POST, headers)?;
            Secret::new(shared.haven.acting_as(actor.clone()).call(Invite {}).await?.token)
        }
    };
    shared.services.take_invitation(token.expose(), &actor).await?;
    Ok(true)
}

fn is_script_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let stem = name.strip_suffix(".py").unwrap_or_default();
    name.len() <= MAX_NAME && !stem.is_empty() && !stem.starts_with('.') && stem.chars().all(fits)
}

/// The engine of a node that is to be reached over a network; `HOST:PORT` as the original's agents had it.
fn node_address(text: &str) -> Result<String> {
    match text.parse()? {
        address @ NodeAddress::Tcp { .. } => Ok(address.to_string().trim_start_matches("tcp://").to_owned()),
        address @ NodeAddress::Tls { .. } => Ok(address.to_string()),
        _ => Err(Error::invalid("`node` is where the node's engine answers: HOST:PORT")),
    }
}

/// This server as its client has it. The name that a client uses is its own word, but all that follows from it goes to
/// that client: what it fetches is checked by hashes that stand beside the name.
fn server(shared: &Shared, headers: &HeaderMap) -> Option<String> {
    if let Some(server) = &shared.options.agent_server {
        return Some(server.trim_end_matches('/').to_owned());
    }
    let host = headers.get(header::HOST)?.to_str().ok().filter(|host| is_host(host))?;
    let scheme = if shared.options.tls.is_some() { "https" } else { "http" };
    Some(format!("{scheme}://{host}"))
}

/// A name or an address, and perhaps a port.
fn is_host(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    text.len() <= 300 && text.chars().all(fits) && text.parse::<Authority>().is_ok()
}

/// `Invalid` unless a text is the address of a server.
pub(crate) fn check_server(text: &str) -> Result<()> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if host.is_some_and(|host| is_host(host.trim_end_matches('/'))) {
        return Ok(());
    }
    Err(Error::invalid(
        "the address of this server for agents is none: it is `http://HOST:PORT` or `https://HOST:PORT`",
    ))
}

fn disposition(name: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

impl Script<'_> {
    fn text(&self) -> String {
        let told = [("docker", self.node.as_deref()), ("master", self.server.as_deref())];
        let told: serde_json::Map<_, _> =
            told.iter().filter_map(|(key, value)| Some(((*key).to_owned(), json!(value.as_ref()?)))).collect();
        let secret = self.secret.map(|secret| json!(secret.expose()).to_string());
        let files = self.files.iter().fold(String::new(), |mut files, file| {
            let Offered { kind, name, size, sha256, machine, .. } = file;
            let kind = if *kind == Kind::Wheel { "wheel" } else { "native" };
            let [name, sha256, machine] = [name, sha256, *machine].map(literal);
            let _ = write!(files, "\n    ('{kind}', {name}, {size}, {sha256}, {machine}),");
            files
        });
        let or_none = |text: Option<&str>| text.map_or("None".to_owned(), literal);
        let mut text = TEMPLATE.replace("haven-agent.py", self.name).replace("# @ABOUT@", &self.about());
        text = text.replace("haven-agent.ini", &format!("{}.ini", self.name.strip_suffix(".py").unwrap_or(self.name)));
        for (line, filled) in [
            ("\nSERVER = None\n", format!("\nSERVER = {}\n", or_none(self.server.as_deref()))),
            ("\nFILES = []\n", format!("\nFILES = [{files}\n]\n")),
            ("\nDEFAULTS = '{}'\n", format!("\nDEFAULTS = {}\n", literal(json!(told).to_string()))),
            ("\nSECRET = None\n", format!("\nSECRET = {}\n", or_none(secret.as_deref()))),
        ] {
            text = text.replacen(line, &filled, 1);
        }
        text
    }

    /// What the first lines say of the secret.
    fn about(&self) -> String {
        let lines = match (self.secret, self.wants_secret) {
            (Some(_), _) => vec![
                "# This copy holds the secret of this server's agents: keep it from others, `chmod 700 NAME`."
                    .to_owned(),
            ],
            (None, false) => vec!["# This server wants no secret of its agents.".to_owned()],
            (None, true) => {
                let server = self.server.as_deref().unwrap_or(UNKNOWN);
                let url = format!("{server}{FOLDER}NAME?node={}", self.node.as_deref().unwrap_or("NODE:2375"));
                vec![
                    "# This copy does not know the secret that this server wants of its agents. Give it in one of these ways:"
                        .to_owned(),
                    "#   as `secret = …` below `[main]` in one of the ini files, with `chmod 600`".to_owned(),
                    "#   as HAVEN_AGENT_SECRET in the environment, or as `--secret …`, which others of the machine can see"
                        .to_owned(),
                    "#   or fetch a copy that knows it, with the token that `haven nodes invite` prints, or signed in:".to_owned(),
                    format!("#     (umask 077; wget --content-disposition '{url}&token=TOKEN')"),
                    format!(
                        "#     (umask 077; wget --content-disposition --auth-no-challenge --user=admin --ask-password '{url}')"
                    ),
                ]
            }
        };
        lines.join("\n").replace("NAME", self.name)
    }
}

/// A text as Python has it.
fn literal(text: impl AsRef<str>) -> String {
    let mut written = "'".to_owned();
    for c in text.as_ref().chars() {
        match c {
            ' '..='~' if !['\'', '\\'].contains(&c) => written.push(c),
            c if u32::from(c) < 0x100 => _ = write!(written, "\\x{:02x}", u32::from(c)),
            c => _ = write!(written, "\\U{:08x}", u32::from(c)),
        }
    }
    written + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_the_template_is_there_once() {
        for place in ["\nSERVER = None\n", "\nFILES = []\n", "\nDEFAULTS = '{}'\n", "\nSECRET = None\n", "# @ABOUT@\n"]
        {
            assert_eq!(TEMPLATE.matches(place).count(), 1, "{place}");
        }
    }

    #[test]
    fn texts_cannot_leave_their_place_in_python() {
        assert_eq!(literal("a:1"), "'a:1'");
        assert_eq!(literal("'\n\\é€\u{1f600}\0"), r"'\x27\x0a\x5c\xe9\U000020ac\U0001f600\x00'");
    }

    #[test]
    fn the_address_for_agents_is_one() {
        for server in ["http://10.0.0.1:8761", "https://haven.example.org", "https://[fd00::1]:1/"] {
            check_server(server).unwrap();
        }
        for server in
            ["", "haven:1", "ftp://a", "http://a/b", "http://me:pw@a", "http://a\nb", "http://", "http://a:1?b"]
        {
            assert!(check_server(server).is_err(), "{server}");
        }
    }

    #[test]
    fn nodes_and_names_are_what_they_say() {
        for name in ["haven-agent.py", "dm.agent_2.py"] {
            assert!(is_script_name(name));
        }
        for name in ["", ".py", "..py", "a.sh", "a b.py", "a/../b.py", "a\".py", &format!("{}.py", "a".repeat(64))] {
            assert!(!is_script_name(name), "{name}");
        }
        assert_eq!(node_address("10.0.0.3:2375").unwrap(), "10.0.0.3:2375");
        assert_eq!(node_address("https://[fd00::3]").unwrap(), "https://[fd00::3]:2376");
        for node in ["unix:///run/docker.sock", "sim:", "a b:1", "a:0", "'+x", "me:pw@a:1"] {
            assert!(node_address(node).is_err(), "{node}");
        }
    }
}
