# shellcheck shell=bash
# Plain requests, for what no client can be made to do: resuming, cancelling, chunks out
# of order, conditions, and the headers of each answer.

needs='curl'

repo=library/curl
blob=$WORK/blob

setup() {
  head -c 5000000 /dev/urandom >"$blob"
  digest=$(push_blob $repo/blob "$blob")
}

# Opens an upload and prints the path of its session.
open_upload() { # REPOSITORY
  expect_status 202 POST "/v2/$1/blobs/uploads/" -H 'Content-Length: 0'
  expect_match "$(header docker-upload-uuid)" '^[0-9a-f-]{36}$' 'id of the upload'
  header location
}

part() { # FIRST LAST: bytes of the blob, in the file it prints
  head -c $(($2 + 1)) "$blob" | tail -c $(($2 - $1 + 1)) >"$WORK/part"
  echo "$WORK/part"
}

patch() { # STATUS LOCATION FIRST LAST [SAID-FIRST SAID-LAST]
  expect_status "$1" PATCH "$2" --data-binary @"$(part "$3" "$4")" \
    -H 'Content-Type: application/octet-stream' -H "Content-Range: ${5-$3}-${6-$4}"
}

error_code() { jq -r '.errors[0].code' "$WORK/body"; }

test_resume_download() {
  local address=$URL/v2/$repo/blob/blobs/$digest
  curl -sSf -u "$ADMIN:$PASSWORD" -r 0-1999999 -o "$WORK/resumed" "$address"
  expect_equal "$(stat -c %s "$WORK/resumed")" 2000000 'size of the part'
  curl -sSf -u "$ADMIN:$PASSWORD" -C - -o "$WORK/resumed" "$address"
  expect_same_file "$WORK/resumed" "$blob"
}

test_ranges() {
  local path=/v2/$repo/blob/blobs/$digest
  expect_status 206 GET "$path" -r 1000-1999
  expect_equal "$(header content-range)" 'bytes 1000-1999/5000000' 'content range'
  expect_equal "$(header content-length)" 1000 'content length'
  expect_same_file "$WORK/body" "$(part 1000 1999)"
  expect_status 206 GET "$path" -r -10
  expect_same_file "$WORK/body" "$(part 4999990 4999999)"
  expect_status 206 GET "$path" -r 4999990-9999999
  expect_same_file "$WORK/body" "$(part 4999990 4999999)"
  expect_status 416 GET "$path" -r 5000000-
  expect_equal "$(header content-range)" 'bytes */5000000' 'content range'
  # A part of something else is of no use.
  expect_status 200 GET "$path" -r 0-9 -H 'If-Range: "sha256:other"'
  expect_same_file "$WORK/body" "$blob"
  expect_status 206 GET "$path" -r 0-9 -H "If-Range: \"$digest\""
}

# containerd opens a range to the end, reads its part and hangs up, many times.
test_hang_up() {
  local i
  for i in {0..39}; do
    curl -sS -u "$ADMIN:$PASSWORD" -r $((i * 100000))- "$URL/v2/$repo/blob/blobs/$digest" 2>/dev/null |
      head -c 100000 >>"$WORK/pieces" || true
  done
  expect_same_file "$WORK/pieces" "$(part 0 3999999)"
}

test_conditions() {
  local path etag
  expect_status 201 PUT /v2/$repo/blob/manifests/x -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
    -d '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
  for path in /v2/$repo/blob/manifests/x "/v2/$repo/blob/blobs/$digest"; do
    expect_status 200 GET "$path" -H 'Accept: */*'
    etag=$(header etag)
    expect_equal "$etag" "\"$(header docker-content-digest)\"" etag
    rm "$WORK/body"
    for tags in "$etag" "W/$etag" "\"other\", $etag" '*'; do
      expect_status 304 GET "$path" -H "If-None-Match: $tags"
      [[ ! -s $WORK/body ]] || fail "304 with a body: $(head -c 100 "$WORK/body")"
      expect_equal "$(header etag)" "$etag" etag
    done
    expect_status 200 GET "$path" -H 'If-None-Match: "other"'
  done
}

# What a client learns from HEAD must hold for GET.
test_head_parity() {
  local path
  expect_status 201 PUT /v2/$repo/blob/manifests/head -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
    -d '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
  for path in "blobs/$digest" manifests/head "blobs/${digest%?????}00000" manifests/absent; do
    for method in HEAD GET; do
      request $method "/v2/$repo/blob/$path" >"$WORK/$method"
      grep -v '^date:\|^x-request-id:' "$WORK/headers" | sort >>"$WORK/$method"
    done
    diff "$WORK/HEAD" "$WORK/GET"
  done
  request HEAD "/v2/$repo/blob/blobs/$digest"
  for name in content-length accept-ranges etag docker-content-digest cache-control docker-distribution-api-version content-type; do
    [[ -n $(header $name) ]] || fail "no header $name"
  done
}

