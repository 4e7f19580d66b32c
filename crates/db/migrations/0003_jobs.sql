-- Work that is queued, runs, or has run; and when which begins by itself.

-- What somebody, a schedule or an event asked for. Its status is Running until its last task
-- has ended. attributes is JSON.
CREATE TABLE execution (
    id          @ID@,
    vendor_type @NAME@ NOT NULL,
    vendor_id   BIGINT NOT NULL,
    cause       @NAME@ NOT NULL,
    status      @NAME@ NOT NULL,
    message     TEXT NOT NULL,
    attributes  TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    ended_at    BIGINT
);
CREATE INDEX execution_vendor ON execution (vendor_type, vendor_id, id);
CREATE INDEX execution_type ON execution (vendor_type, id);
CREATE INDEX execution_ended ON execution (vendor_type, vendor_id, id) WHERE ended_at IS NOT NULL;

-- share is whose turn it is among those of one kind: a project's id, 0 for the system. Tasks
-- with the same sequence run one after another; of those with the same uniqueness one is
-- unfinished at most. parameters is what the task is to do and attributes what came of it,
-- both JSON. A worker has the task until lease_until. attempts counts how often it began,
-- losses how often its worker was lost.
CREATE TABLE task (
    id           @ID@,
    execution_id BIGINT NOT NULL REFERENCES execution (id) ON DELETE CASCADE,
    kind         @NAME@ NOT NULL,
    share        BIGINT NOT NULL,
    sequence     @NAME@,
    uniqueness   @NAME@,
    parameters   TEXT NOT NULL,
    attributes   TEXT NOT NULL,
    status       @NAME@ NOT NULL,
    message      TEXT NOT NULL,
    attempts     BIGINT NOT NULL,
    losses       BIGINT NOT NULL,
    stopping     BOOLEAN NOT NULL,
    due_at       BIGINT NOT NULL,
    worker       @NAME@,
    lease_until  BIGINT,
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    updated_at   BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX task_execution ON task (execution_id, id);
CREATE INDEX task_execution_status ON task (execution_id, status);
CREATE INDEX task_open ON task (execution_id) WHERE ended_at IS NULL;
CREATE INDEX task_pending ON task (kind, share, id) WHERE status = 'Pending';
CREATE INDEX task_scheduled ON task (due_at) WHERE status = 'Scheduled';
CREATE INDEX task_running ON task (kind, share) WHERE status = 'Running';
CREATE INDEX task_lease ON task (lease_until) WHERE status = 'Running';
CREATE UNIQUE INDEX task_unique ON task (uniqueness) WHERE ended_at IS NULL AND uniqueness IS NOT NULL;
CREATE INDEX task_sequence ON task (sequence, id) WHERE ended_at IS NULL AND sequence IS NOT NULL;

CREATE TABLE task_log (
    id      @ID@,
    task_id BIGINT NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    text    TEXT NOT NULL
);
CREATE INDEX task_log_task ON task_log (task_id, id);

-- A row for each kind of task; whoever takes tasks of that kind holds it meanwhile, and whoever ends
-- one that belongs to a sequence.
CREATE TABLE job_queue (
    kind   @NAME@ PRIMARY KEY,
    paused BOOLEAN NOT NULL
);

-- cron is in UTC; parameters is JSON.
CREATE TABLE schedule (
    id          @ID@,
    vendor_type @NAME@ NOT NULL,
    vendor_id   BIGINT NOT NULL,
    cron_type   @NAME@ NOT NULL,
    cron        @NAME@ NOT NULL,
    parameters  TEXT NOT NULL,
    next_at     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    UNIQUE (vendor_type, vendor_id)
);
CREATE INDEX schedule_next ON schedule (next_at);

-- The processes that run tasks.
CREATE TABLE worker (
    id         @NAME@ PRIMARY KEY,
    host       @NAME@ NOT NULL,
    pid        BIGINT NOT NULL,
    slots      BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);
CREATE INDEX worker_seen ON worker (seen_at);

-- What a project keeps of its artifacts. rules is JSON.
CREATE TABLE retention_policy (
    id           @ID@,
    project_id   BIGINT NOT NULL UNIQUE REFERENCES project (id) ON DELETE CASCADE,
    rules        TEXT NOT NULL,
    cron         @NAME@ NOT NULL,
    trigger_kind @NAME@ NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

-- Whom a project tells of what happens. targets and event_types are JSON.
CREATE TABLE webhook_policy (
    id          @ID@,
    project_id  BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    name        @NAME@ NOT NULL,
    description TEXT NOT NULL,
    targets     TEXT NOT NULL,
    event_types TEXT NOT NULL,
    enabled     BOOLEAN NOT NULL,
    creator     @NAME@ NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    UNIQUE (project_id, name)
);
