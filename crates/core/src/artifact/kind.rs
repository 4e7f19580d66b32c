//! What an artifact is: Harbor's word for it, and what its configuration tells.
//!
//! Decided once, when it is pushed, from the manifest and its configuration (at most
//! [`MAX_CONFIG_BYTES`] of it; a larger one tells nothing).

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use minato_db::blob::PresentBlob;
use minato_store::StorageKey;
use minato_types::digest::Digest;
use minato_types::manifest::Manifest;
use serde_json::{Map, Value, json};

use crate::{App, Error, Result};

/// The largest configuration that is looked into.
const MAX_CONFIG_BYTES: u64 = 4 << 20;

const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const HELM_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const WASM_CONFIG: &str = "application/vnd.wasm.config.v1+json";
const HARBOR_SBOM: &str = "application/vnd.goharbor.harbor.sbom.v1";
const MODEL_TYPES: [&str; 2] =
    ["application/vnd.cncf.model.manifest.v1+json", "application/vnd.cnai.model.manifest.v1+json"];
/// Keys of a configuration that its author wants left out.
const SKIP_LIST: &str = "io.goharbor.artifact.v1alpha1.skip-list";
/// Marks a layer as the artifact's icon.
const ICON: &str = "io.goharbor.artifact.v1alpha1.icon";

/// What is known of an artifact by its kind.
#[derive(Default)]
pub(crate) struct About {
    /// Harbor's word for it.
    pub(crate) kind: String,
    /// A JSON object.
    pub(crate) attributes: String,
    /// A layer that holds its icon.
    pub(crate) icon: Option<Digest>,
}

/// Finds out what a manifest is.
pub(crate) async fn about(app: &App, manifest: &Manifest, config: Option<&PresentBlob>) -> Result<About> {
    let kind = name(manifest);
    let config = match config {
        Some(blob) if (2..=MAX_CONFIG_BYTES).contains(&blob.size) => object(&read(app, blob).await?),
        _ => Map::new(),
    };
    let mut attributes = match kind.as_str() {
        "IMAGE" | "WASM" => image(config),
        _ => config,
    };
    if kind == "WASM" {
        attributes.extend(wasm(manifest));
    }
    for key in skipped(manifest) {
        attributes.remove(&key);
    }
    let attributes = Value::Object(attributes).to_string();
    Ok(About { kind, attributes, icon: icon(manifest) })
}

/// Reads a small blob whole.
pub(crate) async fn read(app: &App, blob: &PresentBlob) -> Result<Bytes> {
    let stream = app.store.read(&StorageKey(blob.storage_key.clone()), 0..blob.size).await?;
    let chunks: Vec<Bytes> =
        stream.try_collect().await.map_err(|error| Error::Unavailable(Box::new(error)))?;
    Ok(chunks.concat().into())
}

fn object(bytes: &[u8]) -> Map<String, Value> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

/// Harbor's word, by `artifactType`, else by the configuration's media type.
fn name(manifest: &Manifest) -> String {
    let Some(config) = &manifest.config else { return index_name(manifest).to_owned() };
    let own = manifest.artifact_type.as_deref().unwrap_or(&config.media_type);
    if is_wasm(manifest) {
        return "WASM".to_owned();
    }
    match own {
        OCI_CONFIG | DOCKER_CONFIG => "IMAGE".to_owned(),
        HELM_CONFIG => "CHART".to_owned(),
        HARBOR_SBOM => "SBOM".to_owned(),
        model if MODEL_TYPES.contains(&model) => "CNAI".to_owned(),
        other => spelt(other).or_else(|| spelt(&config.media_type)).unwrap_or_else(|| "UNKNOWN".to_owned()),
    }
}

fn index_name(manifest: &Manifest) -> &'static str {
    const CNAB: &str = "application/vnd.cnab.manifest.v1";
    if manifest.annotations.values().any(|value| value == CNAB)
        || manifest.artifact_type.as_deref() == Some(CNAB)
    {
        "CNAB"
    } else {
        "IMAGE"
    }
}

fn is_wasm(manifest: &Manifest) -> bool {
    let annotated =
        |name: &str, value: &str| manifest.annotations.get(name).is_some_and(|found| found == value);
    manifest.config.as_ref().is_some_and(|config| config.media_type == WASM_CONFIG)
        || annotated("module.wasm.image/variant", "compat")
        || annotated("run.oci.handler", "wasm")
}

