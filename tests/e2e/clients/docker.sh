# shellcheck shell=bash
# docker, with a daemon of its own. It speaks the protocol in its own way: a connection
# for each request, chunked PATCHes without a length, and tokens for several scopes.

needs='docker dockerd'

setup() {
  DOCKER_HOST=$("$E2E/../tools/dockerd" start "$WORK/d")
  export DOCKER_HOST DOCKER_BUILDKIT=0 DOCKER_CLI_EXPERIMENTAL=enabled
  docker login -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
}
teardown() { "$E2E/../tools/dockerd" stop "$WORK/d"; }

# An image of two layers; their files stay in $WORK/NAME.
build() { # NAME [BYTES]
  local dir=$WORK/$1
  mkdir -p "$dir"
  head -c "${2:-2000000}" /dev/urandom >"$dir/big"
  head -c 5000 /dev/urandom >"$dir/small"
  printf 'FROM scratch\nCOPY big /big\nCOPY small /small\nCMD ["/small"]\n' >"$dir/Dockerfile"
  docker build -q --network none -t "$REGISTRY/library/docker/$1" "$dir"
}

# The files that the image of this name holds here must be those it was built from.
expect_files() { # IMAGE NAME
  local container file
  container=$(docker create "$1")
  for file in big small; do
    docker cp "$container:/$file" "$WORK/got"
    expect_same_file "$WORK/got" "$WORK/$2/$file"
  done
  docker rm "$container"
}

forget() { docker rmi -f "$@"; }

# Runs docker as somebody else: NAME:PASSWORD, or nobody.
docker_as() { # WHO COMMAND…
  local who=$1
  shift
  local DOCKER_CONFIG=$WORK/home/as-${who%%:*}
  export DOCKER_CONFIG
  if [[ -n $who ]]; then
    docker login -u "${who%%:*}" --password-stdin "$REGISTRY" <<<"${who#*:}" >/dev/null 2>&1
  fi
  docker "$@"
}

test_login_wrong_password() {
  export DOCKER_CONFIG=$WORK/home/wrong
  if output=$(docker login -u "$USER2" --password-stdin "$REGISTRY" <<<'Wrong1234' 2>&1); then fail "logged in: $output"; fi
  expect_match "$output" 'unauthorized' 'what it says'
  [[ ! -s $DOCKER_CONFIG/config.json ]] || expect_equal "$(jq '.auths // {} | length' "$DOCKER_CONFIG/config.json")" 0 'logins kept'
}

test_login() {
  export DOCKER_CONFIG=$WORK/home/right
  output=$(docker login -u "$USER2" --password-stdin "$REGISTRY" <<<"$PASSWORD2" 2>&1)
  expect_match "$output" 'Login Succeeded' 'what it says'
  expect_equal "$(jq -r --arg r "$REGISTRY" '.auths[$r].auth | @base64d' "$DOCKER_CONFIG/config.json")" \
    "$USER2:$PASSWORD2" 'login kept'
}

test_push_pull() {
  local image=$REGISTRY/library/docker/push-pull digest
  build push-pull 12000000
  docker push "$image" | tee out
  digest=$(digest_of library/docker/push-pull latest)
  expect_match "$(cat out)" "latest: digest: $digest size: " 'the digest that the push tells'
  forget "$image"
  docker pull "$image" | tee out
  expect_match "$(cat out)" "Digest: $digest" 'the digest that the pull tells'
  expect_files "$image" push-pull
}

test_push_again() {
  local image=$REGISTRY/library/docker/push-again first
  build push-again
  docker push "$image"
  first=$(digest_of library/docker/push-again latest)
  docker push "$image" | tee out
  expect_equal "$(grep -c 'Layer already exists' out)" 2 'layers that were there'
  expect_equal "$(digest_of library/docker/push-again latest)" "$first" 'digest'
}

test_second_tag() {
  local image=$REGISTRY/library/docker/second-tag
  build second-tag
  docker push "$image"
  docker tag "$image" "$image:2.0_rc-1"
  docker push "$image:2.0_rc-1"
  expect_equal "$(digest_of library/docker/second-tag 2.0_rc-1)" "$(digest_of library/docker/second-tag latest)" digest
  expect_equal "$(tags_of library/docker/second-tag)" '2.0_rc-1 latest' tags
  # With the tag moved away, the other one still has the old image.
  build second-tag-new
  docker tag "$REGISTRY/library/docker/second-tag-new" "$image"
  docker push "$image"
  expect_different "$(digest_of library/docker/second-tag 2.0_rc-1)" "$(digest_of library/docker/second-tag latest)" digests
  forget "$image" "$image:2.0_rc-1"
  docker pull "$image:2.0_rc-1"
  expect_files "$image:2.0_rc-1" second-tag
}

