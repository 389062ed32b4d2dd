//! The rules of the door, on the local and on the remote one; and that both say the same of one fleet.

use std::{sync::Arc, time::Duration};

use haven_core::{
    ErrorKind, Haven,
    clock::SystemClock,
    door::{
        Credentials, Door, Remote, RemoteOptions,
        ops::containers::{PauseContainer, StopContainer},
    },
    model::{Actor, ContainerRef, ContainerSpec, ImageRef, NodeAddress, NodeName, Secret},
    store::{Keyring, MemoryStore},
};
use haven_server::ServerOptions;
use haven_testkit::rules::door::Fixture;

use serde_json::Value;

use crate::{
    bed::{Bed, PASSWORD},
    stop::Held,
};

async fn local() -> Fixture {
    Fixture::new(Haven::open("memory:").await.unwrap())
}

pub(crate) async fn behind(bed: &Bed) -> Haven {
    let credentials = Credentials::Password { user: "admin".to_owned(), password: Secret::new(PASSWORD) };
    let options = RemoteOptions { credentials, ..RemoteOptions::default() };
    let remote = Remote::connect(&bed.url(""), options).await.unwrap();
    Haven::through(Door::Remote(remote.into()), Actor::system())
}

async fn remote() -> Fixture {
    let bed = Bed::new().await;
    Fixture::new(behind(&bed).await).keeping(bed)
}

mod on_the_local_door {
    haven_testkit::door_rules!(super::local);
}

mod on_the_remote_door {
    haven_testkit::door_rules!(super::remote);
}

/// What changes from one look to the next.
fn without_ages(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for name in ["age", "as_of", "last_seen", "time", "status", "metrics"] {
                fields.shift_remove(name);
            }
            for field in fields.values_mut() {
                *field = without_ages(field.take());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_ages(item.take())),
        _ => {}
    }
    value
}

#[tokio::test]
async fn both_doors_say_the_same_of_one_fleet() {
    let bed = Bed::new().await;
    let (here, there) = (&bed.haven, behind(&bed).await);
    let node = NodeName::new("sim-1").unwrap();
    there.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    here.nodes().wait_online(&node).await.unwrap();
    let spec = ContainerSpec::new(ImageRef::new("nginx:latest").unwrap());
    let id = there.containers().run(&node, "web", spec).await.unwrap();
    macro_rules! same {
        ($($look:expr),+ $(,)?) => {$({
            let look = $look;
            let (ours, theirs) = (look(here.clone()).await, look(there.clone()).await);
            let show = |seen| match seen {
                Ok(seen) => without_ages(serde_json::to_value(seen).unwrap()),
                Err(error) => serde_json::to_value(haven_core::Error::to_wire(&error)).unwrap(),
            };
            assert_eq!(show(ours), show(theirs));
        })+};
    }
    same!(
        async |haven: Haven| haven.nodes().list().await,
        async |haven: Haven| haven.nodes().get(&NodeName::new("none").unwrap()).await,
        async |haven: Haven| haven.clusters().list().await,
        async |haven: Haven| haven.containers().list().await,
        async |haven: Haven| haven.containers().find(&(&id).into()).await,
        async |haven: Haven| haven.containers().inspect(&node, &(&id).into()).await,
        async |haven: Haven| haven.images().list().await,
        async |haven: Haven| haven.networks().list().await,
        async |haven: Haven| haven.volumes().list().await,
    );
}

#[tokio::test]
async fn who_cannot_connect_did_nothing_and_who_may_not_is_told() {
    let bed = Bed::new().await;
    let wrong = RemoteOptions {
        credentials: Credentials::Password { user: "admin".to_owned(), password: Secret::new("wrong") },
        ..RemoteOptions::default()
    };
    assert_eq!(Remote::connect(&bed.url(""), wrong).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    let anonymous = Haven::open(&bed.url("")).await.unwrap();
    assert_eq!(anonymous.nodes().list().await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    let error = Haven::open("http://admin:hidden@127.0.0.1:1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!error.report().contains("hidden"), "{error:?}");
}

#[tokio::test]
async fn an_ended_session_is_begun_again_where_the_password_is_known() {
    let bed = Bed::new().await;
    let url = bed.url("").replace("http://", &format!("http://admin:{}@", PASSWORD.replace(' ', "%20")));
    let haven = Haven::open(&url).await.unwrap();
    haven.nodes().list().await.unwrap();
    let (access, actor) = (&bed.haven.services().unwrap().access, Actor::system());
    // Changing a password ends all sessions, also where it is changed to itself.
    access.change_password("admin", &Secret::new(PASSWORD), &Secret::new(PASSWORD), &actor).await.unwrap();
    haven.nodes().list().await.unwrap();
}

#[tokio::test]
async fn a_server_that_takes_a_request_and_says_nothing_is_a_timeout() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let options = RemoteOptions { timeout: Duration::from_millis(300), ..RemoteOptions::default() };
    let remote = Remote::connect(&url, options).await.unwrap();
    let haven = Haven::through(Door::Remote(remote.into()), Actor::system());
    assert_eq!(haven.nodes().list().await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn an_operation_that_asks_for_time_is_given_it_and_another_is_not() {
    let held = Held::new();
    let store = Arc::new(MemoryStore::new(&SystemClock::default()));
    let builder = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).hook(held.clone());
    let bed = Bed::over(builder.build().await.unwrap(), ServerOptions::default()).await.signed_in().await;
    let (node, container) = (NodeName::new("sim-1").unwrap(), ContainerRef::new("web").unwrap());
    bed.haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node).await.unwrap();
    let spec = ContainerSpec::new(ImageRef::new("nginx:latest").unwrap());
    bed.haven.containers().run(&node, "web", spec).await.unwrap();
    let credentials = Credentials::Token(Secret::new(&bed.token));
    let options = RemoteOptions { credentials, timeout: Duration::from_millis(500), ..RemoteOptions::default() };
    let remote = Remote::connect(&bed.url(""), options).await.unwrap();
    let haven = Haven::through(Door::Remote(remote.into()), Actor::system());

    let stop = StopContainer { node: node.clone(), container: container.clone(), timeout: Some(300) };
    let stop = tokio::spawn({
        let haven = haven.clone();
        async move { haven.call(stop).await }
    });
    held.begun.acquire().await.unwrap().forget();
    let pause = PauseContainer { node, container };
    assert_eq!(haven.call(pause).await.unwrap_err().kind(), ErrorKind::Timeout);
    held.may_end.add_permits(2);
    stop.await.unwrap().unwrap();
}
