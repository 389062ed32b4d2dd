//! The audit: who did what. A chain that is broken is said, and is a failure.

use clap::Args;
use haven_core::{Error, door::ops::audit::ListAudit, model::audit::AuditRecord};
use serde_json::Value;

use super::Context;
use crate::{
    failure::Result,
    show::{Table, truncated},
};

/// Show who did what
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only after this number
    #[arg(long, value_name = "NUMBER")]
    after: Option<u64>,
    /// At most so many, the newest [default: 100]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
}

impl Audit {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let page = context.haven().await?.call(ListAudit { after: self.after, limit: self.limit }).await?;
        context.show.value(&page, || {
            let mut table = Table::new(&["NUMBER", "TIME", "WHO", "THROUGH", "OPERATION", "PARAMETERS", "OUTCOME"]);
            for record in &page.items {
                table.row([
                    record.number.to_string(),
                    record.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                    record.actor.identity.to_string(),
                    record.actor.address.clone().unwrap_or_else(|| "-".to_owned()),
                    record.operation.clone(),
                    truncated(&parameters(record), 60, false),
                    record.failed.map_or_else(|| "done".to_owned(), |kind| kind.to_string()),
                ]);
            }
            table.render()
        })?;
        if !page.unreadable.is_empty() {
            let numbers: Vec<String> = page.unreadable.iter().map(ToString::to_string).collect();
            context.show.warn(&format!("records that only a newer Haven reads: {}", numbers.join(", ")));
        }
        if page.intact {
            return Ok(());
        }
        Err(Error::unexpected("the audit was altered: a record does not have its hash, or that of the one before")
            .into())
    }
}

/// What was asked, in a line; of records of before there were parameters, what was touched.
fn parameters(record: &AuditRecord) -> String {
    if record.parameters.is_empty() {
        return record.object.to_string();
    }
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let words = record.parameters.iter().filter(|(_, value)| !value.is_null());
    words.map(|(name, value)| format!("{name}={}", word(value))).collect::<Vec<_>>().join(" ")
}
