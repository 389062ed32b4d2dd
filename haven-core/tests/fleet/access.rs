//! Signing in, tokens, passwords.

use std::sync::Arc;

use haven_core::{
    ErrorKind, Haven,
    clock::{Clock, SystemClock},
    door::ops::{nodes::ListNodes, sessions::SignIn},
    model::{Actor, Secret, access::Identity},
    store::{Keyring, MemoryStore, Store},
};
use haven_testkit::faults::{Fault, Faults, FaultyStore, Rule};

use super::fleet;

/// A fleet whose store can be made to fail.
async fn faulty() -> (Haven, Faults) {
    let (clock, faults): (Arc<dyn Clock>, _) = (Arc::new(SystemClock::default()), Faults::seeded(1));
    let store: Arc<dyn Store> = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new(&*clock)), faults.clone()));
    (super::on(store, Keyring::generate().unwrap()).await, faults)
}

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
async fn who_is_locked_out_learns_nothing_while_the_user_is_active_elsewhere() {
    let haven = fleet().await;
    let access = &haven.services().unwrap().access;
    access.first_user(&Secret::new("right")).await.unwrap();
    let elsewhere = Actor { address: Some("10.0.0.8:1".to_owned()), ..anonymous() };
    for actor in [&elsewhere, &anonymous()] {
        access.check("admin", &Secret::new("right"), actor).await.unwrap();
    }
    for _ in 0..10 {
        access.check("admin", &Secret::new("wrong"), &anonymous()).await.unwrap_err();
        access.check("admin", &Secret::new("right"), &elsewhere).await.unwrap();
    }
    for guess in ["wrong", "right"] {
        let refused = access.check("admin", &Secret::new(guess), &anonymous()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Busy, "{guess}");
    }
    access.check("admin", &Secret::new("right"), &elsewhere).await.unwrap();
}

#[tokio::test]
async fn guesses_are_counted_also_while_the_store_does_not_answer() {
    let (haven, faults) = faulty().await;
    let access = &haven.services().unwrap().access;
    access.first_user(&Secret::new("right")).await.unwrap();
    access.check("admin", &Secret::new("right"), &anonymous()).await.unwrap();
    faults.add(Rule::always("store.get", Fault::Unreachable));
    let elsewhere = Actor { address: Some("10.0.0.8:1".to_owned()), ..anonymous() };
    let unknown = access.check("admin", &Secret::new("right"), &elsewhere).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Unavailable, "nobody was known there");
    for _ in 0..10 {
        let wrong = access.check("admin", &Secret::new("wrong"), &anonymous()).await.unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::Unavailable);
    }
    let refused = access.check("admin", &Secret::new("right"), &anonymous()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Busy);
}

#[tokio::test]
async fn a_password_that_was_changed_is_not_said_not_to_be() {
    let (haven, faults) = faulty().await;
    let access = &haven.services().unwrap().access;
    access.first_user(&Secret::new("old")).await.unwrap();
    let session = access.sign_in("admin", &Secret::new("old"), &anonymous()).await.unwrap();
    // Nothing but the one write counts.
    faults.add(Rule::always("store.list", Fault::Unreachable));
    faults.add(Rule { skip: 1, ..Rule::always("store.txn", Fault::Unreachable) });
    access.change_password("admin", &Secret::new("old"), &Secret::new("new"), &anonymous()).await.unwrap();
    assert_eq!(access.who(&session.token).await.unwrap_err().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn who_was_known_is_known_while_the_store_does_not_answer() {
    let (haven, faults) = faulty().await;
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