# Nothing is compressed on the way: lengths and ranges would not be right any more.
test_identity() {
  expect_status 200 GET "/v2/$repo/blob/blobs/$digest" -H 'Accept-Encoding: zstd;q=1.0, gzip;q=0.8'
  expect_equal "$(header content-encoding)" '' 'content encoding'
  expect_equal "$(header content-length)" 5000000 'content length'
  expect_same_file "$WORK/body" "$blob"
}

test_expect_100() {
  local location
  location=$(open_upload $repo/expect)
  expect_status 201 PUT "$location?digest=$digest" -T "$blob" -H 'Expect: 100-continue' --expect100-timeout 20 -w '%{http_code}'
  grep -q '^HTTP/1.1 100' "$WORK/headers.raw"
  # Who may not is told so before anything is sent.
  status=$(curl -sS -o /dev/null -w '%{http_code} %{size_upload}' -u "$USER2:$PASSWORD2" -T "$blob" \
    -H 'Expect: 100-continue' --expect100-timeout 20 "$URL$location?digest=$digest")
  expect_match "$status" '^40[13] 0$' 'status and bytes sent'
}

test_chunks() {
  local location
  location=$(open_upload $repo/chunks)
  patch 202 "$location" 0 999999
  expect_equal "$(header range)" 0-999999 range
  location=$(header location)
  # A gap, a repetition, a start over, and a header that does not fit the body.
  patch 416 "$location" 1500000 1999999
  patch 416 "$location" 0 999999
  patch 416 "$location" 500000 1499999
  patch 416 "$location" 1000000 1999999 1000000 1999990
  expect_status 204 GET "$location"
  expect_equal "$(header range)" 0-999999 'range after the refusals'
  location=$(header location)
  patch 202 "$location" 1000000 2999999
  # Without a range it is simply the next piece.
  expect_status 202 PATCH "$(header location)" --data-binary @"$(part 3000000 3999999)" -H 'Transfer-Encoding: chunked'
  expect_equal "$(header range)" 0-3999999 range
  location=$(header location)
  expect_status 416 PUT "$location?digest=$digest" --data-binary @"$(part 4500000 4999999)" -H 'Content-Range: 4500000-4999999'
  expect_status 201 PUT "$location?digest=$digest" --data-binary @"$(part 4000000 4999999)" -H 'Content-Range: 4000000-4999999'
  expect_equal "$(header location)" "/v2/$repo/chunks/blobs/$digest" 'where the blob is'
  expect_status 200 GET "/v2/$repo/chunks/blobs/$digest"
  expect_same_file "$WORK/body" "$blob"
  expect_status 404 GET "$location"
}

test_empty_upload() {
  local location empty=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  location=$(open_upload $repo/empty)
  expect_status 204 GET "$location"
  expect_equal "$(header range)" 0-0 range
  expect_status 201 PUT "$location?digest=$empty" -H 'Content-Length: 0'
  expect_status 200 GET "/v2/$repo/empty/blobs/$empty"
  expect_equal "$(header content-length)" 0 'content length'
}

test_cancel() {
  local location
  location=$(open_upload $repo/cancel)
  patch 202 "$location" 0 99999
  expect_status 204 DELETE "$location"
  expect_status 404 GET "$location"
  expect_equal "$(error_code)" BLOB_UPLOAD_UNKNOWN error
  expect_status 404 PATCH "$location" --data-binary x
  expect_status 404 PUT "$location?digest=$digest"
  expect_status 404 DELETE "$location"
}

# The connection breaks in the middle of a chunk. What came is kept or not; the status
# tells, and the rest goes over another connection.
test_broken_upload() {
  local location last
  location=$(open_upload $repo/broken)
  patch 202 "$location" 0 999999
  curl -sS -u "$ADMIN:$PASSWORD" -X PATCH -T "$(part 1000000 4999999)" --limit-rate 1500k --max-time 1 "$URL$location" && fail 'was not cut off'
  last=$(resume "$location")
  echo "kept up to $last"
  expect_status 201 PUT "$(header location)?digest=$digest"
  expect_status 200 GET "/v2/$repo/broken/blobs/$digest"
  expect_same_file "$WORK/body" "$blob"
}

