# shellcheck shell=bash
# What the tests of real clients share: expectations, images made from nothing, and
# plain requests. run-file sources it before the test file.
#
# A test file knows
#   $BACKEND                    sqlite-disk or postgres-s3
#   $REGISTRY, $URL             127.0.0.1:PORT, and the same with http://
#   $ADMIN, $PASSWORD           the administrator
#   $USER2, $PASSWORD2          a user without any rights
#   $WORK                       a folder of the file's own, with HOME in it
# and the projects `library` (public) and `private`. Repositories are named after the
# file and the test, so that tests may run in any order and at the same time.

# --- expectations. Each ends the test with a line that says what was wrong.

fail() { echo "FAILED: $*" >&2; exit 1; }

expect_equal() { # ACTUAL WANTED WHAT
  [[ $1 == "$2" ]] || fail "$3: got \`$1\`, expected \`$2\`"
}

expect_different() { # ACTUAL UNWANTED WHAT
  [[ $1 != "$2" ]] || fail "$3: both are \`$1\`"
}

expect_match() { # TEXT REGEX WHAT
  [[ $1 =~ $2 ]] || fail "$3: got \`$1\`, expected a match of \`$2\`"
}

expect_same_file() { # ACTUAL WANTED
  cmp -- "$1" "$2" || fail "$1 differs from $2"
}

# The command must fail. What it says is in $output.
expect_refusal() { # COMMAND…
  if output=$("$@" 2>&1 </dev/null); then fail "\`$*\` succeeded: $output"; fi
  echo "refused as expected: $output"
}

# Tries until it succeeds; for what is promised only soon, such as a process being ready.
eventually() { # SECONDS COMMAND…
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "\`$*\` did not succeed in time"
    sleep 0.05
  done
}

# --- requests

sha256() { local sum; sum=$(sha256sum "$1") && echo "sha256:${sum%% *}"; }

# Does one request as the administrator and prints its status. The headers are in
# $WORK/headers (lower case, without CR), the body in $WORK/body. $as can be
# `NAME:PASSWORD`, or empty for nobody.
request() { # METHOD PATH-OR-URL [CURL ARGUMENT…]
  local method=$1 target=$2 status
  shift 2
  [[ $target == http* ]] || target=$URL$target
  local arguments=(-sS -o "$WORK/body" -D "$WORK/headers.raw" -w '%{http_code}' --max-time 60)
  [[ -z ${as-$ADMIN:$PASSWORD} ]] || arguments+=(-u "${as-$ADMIN:$PASSWORD}")
  if [[ $method == HEAD ]]; then arguments+=(-I); else arguments+=(-X "$method"); fi
  status=$(curl "${arguments[@]}" "$@" "$target") || fail "$method $target: curl ended with $?"
  # Of several header blocks (100, redirects) the last one counts.
  tr -d '\r' <"$WORK/headers.raw" | awk '/^HTTP\// { block = "" } { block = block $0 "\n" } END { printf "%s", block }' \
    | sed 's/^[^:]*:/\L&/' >"$WORK/headers"
  echo "$status"
}

header() { sed -n "s/^$1: *//p" "$WORK/headers"; }

expect_status() { # WANTED METHOD PATH [CURL ARGUMENT…]
  local wanted=$1 status
  shift
  status=$(request "$@")
  [[ $status == "$wanted" ]] ||
    fail "$1 $2: got $status, expected $wanted; $(cat "$WORK/headers"; head -c 2000 "$WORK/body")"
}

# Every type of manifest. A registry may answer only what is asked for.
ACCEPT='application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json'

# The registry's own word on a manifest, past all clients.
manifest() { # REPOSITORY REFERENCE
  expect_status 200 GET "/v2/$1/manifests/$2" -H "Accept: $ACCEPT"
  local digest
  digest=$(sha256 "$WORK/body")
  [[ $2 == sha512:* ]] || expect_equal "$(header docker-content-digest)" "$digest" "digest that is told of $1:$2"
  cat "$WORK/body"
}

