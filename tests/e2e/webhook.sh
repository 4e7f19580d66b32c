# shellcheck shell=bash
# Receivers of webhooks: one that reads CloudEvents by their own SDK, by HTTP and by HTTPS with a
# certificate that nobody vouches for.

needs='curl crane jq openssl cloudevents'

setup() {
  export MINATO_LISTEN=127.0.0.1:0 MINATO_DATA_DIR=$WORK/data MINATO_OUTBOUND_ALLOW=127.0.0.1
  if [[ $BACKEND == postgres-s3 ]]; then
    MINATO_DATABASE_URL=$(new_database webhook)
    export MINATO_DATABASE_URL MINATO_STORAGE_URL=${MINATO_STORAGE_URL/main/webhook}
  fi
  serve_own
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=127.0.0.1 \
    -keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null
  cat >"$WORK/receiver.py" <<'PYTHON'
import http.server, json, ssl, sys
from cloudevents.http import from_http

folder, secure = sys.argv[1], len(sys.argv) > 2

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        event = from_http(dict(self.headers), body)
        with open(folder + "/events", "a") as file:
            file.write(json.dumps({"id": event["id"], "type": event["type"], "source": event["source"],
                                   "operator": event["operator"], "authorization": self.headers["authorization"],
                                   "data": event.data}) + "\n")
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
if secure:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2] + "/cert.pem", sys.argv[2] + "/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
}

teardown() {
  end_own
}

# Starts one, its events in FOLDER/events; sets $port and $receiver.
receive() { # FOLDER [CERTIFICATES]
  mkdir -p "$1"
  : >"$1/events"
  cloudevents "$WORK/receiver.py" "$@" >"$1/port" &
  receiver=$!
  for _ in {1..100}; do [[ -s $1/port ]] && break; sleep 0.1; done
  port=$(<"$1/port")
}

hook() { # NAME ADDRESS SKIP-CERT-VERIFY
  expect_status 201 POST /api/v2.0/projects/private/webhook/policies -H 'Content-Type: application/json' -d "{
    \"name\": \"$1\", \"enabled\": true, \"event_types\": [\"PUSH_ARTIFACT\"], \"targets\": [{\"type\": \"http\",
    \"address\": \"$2\", \"auth_header\": \"Bearer e2e-secret\", \"skip_cert_verify\": $3, \"payload_format\": \"CloudEvents\"}]}"
  policy=$(header location)
}

wait_for() { # FOLDER COUNT
  for _ in {1..100}; do
    (($(wc -l <"$1/events") >= $2)) && return
    sleep 0.1
  done
  fail "$(wc -l <"$1/events") of $2 events came"
}

test_cloud_events() {
  local port receiver policy
  receive plain
  # shellcheck disable=SC2064 # the one that was started
  trap "kill $receiver" EXIT
  hook events "http://127.0.0.1:$port/hook" false
  make_image layout x
  crane push layout "$REGISTRY/private/webhook/app:1"
  wait_for plain 1
  expect_equal "$(jq -r .type plain/events)" harbor.artifact.pushed type
  expect_equal "$(jq -r .operator plain/events)" "$ADMIN" operator
  expect_equal "$(jq -r .authorization plain/events)" 'Bearer e2e-secret' authorization
  expect_equal "$(jq -r '.data.resources[0].resource_url' plain/events)" "$REGISTRY/private/webhook/app:1" address
  expect_equal "$(jq -r '.data.repository.repo_type' plain/events)" private type
  expect_status 200 GET "$policy/executions"
  expect_equal "$(jq -r '.[0].status' "$WORK/body")" Success status
  ! grep -rq e2e-secret "$WORK/log" "$WORK/body" || fail 'a secret was told'
}

test_certificates() {
  local port receiver policy status
  receive secure "$WORK"
  # shellcheck disable=SC2064 # the one that was started
  trap "kill $receiver" EXIT
  hook trusting "https://127.0.0.1:$port/hook" true
  make_image layout y
  crane push layout "$REGISTRY/private/webhook/tls:1"
  wait_for secure 1
  hook strict "https://127.0.0.1:$port/strict" false
  crane push layout "$REGISTRY/private/webhook/tls:2"
  wait_for secure 2
  for _ in {1..100}; do
    expect_status 200 GET "$policy/executions"
    expect_status 200 GET "$policy/executions/$(jq '.[0].id' "$WORK/body")/tasks"
    status=$(jq -r '.[0].status' "$WORK/body")
    [[ $status == Scheduled ]] && break
    sleep 0.1
  done
  expect_equal "$status" Scheduled 'status of what an unknown certificate stopped'
  expect_equal "$(wc -l <secure/events)" 2 'events that came'
}
