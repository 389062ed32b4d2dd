//! What is mounted into a container: as objects where the engine takes those, as texts where only a text can say it.
//!
//! A text, `SOURCE:TARGET:OPTIONS`, is how a missing folder of the host is made, and how SELinux's options are given; one of
//! a memory file system is how it has options besides size and mode. A colon has no place in either.

use bollard::models::{
    ContainerCreateBody, HostConfig, MountBindOptions, MountBindOptionsPropagationEnum, MountPoint, MountTmpfsOptions,
    MountType, MountVolumeOptions, MountVolumeOptionsDriverConfig,
};
use haven_model::{
    ContainerSpec, Error, Mount, Result,
    spec::{MountKind, Propagation},
    system::ApiVersion,
};

use super::{MOUNTS, limits::number, list, map, text};
use crate::engine::{containers::check_mount, docker::http::Http};

/// From then on an object can say that a missing folder is made.
const MAKES_SOURCE: ApiVersion = ApiVersion::new(1, 42);

pub(super) fn write(
    spec: &ContainerSpec,
    http: &Http,
    body: &mut ContainerCreateBody,
    host: &mut HostConfig,
) -> Result<()> {
    host.volumes_from = list(&spec.volumes_from);
    host.volume_driver.clone_from(&spec.volume_driver);
    let mut objects = Vec::new();
    for mount in &spec.mounts {
        check_mount(mount)?;
        let old = http.api < MOUNTS;
        match mount.kind {
            MountKind::Tmpfs if old || !mount.options.is_empty() => {
                host.tmpfs.get_or_insert_default().insert(mount.target.clone(), tmpfs_text(mount));
            }
            MountKind::Volume if old && mount.source.is_empty() => {
                body.volumes.get_or_insert_default().push(mount.target.clone());
            }
            MountKind::Bind | MountKind::Volume if old || is_text(mount, http) => {
                host.binds.get_or_insert_default().push(bind_text(mount)?);
            }
            _ => objects.push(object(mount, spec.volume_driver.as_ref())?),
        }
    }
    host.mounts = (!objects.is_empty()).then_some(objects);
    Ok(())
}

/// Whether only a text can say it.
fn is_text(mount: &Mount, http: &Http) -> bool {
    let object_can = http.api >= MAKES_SOURCE && (mount.non_recursive || has_colon(mount));
    !mount.options.is_empty() || (mount.create_source && !object_can)
}

fn has_colon(mount: &Mount) -> bool {
    mount.source.contains(':') || mount.target.contains(':')
}

fn bind_text(mount: &Mount) -> Result<String> {
    let refuse = |why: &str| Err(Error::invalid(format!("this engine takes no mount {why}: `{}`", mount.target)));
    if has_colon(mount) {
        return refuse("with a colon in it");
    }
    if mount.source.is_empty() {
        return refuse("with options of a volume without a name, or without a folder of the host");
    }
    if mount.non_recursive || mount.driver.is_some() || !mount.driver_options.is_empty() || !mount.labels.is_empty() {
        return refuse("with these options together");
    }
    let mut options: Vec<&str> = Vec::new();
    options.extend(mount.read_only.then_some("ro"));
    options.extend(mount.no_copy.then_some("nocopy"));
    options.extend(mount.propagation.map(Propagation::as_str));
    options.extend(mount.options.iter().map(String::as_str));
    let mut text = format!("{}:{}", mount.source, mount.target);
    if !options.is_empty() {
        text.push(':');
        text.push_str(&options.join(","));
    }
    Ok(text)
}

fn tmpfs_text(mount: &Mount) -> String {
    let mut options = mount.options.clone();
    options.extend(mount.read_only.then(|| "ro".to_owned()));
    options.extend(mount.size.map(|size| format!("size={size}")));
    options.extend(mount.mode.map(|mode| format!("mode={mode:o}")));
    options.join(",")
}

fn object(mount: &Mount, volume_driver: Option<&String>) -> Result<bollard::models::Mount> {
    let propagation = mount.propagation.map(|propagation| match propagation {
        Propagation::Private => MountBindOptionsPropagationEnum::PRIVATE,
        Propagation::Rprivate => MountBindOptionsPropagationEnum::RPRIVATE,
        Propagation::Shared => MountBindOptionsPropagationEnum::SHARED,
        Propagation::Rshared => MountBindOptionsPropagationEnum::RSHARED,
        Propagation::Slave => MountBindOptionsPropagationEnum::SLAVE,
        Propagation::Rslave => MountBindOptionsPropagationEnum::RSLAVE,
    });
    let bind = MountBindOptions {
        propagation,
        non_recursive: mount.non_recursive.then_some(true),
        create_mountpoint: mount.create_source.then_some(true),
        ..MountBindOptions::default()
    };
    let driver = mount.driver.as_ref().or(volume_driver);
    let volume = MountVolumeOptions {
        no_copy: mount.no_copy.then_some(true),
        labels: map(&mount.labels),
        driver_config: (driver.is_some() || !mount.driver_options.is_empty())
            .then(|| MountVolumeOptionsDriverConfig { name: driver.cloned(), options: map(&mount.driver_options) }),
        subpath: mount.subpath.clone(),
    };
    let tmpfs = MountTmpfsOptions {
        size_bytes: mount.size.map(|size| number(size, "a memory file system")).transpose()?,
        mode: mount.mode.map(i64::from),
        ..MountTmpfsOptions::default()
    };
    let kind = mount.kind;
    Ok(bollard::models::Mount {
        target: Some(mount.target.clone()),
        source: (!mount.source.is_empty()).then(|| mount.source.clone()),
        typ: Some(match kind {
            MountKind::Bind => MountType::BIND,
            MountKind::Volume => MountType::VOLUME,
            MountKind::Tmpfs => MountType::TMPFS,
        }),
        read_only: Some(mount.read_only),
        bind_options: (kind == MountKind::Bind && bind != MountBindOptions::default()).then_some(bind),
        volume_options: (kind == MountKind::Volume && volume != MountVolumeOptions::default()).then_some(volume),
        tmpfs_options: (kind == MountKind::Tmpfs && tmpfs != MountTmpfsOptions::default()).then_some(tmpfs),
        ..bollard::models::Mount::default()
    })
}

