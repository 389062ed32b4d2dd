//! Which files of a repository configure a container, in which order, and what they say.
//!
//! For the image `registry/team/web:1.2` and the container `shop` on the cluster `dev` these, later wins: `web`, `web:1.2`,
//! `dev/web`, `dev/web:1.2`, `shop`; of each `.properties`, `.yaml`, then `.yml`. A file counts once: a container that is
//! named like its image has no file of its own. What a file includes counts before it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use haven_model::{
    ClusterName, Error, ErrorKind, ImageRef, Result,
    source::{FileProblem, Ignored, Layer, Origin, Stale},
};
use tokio::sync::OnceCell;

use super::{
    Source,
    document::{Format, Name, Node, Place, Value},
    fields::{self, Known, Reader},
    setting::{Merged, Setting},
};

/// How deep files may include each other, and how many may count for one container.
const MAX_DEPTH: usize = 16;
const MAX_FILES: usize = 100;
/// How many things that are wrong with one file are told.
const MAX_ERRORS: usize = 100;
/// The ends of names, in rising weight.
const ENDS: [&str; 3] = ["properties", "yaml", "yml"];

/// A repository of configurations at one version. What was read of it is kept: it does not change.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) source: Arc<dyn Source>,
    version: String,
    stale: Option<Stale>,
    pub(super) paths: Arc<BTreeSet<String>>,
    read: Arc<Mutex<HashMap<String, Arc<File>>>>,
    pub(super) problems: Arc<OnceCell<Vec<FileProblem>>>,
}

/// What a file says.
#[derive(Debug)]
pub(super) struct File {
    settings: Vec<(Setting, Place)>,
    pub(super) includes: Vec<(String, Place)>,
    ignored: Vec<(Name, &'static str)>,
}

/// What files say is gathered here, in order.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) merged: Merged,
    pub(crate) files: Vec<String>,
    pub(crate) ignored: Vec<Ignored>,
    /// How many files were begun.
    entered: usize,
}

impl Snapshot {
    /// The repository as it is now. `version` names what counts, and `stale` says why it may be old.
    pub async fn of(source: Arc<dyn Source>, version: String, stale: Option<Stale>) -> Result<Self> {
        let paths = Arc::new(source.paths().await?.into_iter().collect());
        Ok(Self { source, version, stale, paths, read: Arc::default(), problems: Arc::default() })
    }

    /// The same version, and why it may be old now. What was read of it stays.
    pub(crate) fn with_stale(&self, stale: Option<Stale>) -> Self {
        Self {
            source: self.source.clone(),
            version: self.version.clone(),
            stale,
            paths: self.paths.clone(),
            read: self.read.clone(),
            problems: self.problems.clone(),
        }
    }

    /// The version: a commit, or a hash of the folder.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Since when, and why, it may be old.
    pub fn stale(&self) -> Option<&Stale> {
        self.stale.as_ref()
    }

    /// Adds what the files say that configure a container.
    pub(crate) async fn gather(
        &self,
        cluster: Option<&ClusterName>,
        image: &ImageRef,
        container: Option<&str>,
        gathered: &mut Gathered,
    ) -> Result<()> {
        for name in names(cluster, image, container) {
            for end in ENDS {
                let path = format!("{name}.{end}");
                if self.paths.contains(&path) {
                    self.apply(path, gathered).await?;
                }
            }
        }
        Ok(())
    }

