# shellcheck shell=bash
# Our tokens at another registry: Docker Distribution, which is told our certificate and
# sends its clients to our token service.

needs='docker-registry skopeo'

setup() {
  minato token-certificate >certificate.pem
  openssl x509 -in certificate.pem -noout -subject -dates
  other=127.0.0.1:$(free_port)
  cat >config.yml <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $WORK/storage}, delete: {enabled: true}}
http: {addr: $other}
auth:
  token:
    realm: $URL/service/token
    service: harbor-registry
    issuer: harbor-token-issuer
    rootcertbundle: $WORK/certificate.pem
END
  # It would take REGISTRY_AUTH_FILE for a setting of its own.
  env -u REGISTRY_AUTH_FILE docker-registry serve config.yml </dev/null >registry.log 2>&1 &
  registry=$!
  answers() { [[ $(curl -s -o /dev/null -w '%{http_code}' "http://$other/v2/") == 401 ]]; }
  eventually 20 answers
  skopeo login --tls-verify=false -u "$ADMIN" --password-stdin "$other" <<<"$PASSWORD"
}
teardown() { kill "$registry" && wait "$registry"; }

# What the other registry answers to a request with this token.
status_with() { # TOKEN METHOD PATH
  curl -sS -o /dev/null -w '%{http_code}' -X "$2" -H "Authorization: Bearer $1" "http://$other$3"
}

# crane refuses to follow one loopback address to another, so skopeo does it all.
push() { # LAYOUT REPOSITORY [FLAG…]
  skopeo copy --quiet --dest-tls-verify=false "${@:3}" "oci:$1:x" "docker://$other/$2"
}

test_push_pull() {
  local digest
  digest=$(make_image layout x)
  push layout private/token/image:1
  skopeo copy --quiet --src-tls-verify=false "docker://$other/private/token/image:1" oci:back:x
  expect_same_blobs back layout
  expect_equal "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$other/private/token/image:1")" "$digest" digest
  # The mount asks for a token of two scopes.
  skopeo copy --quiet --src-tls-verify=false --dest-tls-verify=false \
    "docker://$other/private/token/image:1" "docker://$other/library/token/image:1"
  # Nobody's token, for what is public.
  skopeo copy --quiet --src-tls-verify=false --src-no-creds "docker://$other/library/token/image:1" oci:public:x
  expect_same_blobs public layout
}

test_refused() {
  make_image layout-refused x
  push layout-refused private/token/refused:1
  expect_refusal push layout-refused library/token/refused:1 --dest-creds "$USER2:$PASSWORD2"
  expect_match "$output" 'denied|unauthorized' 'what it says'
  expect_refusal push layout-refused library/token/refused:1 --dest-no-creds
  expect_refusal skopeo inspect --tls-verify=false --creds "$USER2:$PASSWORD2" "docker://$other/private/token/refused:1"
  expect_refusal skopeo inspect --tls-verify=false --no-creds "docker://$other/private/token/refused:1"
  expect_refusal skopeo inspect --tls-verify=false --creds "$ADMIN:Wrong1234" "docker://$other/private/token/refused:1"
}

test_scopes() {
  local repo=private/token/scopes pull digest
  digest=$(make_image layout-scopes x)
  push layout-scopes $repo:1
  pull=$(token repository:$repo:pull)
  expect_equal "$(status_with "$pull" GET /v2/$repo/tags/list)" 200 'pull with pull'
  expect_equal "$(status_with "$pull" POST /v2/$repo/blobs/uploads/)" 401 'push with pull'
  expect_equal "$(status_with "$pull" DELETE "/v2/$repo/manifests/$digest")" 401 'delete with pull'
  expect_equal "$(status_with "$(token repository:private/token/other:pull,push)" GET /v2/$repo/tags/list)" 401 \
    'pull with a token for another repository'
  expect_equal "$(status_with "$(as='' token repository:$repo:pull)" GET /v2/$repo/tags/list)" 401 "pull with nobody's token"
  expect_equal "$(status_with "${pull%????}AAAA" GET /v2/$repo/tags/list)" 401 'pull with a broken token'
  expect_equal "$(status_with "$(token repository:$repo:delete)" DELETE "/v2/$repo/manifests/$digest")" 202 'delete with delete'
  expect_equal "$(status_with "$(token 'registry:catalog:*')" GET /v2/_catalog)" 200 catalog
}
