# shellcheck shell=bash
# regctl: copies with referrers, artifacts, tags deleted alone, blobs by themselves.

needs='regctl'

setup() {
  regctl registry set --skip-check --tls disabled "$REGISTRY"
  regctl registry login -u "$ADMIN" --pass-stdin "$REGISTRY" <<<"$PASSWORD"
}

at() { echo "$REGISTRY/library/regctl/$1"; }

test_login() {
  export REGCTL_CONFIG=$WORK/home/second.json
  regctl registry set --skip-check --tls disabled "$REGISTRY"
  if output=$(regctl registry login -u "$USER2" --pass-stdin "$REGISTRY" <<<'Wrong1234' 2>&1); then fail "logged in: $output"; fi
  expect_match "$output" 'unauthorized|401' 'what it says'
  regctl registry login -u "$USER2" --pass-stdin "$REGISTRY" <<<"$PASSWORD2"
  make_image layout-denied x
  expect_refusal regctl image copy ocidir://layout-denied:x "$(at denied):1"
  expect_match "$output" 'unauthorized|forbidden|denied|401|403' 'what it says'
}

test_copy() {
  local digest
  digest=$(make_index layout x)
  regctl image copy ocidir://layout:x "$(at copy):1"
  expect_equal "$(regctl image digest "$(at copy):1")" "$digest" digest
  regctl image copy "$(at copy):1" "$REGISTRY/private/regctl/copy:2"
  expect_equal "$(digest_of private/regctl/copy 2)" "$digest" 'digest of the copy'
  regctl image copy "$REGISTRY/private/regctl/copy:2" ocidir://back:x
  expect_same_blobs back layout
  expect_equal "$(regctl manifest get --platform linux/arm64 "$(at copy):1" --format '{{.GetDescriptor.Digest}}')" \
    "$(manifest library/regctl/copy 1 | jq -r '.manifests[] | select(.platform.architecture == "arm64").digest')" 'digest of one platform'
  regctl image get-file --platform linux/arm64 "$(at copy):1" /data/two two
  expect_same_file two layout.arm64.two
}

test_export_import() {
  local digest
  digest=$(make_image layout-export x)
  regctl image copy ocidir://layout-export:x "$(at export):1"
  regctl image export "$(at export):1" export.tar
  regctl image import "$(at import):1" export.tar
  expect_equal "$(digest_of library/regctl/import 1)" "$digest" digest
}

test_blob() {
  local digest
  head -c 6000000 /dev/urandom >blob
  digest=$(regctl blob put "$(at blob)" <blob)
  expect_equal "$digest" "$(sha256 blob)" digest
  regctl blob get "$(at blob)" "$digest" >got
  expect_same_file got blob
  regctl blob head "$(at blob)" "$digest" --format '{{printf "%v" .}}' >headers.txt
  expect_match "$(tr '[:upper:]' '[:lower:]' <headers.txt)" 'content-length:\[6000000\]' 'headers'
  regctl blob copy "$(at blob)" "$REGISTRY/private/regctl/blob" "$digest"
  expect_status 200 HEAD "/v2/private/regctl/blob/blobs/$digest"
  regctl blob delete "$(at blob)" "$digest"
  expect_refusal regctl blob head "$(at blob)" "$digest"
  regctl blob get "$REGISTRY/private/regctl/blob" "$digest" >got
  expect_same_file got blob
}

test_artifacts_and_referrers() {
  local digest
  digest=$(make_image layout-artifact x)
  regctl image copy ocidir://layout-artifact:x "$(at artifact):1"
  for kind in sbom report; do
    head -c 4000 /dev/urandom >"$kind"
    regctl artifact put --artifact-type "application/vnd.example.$kind" --annotation "kind=$kind" \
      --subject "$(at artifact):1" --file "$kind"
  done
  regctl artifact get --subject "$(at artifact):1" --filter-artifact-type application/vnd.example.report >got
  expect_same_file got report
  regctl artifact list "$(at artifact):1" --format '{{range .Descriptors}}{{.ArtifactType}} {{index .Annotations "kind"}}{{"\n"}}{{end}}' | sort >list
  expect_equal "$(cat list)" 'application/vnd.example.report report
application/vnd.example.sbom sbom' 'what is attached'
  expect_equal "$(regctl tag ls "$(at artifact)")" 1 'tags, without one for the fallback'
  regctl image copy --referrers "$(at artifact):1" "$REGISTRY/private/regctl/artifact:1"
  expect_status 200 GET "/v2/private/regctl/artifact/referrers/$digest"
  expect_equal "$(jq '.manifests | length' "$WORK/body")" 2 'attached to the copy'
  # With their subject gone they are still there.
  regctl manifest delete "$(at artifact)@$digest"
  expect_status 200 GET "/v2/library/regctl/artifact/referrers/$digest"
  expect_equal "$(jq '.manifests | length' "$WORK/body")" 2 'attached to what is gone'
}

# A tag goes alone; the manifest and its other tags stay.
test_tag_delete() {
  local digest
  digest=$(make_image layout-tag x)
  for tag in a b; do regctl image copy ocidir://layout-tag:x "$(at tag):$tag"; done
  regctl tag delete "$(at tag):a"
  expect_equal "$(regctl tag ls "$(at tag)")" b 'tags left'
  expect_equal "$(digest_of library/regctl/tag b)" "$digest" digest
  regctl tag delete "$(at tag):b"
  expect_equal "$(digest_of library/regctl/tag "$digest")" "$digest" digest
  expect_refusal regctl tag delete "$(at tag):a"
}

test_index() {
  make_image layout-a x
  make_image layout-b x
  for name in a b; do regctl image copy "ocidir://layout-$name:x" "$(at index):$name"; done
  regctl index create "$(at index):both" --ref "$(at index):a" --desc-platform linux/amd64
  regctl index add "$(at index):both" --ref "$(at index):b" --desc-platform linux/arm64
  expect_equal "$(manifest library/regctl/index both | jq -r '.manifests[] | .platform.architecture + " " + .digest')" \
    "amd64 $(digest_of library/regctl/index a)
arm64 $(digest_of library/regctl/index b)" index
}

test_lists() {
  make_image layout-list x
  for tag in 1 2 3 10; do regctl image copy ocidir://layout-list:x "$(at list):$tag"; done
  expect_equal "$(regctl tag ls "$(at list)" | xargs)" '1 10 2 3' tags
  expect_equal "$(regctl tag ls --limit 2 --last 1 "$(at list)" | xargs)" '10 2' 'a page of tags'
  regctl repo ls "$REGISTRY" | grep -x library/regctl/list
}

test_sha512() {
  local digest
  make_image layout-512 x
  regctl image mod ocidir://layout-512:x --create ocidir://layout-512:y --digest-algo sha512
  regctl image copy ocidir://layout-512:y "$(at sha512):1"
  digest=$(regctl image digest "$(at sha512):1")
  expect_match "$digest" '^sha512:[0-9a-f]{128}$' digest
  regctl image copy "$(at sha512)@$digest" ocidir://back-512:y
  expect_equal "$(sha512sum "back-512/blobs/sha512/${digest#*:}" | cut -d' ' -f1)" "${digest#*:}" 'digest of the copy'
}
