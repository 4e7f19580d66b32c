# shellcheck shell=bash
# A scanner (scanner.py) that pulls what it is to look into, once by a token and once by name and password;
# told what to do by Python's SDK, which checks every answer against its models.

needs='crane jq harborapi python3'

setup() {
  export MINATO_LISTEN=127.0.0.1:0 MINATO_DATA_DIR=$WORK/data MINATO_OUTBOUND_ALLOW=127.0.0.1
  if [[ $BACKEND == postgres-s3 ]]; then
    MINATO_DATABASE_URL=$(new_database scanner)
    export MINATO_DATABASE_URL MINATO_STORAGE_URL=${MINATO_STORAGE_URL/main/scanner}
  fi
  serve_own
  export URL ADMIN PASSWORD
}

teardown() {
  end_own
}

# Has an image scanned by a scanner with these properties, made known under this name.
check_scan() { # NAME PROPERTIES
  local scanner
  python3 "$E2E/scanner.py" "$2" >port &
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
    assert overview.summary.total == 3 and overview.summary.fixable == 2, overview
    report = await c.get_artifact_vulnerabilities("private", repository, "1")
    assert report.vulnerabilities[0].id == "CVE-2026-1", report
    log = await c.get_artifact_scan_report_log("private", repository, "1", overview.report_id)
    assert "took the work" in log and "eyJ" not in log, log
    await c.set_project_metadata("private", m.ProjectMetadata(prevent_vul="true"))

asyncio.run(main())
PYTHON
)
  expect_refusal crane manifest "$REGISTRY/private/scanner/$1:1"
  expect_match "$output" 'current image with 3 vulnerabilities cannot be pulled' 'what crane says'
  expect_status 200 PUT /api/v2.0/projects/private -H 'Content-Type: application/json' -d '{"metadata": {"prevent_vul": "false"}}'
  expect_status 200 DELETE /api/v2.0/projects/private/metadatas/prevent_vul
  crane manifest "$REGISTRY/private/scanner/$1:1" >/dev/null
}

# One after another, as both are to be the scanner of the project.
test_pulls_of_both_kinds() {
  (check_scan bearer '{"harbor.scanner-adapter/registry-authorization-type": "Bearer"}')
  (check_scan basic '{}')
}
