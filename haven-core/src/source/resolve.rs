//! All layers together: what a container is configured to be, and who said what of it.

use std::collections::BTreeMap;

use haven_model::{
    ClusterName, ContainerSpec, Result,
    source::{CONFIG_LABEL, Explained, Ignored, Layer, Origin, Stale},
};

use super::{labels, repository::Gathered, repository::Snapshot, setting::Setting};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What the request says, its image among that.
    pub own: &'a ContainerSpec,
    /// The fields that the request means as they are, though they are as usual: `restart`, `privileged`.
    pub said: &'a [String],
    /// The labels of the image.
    pub labels: &'a BTreeMap<String, String>,
    /// The cluster that the container is for.
    pub cluster: Option<&'a ClusterName>,
    /// The container's name.
    pub container: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// A container of which nothing is known but what the request says and the labels of its image.
    pub fn new(own: &'a ContainerSpec, labels: &'a BTreeMap<String, String>) -> Self {
        Self { own, said: &[], labels, cluster: None, container: None }
    }
}

/// What a container is configured to be.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// All layers together. What is asked of the node is not in its environment any more.
    pub spec: ContainerSpec,
    /// What is asked of the node, as entries: `constraint:storage==~ssd`.
    pub placement: Vec<String>,
    /// The version of the repository; none: there is no repository.
    pub version: Option<String>,
    /// Since when, and why, the repository may be old.
    pub stale: Option<Stale>,
    /// The files that were read, in the order in which they count.
    pub files: Vec<String>,
    /// Each value, and who said it.
    pub fields: Vec<Explained>,
    /// What was said and does not count.
    pub ignored: Vec<Ignored>,
}

impl Resolved {
    /// The specification to create: with the label [`CONFIG_LABEL`], which names the version of the repository, where files
    /// of it were read.
    #[must_use]
    pub fn marked(&self) -> ContainerSpec {
        let mut spec = self.spec.clone();
        spec.labels.remove(CONFIG_LABEL);
        if let (Some(version), false) = (&self.version, self.files.is_empty()) {
            spec.labels.insert(CONFIG_LABEL.to_owned(), version.clone());
        }
        spec
    }
}

/// Lays the labels of the image, the repository and the request over each other, later wins.
///
/// One value of each field: the last who says it. Lists grow, what stands for the same thing in them (the same target, the
/// same port of the host) once; maps and the environment by name. `Invalid` names the file, the line and the column, or the
/// label, of what does not fit.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> haven_core::Result<()> {
/// use std::{collections::BTreeMap, sync::Arc};
/// use haven_core::{model::{ContainerSpec, ImageRef}, source::{MemorySource, Snapshot, Wanted, resolve}};
///
/// let files = MemorySource::default();
/// files.put("web.yml", "memoryLimit: 1g\n")?;
/// let repository = Snapshot::of(Arc::new(files), "1".into(), None).await?;
/// let own = ContainerSpec::new(ImageRef::new("team/web:1.2")?);
/// let resolved = resolve(Some(&repository), Wanted::new(&own, &BTreeMap::new())).await?;
/// assert_eq!(resolved.spec.memory, Some(1 << 30));
/// assert_eq!(resolved.fields[0].origin.as_ref().unwrap().to_string(), "web.yml:1");
/// # Ok(()) }
/// ```
pub async fn resolve(repository: Option<&Snapshot>, wanted: Wanted<'_>) -> Result<Resolved> {
    let mut gathered = Gathered::default();
    said_elsewhere(repository, &wanted, &mut gathered).await?;
    said_here(&wanted, &mut gathered)?;
    resolved(repository, &wanted, gathered)
}

/// The same for a container that is there, whose specification stands for the request: what image and repository say now
/// wins over what it is.
pub(crate) async fn resolve_anew(repository: Option<&Snapshot>, wanted: Wanted<'_>) -> Result<Resolved> {
    let mut gathered = Gathered::default();
    said_here(&wanted, &mut gathered)?;
    said_elsewhere(repository, &wanted, &mut gathered).await?;
    resolved(repository, &wanted, gathered)
}

/// Adds what the labels of the image and the repository say.
async fn said_elsewhere(repository: Option<&Snapshot>, wanted: &Wanted<'_>, gathered: &mut Gathered) -> Result<()> {
    labels::gather(wanted.labels, gathered)?;
    match repository {
        Some(repository) => repository.gather(wanted.cluster, &wanted.own.image, wanted.container, gathered).await,
        None => Ok(()),
    }
}

/// Adds what the request says.
fn said_here(wanted: &Wanted<'_>, gathered: &mut Gathered) -> Result<()> {
    let request = Origin { layer: Layer::Request, label: None, file: None, line: None, column: None };
    for setting in Setting::of(wanted.own, wanted.said)? {
        gathered.merged.add(setting, request.clone());
    }
    Ok(())
}

fn resolved(repository: Option<&Snapshot>, wanted: &Wanted<'_>, gathered: Gathered) -> Result<Resolved> {
    let Gathered { merged, files, ignored, .. } = gathered;
    Ok(Resolved {
        spec: merged.spec(&wanted.own.image)?,
        placement: merged.placement(),
        version: repository.map(|repository| repository.version().to_owned()),
        stale: repository.and_then(|repository| repository.stale().cloned()),
        files,
        fields: merged.explained(),
        ignored,
    })
}
