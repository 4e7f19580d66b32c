"""What the machine itself can do: no registry can be faster."""

import os
import re
import subprocess
import tempfile
import time

from outcome import Outcome, of_latencies

SHA256_SECONDS = 1
FILE_SECONDS = 1


def sha256(_folder, _blob):
    """SHA-256 on one core."""
    command = ["openssl", "speed", "-elapsed", "-bytes", "16384", "-seconds", str(SHA256_SECONDS), "sha256"]
    text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    thousands = float(re.search(r"^sha256\s+([\d.]+)k", text, re.MULTILINE).group(1))
    return Outcome(thousands * 1000 / 1e9, 1.0)


def disk(folder, blob):
    """Writing a large file and syncing it."""
    path = tempfile.mktemp(prefix="disk-", dir=folder)
    begun = time.monotonic()
    subprocess.run(
        ["dd", f"if={blob.path}", f"of={path}", "bs=1M", "conv=fsync", "status=none"],
        timeout=120,
        check=True,
    )
    taken = time.monotonic() - begun
    os.truncate(path, 0)  # and removed at the end: see measure.empty_files
    return Outcome(blob.size / 1e9, taken)


def files(folder, _blob):
    """Making 1 KiB files, each synced, one after another."""
    content = os.urandom(1024)
    latencies = []
    path = tempfile.mkdtemp(prefix="files-", dir=folder)
    begun = time.monotonic()
    while time.monotonic() - begun < FILE_SECONDS:
        before = time.monotonic()
        handle = os.open(f"{path}/{len(latencies)}", os.O_CREAT | os.O_WRONLY, 0o600)
        os.write(handle, content)
        os.fsync(handle)
        os.close(handle)
        latencies.append(time.monotonic() - before)
    return of_latencies(len(latencies), time.monotonic() - begun, latencies)


ALL = {
    "sha256": ("SHA-256 on one core", "GB", sha256),
    "disk": ("write and fsync of one large file", "GB", disk),
    "files": ("create, write and fsync of 1 KiB files", "blob", files),
}
