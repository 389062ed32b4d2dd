//! The simulated engine keeps the contract of engines.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use haven_core::{
    engine::{Call, Hook, Hooked, sim::SimEngine},
    model::ImageRef,
};
use haven_testkit::rules::engine::{EngineFixture, random_operations};

fn simulated() -> EngineFixture {
    EngineFixture::new(Arc::new(SimEngine::default()), ImageRef::new("busybox").unwrap())
        .with_pullable(ImageRef::new("redis:7").unwrap())
}

haven_testkit::engine_rules!(simulated());

mod hooked {
    //! A hook that does nothing changes nothing.

    use super::*;

    #[derive(Debug)]
    struct Idle;

    impl Hook for Idle {}

    fn hooked() -> EngineFixture {
        let EngineFixture { engine, image, .. } = simulated();
        EngineFixture::new(Arc::new(Hooked::new(engine, Arc::new(Idle))), image)
    }

    haven_testkit::engine_rules!(hooked());
}

#[tokio::test]
async fn two_simulated_engines_agree_on_random_operations() {
    let count = std::env::var("HAVEN_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(600);
    for seed in 0..4 {
        random_operations(&simulated(), &simulated(), seed, count).await;
    }
}

#[tokio::test]
async fn a_hook_sees_every_call_once() {
    #[derive(Debug, Default)]
    struct Counted(std::sync::Mutex<BTreeMap<&'static str, u32>>);

    #[async_trait]
    impl Hook for Counted {
        async fn before(&self, call: Call<'_>) -> haven_core::Result<()> {
            *self.0.lock().unwrap().entry(call.op).or_default() += 1;
            Ok(())
        }
    }

    let counted = Arc::new(Counted::default());
    let fixture = simulated();
    let engine = Hooked::new(fixture.engine, Arc::clone(&counted) as Arc<dyn Hook>);
    let fixture = EngineFixture::new(Arc::new(engine), fixture.image);
    fixture.sleeping().await;
    fixture.clean().await;
    let seen = counted.0.lock().unwrap().clone();
    assert_eq!(seen["start_container"], 1);
    assert_eq!(seen["containers"], 1);
}
