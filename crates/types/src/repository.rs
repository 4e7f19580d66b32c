//! Repositories as people see them.

use crate::clock::Timestamp;
use crate::id::{ProjectId, RepositoryId};

/// A repository that holds or held something.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Row id.
    pub id: RepositoryId,
    /// Its project.
    pub project: ProjectId,
    /// Its full name.
    pub name: String,
    /// What people say of it, HTML-escaped.
    pub description: String,
    /// How many artifacts lists show.
    pub artifact_count: i64,
    /// How often something was pulled from it.
    pub pull_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last pushed to, or described.
    pub updated_at: Timestamp,
}
