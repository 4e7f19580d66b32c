//! Vulnerabilities that are put up with: of the system, or of one project.

use crate::clock::Timestamp;
use crate::id::ProjectId;

/// Stands for the system where a list's project is told.
pub const SYSTEM: ProjectId = ProjectId(0);

/// Vulnerabilities that are put up with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CveAllowlist {
    /// The project, or [`SYSTEM`].
    pub project: ProjectId,
    /// Their names, such as `CVE-2026-0001`.
    pub items: Vec<String>,
    /// When it stops counting, in seconds since the epoch; `None` is never.
    pub expires_at: Option<i64>,
    /// When it was made; `None` where nobody has made one yet.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

impl CveAllowlist {
    /// The list of whom has none.
    pub fn empty(project: ProjectId) -> Self {
        Self { project, items: Vec::new(), expires_at: None, created_at: None, updated_at: None }
    }
}
