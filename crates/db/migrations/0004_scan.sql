-- Scanners, and what they found. Markers as in 0001.

-- credential is a secret. metadata is what the scanner said of itself last, as JSON.
CREATE TABLE scanner (
    id                @ID@,
    uuid              @NAME@ NOT NULL UNIQUE,
    name              @NAME@ NOT NULL UNIQUE,
    description       TEXT NOT NULL,
    url               @NAME@ NOT NULL UNIQUE,
    auth              @NAME@ NOT NULL,
    credential        TEXT NOT NULL,
    disabled          BOOLEAN NOT NULL,
    is_default        BOOLEAN NOT NULL,
    skip_cert_verify  BOOLEAN NOT NULL,
    use_internal_addr BOOLEAN NOT NULL,
    metadata          TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL
);
CREATE UNIQUE INDEX scanner_default ON scanner (is_default) WHERE is_default;

-- The scanner of a project that does not use the default one.
CREATE TABLE project_scanner (
    project_id BIGINT PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
    scanner_id BIGINT NOT NULL REFERENCES scanner (id) ON DELETE CASCADE
);
CREATE INDEX project_scanner_scanner ON project_scanner (scanner_id);

-- What a scanner found in whatever has this digest, in one form. execution_id and work name the task
-- that was queued last for it; done says that what is here came of that task, else it is from before, if
-- there is anything. counts, identity and report are JSON, findings as well: for each vulnerability its
-- name, a hash of its package and version, its severity, and whether there is a fix.
CREATE TABLE scan_report (
    id           @ID@,
    digest       @NAME@ NOT NULL,
    scanner_id   BIGINT NOT NULL REFERENCES scanner (id) ON DELETE CASCADE,
    mime_type    @NAME@ NOT NULL,
    uuid         @NAME@ NOT NULL UNIQUE,
    execution_id BIGINT NOT NULL,
    work         @NAME@ NOT NULL,
    done         BOOLEAN NOT NULL,
    started_at   BIGINT,
    ended_at     BIGINT,
    severity     @NAME@ NOT NULL,
    total        BIGINT NOT NULL,
    fixable      BIGINT NOT NULL,
    counts       TEXT NOT NULL,
    identity     TEXT NOT NULL,
    findings     TEXT,
    report       TEXT,
    UNIQUE (digest, scanner_id, mime_type)
);
CREATE INDEX scan_report_scanner ON scan_report (scanner_id);

-- Reports belong to a digest, and go with the last artifact that has it.
CREATE INDEX artifact_digest ON artifact (digest);