/// `TYPE` of `application/vnd.<anything>.TYPE.config.<version>+json`, in upper case.
fn spelt(media_type: &str) -> Option<String> {
    let rest = media_type.strip_prefix("application/vnd.")?;
    let (before, _) = rest.split_once(".config.")?;
    let (_, name) = before.rsplit_once('.')?;
    Some(name.to_ascii_uppercase()).filter(|name| !name.is_empty())
}

/// What Harbor shows of an image's configuration.
fn image(mut config: Map<String, Value>) -> Map<String, Value> {
    let label = |name: &str| config.get("config")?.get("Labels")?.get(name).cloned();
    let author = config
        .get("author")
        .filter(|author| author.as_str().is_some_and(|text| !text.is_empty()))
        .cloned()
        .or_else(|| label("org.opencontainers.image.authors"))
        .or_else(|| label("maintainer"))
        .unwrap_or_else(|| json!(""));
    let mut shown = Map::new();
    for name in ["architecture", "os", "created", "config"] {
        if let Some(value) = config.remove(name) {
            shown.insert(name.to_owned(), value);
        }
    }
    shown.insert("author".to_owned(), author);
    shown
}

fn wasm(manifest: &Manifest) -> Map<String, Value> {
    let mut shown = Map::new();
    if let Some(config) = &manifest.config {
        shown.insert("manifest.config.mediaType".to_owned(), json!(config.media_type));
    }
    if let Some(layer) = manifest.layers.first() {
        shown.insert("manifest.layers.mediaType".to_owned(), json!(layer.media_type));
        let title = layer.annotations.as_ref().and_then(|all| all.get("org.opencontainers.image.title"));
        if let Some(title) = title {
            shown.insert("org.opencontainers.image.title".to_owned(), json!(title));
        }
    }
    shown
}

fn skipped(manifest: &Manifest) -> Vec<String> {
    let annotations = manifest.config.as_ref().and_then(|config| config.annotations.as_ref());
    let list = annotations.and_then(|annotations| annotations.get(SKIP_LIST));
    list.map_or_else(Vec::new, |list| list.split(',').map(|key| key.trim().to_owned()).collect())
}

fn icon(manifest: &Manifest) -> Option<Digest> {
    let is_icon = |annotations: &std::collections::BTreeMap<String, String>| annotations.contains_key(ICON);
    let layer = manifest.layers.iter().find(|layer| layer.annotations.as_ref().is_some_and(is_icon))?;
    Some(layer.digest.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(config_type: &str, extra: &str) -> String {
        let text = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{config_type}","digest":"sha256:{}","size":2}},"layers":[]{extra}}}"#,
            "a".repeat(64)
        );
        name(&Manifest::parse(None, text.as_bytes()).unwrap())
    }

    #[test]
    fn every_kind_has_harbors_word() {
        for (config_type, extra, expected) in [
            (OCI_CONFIG, "", "IMAGE"),
            (DOCKER_CONFIG, "", "IMAGE"),
            (HELM_CONFIG, "", "CHART"),
            (WASM_CONFIG, "", "WASM"),
            (OCI_CONFIG, r#","annotations":{"run.oci.handler":"wasm"}"#, "WASM"),
            (OCI_CONFIG, r#","artifactType":"application/vnd.cncf.model.manifest.v1+json""#, "CNAI"),
            ("application/vnd.acme.rocket.config.v1+json", "", "ROCKET"),
            ("application/vnd.oci.empty.v1+json", "", "UNKNOWN"),
            ("application/vnd.oci.empty.v1+json", r#","artifactType":"application/x""#, "UNKNOWN"),
        ] {
            assert_eq!(kind_of(config_type, extra), expected, "{config_type} {extra}");
        }
    }

    #[test]
    fn the_author_may_stand_in_a_label() {
        let config = json!({ "os": "linux", "config": { "Labels": { "maintainer": "me" } }, "history": [] });
        let Value::Object(config) = config else { unreachable!() };
        let shown = image(config);
        assert_eq!(shown["author"], "me");
        assert!(!shown.contains_key("history"));
    }
}
