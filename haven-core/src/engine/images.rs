//! Images: pulled, imported, named, removed.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;
use haven_model::{
    Image, ImageDetail, ImageRef, Outcome, Result,
    image::{ImportOptions, PullProgress},
};

use super::Stream;

/// The images of one engine.
#[async_trait]
pub trait Images: Debug + Send + Sync + 'static {
    /// All images that have a name or are used, in no order.
    async fn images(&self) -> Result<Vec<Image>>;

    /// Everything about one image.
    async fn image(&self, image: &ImageRef) -> Result<ImageDetail>;

    /// Fetches an image from its registry. The stream tells the progress, and ends when the image is there.
    ///
    /// `NotFound` (from the call or the stream) when the registry does not have it.
    async fn pull_image(&self, image: &ImageRef) -> Result<Stream<PullProgress>>;

    /// Makes an image from a tar archive of its files, and answers its id.
    async fn import_image(&self, image: &ImageRef, archive: Bytes, options: &ImportOptions) -> Result<String>;

    /// Gives an image a further name; the name moves if another image had it, one that it has is `AlreadySo`.
    ///
    /// `NotFound` when there is no such image, `Invalid` for a name that is a digest.
    async fn tag_image(&self, image: &ImageRef, name: &ImageRef) -> Result<Outcome>;

    /// Removes a name of an image, and with its last name the image; one that does not exist is `AlreadySo`.
    ///
    /// `Conflict` when a container uses it, unless it has other names.
    async fn remove_image(&self, image: &ImageRef) -> Result<Outcome>;
}
