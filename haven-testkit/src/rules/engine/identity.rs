//! A specification comes back from an engine as it was: made of it, inspected, and made again of what was inspected.
//!
//! The specifications follow from a seed; one that does not come back is shrunk to the least that does not.

use std::collections::BTreeMap;

use haven_core::{
    Result,
    model::{
        ContainerRef, ContainerSpec, ImageDetail, ImageRef, Mount, NetworkName,
        network::{AddressPool, Ipam},
        spec::MountKind,
    },
};
use proptest::{
    strategy::{Strategy as _, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{
    BY_FORCE, EngineFixture,
    specs::{Around, Use, specs},
};

/// How often a specification that does not come back is made simpler.
const SHRINKS: u32 = 200;

/// Creates `created` containers of specifications at random, and `started` more that are started too; each must be
/// inspected as the specification that it was made of, up to [`ContainerSpec::normalise`], and so must one that is made
/// of what was inspected.
///
/// # Panics
///
/// Where one does not, with the seed, the least such specification, and what came back.
pub async fn specifications_come_back(on: &EngineFixture, seed: u64, created: usize, started: usize) {
    let image = on.engine.image(&on.image).await.expect("the image is there");
    let around = around(on).await;
    let mut runner = {
        let seed: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
        TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
    };
    let plain = on.spec(&["sleep", "1000"]);
    for (purpose, count) in [(Use::Created, created), (Use::Started, started)] {
        let strategy = specs(&plain, &around, purpose);
        for number in 0..count {
            let mut tree = strategy.new_tree(&mut runner).expect("a specification is drawn");
            let Err(mut why) = comes_back(on, &image, &tree.current(), purpose).await else { continue };
            let mut least = tree.current();
            let mut left = SHRINKS;
            let mut moved = tree.simplify();
            while moved && left > 0 {
                left -= 1;
                match comes_back(on, &image, &tree.current(), purpose).await {
                    Err(simpler) => {
                        (least, why) = (tree.current(), simpler);
                        moved = tree.simplify();
                    }
                    Ok(()) => moved = tree.complicate(),
                }
            }
            panic!("seed {seed}, {purpose:?} {number}: {why}\nof {}", shown(&least));
        }
    }
}

fn shown(spec: &ContainerSpec) -> String {
    serde_json::to_string(spec).expect("a specification is written")
}

/// What the specifications point at.
async fn around(on: &EngineFixture) -> Around {
    let ranged = NetworkName::new(on.unique("ranged")).unwrap();
    // Fixtures that run side by side on one engine rarely choose the same of 2,048 ranges.
    let number = u16::from_str_radix(&on.prefix()[on.prefix().len() - 3..], 16).unwrap() / 2;
    let (a, b) = (u8::try_from(232 + number / 256).unwrap(), u8::try_from(number % 256).unwrap());
    let pool = AddressPool { subnet: format!("10.{a}.{b}.0/24"), ..AddressPool::default() };
    let mut spec = on.network_spec(&ranged);
    spec.ipam = Ipam { pools: vec![pool], ..Ipam::default() };
    on.engine.create_network(&spec).await.expect("the network is made");
    let volume = on.volume_spec();
    on.engine.create_volume(&volume).await.expect("the volume is made");
    let mut helper = on.spec(&["sleep", "100000"]);
    helper.ipc_mode = Some("shareable".into());
    helper.mounts = vec![Mount::new(MountKind::Volume, "", "/from")];
    let name = on.name("helper");
    let id = on.engine.create_container(Some(&name), &helper).await.expect("the helper is created");
    on.engine.start_container(&(&id).into()).await.expect("the helper is started");
    Around { helper: id, helper_name: name, ranged: (ranged, a, b), plain: on.network().await, volume: volume.name }
}

/// Why the specification does not come back.
async fn comes_back(
    on: &EngineFixture,
    image: &ImageDetail,
    spec: &ContainerSpec,
    purpose: Use,
) -> std::result::Result<(), String> {
    let shown = made(on, spec, purpose).await.map_err(|error| error.report())?;
    same("with the image's values", &spec.merged(image), &shown)?;
    same("without the image's values", &spec.without(image), &shown.without(image))?;
    let again = made(on, &shown, purpose).await.map_err(|error| format!("made again: {}", error.report()))?;
    same("made again", &shown, &again)?;
    let elsewhere = ImageRef::new("elsewhere:1").unwrap();
    let written = serde_json::to_value(ContainerSpec { env: BTreeMap::new(), image: elsewhere, ..shown.clone() });
    let read: ContainerSpec = serde_json::from_value(written.unwrap()).map_err(|error| error.to_string())?;
    let back = ContainerSpec { env: shown.env.clone(), image: shown.image.clone(), ..read };
    if back == shown { Ok(()) } else { Err("it does not come back from JSON".to_owned()) }
}

/// Creates a container, starts it where that is asked for, and tells what it is shown as.
async fn made(on: &EngineFixture, spec: &ContainerSpec, purpose: Use) -> Result<ContainerSpec> {
    let id: ContainerRef = on.engine.create_container(None, spec).await?.into();
    let looked = async {
        if purpose == Use::Started {
            on.engine.start_container(&id).await?;
        }
        Ok(on.engine.container(&id).await?.spec)
    };
    let looked = looked.await;
    on.engine.remove_container(&id, &BY_FORCE).await?;
    looked
}

/// Both in one form, compared, and the fields that differ.
fn same(what: &str, one: &ContainerSpec, other: &ContainerSpec) -> std::result::Result<(), String> {
    let (one, other) = (one.clone().normalise(), other.clone().normalise());
    if one.clone().normalise() != one {
        return Err(format!("{what}: what is in one form has another"));
    }
    if one == other {
        return Ok(());
    }
    let fields = |spec: &ContainerSpec| match serde_json::to_value(spec) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (left, right) = (fields(&one), fields(&other));
    let names = left.keys().chain(right.keys().filter(|name| !left.contains_key(*name)));
    let unlike = names.filter(|name| left.get(*name) != right.get(*name));
    let unlike: Vec<String> =
        unlike.map(|name| format!("{name}: {:?} is shown as {:?}", left.get(name), right.get(name))).collect();
    Err(format!("{what}: {}", if unlike.is_empty() { "a value of the environment".into() } else { unlike.join("; ") }))
}
