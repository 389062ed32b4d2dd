//! What is refused of new containers and of names before a node is asked.

use haven_core::{
    ErrorKind,
    door::ops::containers::RenameContainer,
    model::{ContainerName, ContainerRef, ContainerSpec},
};

use super::{
    bed::{bed, quiet, spec},
    fleet, node,
};

const OF_PLANS: [&str; 3] = ["web--01234567.1", "web--89abcdef.12-old", "a--b--01234567.0"];

fn name(name: &str) -> ContainerName {
    ContainerName::new(name).unwrap()
}

#[tokio::test]
async fn names_that_plans_give_are_given_to_no_new_container() {
    let haven = fleet().await;
    let create = async |name| haven.containers().create(&node("nowhere"), Some(name), spec()).await.unwrap_err();
    for of_a_plan in OF_PLANS {
        let error = create(name(of_a_plan)).await;
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let told = format!("names like `{of_a_plan}` are those of containers that plans have parked");
        assert_eq!(error.message(), told);
    }
    assert_eq!(create(name("web--0123.1")).await.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn names_that_plans_give_are_given_to_no_container_that_has_another() {
    let bed = bed(quiet()).await;
    bed.add("a").await;
    bed.haven.containers().create(&node("a"), Some(name("web")), spec()).await.unwrap();
    let (node, container) = (node("a"), ContainerRef::new("web").unwrap());
    for of_a_plan in OF_PLANS {
        let rename = RenameContainer { node: node.clone(), container: container.clone(), name: name(of_a_plan) };
        assert_eq!(bed.haven.call(rename).await.unwrap_err().kind(), ErrorKind::Invalid);
    }
    bed.haven.containers().inspect(&node, &container).await.unwrap();
}

#[tokio::test]
async fn a_specification_that_no_engine_takes_is_refused_before_one_is_looked_for() {
    let wrong = ContainerSpec { hostname: Some("a b".into()), ..spec() };
    let error = fleet().await.containers().create(&node("nowhere"), None, wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}
