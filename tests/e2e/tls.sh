# shellcheck shell=bash
# Minato with TLS of its own. Most clients speak HTTP/2 then.

backends=sqlite-disk
needs='openssl curl crane oras skopeo helm regctl docker'

setup() {
  local subject=/CN=minato-test
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.crt -subj "$subject-ca" \
    -addext keyUsage=critical,keyCertSign,cRLSign
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out request.pem -subj "$subject"
  openssl x509 -req -in request.pem -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out leaf.pem \
    -extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n')
  cat leaf.pem ca.crt >chain.pem
  export MINATO_DATA_DIR=$WORK/data MINATO_LISTEN=127.0.0.1:0 MINATO_TLS_CERTIFICATE=$WORK/chain.pem MINATO_TLS_KEY=$WORK/key.pem
  export MINATO_TLS_AUTHORITY=$WORK/ca.crt
  # The Go clients and curl trust what these say.
  export SSL_CERT_FILE=$WORK/ca.crt CURL_CA_BUNDLE=$WORK/ca.crt
  serve_own
}
teardown() {
  end_own
  [[ ! -d $WORK/d ]] || "$E2E/../tools/dockerd" stop "$WORK/d"
}

test_curl() {
  local digest
  head -c 40000000 /dev/urandom >blob
  for version in 1.1 2; do
    digest=$(push_blob "library/tls/curl-${version/./-}" blob)
    expect_status 200 GET "/v2/library/tls/curl-${version/./-}/blobs/$digest" --http"$version"
    expect_match "$(head -n 1 "$WORK/headers")" "^HTTP/$version" 'protocol'
    expect_same_file "$WORK/body" blob
    expect_status 201 POST "/v2/library/tls/again-${version/./-}/blobs/uploads/?digest=$digest" --http"$version" --data-binary @blob
    expect_equal "$(header strict-transport-security | grep -c max-age)" 1 'strict transport security'
  done
  as='' expect_status 401 GET /v2/
  expect_match "$(header www-authenticate)" "realm=\"$URL/service/token\"" challenge
}

# As a script does that teaches docker to trust this registry.
test_authority() {
  as='' expect_status 200 GET /api/v2.0/systeminfo/getcert
  expect_equal "$(header content-disposition)" 'attachment; filename=ca.crt' 'file name'
  expect_same_file "$WORK/body" ca.crt
  expect_status 200 GET /api/v2.0/systeminfo
  expect_equal "$(jq .has_ca_root "$WORK/body")" true has_ca_root
}

# Who speaks plain HTTP to this port gets an answer that says so, or at least an end.
test_plain_http() {
  status=$(curl -sS -o answer -w '%{http_code}' --max-time 5 "http://$REGISTRY/v2/" || true)
  expect_match "$status" '^(400|308|301|000)$' status
}

test_crane() {
  local digest
  digest=$(make_image layout-crane x 30000000)
  crane push layout-crane "$REGISTRY/library/tls/crane:1"
  expect_equal "$(crane digest "$REGISTRY/library/tls/crane:1")" "$digest" digest
  crane pull --format oci "$REGISTRY/library/tls/crane:1" crane-back
  expect_same_blobs crane-back layout-crane
}

test_skopeo() {
  make_image layout-skopeo x 8000000
  mkdir -p certs && cp ca.crt certs/
  skopeo login --cert-dir certs -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
  skopeo copy --quiet --dest-cert-dir certs oci:layout-skopeo:x "docker://$REGISTRY/private/tls/skopeo:1"
  skopeo copy --quiet --src-cert-dir certs "docker://$REGISTRY/private/tls/skopeo:1" oci:skopeo-back:x
  expect_same_blobs skopeo-back layout-skopeo
}

test_oras() {
  head -c 30000000 /dev/urandom >thing
  head -c 3000 /dev/urandom >sbom
  oras login -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
  oras push "$REGISTRY/library/tls/oras:1" thing
  oras attach "$REGISTRY/library/tls/oras:1" --artifact-type application/vnd.example.sbom sbom
  expect_equal "$(oras discover "$REGISTRY/library/tls/oras:1" -o json | jq '.manifests | length')" 1 'attached ones'
  oras pull "$REGISTRY/library/tls/oras:1" -o oras-back
  expect_same_file oras-back/thing thing
}

test_helm() {
  helm create chart
  helm package --version 1.0.0 chart
  helm registry login -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
  helm push chart-1.0.0.tgz "oci://$REGISTRY/library/tls"
  mkdir -p helm-back
  helm pull "oci://$REGISTRY/library/tls/chart" --version 1.0.0 -d helm-back
  expect_same_file helm-back/chart-1.0.0.tgz chart-1.0.0.tgz
}

test_regctl() {
  local digest
  digest=$(make_index layout-regctl x)
  regctl registry login -u "$ADMIN" --pass-stdin "$REGISTRY" <<<"$PASSWORD"
  regctl image copy ocidir://layout-regctl:x "$REGISTRY/library/tls/regctl:1"
  regctl image copy "$REGISTRY/library/tls/regctl:1" ocidir://regctl-back:x
  expect_same_blobs regctl-back layout-regctl
}

# The daemon takes any certificate on loopback.
test_docker() {
  local image=$REGISTRY/library/tls/docker:1 id
  DOCKER_HOST=$("$E2E/../tools/dockerd" start "$WORK/d")
  export DOCKER_HOST
  make_layer docker.tgz file 9000000
  docker import docker.tgz.tar "$image"
  docker login -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
  docker push "$image"
  docker rmi "$image"
  docker pull "$image"
  id=$(docker create "$image" /none)
  docker cp "$id:/data/file" got
  expect_same_file got docker.tgz.file
}
