//! Artifacts: manifests as people see them, with what is known of their kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::id::{ArtifactId, LabelId, ProjectId, RepositoryId, TagId};
use crate::manifest::Platform;

/// A manifest in a repository.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Row id.
    pub id: ArtifactId,
    /// Its project.
    pub project: ProjectId,
    /// Its repository.
    pub repository: RepositoryId,
    /// The repository's full name.
    pub repository_name: String,
    /// Digest of the manifest.
    pub digest: Digest,
    /// Media type of the manifest.
    pub media_type: String,
    /// Media type of its configuration; of the manifest itself where there is none.
    pub config_type: String,
    /// `artifactType`, or what stands for it.
    pub artifact_type: Option<String>,
    /// Harbor's word for what it is: `IMAGE`, `CHART`, …
    pub kind: String,
    /// What is known of that kind: a JSON object, possibly empty.
    pub attributes: String,
    /// Annotations of the manifest.
    pub annotations: BTreeMap<String, String>,
    /// Digest of its icon.
    pub icon: Option<String>,
    /// The manifest and all that it names, in bytes.
    pub size: u64,
    /// When it was first pushed.
    pub push_time: Timestamp,
    /// When it was last pulled.
    pub pull_time: Option<Timestamp>,
    /// What it is to another artifact, if it is an accessory.
    pub accessory: Option<Accessory>,
}

/// That an artifact belongs to another: a signature, a bill of materials and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accessory {
    /// Harbor's word for it, such as `signature.cosign`.
    pub kind: AccessoryKind,
    /// The artifact that it belongs to, which need not be there yet.
    pub subject: Digest,
}

/// What an accessory is to its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessoryKind {
    /// A signature by cosign.
    CosignSignature,
    /// A signature by notation.
    NotationSignature,
    /// A nydus image of the same content.
    NydusAccelerator,
    /// A bill of materials that a scanner of Harbor made.
    HarborSbom,
    /// Anything else that names a subject.
    Subject,
}

impl AccessoryKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::CosignSignature,
        Self::NotationSignature,
        Self::NydusAccelerator,
        Self::HarborSbom,
        Self::Subject,
    ];

    /// Harbor's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CosignSignature => "signature.cosign",
            Self::NotationSignature => "signature.notation",
            Self::NydusAccelerator => "accelerator.nydus",
            Self::HarborSbom => "sbom.harbor",
            Self::Subject => "subject.accessory",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it is a signature.
    pub const fn is_signature(self) -> bool {
        matches!(self, Self::CosignSignature | Self::NotationSignature)
    }

    /// Whether it goes with its subject when that is deleted, and can't be copied without it.
    pub const fn is_hard(self) -> bool {
        !matches!(self, Self::Subject)
    }
}

/// A tag that points to an artifact.
#[derive(Clone, Debug)]
pub struct TagDetail {
    /// Row id.
    pub id: TagId,
    /// Its repository.
    pub repository: RepositoryId,
    /// The artifact that it points to.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// When it was made or last moved.
    pub push_time: Timestamp,
    /// When it was last pulled by.
    pub pull_time: Option<Timestamp>,
}

/// A label that an artifact has.
#[derive(Clone, Debug)]
pub struct AttachedLabel {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Row id of the label.
    pub id: LabelId,
    /// The project that it is for; `None` when it is for all.
    pub project: Option<ProjectId>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its colour, as in `#61717D`.
    pub color: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An entry of an index.
#[derive(Clone, Debug)]
pub struct Child {
    /// The index.
    pub parent: ArtifactId,
    /// The listed artifact.
    pub child: ArtifactId,
    /// Its digest.
    pub digest: Digest,
    /// Harbor's word for what it is.
    pub kind: String,
    /// Media type of its manifest.
    pub media_type: String,
    /// What the index says of it.
    pub description: ChildDescription,
}

/// What an index says of an artifact that it lists.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ChildDescription {
    /// What it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Annotations of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// Where else it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urls: Option<Vec<String>>,
}
