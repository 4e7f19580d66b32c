//! Row ids, one type per noun, so that one cannot stand where another belongs.

use std::fmt;
use std::str::FromStr;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A user account.
    UserId;
    /// A project.
    ProjectId;
    /// A repository in a project.
    RepositoryId;
    /// A manifest in a repository.
    ArtifactId;
    /// A blob's row (one per digest and generation).
    BlobId;
    /// A tag.
    TagId;
    /// A member of a project.
    MemberId;
    /// A group of users.
    GroupId;
    /// A robot account.
    RobotId;
    /// A label.
    LabelId;
    /// A project's quota.
    QuotaId;
    /// An immutability rule.
    ImmutableRuleId;
    /// An entry of the audit log.
    AuditId;
    /// What somebody, a schedule or an event asked for: one or more tasks.
    ExecutionId;
    /// A piece of queued work.
    TaskId;
    /// A schedule.
    ScheduleId;
    /// Bytes that a check has set aside.
    QuarantineId;
    /// What a project keeps of its artifacts.
    RetentionId;
    /// Whom a project tells of what happens.
    WebhookId;
    /// A deletion that can be undone.
    DeletionId;
    /// A scanner.
    ScannerId;
}

/// The id of an upload session: a random UUID, which is also its bearer's proof
/// of having been told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UploadId(uuid::Uuid);

/// The text is no upload session id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a UUID as it was given in the upload's `Location`")]
pub struct InvalidUploadId;

impl UploadId {
    /// A new random id.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4())
    }
}

impl FromStr for UploadId {
    type Err = InvalidUploadId;

    fn from_str(text: &str) -> Result<Self, InvalidUploadId> {
        let id = uuid::Uuid::try_parse(text).map_err(|_| InvalidUploadId)?;
        // One spelling only: the one that Minato itself gives out.
        if id.to_string() == text { Ok(Self(id)) } else { Err(InvalidUploadId) }
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