    /// Adds what a file says, after what it includes.
    async fn apply(&self, path: String, gathered: &mut Gathered) -> Result<()> {
        enum Step {
            Enter(String),
            Say(Arc<File>),
        }
        // The files that are open, outermost first; each is left when what it says is added.
        let mut open: Vec<String> = Vec::new();
        let mut steps = vec![Step::Enter(path)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(path) => {
                    let file = self.file(&path).await?;
                    gathered.entered += 1;
                    if gathered.entered > MAX_FILES {
                        return Err(Error::invalid(format!("a container is configured by at most {MAX_FILES} files"))
                            .with("file", path));
                    }
                    open.push(path.clone());
                    let mut within = Vec::new();
                    for (include, place) in &file.includes {
                        let target = beside(&path, include).and_then(|target| self.enter(target, &open));
                        let target = target.map_err(|error| place.on(error.with("file", &path)))?;
                        within.push(Step::Enter(target));
                    }
                    steps.push(Step::Say(file));
                    steps.extend(within.into_iter().rev());
                }
                Step::Say(file) => {
                    let path = open.pop().unwrap_or_default();
                    gathered.files.push(path.clone());
                    let origin = |place: Place| Origin {
                        layer: Layer::Repository,
                        label: None,
                        file: Some(path.clone()),
                        line: Some(place.line),
                        column: Some(place.column),
                    };
                    for (setting, place) in &file.settings {
                        gathered.merged.add(setting.clone(), origin(*place));
                    }
                    gathered.ignored.extend(file.ignored.iter().map(|(name, why)| Ignored {
                        name: name.text.clone(),
                        origin: origin(name.place),
                        why: (*why).to_owned(),
                    }));
                }
            }
        }
        Ok(())
    }

    /// Checks that a file can be included here.
    fn enter(&self, target: String, open: &[String]) -> Result<String> {
        if let Some(begin) = open.iter().position(|known| *known == target) {
            let chain: Vec<&str> = open[begin..].iter().map(String::as_str).collect();
            return Err(circle(&chain, &target));
        }
        if open.len() >= MAX_DEPTH {
            return Err(too_deep());
        }
        self.known(&target)?;
        Ok(target)
    }

    /// The path of a file that is there.
    pub(super) fn known(&self, path: &str) -> Result<&str> {
        let known = self.paths.get(path).map(String::as_str);
        known.ok_or_else(|| Error::invalid(format!("there is no file `{path}` in the repository")))
    }

    async fn file(&self, path: &str) -> Result<Arc<File>> {
        let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = known().get(path) {
            return Ok(file.clone());
        }
        let read = async {
            let text = self.source.read(path).await?;
            // It was there when the paths were read.
            let text =
                text.ok_or_else(|| Error::new(ErrorKind::Conflict, "the repository changed while it was read"))?;
            let format = Format::of(path).ok_or_else(|| Format::unknown(path))?;
            // A megabyte of YAML takes its time.
            let (file, errors) = tokio::task::spawn_blocking(move || File::read(format, &text))
                .await
                .map_err(|error| Error::unexpected("reading a file broke off").caused_by(error))?;
            errors.into_iter().next().map_or(Ok(file), Err)
        };
        let file = Arc::new(read.await.map_err(|error| error.with("file", path).with("version", &self.version))?);
        known().insert(path.to_owned(), file.clone());
        Ok(file)
    }
}

impl File {
    /// What a text says, and what is wrong with it, in order: with an error it configures nothing.
    pub(super) fn read(format: Format, text: &str) -> (Self, Vec<Error>) {
        let mut file = Self { settings: Vec::new(), includes: Vec::new(), ignored: Vec::new() };
        let entries = match format.read(text) {
            Ok(entries) => entries,
            Err(error) => return (file, vec![error]),
        };
        let reader = Reader { is_flat: format == Format::Properties };
        let mut errors = Vec::new();
        for (name, node) in entries {
            if let Err(error) = file.add(reader, name, &node) {
                errors.push(error);
                if errors.len() >= MAX_ERRORS {
                    break;
                }
            }
        }
        (file, errors)
    }

    fn add(&mut self, reader: Reader, name: Name, node: &Node) -> Result<()> {
        if fields::canonical(&name.text) == "include" {
            self.includes.extend(includes(reader, node)?);
            return Ok(());
        }
        match fields::read(reader, &name.text, node, &mut self.settings)? {
            Some(Known::Read) => {}
            Some(Known::Decided) => self.ignored.push((name, "who asks for the container decides it")),
            None => return Err(fields::unknown(&name)),
        }
        Ok(())
    }
}

