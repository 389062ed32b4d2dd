//! Who gets in where.

use haven_core::door;
use reqwest::{Method, RequestBuilder};

use crate::bed::{Bed, PASSWORD, is_problem};

/// Puts something into the places of a path.
fn filled(pattern: &str) -> String {
    pattern.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_operation_but_signing_in_needs_sign_in() {
    let bed = Bed::new().await;
    for row in door::table() {
        let (path, method) = (filled(row.path), Method::from_bytes(row.method.as_str().as_bytes()).unwrap());
        if row.name == "sessions.create" {
            continue;
        }
        for credentials in ["", "Bearer hvn_wrong", "Basic !!!", "Basic YWRtaW4=", "Digest x"] {
            let request = bed.anonymous(method.clone(), &format!("/api/v1{path}"));
            let request = if credentials.is_empty() { request } else { request.header("authorization", credentials) };
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"haven\"");
            is_problem(response, 401, "unauthenticated").await;
        }
    }
}

#[tokio::test]
async fn what_is_open_is_open_and_nothing_else() {
    let bed = Bed::new().await;
    for path in ["/", "/healthz"] {
        assert_eq!(bed.anonymous(Method::GET, path).send().await.unwrap().status(), 200, "{path}");
    }
    for path in ["/metrics", "/openapi.json", "/reference/", "/reference/swagger-ui.css", "/api/v1/nope", "/api/"] {
        let response = bed.anonymous(Method::GET, path).send().await.unwrap();
        is_problem(response, 401, "unauthenticated").await;
    }
    for path in ["/metrics", "/openapi.json", "/reference/", "/reference/swagger-ui.css"] {
        assert_eq!(bed.get(path).await.status(), 200, "{path}");
    }
    // A browser refuses to fetch by an address that holds the user and the password.
    let initializer = bed.get("/reference/swagger-initializer.js").await.text().await.unwrap();
    assert!(initializer.contains("location.origin + \"/openapi.json\""), "{initializer}");
}

#[tokio::test]
async fn a_password_with_every_request_works_too() {
    let bed = Bed::new().await;
    let ask =
        |password| bed.anonymous(Method::GET, "/api/v1/sessions/current").basic_auth("admin", Some(password)).send();
    assert_eq!(ask(PASSWORD).await.unwrap().json::<serde_json::Value>().await.unwrap()["name"], "admin");
    is_problem(ask("wrong").await.unwrap(), 401, "unauthenticated").await;
}

/// A request as a browser makes it that remembers the password.
fn remembered(bed: &Bed, method: Method, path: &str, headers: &[(&str, &str)]) -> RequestBuilder {
    let request = bed.anonymous(method, path).basic_auth("admin", Some(PASSWORD));
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

#[tokio::test]
async fn a_page_of_another_site_cannot_act_with_the_browsers_password() {
    let bed = Bed::new().await;
    let (own, exec) = (bed.url(""), "/api/v1/nodes/x/containers/y/exec");
    for foreign in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        // Over plain HTTP, other than on this machine, a browser does not say the site.
        &[("origin", "http://evil.example"), ("content-type", "text/plain")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
    ] {
        let acts = remembered(&bed, Method::DELETE, "/api/v1/nodes/x", foreign).send().await.unwrap();
        is_problem(acts, 403, "denied").await;
        let upgrade = remembered(&bed, Method::GET, exec, foreign).header("upgrade", "websocket").send().await;
        is_problem(upgrade.unwrap(), 403, "denied").await;
        let looks = remembered(&bed, Method::GET, "/api/v1/nodes", foreign).send().await.unwrap();
        assert_eq!(looks.status(), 200, "{foreign:?}");
    }
}

#[tokio::test]
async fn the_servers_own_pages_programs_and_holders_of_a_token_can_act() {
    let bed = Bed::new().await;
    let own = bed.url("");
    for near in [
        &[][..],
        &[("origin", own.as_str())],
        &[("sec-fetch-site", "none")],
        // A proxy has another name for the server than the page has.
        &[("sec-fetch-site", "same-origin"), ("origin", "https://haven.example")],
    ] {
        let acts = remembered(&bed, Method::DELETE, "/api/v1/nodes/x", near).send().await.unwrap();
        is_problem(acts, 404, "not_found").await;
    }
    let shown = bed.request(Method::DELETE, "/api/v1/nodes/x").header("origin", "http://evil.example").send().await;
    is_problem(shown.unwrap(), 404, "not_found").await;
}
