# shellcheck shell=bash
# buildah: images built from nothing and from the registry, and lists of them.

needs='buildah'

b() {
  local global=(--root "$WORK/buildah/root" --runroot "$WORK/buildah/run" --storage-driver vfs)
  buildah "${global[@]}" "$@"
}

setup() {
  buildah login --tls-verify=false -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
}

# Builds library/buildah/NAME here, with the file $WORK/NAME in it.
build() { # NAME [ARCHITECTURE]
  local container
  head -c 700000 /dev/urandom >"$WORK/$1"
  container=$(b from scratch)
  b config --arch "${2:-amd64}" --label "name=$1" "$container"
  b add "$container" "$WORK/$1" /file
  b commit --rm "$container" "$REGISTRY/library/buildah/$1"
}

expect_file() { # IMAGE NAME
  local container root
  container=$(b from --tls-verify=false --pull-never "$1")
  root=$(b mount "$container")
  expect_same_file "$root/file" "$WORK/$2"
  b rm "$container"
}

test_push_pull() {
  local image=$REGISTRY/library/buildah/push-pull
  build push-pull
  b push --tls-verify=false --digestfile digest "$image"
  expect_equal "$(cat digest)" "$(digest_of library/buildah/push-pull latest)" 'the digest that the push tells'
  b rmi -f "$image"
  b pull --tls-verify=false "$image"
  expect_file "$image" push-pull
  expect_equal "$(b inspect --type image "$image" | jq -r '.OCIv1.config.Labels.name')" push-pull label
}

test_build_on_top() {
  local base=$REGISTRY/library/buildah/base image=$REGISTRY/library/buildah/on-top
  build base
  b push --tls-verify=false "$base"
  b rmi -f "$base"
  mkdir -p context
  head -c 3000 /dev/urandom >context/more
  printf 'FROM %s\nCOPY more /more\nLABEL layer=two\n' "$base" >context/Dockerfile
  b bud --tls-verify=false --isolation chroot --layers -t "$image" context
  # The base's layer is mounted or found there, not sent again.
  b push --tls-verify=false "$image"
  expect_equal "$(manifest library/buildah/on-top latest | jq -r '.layers[0].digest')" \
    "$(manifest library/buildah/base latest | jq -r '.layers[0].digest')" 'first layer'
  b rmi -f "$image" "$base"
  b pull --tls-verify=false "$image"
  expect_file "$image" base
}

test_docker_format() {
  build v2s2
  b push --tls-verify=false --format v2s2 "$REGISTRY/library/buildah/v2s2" "docker://$REGISTRY/private/buildah/v2s2:x"
  expect_equal "$(manifest private/buildah/v2s2 x | jq -r .mediaType)" \
    application/vnd.docker.distribution.manifest.v2+json 'media type'
}

test_manifest_push_all() {
  local list=$REGISTRY/library/buildah/list
  build amd64 amd64
  build arm64 arm64
  b manifest create list
  b manifest add list "containers-storage:$REGISTRY/library/buildah/amd64"
  b manifest add --arch arm64 --variant v8 list "containers-storage:$REGISTRY/library/buildah/arm64"
  b manifest push --tls-verify=false --all --digestfile digest list "docker://$list:all"
  expect_equal "$(cat digest)" "$(digest_of library/buildah/list all)" 'the digest that the push tells'
  manifest library/buildah/list all >index
  expect_equal "$(jq -r '.mediaType' index)" application/vnd.oci.image.index.v1+json 'media type'
  expect_equal "$(jq -r '.manifests[].platform | .architecture + (.variant // "")' index | xargs)" 'amd64 arm64v8' platforms
  for digest in $(jq -r '.manifests[].digest' index); do
    manifest library/buildah/list "$digest" | jq -r '.layers[0].digest' >>layers
  done
  expect_equal "$(sort -u layers | wc -l)" 2 'different layers'
  b rmi -a -f
  b pull --tls-verify=false --arch arm64 --variant v8 "$list:all"
  expect_file "$list:all" arm64
}
