//! What keeps the house tidy: floors, rooms, module heads, licences.
//!
//! Each rule names the invariant it holds; architecture and style are described in `ARCHITECTURE.md`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust source of the workspace, relative to its root.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') && name != "node_modules" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Code lines of a file up to its tests, comments left out.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = read(path);
    let text = text.split("\n#[cfg(test)]").next().unwrap_or_default().to_owned();
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.to_owned()));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

/// The floors inside haven-core, lowest first. A row may use only the rows below it, and itself.
const FLOORS: [&[&str]; 10] = [
    &["clock", "trust"],
    &["engine"],
    &["store"],
    &["registry"],
    &["source"],
    &["access", "audit", "claim", "event"],
    &["node"],
    &["cluster"],
    &["configuration"],
    &["deploy"],
];
/// Rooms of one floor that may not know each other.
const SIBLINGS: [&str; 4] = ["engine", "store", "registry", "source"];

#[test]
fn floors_point_down_only() {
    let floor = |room: &str| FLOORS.iter().position(|rooms| rooms.contains(&room));
    let mut wrong = Vec::new();
    for path in sources() {
        let Ok(inner) = path.strip_prefix("haven-core/src") else { continue };
        let room = inner.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        let Some(own) = floor(&room) else { continue };
        for (at, line) in code(&path) {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(other) = floor(&used) else {
                    let above = ["door", "haven", "services", "Haven", "Services"].contains(&used.as_str());
                    if above {
                        wrong.push(format!("{}:{at}: `{room}` uses `{used}`, which stands above it", path.display()));
                    }
                    continue;
                };
                let strangers = SIBLINGS.contains(&room.as_str()) && SIBLINGS.contains(&used.as_str()) && room != used;
                if other > own || strangers {
                    wrong.push(format!("{}:{at}: `{room}` uses `{used}`", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "floors are not kept:\n{}", wrong.join("\n"));
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    let rooms = [
        ("bollard", "haven-core/src/engine/docker"),
        ("etcd_client", "haven-core/src/store/etcd"),
        ("redb", "haven-core/src/store/"),
        ("serde_saphyr", "haven-core/src/source/document/"),
        ("axum", "haven-server/"),
        ("pyo3", "haven-py/"),
        ("uniffi", "haven-ffi/"),
        ("comfy_table", "haven-cli/"),
    ];
    let mut wrong = Vec::new();
    for path in sources() {
        let shown = path.to_string_lossy().into_owned();
        // Tests and benches may look at anything from outside.
        if shown.starts_with("benches/") || shown.split('/').any(|part| part == "tests") {
            continue;
        }
        for (at, line) in code(&path) {
            for (name, room) in rooms {
                if line.contains(&format!("{name}::"))
                    && !shown.starts_with(room)
                    && !line.contains(&format!("::{name}::"))
                {
                    wrong.push(format!("{shown}:{at}: `{name}` is for {room} only"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nobody_writes_unsafe_code() {
    // The other crates forbid it; the macros of UniFFI write some.
    for path in sources().into_iter().filter(|path| path.starts_with("haven-ffi")) {
        for (at, line) in code(&path) {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            assert!(!words.any(|word| word == "unsafe"), "{}:{at}: {line}", path.display());
        }
    }
}

#[test]
fn no_room_for_odds_and_ends() {
    for path in sources() {
        for part in path.components() {
            let name = part.as_os_str().to_string_lossy();
            let name = name.trim_end_matches(".rs");
            assert!(!["utils", "util", "helpers", "helper", "common", "misc"].contains(&name), "{}", path.display());
        }
    }
}

#[test]
fn every_module_file_says_what_it_is_for() {
    for path in sources() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name != "mod.rs" && name != "lib.rs" {
            continue;
        }
        let text = read(&path);
        let head = text.lines().take_while(|line| line.starts_with("//!")).count();
        assert!(head >= 2, "{} opens without two lines of `//!`", path.display());
    }
}

#[test]
fn every_dependency_has_a_licence_we_can_take() {
    let allowed: BTreeSet<&str> = [
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-1-Clause",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "CDLA-Permissive-2.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "Unicode-3.0",
        "Unlicense",
        "Zlib",
    ]
    .into();
    // Of this platform only: what is built for no other is not fetched, and a test asks no network.
    let said = Command::new(env!("CARGO")).arg("-vV").output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--all-features", "--locked", "--offline"])
        .args(["--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or("none").replace('/', " OR ").replace(['(', ')'], "");
        let fits = licence.split(" OR ").any(|choice| choice.split(" AND ").all(|part| allowed.contains(part.trim())));
        if !fits {
            wrong.push(format!("{}: {licence}", package["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
