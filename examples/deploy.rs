//! Containers deployed to two simulated machines, updated one after the other, and rolled back: `cargo run --example deploy`.
//!
//! With an address the same program drives a Haven server: `cargo run --example deploy -- http://admin:PASSWORD@127.0.0.1:8761`.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use futures_util::StreamExt as _;
use haven::{
    Error, ErrorKind, Haven, Result,
    deploy::{CreateRequest, UpdateRequest},
    model::{
        ClusterName, ContainerSpec, ImageRef, NodeAddress, NodeName, Plan, PlanState, Rollout,
        plan::{Order, Selection},
    },
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
    let cluster = ClusterName::new("deployed")?;
    match haven.clusters().create(&cluster, "what this example deploys to").await {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        done => drop(done?),
    }
    for number in 1..=2 {
        let node = NodeName::new(format!("deployed-{number}"))?;
        match haven.nodes().register(&node, NodeAddress::Sim).await {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            done => drop(done?),
        }
        haven.clusters().add_node(&cluster, &node).await?;
        haven.nodes().wait_online(&node).await?;
    }
    let create = CreateRequest {
        cluster: Some(cluster.clone()),
        count: Some(4),
        ..CreateRequest::new(ContainerSpec::new(ImageRef::new("nginx")?))
    };
    carry_out(&haven, &haven.plans().create(create).await?).await?;
    let update = UpdateRequest {
        selection: Selection { cluster: Some(cluster), image: vec!["nginx".to_owned()], ..Selection::default() },
        to: Some("1.27".to_owned()),
        rollout: Rollout { order: Order::StartFirst, monitor: 0.5, ..Rollout::default() },
        ..UpdateRequest::default()
    };
    let update = haven.plans().update(update).await?;
    carry_out(&haven, &update).await?;
    carry_out(&haven, &haven.plans().rollback(&update.id).await?).await?;
    haven.close().await;
    Ok(())
}

/// Says what a plan does, applies it, and tells each step as it ends. Fails unless all were taken.
async fn carry_out(haven: &Haven, plan: &Plan) -> Result<()> {
    print!("{}", plan.diff());
    haven.plans().apply(&plan.id).await?;
    let mut progress = haven.plans().follow(&plan.id).await?;
    let mut stands = None;
    while let Some(told) = progress.next().await {
        let told = told?;
        match told.step {
            Some(step) if step.ended.is_some() => println!("  {}: {} on {}", step.state, step.name, step.node),
            Some(_) => {}
            None => println!("{}: {} of {} steps", told.status.state, told.status.steps.done, told.status.steps.total),
        }
        stands = Some(told.status);
    }
    match stands {
        Some(status) if status.state == PlanState::Applied => Ok(()),
        status => Err(status.and_then(|status| status.error).map_or_else(
            || Error::conflict("the plan was not applied to its end").with("plan", plan.id.short()),
            Error::from,
        )),
    }
}
