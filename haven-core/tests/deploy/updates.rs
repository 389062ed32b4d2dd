//! Updates: who gets what, in which order, and what happens when one fails.

use std::collections::BTreeSet;

use haven_core::{
    ErrorKind,
    deploy::{SpecChanges, UpdateRequest},
    door::ops::plans::{AbortPlan, ApplyPlan, GetPlan, PlanUpdate, RemovePlan, ResumePlan},
    engine::Containers as _,
    model::{
        Plan, PlanState, Port, RestartPolicy, Rollout,
        container::StopOptions,
        plan::{OnFailure, Order, Selection, StepState},
        spec::Protocol,
    },
};

use super::fleet::{Fleet, Hangs, apply, is_applied, kept, nginx, plan, rest, rollback, rollout, update};

const ORDERS: [Order; 3] = [Order::StopFirst, Order::StartFirst, Order::StopAll];

#[tokio::test]
async fn every_order_replaces_all_and_a_rollback_brings_the_very_same_back() {
    for order in ORDERS {
        let fleet = Fleet::of(2).await;
        let haven = fleet.master(&Hangs::never()).await;
        for node in fleet.nodes() {
            for name in ["web", "shop"] {
                let mut spec = nginx("1.26");
                spec.env.insert("PASSWORD".into(), "s3cret".into());
                spec.restart = RestartPolicy::Always;
                pull(&fleet, "1.26").await;
                haven.containers().run(node, name, spec).await.unwrap();
            }
        }
        let before = fleet.containers().await;
        let made = plan(&haven, update("1.27", rollout(order))).await;
        assert_eq!(made.steps.len(), 4, "{}", made.diff());
        assert!(made.diff().contains("image: nginx:1.26 -> nginx:1.27"), "{}", made.diff());
        assert_eq!(fleet.containers().await, before, "planning changes nothing");
        is_applied(&apply(&haven, &made.id).await);
        let after = fleet.living().await;
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
        for (name, kin) in &after {
            assert!(kin.running && kin.spec.image.as_str() == "nginx:1.27", "{order:?} {name:?}");
            assert_eq!(kin.spec.restart, RestartPolicy::Always);
            assert_eq!(kin.spec.env["PASSWORD"].expose(), "s3cret");
        }
        assert_eq!(kept(&haven).await.len(), 4);
        let back = rollback(&haven, &made.id).await;
        is_applied(&apply(&haven, &back.id).await);
        assert_eq!(fleet.living().await, before, "{order:?}");
        // And the rollback can be rolled back.
        let again = rollback(&haven, &back.id).await;
        is_applied(&apply(&haven, &again.id).await);
        assert_eq!(fleet.living().await, after, "{order:?}");
        haven.close().await;
    }
}

async fn pull(fleet: &Fleet, tag: &str) {
    use futures_util::TryStreamExt as _;
    use haven_core::engine::Images as _;
    for node in fleet.nodes() {
        let progress = fleet.engines.engine(node).pull_image(&nginx(tag).image).await.unwrap();
        progress.try_collect::<Vec<_>>().await.unwrap();
    }
}

#[tokio::test]
async fn what_an_operator_stopped_on_purpose_is_not_started_by_an_update() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    let node = &fleet.nodes()[0];
    for name in ["runs", "stopped"] {
        haven.containers().run(node, name, nginx("latest")).await.unwrap();
    }
    let stopped = "stopped".parse().unwrap();
    fleet.engines.engine(node).stop_container(&stopped, &StopOptions::default()).await.unwrap();
    haven
        .call(haven_core::door::ops::containers::StopContainer {
            node: node.clone(),
            container: stopped,
            timeout: None,
        })
        .await
        .unwrap();
    let made = plan(&haven, update("1.27", rollout(Order::StopFirst))).await;
    assert_eq!(made.steps.len(), 1);
    assert_eq!(made.skipped[0].reason, "it does not run, and is not started");
    is_applied(&apply(&haven, &made.id).await);
    let living = fleet.living().await;
    assert!(!living[&("n1".into(), "stopped".into())].running);
    assert_eq!(living[&("n1".into(), "stopped".into())].spec.image.as_str(), "nginx:latest");
}

