//! A rolling update of thirty real containers over three engines, in every order: against the same calls by curl, and against
//! `docker service update` with the same settings on a swarm of these engines.

use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use haven::{
    Haven,
    clock::{Clock, SystemClock},
    deploy::UpdateRequest,
    door::ops::plans::{ApplyPlan, FollowPlan, GetPlan, PlanUpdate},
    model::{
        ContainerSpec, ImageRef, NodeAddress, NodeName, PlanState, Rollout,
        plan::{Order, Selection},
    },
    store::MemoryStore,
};
use haven_testkit::bed::{BUSYBOX, BUSYBOX_2, Bed, Engine};

use super::ratio::print;

const CONTAINERS: usize = 30;
const AT_ONCE: usize = 3;
const MONITOR: Duration = Duration::from_secs(1);
/// A round takes a quarter of a minute and more.
const ROUNDS: usize = 5;

/// The figures of every order, against curl first and then against the swarm, which takes longest.
pub async fn rollouts(bed: &Bed) {
    let haven = fleet(bed).await;
    for engine in bed.engines() {
        for number in on(bed, engine) {
            run(engine, &["run", "-d", "--name", &format!("by-curl-{number}"), BUSYBOX]);
        }
    }
    for order in [Order::StopFirst, Order::StartFirst, Order::StopAll] {
        let rounds = rounds(&haven, order, |to| curled(bed, order, to)).await;
        print(&format!("30 updated, {} / the calls by curl", order.as_str()), &rounds, "at most 1.2");
    }
    swarm(bed);
    for order in [Order::StopFirst, Order::StartFirst] {
        let rounds = rounds(&haven, order, |to| swarmed(bed, order, to)).await;
        print(&format!("30 updated, {} / docker service update", order.as_str()), &rounds, "at most 1");
    }
    haven.close().await;
}

/// Ours and the other in turns, each to one image and back.
async fn rounds(haven: &Haven, order: Order, other: impl Fn(&str) -> Duration) -> Vec<(Duration, Duration)> {
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let to = if round % 2 == 0 { BUSYBOX_2 } else { BUSYBOX };
        let ours = updated(haven, order, to).await;
        rounds.push((ours, tokio::task::block_in_place(|| other(to))));
    }
    // The next begins with the same image everywhere.
    updated(haven, order, BUSYBOX).await;
    tokio::task::block_in_place(|| other(BUSYBOX));
    rounds
}

/// The numbers of the containers on an engine.
fn on(bed: &Bed, engine: &Engine) -> impl Iterator<Item = usize> {
    let (count, place) = (bed.engines().len(), bed.engines().iter().position(|other| other.name() == engine.name()));
    (0..CONTAINERS).skip(place.expect("one of the bed")).step_by(count)
}

