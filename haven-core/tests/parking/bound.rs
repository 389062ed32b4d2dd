//! Containers that are bound to another by its id: replacing it would cut them off, so that is refused.

use haven_core::model::plan::Order;
use haven_testkit::bed::{BUSYBOX, BUSYBOX_2};

use crate::fleet::{Fleet, busybox, is_same, rollout};

#[tokio::test(flavor = "multi_thread")]
async fn what_others_are_bound_to_is_not_replaced_and_the_plan_says_why() {
    let Some(fleet) = Fleet::of("bound").await else { return };
    let cases: [(&str, &[&str], &str); 4] = [
        ("network", &["--network", "container:bound-network"], "uses its network"),
        ("pid", &["--pid", "container:bound-pid"], "uses its processes"),
        ("volumes", &["--volumes-from", "bound-volumes"], "uses its volumes"),
        ("linked", &["--link", "bound-linked:db"], "is linked to it"),
    ];
    for (name, options, _) in &cases {
        fleet.run(name, busybox()).await;
        let by = format!("bound-by-{name}");
        let words: Vec<&str> =
            ["run", "-d", "--name", &by].into_iter().chain(options.iter().copied()).chain([BUSYBOX]).collect();
        fleet.docker(&words);
        fleet.shows(&by, true).await;
    }
    let free = fleet.run("free", busybox()).await;
    let before = fleet.living();
    let made = fleet.plan(&["bound-*"], BUSYBOX_2, rollout(Order::StopFirst)).await;
    for (name, _, how) in cases {
        let target = fleet.name(name);
        let skipped = made.skipped.iter().find(|skipped| skipped.name == target);
        let reason = skipped.map(|skipped| skipped.reason.as_str()).unwrap_or_default();
        assert_eq!(reason, format!("`bound-by-{name}` {how}, and would be cut off"), "{}", made.diff());
    }
    assert!(made.steps.iter().any(|step| step.name.as_str() == free));
    is_same(&before, &fleet.living());
    fleet.clean().await;
}
