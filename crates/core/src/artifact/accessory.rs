//! Whether an artifact belongs to another: by its `subject`, or by the tag that cosign gave
//! signatures before there were subjects.

use minato_types::artifact::{Accessory, AccessoryKind};
use minato_types::digest::Digest;
use minato_types::manifest::Manifest;
use minato_types::reference::Tag;

const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const COSIGN_CONFIG: &str = "application/vnd.dev.cosign.artifact.sig.v1+json";
const SIGSTORE_BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const NOTATION: &str = "application/vnd.cncf.notary.signature";
const HARBOR_SBOM: &str = "application/vnd.goharbor.harbor.sbom.v1";
const NYDUS_BOOTSTRAP: &str = "containerd.io/snapshot/nydus-bootstrap";

/// What the manifest, pushed with these tags, is to another one.
pub(crate) fn of(manifest: &Manifest, tags: &[Tag]) -> Option<Accessory> {
    if let Some(subject) = &manifest.subject {
        return Some(Accessory { kind: kind(manifest), subject: subject.digest.clone() });
    }
    let signs = manifest.layers.iter().any(|layer| layer.media_type == SIMPLE_SIGNING);
    let subject = tags.iter().find_map(signed_digest).filter(|_| signs)?;
    Some(Accessory { kind: AccessoryKind::CosignSignature, subject })
}

fn kind(manifest: &Manifest) -> AccessoryKind {
    let config_type = manifest.config.as_ref().map_or("", |config| config.media_type.as_str());
    let artifact_type = manifest.artifact_type.as_deref().unwrap_or("");
    let is = |wanted: &str| config_type == wanted || artifact_type == wanted;
    let last_layer = manifest.layers.last().and_then(|layer| layer.annotations.as_ref());
    if is(COSIGN_CONFIG) || is(SIGSTORE_BUNDLE) {
        AccessoryKind::CosignSignature
    } else if is(NOTATION) {
        AccessoryKind::NotationSignature
    } else if is(HARBOR_SBOM) {
        AccessoryKind::HarborSbom
    } else if last_layer.is_some_and(|annotations| annotations.contains_key(NYDUS_BOOTSTRAP)) {
        AccessoryKind::NydusAccelerator
    } else {
        AccessoryKind::Subject
    }
}

/// The digest in a tag of the form `sha256-<hex>.sig`.
fn signed_digest(tag: &Tag) -> Option<Digest> {
    let (algorithm, hex) = tag.as_str().strip_suffix(".sig")?.split_once('-')?;
    format!("{algorithm}:{hex}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosigns_tags() {
        let hex = "a".repeat(64);
        let tag = |text: String| signed_digest(&text.parse().unwrap()).map(|digest| digest.to_string());
        assert_eq!(tag(format!("sha256-{hex}.sig")), Some(format!("sha256:{hex}")));
        assert_eq!(tag(format!("sha256-{hex}.att")), None);
        assert_eq!(tag("sha256-ab.sig".to_owned()), None);
        assert_eq!(tag("latest".to_owned()), None);
    }
}
