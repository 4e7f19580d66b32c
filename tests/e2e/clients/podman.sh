# shellcheck shell=bash
# podman: login, images pushed in both formats, lists of tags, private projects.

needs='podman'

p() {
  local global=(--root "$WORK/podman/root" --runroot "$WORK/podman/run" --storage-driver vfs --cgroup-manager cgroupfs --events-backend none)
  case $1 in
    push | pull | search | login | manifest) podman "${global[@]}" "$@" --tls-verify=false ;;
    *) podman "${global[@]}" "$@" ;;
  esac
}

setup() { podman login --tls-verify=false -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"; }

# Makes the image library/podman/NAME here. Its files stay beside $WORK/NAME.
build() { # NAME
  make_image "$WORK/$1" "$1" >/dev/null
  tar -C "$WORK/$1" -cf "$WORK/$1.tar" oci-layout index.json blobs
  local id
  p load -i "$WORK/$1.tar" >&2
  id=$(jq -r .config.digest "$WORK/$1/blobs/sha256/$(jq -r '.manifests[0].digest' "$WORK/$1/index.json" | cut -d: -f2)")
  p tag "${id#*:}" "$REGISTRY/library/podman/$1"
  p untag "${id#*:}" "localhost/$1:latest" >&2
}

expect_files() { # IMAGE NAME
  local container file
  container=$(p create "$1")
  for file in one two; do
    p cp "$container:/data/$file" "$WORK/got"
    expect_same_file "$WORK/got" "$WORK/$2.amd64.$file"
  done
  p rm "$container"
}

test_login() {
  expect_equal "$(p login --get-login "$REGISTRY")" "$ADMIN" 'who is logged in'
  export REGISTRY_AUTH_FILE=$WORK/second.json
  if output=$(p login -u "$USER2" --password-stdin "$REGISTRY" <<<'Wrong1234' 2>&1); then fail "logged in: $output"; fi
  expect_match "$output" 'invalid username/password' 'what it says'
  p login -u "$USER2" --password-stdin "$REGISTRY" <<<"$PASSWORD2"
  expect_equal "$(p login --get-login "$REGISTRY")" "$USER2" 'who is logged in'
  p logout "$REGISTRY"
}

test_push_pull() {
  local image=$REGISTRY/library/podman/push-pull digest
  build push-pull
  p push --digestfile digest "$image"
  digest=$(digest_of library/podman/push-pull latest)
  expect_equal "$(cat digest)" "$digest" 'the digest that the push tells'
  expect_equal "$(manifest library/podman/push-pull latest | jq -r .mediaType)" \
    application/vnd.oci.image.manifest.v1+json 'media type'
  p rmi -f "$image"
  p pull "$image"
  expect_files "$image" push-pull
  p rmi -f "$image"
  p pull "$image@$digest"
  expect_match "$(p inspect -f '{{.RepoDigests}}' "$image@$digest")" "$image@$digest" 'digest kept'
  expect_files "$image@$digest" push-pull
}

test_docker_format() {
  local image=$REGISTRY/library/podman/v2s2
  build v2s2
  p push --format v2s2 "$image"
  expect_equal "$(manifest library/podman/v2s2 latest | jq -r '.mediaType, .layers[0].mediaType' | xargs)" \
    'application/vnd.docker.distribution.manifest.v2+json application/vnd.docker.image.rootfs.diff.tar.gzip' 'media types'
  p rmi -f "$image"
  p pull "$image"
  expect_files "$image" v2s2
}

test_tags() {
  local image=$REGISTRY/library/podman/tags
  build tags
  for tag in 1.0 1.0.1 v1.1-rc.1; do p push "$image" "$image:$tag"; done
  p search --list-tags "$image" | awk 'NR > 1 { print $2 }' | sort | xargs >listed
  expect_equal "$(cat listed)" '1.0 1.0.1 v1.1-rc.1' tags
}

test_private() {
  local image=$REGISTRY/private/podman/private
  build private
  p push "$REGISTRY/library/podman/private" "$image"
  p rmi -f "$REGISTRY/library/podman/private"
  p login --authfile "$WORK/other.json" -u "$USER2" --password-stdin "$REGISTRY" <<<"$PASSWORD2"
  expect_refusal p pull --authfile "$WORK/other.json" "$image"
  expect_match "$output" 'denied|unauthorized|manifest unknown|not found' 'what it says'
  expect_refusal p pull --authfile "$WORK/nobody.json" "$image"
  p pull "$image"
  expect_files "$image" private
  expect_refusal p push --authfile "$WORK/other.json" "$image" "$image:mine"
  expect_equal "$(tags_of private/podman/private)" latest tags
}

test_anonymous() {
  local image=$REGISTRY/library/podman/anonymous
  build anonymous
  p push "$image"
  p rmi -f "$image"
  echo '{}' >"$WORK/nobody.json"
  p pull --authfile "$WORK/nobody.json" "$image"
  expect_files "$image" anonymous
}
