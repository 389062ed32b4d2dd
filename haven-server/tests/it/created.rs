//! What was made is found where the answer says.

use reqwest::Method;
use serde_json::json;

use crate::{bed::json as read, converse::with_container};

#[tokio::test]
async fn what_is_made_is_201_and_found_at_its_location() {
    let bed = with_container().await;
    for (path, body, field, value) in [
        ("/nodes", json!({ "name": "web-1", "address": "10.255.255.1:2375" }), "name", "web-1"),
        ("/clusters", json!({ "name": "blue" }), "name", "blue"),
        ("/nodes/sim-1/networks", json!({ "spec": { "name": "net" } }), "name", "net"),
        ("/nodes/sim-1/volumes", json!({ "spec": { "name": "vol" } }), "name", "vol"),
        ("/nodes/sim-1/containers", json!({ "name": "made", "spec": { "image": "busybox:latest" } }), "name", "made"),
    ] {
        let made = bed.send(Method::POST, &format!("/api/v1{path}"), &body).await;
        assert_eq!(made.status(), 201, "{path}");
        let location = made.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with(&format!("/api/v1{path}/")), "{location}");
        let found = read(bed.get(&location).await).await;
        assert_eq!(found[field], value, "{location}: {found}");
    }
    let again = bed.send(Method::POST, "/api/v1/nodes/sim-1/volumes", &json!({ "spec": { "name": "vol" } })).await;
    assert_eq!((again.status().as_u16(), again.headers().get("location")), (200, None), "it was there");
    let acted = bed.request(Method::POST, "/api/v1/nodes/sim-1/containers/box/pause").send().await.unwrap();
    assert_eq!((acted.status().as_u16(), acted.headers().get("location")), (200, None), "what acts makes nothing");
}
