//! Where each value comes from: of a container that somebody may make, and of one that runs.

use std::collections::BTreeMap;

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use haven_model::{
    ClusterName, ContainerName, ContainerRef, ContainerSpec, Error, ErrorKind, ImageDetail, ImageRef, NodeName, Result,
    node::NodeFilter,
    source::{CONFIG_LABEL, Explanation},
};

use super::{ConfigurationService, compare};
use crate::{
    cluster::{ClusterService, Scope, Window},
    node::NodeService,
    source::{Resolved, Wanted},
};

/// How many nodes are asked for an image at once.
const AT_ONCE: usize = 16;

/// A container that somebody may make.
#[derive(Clone, Debug)]
pub struct NewContainer {
    /// What the request says, its image among that.
    pub spec: ContainerSpec,
    /// The fields that the request means as they are, though they are as usual.
    pub said: Vec<String>,
    /// The cluster it is for; none: that of the node.
    pub cluster: Option<ClusterName>,
    /// The node whose image counts; none: one of the cluster that has it.
    pub node: Option<NodeName>,
    /// The labels of the image; none: those that it has on a node.
    pub labels: Option<BTreeMap<String, String>>,
    /// Its name.
    pub container: Option<ContainerName>,
}

impl ConfigurationService {
    /// What a new container would be, and who says what of it. `NotFound` for a node or cluster that is not there.
    pub async fn explain(
        &self,
        clusters: &ClusterService,
        nodes: &NodeService,
        new: &NewContainer,
    ) -> Result<Explanation> {
        let cluster = match (&new.cluster, &new.node) {
            (Some(cluster), _) => Some(clusters.get(cluster)?.name),
            (None, Some(node)) => home(clusters, nodes, node)?,
            (None, None) => None,
        };
        let (labels, image_from) = match &new.labels {
            Some(labels) => (labels.clone(), None),
            None => labels_of(clusters, nodes, &new.spec.image, new.node.as_ref(), cluster.as_ref()).await?,
        };
        let wanted = Wanted {
            own: &new.spec,
            said: &new.said,
            labels: &labels,
            cluster: cluster.as_ref(),
            container: new.container.as_ref().map(ContainerName::as_str),
        };
        let resolved = self.resolve(wanted).await?;
        Ok(Explanation {
            image_from,
            cluster,
            container: new.container.clone(),
            ..told(new.spec.image.clone(), resolved)
        })
    }

    /// What the labels of its image and the repository say now of a container that is there, beside what it is.
    pub async fn explain_running(
        &self,
        clusters: &ClusterService,
        nodes: &NodeService,
        node: &NodeName,
        container: &ContainerRef,
    ) -> Result<Explanation> {
        let cluster = home(clusters, nodes, node)?;
        let engine = nodes.engine(node)?;
        let at = |error: Error| error.with("node", node).with("container", container);
        let detail = engine.container(container).await.map_err(at)?;
        // By its id: its name may mean another image by now.
        let image: Option<ImageDetail> = match ImageRef::new(&detail.image_id) {
            Ok(id) => match engine.image(&id).await {
                Ok(image) => Some(image),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(at(error)),
            },
            Err(_) => None,
        };
        let labels = image.as_ref().map(|image| image.summary.labels.clone()).unwrap_or_default();
        let own = ContainerSpec::new(detail.spec.image.clone());
        let name = detail.name.trim_start_matches('/');
        let wanted = Wanted { cluster: cluster.as_ref(), container: Some(name), ..Wanted::new(&own, &labels) };
        let resolved = self.resolve(wanted).await?;
        let running = image.as_ref().map_or_else(|| detail.spec.clone(), |image| detail.spec.without(image));
        let mut explanation = Explanation {
            image_from: image.is_some().then(|| node.clone()),
            cluster,
            container: ContainerName::new(name).ok(),
            running_version: detail.spec.labels.get(CONFIG_LABEL).cloned(),
            ..told(own.image, resolved)
        };
        compare::with_running(&mut explanation, running)?;
        Ok(explanation)
    }
}

fn told(image: ImageRef, resolved: Resolved) -> Explanation {
    Explanation {
        image,
        image_from: None,
        cluster: None,
        container: None,
        spec: resolved.spec,
        placement: resolved.placement,
        version: resolved.version,
        stale: resolved.stale,
        files: resolved.files,
        fields: resolved.fields,
        ignored: resolved.ignored,
        running_version: None,
    }
}

/// The cluster that a node is in, if it is in one that somebody made.
pub(crate) fn home(clusters: &ClusterService, nodes: &NodeService, node: &NodeName) -> Result<Option<ClusterName>> {
    let home = nodes.get(node)?.cluster;
    Ok(home.filter(|home| clusters.get(home).is_ok()))
}

/// The labels of an image, and the node that has it. No labels where no node has it.
pub(crate) async fn labels_of(
    clusters: &ClusterService,
    nodes: &NodeService,
    image: &ImageRef,
    node: Option<&NodeName>,
    cluster: Option<&ClusterName>,
) -> Result<(BTreeMap<String, String>, Option<NodeName>)> {
    if let Some(node) = node {
        return match nodes.engine(node)?.image(image).await {
            Ok(image) => Ok((image.summary.labels, Some(node.clone()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok((BTreeMap::new(), None)),
            Err(error) => Err(error.with("node", node)),
        };
    }
    let scope = Scope::from_parts(cluster.cloned(), None);
    let known = clusters.nodes(&scope, &NodeFilter::default(), &Window::default())?;
    let engines = known.items.into_iter().filter_map(|node| Some((nodes.engine(&node.name).ok()?, node.name)));
    let asked: Vec<BoxFuture<'_, _>> =
        engines.map(|(engine, node)| async move { (engine.image(image).await, node) }.boxed()).collect();
    let mut answers = stream::iter(asked).buffered(AT_ONCE);
    let mut unknown = None;
    while let Some((answer, node)) = answers.next().await {
        match answer {
            Ok(image) => return Ok((image.summary.labels, Some(node))),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => unknown = Some(error.with("node", node)),
        }
    }
    // One that did not answer may have it.
    unknown.map_or_else(|| Ok((BTreeMap::new(), None)), Err)
}
