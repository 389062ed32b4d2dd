//! Answers that are lost, and a master that is frozen between its intent and the effect while another ends the plan.

use std::time::{Duration, Instant};

use haven_core::model::{PlanState, plan::Order};
use haven_testkit::{
    bed::{BUSYBOX_2, Bed, Moment, Taps, Then},
    run, shared_bed_or_skip,
};
use rustix::process::{Signal, kill_process};

use crate::{
    bed,
    fleet::{Fleet, is_same, rollout},
    kills::{REQUESTS, chosen},
};

async fn an_answer_is_lost(bed: &'static Bed, order: Order) {
    let fleet = Fleet::of(bed, format!("lost-{}", order.as_str()));
    let (taps, master) = (Taps::new(), fleet.master().await);
    for engine in &bed.engines()[..2] {
        fleet.register(&master.haven, engine, Some(&taps)).await;
        fleet.run(&master.haven, engine, "web").await;
    }
    let before = fleet.containers();
    // The first is that to create.
    for at in 0..run::count(3, REQUESTS) {
        let made = fleet.plan(&master.haven, "web", BUSYBOX_2, rollout(order)).await;
        taps.forget();
        taps.break_at(at, Moment::After, Then::Lost, || {});
        master.applied(&made).await;
        tokio::time::timeout(Duration::from_secs(5), taps.broken()).await.expect("an answer was lost");
        fleet.all_run(&before, BUSYBOX_2);
        assert_eq!(fleet.containers().len(), 4, "{:?}", fleet.containers().keys());
        master.roll_back(&made.id).await;
        is_same(&before, &fleet.living());
        // What the rollback parked makes room for the next round.
        for engine in bed.engines() {
            let names = engine.containers_named(&format!("{}-", fleet.prefix)).into_iter();
            let parked: Vec<String> = names.filter(|name| name.ends_with("-old")).collect();
            assert!(parked.is_empty() || engine.docker().arg("rm").args(&parked).output().unwrap().status.success());
        }
    }
    fleet.clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lost_answer_to_create_does_not_double_the_container() {
    let bed = shared_bed_or_skip!(bed());
    let orders = [Order::StopFirst, Order::StartFirst, Order::StopAll];
    let orders = orders.map(|order| tokio::spawn(an_answer_is_lost(bed, order)));
    for order in orders {
        order.await.unwrap();
    }
}

/// A master is frozen when a request is on its way; another ends the plan; then the request arrives, and the master goes on.
async fn frozen(bed: &'static Bed, order: Order, at: u64) {
    let fleet = Fleet::of(bed, format!("frozen-{}-{at}", order.as_str()));
    let (taps, first) = (Taps::new(), fleet.master().await);
    for engine in &bed.engines()[..2] {
        fleet.register(&first.haven, engine, Some(&taps)).await;
        fleet.run(&first.haven, engine, "web").await;
    }
    let before = fleet.containers();
    let made = fleet.plan(&first.haven, "web", BUSYBOX_2, rollout(order)).await;
    taps.forget();
    let pid = first.served.pid();
    taps.break_at(at, Moment::Before, Then::Held, move || kill_process(pid, Signal::STOP).unwrap());
    first.begin(&made).await;
    taps.broken().await;
    let second = fleet.master().await;
    let detail = second.rest(&made.id).await;
    assert_eq!(detail.status.state, PlanState::Applied, "{order:?} {at}: {:#?}", detail.steps);
    fleet.all_run(&before, BUSYBOX_2);
    let after = fleet.containers();
    taps.release();
    first.served.signal(Signal::CONT);
    // The late one finds out, and mends what it did.
    let begun = Instant::now();
    let mut calm = Instant::now();
    while calm.elapsed() < Duration::from_secs(3) {
        if !haven_testkit::bed::differences(&after, &fleet.containers()).is_empty() {
            calm = Instant::now();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{order:?} {at}: the late effect is not put right");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    fleet.all_run(&before, BUSYBOX_2);
    first.roll_back(&made.id).await;
    is_same(&before, &fleet.living());
    fleet.clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_master_that_is_frozen_before_an_effect_and_wakes_up_late_does_no_harm() {
    let bed = shared_bed_or_skip!(bed());
    let orders = [Order::StopFirst, Order::StartFirst, Order::StopAll];
    let cases: Vec<(Order, u64)> =
        orders.into_iter().flat_map(|order| (0..REQUESTS).map(move |at| (order, at))).collect();
    let all = cases.len();
    let first = chosen(all);
    let some: Vec<_> = cases.into_iter().cycle().skip(first).step_by(5).take(run::count(2, all)).collect();
    eprintln!("frozen at {some:?}");
    for some in some.chunks(4) {
        let cases: Vec<_> = some.iter().map(|&(order, at)| tokio::spawn(frozen(bed, order, at))).collect();
        for case in cases {
            case.await.unwrap();
        }
    }
}
