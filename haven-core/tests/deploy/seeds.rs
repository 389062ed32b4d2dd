//! Updates under faults by chance, each run by a seed that it prints: lost answers, engines that cannot be reached.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use haven_core::{
    Haven, Result,
    engine::Containers as _,
    model::{
        ContainerFilter, NodeName, PlanState, RestartPolicy, Rollout,
        plan::{OnFailure, Order},
    },
    node::SimConnector,
};
use haven_testkit::{
    faults::{Fault, Faults, Rule},
    run,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::fleet::{Fleet, Hangs, apply, nginx, plan, rest, rollout, update};

/// Calls that go wrong by chance while a plan is at an engine.
const FRAGILE: [&str; 6] = [
    "create_container",
    "start_container",
    "stop_container",
    "rename_container",
    "update_container",
    "remove_container",
];

fn faults(seed: u64) -> Faults {
    FRAGILE.iter().fold(Faults::seeded(seed), |faults, op| {
        faults.with(Rule::sometimes(format!("engine.{op}"), 0.15, Fault::LoseAnswer)).with(Rule::sometimes(
            format!("engine.{op}"),
            0.1,
            Fault::Unreachable,
        ))
    })
}

/// Looks all the time whether a container of the name runs on each node, under its own name or that of a plan.
struct Watchman {
    engines: SimConnector,
    nodes: Vec<NodeName>,
    stop: Arc<AtomicBool>,
    found_none: Arc<AtomicBool>,
}

impl Watchman {
    async fn watch(self) {
        while !self.stop.load(Ordering::SeqCst) {
            for node in &self.nodes {
                let all = self.engines.engine(node).containers(&ContainerFilter::default()).await.unwrap();
                if !all.iter().any(|one| one.is_running() && one.name.starts_with("web")) {
                    self.found_none.store(true, Ordering::SeqCst);
                }
            }
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
}

async fn one(seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    let order = [Order::StopFirst, Order::StartFirst, Order::StopAll][chance.random_range(0..3)];
    let on_failure = [OnFailure::Pause, OnFailure::Continue, OnFailure::Rollback][chance.random_range(0..3)];
    let is_bad = chance.random_bool(0.3);
    let parallelism = chance.random_range(0..3);
    let fleet = Fleet::of(2).await;
    let quiet = fleet.master(&Hangs::never()).await;
    for node in fleet.nodes() {
        let mut spec = nginx("latest");
        spec.restart = RestartPolicy::Always;
        quiet.containers().run(node, "web", spec).await.unwrap();
    }
    quiet.close().await;
    let before = fleet.containers().await;
    let haven = fleet.master_with(fleet.store(), Arc::new(faults(seed))).await;
    let how = Rollout { on_failure, parallelism, ..rollout(order) };
    let mut request = update("1.27", how);
    if is_bad {
        request.changes.labels.insert("sim.crash-after".into(), "0.5".into());
    }
    let made = plan(&haven, request).await;
    let (stop, found_none) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let watchman = Watchman {
        engines: fleet.engines.clone(),
        nodes: fleet.nodes().to_vec(),
        stop: stop.clone(),
        found_none: found_none.clone(),
    };
    let watching = tokio::spawn(watchman.watch());
    let mut detail = apply(&haven, &made.id).await;
    for _ in 0..20 {
        if detail.status.state != PlanState::Stuck {
            break;
        }
        detail = resumed(&haven, &made.id).await;
    }
    stop.store(true, Ordering::SeqCst);
    watching.await.unwrap();
    let says = format!("seed {seed}: {order:?} {on_failure:?} bad {is_bad}: {:?} {:#?}", detail.status, detail.steps);
    assert_ne!(detail.status.state, PlanState::Stuck, "{says}");
    assert!(order != Order::StartFirst || !found_none.load(Ordering::SeqCst), "nothing ran for a moment: {says}");
    let living = fleet.living().await;
    assert_eq!(living.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "{says}");
    for (name, kin) in &living {
        assert!(kin.running, "{name:?} does not run: {says}");
        let was = &before[name];
        assert!(*kin == *was || (!is_bad && kin.spec.image.as_str() == "nginx:1.27"), "{name:?} {kin:?}: {says}");
    }
    if detail.status.state == PlanState::RolledBack {
        assert_eq!(fleet.containers().await, before, "{says}");
    }
    haven.close().await;
}

async fn resumed(haven: &Haven, plan: &haven_core::model::PlanId) -> haven_core::model::plan::PlanDetail {
    let resumed: Result<_> = haven.call(haven_core::door::ops::plans::ResumePlan { plan: plan.clone() }).await;
    resumed.unwrap();
    rest(haven, plan).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_nothing_is_lost_doubled_or_left_over() {
    let first = run::seed() % 1_000_000;
    for seed in first..first + run::count(25, 1_000) {
        one(seed).await;
    }
}
