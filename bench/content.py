"""What is pushed: blobs, manifests and their digests, the same for every server."""

import hashlib
import json
import os

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"

RANDOM = os.urandom(1 << 20)


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Blob:
    def __init__(self, content):
        self.content = content
        self.digest = digest_of(content)

    def descriptor(self, media_type):
        return {"mediaType": media_type, "digest": self.digest, "size": len(self.content)}


def blobs(count, size, mark):
    """Distinct blobs that do not compress; another `mark` gives others."""
    for number in range(count):
        head = f"{mark} {number} ".encode()
        yield Blob(head + RANDOM[len(head) : size])


class LargeBlob:
    """A random file, too large to be kept in memory."""

    def __init__(self, path, size):
        self.path = path
        self.size = size
        hasher = hashlib.sha256()
        with open(path, "wb") as file:
            for _ in range(size >> 20):
                piece = os.urandom(1 << 20)
                hasher.update(piece)
                file.write(piece)
        self.digest = "sha256:" + hasher.hexdigest()


class Image:
    """A config, layers and a manifest; `base` are layers that others have too."""

    def __init__(self, mark, layers=2, layer_size=16 * 1024, manifest_size=None, base=()):
        self.layers = [*base, *blobs(layers, layer_size, f"layer of {mark}")]
        self.config = Blob(json.dumps({"architecture": "amd64", "os": "linux", "mark": mark}).encode())
        document = {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": self.config.descriptor(CONFIG_TYPE),
            "layers": [layer.descriptor(LAYER_TYPE) for layer in self.layers],
            "annotations": {"mark": mark},
        }
        if manifest_size:
            document["annotations"]["filling"] = ""
            document["annotations"]["filling"] = "x" * (manifest_size - len(json.dumps(document)))
        self.document = document
        self.manifest = Blob(json.dumps(document).encode())

    @property
    def blobs(self):
        return [*self.layers, self.config]

    def variant(self, mark):
        """Another manifest of the same blobs."""
        return Blob(json.dumps({**self.document, "annotations": {"mark": mark}}).encode())
