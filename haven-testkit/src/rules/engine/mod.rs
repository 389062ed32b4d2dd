//! The rules of [`Engine`]: what the lines on its methods promise, checked on an engine.
//!
//! A rule is a function of an [`EngineFixture`], which names an engine and an image with busybox's programs in it.
//! [`engine_rules!`](crate::engine_rules) makes a test of every rule; [`random_operations`] holds two engines against
//! each other. Rules use real, short times, leave alone what is not theirs, and clean up after themselves:
//!
//! ```no_run
//! use std::sync::Arc;
//! use haven_core::{engine::sim::SimEngine, model::ImageRef};
//! use haven_testkit::rules::engine::EngineFixture;
//!
//! fn simulated() -> EngineFixture {
//!     EngineFixture::new(Arc::new(SimEngine::default()), ImageRef::new("busybox").unwrap())
//! }
//!
//! haven_testkit::engine_rules!(simulated());
//! ```

pub mod changing;
pub mod containers;
pub mod exec;
pub mod files;
mod identity;
pub mod images;
pub mod lifecycle;
pub mod logs;
pub mod networks;
mod random;
pub mod specs;
pub mod system;
pub mod volumes;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture};
use haven_core::{
    ErrorKind, Result,
    engine::{Engine, Stream},
    model::{
        Channel, ContainerDetail, ContainerFilter, ContainerName, ContainerRef, ContainerSpec, ImageRef, NetworkName,
        NetworkSpec, Output, VolumeName, VolumeSpec,
        container::{RemoveOptions, StopOptions},
    },
};

pub use identity::specifications_come_back;
pub use random::random_operations;

/// The label of everything that a rule makes; its value is the fixture's own.
pub const LABEL: &str = "haven.test";
/// How long a rule may take.
const LIMIT: Duration = Duration::from_secs(120);

/// An engine to check, and what a rule needs to know about it.
#[derive(Debug)]
pub struct EngineFixture {
    /// The engine.
    pub engine: Arc<dyn Engine>,
    /// An image with `sh`, `sleep`, `cat`, `echo`, `httpd` … that is there, and whose default command is `sh`.
    pub image: ImageRef,
    /// An image that is not there and can be pulled, where there is a registry; [`images::pulling`] needs one.
    pub pullable: Option<ImageRef>,
    prefix: String,
    made: AtomicU32,
}

impl EngineFixture {
    /// A fixture whose names nobody else has.
    pub fn new(engine: Arc<dyn Engine>, image: ImageRef) -> Self {
        let prefix = format!("haven-test-{:08x}", rand::random::<u32>());
        Self { engine, image, pullable: None, prefix, made: AtomicU32::new(0) }
    }

    /// The same with an image to pull.
    #[must_use]
    pub fn with_pullable(self, image: ImageRef) -> Self {
        Self { pullable: Some(image), ..self }
    }

