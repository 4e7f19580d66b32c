"""The registries under test and nginx, each started on loopback and stopped by its pid.

All have the same conditions: a folder on the same disk, deletion allowed, and a log with one
line per request going to a file. The peers check no credentials; Minato verifies a token with
every request, as it does in production.
"""

import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

import procfs

START_SECONDS = 30
STOP_SECONDS = 20
ADMIN = ("admin", "Testing1234")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """One server process and its folder."""

    name = ""
    title = ""
    ready_path = "/v2/"
    restart_keeps_data = True

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.port = free_port()
        self.process = None
        self.log = None

    # What each kind of server answers for itself.

    def command(self):
        """Arguments and extra environment of the process."""
        raise NotImplementedError

    def headers(self, *repositories):
        """What a client of these repositories sends with every request."""
        return {}

    def owner_headers(self):
        """What somebody sends who may do anything."""
        return {}

    def blob_path(self, repository, digest):
        return f"/v2/{self.repository(repository)}/blobs/{digest}"

    def manifest_path(self, repository, reference):
        return f"/v2/{self.repository(repository)}/manifests/{reference}"

    def repository(self, name):
        return f"library/{name}"

    # Life.

    def sibling(self, suffix):
        """The same kind of server, empty, in another folder."""
        return type(self)(self.binary, f"{self.folder}-{suffix}")

    def start(self):
        """Starts it and says how many seconds passed until it was ready."""
        os.makedirs(self.data, exist_ok=True)
        arguments, environment = self.command()
        self.log = open(os.path.join(self.folder, "log"), "ab")
        begun = time.monotonic()
        self.process = subprocess.Popen(
            arguments,
            env={**os.environ, **environment},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        while not self.is_ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.title} ended at its start; see {self.log.name}")
            if time.monotonic() - begun > START_SECONDS:
                self.stop()
                raise RuntimeError(f"{self.title} was not ready in {START_SECONDS} s")
            time.sleep(0.001)
        return time.monotonic() - begun

    def is_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(
                    f"GET {self.ready_path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\n\r\n".encode()
                )
                return connection.recv(4096).startswith(b"HTTP/1.1 200")
        except OSError:
            return False

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        self.log.close()
        self.log = None

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    # Looking at it.

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def url(self, path):
        return f"http://{self.host}{path}"

    def cpu_seconds(self):
        return procfs.cpu_seconds(self.pid)


class Minato(Server):
    name = "minato"
    title = "Minato"
    ready_path = "/api/v2.0/health"
    settings = {}  # more of its environment

    def command(self):
        environment = {
            "MINATO_LISTEN": self.host,
            "MINATO_DATA_DIR": self.data,
            "MINATO_ADMIN_PASSWORD": ADMIN[1],
            "MINATO_LOG_FORMAT": "json",
            "MINATO_SHUTDOWN_GRACE": "5s",
            **self.settings,
        }
        return [self.binary, "serve"], environment

    def owner_headers(self):
        return {"Authorization": f"Basic {base64.b64encode(':'.join(ADMIN).encode()).decode()}"}

    def headers(self, *repositories):
        scopes = [("scope", f"repository:{self.repository(name)}:pull,push") for name in repositories]
        query = urllib.parse.urlencode([("service", "harbor-registry"), *scopes])
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.request("GET", f"/service/token?{query}", headers=self.owner_headers())
        token = json.load(connection.getresponse())["token"]
        connection.close()
        return {"Authorization": f"Bearer {token}"}


class Distribution(Server):
    read_only = False

    @property
    def configuration(self):
        return os.path.join(self.folder, "config.yml")

    def command(self):
        with open(self.configuration, "w") as file:
            # Without validation.manifests.urls 3.x refuses nothing that is pushed here.
            file.write(
                "version: 0.1\n"
                "log: {level: info, accesslog: {disabled: false}}\n"
                "storage:\n"
                f"  filesystem: {{rootdirectory: {self.data}}}\n"
                "  delete: {enabled: true}\n"
                "  cache: {blobdescriptor: inmemory}\n"
                f"  maintenance: {{readonly: {{enabled: {str(self.read_only).lower()}}}}}\n"
                f"http: {{addr: '{self.host}'}}\n"
            )
        # 3.x sends traces to a collector unless told otherwise.
        return [self.binary, "serve", self.configuration], {"OTEL_TRACES_EXPORTER": "none"}

    def repository_folder(self, name):
        return f"{self.data}/docker/registry/v2/repositories/{self.repository(name)}"


class Distribution2(Distribution):
    name = "distribution2"
    title = "Distribution 2.8"


class Distribution3(Distribution):
    name = "distribution3"
    title = "Distribution 3.1"


class Zot(Server):
    name = "zot"
    title = "zot"

    def command(self):
        configuration = os.path.join(self.folder, "config.json")
        with open(configuration, "w") as file:
            json.dump(
                {
                    # Without `commit` zot syncs nothing, and a push would be no durable push.
                    "storage": {"rootDirectory": self.data, "dedupe": True, "commit": True, "gc": False},
                    "http": {"address": "127.0.0.1", "port": str(self.port)},
                    "log": {"level": "info"},
                },
                file,
            )
        return [self.binary, "serve", configuration], {}


class Nginx(Server):
    """No registry: the yardstick for sending what lies on disk."""

    name = "nginx"
    title = "nginx, static"
    ready_path = "/manifest"

    def command(self):
        configuration = os.path.join(self.folder, "nginx.conf")
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        with open(configuration, "w") as file:
            file.write(
                f"daemon off; pid {self.folder}/pid; worker_processes {os.cpu_count()};\n"
                f"error_log {self.folder}/error.log; user root;\n"
                "events { worker_connections 1024; }\n"
                f"http {{ access_log {self.folder}/access.log; {temporary}\n"
                "  sendfile on; tcp_nopush on; keepalive_requests 100000000;\n"
                f"  server {{ listen {self.host}; root {self.data}; }} }}\n"
            )
        return [self.binary, "-p", self.folder, "-c", configuration], {}

    def blob_path(self, repository, digest):
        return "/blob"

    def manifest_path(self, repository, reference):
        return "/manifest"
