//! What is said of the program and of what it may use: environment, restart, health, limits of processes, devices.

use haven_model::{
    RestartPolicy, Result,
    spec::{Device, DeviceRequest, HealthCheck, Ulimit},
};

use super::{
    read::{Reading, typed},
    value,
};
use crate::source::{
    document::{Node, Value},
    setting::Setting,
};

/// `NAME=VALUE` each, or a map. What begins with `constraint:`, `affinity:` or `reschedule:` is asked of the node.
pub(super) fn environment(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    for (place, name, value) in reading.pairs(node)? {
        reading.push(place, Setting::variable(&name, value.as_deref().unwrap_or_default()));
    }
    Ok(())
}

/// `always`, `on-failure:3`.
pub(super) fn restart(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    // `no` in YAML is `false` to some.
    let policy: RestartPolicy = reading.parsed(node, |text| match text {
        "false" => Ok(RestartPolicy::No),
        text => text.parse().map_err(value::said),
    })?;
    reading.one(node.place, typed(&policy)?);
    Ok(())
}

/// Haven 1.x' word for what becomes of a container whose node is lost.
pub(super) fn reschedule(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let policy = reading.parsed(node, |text| match super::canonical(text).as_str() {
        "onnodefailure" => Ok("on-node-failure"),
        "off" | "no" | "false" => Ok("off"),
        _ => Err(format!("`{}` is no policy, which is `on-node-failure` or `off`", value::shown(text))),
    })?;
    reading.push(node.place, Setting::asked(&format!("reschedule:{policy}")));
    Ok(())
}

/// The node that it must go to.
pub(super) fn node(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let name =
        reading.parsed(node, |text| haven_model::NodeName::new(text).map_err(|error| error.message().to_owned()))?;
    reading.push(node.place, Setting::asked(&format!("constraint:node=={name}")));
    Ok(())
}

/// A command for the shell, or a map as Compose has it.
pub(super) fn health(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let mut check = HealthCheck::default();
    if let Value::Text(command) = &node.value {
        check.command = shell(command.expose());
        reading.one(node.place, typed(&check)?);
        return Ok(());
    }
    let mut is_off = false;
    for (name, place, part) in reading.map(node, "a health check")? {
        match name.as_str() {
            "test" | "command" => {
                check.command = if let Value::Text(command) = &part.value {
                    shell(command.expose())
                } else {
                    let words: Vec<String> =
                        reading.texts(part)?.into_iter().map(|(_, word)| word.into_owned()).collect();
                    match words.first().map(String::as_str) {
                        Some("NONE") => Vec::new(),
                        Some("CMD") => words[1..].to_vec(),
                        Some("CMD-SHELL") => shell(&words[1..].join(" ")),
                        _ => words,
                    }
                };
            }
            "disable" => is_off = reading.parsed(part, value::switch)?,
            "interval" => check.interval = Some(reading.parsed(part, value::seconds)?),
            "timeout" => check.timeout = Some(reading.parsed(part, value::seconds)?),
            "startperiod" => check.start_period = Some(reading.parsed(part, value::seconds)?),
            "startinterval" => check.start_interval = Some(reading.parsed(part, value::seconds)?),
            "retries" => {
                let retries = reading.parsed(part, |text| value::number(text, 0, i64::from(u32::MAX)))?;
                check.retries = u32::try_from(retries).ok();
            }
            _ => return Err(reading.stranger(node, place, "a health check")),
        }
    }
    if is_off {
        check = HealthCheck::default();
    }
    reading.one(node.place, typed(&check)?);
    Ok(())
}

fn shell(command: &str) -> Vec<String> {
    vec!["/bin/sh".to_owned(), "-c".to_owned(), command.to_owned()]
}

