//! Inviting agents.

use async_trait::async_trait;
use haven_model::{Actor, Result, access::Invitation};

use super::operation;
use crate::{
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![Row::call::<Invite>()]
}

operation! {
    /// Makes an invitation, good for a quarter of an hour: whoever fetches the agent's script with its token first, as
    /// `/discovery/agent/haven-agent.py?token=TOKEN`, is given the agents' secret in it. `busy` when too many wait.
    "invitations.create", Post "/invitations", needs Create;
    #[derive(Default)]
    pub struct Invite {}
}

#[async_trait]
impl Call for Invite {
    type Output = Invitation;

    async fn run(self, services: &Services, _: &Actor) -> Result<Invitation> {
        services.invitations.make().await
    }
}
