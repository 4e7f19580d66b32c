-- How often manifests of a project were pushed and pulled on a day, for charts. Days are counted since
-- 1970-01-01 in UTC.
CREATE TABLE project_activity (
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    day        BIGINT NOT NULL,
    pushes     BIGINT NOT NULL,
    pulls      BIGINT NOT NULL,
    PRIMARY KEY (project_id, day)
);
