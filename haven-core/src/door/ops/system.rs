//! Haven itself: what it is and how it is.

use async_trait::async_trait;
use haven_model::{Actor, Result, system::SystemStatus};

use super::operation;
use crate::{
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![Row::call::<GetStatus>()]
}

operation! {
    /// Shows the version, the store, and the size of the fleet.
    "system.status", Get "/system/status", needs Read;
    #[derive(Default)]
    pub struct GetStatus {}
}

#[async_trait]
impl Call for GetStatus {
    type Output = SystemStatus;

    async fn run(self, services: &Services, _: &Actor) -> Result<SystemStatus> {
        services.status().await
    }
}
