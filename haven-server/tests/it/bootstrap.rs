//! The agent's script and what it fetches, as a node asks for them; Python reads it as a witness.

use std::{io::Write as _, process::Stdio};

use haven_core::model::Secret;
use haven_server::ServerOptions;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bed::{Bed, PASSWORD, SECRET, json};

const SCRIPT: &str = "/discovery/agent/haven-agent.py";

/// What Python finds in a script, which it takes for one of Python 3.5.
fn read_by_python(script: &str) -> Value {
    const READ: &str = "import ast, json, sys\n\
        text = sys.stdin.read()\n\
        tree = ast.parse(text, feature_version=(3, 5))\n\
        names = ['SERVER', 'FILES', 'DEFAULTS', 'SECRET']\n\
        found = {}\n\
        for node in tree.body:\n\
        \x20   if isinstance(node, ast.Assign) and node.targets[0].id in names:\n\
        \x20       assert node.targets[0].id not in found\n\
        \x20       found[node.targets[0].id] = ast.literal_eval(node.value)\n\
        print(json.dumps(found))\n";
    let mut python = std::process::Command::new("python3");
    let mut child = python.args(["-c", READ]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "Python cannot read it: {script}");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn text(bed: &Bed, path: &str) -> String {
    let answer = bed.anonymous(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn nobody_in_particular_gets_it_without_the_secret_and_is_told_how_to_give_one() {
    let bed = Bed::new().await;
    let answer = bed.anonymous(Method::GET, &format!("{SCRIPT}?node=10.0.0.3:2375")).send().await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"haven-agent.py\"");
    assert_eq!(answer.headers()["content-type"], "text/x-python; charset=utf-8");
    let script = answer.text().await.unwrap();
    assert!(script.starts_with("#!/usr/bin/env python3\n") && !script.contains(SECRET), "{script}");
    let head: Vec<&str> = script.lines().take_while(|line| line.starts_with('#')).collect();
    assert!(head.iter().any(|line| line.contains("HAVEN_AGENT_SECRET")), "{head:?}");
    assert!(head.iter().any(|line| line.contains("node=10.0.0.3:2375&token=TOKEN")), "{head:?}");
    let found = read_by_python(&script);
    let server = format!("http://{}", bed.address);
    assert_eq!((&found["SERVER"], &found["SECRET"], &found["FILES"]), (&json!(server), &json!(null), &json!([])));
    let told: Value = serde_json::from_str(found["DEFAULTS"].as_str().unwrap()).unwrap();
    assert_eq!(told, json!({ "docker": "10.0.0.3:2375", "master": server }));
    for path in ["/discovery/agent/", "/discovery/agent"] {
        let lines = text(&bed, path).await;
        assert!(lines.contains(&format!("wget --content-disposition '{server}{SCRIPT}?node=HOST:2375'\n")), "{lines}");
        assert!(lines.contains("`haven nodes invite`") && !lines.contains(SECRET), "{lines}");
    }
    assert!(text(&bed, "/discovery/agent/a.py.py").await.contains("./a.py.ini"), "as the agent reads it");
    let script = text(&bed, "//discovery//agent/dm-agent.py").await;
    assert!(script.contains("./dm-agent.ini") && !script.contains("haven-agent.ini"), "it is named as asked");
}

#[tokio::test]
async fn who_is_signed_in_gets_the_secret_and_that_is_written_down() {
    let secret = "a'b\"c\\d é €\u{1f600} %$SECRET";
    let options = ServerOptions { agent_secret: Some(Secret::new(secret)), ..ServerOptions::default() };
    let bed = Bed::with(options).await;
    let answer = bed.request(Method::GET, SCRIPT).send().await.unwrap();
    let script = answer.text().await.unwrap();
    assert!(script.is_ascii() && script.contains("chmod 700 haven-agent.py"), "{script}");
    let found = read_by_python(&script);
    assert_eq!(serde_json::from_str::<Value>(found["SECRET"].as_str().unwrap()).unwrap(), json!(secret));
    let audit = json(bed.request(Method::GET, "/api/v1/audit").send().await.unwrap()).await;
    let acts: Vec<&Value> = audit["items"].as_array().unwrap().iter().map(|item| &item["operation"]).collect();
    assert_eq!(acts, ["invitations.create", "invitations.take"]);
    assert!(!audit.to_string().contains("SECRET"), "{audit}");
    for credentials in ["Bearer hvn_nonsense", "Basic YTpi", "Nonsense"] {
        let request = bed.anonymous(Method::GET, SCRIPT).header("authorization", credentials);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{credentials}");
    }
    let page = bed.anonymous(Method::GET, SCRIPT).basic_auth("admin", Some(PASSWORD));
    let page = page.header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::FORBIDDEN, "a page of another site asks for it");
}

#[tokio::test]
async fn an_invitation_is_good_once() {
    let bed = Bed::new().await;
    let invite = async || {
        let made = json(bed.request(Method::POST, "/api/v1/invitations").json(&json!({})).send().await.unwrap()).await;
        made["token"].as_str().unwrap().to_owned()
    };
    let path = format!("{SCRIPT}?node=10.0.0.3:2375&token={}", invite().await);
    let head = bed.anonymous(Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK, "looking takes nothing");
    let script = text(&bed, &path).await;
    assert_eq!(read_by_python(&script)["SECRET"], json!(format!("\"{SECRET}\"")));
    for path in [path.as_str(), &format!("{SCRIPT}?token=hvi_0"), &format!("{SCRIPT}?token=")] {
        let answer = bed.anonymous(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert!(!answer.text().await.unwrap().contains(SECRET));
    }
    let anonymous = bed.anonymous(Method::POST, "/api/v1/invitations").json(&json!({})).send().await.unwrap();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_strangers_write_does_not_become_python() {
    let bed = Bed::new().await;
    for (query, status) in [
        ("node=a%0Aimport%20os:1", 400),
        ("node=%27%2B1:1", 400),
        ("node=unix:///run/docker.sock", 400),
        ("node=a:1&node=b:1", 400),
        ("node=", 200),
        ("other=%27%0A", 200),
    ] {
        let answer = bed.anonymous(Method::GET, &format!("{SCRIPT}?{query}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{query}");
    }
    for name in ["a.sh", "%27.py", "a%0a.py", "..%2f.py", ".py"] {
        let answer = bed.anonymous(Method::GET, &format!("/discovery/agent/{name}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
    }
    for host in ["a'b", "a\\b", "me:pw@evil", "a b", "a/b", &"x".repeat(400)] {
        let answer = bed.anonymous(Method::GET, SCRIPT).header("host", host).send().await.unwrap();
        if answer.status().is_success() {
            let found = read_by_python(&answer.text().await.unwrap());
            assert_eq!((&found["SERVER"], &found["DEFAULTS"]), (&json!(null), &json!("{}")), "{host}");
        }
    }
    let options = ServerOptions { agent_server: Some("https://haven.example/".to_owned()), ..ServerOptions::default() };
    let bed = Bed::with(options).await;
    let answer = bed.anonymous(Method::GET, SCRIPT).header("host", "evil").send().await.unwrap();
    let script = answer.text().await.unwrap();
    assert!(script.contains("This server wants no secret of its agents."), "{script}");
    assert_eq!(read_by_python(&script)["SERVER"], "https://haven.example", "what the operator says counts");
}

#[tokio::test]
async fn programs_are_given_out_whole_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = b"\x7fELF\x02\x01".to_vec();
    program.resize(300_000, 7);
    program[18..20].copy_from_slice(&[62, 0]);
    std::fs::write(folder.path().join("haven-agent-x86_64"), &program).unwrap();
    std::fs::write(folder.path().join("key.pem"), "private").unwrap();
    let options = ServerOptions {
        agent_files: Some(folder.path().to_owned()),
        agent_program: Some("/proc/self/exe".into()),
        ..ServerOptions::default()
    };
    let bed = Bed::with(options).await;
    let found = read_by_python(&text(&bed, SCRIPT).await);
    let files = found["FILES"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{files:?}");
    assert_eq!((&files[0][1], &files[0][2]), (&json!("haven-agent-x86_64"), &json!(300_000)));
    assert_eq!(files[1][1], "haven");
    let answer = bed.anonymous(Method::GET, "/discovery/agent/files/haven-agent-x86_64").send().await.unwrap();
    assert_eq!(answer.headers()["content-length"], "300000");
    let bytes = answer.bytes().await.unwrap();
    assert!(*bytes == program);
    for name in ["key.pem", "..%2Fkey.pem", "%2Fetc%2Fpasswd", "nothing"] {
        let answer = bed.anonymous(Method::GET, &format!("/discovery/agent/files/{name}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
    }
}