/// Says of the files that are open, outermost first, that the last includes the first.
pub(super) fn circle(open: &[&str], target: &str) -> Error {
    if open.len() > MAX_DEPTH {
        return too_deep();
    }
    Error::invalid(format!("`{target}` includes itself: {} → {target}", open.join(" → ")))
}

fn too_deep() -> Error {
    Error::invalid(format!("files include each other more than {MAX_DEPTH} deep"))
}

/// The names of the files that configure a container, without their ends, in rising weight.
fn names(cluster: Option<&ClusterName>, image: &ImageRef, container: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    if !image.is_id() {
        let base = image.repository().rsplit('/').next().unwrap_or_default();
        let tagged = image.tag().map(|tag| format!("{base}:{tag}"));
        let both = || [Some(base.to_owned()), tagged.clone()].into_iter().flatten();
        names.extend(both());
        names.extend(cluster.into_iter().flat_map(|cluster| both().map(move |name| format!("{cluster}/{name}"))));
    }
    names.extend(container.filter(|container| !names.iter().any(|name| name == container)).map(str::to_owned));
    names
}

/// The files that a file includes: a list, or one.
fn includes(reader: Reader, node: &Node) -> Result<Vec<(String, Place)>> {
    let text = |node: &Node| match &node.value {
        Value::Text(text) => Ok((text.expose().trim().to_owned(), node.place)),
        other => Err(node.place.invalid(format!("`include`: a file is named here, and this is {}", other.what()))),
    };
    match &node.value {
        Value::Null => Ok(Vec::new()),
        Value::List(items) => items.iter().map(text).collect(),
        Value::Text(names) if reader.is_flat => {
            let names = names.expose().split(',').map(str::trim).filter(|name| !name.is_empty());
            Ok(names.map(|name| (name.to_owned(), node.place)).collect())
        }
        _ => Ok(vec![text(node)?]),
    }
}

/// A path that stands in a file, from the root of the repository on. `Invalid` when it leads out of it.
pub(super) fn beside(file: &str, include: &str) -> Result<String> {
    let shown: String = include.chars().take(100).collect();
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in include.split('/') {
        match part {
            "." => {}
            ".." if !parts.is_empty() => drop(parts.pop()),
            ".." => return Err(Error::invalid(format!("`{}` leads out of the repository", shown.escape_debug()))),
            "" => return Err(Error::invalid(format!("`{}` is no file beside this one", shown.escape_debug()))),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_looked_for_in_the_order_of_haven_1() {
        let dev = ClusterName::new("dev").unwrap();
        let names = |cluster, image: &str, container| names(cluster, &ImageRef::new(image).unwrap(), container);
        assert_eq!(
            names(Some(&dev), "registry:5000/team/web:1.2", Some("shop")),
            ["web", "web:1.2", "dev/web", "dev/web:1.2", "shop"]
        );
        assert_eq!(names(None, "web", None), ["web", "web:latest"]);
        assert_eq!(names(Some(&dev), "web", Some("web")), ["web", "web:latest", "dev/web", "dev/web:latest"]);
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(names(Some(&dev), &format!("web@{digest}"), None), ["web", "dev/web"]);
        assert_eq!(names(Some(&dev), &digest, Some("shop")), ["shop"]);
    }

    #[test]
    fn includes_are_relative_and_stay_inside() {
        assert_eq!(beside("dev/web.yml", "env.yml").unwrap(), "dev/env.yml");
        assert_eq!(beside("dev/web.yml", "../common/./env.yml").unwrap(), "common/env.yml");
        assert_eq!(beside("web.yml", "a/../b.yml").unwrap(), "b.yml");
        for include in ["../../etc/passwd", "/etc/passwd", "", "a//b", "a/"] {
            assert_eq!(beside("dev/web.yml", include).unwrap_err().kind(), ErrorKind::Invalid, "{include}");
        }
    }
}
