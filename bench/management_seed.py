#!/usr/bin/env python3
"""A large registry for measuring the management API: rows only, no blobs.

    bench/management_seed.py sqlite:PATH        a stopped Minato's database file
    bench/management_seed.py postgres://…       the same through psql

Minato must have been started on it once, so that its tables are there. It makes the project
`big` with 10,000 repositories, of which `big/r0` holds 100,000 artifacts with a tag each (and
one artifact with 5,000 more tags), a million artifacts in all; a thousand projects, users and
members; a million audit entries. Everything is made by the database itself, in a minute or two.
"""

import sqlite3
import subprocess
import sys

PROJECTS = 1_000
USERS = 1_000
REPOSITORIES = 10_000
LARGE = 100_000
EACH = 90
AUDIT = 1_000_000
NOW = 1_790_000_000_000_000

# What the two databases spell differently.
SQLITE = {"digest": "printf('sha256:%064x', {})", "bytes": "CAST('{{}}' AS BLOB)", "text": "CAST({} AS TEXT)"}
POSTGRES = {"digest": "'sha256:' || lpad(to_hex({}), 64, '0')", "bytes": "'\\x7b7d'::bytea", "text": "({})::text"}


def numbers(count):
    return f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})"


def insert(table, columns, values, count, where=""):
    """Each row from one number, `i`."""
    return f"INSERT INTO {table} ({columns}) SELECT * FROM ({numbers(count)} SELECT {values} FROM n {where}) made;"


def scrambled(serial):
    """Digests come in no order, and that they don't is what a planner counts on."""
    return f"({serial}) * 2654435761 % 4294967296"


def artifact(dialect, repository, serial, pushed):
    digest = dialect["digest"].format(scrambled(serial))
    empty = dialect["bytes"].format()
    return (
        f"(SELECT id FROM project WHERE name = 'big'), {repository}, {digest}, "
        "'application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.config.v1+json', "
        f"'IMAGE', '{{\"os\":\"linux\"}}', '{{}}', 400, 1000 + ({serial}) % 100000, TRUE, TRUE, {pushed}, 0, {pushed}, {empty}"
    )


ARTIFACT = (
    "project_id, repository_id, digest, media_type, config_type, kind, attributes, annotations, "
    "manifest_size, size, listed, tagged, push_time, pull_time, touched_at, manifest"
)


def statements(dialect):
    def text(number):
        return dialect["text"].format(number)

    first = "(SELECT id FROM repository WHERE name = 'big/r0')"
    yield insert(
        "users",
        "username, email, realname, comment, sysadmin, created_at, updated_at",
        f"'user' || {text('i')}, 'user' || {text('i')} || '@example.com', 'User', '', FALSE, {NOW} + i, {NOW}",
        USERS,
    )
    yield insert(
        "project",
        "name, owner_id, public, created_at, updated_at",
        f"CASE WHEN i = 0 THEN 'big' ELSE 'p' || {text('i')} END, 1, i % 2 = 0, {NOW} + i, {NOW}",
        PROJECTS,
    )
    yield (
        "INSERT INTO quota (project_id, hard, created_at, updated_at) "
        f"SELECT id, -1, {NOW}, {NOW} FROM project WHERE id NOT IN (SELECT project_id FROM quota);"
    )
    yield (
        f"INSERT INTO quota_slot (project_id, slot, used, allowance) SELECT p.id, s.i, p.id * 7 % 1000, 1000000000000 "
        f"FROM project p, ({numbers(8)} SELECT i FROM n) s "
        "WHERE p.id NOT IN (SELECT project_id FROM quota_slot);"
    )
    yield (
        "INSERT INTO project_member (project_id, entity_type, entity_id, role, created_at) "
        f"SELECT (SELECT id FROM project WHERE name = 'big'), 'u', id, 2, {NOW} FROM users WHERE username LIKE 'user%';"
    )
    yield insert(
        "repository",
        "project_id, name, description, pull_count, pushed_at, created_at, updated_at",
        f"(SELECT id FROM project WHERE name = 'big'), 'big/r' || {text('i')}, '', i % 97, {NOW}, {NOW} + i, {NOW} + i",
        REPOSITORIES,
    )
    yield insert("artifact", ARTIFACT, artifact(dialect, first, "i", f"{NOW} + i"), LARGE)
    rest = (REPOSITORIES - 1) * EACH
    other = f"{first} + 1 + i % {REPOSITORIES - 1}"
    yield insert("artifact", ARTIFACT, artifact(dialect, other, f"i + {LARGE}", f"{NOW} + i"), rest)
    yield (
        "INSERT INTO tag (repository_id, artifact_id, name, push_time) "
        f"SELECT repository_id, id, 't' || {text('id')}, push_time FROM artifact "
        f"WHERE repository_id IN (SELECT id FROM repository WHERE name LIKE 'big/%');"
    )
    yield insert(
        "tag",
        "repository_id, artifact_id, name, push_time",
        f"{first}, (SELECT id FROM artifact WHERE repository_id = {first} ORDER BY push_time DESC LIMIT 1), "
        f"'many-' || {text('i')}, {NOW} + i",
        5_000,
    )
    yield insert(
        "audit_log",
        "op_time, project_id, username, operation, resource_type, resource, description, succeeded",
        f"{NOW} + i * 1000, i % {PROJECTS} + 1, 'user' || {text(f'i % {USERS}')}, "
        "CASE WHEN i % 3 = 0 THEN 'create' WHEN i % 3 = 1 THEN 'pull' ELSE 'delete' END, 'artifact', "
        f"'big/r' || {text('i % 1000')} || ':1', '', TRUE",
        AUDIT,
    )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = sys.argv[1]
    if target.startswith("sqlite:"):
        connection = sqlite3.connect(target.removeprefix("sqlite:"))
        for statement in statements(SQLITE):
            connection.execute(statement)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
    else:
        script = "\n".join(["\\set ON_ERROR_STOP on", "BEGIN;", *statements(POSTGRES), "COMMIT;", "VACUUM ANALYZE;"])
        subprocess.run(["psql", "-qX", target], input=script, text=True, check=True)


if __name__ == "__main__":
    main()
