# shellcheck shell=bash
# Requests that schemathesis makes from Minato's own description of its API, right ones and wrong
# ones: none may end in a server error. They change whatever they can, so it is a Minato apart.

needs='schemathesis crane'

setup() {
  export MINATO_DATA_DIR=$WORK/data MINATO_LISTEN=127.0.0.1:0
  if [[ $BACKEND == postgres-s3 ]]; then
    MINATO_DATABASE_URL=$(new_database schemathesis)
    MINATO_STORAGE_URL=${MINATO_STORAGE_URL/main/schemathesis}
  fi
  serve_own
}
teardown() { end_own; }

# Without the administrator's password, as it would lock itself out.
test_no_server_error() {
  schemathesis -m schemathesis.cli run "$URL/api/openapi.json" --url "$URL/api/v2.0" -a "$ADMIN:$PASSWORD" \
    --checks not_a_server_error --phases examples,coverage,fuzzing --max-examples 10 --seed 1 \
    --exclude-operation-id updateUserPassword --no-color
  if grep '"level":"ERROR"' "$WORK/log"; then fail 'the log has errors'; fi
}