/// Cores, as `docker run --cpus` has them.
pub(super) fn cpus(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let nanos = reading.parsed(node, |text| {
        let wrong = || format!("`{}` is no number of cores, which looks like `1.5`", value::shown(text));
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(part) || part.len() > 9 || whole.len() > 6 || whole.len() + part.len() == 0 {
            return Err(wrong());
        }
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| wrong())? };
        let part: u64 = format!("{part:0<9}").parse().map_err(|_| wrong())?;
        Ok(whole * 1_000_000_000 + part)
    })?;
    reading.one(node.place, nanos);
    Ok(())
}

/// `nofile: 1024:2048`, by name, or `nofile=1024:2048` each.
pub(super) fn ulimits(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let limit = |text: &str| value::number(text, -1, i64::MAX);
    if let Value::Map(entries) = &node.value {
        for (name, part) in entries {
            let (soft, hard) = if let Value::Map(_) = &part.value {
                let (mut soft, mut hard) = (None, None);
                for (which, place, part) in reading.map(part, "a limit")? {
                    match which.as_str() {
                        "soft" => soft = Some(reading.parsed(part, limit)?),
                        "hard" => hard = Some(reading.parsed(part, limit)?),
                        _ => return Err(reading.stranger(node, place, "a limit")),
                    }
                }
                match (soft.or(hard), hard.or(soft)) {
                    (Some(soft), Some(hard)) => (soft, hard),
                    _ => return Err(reading.wrong(part.place, "a limit says `soft` and `hard`")),
                }
            } else {
                reading.parsed(part, both)?
            };
            reading.typed_part(name.place, &Ulimit { name: name.text.clone(), soft, hard })?;
        }
        return Ok(());
    }
    for (place, text) in reading.texts(node)? {
        let (name, limits) = text.split_once('=').unwrap_or((&text, ""));
        let (soft, hard) = both(limits).map_err(|why| reading.wrong(place, why))?;
        reading.typed_part(place, &Ulimit { name: name.to_owned(), soft, hard })?;
    }
    Ok(())
}

/// `SOFT[:HARD]`.
fn both(text: &str) -> Result<(i64, i64), String> {
    let (soft, hard) = text.split_once(':').unwrap_or((text, text));
    let limit = |text: &str| value::number(text.trim(), -1, i64::MAX);
    Ok((limit(soft)?, limit(hard)?))
}

/// `HOST[:INSIDE[:PERMISSIONS]]` each.
pub(super) fn devices(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    for (place, text) in reading.texts(node)? {
        let parts: Vec<&str> = text.split(':').collect();
        let is_permission = |text: &str| !text.is_empty() && text.chars().all(|c| "rwm".contains(c));
        let (host, inside, permissions) = match parts[..] {
            [host] => (host, None, None),
            [host, permissions] if is_permission(permissions) => (host, None, Some(permissions)),
            [host, inside] => (host, Some(inside), None),
            [host, inside, permissions] if is_permission(permissions) => (host, Some(inside), Some(permissions)),
            _ => return Err(reading.wrong(place, "a device looks like `/dev/snd[:/dev/sound[:rwm]]`")),
        };
        if !host.starts_with('/') || inside.is_some_and(|inside| !inside.starts_with('/')) {
            return Err(reading.wrong(place, "a device looks like `/dev/snd[:/dev/sound[:rwm]]`"));
        }
        let device = Device {
            path_on_host: host.to_owned(),
            path_in_container: inside.map(str::to_owned),
            permissions: permissions.map(str::to_owned),
        };
        reading.typed_part(place, &device)?;
    }
    Ok(())
}

/// `all`, or how many.
pub(super) fn gpus(reading: &mut Reading<'_>, node: &Node) -> Result<()> {
    let count = reading.parsed(node, |text| match text {
        "all" => Ok(-1),
        _ => {
            value::number(text, 1, 1024).map_err(|_| format!("`{}` is neither `all` nor a number", value::shown(text)))
        }
    })?;
    let request =
        DeviceRequest { count: Some(count), capabilities: vec![vec!["gpu".to_owned()]], ..DeviceRequest::default() };
    reading.typed_part(node.place, &request)
}
