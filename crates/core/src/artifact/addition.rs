//! Additions: what is inside of an artifact and worth a look, by its kind.

use std::str::FromStr;

use bytes::Bytes;
use minato_db::blob::PresentBlob;
use minato_types::artifact::Artifact;
use minato_types::digest::Digest;
use minato_types::id::RepositoryId;
use minato_types::manifest::{Descriptor, Manifest};
use minato_types::reference::Reference;
use serde_json::Value;

use super::{chart, kind, model, resolve};
use crate::authz::{ArtifactAdditionRead, RepoGrant};
use crate::{App, Error, Noun, Result};

/// The largest configuration, bill of materials or chart that is looked into.
const MAX_BYTES: u64 = 32 << 20;

const CHART_LAYERS: [&str; 2] =
    ["application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip"];
const HARBOR_SBOM: &str = "application/vnd.goharbor.harbor.sbom.v1";

/// Which part of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// How an image was built.
    BuildHistory,
    /// The values of a chart.
    Values,
    /// What a chart or a model says of itself.
    Readme,
    /// The charts that a chart needs.
    Dependencies,
    /// A bill of materials.
    Sbom,
    /// The licence of a model.
    License,
    /// The files of a model.
    Files,
    /// The manifest itself, which tells its layers; read so, it does not count as pulled. Minato's own.
    Manifest,
}

/// The text is the name of no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `build_history`, `values.yaml`, `readme.md`, `dependencies`, `sbom`, `license`, `files` or `manifest`"
)]
pub struct InvalidPart;

impl Part {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::BuildHistory,
        Self::Values,
        Self::Readme,
        Self::Dependencies,
        Self::Sbom,
        Self::License,
        Self::Files,
        Self::Manifest,
    ];

    /// Its name in paths.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BuildHistory => "build_history",
            Self::Values => "values.yaml",
            Self::Readme => "readme.md",
            Self::Dependencies => "dependencies",
            Self::Sbom => "sbom",
            Self::License => "license",
            Self::Files => "files",
            Self::Manifest => "manifest",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::BuildHistory | Self::Dependencies | Self::Files | Self::Manifest => {
                "application/json; charset=utf-8"
            }
            Self::Values | Self::License => "text/plain; charset=utf-8",
            Self::Readme => "text/markdown; charset=utf-8",
            Self::Sbom => HARBOR_SBOM,
        }
    }
}

impl FromStr for Part {
    type Err = InvalidPart;

    fn from_str(text: &str) -> std::result::Result<Self, InvalidPart> {
        Self::ALL.into_iter().find(|part| part.as_str() == text).ok_or(InvalidPart)
    }
}

/// A part that was looked for.
#[derive(Clone, Debug)]
pub struct Addition {
    /// Media type.
    pub content_type: &'static str,
    /// The part itself.
    pub content: Bytes,
}

/// The parts that an artifact has by its kind, beside its manifest.
pub fn parts(artifact: &Artifact) -> &'static [Part] {
    match artifact.kind.as_str() {
        // An index has none; its own type stands where a configuration's would.
        "IMAGE" if artifact.config_type == artifact.media_type => &[],
        "IMAGE" | "WASM" => &[Part::BuildHistory],
        "CHART" => &[Part::Values, Part::Readme, Part::Dependencies],
        "SBOM" => &[Part::Sbom],
        "CNAI" => &[Part::Readme, Part::License, Part::Files],
        _ => &[],
    }
}

/// Reads a part of an artifact.
pub async fn get(
    app: &App,
    grant: &RepoGrant<ArtifactAdditionRead>,
    reference: &Reference,
    part: Part,
) -> Result<Addition> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let artifact = resolve(&mut conn, repository, reference).await?;
    if part != Part::Manifest && !parts(&artifact).contains(&part) {
        let why = format!("{} isn't supported for {}", part.as_str(), artifact.kind);
        return Err(Error::invalid("addition", why));
    }
    let stored = minato_db::artifact::get_by_digest(&mut conn, repository, &artifact.digest).await?;
    drop(conn);
    let stored = stored.ok_or(Error::NotFound(Noun::Artifact))?;
    let manifest = Manifest::parse(Some(&stored.media_type), &stored.bytes)?;
    let content = match part {
        Part::BuildHistory => history(&read(app, repository, manifest.config.as_ref()).await?)?,
        Part::Sbom => read(app, repository, manifest.layers.first()).await?,
        Part::Files => model::files(&manifest)?,
        Part::License => model_text(app, repository, &manifest, model::LICENSE).await?,
        Part::Readme if artifact.kind == "CNAI" => {
            model_text(app, repository, &manifest, model::README).await?
        }
        Part::Readme => chart_file(app, repository, &manifest, "README.md").await?,
        Part::Values => chart_file(app, repository, &manifest, "values.yaml").await?,
        Part::Manifest => stored.bytes.into(),
        Part::Dependencies => chart::dependencies(read(app, repository, chart_in(&manifest)).await?).await?,
    };
    Ok(Addition { content_type: part.content_type(), content })
}

fn chart_in(manifest: &Manifest) -> Option<&Descriptor> {
    manifest.layers.iter().find(|layer| CHART_LAYERS.contains(&layer.media_type.as_str()))
}

async fn chart_file(
    app: &App,
    repository: RepositoryId,
    manifest: &Manifest,
    name: &'static str,
) -> Result<Bytes> {
    let chart = read(app, repository, chart_in(manifest)).await?;
    chart::file(chart, name).await?.ok_or(Error::NotFound(Noun::Addition))
}

async fn model_text(
    app: &App,
    repository: RepositoryId,
    manifest: &Manifest,
    names: &[&str],
) -> Result<Bytes> {
    let layer = model::document(manifest, names)?;
    model::text(layer, read(app, repository, Some(layer)).await?)
}

/// The blob that a part is in.
async fn read(app: &App, repository: RepositoryId, blob: Option<&Descriptor>) -> Result<Bytes> {
    let blob = blob.ok_or(Error::NotFound(Noun::Addition))?;
    kind::read(app, &find(app, repository, &blob.digest).await?).await
}

async fn find(app: &App, repository: RepositoryId, digest: &Digest) -> Result<PresentBlob> {
    let mut conn = app.db.read().await?;
    let found = minato_db::blob::list_present(&mut conn, repository, [digest]).await?;
    let blob = found.into_iter().next().ok_or(Error::NotFound(Noun::Blob))?;
    if blob.size > MAX_BYTES {
        return Err(Error::TooLarge(format!("blobs of more than {MAX_BYTES} bytes are not looked into")));
    }
    Ok(blob)
}

/// The history of an image's configuration.
fn history(config: &[u8]) -> Result<Bytes> {
    let config: Value = serde_json::from_slice(config)
        .map_err(|_| Error::invalid("addition", "the image's configuration is not JSON"))?;
    let history = config.get("history").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    Ok(history.to_string().into())
}
