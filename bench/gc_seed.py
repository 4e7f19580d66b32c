"""A registry of many small images, written as each server would have written it itself.

Pushing a million blobs takes hours. So each file is written as the server does it; Minato's rows are
copies of those that it made for one image that was pushed, with other keys. Nothing is synced before
the end.
"""

import os
import signal
import time
from multiprocessing import Pool

from client import Target
from conversation import pull_image, push_image, run_all
from gc_plan import IMAGES, Plan, own_blobs, path_of
from gc_rows import write_rows
from servers import Minato

TEMPLATE = "template"
PROCESSES = 2


def pull_some(server, plan, first):
    """Pulls some of the images that are there, whole; fails where one is not."""
    for repository, number in plan.checked(first):
        name = plan.name(repository)
        target = Target(server, server.headers(name))
        image = plan.image(repository, number)
        run_all(server, [pull_image(target, server.repository(name), plan.tag(number), image)], 1)


def seed(server, plan):
    """Writes it all while the server is stopped; seconds taken."""
    begun = time.monotonic()
    server.start()
    if isinstance(server, Minato):
        target = Target(server, server.headers(TEMPLATE))
        image = plan.image(-1, 0)
        run_all(server, [push_image(target, server.repository(TEMPLATE), plan.tag(0), image)], 1)
    server.stop()
    # The processes are ended by a signal that this one handles.
    with Pool(PROCESSES, signal.signal, (signal.SIGTERM, signal.SIG_DFL)) as pool:
        jobs = [(server, plan, repository) for repository in range(plan.repositories)]
        written = pool.starmap_async(_write_files, jobs, chunksize=4)
        if isinstance(server, Minato):
            write_rows(server, plan, TEMPLATE)
        written.get()
    os.sync()
    return time.monotonic() - begun


def _write_files(server, plan, repository):
    for number in range(IMAGES):
        image = plan.image(repository, number)
        if isinstance(server, Minato):
            for blob in image.blobs if number == 0 else own_blobs(image):
                _write(path_of(server, blob.digest), blob.content)
        else:
            _write_image(server, server.repository_folder(plan.name(repository)), image, number)


def _write(path, content, with_folder=False):
    if with_folder:
        os.makedirs(os.path.dirname(path))
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    os.write(handle, content)
    os.close(handle)


def _write_image(server, folder, image, number):
    """The files of Distribution: bytes once for all, and a link in each repository."""
    for blob in [*(image.blobs if number == 0 else own_blobs(image)), image.manifest]:
        _write(path_of(server, blob.digest), blob.content, with_folder=True)
    for blob in image.blobs if number == 0 else own_blobs(image):
        _write(f"{folder}/_layers/{blob.digest.replace(':', '/')}/link", blob.digest.encode(), with_folder=True)
    digest = image.manifest.digest
    manifests, tag = f"{folder}/_manifests", f"{folder}/_manifests/tags/{Plan.tag(number)}"
    below = f"{digest.replace(':', '/')}/link"
    for link in (f"{manifests}/revisions/{below}", f"{tag}/current/link", f"{tag}/index/{below}"):
        _write(link, digest.encode(), with_folder=True)
