//! `haven-bed`: a real fleet to play with, until Ctrl-C.
//!
//! Three Docker engines, three etcd members and a registry, each on an address of its own on this machine. Everything is
//! removed at the end, also when this program is killed.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program's output")]

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use haven_testkit::bed::{self, Bed, BedBuilder};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
Starts Docker engines, an etcd cluster and a registry on this machine, and removes them on Ctrl-C.

usage: haven-bed [options]
       haven-bed sweep          remove what dead owners left

  --engines N      Docker engines (3)
  --etcd N         etcd members (3)
  --no-registry    no registry
  --plain-tcp      engines without TLS
  --env            print shell exports only, for `eval`
  -h, --help       this text";

struct Options {
    bed: BedBuilder,
    env: bool,
}

enum Asked {
    Run(Options),
    Sweep,
    Help,
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match parse(std::env::args().skip(1)) {
        Ok(Asked::Run(options)) => run(options).await,
        Ok(Asked::Sweep) => sweep(),
        Ok(Asked::Help) => {
            println!("{USAGE}");
            Ok(())
        }
        Err(message) => {
            eprintln!("haven-bed: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("haven-bed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Asked, String> {
    let (mut engines, mut members, mut registry, mut plain, mut env) = (3, 3, true, false, false);
    while let Some(arg) = args.next() {
        let mut number = || {
            let value = args.next().ok_or_else(|| format!("`{arg}` wants a number"))?;
            value.parse::<u8>().map_err(|_| format!("`{arg}` wants a number, not `{value}`"))
        };
        match arg.as_str() {
            "--engines" => engines = number()?,
            "--etcd" => members = number()?,
            "--no-registry" => registry = false,
            "--plain-tcp" => plain = true,
            "--env" => env = true,
            "sweep" => return Ok(Asked::Sweep),
            "-h" | "--help" => return Ok(Asked::Help),
            other => return Err(format!("`{other}` is not known")),
        }
    }
    let mut bed = Bed::with_engines(engines).etcd(members);
    if registry {
        bed = bed.registry();
    }
    if plain {
        bed = bed.plain_tcp();
    }
    Ok(Asked::Run(Options { bed, env }))
}

fn sweep() -> io::Result<()> {
    let removed = bed::sweep()?;
    for name in &removed {
        println!("removed {name}");
    }
    if removed.is_empty() {
        println!("nothing to remove");
    }
    Ok(())
}

async fn run(options: Options) -> io::Result<()> {
    // Listened to before the start, so that Ctrl-C during it cleans up as well.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let ended = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    tokio::pin!(ended);

    let begun = Instant::now();
    if bed::missing(&options.bed.needs()).is_some_and(|missing| {
        eprintln!("haven-bed: {missing}");
        true
    }) {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "this machine cannot hold the bed"));
    }
    eprintln!("starting, some seconds …");
    let bed = tokio::select! {
        bed = options.bed.start() => bed?,
        // The start goes on to its end, and its bed is then dropped.
        () = &mut ended => return Ok(()),
    };
    let text = if options.env { exports(&bed) } else { table(&bed) };
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    eprintln!("ready after {:.1} s; Ctrl-C removes it all", begun.elapsed().as_secs_f32());
    ended.await;
    eprintln!("\nremoving …");
    bed.shutdown().await
}

fn table(bed: &Bed) -> String {
    let mut lines = vec![format!("bed {}  subnet {}  this machine is {}", bed.id(), bed.subnet(), bed.gateway())];
    for engine in bed.engines() {
        lines.push(format!(
            "  {:<10} {:<28} {}  zone={}",
            engine.name(),
            engine.tcp_url(),
            engine.unix_url(),
            engine.zone()
        ));
    }
    for member in bed.etcd() {
        lines.push(format!("  {:<10} {}", member.name(), member.endpoint()));
    }
    for registry in bed.registries() {
        lines.push(format!("  {:<10} {}", registry.name(), registry.url()));
    }
    if let Some(engine) = bed.engines().first() {
        let certs = bed.certs();
        lines.push(String::new());
        lines.push(format!("images on each engine: {}", bed::IMAGES.join(" ")));
        lines.push(format!("client certificates:   {}", certs.folder().display()));
        lines.push(String::new());
        lines.push("try:".to_owned());
        lines.push(format!("  DOCKER_HOST={} docker ps", engine.unix_url()));
        if engine.is_tls() {
            let folder = certs.folder().display();
            lines.push(format!(
                "  DOCKER_HOST={} DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH={folder} docker ps",
                engine.tcp_url()
            ));
        }
        lines.push(format!("  DOCKER_HOST={} docker run -d -p 8080:8080 {}", engine.unix_url(), bed::WEB));
        lines.push(format!("  wget -qO- http://{}:8080/", engine.address()));
        for engine in bed.engines() {
            let tls = if engine.is_tls() { format!(" --tls-dir {}", certs.folder().display()) } else { String::new() };
            let url = if engine.is_tls() { engine.tcp_url().replacen("tcp:", "https:", 1) } else { engine.tcp_url() };
            lines.push(format!("  haven nodes register {} {url}{tls}", engine.name()));
        }
    }
    if !bed.etcd().is_empty() {
        lines.push(format!("  etcdctl --endpoints={} endpoint status", bed.etcd_endpoints().join(",")));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn exports(bed: &Bed) -> String {
    let mut lines = vec![format!("export HAVEN_BED={}", bed.folder().display())];
    if let Some(engine) = bed.engines().first() {
        lines.push(format!("export DOCKER_HOST={}", engine.unix_url()));
        lines.push(format!("export DOCKER_CERT_PATH={}", bed.certs().folder().display()));
        let all = |urls: Vec<String>| urls.join(",");
        lines.push(format!(
            "export HAVEN_BED_ENGINES={}",
            all(bed.engines().iter().map(bed::Engine::tcp_url).collect())
        ));
        lines.push(format!(
            "export HAVEN_BED_SOCKETS={}",
            all(bed.engines().iter().map(bed::Engine::unix_url).collect())
        ));
    }
    if !bed.etcd().is_empty() {
        lines.push(format!("export HAVEN_BED_ETCD={}", bed.etcd_endpoints().join(",")));
    }
    if let Some(registry) = bed.registry() {
        lines.push(format!("export HAVEN_BED_REGISTRY={}", registry.authority()));
    }
    lines.push(String::new());
    lines.join("\n")
}
