//! Rust's part of `tests/faces/journey.py`: a program that depends on the crate. It starts containers that are there, and
//! says when it sees that others run.

#![allow(clippy::print_stdout)]

use std::{env, error::Error, time::Duration};

use haven::{Haven, model::ContainerRef};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let haven = Haven::open(&env::var("FACE_SERVER")?).await?;
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line?;
        let (verb, name) = line.split_once(' ').ok_or("a line is a verb and a name")?;
        let container = ContainerRef::new(name)?;
        if verb == "start" {
            let found = haven.containers().find(&container).await?;
            haven.containers().start(&found.node, &container).await?;
        }
        while verb == "see" && !haven.containers().find(&container).await?.item.is_running() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        println!("{line}");
    }
    Ok(())
}
