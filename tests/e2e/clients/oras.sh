# shellcheck shell=bash
# oras (oras-go, which helm builds upon): artifacts that are no images, attached to
# others by the referrers API.

needs='oras'

setup() { oras login --plain-http -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"; }

# The global flag goes to the end for all commands.
o() { oras "$@" --plain-http; }
at() { echo "$REGISTRY/library/oras/$1"; }

random() { head -c "${2:-3000}" /dev/urandom >"$1"; }

test_login() {
  local config=$WORK/second.json
  if output=$(o login --registry-config "$config" -u "$USER2" --password-stdin "$REGISTRY" <<<'Wrong1234' 2>&1); then fail "logged in: $output"; fi
  expect_match "$output" '401|unauthorized' 'what it says'
  o login --registry-config "$config" -u "$USER2" --password-stdin "$REGISTRY" <<<"$PASSWORD2"
  random denied
  expect_refusal o push --registry-config "$config" "$(at denied):1" denied
  expect_match "$output" '401|403|unauthorized|denied' 'what it says'
  o logout --registry-config "$config" "$REGISTRY" || oras logout --registry-config "$config" "$REGISTRY"
}

test_push_pull() {
  local digest
  random one
  random two 2500000
  echo '{"a": "configuration"}' >config.json
  o push "$(at push-pull):1,2" --artifact-type application/vnd.example.thing --config config.json:application/vnd.example.config+json \
    one:application/vnd.example.one two --annotation a=b
  digest=$(digest_of library/oras/push-pull 1)
  expect_equal "$(digest_of library/oras/push-pull 2)" "$digest" 'digest of the second tag'
  manifest library/oras/push-pull 1 >manifest
  expect_equal "$(jq -r '.layers[0].mediaType, .annotations.a' manifest | xargs)" 'application/vnd.example.one b' manifest
  o pull "$(at push-pull)@$digest" -o pulled
  expect_same_file pulled/one one
  expect_same_file pulled/two two
  o manifest fetch "$(at push-pull):1" >fetched
  expect_equal "$(sha256 fetched)" "$digest" 'fetched manifest'
  o manifest fetch-config "$(at push-pull):1" >fetched-config
  expect_same_file fetched-config config.json
}

# An artifact without a configuration, with an empty one in its place.
test_attach_and_discover() {
  local subject digest
  random thing
  o push "$(at attach):1" thing
  subject=$(digest_of library/oras/attach 1)
  for kind in sbom signature signature; do
    random "$kind"
    o attach "$(at attach):1" --artifact-type "application/vnd.example.$kind" --annotation "kind=$kind" "$kind"
  done
  o discover "$(at attach):1" -o json --distribution-spec v1.1-referrers-api >found
  expect_equal "$(jq -r '.manifests[].artifactType' found | sort | xargs)" \
    'application/vnd.example.sbom application/vnd.example.signature application/vnd.example.signature' 'what is attached'
  o discover "$(at attach):1" --artifact-type application/vnd.example.sbom -o json >found
  expect_equal "$(jq -r '.manifests | length' found)" 1 'attached ones of this type'
  expect_equal "$(jq -r '.manifests[0].annotations.kind' found)" sbom annotation
  digest=$(jq -r '.manifests[0].digest' found)
  o pull "$(at attach)@$digest" -o attached
  expect_same_file attached/sbom sbom
  # No tag was made for the fallback: the registry has the API.
  expect_equal "$(tags_of library/oras/attach)" 1 tags
  expect_equal "$(manifest library/oras/attach "$digest" | jq -r .subject.digest)" "$subject" subject
}

# To an attached artifact another one can be attached, and all of it copied.
test_copy_recursive() {
  local first
  random thing-r
  random sbom-r
  random signature-r
  o push "$(at graph):1" thing-r
  o attach "$(at graph):1" --artifact-type application/vnd.example.sbom sbom-r
  first=$(o discover "$(at graph):1" -o json | jq -r '.manifests[0].digest')
  o attach "$(at graph)@$first" --artifact-type application/vnd.example.signature signature-r
  oras cp -r --from-plain-http --to-plain-http "$(at graph):1" "$REGISTRY/private/oras/graph:1"
  o discover "$REGISTRY/private/oras/graph@$first" -o json >found
  expect_equal "$(jq -r '.manifests[].artifactType' found)" application/vnd.example.signature 'what is attached to what is attached'
  oras cp -r --from-plain-http "$(at graph):1" --to-oci-layout graph-layout:1
  oras cp -r --from-oci-layout graph-layout:1 --to-plain-http "$(at graph-back):1"
  expect_equal "$(digest_of library/oras/graph-back 1)" "$(digest_of library/oras/graph 1)" digest
  expect_equal "$(o discover "$(at graph-back)@$first" -o json | jq '.manifests | length')" 1 'attached ones'
}

test_delete_manifest() {
  local attached
  random thing-d
  random sbom-d
  o push "$(at delete):1" thing-d
  o attach "$(at delete):1" --artifact-type application/vnd.example.sbom sbom-d
  attached=$(o discover "$(at delete):1" -o json | jq -r '.manifests[0].digest')
  o manifest delete -f "$(at delete)@$attached"
  expect_equal "$(o discover "$(at delete):1" -o json | jq '.manifests | length')" 0 'attached ones left'
  o manifest delete -f "$(at delete):1"
  expect_refusal o manifest fetch "$(at delete):1"
  expect_match "$output" 'not found' 'what it says'
}

test_push_manifest() {
  random layer
  local blob config
  blob=$(o blob push "$(at manifest)" layer --media-type application/vnd.example.layer --descriptor)
  printf '{}' >empty
  config=$(o blob push "$(at manifest)" empty --media-type application/vnd.oci.empty.v1+json --descriptor)
  jq -n --argjson b "$blob" --argjson c "$config" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", artifactType: "application/vnd.example.x", config: $c, layers: [$b]}' >manifest.json
  o manifest push "$(at manifest):1,2" manifest.json
  expect_equal "$(digest_of library/oras/manifest 2)" "$(sha256 manifest.json)" digest
  o tag "$(at manifest):1" 3
  expect_equal "$(o repo tags "$(at manifest)" | xargs)" '1 2 3' tags
  # A manifest that names what is not there.
  jq '.layers[0].digest = "sha256:'"$(printf 'a%.0s' {1..64})"'"' manifest.json >broken.json
  expect_refusal o manifest push "$(at manifest):4" broken.json
  expect_match "$output" 'MANIFEST_BLOB_UNKNOWN|manifest blob unknown|400' 'what it says'
}

test_blob() {
  local digest
  random blob 5000000
  digest=$(o blob push "$(at blob)" blob --descriptor | jq -r .digest)
  expect_equal "$digest" "$(sha256 blob)" digest
  o blob fetch "$(at blob)@$digest" -o fetched-blob
  expect_same_file fetched-blob blob
  o blob fetch "$(at blob)@$digest" --descriptor >descriptor
  expect_equal "$(jq -r .size descriptor)" 5000000 size
  o blob delete -f "$(at blob)@$digest"
  expect_refusal o blob fetch "$(at blob)@$digest" -o gone
}

test_repositories() {
  random listed
  o push "$(at list/a):1" listed
  o push "$(at list/b):1" listed
  # It asks the registry for all and filters by the namespace itself.
  expect_equal "$(o repo ls "$REGISTRY/library/oras/list/" | sort | xargs)" 'a b' repositories
}
