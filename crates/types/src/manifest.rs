//! Manifests: image manifests and indexes of OCI and Docker, parsed once.
//!
//! The bytes are kept as they came; what is parsed here decides which blobs and
//! children must be present, what the manifest is about (`subject`) and how the
//! referrers API describes it. A document that two parsers could read in two
//! ways is refused (CVE-2021-41190 and its like).

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::media_type::{self, ManifestFormat};

/// Largest manifest in bytes (4 MiB, the size every registry should accept).
pub const MAX_MANIFEST_BYTES: usize = 4 << 20;

/// Most layers, or children of an index, in one manifest.
pub const MAX_DESCRIPTORS: usize = 10_000;

/// A parsed manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Which of the four formats it is.
    pub format: ManifestFormat,
    /// `artifactType`, when the document has a non-empty one.
    pub artifact_type: Option<String>,
    /// The configuration blob; an index has none.
    pub config: Option<Descriptor>,
    /// The layers; empty for an index.
    pub layers: Vec<Descriptor>,
    /// The listed manifests; empty for an image.
    pub children: Vec<Descriptor>,
    /// The manifest that this one is about.
    pub subject: Option<Descriptor>,
    /// Annotations of the manifest itself.
    pub annotations: BTreeMap<String, String>,
}

/// A pointer to content (image-spec, "OCI Content Descriptors"), as far as the
/// registry acts on it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// Type of what is pointed to.
    #[serde(default)]
    pub media_type: String,
    /// Digest of what is pointed to.
    pub digest: Digest,
    /// Size in bytes.
    pub size: u64,
    /// Annotations of what is pointed to.
    #[serde(default)]
    pub annotations: Option<BTreeMap<String, String>>,
    /// What a listed image runs on.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// Where else it can be had.
    #[serde(default)]
    pub urls: Option<Vec<String>>,
}

/// What an image runs on (image-spec, "Image Index").
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Platform {
    /// Processor, such as `amd64`.
    #[serde(default)]
    pub architecture: String,
    /// Operating system, such as `linux`.
    #[serde(default)]
    pub os: String,
    /// Its version.
    #[serde(default, rename = "os.version", skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    /// What of it is needed.
    #[serde(default, rename = "os.features", skip_serializing_if = "Option::is_none")]
    pub os_features: Option<Vec<String>>,
    /// Variant of the processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// Why a document is no manifest that can be stored.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The media type is none of the four.
    #[error("media type `{0}` is not supported; push one of {known}", known = known_types())]
    UnsupportedType(String),
    /// Docker schema 1.
    #[error("image manifest schema 1 is not supported; push again with a current client")]
    Schema1,
    /// No JSON, a missing field, a field given twice, a broken digest.
    #[error("not a valid manifest: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Valid JSON that breaks a rule.
    #[error("{0}")]
    Rule(String),
}

fn known_types() -> String {
    ManifestFormat::ALL.map(|format| format!("`{}`", format.as_str())).join(", ")
}

/// The document as it is on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u64,
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    subject: Option<Descriptor>,
    annotations: Option<BTreeMap<String, String>>,
    #[serde(flatten)]
    extra: OtherFields,
}

/// The names of fields that Minato does not act on. Their values are skipped.
struct OtherFields(Vec<String>);

impl<'de> Deserialize<'de> for OtherFields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> serde::de::Visitor<'de> for Names {
            type Value = OtherFields;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<OtherFields, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    names.push(name);
                }
                Ok(OtherFields(names))
            }
        }

        deserializer.deserialize_map(Names)
    }
}

/// The fields that decide what a document means, in the spelling of the spec.
const MEANINGFUL: [&str; 8] =
    ["schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations"];

impl Manifest {
    /// Parses `bytes`, which came with the given `Content-Type`.
    ///
    /// Without a content type the document's own `mediaType` decides, and without
    /// that its shape.
    pub fn parse(content_type: Option<&str>, bytes: &[u8]) -> Result<Self, ManifestError> {
        let declared = content_type.map(media_type::without_parameters).filter(|text| !text.is_empty());
        if declared.is_some_and(media_type::is_schema1) {
            return Err(ManifestError::Schema1);
        }
        let declared = declared.map(format_of).transpose()?;
        let document: Document = serde_json::from_slice(bytes)?;
        let format = document.format(declared)?;
        document.check_unambiguous(format)?;
        document.into_manifest(format)
    }

