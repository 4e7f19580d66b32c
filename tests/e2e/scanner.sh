# shellcheck shell=bash
# A scanner that speaks the pluggable scanner API and pulls what it is to look into, once by a token and once
# by name and password; told what to do by Python's SDK, which checks every answer against its models.

needs='crane jq harborapi python3'

setup() {
  export MINATO_LISTEN=127.0.0.1:0 MINATO_DATA_DIR=$WORK/data MINATO_OUTBOUND_ALLOW=127.0.0.1
  if [[ $BACKEND == postgres-s3 ]]; then
    MINATO_DATABASE_URL=$(new_database scanner)
    export MINATO_DATABASE_URL MINATO_STORAGE_URL=${MINATO_STORAGE_URL/main/scanner}
  fi
  serve_own
  export URL ADMIN PASSWORD
  cat >"$WORK/scanner.py" <<'PYTHON'
import http.server, json, re, sys, threading, urllib.error, urllib.request

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
    found = [{"id": "CVE-2026-1", "package": "musl", "version": "1", "fix_version": "2", "severity": "Critical",
              "description": "d", "links": ["https://example.com"], "preferred_cvss": {"score_v3": 9.8}}]
    work[id] = {"generated_at": "2026-01-01T00:00:00Z", "scanner": WHO, "severity": "Critical",
                "vulnerabilities": found} if good else None

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
        id = f"work-{threading.get_ident()}"
        threading.Thread(target=scan, args=(id, request)).start()
        self.answer(202, {"id": id})

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Scanner)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
}

teardown() {
  end_own
}

# Has an image scanned by a scanner with these properties, made known under this name.
check_scan() { # NAME PROPERTIES
  local scanner
  python3 "$WORK/scanner.py" "$2" >port &
  scanner=$!
  # shellcheck disable=SC2064 # the one that was started
  trap "kill $scanner" EXIT
  for _ in {1..100}; do [[ -s port ]] && break; sleep 0.1; done
  make_image layout "$1"
  crane push layout "$REGISTRY/private/scanner/$1:1"
  SCANNER=http://127.0.0.1:$(<port) NAME=$1 harborapi <(cat <<'PYTHON'
import asyncio, os
from harborapi import HarborAsyncClient, models as m

name, address = os.environ["NAME"], os.environ["SCANNER"]
c = HarborAsyncClient(url=os.environ["URL"] + "/api/v2.0", username=os.environ["ADMIN"], secret=os.environ["PASSWORD"])

async def main():
    await c.ping_scanner_adapter(m.ScannerRegistrationSettings(name=name, url=address))
    location = await c.create_scanner(m.ScannerRegistrationReq(name=name, url=address, auth="Basic", access_credential="a:b"))
    id = location.rsplit("/", 1)[1]
    scanner = await c.get_scanner(id)
    assert (scanner.name, scanner.health, scanner.adapter) == (name, "healthy", "E2E"), scanner
    assert (await c.get_scanner_metadata(id)).capabilities[0].type == "vulnerability"
    assert name in [s.name for s in await c.get_scanners()]
    assert name in [s.name for s in await c.get_project_scanner_candidates("private")]
    await c.set_project_scanner("private", id)
    assert (await c.get_project_scanner("private")).uuid == id
    await c.set_default_scanner(id, True)
    repository = f"scanner/{name}"
    await c.scan_artifact("private", repository, "1")
    for _ in range(300):
        artifact = await c.get_artifact("private", repository, "1", with_scan_overview=True)
        overview = next(iter(artifact.scan_overview.root.values())) if artifact.scan_overview else None
        if overview and overview.scan_status in ("Success", "Error"):
            break
        await asyncio.sleep(0.1)
    assert overview.scan_status == "Success" and overview.severity == "Critical", overview
    assert overview.summary.total == 1 and overview.summary.fixable == 1, overview
    report = await c.get_artifact_vulnerabilities("private", repository, "1")
    assert report.vulnerabilities[0].id == "CVE-2026-1", report
    log = await c.get_artifact_scan_report_log("private", repository, "1", overview.report_id)
    assert "took the work" in log and "eyJ" not in log, log
    await c.set_project_metadata("private", m.ProjectMetadata(prevent_vul="true"))

asyncio.run(main())
PYTHON
)
  expect_refusal crane manifest "$REGISTRY/private/scanner/$1:1"
  expect_match "$output" 'current image with 1 vulnerability cannot be pulled' 'what crane says'
  expect_status 200 PUT /api/v2.0/projects/private -H 'Content-Type: application/json' -d '{"metadata": {"prevent_vul": "false"}}'
  expect_status 200 DELETE /api/v2.0/projects/private/metadatas/prevent_vul
  crane manifest "$REGISTRY/private/scanner/$1:1" >/dev/null
}

# One after another, as both are to be the scanner of the project.
test_pulls_of_both_kinds() {
  (check_scan bearer '{"harbor.scanner-adapter/registry-authorization-type": "Bearer"}')
  (check_scan basic '{}')
}
