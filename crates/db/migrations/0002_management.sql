-- What people and robots manage: groups, robots, labels, quotas, rules, settings, and the
-- record of what was done. Markers as in 0001.

-- Settings of a project that are text in Harbor; `public` is a column of the project.
CREATE TABLE project_metadata (
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name       @NAME@ NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (project_id, name)
);

-- kind: 1 LDAP, 2 HTTP, 3 OIDC, as in Harbor. Only groups of the first kind have a DN.
CREATE TABLE user_group (
    id            @ID@,
    name          @NAME@ NOT NULL UNIQUE,
    kind          BIGINT NOT NULL,
    ldap_group_dn @NAME@ NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_group_dn ON user_group (ldap_group_dn) WHERE ldap_group_dn <> '';

-- A browser's session. Only a hash of what the cookie holds.
CREATE TABLE session (
    id_hash    @NAME@ PRIMARY KEY,
    user_id    BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- A robot of the system has no project. After a change of the secret the one before it may go
-- on for a while. duration is in days, -1 for ever; expires_at is in seconds, -1 for never.
CREATE TABLE robot (
    id                   @ID@,
    project_id           BIGINT REFERENCES project (id) ON DELETE CASCADE,
    name                 @NAME@ NOT NULL,
    description          TEXT NOT NULL,
    secret_hash          TEXT NOT NULL,
    old_secret_hash      TEXT,
    old_secret_until     BIGINT NOT NULL DEFAULT 0,
    duration             BIGINT NOT NULL,
    expires_at           BIGINT NOT NULL,
    disabled             BOOLEAN NOT NULL,
    creator_type         @NAME@ NOT NULL,
    creator_ref          BIGINT NOT NULL,
    created_at           BIGINT NOT NULL,
    updated_at           BIGINT NOT NULL
);
CREATE UNIQUE INDEX robot_of_project ON robot (project_id, name) WHERE project_id IS NOT NULL;
CREATE UNIQUE INDEX robot_of_system ON robot (name) WHERE project_id IS NULL;

-- kind 'system', or 'project' with the project it is for, null for all of them.
CREATE TABLE robot_permission (
    robot_id   BIGINT NOT NULL REFERENCES robot (id) ON DELETE CASCADE,
    kind       @NAME@ NOT NULL,
    project_id BIGINT REFERENCES project (id) ON DELETE CASCADE,
    resource   @NAME@ NOT NULL,
    action     @NAME@ NOT NULL,
    effect     @NAME@ NOT NULL
);
CREATE INDEX robot_permission_robot ON robot_permission (robot_id);
CREATE INDEX robot_permission_project ON robot_permission (project_id) WHERE project_id IS NOT NULL;

-- scope 'g' for everybody, 'p' for one project.
CREATE TABLE label (
    id          @ID@,
    project_id  BIGINT REFERENCES project (id) ON DELETE CASCADE,
    name        @NAME@ NOT NULL,
    description TEXT NOT NULL,
    color       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX label_of_project ON label (project_id, name) WHERE project_id IS NOT NULL;
CREATE UNIQUE INDEX label_of_all ON label (name) WHERE project_id IS NULL;

CREATE TABLE artifact_label (
    artifact_id BIGINT NOT NULL REFERENCES artifact (id) ON DELETE CASCADE,
    label_id    BIGINT NOT NULL REFERENCES label (id) ON DELETE CASCADE,
    PRIMARY KEY (artifact_id, label_id)
);
CREATE INDEX artifact_label_label ON artifact_label (label_id, artifact_id);

-- hard is in bytes, -1 unlimited.
CREATE TABLE quota (
    id         @ID@,
    project_id BIGINT NOT NULL UNIQUE REFERENCES project (id) ON DELETE CASCADE,
    hard       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What a project uses, spread over several rows so that pushes do not wait for each other: the
-- sum is exact. A row may use up to its allowance without a look at the others.
CREATE TABLE quota_slot (
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    slot       BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    allowance  BIGINT NOT NULL,
    undo       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (project_id, slot)
);

-- Selectors and params are JSON.
CREATE TABLE immutable_rule (
    id              @ID@,
    project_id      BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    priority        BIGINT NOT NULL,
    disabled        BOOLEAN NOT NULL,
    action          @NAME@ NOT NULL,
    template        @NAME@ NOT NULL,
    params          TEXT NOT NULL,
    tag_selectors   TEXT NOT NULL,
    scope_selectors TEXT NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX immutable_rule_project ON immutable_rule (project_id, id);

-- project_id 0 is the system's. items is JSON; expires_at is in seconds, null for never.
CREATE TABLE cve_allowlist (
    project_id BIGINT PRIMARY KEY,
    items      TEXT NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Settings changed at run time; what has no row has its default.
CREATE TABLE setting (
    name       @NAME@ PRIMARY KEY,
    value      TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Who did what. project_id is kept when the project is gone; 0 is none.
CREATE TABLE audit_log (
    id            @ID@,
    op_time       BIGINT NOT NULL,
    project_id    BIGINT NOT NULL,
    username      @NAME@ NOT NULL,
    operation     @NAME@ NOT NULL,
    resource_type @NAME@ NOT NULL,
    resource      @NAME@ NOT NULL,
    description   TEXT NOT NULL,
    succeeded     BOOLEAN NOT NULL
);
CREATE INDEX audit_log_time ON audit_log (op_time, id);
CREATE INDEX audit_log_project ON audit_log (project_id, op_time, id);
CREATE INDEX audit_log_username ON audit_log (username, op_time, id);
CREATE INDEX audit_log_operation ON audit_log (operation, op_time, id);
CREATE INDEX audit_log_type ON audit_log (resource_type, op_time, id);
CREATE INDEX audit_log_outcome ON audit_log (succeeded, op_time, id);
CREATE INDEX audit_log_resource ON audit_log (resource, op_time, id);