    /// The type that the referrers API shows and filters by: `artifactType`, else
    /// the configuration's media type (distribution-spec, "Listing Referrers").
    pub fn referrer_type(&self) -> Option<&str> {
        let config_type = self.config.as_ref().map(|config| config.media_type.as_str());
        self.artifact_type.as_deref().or(config_type)
    }

    /// The configuration's media type; an index, which has none, is known by its own.
    pub fn config_type(&self) -> &str {
        self.config.as_ref().map_or(self.format.as_str(), |config| &config.media_type)
    }

    /// All blobs that it names, those that may be elsewhere included.
    pub fn blobs(&self) -> impl Iterator<Item = &Descriptor> {
        self.config.iter().chain(&self.layers)
    }

    /// The blobs that must be present before the manifest may be stored.
    pub fn required_blobs(&self) -> impl Iterator<Item = &Descriptor> {
        let distributable = |layer: &&Descriptor| !media_type::is_non_distributable(&layer.media_type);
        self.config.iter().chain(self.layers.iter().filter(distributable))
    }
}

fn format_of(media_type: &str) -> Result<ManifestFormat, ManifestError> {
    ManifestFormat::from_media_type(media_type)
        .ok_or_else(|| ManifestError::UnsupportedType(media_type.to_owned()))
}

fn rule<T>(text: impl Into<String>) -> Result<T, ManifestError> {
    Err(ManifestError::Rule(text.into()))
}

impl Document {
    fn format(&self, declared: Option<ManifestFormat>) -> Result<ManifestFormat, ManifestError> {
        if self.schema_version == 1 {
            return Err(ManifestError::Schema1);
        }
        if self.schema_version != 2 {
            return rule(format!("`schemaVersion` is {}, expected 2", self.schema_version));
        }
        let own = self.media_type.as_deref().map(format_of).transpose()?;
        match (declared, own) {
            (Some(declared), Some(own)) if declared != own => rule(format!(
                "`mediaType` is `{}` but the request's `Content-Type` is `{}`; they must be equal",
                own.as_str(),
                declared.as_str()
            )),
            (Some(format), _) | (None, Some(format)) => Ok(format),
            (None, None) if self.manifests.is_some() => Ok(ManifestFormat::OciIndex),
            (None, None) => Ok(ManifestFormat::OciImage),
        }
    }

    /// Refuses what another reader could take for something else.
    fn check_unambiguous(&self, format: ManifestFormat) -> Result<(), ManifestError> {
        if self.manifests.is_some() && (self.layers.is_some() || self.config.is_some()) {
            return rule(
                "the document has `manifests` besides `layers` or `config`; it must be an index or an image, not both",
            );
        }
        if self.manifests.is_some() != format.is_index() {
            return rule(format!("the document's fields do not fit its media type `{}`", format.as_str()));
        }
        for name in &self.extra.0 {
            if name == "fsLayers" {
                return Err(ManifestError::Schema1);
            }
            // Go's JSON decoder ignores case, so to it `Layers` would be `layers`.
            if let Some(known) = MEANINGFUL.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                return rule(format!("the document has the field `{name}`; write `{known}`"));
            }
        }
        Ok(())
    }

    fn into_manifest(self, format: ManifestFormat) -> Result<Manifest, ManifestError> {
        let config_type = self.config.as_ref().map(|config| &config.media_type);
        if [self.artifact_type.as_ref(), config_type]
            .iter()
            .flatten()
            .any(|text| text.contains(char::is_control))
        {
            return rule("a media type has control characters in it");
        }
        if !format.is_index() && self.config.is_none() {
            return rule("an image manifest needs `config`");
        }
        if !format.is_index() && self.layers.is_none() {
            return rule("an image manifest needs `layers`, which may be empty");
        }
        let layers = self.layers.unwrap_or_default();
        let children = self.manifests.unwrap_or_default();
        if layers.len().max(children.len()) > MAX_DESCRIPTORS {
            return rule(format!("more than {MAX_DESCRIPTORS} layers or manifests"));
        }
        Ok(Manifest {
            format,
            artifact_type: self.artifact_type.filter(|text| !text.is_empty()),
            config: self.config,
            layers,
            children,
            subject: self.subject,
            annotations: self.annotations.unwrap_or_default(),
        })
    }
}

