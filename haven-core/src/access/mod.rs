//! Access: may this actor do this to that object, and why; and who is who.
//!
//! Until there are users with rights of their own the rule is short: an administrator may do everything, an agent may
//! report for its own node. Passwords are kept as argon2id hashes, tokens only as SHA-256, so that neither can be read
//! back.

mod attempts;
mod invitation;
mod memory;
mod session;
mod token;

use haven_model::{Access, Actor, Error, ErrorKind, Object, Result, Verb, access::Identity};

pub use invitation::Invitations;
pub use session::AccessService;

/// An answer to *may this actor do this*, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// Why, for people.
    pub reason: String,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The actor may.
    Allowed,
    /// The actor may not.
    Denied,
    /// The actor must sign in first.
    SignIn,
}

impl Decision {
    /// Fails with `Denied` or `Unauthenticated` where the actor may not.
    pub fn into_result(self) -> Result<()> {
        match self.verdict {
            Verdict::Allowed => Ok(()),
            Verdict::Denied => Err(Error::new(ErrorKind::Denied, self.reason)),
            Verdict::SignIn => Err(Error::new(ErrorKind::Unauthenticated, self.reason)),
        }
    }
}

/// Decides, by the rule above.
pub fn decide(actor: &Actor, needs: &Access) -> Decision {
    let (verdict, reason) = match &actor.identity {
        Identity::System => (Verdict::Allowed, "the program itself may do everything".to_owned()),
        Identity::User(name) => (Verdict::Allowed, format!("`{name}` is an administrator")),
        Identity::Agent(own) => match (&needs.verb, &needs.object) {
            (Verb::Report, Object::Node(node)) if node == own => {
                (Verdict::Allowed, "an agent reports for its own node".to_owned())
            }
            (Verb::Report, Object::Node(node)) => {
                (Verdict::Denied, format!("the agent of `{own}` cannot report for `{node}`"))
            }
            _ => (Verdict::Denied, format!("the agent of `{own}` may only report for its node")),
        },
        Identity::Anonymous => (Verdict::SignIn, "sign in first".to_owned()),
    };
    Decision { verdict, reason }
}

#[cfg(test)]
mod tests {
    use haven_model::NodeName;

    use super::*;

    fn may(identity: Identity, verb: Verb, object: Object) -> Verdict {
        decide(&Actor { identity, ..Actor::system() }, &Access { verb, object }).verdict
    }

    #[test]
    fn an_agent_does_nothing_but_report_for_its_own_node() {
        let node = |name: &str| NodeName::new(name).unwrap();
        let agent = Identity::Agent(node("a"));
        assert_eq!(may(agent.clone(), Verb::Report, Object::Node(node("a"))), Verdict::Allowed);
        assert_eq!(may(agent.clone(), Verb::Report, Object::Node(node("b"))), Verdict::Denied);
        assert_eq!(may(agent.clone(), Verb::Read, Object::Node(node("a"))), Verdict::Denied);
        assert_eq!(may(agent.clone(), Verb::Reveal, Object::Node(node("a"))), Verdict::Denied);
        assert_eq!(may(agent, Verb::Read, Object::System), Verdict::Denied);
    }

    #[test]
    fn nobody_does_nothing() {
        assert_eq!(may(Identity::Anonymous, Verb::Read, Object::System), Verdict::SignIn);
    }
}
