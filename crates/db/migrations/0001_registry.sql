-- Accounts, projects, repositories and their content.
--
-- Times are microseconds since the epoch, UTC. @ID@ is the dialect's ascending,
-- never re-used integer key; @NAME@ is text compared and ordered by bytes;
-- @BYTES@ is binary.

-- A deleted account keeps its row, under a name that nobody can sign in with: projects
-- and audit entries go on naming it.
CREATE TABLE users (
    id            @ID@,
    username      @NAME@ NOT NULL UNIQUE,
    email         @NAME@,
    realname      TEXT NOT NULL,
    comment       TEXT NOT NULL,
    password_hash TEXT,
    sysadmin      BOOLEAN NOT NULL,
    deleted       BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (email) WHERE email IS NOT NULL;

CREATE TABLE project (
    id         @ID@,
    name       @NAME@ NOT NULL UNIQUE,
    owner_id   BIGINT NOT NULL REFERENCES users (id),
    public     BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX project_public ON project (public, name);

-- entity_type is 'u' for a user and 'g' for a group, as in Harbor.
CREATE TABLE project_member (
    id          @ID@,
    project_id  BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    entity_type @NAME@ NOT NULL,
    entity_id   BIGINT NOT NULL,
    role        BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    UNIQUE (project_id, entity_type, entity_id)
);
CREATE INDEX project_member_entity ON project_member (entity_type, entity_id, project_id);

-- name is the full name, project included. pushed_at stays null until the first
-- manifest: before that a repository only holds the blobs of a push under way,
-- and no list shows it.
CREATE TABLE repository (
    id          @ID@,
    project_id  BIGINT NOT NULL REFERENCES project (id),
    name        @NAME@ NOT NULL UNIQUE,
    description TEXT NOT NULL,
    pull_count  BIGINT NOT NULL,
    pushed_at   BIGINT,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX repository_project ON repository (project_id, name);
CREATE INDEX repository_created ON repository (project_id, created_at, id);
CREATE INDEX repository_updated ON repository (project_id, updated_at, id);
CREATE INDEX repository_pulls ON repository (project_id, pull_count, id);

-- One row per digest. Bytes on their way out have no row here but one in garbage, and the
-- digest may be pushed anew meanwhile, under another storage key.
CREATE TABLE blob (
    id          @ID@,
    digest      @NAME@ NOT NULL UNIQUE,
    size        BIGINT NOT NULL,
    storage_key @NAME@ NOT NULL,
    created_at  BIGINT NOT NULL
);

-- review_at is when garbage collection looks whether a manifest needs the link, and drops it if
-- none does; until then it stays whatever happens. Null: there is no reason to look. held_by names
-- the pushes that rely on it until then, each with a ';' behind; null: none does.
CREATE TABLE repository_blob (
    repository_id BIGINT NOT NULL REFERENCES repository (id),
    blob_id       BIGINT NOT NULL REFERENCES blob (id),
    created_at    BIGINT NOT NULL,
    review_at     BIGINT,
    held_by       @NAME@,
    PRIMARY KEY (repository_id, blob_id)
);
CREATE INDEX repository_blob_blob ON repository_blob (blob_id, repository_id);
CREATE INDEX repository_blob_review ON repository_blob (review_at) WHERE review_at IS NOT NULL;

-- Blobs that may have lost their last repository: garbage collection looks then. Only ever added
-- to by those who take a link away, so that they wait for nobody; without a key to the blob, which
-- may be gone by then.
CREATE TABLE blob_review (
    id      @ID@,
    blob_id BIGINT NOT NULL,
    due_at  BIGINT NOT NULL
);
CREATE INDEX blob_review_due ON blob_review (due_at, id);
CREATE INDEX blob_review_blob ON blob_review (blob_id);

-- Bytes that nobody can reach any more. Who deletes them has taken them until taken_until.
CREATE TABLE garbage (
    id          @ID@,
    storage_key @NAME@ NOT NULL,
    digest      @NAME@ NOT NULL,
    size        BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    taken_until BIGINT NOT NULL
);
CREATE INDEX garbage_taken ON garbage (taken_until, id);
CREATE INDEX garbage_digest ON garbage (digest);

-- What was collected since the beginning: one row.
CREATE TABLE garbage_total (
    id        BIGINT PRIMARY KEY,
    blobs     BIGINT NOT NULL,
    bytes     BIGINT NOT NULL,
    manifests BIGINT NOT NULL
);
INSERT INTO garbage_total (id, blobs, bytes, manifests) VALUES (1, 0, 0, 0);

-- A manifest in a repository.
--
-- media_type is the manifest's own, config_type its configuration's. referrer_type is
-- what the referrers API shows and filters by: artifactType, else config_type. kind is
-- Harbor's word for what it is (IMAGE, CHART, …), attributes what is known of that kind,
-- as JSON. size counts the manifest and all that it names, in bytes. pull_time 0 is never.
--
-- subject_digest is the manifest's own `subject`; accessory_of is that, or the subject
-- that a signature of the old form names in its tag. listed says whether lists show it:
-- neither accessories nor what is only a child of an index. tagged says whether it has tags,
-- as lists ask for those with and without and must count them. touched_at is when it was pushed
-- last, also unchanged, or lost its last tag.
CREATE TABLE artifact (
    id             @ID@,
    project_id     BIGINT NOT NULL REFERENCES project (id),
    repository_id  BIGINT NOT NULL REFERENCES repository (id),
    digest         @NAME@ NOT NULL,
    media_type     @NAME@ NOT NULL,
    config_type    @NAME@ NOT NULL,
    artifact_type  @NAME@,
    referrer_type  @NAME@,
    subject_digest @NAME@,
    accessory_of   @NAME@,
    accessory_type @NAME@,
    kind           @NAME@ NOT NULL,
    attributes     TEXT NOT NULL,
    annotations    TEXT NOT NULL,
    icon           @NAME@,
    manifest_size  BIGINT NOT NULL,
    size           BIGINT NOT NULL,
    listed         BOOLEAN NOT NULL,
    tagged         BOOLEAN NOT NULL,
    push_time      BIGINT NOT NULL,
    pull_time      BIGINT NOT NULL DEFAULT 0,
    touched_at     BIGINT NOT NULL,
    manifest       @BYTES@ NOT NULL,
    UNIQUE (repository_id, digest)
);
CREATE INDEX artifact_referrer ON artifact (repository_id, subject_digest, digest)
    WHERE subject_digest IS NOT NULL;
CREATE INDEX artifact_referrer_type ON artifact (repository_id, subject_digest, referrer_type, digest)
    WHERE subject_digest IS NOT NULL;
CREATE INDEX artifact_accessory ON artifact (repository_id, accessory_of, id)
    WHERE accessory_of IS NOT NULL;
CREATE INDEX artifact_pushed ON artifact (repository_id, push_time, id) WHERE listed;
CREATE INDEX artifact_listed ON artifact (repository_id, id) WHERE listed;
CREATE INDEX artifact_tagged ON artifact (repository_id, tagged, push_time, id) WHERE listed;
CREATE INDEX artifact_pulled ON artifact (repository_id, pull_time, id) WHERE listed;
CREATE INDEX artifact_size ON artifact (repository_id, size, id) WHERE listed;
CREATE INDEX artifact_kind ON artifact (repository_id, kind, push_time, id) WHERE listed;
CREATE INDEX artifact_project_pushed ON artifact (project_id, push_time, id) WHERE listed;
CREATE INDEX artifact_project_kind ON artifact (project_id, kind, push_time, id) WHERE listed;
CREATE INDEX artifact_untagged ON artifact (id) WHERE listed AND NOT tagged;
CREATE INDEX artifact_icon ON artifact (icon) WHERE icon IS NOT NULL;

-- A blob that some artifact of the project needs: what its quota counts, once each.
CREATE TABLE project_blob (
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    blob_id    BIGINT NOT NULL REFERENCES blob (id),
    size       BIGINT NOT NULL,
    PRIMARY KEY (project_id, blob_id)
);
CREATE INDEX project_blob_blob ON project_blob (blob_id);

-- The second key makes the database itself refuse to unlink a blob from a
-- repository while a manifest there needs it; the third keeps what is counted for the
-- project from going while it is needed.
CREATE TABLE artifact_blob (
    artifact_id   BIGINT NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
    project_id    BIGINT NOT NULL,
    repository_id BIGINT NOT NULL,
    blob_id       BIGINT NOT NULL,
    PRIMARY KEY (artifact_id, blob_id),
    FOREIGN KEY (repository_id, blob_id) REFERENCES repository_blob (repository_id, blob_id),
    FOREIGN KEY (project_id, blob_id) REFERENCES project_blob (project_id, blob_id)
);
CREATE INDEX artifact_blob_link ON artifact_blob (repository_id, blob_id);
CREATE INDEX artifact_blob_project ON artifact_blob (project_id, blob_id);

-- Without cascade on the child: a manifest can't go while an index lists it. What the index
-- says of the child (platform, annotations, urls) is kept as JSON.
CREATE TABLE artifact_reference (
    parent_id   BIGINT NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
    child_id    BIGINT NOT NULL REFERENCES artifact (id),
    description TEXT NOT NULL,
    PRIMARY KEY (parent_id, child_id)
);
CREATE INDEX artifact_reference_child ON artifact_reference (child_id);

CREATE TABLE tag (
    id            @ID@,
    repository_id BIGINT NOT NULL REFERENCES repository (id),
    artifact_id   BIGINT NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
    name          @NAME@ NOT NULL,
    push_time     BIGINT NOT NULL,
    pull_time     BIGINT NOT NULL DEFAULT 0,
    UNIQUE (repository_id, name)
);
CREATE INDEX tag_artifact ON tag (artifact_id, push_time, id);
CREATE INDEX tag_artifact_name ON tag (artifact_id, name);

-- An upload session belongs to who opened it and to its repository's name.
CREATE TABLE upload (
    id         @NAME@ PRIMARY KEY,
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    repository @NAME@ NOT NULL,
    owner      @NAME@ NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX upload_expires ON upload (expires_at);
CREATE INDEX upload_project ON upload (project_id);

-- What all replicas must share and nobody may read through the API.
CREATE TABLE server_secret (
    name       @NAME@ PRIMARY KEY,
    value      @BYTES@ NOT NULL,
    created_at BIGINT NOT NULL
);
