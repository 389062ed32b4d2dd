//! The master is killed by SIGKILL at one request that changes something, before the engine has it or when the engine has done
//! it; another ends the plan and rolls it back, and every container is as it was.

use futures_util::{StreamExt as _, stream};
use haven_core::model::{PlanState, plan::Order};
use haven_testkit::{
    bed::{BUSYBOX_2, Bed, Moment, Taps, Then},
    run, shared_bed_or_skip,
};
use rustix::process::{Signal, kill_process};

use crate::{
    bed,
    fleet::{Fleet, is_same, rollout},
};

/// How many requests an update of two containers makes: create, hold from restarting, stop, two names, start, for each.
pub(crate) const REQUESTS: u64 = 12;
/// How many cases go on at the same time.
const AT_ONCE: usize = 6;

/// Answers false when there are not so many requests.
async fn killed(bed: &'static Bed, order: Order, at: u64, moment: Moment) -> bool {
    let fleet = Fleet::of(bed, format!("kill-{}-{at}-{moment:?}", order.as_str()).to_lowercase());
    let (taps, first) = (Taps::new(), fleet.master().await);
    for engine in &bed.engines()[..2] {
        fleet.register(&first.haven, engine, Some(&taps)).await;
        fleet.run(&first.haven, engine, "web").await;
    }
    let before = fleet.containers();
    let made = fleet.plan(&first.haven, "web", BUSYBOX_2, rollout(order)).await;
    assert_eq!(made.steps.len(), 2, "{}", made.diff());
    taps.forget();
    let pid = first.served.pid();
    taps.break_at(at, moment, Then::Lost, move || kill_process(pid, Signal::KILL).unwrap());
    first.begin(&made).await;
    let was_killed = tokio::select! {
        () = taps.broken() => true,
        _ = first.rest(&made.id) => false,
    };
    if was_killed {
        drop(first);
        let second = fleet.master().await;
        let detail = second.rest(&made.id).await;
        let (state, requests) = (detail.status.state, taps.requests());
        assert_eq!(state, PlanState::Applied, "{order:?} {at} {moment:?}: {:#?} {requests:#?}", detail.steps);
        fleet.all_run(&before, BUSYBOX_2);
        second.roll_back(&made.id).await;
        is_same(&before, &fleet.living());
    }
    fleet.clean();
    was_killed
}

/// One of so many, by the seed.
pub(crate) fn chosen(of: usize) -> usize {
    usize::try_from(run::seed().wrapping_mul(7) % of as u64).unwrap()
}

/// Some of all cases in an order, chosen by the seed; all of them in a soak.
async fn killed_in(order: Order) {
    let bed = shared_bed_or_skip!(bed());
    let mut cases: Vec<(u64, Moment)> =
        (0..REQUESTS).flat_map(|at| [(at, Moment::Before), (at, Moment::After)]).collect();
    let all = cases.len();
    cases.rotate_left(chosen(all));
    // One of each moment, far apart.
    cases.sort_by_key(|(at, moment)| (at % 2 == 0) == (*moment == Moment::Before));
    cases.truncate(run::count(2, all));
    eprintln!("{order:?}: killed at {cases:?}");
    let mut ended = stream::iter(cases)
        .map(|(at, moment)| async move {
            let case = tokio::spawn(killed(bed, order, at, moment));
            assert!(case.await.unwrap(), "{order:?} makes not even {at} requests");
        })
        .buffer_unordered(AT_ONCE);
    while ended.next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_master_that_is_killed_at_any_request_of_stop_first_leaves_no_container_behind() {
    killed_in(Order::StopFirst).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_master_that_is_killed_at_any_request_of_start_first_leaves_no_container_behind() {
    killed_in(Order::StartFirst).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_master_that_is_killed_at_any_request_of_stop_all_leaves_no_container_behind() {
    killed_in(Order::StopAll).await;
}