fn run(engine: &Engine, words: &[&str]) -> String {
    let output = engine.docker().args(words).output().expect("docker runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

async fn fleet(bed: &Bed) -> Haven {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let store = Arc::new(MemoryStore::new(&*clock));
    let haven = Haven::builder().store(store).clock(clock).build().await.expect("a fleet in memory");
    for engine in bed.engines() {
        let node = NodeName::new(engine.name()).expect("a valid name");
        haven.nodes().register(&node, NodeAddress::Unix(engine.socket().to_owned())).await.expect("registered");
        haven.nodes().wait_online(&node).await.expect("online");
        for number in on(bed, engine) {
            let spec = ContainerSpec::new(ImageRef::new(BUSYBOX).expect("a valid name"));
            haven.containers().run(&node, &format!("by-haven-{number}"), spec).await.expect("it runs");
        }
    }
    haven
}

/// The time from the request to the end.
async fn updated(haven: &Haven, order: Order, to: &str) -> Duration {
    let begun = Instant::now();
    let parallelism = AT_ONCE.try_into().expect("a small number");
    let rollout = Rollout { order, parallelism, monitor: MONITOR.as_secs_f64(), ..Rollout::default() };
    let selection = Selection { name: vec!["by-haven-*".into()], ..Selection::default() };
    let request = UpdateRequest { selection, to: Some(to.to_owned()), rollout, ..UpdateRequest::default() };
    let plan = haven.call(PlanUpdate(request)).await.expect("a plan").id;
    haven.call(ApplyPlan { plan: plan.clone(), contents: None }).await.expect("begun");
    let mut progress = haven.follow(FollowPlan { plan: plan.clone() }).await.expect("followed");
    while progress.next().await.is_some() {}
    let took = begun.elapsed();
    let detail = haven.call(GetPlan { plan }).await.expect("it is there");
    assert_eq!((detail.status.state, detail.status.steps.done), (PlanState::Applied, 30), "{:?}", detail.status);
    took
}

/// The same calls in the same order, by curl.
fn curled(bed: &Bed, order: Order, to: &str) -> Duration {
    let places: Vec<(&Engine, usize)> =
        bed.engines().iter().flat_map(|engine| on(bed, engine).map(move |number| (engine, number))).collect();
    // In the order in which a plan has them: an engine after the other.
    let begun = Instant::now();
    match order {
        Order::StopFirst => each(&places, |engine, number| {
            create(engine, number, to);
            stop(engine, number);
            start(engine, number);
            std::thread::sleep(MONITOR);
            replace(engine, number);
        }),
        Order::StartFirst => each(&places, |engine, number| {
            create(engine, number, to);
            start(engine, number);
            std::thread::sleep(MONITOR);
            stop(engine, number);
            replace(engine, number);
        }),
        Order::StopAll => {
            each(&places, |engine, number| {
                create(engine, number, to);
                stop(engine, number);
            });
            each(&places, |engine, number| {
                start(engine, number);
                std::thread::sleep(MONITOR);
                replace(engine, number);
            });
        }
    }
    begun.elapsed()
}

/// Does something for each, so many at once.
fn each(places: &[(&Engine, usize)], work: impl Fn(&Engine, usize) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((engine, number)) = places.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
                    work(engine, *number);
                }
            });
        }
    });
}

fn curl(engine: &Engine, method: &str, path: &str, body: &str) {
    let mut curl = Command::new("curl");
    curl.args(["-sSf", "--unix-socket"]).arg(engine.socket()).args(["-X", method]);
    if !body.is_empty() {
        curl.args(["-H", "content-type: application/json", "-d", body]);
    }
    let ended = curl.arg(format!("http://docker/v1.41{path}")).stdout(Stdio::null()).status().expect("curl runs");
    assert!(ended.success(), "{method} {path}");
}

fn create(engine: &Engine, number: usize, image: &str) {
    let body = format!(r#"{{"Image":"{image}"}}"#);
    curl(engine, "POST", &format!("/containers/create?name=by-curl-{number}-new"), &body);
}

fn stop(engine: &Engine, number: usize) {
    curl(engine, "POST", &format!("/containers/by-curl-{number}/stop"), "");
}

fn start(engine: &Engine, number: usize) {
    curl(engine, "POST", &format!("/containers/by-curl-{number}-new/start"), "");
}

/// Removes the old one, and gives the new one its name.
fn replace(engine: &Engine, number: usize) {
    curl(engine, "DELETE", &format!("/containers/by-curl-{number}"), "");
    curl(engine, "POST", &format!("/containers/by-curl-{number}-new/rename?name=by-curl-{number}"), "");
}

/// Makes the engines a swarm with a service of thirty.
fn swarm(bed: &Bed) {
    let first = bed.engine(0);
    run(first, &["swarm", "init", "--advertise-addr", &first.address().to_string()]);
    let token = run(first, &["swarm", "join-token", "-q", "manager"]);
    for engine in &bed.engines()[1..] {
        run(engine, &["swarm", "join", "--token", &token, &format!("{}:2377", first.address())]);
    }
    let replicas = CONTAINERS.to_string();
    let made = ["service", "create", "--name", "by-swarm", "--replicas", &replicas, "--no-resolve-image", BUSYBOX];
    run(first, &made);
}

fn swarmed(bed: &Bed, order: Order, to: &str) -> Duration {
    let (at_once, monitor) = (AT_ONCE.to_string(), format!("{}s", MONITOR.as_secs()));
    let begun = Instant::now();
    run(
        bed.engine(0),
        &[
            "service",
            "update",
            "--no-resolve-image",
            "--update-parallelism",
            &at_once,
            "--update-delay",
            "0s",
            "--update-monitor",
            &monitor,
            "--update-order",
            order.as_str(),
            "--image",
            to,
            "by-swarm",
        ],
    );
    begun.elapsed()
}
