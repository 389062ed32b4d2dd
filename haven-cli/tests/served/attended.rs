//! Programs that somebody attends on real engines, and nodes whose certificates change.

use std::time::Duration;

use haven_testkit::{bed::BUSYBOX, shared_bed_or_skip};

use crate::{engines, server::Served, within};

/// Ends by itself only when it is interrupted.
const ATTENTIVE: &str = "trap 'exit 5' INT; echo up; while :; do sleep 0.1; done";

#[tokio::test(flavor = "multi_thread")]
async fn control_c_reaches_the_program_of_an_attended_container() {
    let bed = shared_bed_or_skip!(engines());
    let _all = crate::ENGINES.read().await;
    let served = Served::start("redb", &[]);
    let engine = &bed.engines()[0];
    served.register(bed, engine);
    let name = format!("attended-{}", std::process::id());
    let line = ["run", "--rm", "--node", engine.name(), "--name", &name, BUSYBOX, "sh", "-c", ATTENTIVE];
    let mut attended = crate::server::Lines::of(served.client().args(line));
    attended.until("up", |line| line == "up");
    attended.signal(rustix::process::Signal::INT);
    assert_eq!(attended.ends(), Some(5));
    assert_eq!(served.haven(&format!("ps -a -q --filter name={name}")), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_of_a_node_can_be_changed() {
    let bed = shared_bed_or_skip!(engines());
    let _all = crate::ENGINES.read().await;
    let served = Served::start("redb", &[]);
    let engine = &bed.engines()[0];
    let (name, at, certs) = (engine.name(), engine.tcp_address(), bed.certs().folder().display());
    let register = format!("nodes register {name} https://{at} --tls-ca {certs}/ca.pem --wait --timeout 2s");
    assert_eq!(served.run(&register).status.code(), Some(7), "an engine that asks for a certificate took none");
    served.haven(&format!("nodes update {name} --tls-dir {certs}"));
    within(Duration::from_secs(30), "contact", || served.node_is(name, "online"));
}
