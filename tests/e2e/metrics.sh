# shellcheck shell=bash
# Figures for Prometheus, read by Prometheus's own tool.

needs='curl crane jq promtool'

setup() {
  export MINATO_LISTEN=127.0.0.1:0 MINATO_METRICS_LISTEN=127.0.0.1:0 MINATO_DATA_DIR=$WORK/data
  if [[ $BACKEND == postgres-s3 ]]; then
    MINATO_DATABASE_URL=$(new_database metrics)
    export MINATO_DATABASE_URL MINATO_STORAGE_URL=${MINATO_STORAGE_URL/main/metrics}
  fi
  serve_own
  METRICS=$(sed -n 's/^ *metrics: *//p' "$WORK/log")
}
teardown() {
  end_own
}

# What promtool says of a page. It must be able to read it; its advice on names counts for
# ours, while Harbor's are as they are.
check() { # COMP
  local advice
  curl -sSf "$METRICS?comp=$1" >"$1.txt"
  [[ -s $1.txt ]] || fail "$1 is empty"
  advice=$(promtool check metrics <"$1.txt" 2>&1) || [[ $? == 3 ]] || fail "$1 can't be read: $advice"
  advice=$(grep -v '^harbor_' <<<"$advice") || true
  expect_equal "$advice" '' "advice on $1"
}

test_promtool() {
  local part
  make_image layout x
  crane push layout "$REGISTRY/private/metrics/promtool:1"
  crane pull --format oci "$REGISTRY/private/metrics/promtool:1" back
  for part in core registry jobservice exporter minato; do check "$part"; done
  curl -sSf "$METRICS" >all
  cat {core,registry,jobservice,exporter,minato}.txt | grep '^# TYPE' | sort >parts
  expect_same_file parts <(grep '^# TYPE' all | sort)
  promtool check metrics <all >/dev/null 2>&1 || expect_equal $? 3 'promtool on all parts'
}

test_numbers_of_a_push_and_a_pull() {
  local name=private/metrics/numbers
  make_image layout x
  crane push layout "$REGISTRY/$name:1"
  crane pull --format oci "$REGISTRY/$name:1" back
  curl -sSf "$METRICS" >all
  grep -q '^harbor_core_http_request_total{method="PUT",code="201",operation="v2_manifest"} [1-9]' all || fail 'no push'
  grep -q '^registry_http_requests_total{code="200",handler="manifest",method="get"} [1-9]' all || fail 'no pull'
  grep -q '^harbor_health 1$' all || fail 'not healthy'
}

test_only_on_its_own_port() {
  expect_status 404 GET /metrics
  expect_status 404 GET "${METRICS%/metrics}/v2/"
  expect_equal "$(curl -s -o /dev/null -w '%{http_code}' "$METRICS?comp=nothing")" 400 'status of an unknown part'
}

# What the dashboard asks for, as rules: promtool reads their expressions.
test_dashboard() {
  jq -r '{groups: [{name: "dashboard", rules: [.panels[].targets[]? | .expr
      | gsub("\\$__rate_interval"; "1m") | gsub("\\$instance"; ".*")] | to_entries
      | map({record: "panel_\(.key)", expr: .value})}]}' "$E2E/../../deploy/grafana-dashboard.json" >rules.yaml
  promtool check rules rules.yaml
}
