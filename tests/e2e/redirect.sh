# shellcheck shell=bash
# Blobs that clients fetch from the bucket itself, by an address signed for them.

backends=postgres-s3
needs='curl crane oras skopeo oci-conformance psql'

setup() {
  psql -qX "$MINATO_DATABASE_URL" -c 'CREATE DATABASE redirect'
  export MINATO_DATABASE_URL=${MINATO_DATABASE_URL%/*}/redirect MINATO_STORAGE_URL="${MINATO_STORAGE_URL/main/redirect}&redirect=true"
  export MINATO_DATA_DIR=$WORK/data MINATO_LISTEN=127.0.0.1:0
  serve_own
}
teardown() {
  end_own
}

test_curl() {
  local digest path
  head -c 3000000 /dev/urandom >blob
  digest=$(push_blob private/redirect/curl blob)
  path=/v2/private/redirect/curl/blobs/$digest
  expect_status 307 GET "$path"
  expect_match "$(header location)" '^http://127.0.0.1:[0-9]+/minato/redirect/.*X-Amz-Signature=' 'signed address'
  # It is enough by itself, also for a part.
  as='' expect_status 200 GET "$(header location)"
  expect_same_file "$WORK/body" blob
  expect_status 206 GET "$path" -L -r 1000-1999
  expect_same_file "$WORK/body" <(head -c 2000 blob | tail -c 1000)
  # What a HEAD tells comes from here.
  expect_status 200 HEAD "$path"
  expect_equal "$(header content-length)" 3000000 'content length'
  expect_equal "$(header docker-content-digest)" "$digest" digest
  as='' expect_status 401 GET "$path"
}

test_crane() {
  make_image layout-crane x
  crane push layout-crane "$REGISTRY/private/redirect/crane:1"
  crane pull --format oci "$REGISTRY/private/redirect/crane:1" crane-back
  expect_same_blobs crane-back layout-crane
}

test_skopeo() {
  make_image layout-skopeo x
  skopeo copy --quiet --dest-tls-verify=false --dest-creds "$ADMIN:$PASSWORD" oci:layout-skopeo:x "docker://$REGISTRY/private/redirect/skopeo:1"
  skopeo copy --quiet --src-tls-verify=false --src-creds "$ADMIN:$PASSWORD" "docker://$REGISTRY/private/redirect/skopeo:1" oci:skopeo-back:x
  expect_same_blobs skopeo-back layout-skopeo
}

test_oras() {
  head -c 2000000 /dev/urandom >thing
  oras push --plain-http -u "$ADMIN" -p "$PASSWORD" "$REGISTRY/private/redirect/oras:1" thing
  oras pull --plain-http -u "$ADMIN" -p "$PASSWORD" "$REGISTRY/private/redirect/oras:1" -o oras-back
  expect_same_file oras-back/thing thing
}

test_conformance() {
  local results=$WORK/conformance counts
  OCI_REGISTRY=$REGISTRY OCI_TLS=disabled OCI_USERNAME=$ADMIN OCI_PASSWORD=$PASSWORD OCI_VERSION=dev \
    OCI_REPO1=library/redirect/one OCI_REPO2=library/redirect/two OCI_RESULTS_DIR=$results oci-conformance || true
  grep -m1 -o '<testsuites [^>]*>' "$results/junit.xml"
  ! grep -B 1 -A 3 -m 20 '<failure\|<error\|<skipped' "$results/junit.xml" || fail 'not everything passed'
}
