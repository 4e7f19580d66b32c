# shellcheck shell=bash
# Log lines sent on to a real rsyslog, which reads them as RFC 5424.

needs='curl crane jq openssl rsyslogd'

setup() {
  local subject=/CN=minato-test
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem -subj "$subject-ca" \
    -addext keyUsage=critical,keyCertSign,cRLSign
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out request.pem -subj "$subject"
  openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem \
    -extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n')
}

# A rsyslog that listens for KIND (tcp, udp, tls) on $port, and writes what it has read, one
# JSON object for each message. Sets $syslog.
start_rsyslog() { # KIND
  local input=imtcp driver=
  case $1 in
    udp) input=imudp ;;
    tls)
      driver='StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"'
      printf 'global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="%s" DefaultNetstreamDriverCertFile="%s" DefaultNetstreamDriverKeyFile="%s")\n' \
        "$WORK/ca.pem" "$WORK/cert.pem" "$WORK/key.pem"
      ;;
  esac >"$1.conf"
  cat >>"$1.conf" <<CONF
global(workDirectory="$WORK/$1" net.enableDNS="off")
module(load="$input" $driver)
module(load="mmpstrucdata")
input(type="$input" port="$port" address="127.0.0.1")
template(name="read" type="list") {
  constant(value="{") property(name="protocol-version" outname="version" format="jsonf")
  constant(value=",") property(name="pri" outname="pri" format="jsonf")
  constant(value=",") property(name="timereported" outname="time" dateFormat="rfc3339" format="jsonf")
  constant(value=",") property(name="hostname" outname="host" format="jsonf")
  constant(value=",") property(name="app-name" outname="program" format="jsonf")
  constant(value=",") property(name="procid" outname="process" format="jsonf")
  constant(value=",") property(name="msg" outname="text" format="jsonf")
  constant(value=",\"data\":") property(name="\$!rfc5424-sd!minato@0")
  constant(value="}\n")
}
action(type="mmpstrucdata")
action(type="omfile" file="$WORK/$1.read" template="read")
CONF
  mkdir -p "$1"
  rsyslogd -n -f "$WORK/$1.conf" -i NONE >"$1.log" 2>&1 &
  syslog=$!
}

# A Minato that sends its lines there, with the settings of the environment. It goes with the test.
start_logging() { # KIND NAME
  export MINATO_LISTEN=127.0.0.1:0 MINATO_DATA_DIR=$WORK/data-$2 MINATO_LOG=info
  export MINATO_LOG_ENDPOINT=$1://127.0.0.1:$port MINATO_LOG_LOCATION=$WORK/files-$2
  if [[ $BACKEND == postgres-s3 ]]; then
    MINATO_DATABASE_URL=$(new_database "logs_$2")
    export MINATO_DATABASE_URL MINATO_STORAGE_URL=${MINATO_STORAGE_URL/main/logs-$2}
  fi
  start_minato "$WORK/log-$2"
  URL=$(address_of "$WORK/log-$2" "$pid")
}

# Whether rsyslog has read the line of a request.
has_read() { # KIND REQUEST-ID
  grep -qF "\"$2\"" "$1.read" 2>/dev/null
}

ask() { # REQUEST-ID
  expect_status 200 GET /api/v2.0/ping -H "X-Request-Id: $1"
}

check() { # KIND
  local line
  port=$(free_port)
  start_rsyslog "$1"
  if [[ $1 == udp ]]; then eventually 10 grep -q "$(printf ':%04X ' "$port")" /proc/net/udp
  else eventually 10 eval "(: </dev/tcp/127.0.0.1/$port) 2>/dev/null"; fi
  start_logging "$1" "$1"
  expect_status 404 GET '/v2/library/none/tags/list?token=Hunter2' -H 'X-Request-Id: first' -H 'User-Agent: a "b"] \ ä'
  eventually 20 has_read "$1" first
  line=$(grep -F '"first"' "$1.read" | jq -c 'select(.text | test("answered"))')
  expect_equal "$(jq -r '[.version, .pri, .program, .process] | join(" ")' <<<"$line")" "1 30 proxy $pid" 'what rsyslog has read'
  expect_match "$(jq -r .time <<<"$line")" '^20[0-9-]+T[0-9:.]+' 'time'
  expect_equal "$(jq -r .host <<<"$line")" "$(uname -n)" 'host'
  expect_equal "$(jq -r '.data | [.target, .method, .status] | join(" ")' <<<"$line")" 'access GET 404' 'fields'
  expect_match "$(jq -r .data.path <<<"$line")" 'tags/list\?token=\*\*\*$' 'path'
  if grep -q Hunter2 "$1.read" "files-$1"/*; then fail 'a secret was sent'; fi
  jq -c . "$1.read" >/dev/null || fail 'a message is not whole'
}

# The server goes away and comes back: requests go on, and later lines arrive.
go_and_come() { # KIND
  local n
  kill "$syslog"
  wait "$syslog" || true
  for n in {1..50}; do ask "away-$n"; done
  eventually 10 grep -q "log lines can't be sent on" "files-$1/core.log"
  start_rsyslog "$1"
  n=0
  came_back() { n=$((n + 1)); ask "later-$n"; grep -q '"later-' "$1.read"; }
  eventually 60 came_back "$1"
  if [[ $1 == tcp || $1 == tls ]]; then has_read "$1" away-50 || fail 'what waited was not sent'; fi
  eventually 10 grep -q 'log lines are sent on again' "files-$1/core.log"
  kill "$pid"
  wait "$pid" || fail 'Minato did not end well'
}

test_tcp() {
  check tcp
  go_and_come tcp
}

test_udp() {
  check udp
  go_and_come udp
}

test_tls() {
  export MINATO_LOG_ENDPOINT_AUTHORITY=$WORK/ca.pem
  check tls
  go_and_come tls
}

# Whose certificate is from nobody that is trusted gets nothing.
test_strange_certificate() {
  port=$(free_port)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout other.key -out other.pem -subj /CN=other
  export MINATO_LOG_ENDPOINT_AUTHORITY=$WORK/other.pem
  start_rsyslog tls
  eventually 10 eval "(: </dev/tcp/127.0.0.1/$port) 2>/dev/null"
  start_logging tls strange
  ask nobody
  eventually 10 grep -q "log lines can't be sent on.*certificate" files-strange/core.log
}
