# shellcheck shell=bash
# cosign 2: signatures, attestations and SBOMs under tags made from the digest, and as
# referrers.

needs='cosign crane'

export COSIGN_PASSWORD='' COSIGN_YES=true

setup() {
  crane auth login "$REGISTRY" -u "$ADMIN" --password-stdin <<<"$PASSWORD"
  cosign generate-key-pair
  mv cosign.key key && mv cosign.pub key.pub
  cosign generate-key-pair
  mv cosign.key other && mv cosign.pub other.pub
}

# An image in library/cosign2/NAME; sets $image, with its digest, and $digest.
image() { # NAME
  repo=library/cosign2/$1
  digest=$(make_image "layout-$1" x)
  crane push "layout-$1" "$REGISTRY/$repo:1"
  image=$REGISTRY/$repo@$digest
}

sign() { cosign sign --tlog-upload=false --key key "$@"; }
verify() { cosign verify --insecure-ignore-tlog=true --key "$@"; }

test_sign_verify() {
  image tags
  expect_refusal verify key.pub "$image"
  sign -a made=here "$image"
  verify key.pub -a made=here "$image" >verified
  expect_equal "$(jq -r '.[0].critical.image["docker-manifest-digest"]' verified)" "$digest" 'digest that is signed'
  expect_equal "$(tags_of "$repo")" "1 ${digest/:/-}.sig" tags
  expect_refusal verify other.pub "$image"
  # A second signature goes beside the first.
  cosign sign --tlog-upload=false --key other "$image"
  verify key.pub "$image"
  verify other.pub "$image"
  expect_equal "$(manifest "$repo" "${digest/:/-}.sig" | jq '.layers | length')" 2 signatures
}

test_referrers() {
  export COSIGN_EXPERIMENTAL=1
  image referrers
  sign --registry-referrers-mode=oci-1-1 "$image"
  expect_equal "$(tags_of "$repo")" 1 tags
  expect_status 200 GET "/v2/$repo/referrers/$digest"
  expect_equal "$(jq -r '.manifests[].artifactType' "$WORK/body")" application/vnd.dev.cosign.artifact.sig.v1+json 'type of the referrer'
  verify key.pub --experimental-oci11=true "$image"
}

test_attest() {
  image attest
  echo '{"what": "a test"}' >predicate
  cosign attest --tlog-upload=false --key key --type custom --predicate predicate "$image"
  cosign verify-attestation --insecure-ignore-tlog=true --key key.pub --type custom "$image" >attested
  expect_equal "$(jq -r '.payload | @base64d | fromjson | .subject[0].digest.sha256' attested)" "${digest#*:}" 'digest that is attested'
  expect_match "$(jq -r '.payload | @base64d' attested)" 'a test' predicate
  expect_equal "$(tags_of "$repo")" "1 ${digest/:/-}.att" tags
}

test_sbom() {
  image sbom
  echo '{"spdxVersion": "SPDX-2.3", "name": "a test"}' >sbom.json
  cosign attach sbom --sbom sbom.json --type spdx --input-format json "$image"
  cosign download sbom "$image" >downloaded
  expect_same_file downloaded sbom.json
  expect_equal "$(tags_of "$repo")" "1 ${digest/:/-}.sbom" tags
}

# Signatures go along.
test_copy() {
  image copy
  sign "$image"
  cosign copy "$REGISTRY/$repo:1" "$REGISTRY/private/cosign2/copy:1"
  verify key.pub "$REGISTRY/private/cosign2/copy@$digest"
  cosign tree "$REGISTRY/private/cosign2/copy:1"
  cosign clean --type all -f "$REGISTRY/private/cosign2/copy:1"
  expect_refusal verify key.pub "$REGISTRY/private/cosign2/copy@$digest"
  verify key.pub "$image"
}

test_blob_upload() {
  echo 'a file' >file
  cosign upload blob -f file "$REGISTRY/library/cosign2/blob:1" >where
  expect_match "$(cat where)" "$REGISTRY/library/cosign2/blob" 'where it is'
  expect_equal "$(crane blob "$REGISTRY/library/cosign2/blob@$(crane manifest "$REGISTRY/library/cosign2/blob:1" | jq -r '.layers[0].digest')")" 'a file' content
}
