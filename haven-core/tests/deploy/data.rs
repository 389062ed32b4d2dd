//! Plans as data: chosen by id, printed, read elsewhere, altered.

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind,
    deploy::{SpecChanges, UpdateRequest},
    model::{
        Plan, PlanState,
        plan::{Order, Selection, StepState},
    },
};

use super::fleet::{Fleet, Hangs, is_applied, nginx, rollout, update};

#[tokio::test]
async fn a_plan_that_was_printed_is_applied_by_another_master_as_it_was_made() {
    let fleet = Fleet::of(2).await;
    let (one, other) = (fleet.master(&Hangs::never()).await, fleet.master(&Hangs::never()).await);
    for node in fleet.nodes() {
        let mut spec = nginx("latest");
        spec.env.insert("PASSWORD".into(), "s3cret".into());
        one.containers().run(node, "web", spec).await.unwrap();
    }
    let made = one.plans().update(update("1.27", rollout(Order::StartFirst))).await.unwrap();
    let text = serde_json::to_string_pretty(&made).unwrap();
    assert!(!text.contains("s3cret"), "{text}");
    let read: Plan = serde_json::from_str(&text).unwrap();
    one.close().await;
    drop(one);
    is_applied(&other.plans().apply_and_wait(&read).await.unwrap());
    for kin in fleet.living().await.values() {
        assert_eq!((kin.spec.image.as_str(), kin.spec.env["PASSWORD"].expose()), ("nginx:1.27", "s3cret"));
    }
    let back = other.plans().rollback(&read.id).await.unwrap();
    is_applied(&other.plans().apply_and_wait(&back).await.unwrap());
    assert!(fleet.living().await.values().all(|kin| kin.spec.image.as_str() == "nginx:latest"));
}

#[tokio::test]
async fn a_plan_that_was_altered_is_refused_and_nothing_of_it_happens() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    haven.containers().run(&fleet.nodes()[0], "web", nginx("latest")).await.unwrap();
    let before = fleet.containers().await;
    let made = haven.plans().update(update("1.27", rollout(Order::StopFirst))).await.unwrap();
    let mut altered = made.clone();
    altered.rollout.parallelism = 7;
    let error = haven.plans().apply_and_wait(&altered).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(haven.plans().get(&made.id).await.unwrap().status.state, PlanState::Planned);
    assert_eq!(fleet.containers().await, before);
}

#[tokio::test]
async fn of_two_containers_of_one_name_only_the_one_that_is_meant_by_its_id_is_made_again() {
    let fleet = Fleet::of(2).await;
    let haven = fleet.master(&Hangs::never()).await;
    let mut ids = Vec::new();
    for node in fleet.nodes() {
        ids.push(haven.containers().run(node, "web", nginx("latest")).await.unwrap());
    }
    let request = UpdateRequest {
        selection: Selection { id: vec![ids[0].clone()], name: vec!["web".into()], ..Selection::default() },
        changes: SpecChanges { labels: [("tier".into(), "front".into())].into(), ..SpecChanges::default() },
        rollout: rollout(Order::StopFirst),
        ..UpdateRequest::default()
    };
    let made = haven.plans().update(request).await.unwrap();
    assert_eq!(made.summary, "update web: 1 of 1 container on 1 node");
    is_applied(&haven.plans().apply_and_wait(&made).await.unwrap());
    let labels: Vec<_> = fleet.living().await.into_values().map(|kin| kin.spec.labels.get("tier").cloned()).collect();
    assert_eq!(labels, [Some("front".to_owned()), None]);
}

#[tokio::test]
async fn who_follows_is_never_told_of_a_step_what_it_was_before() {
    let fleet = Fleet::of(2).await;
    let (haven, other) = (fleet.master(&Hangs::never()).await, fleet.master(&Hangs::never()).await);
    for node in fleet.nodes() {
        for number in 0..5 {
            haven.containers().run(node, &format!("web-{number}"), nginx("latest")).await.unwrap();
        }
    }
    let made = haven.plans().update(update("1.27", rollout(Order::StopFirst))).await.unwrap();
    haven.plans().apply(&made.id).await.unwrap();
    let mut followers = tokio::task::JoinSet::new();
    // Who comes late looks, and then watches from before.
    while haven.plans().get(&made.id).await.unwrap().status.state.is_moving() {
        for haven in [haven.clone(), other.clone()] {
            let id = made.id.clone();
            followers.spawn(async move {
                let mut progress = haven.plans().follow(&id).await.unwrap();
                let mut told = std::collections::HashSet::new();
                while let Some(progress) = progress.next().await {
                    if let Some(step) = progress.unwrap().step {
                        assert!(told.insert((step.index, step.state)), "step {} is {} again", step.index, step.state);
                    }
                }
                told.iter().filter(|(_, state)| *state == StepState::Done).count()
            });
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    while let Some(done) = followers.join_next().await {
        assert_eq!(done.unwrap(), 10);
    }
}
