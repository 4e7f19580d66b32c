-- What was deleted and can be had back for a while: a row for each deletion, and copies of the rows
-- that it took. The blobs stay as long as deleted_blob names them.
--
-- kind is tag, artifact or repository; name is the tag or the digest, empty for a repository, whose
-- description is kept. size is how many bytes the project's quota counted less afterwards.
CREATE TABLE deletion (
    id          @ID@,
    project_id  BIGINT NOT NULL REFERENCES project (id),
    repository  @NAME@ NOT NULL,
    kind        @NAME@ NOT NULL,
    name        @NAME@ NOT NULL,
    description TEXT NOT NULL,
    artifacts   BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    deleted_by  @NAME@ NOT NULL,
    deleted_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX deletion_project ON deletion (project_id, id);
CREATE INDEX deletion_repository ON deletion (project_id, repository, id);
CREATE INDEX deletion_expires ON deletion (expires_at, id);

-- artifact_id is the id that the artifact had: no row has it any more.
CREATE TABLE deleted_artifact (
    deletion_id    BIGINT NOT NULL REFERENCES deletion (id) ON DELETE CASCADE,
    artifact_id    BIGINT NOT NULL,
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
    push_time      BIGINT NOT NULL,
    pull_time      BIGINT NOT NULL,
    manifest       @BYTES@ NOT NULL,
    PRIMARY KEY (deletion_id, artifact_id)
);
CREATE UNIQUE INDEX deleted_artifact_digest ON deleted_artifact (deletion_id, digest);

CREATE TABLE deleted_blob (
    deletion_id BIGINT NOT NULL REFERENCES deletion (id) ON DELETE CASCADE,
    artifact_id BIGINT NOT NULL,
    blob_id     BIGINT NOT NULL REFERENCES blob (id),
    PRIMARY KEY (deletion_id, artifact_id, blob_id)
);
CREATE INDEX deleted_blob_blob ON deleted_blob (blob_id);

-- What an index listed; the child may have stayed.
CREATE TABLE deleted_reference (
    deletion_id BIGINT NOT NULL REFERENCES deletion (id) ON DELETE CASCADE,
    artifact_id BIGINT NOT NULL,
    child       @NAME@ NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (deletion_id, artifact_id, child)
);

-- digest is what the tag pointed to.
CREATE TABLE deleted_tag (
    deletion_id BIGINT NOT NULL REFERENCES deletion (id) ON DELETE CASCADE,
    name        @NAME@ NOT NULL,
    digest      @NAME@ NOT NULL,
    push_time   BIGINT NOT NULL,
    pull_time   BIGINT NOT NULL,
    PRIMARY KEY (deletion_id, name)
);

CREATE TABLE deleted_label (
    deletion_id BIGINT NOT NULL REFERENCES deletion (id) ON DELETE CASCADE,
    artifact_id BIGINT NOT NULL,
    label_id    BIGINT NOT NULL REFERENCES label (id) ON DELETE CASCADE,
    PRIMARY KEY (deletion_id, artifact_id, label_id)
);
CREATE INDEX deleted_label_label ON deleted_label (label_id);
