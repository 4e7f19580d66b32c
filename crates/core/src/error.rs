//! What can go wrong, by meaning. How it looks on the wire is decided in `web`.

use std::time::Duration;

use minato_types::digest::Digest;

/// The result of a core function.
pub type Result<T> = std::result::Result<T, Error>;

/// A thing that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A project.
    Project,
    /// A repository.
    Repository,
    /// A manifest, by tag or digest.
    Manifest,
    /// A blob in a repository.
    Blob,
    /// An upload session.
    Upload,
    /// A user.
    User,
    /// An artifact.
    Artifact,
    /// A tag.
    Tag,
    /// A label.
    Label,
    /// A robot account.
    Robot,
    /// A member of a project.
    Member,
    /// A group of users.
    Group,
    /// A quota.
    Quota,
    /// An immutability rule.
    Rule,
    /// A setting of a project.
    Metadata,
    /// The certificate of the authority behind this installation's own.
    Certificate,
    /// An addition of an artifact.
    Addition,
    /// An icon.
    Icon,
    /// Bytes that a check has set aside.
    Quarantine,
    /// What a project keeps of its artifacts.
    Retention,
    /// Whom a project tells of what happens.
    Webhook,
    /// What a job did or does.
    Execution,
    /// A job, or what it logged.
    Job,
    /// A queue of jobs.
    JobQueue,
    /// A process that runs jobs.
    WorkerPool,
    /// A deletion that can be undone.
    Deletion,
    /// A scanner.
    Scanner,
    /// What a scanner found.
    Report,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or the caller may not know that it is.
    #[error("{0:?} not found")]
    NotFound(Noun),
    /// The caller may not do this.
    #[error("not permitted")]
    Denied {
        /// Whether the caller had signed in.
        authenticated: bool,
    },
    /// The caller may not do this, for a reason that it may know.
    #[error("{0}")]
    Forbidden(String),
    /// A rule forbids it to this caller.
    #[error("{0}")]
    Refused(String),
    /// The user name or the password is wrong.
    #[error("the user name or the password is wrong")]
    BadCredentials,
    /// The token can't be accepted.
    #[error("the token is not valid: {0}")]
    BadToken(&'static str),
    /// Too many wrong passwords.
    #[error("too many failed sign-ins; try again later")]
    TooManyAttempts {
        /// When trying again makes sense.
        retry_after: Duration,
    },
    /// Something of that name exists.
    #[error("{0}")]
    Conflict(String),
    /// A value breaks a rule.
    #[error("{field}: {why}")]
    Invalid {
        /// Which value.
        field: &'static str,
        /// Which rule, and what is allowed.
        why: String,
    },
    /// There is more of it than is handled at once.
    #[error("{0}")]
    TooLarge(String),
    /// The state does not allow it now.
    #[error("{0}")]
    Precondition(String),
    /// A rule of the project forbids it.
    #[error("{0}")]
    Policy(String),
    /// A manifest breaks a rule.
    #[error(transparent)]
    ManifestInvalid(#[from] minato_types::manifest::ManifestError),
    /// A manifest names blobs or manifests that its repository does not hold.
    #[error("the repository does not hold everything that the manifest names")]
    ManifestReferences(Vec<Digest>),
    /// The project may not use so much.
    #[error(
        "the quota of project {project} is exceeded: {asked} bytes asked, {used} of {hard} bytes used; delete something, or ask an administrator for more"
    )]
    QuotaExceeded {
        /// The project's name.
        project: String,
        /// Bytes that may be used.
        hard: i64,
        /// Bytes that are used.
        used: i64,
        /// Bytes that were asked for.
        asked: i64,
    },
    /// The content has another digest than was said.
    #[error("the content has digest `{actual}`, not the given one")]
    DigestMismatch {
        /// What the content hashes to.
        actual: Digest,
    },
    /// The blob or manifest is still needed by another.
    #[error("{0}")]
    InUse(&'static str),
    /// The chunk does not continue the upload.
    #[error("the chunk does not begin where the upload stands ({offset} bytes)")]
    WrongOffset {
        /// Where the next chunk has to begin.
        offset: u64,
    },
    /// Another request is writing to the same upload at this moment.
    #[error("the upload is being written by another request; wait for that to end")]
    Busy,
    /// The sender went away or sent less than announced.
    #[error("the upload was interrupted")]
    Interrupted(#[source] std::io::Error),
    /// No room for more bytes.
    #[error("the storage is full")]
    StorageFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database or the store can't be used at the moment.
    #[error("temporarily unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A defect or a broken installation.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A value that breaks a rule.
    pub fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid { field, why: why.into() }
    }

    /// Wraps a failure that no caller can do anything about.
    pub(crate) fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl From<minato_db::Error> for Error {
    fn from(error: minato_db::Error) -> Self {
        match error {
            minato_db::Error::Unavailable(_) => Self::Unavailable(error.into()),
            minato_db::Error::NoSpace(_) => Self::StorageFull(error.into()),
            minato_db::Error::Query(why) => Self::invalid("q", why),
            // Conflicts that a caller can cause are named where they can happen.
            minato_db::Error::Conflict
            | minato_db::Error::Referenced
            | minato_db::Error::NewerSchema { .. }
            | minato_db::Error::Address(_)
            | minato_db::Error::Other(_) => Self::Internal(error.into()),
        }
    }
}

impl From<minato_store::Error> for Error {
    fn from(error: minato_store::Error) -> Self {
        use minato_store::Error as Store;
        match error {
            Store::DigestMismatch { actual } => Self::DigestMismatch { actual },
            Store::WrongOffset { offset } => Self::WrongOffset { offset },
            Store::Interrupted(source) => Self::Interrupted(source),
            Store::Busy => Self::Busy,
            Store::NoSpace(_) => Self::StorageFull(error.into()),
            Store::Unavailable(_) => Self::Unavailable(error.into()),
            // What a row names must be there; sessions are mapped where they are asked for.
            Store::NotFound | Store::Other(_) => Self::Internal(error.into()),
        }
    }
}
