//! What is remembered of the database between requests. Never more than a hint.
//!
//! With `SQLite` this process is the only writer, so memory can be exact: each
//! repository has a version that every change moves, and an entry counts only while
//! its version stands. The version is read *before* the database, so an entry that was
//! read before a change and stored after it is never used. With `PostgreSQL` other
//! replicas write too; there only the standing of a project is remembered, for at most
//! a second, and everything else is asked for each time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use minato_db::blob::Blob;
use minato_db::project::Standing;
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, ProjectId, RepositoryId, UploadId};
use minato_types::name::RepositoryName;
use minato_types::reference::Reference;
use moka::sync::Cache as Moka;

/// A manifest ready to be served.
#[derive(Debug)]
pub struct ServedManifest {
    /// Row id, for counting pulls.
    pub(crate) id: ArtifactId,
    /// Digest of the bytes.
    pub digest: Digest,
    /// The type it was pushed with.
    pub media_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// The point in a repository's history at which something was read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version(u64);

#[derive(Clone)]
struct Entry<T> {
    version: Version,
    value: T,
}

pub(crate) struct Cache {
    exclusive: bool,
    versions: Box<[AtomicU64]>,
    /// Moved by every change to projects, members or users' rights.
    projects: AtomicU64,
    standings: Moka<RepositoryName, Entry<Standing>>,
    manifests: Moka<(RepositoryId, Reference), Entry<std::sync::Arc<ServedManifest>>>,
    blobs: Moka<(RepositoryId, Digest), Entry<Blob>>,
    sessions: Moka<UploadId, std::sync::Arc<OpenSession>>,
}

/// An upload session as its row has it.
#[derive(PartialEq, Eq)]
pub(crate) struct OpenSession {
    pub(crate) project: ProjectId,
    pub(crate) repository: RepositoryName,
    pub(crate) owner: String,
    pub(crate) expires_at: Timestamp,
}

/// Repositories share versions when there are more of them than this; sharing costs a
/// needless read, never a wrong answer.
const VERSIONS: usize = 4096;

/// How long another replica's change to a project may stay unnoticed.
const STALE: Duration = Duration::from_secs(1);

/// Bytes of manifests that are kept.
const MANIFEST_BYTES: u64 = 24 << 20;

impl Cache {
    pub(crate) fn new(exclusive: bool) -> Self {
        let weigh = |_: &(RepositoryId, Reference), entry: &Entry<std::sync::Arc<ServedManifest>>| {
            u32::try_from(entry.value.bytes.len() + 512).unwrap_or(u32::MAX)
        };
        let standings = Moka::builder().max_capacity(10_000);
        let standings = if exclusive { standings } else { standings.time_to_live(STALE) };
        Self {
            exclusive,
            versions: (0..VERSIONS).map(|_| AtomicU64::new(0)).collect(),
            projects: AtomicU64::new(0),
            standings: standings.build(),
            manifests: Moka::builder().max_capacity(MANIFEST_BYTES).weigher(weigh).build(),
            blobs: Moka::builder().max_capacity(20_000).build(),
            sessions: Moka::builder().max_capacity(10_000).build(),
        }
    }

    /// The repository's version now; to be read before the database.
    pub(crate) fn version(&self, repository: RepositoryId) -> Version {
        Version(self.slot(repository).load(Ordering::SeqCst))
    }

    /// A repository's content has changed; called after the commit, before the answer.
    pub(crate) fn repository_changed(&self, repository: RepositoryId) {
        self.slot(repository).fetch_add(1, Ordering::SeqCst);
    }

    /// Something has changed in more repositories than are worth naming.
    pub(crate) fn repositories_changed(&self) {
        for slot in &self.versions {
            slot.fetch_add(1, Ordering::SeqCst);
        }
    }

    pub(crate) fn projects_version(&self) -> Version {
        Version(self.projects.load(Ordering::SeqCst))
    }

    /// A project or somebody's rights have changed.
    pub(crate) fn projects_changed(&self) {
        self.projects.fetch_add(1, Ordering::SeqCst);
        self.standings.invalidate_all();
    }

    pub(crate) fn standing(&self, name: &RepositoryName) -> Option<Standing> {
        let entry = self.standings.get(name)?;
        (entry.version == self.projects_version()).then_some(entry.value)
    }

    /// Remembers where a repository stands, for callers without a role of their own.
    pub(crate) fn put_standing(&self, name: &RepositoryName, version: Version, value: Standing) {
        // A repository that does not exist yet will soon; that is not worth remembering.
        if value.repository.is_some() {
            self.standings.insert(name.clone(), Entry { version, value });
        }
    }

    pub(crate) fn manifest(
        &self,
        repository: RepositoryId,
        reference: &Reference,
    ) -> Option<std::sync::Arc<ServedManifest>> {
        if !self.exclusive {
            return None;
        }
        let entry = self.manifests.get(&(repository, reference.clone()))?;
        (entry.version == self.version(repository)).then_some(entry.value)
    }

    pub(crate) fn put_manifest(
        &self,
        repository: RepositoryId,
        reference: &Reference,
        version: Version,
        value: &std::sync::Arc<ServedManifest>,
    ) {
        if self.exclusive {
            let entry = Entry { version, value: std::sync::Arc::clone(value) };
            self.manifests.insert((repository, reference.clone()), entry);
        }
    }

    pub(crate) fn blob(&self, repository: RepositoryId, digest: &Digest) -> Option<Blob> {
        if !self.exclusive {
            return None;
        }
        let entry = self.blobs.get(&(repository, digest.clone()))?;
        (entry.version == self.version(repository)).then_some(entry.value)
    }

    pub(crate) fn put_blob(&self, repository: RepositoryId, digest: &Digest, version: Version, value: &Blob) {
        if self.exclusive {
            self.blobs.insert((repository, digest.clone()), Entry { version, value: value.clone() });
        }
    }

    /// An open session; it never changes while it is open.
    pub(crate) fn session(&self, id: &UploadId) -> Option<std::sync::Arc<OpenSession>> {
        self.sessions.get(id)
    }

    pub(crate) fn put_session(&self, id: &UploadId, session: OpenSession) {
        if self.exclusive {
            self.sessions.insert(*id, std::sync::Arc::new(session));
        }
    }

    pub(crate) fn session_ended(&self, id: &UploadId) {
        self.sessions.invalidate(id);
    }

    fn slot(&self, repository: RepositoryId) -> &AtomicU64 {
        let index = usize::try_from(repository.0.unsigned_abs()).unwrap_or(0) % VERSIONS;
        #[expect(clippy::indexing_slicing, reason = "the slice has VERSIONS elements")]
        &self.versions[index]
    }
}
