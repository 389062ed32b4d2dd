//! Engines, hosts and the store's leader that are lost in the middle of an update, each on a bed of its own.

use std::time::Duration;

use haven_core::{
    door::ops::plans::AbortPlan,
    model::{
        NodeName, PlanState, Rollout,
        plan::{OnFailure, Order, StepState, StepStatus},
    },
};
use haven_testkit::{
    bed::{BUSYBOX, BUSYBOX_2, Bed, Member, Moment, Taps, Then},
    bed_or_skip,
};

use crate::fleet::{Fleet, is_same, rollout};

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_killed_in_the_middle_of_an_update_and_started_again_loses_nothing() {
    let bed = bed_or_skip!(Bed::with_engines(2));
    let fleet = Fleet::of(&bed, "dockerd");
    let (taps, master) = (Taps::new(), fleet.master().await);
    for engine in &bed.engines()[..2] {
        fleet.register(&master.haven, engine, Some(&taps).filter(|_| engine.name() == "engine-1")).await;
        for name in ["a", "b"] {
            fleet.run(&master.haven, engine, name).await;
        }
    }
    let before = fleet.containers();
    let how = Rollout { parallelism: 2, on_failure: OnFailure::Continue, ..rollout(Order::StopFirst) };
    let made = fleet.plan(&master.haven, "", BUSYBOX_2, how).await;
    taps.forget();
    // The old one is stopped, and its name taken; the new one does not run yet.
    taps.break_at(4, Moment::Before, Then::Lost, || {});
    master.begin(&made).await;
    taps.broken().await;
    let engine = bed.engine(0);
    engine.kill().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    engine.restart().await.unwrap();
    let detail = master.rest(&made.id).await;
    let state = detail.status.state;
    assert!(matches!(state, PlanState::Applied | PlanState::Incomplete), "{state}: {:#?}", detail.steps);
    for step in detail.steps.iter().filter(|step| step.node.as_str() == "engine-2") {
        assert_eq!(step.state, StepState::Done, "{:#?}", detail.steps);
    }
    fleet.is_as_told(&before, &detail, BUSYBOX_2);
    master.roll_back(&made.id).await;
    is_same(&before, &fleet.living());
    fleet.clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_cut_off_in_the_middle_is_named_and_the_rest_goes_on_or_stops() {
    let bed = bed_or_skip!(Bed::with_engines(2));
    let fleet = Fleet::of(&bed, "cut");
    let master = fleet.master().await;
    for engine in &bed.engines()[..2] {
        master.served.register(&bed, engine);
        for name in ["go-a", "go-b", "hold-a", "hold-b"] {
            fleet.run(&master.haven, engine, name).await;
        }
    }
    let before = fleet.containers();
    let how = |on_failure, parallelism| Rollout { on_failure, parallelism, monitor: 1.0, ..rollout(Order::StopFirst) };
    let go = fleet.plan(&master.haven, "go", BUSYBOX_2, how(OnFailure::Continue, 0)).await;
    let hold = fleet.plan(&master.haven, "hold", BUSYBOX_2, how(OnFailure::Pause, 1)).await;
    // That of the host that is lost comes in the middle.
    let lost = bed.engine(0);
    master.begin(&go).await;
    master.begin(&hold).await;
    for plan in [&go, &hold] {
        master
            .until(&plan.id, "at the host", |detail| {
                detail.steps.iter().any(|step| step.node.as_str() == lost.name() && step.state == StepState::Doing)
            })
            .await;
    }
    lost.cut_off().await.unwrap();
    let went = master.rest(&go.id).await;
    let held = master.rest(&hold.id).await;
    for detail in [&went, &held] {
        for step in &detail.steps {
            let is_lost = step.node.as_str() == lost.name();
            match step.state {
                StepState::Failed | StepState::Stuck => {
                    let error = step.error.as_ref().unwrap();
                    assert!(is_lost && error.message.contains(lost.name()), "{error:?}");
                }
                StepState::Done => {}
                StepState::Pending => assert_eq!(detail.plan.id, hold.id, "{:#?}", detail.steps),
                other => panic!("{other}: {:#?}", detail.steps),
            }
        }
    }
    let is_there = |step: &&StepStatus| step.node.as_str() == "engine-2" && step.state == StepState::Done;
    assert_eq!(went.steps.iter().filter(is_there).count(), 2, "the rest goes on: {:#?}", went.steps);
    assert_eq!(held.status.state, PlanState::Paused, "{:#?}", held.steps);
    assert!(held.steps.iter().any(|step| step.state == StepState::Pending), "{:#?}", held.steps);

    lost.reconnect().await.unwrap();
    master.haven.nodes().wait_online(&NodeName::new(lost.name()).unwrap()).await.unwrap();
    let went = master
        .until(&go.id, "ended by itself", |detail| {
            matches!(detail.status.state, PlanState::Applied | PlanState::Incomplete)
        })
        .await;
    master.haven.call(AbortPlan { plan: hold.id.clone() }).await.unwrap();
    let held = master.rest(&hold.id).await;
    assert_eq!(held.status.state, PlanState::RolledBack, "{:?} {:#?}", held.status.error, held.steps);
    let own = |beginning: &str| {
        let mut own = before.clone();
        own.retain(|name, _| name.contains(beginning));
        own
    };
    let mut now = fleet.living();
    now.retain(|name, _| name.contains("cut-hold"));
    is_same(&own("cut-hold"), &now);
    let now = fleet.living();
    for step in &went.steps {
        let key = format!("{}/{}", step.node, step.name);
        let image = if step.state == StepState::Done { BUSYBOX_2 } else { BUSYBOX };
        assert_eq!((&now[&key]["Config"]["Image"], &now[&key]["Running"]), (&image.into(), &true.into()), "{key}");
    }
    assert_eq!(now.len(), before.len(), "{:?}", now.keys());
    master.roll_back(&go.id).await;
    is_same(&before, &fleet.living());
    fleet.clean();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leader_of_the_store_is_killed_in_the_middle_of_an_update() {
    let bed = bed_or_skip!(Bed::with_engines(1).etcd(3));
    let fleet = Fleet::of(&bed, "leader");
    let master = fleet.master().await;
    for engine in bed.engines() {
        fleet.register(&master.haven, engine, None).await;
        for name in ["a", "b", "c", "d"] {
            fleet.run(&master.haven, engine, name).await;
        }
    }
    let before = fleet.containers();
    let made = fleet.plan(&master.haven, "", BUSYBOX_2, rollout(Order::StopFirst)).await;
    master.begin(&made).await;
    master.until(&made.id, "begun", |detail| detail.steps.iter().any(|step| step.state == StepState::Done)).await;
    let leads = |member: &&Member| {
        let mut ask = bed.etcdctl(std::slice::from_ref(*member));
        let said = ask.args(["endpoint", "status", "-w", "json"]).output().unwrap().stdout;
        let found: serde_json::Value = serde_json::from_slice(&said).unwrap();
        found[0]["Status"]["leader"] == found[0]["Status"]["header"]["member_id"]
    };
    let leader = bed.etcd().iter().find(leads).unwrap();
    leader.kill().await.unwrap();
    let detail = master.rest(&made.id).await;
    assert_eq!(detail.status.state, PlanState::Applied, "{:?} {:#?}", detail.status.error, detail.steps);
    fleet.all_run(&before, BUSYBOX_2);
    leader.restart().await.unwrap();
    master.roll_back(&made.id).await;
    is_same(&before, &fleet.living());
    fleet.clean();
}
