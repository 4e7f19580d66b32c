# shellcheck shell=bash
# crane (go-containerregistry, which ko and cosign build upon).

needs='crane'

setup() { crane auth login "$REGISTRY" -u "$ADMIN" --password-stdin <<<"$PASSWORD"; }

at() { echo "$REGISTRY/library/crane/$1"; }

# It tries https first. That it is told at once that this is plain HTTP shows in that it
# does not try again.
test_plain_http() {
  make_image layout-http x
  crane push layout-http "$(at http)" >out 2>&1
  cat out
  ! grep retrying out || fail 'crane had to try more than once'
}

test_push_pull() {
  local digest
  digest=$(make_image layout x)
  expect_equal "$(crane push layout "$(at push-pull):1")" "$(at push-pull)@$digest" 'what the push tells'
  expect_equal "$(crane digest "$(at push-pull):1")" "$digest" digest
  crane pull --format oci "$(at push-pull):1" back
  expect_same_blobs back layout
  crane manifest "$(at push-pull):1" >manifest
  # crane ends what it prints with a line end of its own.
  expect_equal "$(cat manifest)" "$(manifest library/crane/push-pull 1)" manifest
  crane config "$(at push-pull)@$digest" >config
  expect_equal "$(sha256 config)" "$(jq -r .config.digest manifest)" configuration
  crane export "$(at push-pull):1" - | tar -x data/one data/two
  expect_same_file data/one layout.amd64.one
  expect_same_file data/two layout.amd64.two
  crane validate --remote "$(at push-pull):1"
}

test_blob() {
  local digest
  make_image layout-blob x
  crane push layout-blob "$(at blob)"
  digest=$(crane manifest "$(at blob)" | jq -r '.layers[1].digest')
  crane blob "$(at blob)@$digest" >blob
  expect_equal "$(sha256 blob)" "$digest" digest
}

# A streamed layer: its digest is known only when it has been sent.
test_append() {
  local one two
  make_layer layer-one.tgz one
  make_layer layer-two.tgz two 3000000
  crane append --oci-empty-base -f layer-one.tgz.tar -t "$(at append):base"
  crane append -b "$(at append):base" -f layer-two.tgz -t "$(at append):more"
  one=$(crane manifest "$(at append):base" | jq -r '.layers[0].digest')
  two=$(crane manifest "$(at append):more" | jq -r '.layers[0].digest')
  expect_equal "$two" "$one" 'layer of the base'
  crane export "$(at append):more" - | tar -x data/two
  expect_same_file data/two layer-two.tgz.two
}

test_copy_and_mount() {
  local digest
  digest=$(make_index layout-copy x)
  crane push --index layout-copy "$(at copy):1"
  digest=$(crane digest "$(at copy):1")
  crane copy "$(at copy):1" "$REGISTRY/private/crane/copy:2" >out 2>&1
  cat out
  expect_match "$(cat out)" 'mounted blob: sha256' 'what the copy tells'
  expect_equal "$(digest_of private/crane/copy 2)" "$digest" digest
  crane pull --format oci "$REGISTRY/private/crane/copy:2" copied
  expect_same_blobs copied layout-copy
}

test_all_tags() {
  make_image layout-tags x
  crane push layout-tags "$(at tags):v1"
  for tag in v1.0 v1.0.0 latest; do crane tag "$(at tags):v1" "$tag"; done
  expect_equal "$(crane ls "$(at tags)" | xargs)" 'latest v1 v1.0 v1.0.0' tags
  crane copy --all-tags "$(at tags)" "$(at tags-copy)"
  expect_equal "$(tags_of library/crane/tags-copy)" 'latest v1 v1.0 v1.0.0' 'copied tags'
}

test_index() {
  local one two index
  one=$(make_image layout-one x)
  two=$(make_image layout-two x)
  crane push layout-one "$(at index):one"
  crane push layout-two "$(at index):two"
  crane index append -m "$(at index):one" -m "$(at index):two" -t "$(at index):both"
  index=$(manifest library/crane/index both)
  expect_equal "$(jq -r '.manifests[].digest' <<<"$index" | xargs)" "$one $two" 'images in the index'
  # Nested: an index of an index.
  crane index append -m "$(at index):both" -m "$(at index):one" --flatten=false -t "$(at index):nested"
  expect_equal "$(manifest library/crane/index nested | jq -r '.manifests[0].mediaType')" \
    "$(jq -r .mediaType <<<"$index")" 'type of the first'
  crane copy "$(at index):nested" "$REGISTRY/private/crane/nested"
  expect_equal "$(digest_of private/crane/nested latest)" "$(digest_of library/crane/index nested)" 'digest of the copy'
}

test_catalog() {
  make_image layout-catalog x
  for name in a b c; do crane push layout-catalog "$(at "catalog/$name")"; done
  crane push layout-catalog "$REGISTRY/private/crane/catalog"
  crane catalog "$REGISTRY" >all
  expect_equal "$(grep -c '^library/crane/catalog/[abc]$' all)" 3 'public repositories listed'
  expect_equal "$(grep -c '^private/crane/catalog$' all)" 1 'private repositories listed'
  # In pages, from anywhere.
  expect_status 200 GET '/v2/_catalog?n=2&last=library/crane/catalog/a'
  expect_equal "$(jq -c .repositories "$WORK/body")" '["library/crane/catalog/b","library/crane/catalog/c"]' page
}

test_delete() {
  local digest
  digest=$(make_image layout-delete x)
  crane push layout-delete "$(at delete):a"
  crane tag "$(at delete):a" b
  crane delete "$(at delete):a"
  expect_equal "$(crane ls "$(at delete)" | xargs)" b 'tags left'
  crane delete "$(at delete)@$digest"
  expect_refusal crane digest "$(at delete):b"
  expect_match "$output" '404|MANIFEST_UNKNOWN' 'what it says'
  crane push layout-delete "$(at delete):a"
  crane validate --remote "$(at delete):a"
}

test_rebase_and_mutate() {
  local before
  make_image layout-mutate x
  crane push layout-mutate "$(at mutate):1"
  before=$(digest_of library/crane/mutate 1)
  crane mutate "$(at mutate):1" --label new=label --annotation a=b -t "$(at mutate):2"
  expect_equal "$(crane config "$(at mutate):2" | jq -r .config.Labels.new)" label label
  expect_equal "$(manifest library/crane/mutate 2 | jq -r .annotations.a)" b annotation
  expect_equal "$(digest_of library/crane/mutate 1)" "$before" 'digest of the old one'
  crane flatten "$(at mutate):1" -t "$(at mutate):flat"
  expect_equal "$(manifest library/crane/mutate flat | jq '.layers | length')" 1 layers
}

test_denied() {
  export DOCKER_CONFIG=$WORK/home/second
  make_image layout-denied x
  crane auth login "$REGISTRY" -u "$USER2" --password-stdin <<<"$PASSWORD2"
  expect_refusal crane push layout-denied "$(at denied)"
  expect_match "$output" 'UNAUTHORIZED|DENIED|401|403' 'what it says'
  expect_refusal crane ls "$REGISTRY/private/crane/absent"
  expect_refusal crane catalog "$REGISTRY"
}