digest_of() { # REPOSITORY REFERENCE
  expect_status 200 HEAD "/v2/$1/manifests/$2" -H "Accept: $ACCEPT"
  header docker-content-digest
}

tags_of() { # REPOSITORY: in one line
  expect_status 200 GET "/v2/$1/tags/list"
  jq -r '.tags | join(" ")' "$WORK/body"
}

# A registry token for scopes, asked for as $as.
token() { # SCOPE…
  local query='service=harbor-registry' scope
  for scope; do query+="&scope=$scope"; done
  expect_status 200 GET "/service/token?$query"
  jq -r .token "$WORK/body"
}

# Uploads a file at once and prints its digest.
push_blob() { # REPOSITORY FILE
  local digest
  digest=$(sha256 "$2")
  expect_status 201 POST "/v2/$1/blobs/uploads/?digest=$digest" --data-binary @"$2" \
    -H 'Content-Type: application/octet-stream'
  echo "$digest"
}

# --- images made from nothing, as OCI layouts. No two have the same content, so that no
# client finds what it should fetch in a cache.

# A layer, gzipped, with the file data/NAME of random bytes. The same bytes are left in
# FILE.NAME to compare with.
make_layer() { # FILE NAME [BYTES]
  local tree
  tree=$(mktemp -d -p "$WORK")
  mkdir "$tree/data"
  head -c "${3:-100000}" /dev/urandom >"$tree/data/$2"
  cp "$tree/data/$2" "$1.$2"
  tar -C "$tree" --sort=name --owner=0 --group=0 --numeric-owner -cf "$1.tar" data
  gzip -1 -n <"$1.tar" >"$1"
  rm -r "$tree"
}

# Moves a file into the layout and prints its descriptor.
add_blob() { # LAYOUT FILE MEDIA-TYPE
  local digest size
  digest=$(sha256 "$2") size=$(stat -c %s "$2")
  mkdir -p "$1/blobs/sha256"
  mv "$2" "$1/blobs/sha256/${digest#*:}"
  jq -nc --arg t "$3" --arg d "$digest" --argjson s "$size" '{mediaType: $t, digest: $d, size: $s}'
}

# An image of two layers, in an existing or new layout; prints its descriptor.
# The files in it are left as LAYOUT.ARCHITECTURE.one and .two.
add_image() { # LAYOUT ARCHITECTURE [BYTES OF THE SECOND LAYER]
  local layout=$1 name file layers='[]' ids='[]' layer
  mkdir -p "$layout"
  for name in one two; do
    file=$layout/layer
    if [[ $name == two ]]; then make_layer "$file" two "${3:-1500000}"; else make_layer "$file" one; fi
    mv "$file.$name" "$layout.$2.$name"
    ids=$(jq -c --arg id "$(sha256 "$file.tar")" '. + [$id]' <<<"$ids")
    rm "$file.tar"
    layer=$(add_blob "$layout" "$file" application/vnd.oci.image.layer.v1.tar+gzip)
    layers=$(jq -c --argjson layer "$layer" '. + [$layer]' <<<"$layers")
  done
  jq -nc --arg a "$2" --argjson ids "$ids" \
    '{architecture: $a, os: "linux", created: "2026-01-01T00:00:00Z", config: {Cmd: ["/data/one"], Labels: {made: "for a test"}},
      rootfs: {type: "layers", diff_ids: $ids},
      history: [$ids[] | {created: "2026-01-01T00:00:00Z", created_by: "a test"}]}' >"$layout/config"
  jq -nc --argjson config "$(add_blob "$layout" "$layout/config" application/vnd.oci.image.config.v1+json)" \
    --argjson layers "$layers" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: $layers}' >"$layout/manifest"
  add_blob "$layout" "$layout/manifest" application/vnd.oci.image.manifest.v1+json |
    jq -c --arg a "$2" '. + {platform: {os: "linux", architecture: $a}}'
}

