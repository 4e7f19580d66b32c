"""The rows of Minato for images that nobody pushed: copies of those that it made for one that was
pushed, with other keys."""

import json
import sqlite3

from gc_plan import IMAGES, own_blobs, storage_key


class Rows:
    """Copies of the rows of the image that was pushed."""

    def __init__(self, connection, name):
        connection.row_factory = sqlite3.Row
        self.connection = connection
        one = self.one
        self.repository = one("repository", "name = ?", name)
        of_repository = ("repository_id = ?", self.repository["id"])
        self.artifact = one("artifact", *of_repository)
        self.tag = one("tag", *of_repository)
        # Held by no push: they were over long ago.
        self.link = {**one("repository_blob", *of_repository), "review_at": None, "held_by": None}
        self.need = one("artifact_blob", *of_repository)
        self.blob = one("blob", "id = ?", self.link["blob_id"])
        self.counted = one("project_blob", "blob_id = ?", self.blob["id"])
        self.blobs = connection.execute("SELECT MAX(id) FROM blob").fetchone()[0]

    def one(self, table, where, value):
        found = self.connection.execute(f"SELECT * FROM {table} WHERE {where} LIMIT 1", (value,)).fetchone()
        return dict(found)

    def insert(self, table, template, changes):
        columns = list(template)
        marks = ", ".join("?" * len(columns))
        rows = [[{**template, **change}[column] for column in columns] for change in changes]
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)

    def add_blobs(self, found, repository):
        """Rows of new blobs; their ids."""
        first = self.blobs + 1
        self.blobs += len(found)
        ids = list(range(first, self.blobs + 1))
        sizes = [{"blob_id": i, "size": len(blob.content)} for i, blob in zip(ids, found)]
        self.insert(
            "blob",
            self.blob,
            [
                {"id": i, "digest": blob.digest, "size": len(blob.content), "storage_key": storage_key(blob.digest)}
                for i, blob in zip(ids, found)
            ],
        )
        self.insert("repository_blob", self.link, [{"repository_id": repository, "blob_id": i} for i in ids])
        self.insert("project_blob", self.counted, sizes)
        return ids

    def add_image(self, image, tag, key, repository, blob_ids):
        manifest = image.manifest
        artifact = {
            "id": key,
            "repository_id": repository,
            "digest": manifest.digest,
            "annotations": json.dumps(image.document["annotations"], separators=(",", ":")),
            "manifest": manifest.content,
            "manifest_size": len(manifest.content),
            "size": len(manifest.content) + sum(len(blob.content) for blob in image.blobs),
        }
        self.insert("artifact", self.artifact, [artifact])
        here = {"artifact_id": key, "repository_id": repository}
        self.insert("artifact_blob", self.need, [{**here, "blob_id": i} for i in blob_ids])
        self.insert("tag", self.tag, [{**here, "id": key, "name": tag}])


def write_rows(server, plan, template):
    connection = sqlite3.connect(f"{server.data}/minato.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA cache_size = -1000000")
    connection.execute("BEGIN")
    rows = Rows(connection, server.repository(template))
    for number in range(plan.repositories):
        repository = rows.repository["id"] + 1 + number
        name = server.repository(plan.name(number))
        rows.insert("repository", rows.repository, [{"id": repository, "name": name}])
        base = None
        for version in range(IMAGES):
            image = plan.image(number, version)
            base = base or rows.add_blobs(image.blobs[:1], repository)
            key = rows.artifact["id"] + 1 + number * IMAGES + version
            ids = base + rows.add_blobs(own_blobs(image), repository)
            rows.add_image(image, plan.tag(version), key, repository, ids)
    # What a quota counts is spread over slots.
    connection.execute(
        "UPDATE quota_slot SET used ="
        " (SELECT SUM(b.size) FROM project_blob b WHERE b.project_id = quota_slot.project_id)"
        " / (SELECT COUNT(*) FROM quota_slot s WHERE s.project_id = quota_slot.project_id)"
        " WHERE project_id = ?",
        (rows.counted["project_id"],),
    )
    connection.execute("COMMIT")
    # Statistics of the few rows before would let the planner read whole tables.
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
