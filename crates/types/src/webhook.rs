//! What webhooks tell of, in Harbor's words.

/// A kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// An artifact was pushed.
    PushArtifact,
    /// An artifact was pulled.
    PullArtifact,
    /// An artifact was deleted.
    DeleteArtifact,
    /// A push was refused, as the project may not use so much.
    QuotaExceed,
    /// A project has used most of what it may.
    QuotaWarning,
    /// A scan failed.
    ScanningFailed,
    /// A scan was stopped.
    ScanningStopped,
    /// A scan is done.
    ScanningCompleted,
    /// A replication is done.
    Replication,
    /// Retention has deleted something.
    TagRetention,
}

impl EventType {
    /// All, in Harbor's order.
    pub const ALL: [Self; 10] = [
        Self::PushArtifact,
        Self::PullArtifact,
        Self::DeleteArtifact,
        Self::QuotaExceed,
        Self::QuotaWarning,
        Self::ScanningFailed,
        Self::ScanningStopped,
        Self::ScanningCompleted,
        Self::Replication,
        Self::TagRetention,
    ];

    /// Harbor's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PushArtifact => "PUSH_ARTIFACT",
            Self::PullArtifact => "PULL_ARTIFACT",
            Self::DeleteArtifact => "DELETE_ARTIFACT",
            Self::QuotaExceed => "QUOTA_EXCEED",
            Self::QuotaWarning => "QUOTA_WARNING",
            Self::ScanningFailed => "SCANNING_FAILED",
            Self::ScanningStopped => "SCANNING_STOPPED",
            Self::ScanningCompleted => "SCANNING_COMPLETED",
            Self::Replication => "REPLICATION",
            Self::TagRetention => "TAG_RETENTION",
        }
    }

    /// Its type in `CloudEvents`.
    pub const fn cloud_type(self) -> &'static str {
        match self {
            Self::PushArtifact => "harbor.artifact.pushed",
            Self::PullArtifact => "harbor.artifact.pulled",
            Self::DeleteArtifact => "harbor.artifact.deleted",
            Self::QuotaExceed => "harbor.quota.exceeded",
            Self::QuotaWarning => "harbor.quota.warned",
            Self::ScanningFailed => "harbor.scan.failed",
            Self::ScanningStopped => "harbor.scan.stopped",
            Self::ScanningCompleted => "harbor.scan.completed",
            Self::Replication => "harbor.replication.status.changed",
            Self::TagRetention => "harbor.tag_retention.finished",
        }
    }

    /// The type with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == word)
    }
}
