//! Content to push: blobs, images, indexes.

use minato_types::digest::{Algorithm, Digest};
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256, Sha512};

use crate::persona::{Answer, Persona};

/// The media type of OCI image manifests.
pub const IMAGE_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of OCI indexes.
pub const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";

/// The SHA-256 digest of bytes.
pub fn digest(bytes: &[u8]) -> Digest {
    Digest::from_hash(Algorithm::Sha256, &Sha256::digest(bytes)).unwrap()
}

/// The SHA-512 digest of bytes.
pub fn digest512(bytes: &[u8]) -> Digest {
    Digest::from_hash(Algorithm::Sha512, &Sha512::digest(bytes)).unwrap()
}

/// Bytes that nothing compresses and that differ by `seed`.
pub fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut out: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| next()).collect();
    out.truncate(length);
    out
}

/// An image: configuration, layers, and the manifest that names them.
#[derive(Clone, Debug)]
pub struct Image {
    /// Configuration and layers.
    pub blobs: Vec<Vec<u8>>,
    /// The manifest.
    pub manifest: Vec<u8>,
}

impl Image {
    /// An image with `layers` small layers that differ by `seed`.
    pub fn new(seed: u64, layers: usize) -> Self {
        Self::build(seed, layers, &json!({}))
    }

    /// As [`new`](Self::new), with more fields in the manifest.
    pub fn build(seed: u64, layers: usize, extra: &serde_json::Value) -> Self {
        let config = format!("{{\"seed\":{seed}}}").into_bytes();
        let layers: Vec<Vec<u8>> = (0..layers).map(|i| bytes(seed * 1000 + i as u64, 2048)).collect();
        let describe = |media_type: &str, blob: &[u8]| json!({ "mediaType": media_type, "digest": digest(blob).as_str(), "size": blob.len() });
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": IMAGE_TYPE,
            "config": describe("application/vnd.oci.image.config.v1+json", &config),
            "layers": layers.iter().map(|layer| describe("application/vnd.oci.image.layer.v1.tar", layer)).collect::<Vec<_>>(),
        });
        for (key, value) in extra.as_object().unwrap() {
            manifest[key] = value.clone();
        }
        let mut blobs = vec![config];
        blobs.extend(layers);
        Self { blobs, manifest: manifest.to_string().into_bytes() }
    }

    /// The manifest's digest.
    pub fn digest(&self) -> Digest {
        digest(&self.manifest)
    }

    /// Pushes blobs and manifest.
    pub async fn push(&self, who: &Persona, repository: &str, reference: &str) -> Answer {
        for blob in &self.blobs {
            push_blob(who, repository, blob).await;
        }
        push_manifest(who, repository, reference, IMAGE_TYPE, &self.manifest).await.with_status(201)
    }
}

/// Pushes a blob in one request.
pub async fn push_blob(who: &Persona, repository: &str, blob: &[u8]) -> Digest {
    let digest = digest(blob);
    let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
    who.send_bytes(Method::POST, &path, blob).await.expect_status(201);
    digest
}

/// Pushes a manifest.
pub async fn push_manifest(
    who: &Persona,
    repository: &str,
    reference: &str,
    content_type: &str,
    manifest: &[u8],
) -> Answer {
    let path = format!("/v2/{repository}/manifests/{reference}");
    let request = who.request(Method::PUT, &path).header("content-type", content_type);
    who.send(request.body(manifest.to_vec())).await
}

/// An index of manifests with their sizes.
pub fn index(children: &[(&Digest, usize)]) -> Vec<u8> {
    let manifests: Vec<_> = children
        .iter()
        .map(|(digest, size)| json!({ "mediaType": IMAGE_TYPE, "digest": digest.as_str(), "size": size }))
        .collect();
    json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests }).to_string().into_bytes()
}
