//! Inviting a machine to become a node.

use clap::Args;
use haven_core::{model::NodeAddress, source::without_credentials};

use super::Context;
use crate::{
    connection::is_http,
    failure::{Failure, Result},
};

/// Print how a bare machine becomes a node, with a token that is good once
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// Where the engine of that machine answers: `HOST:PORT`
    address: Option<NodeAddress>,
}

impl Invite {
    pub(crate) async fn run(self, context: &Context) -> Result {
        let server = without_credentials(context.server.url());
        if !is_http(&server) {
            return Err(Failure::usage(
                "an agent is invited by a server, which it reports to",
                "name one with `--server http://HOST:PORT`",
            ));
        }
        let node = match &self.address {
            Some(address @ (NodeAddress::Tcp { .. } | NodeAddress::Tls { .. })) => {
                format!("node={}&", address.to_string().trim_start_matches("tcp://"))
            }
            Some(other) => {
                return Err(Failure::usage(
                    format!("`{other}` cannot be reached from the server"),
                    "say where that machine's engine answers as `HOST:PORT`, or leave it out",
                ));
            }
            None => String::new(),
        };
        if is_here(&server) {
            context.show.warn(
                "other machines do not reach the server at this address: name it with `--server` as they know it",
            );
        }
        let invitation = context.haven().await?.nodes().invite().await?;
        let url =
            format!("{}/discovery/agent/haven-agent.py?{node}token={}", server.trim_end_matches('/'), invitation.token);
        let told = serde_json::json!({ "url": url, "token": invitation.token, "expires": invitation.expires });
        context.show.value(&told, || {
            let until = invitation.expires.strftime("%H:%M UTC");
            format!(
                "# on that machine, until {until}; the token is good once:\n\
                 (umask 077; wget --content-disposition '{url}')\n\
                 chmod 700 haven-agent.py\n\
                 ./haven-agent.py        # or, as root: ./haven-agent.py install"
            )
        })
    }
}

/// Whether an address means whatever machine it is used on.
fn is_here(server: &str) -> bool {
    url::Url::parse(server).is_ok_and(|url| match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    })
}
