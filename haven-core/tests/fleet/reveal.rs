//! Values of environments are seen by those who may, and who saw them is written down.

use haven_core::{
    ErrorKind,
    door::ops::audit::ListAudit,
    model::{Actor, ContainerRef, Secret, access::Identity},
};

use super::{
    bed::{bed, quiet, spec},
    node,
};

#[tokio::test]
async fn who_saw_an_environment_is_in_the_audit_and_what_it_is_is_not() {
    let bed = bed(quiet()).await;
    bed.add("a").await;
    let (a, web) = (node("a"), ContainerRef::new("web").unwrap());
    let mut own = spec();
    own.env.insert("PASSWORD".into(), Secret::new("s3cret"));
    bed.haven.containers().run(&a, "web", own).await.unwrap();
    let admin = bed.haven.acting_as(Actor { identity: Identity::User("admin".to_owned()), ..Actor::system() });

    let found = admin.containers().environment(&a, &web).await.unwrap();
    assert_eq!(found.env["PASSWORD"], "s3cret");
    assert!(found.env.contains_key("PATH"), "the image's are there too: {found:?}");
    assert!(!format!("{found:?}").contains("s3cret"));
    let detail = serde_json::to_string(&admin.containers().inspect(&a, &web).await.unwrap()).unwrap();
    assert!(!detail.contains("s3cret"), "an inspection is no way around: {detail}");

    let agent = bed.haven.acting_as(Actor::agent(a.clone()));
    let refused = agent.containers().environment(&a, &web).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Denied);

    let records = bed.haven.call(ListAudit::default()).await.unwrap().items;
    assert!(!serde_json::to_string(&records).unwrap().contains("s3cret"));
    let seen: Vec<_> = records
        .iter()
        .filter(|record| record.operation == "containers.environment")
        .map(|record| (&record.actor.identity, &record.parameters["container"], record.failed))
        .collect();
    let name = serde_json::Value::from("web");
    assert_eq!(
        seen,
        [
            (&Identity::User("admin".to_owned()), &name, None),
            (&Identity::Agent(a.clone()), &name, Some(ErrorKind::Denied)),
        ]
    );
}

#[tokio::test]
async fn an_environment_of_nothing_is_not_found() {
    let bed = bed(quiet()).await;
    bed.add("a").await;
    let nothing = ContainerRef::new("nothing").unwrap();
    let error = bed.haven.containers().environment(&node("a"), &nothing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
