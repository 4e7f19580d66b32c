-- What was, for charts. Days are counted since 1970-01-01 in UTC, and so are hours.

-- How many bytes all projects used together, when it was looked at last on that day.
CREATE TABLE growth (
    day  BIGINT PRIMARY KEY,
    used BIGINT NOT NULL
);

-- As that, for one project; only days on which it was found changed.
CREATE TABLE project_growth (
    project_id BIGINT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    day        BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    PRIMARY KEY (project_id, day)
);

-- How many jobs of a kind came to an end, and which.
CREATE TABLE throughput (
    hour    BIGINT NOT NULL,
    kind    @NAME@ NOT NULL,
    outcome @NAME@ NOT NULL,
    jobs    BIGINT NOT NULL,
    PRIMARY KEY (hour, kind, outcome)
);
