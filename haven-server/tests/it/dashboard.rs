//! The dashboard's addresses, whether it was built or not.

use reqwest::Method;

use crate::bed::{Bed, is_problem};

#[tokio::test]
async fn the_page_needs_no_sign_in_and_a_file_that_is_not_there_is_not_found() {
    let bed = Bed::open(haven_server::ServerOptions::default()).await;
    let page = bed.anonymous(Method::GET, "/").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    for path in ["/assets/nothing.js", "/assets/.gitignore", "/assets/..%2findex.html"] {
        is_problem(bed.anonymous(Method::GET, path).send().await.unwrap(), 404, "not_found").await;
    }
}

#[tokio::test]
async fn programs_and_the_api_get_no_page_where_nothing_is() {
    let bed = Bed::new().await;
    let browsing = |path: &str| bed.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8").send();
    is_problem(bed.get("/nothing").await, 404, "not_found").await;
    is_problem(browsing("/api/v1/nothing").await.unwrap(), 404, "not_found").await;
    is_problem(browsing("/assets").await.unwrap(), 404, "not_found").await;
    let acting = bed.request(Method::POST, "/nothing").header("accept", "text/html").send();
    is_problem(acting.await.unwrap(), 404, "not_found").await;
}