# As a client does: ask where the upload stands and send the rest. The server may still be writing
# what it got before the cut; then it is busy, or stands further on by the time the rest arrives.
resume() { # LOCATION
  local last
  for _ in {1..50}; do
    if [[ $(request GET "$1") == 204 ]]; then
      last=$(header range)
      last=${last#0-}
      ((last >= 999999 && last < 4999999)) || fail "the upload is at $last"
      case $(request PATCH "$(header location)" --data-binary @"$(part $((last + 1)) 4999999)" \
        -H 'Content-Type: application/octet-stream' -H "Content-Range: $((last + 1))-4999999") in
        202) echo "$last" && return ;;
        416 | 503) ;;
        *) fail "the rest was answered $(head -1 "$WORK/headers"): $(cat "$WORK/body")" ;;
      esac
    fi
    sleep 0.1
  done
  fail 'the upload could not be resumed'
}

test_wrong_digest() {
  local location other=sha256:0000000000000000000000000000000000000000000000000000000000000000
  location=$(open_upload $repo/wrong)
  patch 202 "$location" 0 4999999
  expect_status 400 PUT "$location?digest=$other"
  expect_equal "$(error_code)" DIGEST_INVALID error
  expect_status 404 HEAD "/v2/$repo/wrong/blobs/$other"
  expect_status 400 POST "/v2/$repo/wrong/blobs/uploads/?digest=$other" --data-binary @"$blob"
  expect_status 400 POST "/v2/$repo/wrong/blobs/uploads/?digest=nonsense" --data-binary x
  expect_status 404 HEAD "/v2/$repo/wrong/blobs/$digest"
}

# An upload belongs to who began it, and to its repository.
test_foreign_upload() {
  local location
  location=$(open_upload private/curl/own)
  patch 202 "$location" 0 99999
  as=$USER2:$PASSWORD2 expect_status 401 GET "$location"
  as='' expect_status 401 GET "$location"
  expect_status 404 GET "${location/own/other}"
  expect_status 204 GET "$location"
}

test_mount() {
  expect_status 201 POST "/v2/private/curl/mount/blobs/uploads/?mount=$digest&from=$repo/blob&origin=x"
  expect_equal "$(header location)" "/v2/private/curl/mount/blobs/$digest" 'where the blob is'
  expect_status 200 GET "/v2/private/curl/mount/blobs/$digest"
  expect_same_file "$WORK/body" "$blob"
  # What one may not read can't be had so.
  head -c 1000 /dev/urandom >"$WORK/secret"
  local secret
  secret=$(push_blob private/curl/secret "$WORK/secret")
  expect_status 202 POST "/v2/$repo/mount/blobs/uploads/?mount=$secret&from=$repo/blob"
  expect_status 404 HEAD "/v2/$repo/mount/blobs/$secret"
  as='' expect_status 401 GET "/v2/private/curl/secret/blobs/$secret"
}

test_challenge() {
  local realm
  realm="Bearer realm=\"$URL/service/token\",service=\"harbor-registry\""
  as='' expect_status 401 GET /v2/
  expect_equal "$(header www-authenticate)" "$realm" challenge
  as='' expect_status 401 GET "/v2/$repo/blob/blobs/$digest"
  expect_equal "$(header www-authenticate)" "$realm,scope=\"repository:$repo/blob:pull\"" challenge
  as='' expect_status 401 POST "/v2/$repo/blob/blobs/uploads/"
  expect_equal "$(header www-authenticate)" "$realm,scope=\"repository:$repo/blob:pull,push\"" challenge
  expect_equal "$(error_code)" UNAUTHORIZED error
}

test_tokens() {
  local mine nobodys
  mine=$(token "repository:$repo/blob:pull")
  nobodys=$(as='' token "repository:$repo/blob:pull,push")
  for bearer in "$mine" "$nobodys"; do
    as='' expect_status 200 GET "/v2/$repo/blob/blobs/$digest" -H "Authorization: Bearer $bearer"
    as='' expect_status 401 POST "/v2/$repo/blob/blobs/uploads/" -H "Authorization: Bearer $bearer"
    expect_match "$(header www-authenticate)" 'error="insufficient_scope"' challenge
    as='' expect_status 401 GET "/v2/$repo/other/tags/list" -H "Authorization: Bearer $bearer"
  done
  as='' expect_status 401 GET "/v2/$repo/blob/blobs/$digest" -H "Authorization: Bearer ${mine%????}AAAA"
  expect_match "$(header www-authenticate)" 'error="invalid_token"' challenge
  as=$USER2:Wrong1234 expect_status 401 GET "/service/token?service=harbor-registry&scope=repository:$repo/blob:pull"
  # Who may do less than asked for gets less.
  expect_equal "$(as=$USER2:$PASSWORD2 token "repository:private/curl/x:pull,push" | cut -d. -f2 | tr '_-' '/+' | base64 -di 2>/dev/null | jq -c '.access[0].actions // []')" '[]' 'granted actions'
}