finish_layout() { # LAYOUT TAG DESCRIPTOR
  echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
  jq -nc --arg tag "$2" --argjson d "$3" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [$d + {annotations: {"org.opencontainers.image.ref.name": $tag}}]}' >"$1/index.json"
  jq -r .digest <<<"$3"
}

# A layout with one image; prints the digest of its manifest.
make_image() { # LAYOUT TAG [BYTES OF THE SECOND LAYER]
  local descriptor
  descriptor=$(add_image "$1" amd64 "${3-}")
  finish_layout "$1" "$2" "$(jq -c 'del(.platform)' <<<"$descriptor")"
}

# A layout with an image for two architectures; prints the digest of its index.
make_index() { # LAYOUT TAG
  local amd64 arm64
  amd64=$(add_image "$1" amd64)
  arm64=$(add_image "$1" arm64)
  jq -nc --argjson a "$amd64" --argjson b "$arm64" \
    '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [$a, $b]}' >"$1/index"
  finish_layout "$1" "$2" "$(add_blob "$1" "$1/index" application/vnd.oci.image.index.v1+json)"
}

# Every blob of the layout must be in the other one.
expect_same_blobs() { # ACTUAL-LAYOUT WANTED-LAYOUT
  local file
  for file in "$2"/blobs/sha256/*; do expect_same_file "$1/blobs/sha256/${file##*/}" "$file"; done
}

# --- servers

# Below the range that the system takes ports of outgoing connections from.
free_port() {
  local port
  while :; do
    port=$((30000 + RANDOM % 2700))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# Becomes Minato, with the settings of the environment. It refuses variables of its
# prefix that it does not know, such as ours.
exec_minato() { # ARGUMENT…
  local binary=$MINATO_BIN
  unset MINATO_BIN
  exec "$binary" "$@" 3>&-
}

minato() { (exec_minato "$@"); }

# Starts one, its output in FILE, and sets $pid. With `MINATO_LISTEN=127.0.0.1:0` it
# takes any free port.
start_minato() { # FILE
  : >"$1"
  exec_minato serve </dev/null >"$1" 2>&1 &
  # shellcheck disable=SC2034 # for the caller
  pid=$!
}

# A database of the file's own beside the others; prints its URL.
new_database() { # NAME
  psql -qX "$MINATO_DATABASE_URL" -c "CREATE DATABASE $1" >&2
  echo "${MINATO_DATABASE_URL%/*}/$1"
}

# A Minato of the file's own, with the settings of the environment, in place of the run's:
# sets $URL and $REGISTRY, makes the projects and signs in.
serve_own() {
  start_minato "$WORK/log"
  own_server=$pid
  URL=$(address_of "$WORK/log" "$own_server")
  # shellcheck disable=SC2034 # for the caller
  REGISTRY=${URL#*://}
  populate "$URL"
  crane auth login "$REGISTRY" -u "$ADMIN" --password-stdin <<<"$PASSWORD"
}

end_own() {
  kill "$own_server"
  wait "$own_server"
}

# Prints the address of a Minato once it is ready.
address_of() { # FILE PID
  local address
  for _ in {1..600}; do
    address=$(sed -n 's/^Minato listens on //p' "$1")
    if [[ -n $address && $(curl -s -o /dev/null -w '%{http_code}' "$address/api/v2.0/health") == 200 ]]; then
      echo "$address"
      return
    fi
    kill -0 "$2" 2>/dev/null || break
    sleep 0.05
  done
  echo "minato did not get ready; it said:" >&2
  tail -n 20 "$1" >&2
  return 1
}

# Makes the second user and the private project.
populate() { # URL
  local url=$1
  curl -sSf -u "$ADMIN:$PASSWORD" -H 'Content-Type: application/json' "$url/api/v2.0/users" \
    -d "{\"username\":\"$USER2\",\"email\":\"$USER2@example.com\",\"realname\":\"Second\",\"password\":\"$PASSWORD2\"}" &&
    curl -sSf -u "$ADMIN:$PASSWORD" -H 'Content-Type: application/json' "$url/api/v2.0/projects" \
      -d '{"project_name":"private","metadata":{"public":"false"}}'
}
