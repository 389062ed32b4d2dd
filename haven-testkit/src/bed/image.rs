//! The images that every engine of a bed holds, made of this machine's static busybox.
//!
//! They are written as one archive for `docker load` rather than imported one by one: an import stamps the time into the image, and the
//! same image would have another id on each engine.

use std::fs;
use std::io;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::command::{context, find, run};

/// Waits for SIGTERM. busybox's own `sleep` as a container's first process does not see it, and the stop takes 10 s.
pub const BUSYBOX: &str = "haven-test/busybox:1";

/// The same as [`BUSYBOX`] with another id, to update to.
pub const BUSYBOX_2: &str = "haven-test/busybox:2";

/// Serves files on port 8080: `/` says `haven`, `/version` has the tag. A stop kills it at once, for httpd does not see SIGTERM either.
pub const WEB: &str = "haven-test/web:1";

/// The same as [`WEB`] with another id and version.
pub const WEB_2: &str = "haven-test/web:2";

/// Its health check succeeds, first after about a second.
pub const HEALTHY: &str = "haven-test/healthy:1";

/// Its health check fails; it is `unhealthy` after about a second.
pub const UNHEALTHY: &str = "haven-test/unhealthy:1";

/// All of them.
pub const IMAGES: [&str; 6] = [BUSYBOX, BUSYBOX_2, WEB, WEB_2, HEALTHY, UNHEALTHY];

/// The archive with all images, to be given to `docker load`.
pub(crate) fn archive() -> io::Result<Vec<u8>> {
    let layer = layer()?;
    let mut archive = Builder::new(Vec::new());
    file(&mut archive, "layer.tar", 0o644, &layer)?;
    let mut manifest = Vec::new();
    for image in IMAGES {
        let config = config(image, &digest(&layer)).to_string();
        let name = format!("{}.json", digest(config.as_bytes()));
        file(&mut archive, &name, 0o644, config.as_bytes())?;
        manifest.push(json!({"Config": name, "RepoTags": [image], "Layers": ["layer.tar"]}));
    }
    file(&mut archive, "manifest.json", 0o644, Value::from(manifest).to_string().as_bytes())?;
    archive.into_inner()
}

/// A root file system: busybox under all its names, and what programs expect beside it.
fn layer() -> io::Result<Vec<u8>> {
    let busybox = find("busybox").ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no `busybox`"))?;
    let program = fs::read(&busybox).map_err(context(busybox.display()))?;
    let mut layer = Builder::new(Vec::new());
    for folder in ["bin", "etc", "root", "var", "www"] {
        entry(&mut layer, folder, EntryType::Directory, 0o755)?;
    }
    entry(&mut layer, "tmp", EntryType::Directory, 0o1777)?;
    file(&mut layer, "bin/busybox", 0o755, &program)?;
    for applet in run("busybox", &["--list"])?.lines().filter(|applet| *applet != "busybox") {
        let mut header = header(EntryType::Symlink, 0o777, 0);
        layer.append_link(&mut header, format!("bin/{applet}"), "busybox")?;
    }
    file(&mut layer, "etc/passwd", 0o644, b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")?;
    file(&mut layer, "etc/group", 0o644, b"root:x:0:\nnogroup:x:65534:\n")?;
    file(&mut layer, "www/index.html", 0o644, b"haven\n")?;
    layer.into_inner()
}

fn config(image: &str, layer: &str) -> Value {
    let (name, version) = image.rsplit_once(':').unwrap_or((image, "1"));
    let wait = "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done";
    let mut config = json!({
        "Env": ["PATH=/bin", format!("VERSION={version}")],
        "Cmd": ["sh", "-c", wait],
        "WorkingDir": "/",
        "Labels": {"haven.test.image": image},
    });
    let check = |command: &str| {
        let second = 1_000_000_000_i64;
        json!({"Test": ["CMD", command], "Interval": second, "Timeout": 5 * second, "Retries": 1})
    };
    match name {
        "haven-test/web" => {
            let serve = "echo $VERSION >/www/version; exec httpd -f -p 8080 -h /www";
            config["Cmd"] = json!(["sh", "-c", serve]);
            config["ExposedPorts"] = json!({"8080/tcp": {}});
            config["StopSignal"] = json!("SIGKILL");
        }
        "haven-test/healthy" => config["Healthcheck"] = check("true"),
        "haven-test/unhealthy" => config["Healthcheck"] = check("false"),
        _ => {}
    }
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    json!({
        "architecture": architecture,
        "os": "linux",
        "created": "2024-01-01T00:00:00Z",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer}")]},
        "history": [{"created": "2024-01-01T00:00:00Z", "created_by": "haven test bed"}],
    })
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    // A fixed time, so that the ids are the same today and tomorrow.
    header.set_mtime(1_704_067_200);
    header.set_uid(0);
    header.set_gid(0);
    header
}

fn file(to: &mut Builder<Vec<u8>>, path: &str, mode: u32, content: &[u8]) -> io::Result<()> {
    let size = content.len() as u64;
    to.append_data(&mut header(EntryType::Regular, mode, size), path, content)
}

fn entry(to: &mut Builder<Vec<u8>>, path: &str, kind: EntryType, mode: u32) -> io::Result<()> {
    to.append_data(&mut header(kind, mode, 0), path, io::empty())
}
