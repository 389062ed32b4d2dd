//! A master that is killed at any effect, before it or after it, and one that hangs there and comes back late.

use haven_core::model::{
    PlanState, RestartPolicy, Rollout,
    plan::{OnFailure, Order, StepState},
};

use super::{
    fleet::{Fleet, Hangs, Moment, apply, begin, nginx, plan, rest, rollback, rollout, update},
    stoppable::Stoppable,
};

/// Two containers on two nodes.
async fn fleet() -> Fleet {
    let fleet = Fleet::of(2).await;
    let haven = fleet.master(&Hangs::never()).await;
    for node in fleet.nodes() {
        let mut spec = nginx("latest");
        spec.restart = RestartPolicy::Always;
        haven.containers().run(node, "web", spec).await.unwrap();
    }
    haven.close().await;
    fleet
}

/// Applies the update with a master that is killed at one effect, and lets another go on. Answers false when there are not
/// so many effects.
async fn killed(order: Order, at: u64, moment: Moment) -> bool {
    let fleet = fleet().await;
    let before = fleet.containers().await;
    let hook = Hangs::at(Some((at, moment)));
    let first = fleet.master(&hook).await;
    let made = plan(&first, update("1.27", rollout(order))).await;
    begin(&first, &made.id).await;
    let mut hung = hook.hung.subscribe();
    let was_killed = tokio::select! {
        _ = hung.wait_for(|hung| *hung) => true,
        _ = rest(&first, &made.id) => false,
    };
    if !was_killed {
        return false;
    }
    drop(first);
    let second = fleet.master(&Hangs::never()).await;
    let detail = rest(&second, &made.id).await;
    assert_eq!(detail.status.state, PlanState::Applied, "{order:?} {at} {moment:?}: {:#?}", detail.steps);
    let after = fleet.living().await;
    assert_eq!(after.len(), 2, "{order:?} {at} {moment:?}: {:?}", after.keys());
    for (name, kin) in &after {
        assert!(kin.running && kin.spec.image.as_str() == "nginx:1.27", "{order:?} {at} {moment:?} {name:?}");
    }
    let back = rollback(&second, &made.id).await;
    let detail = apply(&second, &back.id).await;
    assert_eq!(detail.status.state, PlanState::Applied, "{:#?}", detail.steps);
    assert_eq!(fleet.living().await, before, "{order:?} {at} {moment:?}");
    second.close().await;
    true
}

