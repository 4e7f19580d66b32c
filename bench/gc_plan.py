"""Which images there are, what a round of deletions takes, and where each server keeps bytes."""

from content import Image, blobs
from servers import Minato

IMAGES = 100  # of each repository
OWN_BLOBS = 10  # of each image: nine layers and a config; a layer below them is its repository's
LAYER_BYTES = 1024
CHECKED = 20


class Plan:
    """Which images there are, and which of them a round deletes. Anything can be made again from
    the numbers of a repository and an image."""

    def __init__(self, blob_count, garbage):
        self.repositories = max(blob_count // (IMAGES * OWN_BLOBS), 1)
        self.doomed = IMAGES * garbage // blob_count

    @property
    def blob_count(self):
        return self.repositories * IMAGES * OWN_BLOBS

    @property
    def garbage(self):
        return self.repositories * self.doomed * OWN_BLOBS

    @staticmethod
    def name(repository):
        return f"app-{repository:04}"

    @staticmethod
    def tag(number):
        return f"v{number}"

    @staticmethod
    def image(repository, number):
        base = blobs(1, LAYER_BYTES, f"base of {repository}")
        return Image(f"{repository} {number}", OWN_BLOBS - 1, LAYER_BYTES, base=base)

    def of_round(self, round_number):
        """(repository, image) of all images that go in a round."""
        first = round_number * self.doomed
        return ((r, n) for r in range(self.repositories) for n in range(first, first + self.doomed))

    def checked(self, first):
        """Some images from number `first` of their repositories on, far from each other."""
        step = max(self.repositories // CHECKED, 1)
        numbers = range(0, self.repositories, step)
        return [(r, first + r * 7 % (IMAGES - first)) for r in numbers]


def own_blobs(image):
    return image.blobs[1:]


def path_of(server, digest):
    """Where a server keeps the bytes. A generation, random in Minato, is part of the digest here."""
    if isinstance(server, Minato):
        return f"{server.data}/storage/{storage_key(digest)}"
    _, _, hexadecimal = digest.partition(":")
    return f"{server.data}/docker/registry/v2/blobs/sha256/{hexadecimal[:2]}/{hexadecimal}/data"


def storage_key(digest):
    _, _, hexadecimal = digest.partition(":")
    return f"blobs/sha256/{hexadecimal[:2]}/{hexadecimal}.{hexadecimal[-12:]}"
