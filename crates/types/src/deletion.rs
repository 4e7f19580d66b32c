//! Deletions that can be undone.

use crate::clock::Timestamp;
use crate::id::{DeletionId, ProjectId};

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionKind {
    /// A tag; what it pointed to stayed.
    Tag,
    /// An artifact, with its tags and what is nothing without it.
    Artifact,
    /// A repository with all that it held.
    Repository,
}

impl DeletionKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Artifact => "artifact",
            Self::Repository => "repository",
        }
    }

    /// The kind that a word stands for.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Tag, Self::Artifact, Self::Repository].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A deletion that can be undone until its time is over.
#[derive(Clone, Debug)]
pub struct Deletion {
    /// Row id.
    pub id: DeletionId,
    /// The project.
    pub project: ProjectId,
    /// Full name of the repository, which may be gone.
    pub repository: String,
    /// What was deleted.
    pub kind: DeletionKind,
    /// The tag or the digest; empty for a repository.
    pub name: String,
    /// What people had said of the repository; empty but for one.
    pub description: String,
    /// How many artifacts went.
    pub artifacts: i64,
    /// How many bytes the project's quota counted less afterwards.
    pub size: i64,
    /// Who deleted it.
    pub by: String,
    /// When that was.
    pub deleted_at: Timestamp,
    /// Until when it can be undone.
    pub expires_at: Timestamp,
}
