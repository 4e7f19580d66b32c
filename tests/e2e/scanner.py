"""A scanner that speaks the pluggable scanner API and really pulls what it is to look into.

    scanner.py PROPERTIES

Its properties are JSON; it prints the port that it listens on. It finds the same in every image, if it could
pull all of it.
"""

import http.server, json, re, sys, threading, urllib.error, urllib.request, uuid

GENERIC = "application/vnd.security.vulnerability.report; version=1.1"
work, properties = {}, json.loads(sys.argv[1])

def ask(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, b"", error.headers

def pull(registry, path):
    """As clients do it: by what was given, or by the token that it is good for."""
    given = registry["authorization"]
    if given.startswith("Basic "):
        challenge = dict(re.findall('(\\w+)="([^"]*)"', ask(registry["url"] + path)[2]["www-authenticate"]))
        _, body, _ = ask(f"{challenge['realm']}?service={challenge['service']}&scope=repository:x/y:pull", Authorization=given)
        given = "Bearer " + json.loads(body)["token"]
    accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
    return ask(registry["url"] + path, Authorization=given, Accept=accept)

def scan(id, request):
    registry, artifact = request["registry"], request["artifact"]
    base = f"/v2/{artifact['repository']}"
    status, body, _ = pull(registry, f"{base}/manifests/{artifact['digest']}")
    layers = json.loads(body)["layers"] if status == 200 else []
    read = [pull(registry, f"{base}/blobs/{layer['digest']}")[0] for layer in layers]
    good = status == 200 and read and all(status == 200 for status in read)
    found = [{"id": f"CVE-2026-{number}", "package": package, "version": "1", "fix_version": fixed,
              "severity": severity, "description": "d", "links": [f"https://example.com/{number}"],
              "preferred_cvss": {"score_v3": score}}
             for number, (package, fixed, severity, score) in enumerate(FOUND, 1)]
    work[id] = {"generated_at": "2026-01-01T00:00:00Z", "scanner": WHO, "severity": "Critical",
                "vulnerabilities": found} if good else None

FOUND = [("musl", "2", "Critical", 9.8), ("zlib", "1.3", "High", 7.5), ("bash", "", "Low", 2.1)]
WHO = {"name": "E2E", "vendor": "Nobody", "version": "1"}

class Scanner(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode() if body is not None else b"")

    def do_GET(self):
        if self.path == "/api/v1/metadata":
            types = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"]
            return self.answer(200, {"scanner": WHO, "properties": properties, "capabilities": [
                {"type": "vulnerability", "consumes_mime_types": types, "produces_mime_types": [GENERIC]}]})
        id = self.path.split("/")[-2]
        if id not in work:
            return self.answer(302, refresh_after="1", location=self.path)
        if work[id] is None:
            return self.answer(500, {"error": {"message": "could not pull"}})
        self.answer(200, work[id])

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        id = f"work-{uuid.uuid4()}"
        threading.Thread(target=scan, args=(id, request)).start()
        self.answer(202, {"id": id})

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scanner)
print(server.server_address[1], flush=True)
server.serve_forever()
