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
    /// All images, in no order. An image that lost its name is one of them; what others were built upon may be left out.
    async fn images(&self) -> Result<Vec<Image>>;

    /// Everything about one image.
    async fn image(&self, image: &ImageRef) -> Result<ImageDetail>;

    /// Fetches an image from its registry. The stream tells the progress, and ends when the image is there.
    ///
    /// `NotFound` (from the call or the stream) when the registry does not have it, `Invalid` for an id, which none has.
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

/// The name as Docker keeps it, with its tag: `docker.io/library/nginx` is `nginx:latest`.
#[cfg(any(feature = "docker", feature = "sim"))]
pub(super) fn familiar(image: &ImageRef) -> String {
    let repository = familiar_repository(image);
    match (image.tag(), image.digest()) {
        (Some(tag), _) => format!("{repository}:{tag}"),
        (None, Some(digest)) => format!("{repository}@{digest}"),
        (None, None) => repository.to_owned(),
    }
}

/// The same without tag and digest.
#[cfg(any(feature = "docker", feature = "sim"))]
pub(super) fn familiar_repository(image: &ImageRef) -> &str {
    let name = image.repository();
    let name = name.strip_prefix("docker.io/").or_else(|| name.strip_prefix("index.docker.io/")).unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name)
}

#[cfg(all(test, any(feature = "docker", feature = "sim")))]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_in_their_familiar_form() {
        for (given, kept) in [
            ("nginx", "nginx:latest"),
            ("docker.io/library/nginx:1", "nginx:1"),
            ("registry:5000/team/web", "registry:5000/team/web:latest"),
        ] {
            assert_eq!(familiar(&ImageRef::new(given).unwrap()), kept);
        }
    }
}
