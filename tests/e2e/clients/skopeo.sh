# shellcheck shell=bash
# skopeo: copies between the registry, folders and OCI layouts, in both formats.

needs='skopeo'

setup() { skopeo login --tls-verify=false -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"; }

copy() { skopeo copy --quiet --src-tls-verify=false --dest-tls-verify=false "$@"; }
at() { echo "docker://$REGISTRY/library/skopeo/$1"; }

test_oci_both_ways() {
  local digest
  digest=$(make_image layout x)
  copy oci:layout:x "$(at oci)"
  expect_equal "$(digest_of library/skopeo/oci latest)" "$digest" digest
  copy "$(at oci)" oci:back:x
  expect_same_blobs back layout
}

test_dir_both_ways() {
  local digest
  digest=$(make_image layout-dir x)
  copy oci:layout-dir:x dir:folder
  copy dir:folder "$(at dir):1"
  expect_equal "$(digest_of library/skopeo/dir 1)" "$digest" digest
  copy "$(at dir):1" dir:folder-back
  diff -r folder folder-back
}

# The blobs stay, the manifest is written anew in the other format.
test_formats() {
  make_image layout-formats x
  copy --format v2s2 oci:layout-formats:x "$(at formats):docker"
  manifest library/skopeo/formats docker >docker.json
  expect_equal "$(jq -r .mediaType docker.json)" application/vnd.docker.distribution.manifest.v2+json 'media type'
  copy --format oci "$(at formats):docker" "$(at formats):oci"
  manifest library/skopeo/formats oci >oci.json
  expect_equal "$(jq -r .mediaType oci.json)" application/vnd.oci.image.manifest.v1+json 'media type'
  expect_equal "$(jq -c '[.layers[].digest]' oci.json)" "$(jq -c '[.layers[].digest]' docker.json)" layers
  # The registry answers what was pushed, also when the other format is preferred.
  expect_status 200 GET /v2/library/skopeo/formats/manifests/docker -H 'Accept: application/vnd.oci.image.manifest.v1+json'
  expect_equal "$(header content-type)" application/vnd.docker.distribution.manifest.v2+json 'content type'
  expect_same_file "$WORK/body" docker.json
}

test_zstd() {
  make_image layout-zstd x
  copy --dest-compress-format zstd --format oci oci:layout-zstd:x dir:folder-zstd --dest-compress
  copy dir:folder-zstd "$(at zstd)"
  copy "$(at zstd)" dir:folder-zstd-back
  diff -r folder-zstd folder-zstd-back
}

test_inspect_and_tags() {
  local digest
  digest=$(make_image layout-inspect x)
  copy oci:layout-inspect:x "$(at inspect):b"
  copy oci:layout-inspect:x "$(at inspect):a"
  skopeo inspect --tls-verify=false "$(at inspect):a" >inspected
  expect_equal "$(jq -r '.Digest' inspected)" "$digest" digest
  expect_equal "$(jq -r '.Labels.made' inspected)" 'for a test' label
  expect_equal "$(jq -c '.RepoTags' inspected)" '["a","b"]' tags
  skopeo inspect --tls-verify=false --raw "$(at inspect)@$digest" >raw
  expect_equal "$(sha256 raw)" "$digest" 'digest of the manifest'
  skopeo inspect --tls-verify=false --config --raw "$(at inspect):a" >config
  expect_equal "$(sha256 config)" "$(jq -r .config.digest raw)" 'digest of the configuration'
  expect_equal "$(skopeo list-tags --tls-verify=false "$(at inspect)" | jq -c .Tags)" '["a","b"]' 'listed tags'
}

# As in every registry the whole image goes, with all its tags.
test_delete() {
  local digest
  digest=$(make_image layout-delete x)
  make_image layout-other x
  copy oci:layout-delete:x "$(at delete):a"
  copy oci:layout-delete:x "$(at delete):b"
  copy oci:layout-other:x "$(at delete):other"
  skopeo delete --tls-verify=false "$(at delete):a"
  expect_status 404 HEAD "/v2/library/skopeo/delete/manifests/$digest"
  expect_equal "$(tags_of library/skopeo/delete)" other 'tags left'
  expect_refusal skopeo inspect --tls-verify=false "$(at delete):b"
  expect_match "$output" 'manifest unknown|not found' 'what it says'
  # What is gone can be pushed again.
  copy oci:layout-delete:x "$(at delete):a"
  copy "$(at delete):a" oci:delete-back:x
  expect_same_blobs delete-back layout-delete
}

test_copy_all() {
  local digest
  digest=$(make_index layout-all x)
  copy --all oci:layout-all:x "$(at all)"
  expect_equal "$(digest_of library/skopeo/all latest)" "$digest" 'digest of the index'
  # From one repository to another: everything is mounted.
  copy --all "$(at all)" "docker://$REGISTRY/private/skopeo/all"
  expect_equal "$(digest_of private/skopeo/all latest)" "$digest" 'digest of the copy'
  copy --all "docker://$REGISTRY/private/skopeo/all" oci:all-back:x
  expect_same_blobs all-back layout-all
  # One platform of it.
  copy --override-arch arm64 "$(at all)" oci:arm64-back:x
  expect_equal "$(jq -r .architecture arm64-back/blobs/sha256/"$(jq -r '.config.digest[7:]' arm64-back/blobs/sha256/"$(jq -r '.manifests[0].digest[7:]' arm64-back/index.json)")")" \
    arm64 architecture
}

test_docker_list() {
  make_index layout-list x
  copy --all --format v2s2 oci:layout-list:x "$(at list)"
  manifest library/skopeo/list latest >list.json
  expect_equal "$(jq -r '.mediaType, .manifests[].mediaType' list.json | sort -u | xargs)" \
    'application/vnd.docker.distribution.manifest.list.v2+json application/vnd.docker.distribution.manifest.v2+json' 'media types'
}

test_sync() {
  make_image layout-sync x
  for tag in 1 2 3; do copy oci:layout-sync:x "$(at sync):$tag"; done
  skopeo sync --src-tls-verify=false --dest-tls-verify=false --src docker --dest docker \
    "$REGISTRY/library/skopeo/sync" "$REGISTRY/private/skopeo-copies"
  expect_equal "$(tags_of private/skopeo-copies/sync)" '1 2 3' tags
  expect_equal "$(digest_of private/skopeo-copies/sync 2)" "$(digest_of library/skopeo/sync 2)" digest
}

test_denied() {
  make_image layout-denied x
  expect_refusal copy --dest-creds "$USER2:$PASSWORD2" oci:layout-denied:x "docker://$REGISTRY/private/skopeo/denied"
  expect_match "$output" 'denied|unauthorized' 'what it says'
  expect_refusal copy --dest-creds "$USER2:Wrong1234" oci:layout-denied:x "$(at denied)"
  expect_match "$output" 'unauthorized|invalid username/password' 'what it says'
  expect_refusal copy --dest-no-creds oci:layout-denied:x "$(at denied)"
  expect_status 404 GET /v2/library/skopeo/denied/tags/list
}
