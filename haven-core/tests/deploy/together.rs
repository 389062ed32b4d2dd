//! Plans that meet: about the same containers at the same time, and wishes that come while something is waited for.

use std::time::{Duration, Instant};

use haven_core::{
    ErrorKind, Haven,
    deploy::{CreateRequest, DrainRequest, PruneRequest},
    door::ops::containers::KillContainer,
    door::ops::plans::{AbortPlan, ApplyPlan, PausePlan, PlanCreate, PlanDrain, PlanPrune, RemovePlan, ResumePlan},
    engine::Containers as _,
    model::{
        ContainerName, PlanId, PlanState, Rollout,
        container::RemoveOptions,
        plan::{Order, PlanDetail, StepState},
    },
};

use crate::fleet::{Fleet, Hangs, apply, begin, is_applied, kept, nginx, plan, rest, rollback, rollout, update};

/// Two nodes, and three containers of a plan on the first.
async fn fleet(haven: &Haven, fleet: &Fleet) {
    let node = Some(fleet.nodes()[0].clone());
    let request = CreateRequest { node, count: Some(3), ..CreateRequest::new(nginx("latest")) };
    let made = haven.call(PlanCreate(request)).await.unwrap();
    is_applied(&apply(haven, &made.id).await);
}

async fn until(haven: &Haven, plan: &PlanId, what: &str, holds: impl Fn(&PlanDetail) -> bool) -> PlanDetail {
    let begun = Instant::now();
    loop {
        let detail = haven.plans().get(plan).await.unwrap();
        if holds(&detail) {
            return detail;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} does not come: {:#?}", detail.steps);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Long enough that nobody waits for its end: ten minutes of the test's time are six seconds.
fn long(order: Order) -> Rollout {
    Rollout { monitor: 36_000.0, ..rollout(order) }
}

fn one_at_a_time(order: Order) -> Rollout {
    Rollout { parallelism: 1, ..rollout(order) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_about_containers_that_another_is_at_is_refused_by_name() {
    let machines = Fleet::of(2).await;
    let haven = machines.master(&Hangs::never()).await;
    fleet(&haven, &machines).await;
    let first = plan(&haven, update("1.27", long(Order::StartFirst))).await;
    let drain =
        DrainRequest { node: machines.nodes()[0].clone(), leave_data: false, rollout: rollout(Order::StopFirst) };
    let second = haven.call(PlanDrain(drain)).await.unwrap();
    begin(&haven, &first.id).await;
    let refused = haven.call(ApplyPlan { plan: second.id.clone(), contents: None }).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(refused.message().contains(first.id.short()), "it names the other: {refused}");
    haven.call(AbortPlan { plan: first.id.clone() }).await.unwrap();
    assert_eq!(rest(&haven, &first.id).await.status.state, PlanState::RolledBack);
    haven.close().await;
}

/// Guards against a container that an update and a drain, begun at the same moment by two masters, leave on both nodes.
#[tokio::test(flavor = "multi_thread")]
async fn plans_that_two_masters_begin_at_once_double_no_container() {
    for _ in 0..10 {
        let machines = Fleet::of(2).await;
        let (one, two) = (machines.master(&Hangs::never()).await, machines.master(&Hangs::never()).await);
        fleet(&one, &machines).await;
        let first = plan(&one, update("1.27", Rollout { parallelism: 0, ..rollout(Order::StartFirst) })).await;
        let how = Rollout { parallelism: 0, ..rollout(Order::StartFirst) };
        let drain = DrainRequest { node: machines.nodes()[0].clone(), leave_data: false, rollout: how };
        let second = two.call(PlanDrain(drain)).await.unwrap();
        let apply = |plan: &PlanId| ApplyPlan { plan: plan.clone(), contents: None };
        let (a, b) = tokio::join!(one.call(apply(&first.id)), two.call(apply(&second.id)));
        for (begun, id) in [(a, &first.id), (b, &second.id)] {
            match begun {
                Ok(_) => drop(rest(&one, id).await),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error}"),
            }
        }
        let living = machines.living().await;
        let names: Vec<&String> = living.iter().filter(|(_, kin)| kin.running).map(|((_, name), _)| name).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        for name in ["nginx", "nginx-1", "nginx-2"] {
            assert!(names.iter().any(|running| *running == name), "{name} is lost: {names:?}");
        }
        assert_eq!(living.len(), 3, "something is left: {:?}", living.keys());
        one.close().await;
        two.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abort_does_not_wait_until_a_new_container_was_watched_or_a_delay_is_over() {
    for order in [Order::StartFirst, Order::StopFirst, Order::StopAll] {
        for how in [long(order), Rollout { delay: 36_000.0, ..one_at_a_time(order) }] {
            let machines = Fleet::of(1).await;
            let haven = machines.master(&Hangs::never()).await;
            fleet(&haven, &machines).await;
            let before = machines.containers().await;
            let made = plan(&haven, update("1.27", how)).await;
            begin(&haven, &made.id).await;
            until(&haven, &made.id, "a step", |detail| detail.steps[0].state != StepState::Pending).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            haven.call(AbortPlan { plan: made.id.clone() }).await.unwrap();
            assert_eq!(rest(&haven, &made.id).await.status.state, PlanState::RolledBack, "{order:?}");
            assert_eq!(machines.containers().await, before, "{order:?}");
            haven.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_stops_all_stops_no_more_once_it_is_aborted() {
    let machines = Fleet::of(1).await;
    let hook = Hangs::at(Some((3, crate::fleet::Moment::Before)));
    let maker = machines.master(&Hangs::never()).await;
    fleet(&maker, &machines).await;
    let before = machines.containers().await;
    maker.close().await;
    let haven = machines.master(&hook).await;
    let made = plan(&haven, update("1.27", one_at_a_time(Order::StopAll))).await;
    begin(&haven, &made.id).await;
    hook.hung.subscribe().wait_for(|hung| *hung).await.unwrap();
    haven.call(AbortPlan { plan: made.id.clone() }).await.unwrap();
    hook.go_on.send_replace(true);
    let detail = rest(&haven, &made.id).await;
    assert_eq!(detail.status.state, PlanState::RolledBack);
    assert_eq!(machines.containers().await, before);
    assert_eq!(detail.steps[2].state, StepState::Pending, "the last was not touched");
    haven.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_is_aborted_can_be_made_again() {
    let machines = Fleet::of(1).await;
    let haven = machines.master(&Hangs::never()).await;
    fleet(&haven, &machines).await;
    let before = machines.living().await;
    let made = plan(&haven, update("1.27", one_at_a_time(Order::StartFirst))).await;
    is_applied(&apply(&haven, &made.id).await);
    let after = machines.living().await;
    let mut back = rollback(&haven, &made.id).await;
    for _ in 0..2 {
        begin(&haven, &back.id).await;
        until(&haven, &back.id, "the first step", |detail| detail.steps[0].state == StepState::Done).await;
        haven.call(AbortPlan { plan: back.id.clone() }).await.unwrap();
        assert_eq!(rest(&haven, &back.id).await.status.state, PlanState::RolledBack);
        assert_eq!(machines.living().await, after);
        assert_eq!(kept(&haven).await.len(), 3, "all of them can be brought back still");
        back = rollback(&haven, &made.id).await;
    }
    is_applied(&apply(&haven, &back.id).await);
    assert_eq!(machines.living().await, before);
    haven.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_abort_goes_on_backwards_and_is_not_removed() {
    let machines = Fleet::of(1).await;
    let haven = machines.master(&Hangs::never()).await;
    fleet(&haven, &machines).await;
    let before = machines.containers().await;
    let made = plan(&haven, update("1.27", one_at_a_time(Order::StopFirst))).await;
    begin(&haven, &made.id).await;
    until(&haven, &made.id, "the first step", |detail| detail.steps[0].state == StepState::Done).await;
    haven.call(PausePlan { plan: made.id.clone() }).await.unwrap();
    let held =
        until(&haven, &made.id, "the pause", |detail| detail.steps.iter().all(|step| step.state != StepState::Doing))
            .await;
    let first = &held.steps[0];
    // Somebody gives the name to another.
    let engine = machines.engines.engine(&first.node);
    let aside = ContainerName::new("aside").unwrap();
    engine.rename_container(&first.name.clone().into(), &aside).await.unwrap();
    let other = engine.create_container(Some(&first.name), &nginx("latest")).await.unwrap();
    haven.call(AbortPlan { plan: made.id.clone() }).await.unwrap();
    assert_eq!(rest(&haven, &made.id).await.status.state, PlanState::Stuck);
    let refused = haven.call(RemovePlan { plan: made.id.clone(), kept: true }).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict, "its records are the only way back");
    let refused = haven.plans().rollback(&made.id).await.unwrap_err();
    assert!(refused.message().contains("stuck"), "{refused}");
    engine.remove_container(&other.into(), &RemoveOptions::default()).await.unwrap();
    engine.rename_container(&aside.into(), &first.name).await.unwrap();
    haven.call(ResumePlan { plan: made.id.clone() }).await.unwrap();
    assert_eq!(rest(&haven, &made.id).await.status.state, PlanState::RolledBack);
    assert_eq!(machines.containers().await, before);
    haven.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_begun_once_however_many_ask() {
    let machines = Fleet::of(1).await;
    let haven = machines.master(&Hangs::never()).await;
    fleet(&haven, &machines).await;
    let made = plan(&haven, update("1.27", rollout(Order::StartFirst))).await;
    let asked = (0..6).map(|_| haven.call(ApplyPlan { plan: made.id.clone(), contents: None }));
    let answers = futures_util::future::join_all(asked).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    is_applied(&rest(&haven, &made.id).await);
    haven.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_free_again_once_nothing_needs_them() {
    let machines = Fleet::of(1).await;
    let haven = machines.master(&Hangs::never()).await;
    let request = || CreateRequest { name: Some("web".parse().unwrap()), ..CreateRequest::new(nginx("latest")) };
    let made = haven.call(PlanCreate(request())).await.unwrap();
    let taken = haven.call(PlanCreate(request())).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    haven.call(RemovePlan { plan: made.id, kept: false }).await.unwrap();
    let mut wrong = request();
    wrong.requirements.add_entry("constraint:zone==nowhere").unwrap();
    assert_eq!(haven.call(PlanCreate(wrong)).await.unwrap_err().kind(), ErrorKind::Conflict);
    let wrong = CreateRequest { rollout: Some(Rollout { delay: -1.0, ..rollout(Order::StopFirst) }), ..request() };
    assert_eq!(haven.call(PlanCreate(wrong)).await.unwrap_err().kind(), ErrorKind::Invalid);
    let made = haven.call(PlanCreate(request())).await.unwrap();
    is_applied(&apply(&haven, &made.id).await);
    let web: ContainerName = "web".parse().unwrap();
    haven.call(KillContainer { node: machines.nodes()[0].clone(), container: web.into(), signal: None }).await.unwrap();
    let pruned = haven.call(PlanPrune(PruneRequest::default())).await.unwrap();
    is_applied(&apply(&haven, &pruned.id).await);
    haven.call(PlanCreate(request())).await.unwrap();
    haven.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_for_a_plan_can_be_given_up_with_it() {
    let machines = Fleet::of(1).await;
    let haven = machines.master(&Hangs::never()).await;
    fleet(&haven, &machines).await;
    let made = plan(&haven, update("1.27", rollout(Order::StartFirst))).await;
    is_applied(&apply(&haven, &made.id).await);
    assert_eq!(kept(&haven).await.len(), 3);
    haven.call(RemovePlan { plan: made.id, kept: true }).await.unwrap();
    assert_eq!(kept(&haven).await.len(), 0);
    assert_eq!(machines.containers().await.len(), 3);
    haven.close().await;
}

/// Guards against a plan that is stuck for ever, and cannot be removed, since its node does not come back.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_stuck_at_a_node_ends_when_the_node_is_taken_out_of_the_fleet() {
    let machines = Fleet::of(2).await;
    let haven = machines.master(&Hangs::never()).await;
    fleet(&haven, &machines).await;
    let made = plan(&haven, update("1.27", long(Order::StartFirst))).await;
    begin(&haven, &made.id).await;
    until(&haven, &made.id, "a step", |detail| detail.steps[0].state != StepState::Pending).await;
    machines.engines.engine(&machines.nodes()[0]).disconnect();
    haven.call(AbortPlan { plan: made.id.clone() }).await.unwrap();
    assert_eq!(rest(&haven, &made.id).await.status.state, PlanState::Stuck);
    haven.nodes().remove(&machines.nodes()[0]).await.unwrap();
    haven.call(AbortPlan { plan: made.id.clone() }).await.unwrap();
    assert_eq!(rest(&haven, &made.id).await.status.state, PlanState::RolledBack);
    haven.call(RemovePlan { plan: made.id, kept: true }).await.unwrap();
    haven.close().await;
}
