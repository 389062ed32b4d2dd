//! The seams that have implementations in this process only: where configuration and images come from.
#![allow(clippy::unwrap_used, reason = "tests")]

mod memory_source {
    use haven_core::source::MemorySource;
    use haven_testkit::rules::source::Fixture;

    fn memory() -> Fixture {
        let source = MemorySource::default();
        let put = source.clone();
        Fixture::new(source, move |path, bytes| {
            std::str::from_utf8(bytes).is_ok_and(|text| put.put(path, text).is_ok())
        })
    }

    haven_testkit::source_rules!(memory);
}

mod folder_source {
    use std::os::unix::fs::symlink;

    use haven_core::{
        ErrorKind,
        source::{FolderSource, Source as _},
    };
    use haven_testkit::rules::source::Fixture;

    fn folder() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let put = move |path: &str, bytes: &[u8]| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).is_ok()
        };
        Fixture::new(FolderSource::open(folder.path()).unwrap(), put).keeping(folder)
    }

    haven_testkit::source_rules!(folder);

    #[tokio::test]
    async fn links_out_of_the_folder_and_hidden_files_are_no_part_of_it() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |path: &str| folder.path().join(path);
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        for path in [".git", ".data", "sub"] {
            std::fs::create_dir(at(path)).unwrap();
        }
        for path in [".git/config", ".data/web", "sub/inner"] {
            std::fs::write(at(path), path).unwrap();
        }
        symlink(outside.path().join("secret"), at("secret")).unwrap();
        symlink(outside.path(), at("outside")).unwrap();
        symlink("sub", at("linked")).unwrap();
        symlink("loop", at("loop")).unwrap();
        // How Kubernetes mounts a ConfigMap.
        symlink(".data/web", at("web")).unwrap();
        let source = FolderSource::open(folder.path()).unwrap();
        assert_eq!(source.paths().await.unwrap(), ["sub/inner", "web"]);
        assert_eq!(source.read("web").await.unwrap().as_deref(), Some(".data/web"));
        for path in ["secret", "outside/secret", "linked/inner", "loop", ".git/config", ".data/web"] {
            assert_eq!(source.read(path).await.unwrap(), None, "{path}");
        }
        assert_eq!(source.version().await.unwrap(), source.version().await.unwrap());
    }

    #[tokio::test]
    async fn what_is_no_folder_is_named() {
        let error = FolderSource::open("/nowhere/at/all").unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::NotFound, "cannot read `/nowhere/at/all`"));
        assert_eq!(FolderSource::open("/dev/null").unwrap_err().kind(), ErrorKind::NotFound);
    }
}

mod memory_registry {
    use std::collections::BTreeMap;

    use async_trait::async_trait;
    use bytes::Bytes;
    use haven_core::registry::MemoryRegistry;
    use haven_testkit::rules::registry::{Fixture, Push};

    struct Pusher(MemoryRegistry);

    #[async_trait]
    impl Push for Pusher {
        async fn push(&self, repository: &str, tag: &str, labels: BTreeMap<String, String>) -> String {
            let body = Bytes::from(serde_json::json!({ "schemaVersion": 2, "annotations": labels }).to_string());
            self.0.push(repository, tag, "application/vnd.oci.image.manifest.v1+json", body, labels)
        }
    }

    fn memory() -> Fixture {
        let registry = MemoryRegistry::default();
        Fixture::new(registry.clone(), Pusher(registry))
    }

    haven_testkit::registry_rules!(memory);
}
