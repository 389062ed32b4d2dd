//! Signing in, tokens, passwords.

use haven_core::{
    ErrorKind,
    door::ops::{nodes::ListNodes, sessions::SignIn},
    model::{Actor, Secret, access::Identity},
};

use super::fleet;

fn anonymous() -> Actor {
    Actor { identity: Identity::Anonymous, address: Some("10.0.0.9:1234".to_owned()), ..Actor::system() }
}

#[tokio::test]
async fn nothing_is_done_without_sign_in_but_signing_in() {
    let haven = fleet().await;
    let access = &haven.services().unwrap().access;
    assert!(access.first_user(&Secret::new("x")).await.unwrap());
    assert!(!access.first_user(&Secret::new("y")).await.unwrap(), "the first password is set once");
    let stranger = haven.acting_as(anonymous());
    assert_eq!(stranger.call(ListNodes::default()).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    let wrong = SignIn { user: "admin".to_owned(), password: Secret::new("y") };
    assert_eq!(stranger.call(wrong).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
    let session = stranger.call(SignIn { user: "admin".to_owned(), password: Secret::new("x") }).await.unwrap();
    assert_eq!(access.who(&session.token).await.unwrap(), Identity::User("admin".to_owned()));
    assert!(!format!("{session:?}").contains(&session.token));
    access.sign_out(&Secret::new(&session.token)).await.unwrap();
    assert_eq!(access.who(&session.token).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions() {
    let haven = fleet().await;
    let access = &haven.services().unwrap().access;
    access.first_user(&Secret::new("old")).await.unwrap();
    let session = access.sign_in("admin", &Secret::new("old"), &anonymous()).await.unwrap();
    access.change_password("admin", &Secret::new("old"), &Secret::new("new"), &anonymous()).await.unwrap();
    assert!(access.who(&session.token).await.is_err());
    assert!(access.check("admin", &Secret::new("old"), &anonymous()).await.is_err());
    assert!(access.check("admin", &Secret::new("new"), &anonymous()).await.is_ok());
}

#[tokio::test]
async fn guessing_is_slowed_down_by_address() {
    let haven = fleet().await;
    let access = &haven.services().unwrap().access;
    access.first_user(&Secret::new("right")).await.unwrap();
    for _ in 0..10 {
        let refused = access.check("admin", &Secret::new("wrong"), &anonymous()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unauthenticated);
    }
    let refused = access.check("admin", &Secret::new("right"), &anonymous()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Busy);
    assert!(refused.retry_after().is_some());
    let elsewhere = Actor { address: Some("10.0.0.8:1".to_owned()), ..anonymous() };
    assert!(access.check("admin", &Secret::new("right"), &elsewhere).await.is_ok(), "others are not locked out");
}

#[tokio::test]
async fn who_was_known_is_known_while_the_store_does_not_answer() {
    use std::sync::Arc;

    use haven_core::{
        clock::{Clock, SystemClock},
        store::{Keyring, MemoryStore, Store},
    };
    use haven_testkit::faults::{Fault, Faults, FaultyStore, Rule};

    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let faults = Faults::seeded(1);
    let store: Arc<dyn Store> = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new(&*clock)), faults.clone()));
    let haven = super::on(store, Keyring::generate().unwrap()).await;
    let access = &haven.services().unwrap().access;
    access.first_user(&Secret::new("right")).await.unwrap();
    let session = access.sign_in("admin", &Secret::new("right"), &anonymous()).await.unwrap();
    access.who(&session.token).await.unwrap();
    faults.add(Rule::always("store.get", Fault::Unreachable));
    assert!(access.who(&session.token).await.is_ok());
    assert!(access.check("admin", &Secret::new("right"), &anonymous()).await.is_ok());
    assert_eq!(access.who("hvn_other").await.unwrap_err().kind(), ErrorKind::Unavailable);
    let wrong = access.check("admin", &Secret::new("wrong"), &anonymous()).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Unavailable);
}
