//! Names for new containers, that no two masters give away at the same time.
//!
//! A name is reserved in the store for a while, in which the plan can be applied; after that who asks looks at the fleet
//! only.

use std::{collections::HashSet, time::Duration};

use haven_model::{ContainerName, Error, ErrorKind, ImageRef, Plan, Result};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Shared;
use crate::store::{Record, Table};

/// For how long a name is reserved.
const FOR: Duration = Duration::from_secs(10 * 60);
/// How often another name is tried while others are faster.
const TRIES: u32 = 1_000;

/// A name that is given away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Reservation {
    until: Timestamp,
}

impl Record for Reservation {
    const KIND: &'static str = "reserved name";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

impl Shared {
    /// Names for so many new containers: the one that was asked for, or one after the image, and the others numbered.
    ///
    /// `AlreadyExists` when the name that was asked for is taken.
    pub(super) async fn new_names(
        &self,
        asked: Option<&ContainerName>,
        image: &ImageRef,
        number: u32,
    ) -> Result<Vec<ContainerName>> {
        self.give_names_back().await?;
        let taken = self.taken();
        let base = match asked {
            Some(name) => name.clone(),
            None => after(image)?,
        };
        if let Some(why) = super::names::unfit(&base) {
            return Err(Error::invalid(why));
        }
        if base.as_str().len() < 2 {
            return Err(Error::invalid(format!("`{base}` is no name: engines take none of one character")));
        }
        let mut names = Vec::new();
        if !taken.contains(base.as_str()) && self.reserve(&base).await? {
            names.push(base.clone());
        } else if asked.is_some() {
            return Err(Error::new(
                ErrorKind::AlreadyExists,
                format!("a container `{base}` exists, or a plan that was made just now brings it"),
            ));
        }
        let left = number - u32::try_from(names.len()).unwrap_or(number);
        names.extend(self.numbered(&base, left, &taken).await?);
        Ok(names)
    }

    /// Numbered names after a name that is taken.
    pub(super) async fn further_names(&self, base: &ContainerName, number: u32) -> Result<Vec<ContainerName>> {
        self.numbered(base, number, &self.taken()).await
    }

    async fn numbered(&self, base: &ContainerName, number: u32, taken: &HashSet<String>) -> Result<Vec<ContainerName>> {
        let used = taken.iter().filter_map(|name| name.strip_prefix(base.as_str())?.strip_prefix('-')?.parse().ok());
        let mut next: u64 = used.max().unwrap_or(0_u64).saturating_add(1);
        let (mut names, mut tries) = (Vec::new(), 0);
        while names.len() < number as usize {
            let name = ContainerName::new(format!("{base}-{next}"))?;
            next = next.saturating_add(1);
            if self.reserve(&name).await? {
                names.push(name);
                continue;
            }
            tries += 1;
            if tries > TRIES {
                return Err(Error::conflict(format!("others take all names after `{base}`")));
            }
        }
        Ok(names)
    }

    /// Every name of the fleet.
    fn taken(&self) -> HashSet<String> {
        let states = self.nodes.states();
        let readings = states.iter().map(|state| state.inventory.read());
        readings
            .flat_map(|reading| reading.containers().iter().map(|one| one.name().to_owned()).collect::<Vec<_>>())
            .collect()
    }

    /// Reserves a name. False when somebody has it.
    async fn reserve(&self, name: &ContainerName) -> Result<bool> {
        let table: &Table<Reservation> = &self.reserved;
        let now = self.clock.now();
        let reservation = Reservation { until: now.checked_add(FOR).unwrap_or(Timestamp::MAX) };
        let written = match table.get(name.as_str()).await? {
            Some(held) if held.value.until > now => return Ok(false),
            Some(held) => table.update(name.as_str(), &held, &reservation).await,
            None => table.create(name.as_str(), &reservation).await,
        };
        match written {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives names back that a plan was to have which is not made, or is not there any more.
    pub(super) async fn unreserve(&self, names: &[ContainerName]) {
        for name in names {
            if let Err(error) = self.reserved.delete(name.as_str(), None).await
                && error.kind() != ErrorKind::NotFound
            {
                return tracing::debug!(error = %error.report(), "names stay reserved for a while");
            }
        }
    }

    /// Gives back the names of a plan that is removed before its time, in which nobody else can have them.
    pub(super) async fn unreserve_of(&self, plan: &Plan) {
        let age = self.clock.now().duration_since(plan.created);
        if age.unsigned_abs() < FOR {
            let made = plan.steps.iter().filter(|step| step.old.is_none() && step.new.is_some());
            let names: Vec<ContainerName> = made.map(|step| step.name.clone()).collect();
            self.unreserve(&names).await;
        }
    }

    /// Gives back the names that nobody needs any more: their time is over.
    async fn give_names_back(&self) -> Result<()> {
        let now = self.clock.now();
        for (name, held) in self.reserved.list().await?.0 {
            if held.value.until <= now {
                match self.reserved.delete(&name, Some(held.revision)).await {
                    Err(error) if error.kind() == ErrorKind::Conflict => {}
                    done => drop(done?),
                }
            }
        }
        Ok(())
    }
}

/// The name that an image gives: its last part without the tag, after the last dot, in small letters.
fn after(image: &ImageRef) -> Result<ContainerName> {
    let last = image.repository().rsplit('/').next().unwrap_or_default();
    let last = last.rsplit('.').next().unwrap_or(last).to_lowercase();
    ContainerName::new(&last).map_err(|_| Error::invalid(format!("image `{image}` gives no name: say one")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_after_the_image() {
        for (image, name) in [
            ("nginx:1.27", "nginx"),
            ("registry:5000/team/com.shop.web:1", "web"),
            ("docker.io/library/redis", "redis"),
        ] {
            assert_eq!(after(&ImageRef::new(image).unwrap()).unwrap().as_str(), name);
        }
    }
}
