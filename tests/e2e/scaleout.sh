# shellcheck shell=bash
# Three replicas with one database and one bucket, and nginx in front that sends each
# connection to the next of them. Nothing may depend on which one answers.

backends=postgres-s3
needs='nginx psql crane skopeo docker'

# Starts the replica N, at its address, and sets $log. Its process id is in a file,
# because tests, which are processes of their own, may restart it.
start_replica() { # N
  export MINATO_DATA_DIR=$WORK/replica-$1/data MINATO_LISTEN=127.0.0.1:${port[$1]}
  mkdir -p "$WORK/replica-$1"
  log=$WORK/replica-$1/log-$((++starts))
  start_minato "$log"
  echo "$pid" >"$WORK/pid-$1"
  disown "$pid"
}

declare -a port url
starts=0

setup() {
  local n
  export MINATO_TRUSTED_PROXIES=127.0.0.1
  original_database=$MINATO_DATABASE_URL
  MINATO_DATABASE_URL=$(new_database scaleout)
  MINATO_STORAGE_URL=${MINATO_STORAGE_URL/main/scaleout}
  for n in 1 2 3; do
    port[n]=$(free_port)
    url[n]=http://127.0.0.1:${port[n]}
  done
  front=127.0.0.1:$(free_port)
  # All at the very same moment, on an empty database.
  local logs=()
  for n in 1 2 3; do
    start_replica "$n"
    logs[n]=$log
  done
  for n in 1 2 3; do address_of "${logs[n]}" "$(cat "$WORK/pid-$n")"; done
  populate "${url[1]}"

  mkdir -p nginx
  cat >nginx/conf <<END
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log;
events { worker_connections 1000; }
http {
  access_log access.log;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  upstream minato { server 127.0.0.1:${port[1]}; server 127.0.0.1:${port[2]}; server 127.0.0.1:${port[3]}; }
  server {
    listen $front;
    client_max_body_size 0;
    location / {
      proxy_pass http://minato;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_set_header Host \$http_host;
      proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto \$scheme;
    }
  }
}
END
  nginx -p "$WORK/nginx/" -c conf -e error.log </dev/null >nginx/out 2>&1 &
  nginx=$!
  answers() { [[ $(curl -s -o /dev/null -w '%{http_code}' "http://$front/v2/") == 401 ]]; }
  eventually 20 answers
  # From here on everything asks nginx unless it says otherwise.
  URL=http://$front REGISTRY=$front
  crane auth login "$REGISTRY" -u "$ADMIN" --password-stdin <<<"$PASSWORD"
}

teardown() {
  local n
  for n in 1 2 3; do kill "$(cat "$WORK/pid-$n")"; done
  kill "$nginx"
  wait
  [[ ! -d $WORK/d ]] || "$E2E/../tools/dockerd" stop "$WORK/d"
}

# The index that has nothing in it but a text, as a manifest to push.
small_manifest() { # TEXT
  jq -nc --arg x "$1" '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [], annotations: {text: $x}}' >"$WORK/small"
  sha256 "$WORK/small"
}

put_small() { # REPLICA REPOSITORY REFERENCE
  expect_status 201 PUT "${url[$1]}/v2/$2/manifests/$3" --data-binary @"$WORK/small" \
    -H 'Content-Type: application/vnd.oci.image.index.v1+json'
}

expect_digest() { # REPLICA REPOSITORY REFERENCE WANTED
  expect_status 200 HEAD "${url[$1]}/v2/$2/manifests/$3"
  expect_equal "$(header docker-content-digest)" "$4" "digest of $2:$3 at replica $1"
}

test_same_start() {
  local n m answer
  # Each knows the password, and trusts the tokens of the others.
  for n in 1 2 3; do
    expect_status 200 GET "${url[n]}/service/token?service=harbor-registry&scope=registry:catalog:*"
    answer=$(jq -r .token "$WORK/body")
    for m in 1 2 3; do
      as='' expect_status 200 GET "${url[m]}/v2/_catalog" -H "Authorization: Bearer $answer"
    done
  done
  expect_status 200 GET '/api/v2.0/projects?name=library'
  expect_equal "$(jq -r '.[].name' "$WORK/body")" library 'projects made at the start'
}

