//! Labels: coloured words that people put on artifacts.

use crate::clock::Timestamp;
use crate::id::{LabelId, ProjectId};

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Row id.
    pub id: LabelId,
    /// The project that it is for; `None` is for all.
    pub project: Option<ProjectId>,
    /// Its word, unique in its project or among those for all.
    pub name: String,
    /// Free text.
    pub description: String,
    /// As stylesheets have it: `#FF8000`, or a word.
    pub color: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
