//! The audit: who did what.

use async_trait::async_trait;
use haven_model::{Actor, Result, audit::AuditPage};

use super::operation;
use crate::{
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![Row::call::<ListAudit>()]
}

operation! {
    /// Lists who did what, oldest first: the newest records, or those after a number.
    "audit.list", Get "/audit", needs Read;
    #[derive(Default)]
    pub struct ListAudit {
        /// Only after this number.
        #[serde(default)]
        pub after: Option<u64>,
        /// At most so many, 1 to 1,000; none: 100.
        #[serde(default)]
        pub limit: Option<u32>,
    }
}

#[async_trait]
impl Call for ListAudit {
    type Output = AuditPage;

    async fn run(self, services: &Services, _: &Actor) -> Result<AuditPage> {
        services.audit.read(self.after, self.limit).await
    }
}