#[tokio::test]
async fn a_bad_version_is_caught_by_its_gate_and_taken_back() {
    for order in ORDERS {
        let fleet = Fleet::of(2).await;
        let haven = fleet.master(&Hangs::never()).await;
        for node in fleet.nodes() {
            for name in ["a", "b"] {
                haven.containers().run(node, name, nginx("latest")).await.unwrap();
            }
        }
        let before = fleet.containers().await;
        let bad =
            SpecChanges { labels: [("sim.crash-after".to_owned(), "0.5".to_owned())].into(), ..SpecChanges::default() };
        let how = Rollout { on_failure: OnFailure::Rollback, ..rollout(order) };
        let request = UpdateRequest { changes: bad, ..update("1.27", how) };
        let made = plan(&haven, request).await;
        let detail = apply(&haven, &made.id).await;
        let (state, steps) = (detail.status.state, &detail.steps);
        assert_eq!(state, PlanState::RolledBack, "{order:?} {steps:#?}");
        assert!(detail.status.error.unwrap().message.contains("ended with 1"), "{order:?} {steps:#?}");
        assert_eq!(fleet.containers().await, before, "{order:?}");
        assert!(kept(&haven).await.is_empty());
    }
}

#[tokio::test]
async fn a_failure_pauses_and_the_rest_is_untouched() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    for name in ["a", "b", "c"] {
        haven.containers().run(&fleet.nodes()[0], name, nginx("latest")).await.unwrap();
    }
    let before = fleet.containers().await;
    let bad =
        SpecChanges { labels: [("sim.crash-after".to_owned(), "0.5".to_owned())].into(), ..SpecChanges::default() };
    let made = plan(&haven, UpdateRequest { changes: bad, ..update("1.27", rollout(Order::StopFirst)) }).await;
    let detail = apply(&haven, &made.id).await;
    assert_eq!(detail.status.state, PlanState::Paused);
    let states: Vec<_> = detail.steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Failed, StepState::Pending, StepState::Pending]);
    assert_eq!(fleet.containers().await, before);
    // Let go on, it pauses at the next failure; taken back, it is at its end.
    haven.call(ResumePlan { plan: made.id.clone() }).await.unwrap();
    let detail = rest(&haven, &made.id).await;
    let states: Vec<_> = detail.steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Failed, StepState::Failed, StepState::Pending]);
    assert_eq!(detail.status.state, PlanState::Paused);
    haven.call(AbortPlan { plan: made.id.clone() }).await.unwrap();
    assert_eq!(rest(&haven, &made.id).await.status.state, PlanState::RolledBack);
    assert_eq!(fleet.containers().await, before);
}

#[tokio::test]
async fn a_plan_that_a_failure_held_goes_on_when_it_is_resumed() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    let node = &fleet.nodes()[0];
    for name in ["a", "b", "c"] {
        haven.containers().run(node, name, nginx("latest")).await.unwrap();
    }
    let hook = Hangs::refusing("create_container", 1);
    haven.close().await;
    let haven = fleet.master(&hook).await;
    let made = plan(&haven, update("1.27", rollout(Order::StopFirst))).await;
    assert_eq!(apply(&haven, &made.id).await.status.state, PlanState::Paused);
    haven.call(ResumePlan { plan: made.id.clone() }).await.unwrap();
    let detail = rest(&haven, &made.id).await;
    let states: Vec<_> = detail.steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Failed, StepState::Done, StepState::Done], "{:#?}", detail.steps);
    assert_eq!(detail.status.state, PlanState::Incomplete);
}

#[tokio::test]
async fn a_fixed_port_is_found_while_planning_and_stops_first() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    let mut spec = nginx("latest");
    spec.ports.push(Port { container: 80, host: Some(8080), address: None, protocol: Protocol::Tcp });
    haven.containers().run(&fleet.nodes()[0], "web", spec).await.unwrap();
    let made = plan(&haven, update("1.27", rollout(Order::StartFirst))).await;
    assert_eq!(made.steps[0].order, Order::StopFirst);
    assert_eq!(made.steps[0].note.as_deref(), Some("port 8080 of the host is fixed"));
    is_applied(&apply(&haven, &made.id).await);
    assert!(fleet.living().await[&("n1".into(), "web".into())].running);
}

#[tokio::test]
async fn canaries_are_so_many_of_a_hundred_of_each_node_in_turn() {
    let fleet = Fleet::of(3).await;
    let haven = fleet.master(&Hangs::never()).await;
    for node in fleet.nodes() {
        for number in 0..5 {
            haven.containers().run(node, &format!("web-{number}"), nginx("latest")).await.unwrap();
        }
    }
    let request = UpdateRequest { percent: Some(20), ..update("1.27", rollout(Order::StopFirst)) };
    let made = plan(&haven, request).await;
    let nodes: BTreeSet<_> = made.steps.iter().map(|step| step.node().as_str()).collect();
    assert_eq!((made.steps.len(), nodes.len()), (3, 3), "{}", made.diff());
    assert_eq!(made.skipped.len(), 12);
    assert_eq!(made.summary, "update nginx to 1.27: 3 of 15 containers on 3 nodes");
}