# Two start on an empty database without a password given. One makes it up; it holds at
# both, and the other must not tell another one.
test_same_start_made_up_password() {
  local round pids logs dirs told passwords log
  unset MINATO_ADMIN_PASSWORD
  for round in 1 2 3; do
    MINATO_DATABASE_URL=$(MINATO_DATABASE_URL=$original_database new_database "made_up_$round")
    pids=() logs=() passwords=()
    for n in 1 2; do
      export MINATO_DATA_DIR=$WORK/made-up-$round-$n MINATO_LISTEN=127.0.0.1:0
      start_minato "$WORK/made-up-$round-$n.log"
      pids+=("$pid") logs+=("$WORK/made-up-$round-$n.log")
    done
    addresses=("$(address_of "${logs[0]}" "${pids[0]}")" "$(address_of "${logs[1]}" "${pids[1]}")")
    for log in "${logs[@]}"; do
      cat "$log"
      told=$(sed -n 's,^  sign in: admin / \([^ ]*\) .*,\1,p' "$log")
      [[ -z $told ]] || passwords+=("$told")
    done
    expect_equal "${#passwords[@]}" 1 'passwords told'
    for address in "${addresses[@]}"; do
      as=$ADMIN:${passwords[0]} expect_status 200 GET "$address/api/v2.0/users/current"
    done
    for n in 1 2; do
      [[ ! -e $WORK/made-up-$round-$n/admin-password ]] ||
        expect_equal "$(cat "$WORK/made-up-$round-$n/admin-password")" "${passwords[0]}" "password that replica $n keeps in a file"
    done
    kill "${pids[@]}"
    wait "${pids[@]}"
  done
}