/// What shall be mounted, with the volumes that were asked for by their place only, as images do.
pub(super) fn read(host: &HostConfig, volumes: &[String], spec: &mut ContainerSpec) {
    spec.volumes_from = host.volumes_from.clone().unwrap_or_default();
    spec.volume_driver = text(host.volume_driver.as_ref());
    let mut mounts: Vec<Mount> = host.mounts.iter().flatten().filter_map(of_object).collect();
    mounts.extend(host.binds.iter().flatten().filter_map(|text| of_bind(text)));
    mounts.extend(host.tmpfs.iter().flatten().map(|(target, options)| of_tmpfs(target, options)));
    for target in volumes {
        if !mounts.iter().any(|mount| mount.target == *target) {
            mounts.push(Mount::new(MountKind::Volume, "", target));
        }
    }
    spec.mounts = mounts;
}

fn of_object(object: &bollard::models::Mount) -> Option<Mount> {
    let kind = match object.typ {
        Some(MountType::BIND) => MountKind::Bind,
        Some(MountType::VOLUME) => MountKind::Volume,
        Some(MountType::TMPFS) => MountKind::Tmpfs,
        _ => return None,
    };
    let (source, target) = (object.source.clone().unwrap_or_default(), object.target.clone()?);
    let mut mount = Mount { read_only: object.read_only.unwrap_or_default(), ..Mount::new(kind, source, target) };
    if let Some(bind) = &object.bind_options {
        mount.propagation = bind.propagation.and_then(|propagation| Propagation::parse(propagation.as_ref()));
        mount.create_source = bind.create_mountpoint.unwrap_or_default();
        mount.non_recursive = bind.non_recursive.unwrap_or_default();
    }
    if let Some(volume) = &object.volume_options {
        mount.no_copy = volume.no_copy.unwrap_or_default();
        mount.labels = volume.labels.clone().unwrap_or_default().into_iter().collect();
        mount.subpath = text(volume.subpath.as_ref());
        if let Some(driver) = &volume.driver_config {
            mount.driver = text(driver.name.as_ref());
            mount.driver_options = driver.options.clone().unwrap_or_default().into_iter().collect();
        }
    }
    if let Some(tmpfs) = &object.tmpfs_options {
        mount.size = tmpfs.size_bytes.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0);
        mount.mode = tmpfs.mode.and_then(|mode| u32::try_from(mode).ok()).filter(|mode| *mode > 0);
    }
    Some(mount)
}

/// A mount that was given as a text, as `docker run -v` does.
fn of_bind(text: &str) -> Option<Mount> {
    let mut parts = text.splitn(3, ':');
    let (source, target) = (parts.next()?, parts.next()?);
    let kind = if source.starts_with('/') { MountKind::Bind } else { MountKind::Volume };
    let mut mount = Mount { create_source: kind == MountKind::Bind, ..Mount::new(kind, source, target) };
    for option in parts.next().unwrap_or_default().split(',').filter(|option| !option.is_empty()) {
        match option {
            "ro" => mount.read_only = true,
            "rw" => {}
            "nocopy" => mount.no_copy = true,
            option => match Propagation::parse(option) {
                Some(propagation) => mount.propagation = Some(propagation),
                None => mount.options.push(option.to_owned()),
            },
        }
    }
    Some(mount)
}

fn of_tmpfs(target: &str, options: &str) -> Mount {
    let mut mount = Mount::new(MountKind::Tmpfs, "", target);
    for option in options.split(',').filter(|option| !option.is_empty()) {
        match option.split_once('=').unwrap_or((option, "")) {
            ("ro", "") => mount.read_only = true,
            ("rw", "") => {}
            ("size", size) if bytes(size).is_some() => mount.size = bytes(size),
            ("mode", mode) if u32::from_str_radix(mode, 8).is_ok() => mount.mode = u32::from_str_radix(mode, 8).ok(),
            _ => mount.options.push(option.to_owned()),
        }
    }
    mount
}

/// A size as the kernel reads it: `64m`.
fn bytes(text: &str) -> Option<u64> {
    let (digits, shift) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 10),
        b'm' => (&text[..text.len() - 1], 20),
        b'g' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// What is mounted now, volumes by their name.
pub(in crate::engine::docker) fn mounted(points: Vec<MountPoint>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = points
        .into_iter()
        .filter_map(|point| {
            let name = text(point.name.as_ref());
            let (kind, source) = match point.typ.as_deref() {
                Some("volume") => (MountKind::Volume, name),
                Some("tmpfs") => (MountKind::Tmpfs, None),
                // Old engines do not say.
                None | Some("") if name.is_some() => (MountKind::Volume, name),
                None | Some("" | "bind") => (MountKind::Bind, point.source),
                Some(_) => return None,
            };
            let mount = Mount::new(kind, source.unwrap_or_default(), point.destination?);
            let driver = text(point.driver.as_ref()).filter(|driver| kind == MountKind::Volume && driver != "local");
            Some(Mount { read_only: point.rw == Some(false), driver, ..mount })
        })
        .collect();
    mounts.sort_by(|one, other| one.target.cmp(&other.target));
    mounts
}