    /// What every name of this fixture begins with; also the value of the label [`LABEL`].
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A name that nobody has.
    pub fn unique(&self, part: &str) -> String {
        format!("{}-{part}-{}", self.prefix, self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// A container's name that nobody has.
    pub fn name(&self, part: &str) -> ContainerName {
        ContainerName::new(self.unique(part)).unwrap()
    }

    /// A reference to a container that does not exist.
    pub fn missing(&self) -> ContainerRef {
        ContainerRef::new(self.unique("missing")).unwrap()
    }

    /// The labels of this fixture.
    pub fn labels(&self) -> BTreeMap<String, String> {
        BTreeMap::from([(LABEL.to_owned(), self.prefix.clone())])
    }

    /// A container of this fixture that runs `command`.
    pub fn spec(&self, command: &[&str]) -> ContainerSpec {
        let command = command.iter().map(|&word| word.to_owned()).collect();
        ContainerSpec { command, labels: self.labels(), ..ContainerSpec::new(self.image.clone()) }
    }

    /// A container that runs a shell script.
    pub fn script(&self, script: &str) -> ContainerSpec {
        self.spec(&["sh", "-c", script])
    }

    /// Creates a container, with a name.
    pub async fn created(&self, spec: &ContainerSpec) -> ContainerRef {
        self.engine.create_container(Some(&self.name("c")), spec).await.expect("the container is created").into()
    }

    /// Creates a container and starts it.
    pub async fn started(&self, spec: &ContainerSpec) -> ContainerRef {
        let id = self.created(spec).await;
        self.engine.start_container(&id).await.expect("the container is started");
        id
    }

    /// A container that sleeps.
    pub async fn sleeping(&self) -> ContainerRef {
        self.started(&self.spec(&["sleep", "1000"])).await
    }

    /// Inspects a container that exists.
    pub async fn inspect(&self, id: &ContainerRef) -> ContainerDetail {
        self.engine.container(id).await.expect("the container exists")
    }

    /// Inspects until `holds`, for ten seconds at most.
    pub async fn until(&self, id: &ContainerRef, holds: impl Fn(&ContainerDetail) -> bool) -> ContainerDetail {
        for _ in 0..200 {
            let detail = self.inspect(id).await;
            if holds(&detail) {
                return detail;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("what was waited for did not come: {:?}", self.inspect(id).await)
    }

    /// A network of this fixture, which is made.
    pub async fn network(&self) -> NetworkName {
        let name = NetworkName::new(self.unique("n")).unwrap();
        self.engine.create_network(&self.network_spec(&name)).await.expect("the network is made");
        name
    }

    /// What a network of this fixture is like.
    pub fn network_spec(&self, name: &NetworkName) -> NetworkSpec {
        NetworkSpec { labels: self.labels(), ..NetworkSpec::new(name.clone()) }
    }

    /// What a volume of this fixture is like.
    pub fn volume_spec(&self) -> VolumeSpec {
        let name = VolumeName::new(self.unique("v")).unwrap();
        VolumeSpec { name, driver: None, options: BTreeMap::new(), labels: self.labels() }
    }

    /// Removes everything that this fixture made.
    pub async fn clean(&self) {
        let engine = &self.engine;
        let filter = ContainerFilter { label: vec![format!("{LABEL}={}", self.prefix)], ..ContainerFilter::default() };
        for container in engine.containers(&filter).await.unwrap_or_default() {
            let options = RemoveOptions { force: true, volumes: true };
            let _ = engine.remove_container(&container.id.into(), &options).await;
        }
        let ours = |labels: &BTreeMap<String, String>| labels.get(LABEL) == Some(&self.prefix);
        for network in engine.networks().await.unwrap_or_default().into_iter().filter(|network| ours(&network.labels)) {
            let _ = engine.remove_network(&NetworkName::new(network.name).unwrap()).await;
        }
        for volume in engine.volumes().await.unwrap_or_default().into_iter().filter(|volume| ours(&volume.labels)) {
            let _ = engine.remove_volume(&VolumeName::new(volume.name).unwrap()).await;
        }
        for image in engine.images().await.unwrap_or_default() {
            for tag in image.tags.iter().filter(|tag| tag.starts_with(&self.prefix)) {
                let _ = engine.remove_image(&ImageRef::new(tag).unwrap()).await;
            }
        }
    }
}

/// Checks one rule on a fixture, cleans up whatever comes of it, and fails if it takes too long.
///
/// Without a fixture nothing is checked: whoever makes it decides, and says, why.
pub async fn check(
    fixture: impl Into<Option<EngineFixture>>,
    rule: impl for<'a> FnOnce(&'a EngineFixture) -> BoxFuture<'a, ()>,
) {
    let Some(fixture) = fixture.into() else { return };
    let outcome = AssertUnwindSafe(tokio::time::timeout(LIMIT, rule(&fixture))).catch_unwind().await;
    fixture.clean().await;
    match outcome {
        Ok(in_time) => assert!(in_time.is_ok(), "the rule did not end within {LIMIT:?}"),
        Err(panic) => resume_unwind(panic),
    }
}

/// Fails unless `answer` is an error of this kind.
#[track_caller]
fn refused<T>(answer: Result<T>, kind: ErrorKind) {
    match answer {
        Ok(_) => panic!("expected {kind}, but it succeeded"),
        Err(error) => assert_eq!(error.kind(), kind, "{error:?}"),
    }
}

/// Stops at once rather than in ten seconds.
const AT_ONCE: StopOptions = StopOptions { timeout: Some(0) };
/// Removes whatever it does.
const BY_FORCE: RemoveOptions = RemoveOptions { force: true, volumes: true };

/// What a stream of output says on each channel, to its end.
async fn collect(mut output: Stream<Output>) -> (String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    while let Some(piece) = output.next().await {
        let piece = piece.expect("the output is read");
        match piece.channel {
            Channel::Stdout => stdout.extend_from_slice(&piece.bytes),
            Channel::Stderr => stderr.extend_from_slice(&piece.bytes),
        }
    }
    (String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned())
}

/// Reads until `text` was seen on any channel.
async fn read_until(output: &mut Stream<Output>, text: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(text) {
        let piece = output.next().await.unwrap_or_else(|| panic!("the output ended without `{text}`: {seen:?}"));
        seen.push_str(&String::from_utf8_lossy(&piece.expect("the output is read").bytes));
    }
    seen
}

/// Makes a test of every rule of [`Engine`](haven_core::engine::Engine).
///
/// The expression is evaluated once a test, inside an async function: an [`EngineFixture`](crate::rules::engine::EngineFixture),
/// or an `Option` of one where the engine may be missing.
#[macro_export]
macro_rules! engine_rules {
    ($make:expr) => {
        $crate::engine_rules!(@each $make; containers:
            names_are_unique, a_container_without_a_name_gets_one, an_absent_image_is_not_found,
            a_wrong_specification_is_invalid, a_container_is_found_by_id_name_and_beginning,
            a_missing_container_is_not_found, filters_hold, an_inspection_shows_the_specification,
            the_image_fills_in_what_is_left_out, environment_is_secret, the_list_shows_what_runs,
            renaming, removing, published_ports_are_shown, a_taken_port_is_invalid, a_port_is_taken_on_its_address_only);
        $crate::engine_rules!(@each $make; lifecycle:
            starting_twice_is_already_so, what_cannot_run_is_invalid, stopping_twice_is_already_so,
            stopping_kills_what_does_not_end, a_program_can_end_in_its_own_way, the_stop_signal_is_the_containers,
            restarting, killing, pausing, waiting, restart_policies_restart, what_was_stopped_stays_stopped,
            health_is_checked, processes_are_listed, statistics, statistics_go_on);
        $crate::engine_rules!(@each $make; logs:
            logs_keep_both_channels, logs_can_be_cut, logs_can_be_followed, logs_have_times, an_unfinished_line_hides_no_other,
            a_terminal_has_one_channel);
        $crate::engine_rules!(@each $make; exec:
            exec_answers_output_and_code, exec_reads_input_to_its_end, exec_has_a_terminal, exec_of_nothing,
            exec_needs_a_running_container, exec_has_its_environment, an_exec_whose_reader_went_away_goes_on, attaching,
            an_attached_program_that_is_started_again_tells_its_own_end, attaching_to_input,
            attaching_needs_a_running_container);
        $crate::engine_rules!(@each $make; changing:
            limits_change, a_wrong_limit_is_invalid, chosen_addresses_are_kept,
            a_container_is_made_with_all_its_connections, what_the_engine_fills_in_is_not_told_as_chosen,
            volumes_without_a_name_are_told, what_is_to_be_removed_at_its_end_is, the_network_of_another,
            networks_are_pruned, volumes_are_pruned);
        $crate::engine_rules!(@each $make; files:
            changes_are_told, sizes_are_told, copying_out, copying_in, a_copy_that_cannot_be_is_refused, exporting);
        $crate::engine_rules!(@each $make; images:
            an_image_has_names, removing_images, an_image_in_use_is_kept, an_image_without_a_name_is_listed,
            a_container_whose_tag_moved_is_listed_by_its_image_id, importing, pulling);
        $crate::engine_rules!(@each $make; networks:
            three_networks_are_always_there, network_names_are_unique, connecting, a_network_in_use_is_kept,
            a_network_has_the_range_it_was_given, a_missing_network_is_not_found);
        $crate::engine_rules!(@each $make; volumes:
            volumes_are_made_once, removing_volumes, a_volume_in_use_is_kept, volumes_without_a_name_go_with_the_container);
        $crate::engine_rules!(@each $make; system:
            an_engine_says_what_it_is, events_after_subscribing_are_not_missed, a_life_in_events,
            events_of_networks_volumes_and_images, events_can_be_caught_up);
    };
    (@each $make:expr; $module:ident: $($rule:ident),+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                $crate::rules::engine::check($make, |on| Box::pin($crate::rules::engine::$module::$rule(on))).await;
            }
        )+
    };
}