test_addresses_behind_the_proxy() {
  local location
  as='' expect_status 401 GET /v2/library/scaleout/x/tags/list
  expect_match "$(header www-authenticate)" "realm=\"http://$front/service/token\"" challenge
  expect_status 202 POST /v2/library/scaleout/x/blobs/uploads/
  location=$(header location)
  [[ $location == /v2/* || $location == http://$front/v2/* ]] || fail "the upload is at $location"
  expect_status 204 DELETE "$location"
}

test_docker() {
  local image=$REGISTRY/library/scaleout/docker:1 container
  DOCKER_HOST=$("$E2E/../tools/dockerd" start "$WORK/d")
  export DOCKER_HOST DOCKER_BUILDKIT=0
  mkdir -p image
  head -c 12000000 /dev/urandom >image/big
  head -c 500000 /dev/urandom >image/small
  printf 'FROM scratch\nCOPY big /big\nCOPY small /small\nCMD ["/small"]\n' >image/Dockerfile
  docker build -q --network none -t "$image" image
  docker login -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
  docker push "$image"
  docker rmi "$image"
  docker pull "$image"
  container=$(docker create "$image")
  for file in big small; do
    docker cp "$container:/$file" got
    expect_same_file got "image/$file"
  done
  # All three took part.
  for n in 1 2 3; do grep -q 'library/scaleout/docker' "$WORK/replica-$n"/log-*; done
}

test_clients() {
  local digest
  digest=$(make_index layout x)
  crane push --index layout "$REGISTRY/library/scaleout/crane:1"
  skopeo copy --all --dest-tls-verify=false oci:layout:x "docker://$REGISTRY/library/scaleout/skopeo:1" --dest-creds "$ADMIN:$PASSWORD"
  skopeo copy --all --src-tls-verify=false "docker://$REGISTRY/library/scaleout/skopeo:1" oci:back:x
  expect_same_blobs back layout
  crane copy "$REGISTRY/library/scaleout/skopeo:1" "$REGISTRY/private/scaleout/crane:1"
  expect_equal "$(digest_of private/scaleout/crane 1)" "$digest" digest
}

# One upload, each chunk to another replica, the status from the third.
test_chunks_to_each() {
  local path digest n i size=6000000 chunk=1000000
  head -c $size /dev/urandom >whole
  digest=$(sha256 whole)
  expect_status 202 POST "${url[1]}/v2/library/scaleout/chunks/blobs/uploads/"
  path=$(header location)
  for i in {0..5}; do
    n=$((i % 3 + 1))
    dd if=whole of=chunk bs=$chunk skip="$i" count=1 status=none
    expect_status 202 PATCH "${url[n]}$path" --data-binary @chunk \
      -H "Content-Range: $((i * chunk))-$(((i + 1) * chunk - 1))" -H 'Content-Type: application/octet-stream'
    path=$(header location)
    # The same again, and what does not continue it, at the next.
    n=$((n % 3 + 1))
    expect_status 416 PATCH "${url[n]}$path" --data-binary @chunk -H "Content-Range: $((i * chunk))-$(((i + 1) * chunk - 1))"
    n=$((n % 3 + 1))
    expect_status 204 GET "${url[n]}$path"
    expect_equal "$(header range)" "0-$(((i + 1) * chunk - 1))" "range at replica $n"
  done
  expect_status 201 PUT "${url[3]}$path?digest=$digest"
  for n in 1 2 3; do
    expect_status 200 GET "${url[n]}/v2/library/scaleout/chunks/blobs/$digest"
    expect_same_file "$WORK/body" whole
    expect_status 404 GET "${url[n]}$path"
  done
}

# The same chunk at all of them at once, as when a client gives up waiting and tries
# again: one comes through, the others are told to try again or that the chunk is there,
# and the upload has it once. The larger one is more than one part of a multipart upload.
test_same_chunk_at_once() {
  local path digest round bytes pids
  for bytes in 500000 500000 500000 500000 18000000 18000000; do
    head -c $((bytes + 300000)) /dev/urandom >whole-race
    digest=$(sha256 whole-race)
    head -c 300000 whole-race >first-chunk
    tail -c $bytes whole-race >second-chunk
    expect_status 202 POST "${url[1]}/v2/library/scaleout/race/blobs/uploads/"
    path=$(header location)
    expect_status 202 PATCH "${url[2]}$path" --data-binary @first-chunk -H 'Content-Range: 0-299999'
    pids=()
    for n in 1 2 3; do
      curl -sS -o /dev/null -w '%{http_code}\n' -u "$ADMIN:$PASSWORD" -X PATCH --data-binary @second-chunk \
        -H "Content-Range: 300000-$((bytes + 299999))" "${url[n]}$path" >"status-$n" &
      pids+=($!)
    done
    wait "${pids[@]}"
    echo "$bytes bytes: $(cat status-1 status-2 status-3 | xargs)"
    expect_match "$(cat status-1 status-2 status-3 | sort | xargs)" '^202 (416|503) (416|503)$' statuses
    expect_status 204 GET "${url[1]}$path"
    expect_equal "$(header range)" "0-$((bytes + 299999))" range
    expect_status 201 PUT "${url[3]}$path?digest=$digest"
    expect_status 200 GET "${url[2]}/v2/library/scaleout/race/blobs/$digest"
    expect_same_file "$WORK/body" whole-race
  done
}

# Two close the same upload at once.
test_same_finish_at_once() {
  local path digest round n
  for round in {1..5}; do
    head -c 300000 /dev/urandom >whole-finish
    digest=$(sha256 whole-finish)
    expect_status 202 POST "${url[1]}/v2/library/scaleout/finish/blobs/uploads/"
    path=$(header location)
    expect_status 202 PATCH "${url[2]}$path" --data-binary @whole-finish
    local pids=()
    for n in 1 2 3; do
      curl -sS -o /dev/null -w '%{http_code}\n' -u "$ADMIN:$PASSWORD" -X PUT "${url[n]}$path?digest=$digest" >"finish-$n" &
      pids+=($!)
    done
    wait "${pids[@]}"
    echo "round $round: $(cat finish-1 finish-2 finish-3 | xargs)"
    grep -q 201 finish-1 finish-2 finish-3 || fail 'none came through'
    ! grep -v '201\|404\|409\|416\|503' finish-1 finish-2 finish-3 || fail 'an answer that is none'
    for n in 1 2 3; do
      expect_status 200 GET "${url[n]}/v2/library/scaleout/finish/blobs/$digest"
      expect_same_file "$WORK/body" whole-finish
    done
  done
}

# The same content pushed at all of them at once, then deleted in one repository.
test_same_blob_at_once() {
  local digest round n
  for round in 1 2 3 4 5; do
    head -c 2000000 /dev/urandom >same
    digest=$(sha256 same)
    local pids=()
    for n in 1 2 3; do
      curl -sS -o /dev/null -w '%{http_code}\n' -u "$ADMIN:$PASSWORD" --data-binary @same -H 'Content-Type: application/octet-stream' \
        "${url[n]}/v2/library/scaleout/same-$n/blobs/uploads/?digest=$digest" >"same-$n" &
      pids+=($!)
    done
    wait "${pids[@]}"
    expect_equal "$(cat same-1 same-2 same-3 | xargs)" '201 201 201' statuses
    expect_status 202 DELETE "${url[1]}/v2/library/scaleout/same-1/blobs/$digest"
    for n in 2 3; do
      expect_status 200 GET "${url[1]}/v2/library/scaleout/same-$n/blobs/$digest"
      expect_same_file "$WORK/body" same
      expect_status 404 GET "${url[n]}/v2/library/scaleout/same-1/blobs/$digest"
    done
  done
}

test_push_here_pull_there() {
  local i digest
  for i in {1..50}; do
    digest=$(small_manifest "tag $i")
    # Asked for before it is there: its absence must not be remembered.
    ((i % 5)) || expect_status 404 HEAD "${url[(i + 1) % 3 + 1]}/v2/library/scaleout/tags/manifests/t$i"
    put_small $((i % 3 + 1)) library/scaleout/tags "t$i"
    expect_digest $(((i + 1) % 3 + 1)) library/scaleout/tags "t$i" "$digest"
  done
  for n in 1 2 3; do
    expect_status 200 GET "${url[n]}/v2/library/scaleout/tags/tags/list"
    expect_equal "$(jq '.tags | length' "$WORK/body")" 50 "tags at replica $n"
  done
}

test_moved_tag() {
  local i n digest
  for i in {1..20}; do
    digest=$(small_manifest "move $i")
    put_small $((i % 3 + 1)) library/scaleout/moved latest
    for n in 1 2 3; do expect_digest "$n" library/scaleout/moved latest "$digest"; done
  done
}

test_delete_is_seen() {
  local i n digest blob subject
  subject=$(small_manifest subject)
  put_small 1 library/scaleout/deleted subject
  for i in {1..10}; do
    digest=$(small_manifest "delete $i")
    put_small 1 library/scaleout/deleted "x$i"
    for n in 1 2 3; do expect_digest "$n" library/scaleout/deleted "x$i" "$digest"; done
    if ((i % 2)); then
      expect_status 202 DELETE "${url[i % 3 + 1]}/v2/library/scaleout/deleted/manifests/$digest"
      for n in 1 2 3; do expect_status 404 HEAD "${url[n]}/v2/library/scaleout/deleted/manifests/$digest"; done
    else
      expect_status 202 DELETE "${url[i % 3 + 1]}/v2/library/scaleout/deleted/manifests/x$i"
    fi
    for n in 1 2 3; do expect_status 404 GET "${url[n]}/v2/library/scaleout/deleted/manifests/x$i"; done
  done
  head -c 1000 /dev/urandom >blob
  expect_status 201 POST "${url[1]}/v2/library/scaleout/deleted/blobs/uploads/?digest=$(sha256 blob)" --data-binary @blob
  blob=$(sha256 blob)
  for n in 1 2 3; do expect_status 200 GET "${url[n]}/v2/library/scaleout/deleted/blobs/$blob"; done
  expect_status 202 DELETE "${url[2]}/v2/library/scaleout/deleted/blobs/$blob"
  for n in 1 2 3; do expect_status 404 GET "${url[n]}/v2/library/scaleout/deleted/blobs/$blob"; done
  # An attached artifact comes and goes everywhere.
  jq -c --arg s "$subject" '. + {subject: {mediaType: .mediaType, digest: $s, size: 1}}' small >attached
  expect_status 201 PUT "${url[3]}/v2/library/scaleout/deleted/manifests/$(sha256 attached)" --data-binary @attached \
    -H 'Content-Type: application/vnd.oci.image.index.v1+json'
  for n in 1 2 3; do
    expect_status 200 GET "${url[n]}/v2/library/scaleout/deleted/referrers/$subject"
    expect_equal "$(jq '.manifests | length' "$WORK/body")" 1 "attached at replica $n"
  done
  expect_status 202 DELETE "${url[1]}/v2/library/scaleout/deleted/manifests/$(sha256 attached)"
  for n in 1 2 3; do
    expect_status 200 GET "${url[n]}/v2/library/scaleout/deleted/referrers/$subject"
    expect_equal "$(jq '.manifests | length' "$WORK/body")" 0 "attached at replica $n"
  done
}

# New users and projects, asked for before they are there. A project may take a second
# to be known everywhere.
test_new_users_and_projects() {
  local n i name
  for i in 1 2 3; do
    name=newcomer$i
    for n in 1 2 3; do as=$name:$PASSWORD2 expect_status 401 GET "${url[n]}/api/v2.0/users/current"; done
    expect_status 201 POST "${url[i]}/api/v2.0/users" -H 'Content-Type: application/json' \
      -d "{\"username\":\"$name\",\"email\":\"$name@example.com\",\"realname\":\"New\",\"password\":\"$PASSWORD2\"}"
    for n in 1 2 3; do as=$name:$PASSWORD2 expect_status 200 GET "${url[n]}/api/v2.0/users/current"; done
    for n in 1 2 3; do expect_status 401 HEAD "${url[n]}/v2/project$i/a/manifests/x"; done
    expect_status 201 POST "${url[i]}/api/v2.0/projects" -H 'Content-Type: application/json' \
      -d "{\"project_name\":\"project$i\",\"metadata\":{\"public\":\"true\"}}"
    sleep 1.1
    small_manifest "$name"
    for n in 1 2 3; do put_small "$n" "project$i/a" "x$n"; done
  done
}

# One of them is killed in the middle of it all. Clients that try again get through, and
# what was answered with success is there.
test_killed_replica() {
  local worker i pids=() n=2
  for worker in 1 2 3 4; do
    (
      for i in 1 2 3 4; do
        make_image "load-$worker-$i" x 3000000 >"load-$worker-$i.digest"
        target=$REGISTRY/library/scaleout/load-$worker:$i
        push=(skopeo copy --quiet --retry-times 2 --dest-tls-verify=false --dest-creds "$ADMIN:$PASSWORD" "oci:load-$worker-$i:x" "docker://$target")
        if ((worker % 2)); then push=(crane push "load-$worker-$i" "$target"); fi
        for _ in {1..8}; do
          "${push[@]}" && break
          echo "again: ${push[0]} $target"
          sleep 0.3
        done
        echo "$target" >>pushed
      done
    ) &
    pids+=($!)
  done
  sleep 2
  kill -9 "$(cat "$WORK/pid-$n")"
  echo "killed replica $n after $(wc -l <pushed || echo 0) pushes"
  wait "${pids[@]}"
  expect_equal "$(wc -l <pushed)" 16 'images pushed'
  expect_all_there
  # It comes back, and nothing is in its way.
  start_replica "$n"
  address_of "$log" "$pid"
  for worker in 1 2 3 4; do
    expect_digest $n "library/scaleout/load-$worker" 4 "$(cat "load-$worker-4.digest")"
  done
}

# Every blob of every pushed image, from replica 1 directly.
expect_all_there() {
  local worker i file
  for worker in 1 2 3 4; do
    for i in 1 2 3 4; do
      expect_digest 1 "library/scaleout/load-$worker" "$i" "$(cat "load-$worker-$i.digest")"
      skopeo copy --quiet --src-tls-verify=false --src-creds "$ADMIN:$PASSWORD" \
        "docker://127.0.0.1:${port[1]}/library/scaleout/load-$worker:$i" "oci:loaded-$worker-$i:x"
      expect_same_blobs "loaded-$worker-$i" "load-$worker-$i"
    done
  done
}

# One is told to stop while it takes an upload: the upload ends well, and so does the
# process.
test_stopped_replica() {
  local n=3 digest upload old
  head -c 3000000 /dev/urandom >slow
  digest=$(sha256 slow)
  curl -sS -o /dev/null -w '%{http_code}\n' -u "$ADMIN:$PASSWORD" --limit-rate 1500k -H 'Content-Type: application/octet-stream' \
    --data-binary @slow "${url[n]}/v2/library/scaleout/slow/blobs/uploads/?digest=$digest" >slow-status &
  upload=$!
  sleep 0.7
  old=$(cat "$WORK/pid-$n")
  kill "$old"
  sleep 0.3
  # New connections go elsewhere.
  for _ in 1 2 3 4 5 6; do expect_status 200 GET /v2/; done
  wait "$upload"
  expect_equal "$(cat slow-status)" 201 'status of the upload'
  gone() { ! kill -0 "$old" 2>/dev/null || [[ $(ps -o stat= -p "$old") == Z* ]]; }
  eventually 10 gone
  start_replica "$n"
  address_of "$log" "$pid"
  expect_status 200 GET "${url[n]}/v2/library/scaleout/slow/blobs/$digest"
  expect_same_file "$WORK/body" slow
}

test_no_internal_errors() {
  # Broken connections and killed processes must not show as defects of those that live.
  ! grep -aE '"status":500|"level":"ERROR"|panicked' "$WORK"/replica-*/log-* || fail 'a replica had an internal error'
}