#[tokio::test]
async fn a_stale_plan_is_refused_with_what_moved_and_a_moved_step_is_counted() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    let node = &fleet.nodes()[0];
    for name in ["a", "b"] {
        haven.containers().run(node, name, nginx("latest")).await.unwrap();
    }
    let made = plan(&haven, update("1.27", rollout(Order::StopFirst))).await;
    haven.containers().run(node, "c", nginx("latest")).await.unwrap();
    haven.containers().remove(node, &"a".parse().unwrap()).await.unwrap();
    let error = haven.call(ApplyPlan { plan: made.id.clone(), contents: None }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("`c` came") && error.message().contains("`a` went"), "{error}");
    let made = plan(&haven, update("1.27", rollout(Order::StopFirst))).await;
    haven.containers().stop(node, &"b".parse().unwrap()).await.unwrap();
    let detail = apply(&haven, &made.id).await;
    assert_eq!(detail.status.state, PlanState::Incomplete);
    assert_eq!((detail.status.steps.done, detail.status.steps.refused), (1, 1));
    let refused = detail.steps.iter().find(|step| step.name.as_str() == "b").unwrap();
    assert!(refused.error.as_ref().unwrap().message.contains("was stopped since"), "{refused:?}");
}

#[tokio::test]
async fn a_plan_that_was_printed_and_read_back_applies_and_an_altered_one_is_refused() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    let mut spec = nginx("latest");
    spec.env.insert("PASSWORD".into(), "s3cret".into());
    haven.containers().run(&fleet.nodes()[0], "web", spec).await.unwrap();
    let made = plan(&haven, update("1.27", rollout(Order::StopFirst))).await;
    let text = serde_json::to_string(&made).unwrap();
    assert!(!text.contains("s3cret"), "a secret stands in the plan's text");
    let altered: Plan = serde_json::from_str(&text.replace("1.27", "1.26")).unwrap();
    let refused = haven.call(ApplyPlan { plan: made.id.clone(), contents: Some(altered) }).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    // In another process.
    haven.close().await;
    let other = fleet.master(&Hangs::never()).await;
    let back: Plan = serde_json::from_str(&text).unwrap();
    other.call(ApplyPlan { plan: back.id.clone(), contents: Some(back) }).await.unwrap();
    is_applied(&rest(&other, &made.id).await);
    let web = &fleet.living().await[&("n1".into(), "web".into())];
    assert_eq!(web.spec.env["PASSWORD"].expose(), "s3cret");
    let again = other.call(ApplyPlan { plan: made.id.clone(), contents: None }).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn the_last_ten_of_a_container_are_kept_and_older_ones_are_removed() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    haven.containers().run(&fleet.nodes()[0], "web", nginx("latest")).await.unwrap();
    let mut first = None;
    for _ in 0..12 {
        let selection = Selection { name: vec!["web".into()], ..Selection::default() };
        let request = UpdateRequest { selection, rollout: rollout(Order::StopFirst), ..UpdateRequest::default() };
        let made = plan(&haven, request).await;
        is_applied(&apply(&haven, &made.id).await);
        first.get_or_insert(made.id);
    }
    assert_eq!(kept(&haven).await.len(), 10);
    assert_eq!(fleet.containers().await.len(), 11, "ten are parked, and one runs");
    let first = first.unwrap();
    let gone = haven.call(haven_core::door::ops::plans::PlanRollback { plan: first.clone() }).await.unwrap_err();
    assert!(gone.message().contains("not kept any more"), "{gone}");
    haven.call(RemovePlan { plan: first.clone(), kept: false }).await.unwrap();
    assert_eq!(haven.call(GetPlan { plan: first }).await.unwrap_err().kind(), ErrorKind::NotFound);
    let last = kept(&haven).await.pop().unwrap().plan;
    assert_eq!(haven.call(RemovePlan { plan: last, kept: false }).await.unwrap_err().kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_percentage_of_none_and_a_pattern_that_is_none_are_refused() {
    let fleet = Fleet::of(1).await;
    let haven = fleet.master(&Hangs::never()).await;
    for request in [
        UpdateRequest { percent: Some(0), ..UpdateRequest::default() },
        UpdateRequest { percent: Some(101), ..UpdateRequest::default() },
        UpdateRequest { to: Some("not a tag".into()), ..UpdateRequest::default() },
        UpdateRequest { rollout: Rollout { monitor: -1.0, ..Rollout::default() }, ..UpdateRequest::default() },
        UpdateRequest { rollout: Rollout { delay: f64::NAN, ..Rollout::default() }, ..UpdateRequest::default() },
    ] {
        assert_eq!(haven.call(PlanUpdate(request)).await.unwrap_err().kind(), ErrorKind::Invalid);
    }
}
