//! A disk that is full: said clearly, and the fleet can still be looked at.

use haven_testkit::disk::SmallDisk;
use serde_json::json;

use crate::server::Served;

#[test]
fn a_full_disk_is_told_and_the_server_stays_up_for_reads() {
    let Some(disk) = SmallDisk::mount(24) else { return };
    let served = Served::start(&format!("redb:{}", disk.path().join("fleet.redb").display()), &[]);
    let create = |number: u32| {
        let body = json!({ "name": format!("c{number}"), "description": "x".repeat(4_000) });
        served.rest("POST", "/api/v1/clusters", Some(&body))
    };
    assert_eq!(create(0).0, 201);
    disk.fill().unwrap();
    let (made, refused) = (1..4_000)
        .find_map(|number| match create(number) {
            (201, _) => None,
            (status, body) => Some((number, (status, body))),
        })
        .expect("the disk is full");
    assert_eq!(refused.0, 429, "{}", refused.1);
    assert_eq!(refused.1["kind"], "busy");
    assert!(refused.1["detail"].as_str().unwrap().contains("is full"), "{}", refused.1);
    let output = served.run("clusters create late");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("is full"), "{said}");

    let names = |path: &str| served.get(path)["items"].as_array().unwrap().len();
    let built_in = 2;
    assert_eq!(names("/api/v1/clusters"), built_in + made as usize, "what was acknowledged, and nothing else");
    assert_eq!(names("/api/v1/nodes"), 0);
    served.haven("events");
    std::fs::remove_file(disk.path().join("filler")).unwrap();
    assert_eq!(create(made).0, 201, "there is room again");
}