test_all_tags() {
  local image=$REGISTRY/library/docker/all-tags
  build all-tags
  docker tag "$image" "$image:a"
  docker tag "$image" "$image:b"
  docker push --all-tags "$image"
  expect_equal "$(tags_of library/docker/all-tags)" 'a b latest' tags
  forget "$image" "$image:a" "$image:b"
  docker pull --all-tags "$image"
  expect_equal "$(docker images --format '{{.Tag}}' "$image" | sort | xargs)" 'a b latest' 'pulled tags'
}

test_mount() {
  local image=$REGISTRY/library/docker/mount-from there=$REGISTRY/private/docker/mount-to
  build mount-from
  docker push "$image"
  docker tag "$image" "$there"
  docker push "$there" | tee out
  expect_equal "$(grep -c 'Mounted from library/docker/mount-from' out)" 2 'mounted layers'
  expect_equal "$(digest_of private/docker/mount-to latest)" "$(digest_of library/docker/mount-from latest)" digest
  forget "$image" "$there"
  docker pull "$there"
  expect_files "$there" mount-from
}

test_pull_by_digest() {
  local image=$REGISTRY/library/docker/by-digest digest
  build by-digest
  docker push "$image"
  digest=$(digest_of library/docker/by-digest latest)
  forget "$image"
  docker pull "$image@$digest"
  expect_equal "$(docker inspect -f '{{index .RepoDigests 0}}' "$image@$digest")" "$image@$digest" 'digest kept'
  expect_files "$image@$digest" by-digest
  expect_refusal docker pull "$image@sha256:$(printf '0%.0s' {1..64})"
  expect_match "$output" 'manifest unknown|not found' 'what it says'
}

test_anonymous() {
  local image=$REGISTRY/library/docker/anonymous
  build anonymous
  docker push "$image"
  forget "$image"
  docker_as '' pull "$image"
  expect_files "$image" anonymous
  docker tag "$image" "$image:mine"
  expect_refusal docker_as '' push "$image:mine"
  expect_match "$output" 'denied|unauthorized' 'what it says'
  expect_equal "$(tags_of library/docker/anonymous)" latest tags
}

test_denied() {
  local second=$USER2:$PASSWORD2 image=$REGISTRY/private/docker/denied
  build denied
  docker tag "$REGISTRY/library/docker/denied" "$image"
  docker push "$image"
  for there in "$image:mine" "$REGISTRY/library/docker/denied:mine" "$REGISTRY/private/docker/new"; do
    docker tag "$image" "$there"
    expect_refusal docker_as "$second" push "$there"
    expect_match "$output" 'denied|unauthorized' 'what it says'
  done
  expect_equal "$(tags_of private/docker/denied)" latest tags
  expect_status 404 GET /v2/private/docker/new/tags/list
  # A layer that is already here must not become readable by pushing what names it.
  expect_refusal docker_as "$second" push "$REGISTRY/private/docker/new"
}

# Who may not see a private project can't tell what is in it, nor whether it exists.
test_private_looks_absent() {
  local image=$REGISTRY/private/docker/hidden who repo said=''
  build hidden
  docker tag "$REGISTRY/library/docker/hidden" "$image"
  docker push "$image"
  forget "$image"
  for who in "$USER2:$PASSWORD2" ''; do
    said=''
    for repo in private/docker/hidden private/docker/absent absent/docker/absent; do
      expect_refusal docker_as "$who" pull "$REGISTRY/$repo"
      output=${output//$repo/REPOSITORY}
      [[ -z $said ]] || expect_equal "$output" "$said" "what it says of $repo"
      said=$output
    done
  done
}

test_manifest_list() {
  local image=$REGISTRY/library/docker/list
  build list-amd64
  build list-arm64
  docker tag "$REGISTRY/library/docker/list-amd64" "$image:amd64"
  docker tag "$REGISTRY/library/docker/list-arm64" "$image:arm64"
  docker push "$image:amd64"
  docker push "$image:arm64"
  docker manifest create --insecure "$image:both" "$image:amd64" "$image:arm64"
  docker manifest annotate --arch arm64 --variant v8 "$image:both" "$image:arm64"
  docker manifest push --insecure --purge "$image:both" | tee out
  expect_equal "$(cat out)" "$(digest_of library/docker/list both)" 'the digest that the push tells'
  docker manifest inspect --insecure "$image:both" >list
  expect_equal "$(jq -r '.manifests[] | .platform.architecture + " " + .digest' list | sort)" \
    "amd64 $(digest_of library/docker/list amd64)
arm64 $(digest_of library/docker/list arm64)" 'what the list holds'
  forget "$image:amd64" "$image:arm64" "$REGISTRY/library/docker/list-arm64"
  docker pull --platform linux/arm64/v8 "$image:both"
  expect_files "$image:both" list-arm64
}

# 20.10 asks for a chunked upload of an unknown length; here one that takes a while.
test_large_layer() {
  local image=$REGISTRY/library/docker/large
  build large 100000000
  docker push "$image"
  forget "$image"
  docker pull "$image"
  expect_files "$image" large
}
