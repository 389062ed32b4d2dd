//! A fleet of three simulated machines, driven as one: `cargo run --example quickstart`.
//!
//! With an address the same program drives a Haven server: `cargo run --example quickstart -- http://admin:PASSWORD@127.0.0.1:8761`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use futures_util::StreamExt as _;
use haven::{
    ErrorKind, Haven, Result,
    door::ops::containers::ContainerLogs,
    model::{ClusterName, ContainerRef, ContainerSpec, ImageRef, NodeAddress, NodeName},
};

#[tokio::main]
async fn main() -> ExitCode {
    let url = std::env::args().nth(1).unwrap_or_else(|| "memory:".to_owned());
    match drive(&url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.report());
            ExitCode::FAILURE
        }
    }
}

async fn drive(url: &str) -> Result<()> {
    let haven = Haven::open(url).await?;
    let web = ClusterName::new("web")?;
    match haven.clusters().create(&web, "what visitors see").await {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        done => drop(done?),
    }
    for number in 1..=3 {
        let node = NodeName::new(format!("web-{number}"))?;
        match haven.nodes().register(&node, NodeAddress::Sim).await {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            done => drop(done?),
        }
        haven.clusters().add_node(&web, &node).await?;
        haven.nodes().wait_online(&node).await?;
        let _ = haven.containers().remove(&node, &ContainerRef::new("hello")?).await?;
        let command = ["sh", "-c", "echo hello; sleep 60"].map(str::to_owned).to_vec();
        let spec = ContainerSpec { command, ..ContainerSpec::new(ImageRef::new("busybox")?) };
        haven.containers().run(&node, "hello", spec).await?;
    }
    let listing = haven.containers().list_in(&web).await?;
    for at in &listing.items {
        println!("{:8} {:8} {}", at.node, at.item.name, at.item.state);
    }
    for missing in &listing.missing {
        println!("{:8} {}", missing.node, missing.error.message);
    }
    if let Some(first) = listing.items.first() {
        let logs: ContainerLogs =
            ContainerLogs { tail: Some(10), ..ContainerLogs::of(&first.node, &ContainerRef::from(&first.item.id)) };
        let mut lines = haven.containers().logs(logs).await?;
        while let Some(line) = lines.next().await {
            print!("{}", String::from_utf8_lossy(&line?.bytes));
        }
    }
    haven.close().await;
    Ok(())
}