async fn killed_everywhere(order: Order) {
    let mut at = 0;
    while killed(order, at, Moment::Before).await && killed(order, at, Moment::After).await {
        at += 1;
    }
    assert!(at >= 8, "only {at} effects");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_effect_of_stop_first_another_master_ends_it() {
    killed_everywhere(Order::StopFirst).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_effect_of_start_first_another_master_ends_it() {
    killed_everywhere(Order::StartFirst).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_effect_of_stop_all_another_master_ends_it() {
    killed_everywhere(Order::StopAll).await;
}

/// The same while a bad version is taken back.
async fn killed_while_taken_back(order: Order, at: u64, moment: Moment) -> bool {
    let fleet = fleet().await;
    let before = fleet.containers().await;
    let hook = Hangs::at(Some((at, moment)));
    let first = fleet.master(&hook).await;
    let mut request = update("1.27", Rollout { on_failure: OnFailure::Rollback, ..rollout(order) });
    request.changes.labels.insert("sim.crash-after".into(), "0.5".into());
    let made = plan(&first, request).await;
    begin(&first, &made.id).await;
    let mut hung = hook.hung.subscribe();
    let was_killed = tokio::select! {
        _ = hung.wait_for(|hung| *hung) => true,
        _ = rest(&first, &made.id) => false,
    };
    if !was_killed {
        return false;
    }
    drop(first);
    let second = fleet.master(&Hangs::never()).await;
    let detail = rest(&second, &made.id).await;
    assert_eq!(detail.status.state, PlanState::RolledBack, "{order:?} {at} {moment:?}: {:#?}", detail.steps);
    assert_eq!(fleet.containers().await, before, "{order:?} {at} {moment:?}");
    second.close().await;
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_bad_version_is_taken_back_another_master_ends_that() {
    for order in [Order::StopFirst, Order::StartFirst, Order::StopAll] {
        let mut at = 0;
        while killed_while_taken_back(order, at, Moment::Before).await
            && killed_while_taken_back(order, at, Moment::After).await
        {
            at += 1;
        }
        assert!(at >= 5, "{order:?}: only {at} effects");
    }
}

/// A master hangs at one effect of a bad update, another takes the plan back, and then the first goes on: the late effect is
/// put right. Answers false when there are not so many effects.
async fn late(order: Order, at: u64) -> bool {
    let fleet = fleet().await;
    let before = fleet.containers().await;
    let hook = Hangs::at(Some((at, Moment::Before)));
    let store = Stoppable::over(fleet.store());
    let first = fleet.master_on(store.clone(), &hook).await;
    let mut request = update("1.27", Rollout { on_failure: OnFailure::Rollback, ..rollout(order) });
    request.changes.labels.insert("sim.crash-after".into(), "0.5".into());
    let made = plan(&first, request).await;
    begin(&first, &made.id).await;
    let mut hung = hook.hung.subscribe();
    let has_hung = tokio::select! {
        _ = hung.wait_for(|hung| *hung) => true,
        _ = rest(&first, &made.id) => false,
    };
    if !has_hung {
        return false;
    }
    // It shows no sign of life any more, and is not gone.
    store.stop().await;
    let second = fleet.master(&Hangs::never()).await;
    let detail = rest(&second, &made.id).await;
    assert_eq!(detail.status.state, PlanState::RolledBack, "{order:?} {at}: {:#?}", detail.steps);
    assert_eq!(fleet.containers().await, before, "{order:?} {at}");
    store.go_on();
    let late = hook.log.lock().unwrap()[usize::try_from(at).unwrap()].clone();
    hook.go_on.send_replace(true);
    let mut is_put_right = false;
    for _ in 0..500 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let has_happened = hook.done.lock().unwrap().contains(&late);
        if has_happened && fleet.containers().await == before {
            is_put_right = true;
            break;
        }
    }
    assert!(is_put_right, "{order:?} {at}: {late}, {:?}", hook.done.lock().unwrap());
    // And it stays so.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(fleet.containers().await, before, "{order:?} {at}: {:?}", hook.log.lock().unwrap());
    second.close().await;
    first.close().await;
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_hung_at_any_effect_and_comes_back_late_does_no_harm() {
    for order in [Order::StopFirst, Order::StartFirst, Order::StopAll] {
        let mut at = 0;
        while late(order, at).await {
            at += 1;
        }
        assert!(at >= 5, "{order:?}: only {at} effects");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_away_fails_its_own_steps_and_the_outcome_names_it() {
    let fleet = fleet().await;
    let haven = fleet.master(&Hangs::never()).await;
    let how = Rollout { on_failure: OnFailure::Continue, ..rollout(Order::StopFirst) };
    let made = plan(&haven, update("1.27", how)).await;
    fleet.engines.engine(&fleet.nodes()[1]).disconnect();
    let detail = apply(&haven, &made.id).await;
    assert_eq!(detail.status.state, PlanState::Incomplete);
    assert_eq!((detail.status.steps.done, detail.status.steps.failed), (1, 1));
    let failed = detail.steps.iter().find(|step| step.state == StepState::Failed).unwrap();
    assert_eq!(failed.node, fleet.nodes()[1]);
    assert!(failed.error.as_ref().unwrap().message.contains("n2"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_lost_in_the_middle_of_a_step_is_waited_for_and_then_put_right() {
    for at in 0..6 {
        let fleet = fleet().await;
        let before = fleet.containers().await;
        let hook = Hangs::at(Some((at, Moment::After)));
        let haven = fleet.master(&hook).await;
        let how = Rollout { on_failure: OnFailure::Rollback, ..rollout(Order::StopFirst) };
        let made = plan(&haven, update("1.27", how)).await;
        begin(&haven, &made.id).await;
        hook.hung.subscribe().wait_for(|hung| *hung).await.unwrap();
        let engine = fleet.engines.engine(&fleet.nodes()[0]);
        engine.disconnect();
        hook.go_on.send_replace(true);
        let detail = rest(&haven, &made.id).await;
        assert_eq!(detail.status.state, PlanState::Stuck, "{at} {:#?}", detail.steps);
        engine.reconnect();
        let mut state = PlanState::Stuck;
        for _ in 0..300 {
            state = rest(&haven, &made.id).await.status.state;
            if state == PlanState::RolledBack {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(state, PlanState::RolledBack, "{at}");
        assert_eq!(fleet.containers().await, before, "{at}");
        haven.close().await;
    }
}