/// An image index as the referrers API answers it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferrersIndex {
    /// Always 2.
    pub schema_version: u8,
    /// Always the OCI index type.
    pub media_type: &'static str,
    /// The referrers.
    pub manifests: Vec<ReferrerDescriptor>,
}

/// One manifest in the answer of the referrers API.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferrerDescriptor {
    /// Media type of the referring manifest.
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// See [`Manifest::referrer_type`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// Its annotations.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
    const INDEX: &str = "application/vnd.oci.image.index.v1+json";

    fn descriptor(media_type: &str) -> String {
        format!(r#"{{"mediaType":"{media_type}","digest":"sha256:{}","size":2}}"#, "a".repeat(64))
    }

    fn image(extra: &str) -> String {
        let config = descriptor("application/vnd.oci.image.config.v1+json");
        format!(r#"{{"schemaVersion":2,"config":{config},"layers":[]{extra}}}"#)
    }

    fn refused(content_type: Option<&str>, text: &str) -> String {
        Manifest::parse(content_type, text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn an_image_and_an_index_are_told_apart_by_shape_when_no_type_is_given() {
        assert_eq!(Manifest::parse(None, image("").as_bytes()).unwrap().format, ManifestFormat::OciImage);
        let index = r#"{"schemaVersion":2,"manifests":[]}"#;
        assert_eq!(Manifest::parse(None, index.as_bytes()).unwrap().format, ManifestFormat::OciIndex);
    }

    #[test]
    fn parameters_of_the_content_type_are_ignored() {
        let with_charset = format!("{IMAGE}; charset=utf-8");
        assert!(Manifest::parse(Some(&with_charset), image("").as_bytes()).is_ok());
    }

    #[test]
    fn ambiguous_documents_are_refused() {
        assert!(refused(None, &image(r#","manifests":[]"#)).contains("not both"));
        assert!(refused(Some(INDEX), &image("")).contains("do not fit"));
        assert!(refused(None, &image(r#","Layers":[]"#)).contains("write `layers`"));
        assert!(refused(None, &image(r#","layers":[]"#)).contains("duplicate field"));
        let other = format!(r#","mediaType":"{INDEX}""#);
        assert!(refused(Some(IMAGE), &image(&other)).contains("must be equal"));
    }

    #[test]
    fn schema_1_gets_its_own_answer() {
        let signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";
        for text in [
            refused(Some(signed), "{}"),
            refused(None, r#"{"schemaVersion":1,"fsLayers":[]}"#),
            refused(None, &image(r#","fsLayers":[]"#)),
        ] {
            assert!(text.contains("schema 1"), "{text}");
        }
    }

    #[test]
    fn broken_documents_are_refused() {
        for text in
            ["", "null", "[]", "{}", r#"{"schemaVersion":2}"#, r#"{"schemaVersion":3,"manifests":[]}"#]
        {
            refused(None, text);
        }
        refused(None, &image("").replace("\"size\":2", "\"size\":-2"));
        refused(None, &image("").replace("sha256", "md5"));
        assert!(refused(Some("text/plain"), &image("")).contains("not supported"));
    }

    #[test]
    fn non_distributable_layers_need_not_be_present() {
        let foreign = descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
        let text = image("").replace("[]", &format!("[{foreign}]"));
        let manifest = Manifest::parse(None, text.as_bytes()).unwrap();
        assert_eq!(manifest.required_blobs().count(), 1, "only the configuration");
    }

    #[test]
    fn the_referrer_type_falls_back_to_the_configuration() {
        let plain = Manifest::parse(None, image("").as_bytes()).unwrap();
        assert_eq!(plain.referrer_type(), Some("application/vnd.oci.image.config.v1+json"));
        let typed = image(r#","artifactType":"application/x""#);
        assert_eq!(Manifest::parse(None, typed.as_bytes()).unwrap().referrer_type(), Some("application/x"));
    }
}
