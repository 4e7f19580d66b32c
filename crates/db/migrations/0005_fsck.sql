-- Comparing what is stored with what is known of it.

-- What a check found wrong with a blob's bytes: missing, size, content. Null is nothing that anybody
-- knows of. A damaged blob is there for nobody, until its content is uploaded again.
ALTER TABLE blob ADD COLUMN damage @NAME@;
CREATE INDEX blob_damaged ON blob (id) WHERE damage IS NOT NULL;
CREATE INDEX blob_storage_key ON blob (storage_key);
CREATE INDEX garbage_storage_key ON garbage (storage_key);

-- Bytes that a check has set aside. Orphans, which no row named, become garbage at due_at; where that
-- is null, when somebody says so. Damaged bytes may still be a blob's own; else only this names them.
-- digest is empty where the store can't tell it.
CREATE TABLE quarantine (
    id          @ID@,
    storage_key @NAME@ NOT NULL UNIQUE,
    digest      @NAME@ NOT NULL,
    size        BIGINT NOT NULL,
    reason      @NAME@ NOT NULL,
    found_at    BIGINT NOT NULL,
    due_at      BIGINT
);
CREATE INDEX quarantine_due ON quarantine (due_at, id) WHERE due_at IS NOT NULL;

-- What each kind of check has done: which blob was read last in the round that goes on, and what was
-- found in it; how many bytes were read since the beginning; when the last whole round ended, and
-- what it found.
CREATE TABLE check_state (
    kind     @NAME@ PRIMARY KEY,
    position BIGINT NOT NULL,
    findings BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    ended_at BIGINT,
    found    BIGINT NOT NULL
);
