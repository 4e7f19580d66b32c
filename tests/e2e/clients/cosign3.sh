# shellcheck shell=bash
# cosign 3: bundles as referrers, and the tags of cosign 2 where it is told to.

needs='cosign3 crane oras'

export COSIGN_PASSWORD='' COSIGN_YES=true

setup() {
  crane auth login "$REGISTRY" -u "$ADMIN" --password-stdin <<<"$PASSWORD"
  cosign3 generate-key-pair
  mv cosign.key key && mv cosign.pub key.pub
  cosign3 generate-key-pair
  mv cosign.key other && mv cosign.pub other.pub
}

# An image in library/cosign3/NAME; sets $image, with its digest, $repo and $digest.
image() { # NAME
  repo=library/cosign3/$1
  digest=$(make_image "layout-$1" x)
  crane push "layout-$1" "$REGISTRY/$repo:1"
  image=$REGISTRY/$repo@$digest
}

sign() { cosign3 sign --use-signing-config=false --tlog-upload=false --key key "$@"; }
verify() { cosign3 verify --insecure-ignore-tlog=true --key "$@"; }

test_sign_verify() {
  image bundle
  expect_refusal verify key.pub "$image"
  sign "$image"
  verify key.pub "$image" >verified
  expect_match "$(cat verified)" "$digest" 'digest that is signed'
  expect_refusal verify other.pub "$image"
  expect_equal "$(tags_of "$repo")" 1 tags
  expect_status 200 GET "/v2/$repo/referrers/$digest?artifactType=application/vnd.dev.sigstore.bundle.v0.3%2Bjson"
  expect_equal "$(jq '.manifests | length' "$WORK/body")" 1 'bundles attached'
  expect_equal "$(header oci-filters-applied)" artifactType 'filter applied'
}

test_tag_scheme() {
  image tags
  sign --new-bundle-format=false "$image"
  expect_equal "$(tags_of "$repo")" "1 ${digest/:/-}.sig" tags
  verify key.pub --new-bundle-format=false "$image"
}

test_attest() {
  image attest
  echo '{"what": "a test"}' >predicate
  cosign3 attest --use-signing-config=false --tlog-upload=false --key key --type custom --predicate predicate "$image"
  cosign3 verify-attestation --insecure-ignore-tlog=true --key key.pub --type custom "$image" >attested
  expect_match "$(jq -r '(.payload // .dsseEnvelope.payload) | @base64d' attested)" "${digest#*:}" 'digest that is attested'
  expect_refusal cosign3 verify-attestation --insecure-ignore-tlog=true --key other.pub --type custom "$image"
}

# An index and what it holds.
test_sign_recursively() {
  local index
  index=$(make_index layout-index x)
  crane push --index layout-index "$REGISTRY/library/cosign3/index:1"
  index=$(crane digest "$REGISTRY/library/cosign3/index:1")
  sign --recursive "$REGISTRY/library/cosign3/index@$index"
  manifest library/cosign3/index "$index" >index.json
  for digest in $index $(jq -r '.manifests[].digest' index.json); do
    verify key.pub "$REGISTRY/library/cosign3/index@$digest"
  done
}

# cosign 3 leaves the copying of bundles to oras.
test_copy() {
  image copy
  sign "$image"
  oras cp -r --from-plain-http --to-plain-http "$REGISTRY/$repo:1" "$REGISTRY/private/cosign3/copy:1"
  verify key.pub "$REGISTRY/private/cosign3/copy@$digest"
}