test_large_manifest() {
  local size
  for size in 4000000 4300000; do
    head -c "$size" /dev/zero | tr '\0' x >"$WORK/filler"
    jq -nc --rawfile x "$WORK/filler" \
      '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [], annotations: {x: $x}}' >"$WORK/large"
    if ((size < 4194304)); then wanted=201; else wanted=413; fi
    expect_status $wanted PUT "/v2/$repo/large/manifests/$size" --data-binary @"$WORK/large" \
      -H 'Content-Type: application/vnd.oci.image.index.v1+json'
  done
  expect_status 200 GET "/v2/$repo/large/manifests/4000000"
}

test_many_tags_at_once() {
  expect_status 201 PUT "/v2/$repo/tags/manifests/a" -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
    -d '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
  local index
  index=$(header docker-content-digest)
  expect_status 201 PUT "/v2/$repo/tags/manifests/$index?tag=b&tag=B&tag=0.1&tag=_x&tag=a-b" \
    -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
    -d '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
  expect_equal "$(header oci-tag | sort | xargs)" "$(printf '%s\n' b B 0.1 _x a-b | sort | xargs)" 'tags made'
  # By bytes, whatever the database sorts by; and so in pages, too.
  expect_equal "$(tags_of $repo/tags)" '0.1 B _x a a-b b' tags
  local path="/v2/$repo/tags/tags/list?n=2" found=()
  while [[ -n $path ]]; do
    expect_status 200 GET "$path"
    mapfile -t -O ${#found[@]} found < <(jq -r '.tags[]' "$WORK/body")
    path=$(header link | sed -n 's/^<\(.*\)>; rel="next"$/\1/p')
  done
  expect_equal "${found[*]}" '0.1 B _x a a-b b' 'tags from all pages'
}

# Eight clients push the same at the same time.
test_same_at_once() {
  local i pids=()
  head -c 3000000 /dev/urandom >"$WORK/same"
  local same
  same=$(sha256 "$WORK/same")
  for i in {1..8}; do
    curl -sS -o /dev/null -w '%{http_code}\n' -u "$ADMIN:$PASSWORD" --data-binary @"$WORK/same" \
      -H 'Content-Type: application/octet-stream' "$URL/v2/$repo/same-$((i % 3))/blobs/uploads/?digest=$same" >"$WORK/status-$i" &
    pids+=($!)
  done
  wait "${pids[@]}"
  expect_equal "$(cat "$WORK"/status-* | sort -u)" 201 statuses
  for i in 0 1 2; do
    expect_status 200 GET "/v2/$repo/same-$i/blobs/$same"
    expect_same_file "$WORK/body" "$WORK/same"
  done
}

test_http2() {
  expect_status 200 GET "/v2/$repo/blob/blobs/$digest" --http2-prior-knowledge
  expect_same_file "$WORK/body" "$blob"
  expect_status 201 POST "/v2/$repo/http2/blobs/uploads/?digest=$digest" --http2-prior-knowledge --data-binary @"$blob"
}

# Each refusal is JSON with a code of the specification.
test_errors() {
  local line
  while read -r status code method path; do
    expect_status "$status" "$method" "/v2/$path"
    expect_equal "$(error_code)" "$code" "error of $method $path"
    expect_match "$(header content-type)" '^application/json' 'content type'
  done <<END
404 NAME_UNKNOWN GET $repo/absent/tags/list
404 MANIFEST_UNKNOWN GET $repo/blob/manifests/absent
404 BLOB_UNKNOWN GET $repo/blob/blobs/${digest%?????}00000
400 DIGEST_INVALID GET $repo/blob/blobs/sha256:short
400 NAME_INVALID GET library/Curl/manifests/x
404 BLOB_UPLOAD_UNKNOWN GET $repo/blob/blobs/uploads/6f1b1c1e-6f0a-4a6e-9a55-0b7b7d2f3c11
404 MANIFEST_UNKNOWN DELETE $repo/blob/manifests/absent
404 BLOB_UNKNOWN DELETE $repo/blob/blobs/${digest%?????}00000
400 MANIFEST_INVALID PUT $repo/blob/manifests/x
END
}
