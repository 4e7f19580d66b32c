# shellcheck shell=bash
# ctr, with a containerd of its own: one PUT for a whole blob, HEAD before each GET, and
# nothing believed that has no right Docker-Content-Digest.

needs='ctr containerd'

setup() {
  mkdir -p c
  cat >c/config.toml <<END
version = 2
root = "$WORK/c/root"
state = "$WORK/c/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$WORK/c/sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$WORK/c/opt"
END
  containerd -c c/config.toml </dev/null >c/log 2>&1 &
  containerd=$!
  eventually 20 ctr -a "$WORK/c/sock" version
}
teardown() { kill "$containerd" && wait "$containerd"; }

c() { ctr -a "$WORK/c/sock" "$@"; }
user=(--plain-http --user "$ADMIN:$PASSWORD")

# Takes a layout in as the image that is to be pushed.
import() { # LAYOUT IMAGE [FLAG…]: the image's tag is the layout's
  tar -C "$1" -cf "$1.tar" oci-layout index.json blobs
  c images import --no-unpack --base-name "$2" "${@:3}" "$1.tar"
}

# Every blob of the layout must be there, with nothing but its content.
expect_content() { # LAYOUT
  local file
  for file in "$1"/blobs/sha256/*; do
    c content get "sha256:${file##*/}" >got
    expect_same_file got "$file"
  done
}

# What is here would not be fetched.
forget() { # IMAGE
  c images rm --sync "$1"
  expect_equal "$(c content ls -q | wc -l)" 0 'blobs left'
}

test_push_pull() {
  local image=$REGISTRY/library/ctr/image:1 digest
  digest=$(make_image layout x 20000000)
  import layout "$REGISTRY/local"
  c images push "${user[@]}" "$image" "$REGISTRY/local:x"
  expect_equal "$(digest_of library/ctr/image 1)" "$digest" digest
  forget "$REGISTRY/local:x"
  c images pull "${user[@]}" --snapshotter native "$image"
  mkdir root
  c images mount --snapshotter native "$image" "$WORK/root"
  expect_same_file root/data/one layout.amd64.one
  expect_same_file root/data/two layout.amd64.two
  c images unmount --rm "$WORK/root"
  forget "$image"
}

test_anonymous() {
  local image=$REGISTRY/library/ctr/anonymous digest
  digest=$(make_image layout-anonymous x)
  import layout-anonymous "$REGISTRY/local"
  c images push "${user[@]}" "$image:1" "$REGISTRY/local:x"
  # What it says depends on whether it has sent all when the answer comes.
  expect_refusal c images push --plain-http "$image:2" "$REGISTRY/local:x"
  expect_equal "$(tags_of library/ctr/anonymous)" 1 tags
  forget "$REGISTRY/local:x"
  c images pull --plain-http --snapshotter native "$image@$digest"
  expect_content layout-anonymous
  forget "$image@$digest"
}

test_private() {
  local image=$REGISTRY/private/ctr/private
  make_image layout-private x
  import layout-private "$REGISTRY/local"
  c images push "${user[@]}" "$image:1" "$REGISTRY/local:x"
  forget "$REGISTRY/local:x"
  expect_refusal c content fetch --plain-http "$image:1"
  expect_refusal c content fetch --plain-http --user "$USER2:$PASSWORD2" "$image:1"
  expect_match "$output" '401|403|denied|not found|authorization failed' 'what it says'
  c content fetch "${user[@]}" "$image:1"
  expect_content layout-private
  forget "$image:1"
}

test_all_platforms() {
  local image=$REGISTRY/library/ctr/index:1 digest
  digest=$(make_index layout-index x)
  import layout-index "$REGISTRY/local" --all-platforms
  c images push "${user[@]}" "$image" "$REGISTRY/local:x"
  expect_equal "$(digest_of library/ctr/index 1)" "$digest" digest
  forget "$REGISTRY/local:x"
  c content fetch "${user[@]}" --all-platforms "$image"
  expect_content layout-index
  forget "$image"
}
