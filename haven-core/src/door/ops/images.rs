//! Images over the fleet.

use async_trait::async_trait;
use haven_model::{Actor, ClusterName, Image, ImageDetail, ImageRef, Listing, NodeName, Result, image::PullProgress};

use super::{containers::Acted, operation};
use crate::{
    cluster::{Scope, Window},
    door::{Call, Follow, Row},
    engine::Stream,
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ListImages>(),
        Row::call::<InspectImage>(),
        Row::follow::<PullImage>(),
        Row::call::<TagImage>(),
        Row::call::<RemoveImage>(),
    ]
}

operation! {
    /// Lists images of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node.
    "images.list", Get "/images", needs Read;
    #[derive(Default)]
    pub struct ListImages {
        /// Only of this cluster.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only of this node.
        #[serde(default)]
        pub node: Option<NodeName>,
        /// At most so many, 1 to 10,000; none: all.
        #[serde(default)]
        pub limit: Option<u32>,
        /// Go on after this `next` of an earlier page.
        #[serde(default)]
        pub cursor: Option<String>,
    }
}

#[async_trait]
impl Call for ListImages {
    type Output = Listing<Image>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Listing<Image>> {
        let scope = Scope::from_parts(self.cluster, self.node);
        let window = Window { limit: self.limit, cursor: self.cursor };
        services.clusters.gather(&scope, &window, |engine| async move { engine.images().await }).await
    }
}

operation! {
    /// Shows everything about one image on a node.
    "images.inspect", Get "/nodes/{node}/images/{image}", needs Read on Node node;
    pub struct InspectImage {
        /// The node it is on.
        pub node: NodeName,
        /// Its name or id.
        pub image: ImageRef,
    }
}

#[async_trait]
impl Call for InspectImage {
    type Output = ImageDetail;

    async fn run(self, services: &Services, _: &Actor) -> Result<ImageDetail> {
        services.nodes.engine(&self.node)?.image(&self.image).await.map_err(|error| error.with("node", &self.node))
    }
}

operation! {
    /// Fetches an image to a node from its registry, and tells the progress.
    "images.pull", Post "/nodes/{node}/images/pull", needs Create on Node node;
    pub struct PullImage {
        /// The node.
        pub node: NodeName,
        /// The image.
        pub image: ImageRef,
    }
}

#[async_trait]
impl Follow for PullImage {
    type Item = PullProgress;

    async fn open(self, services: &Services, _: &Actor) -> Result<Stream<PullProgress>> {
        services.nodes.engine(&self.node)?.pull_image(&self.image).await.map_err(|error| error.with("node", &self.node))
    }
}

operation! {
    /// Gives an image on a node a further name.
    "images.tag", Post "/nodes/{node}/images/{image}/tag", needs Update on Node node;
    pub struct TagImage {
        /// The node it is on.
        pub node: NodeName,
        /// Its name or id.
        pub image: ImageRef,
        /// The further name.
        pub name: ImageRef,
    }
}

#[async_trait]
impl Call for TagImage {
    type Output = Acted;

    async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
        let engine = services.nodes.engine(&self.node)?;
        let outcome =
            engine.tag_image(&self.image, &self.name).await.map_err(|error| error.with("node", &self.node))?;
        Ok(Acted { outcome })
    }
}

operation! {
    /// Removes a name of an image from a node, and with its last name the image. `conflict` while a container is made of it,
    /// or a rollback would make one.
    "images.remove", Delete "/nodes/{node}/images/{image}", needs Delete on Node node;
    pub struct RemoveImage {
        /// The node it is on.
        pub node: NodeName,
        /// Its name or id.
        pub image: ImageRef,
    }
}

#[async_trait]
impl Call for RemoveImage {
    type Output = Acted;

    async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
        let engine = services.nodes.engine(&self.node)?;
        services.deploy.refuse_needed(&self.node, &self.image).await?;
        let outcome = engine.remove_image(&self.image).await.map_err(|error| error.with("node", &self.node))?;
        Ok(Acted { outcome })
    }
}
