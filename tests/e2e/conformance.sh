# shellcheck shell=bash
# The OCI conformance suite, of the released specification and of what comes next, in a
# public and a private project. Everything must be there: a skipped check fails too.

needs='oci-conformance'

# Each run wants new repositories. `disabled` are checks that the version turns off.
conform() { # VERSION PROJECT
  local results=$WORK/$1-$2 counts
  OCI_REGISTRY=$REGISTRY OCI_TLS=disabled OCI_USERNAME=$ADMIN OCI_PASSWORD=$PASSWORD OCI_VERSION=$1 \
    OCI_REPO1=$2/conformance/${1/./-}/one OCI_REPO2=$2/conformance/${1/./-}/two OCI_RESULTS_DIR=$results \
    oci-conformance >"$results.log" 2>&1 || tail -n 40 "$results.log"
  counts=$(grep -m1 -o '<testsuites [^>]*>' "$results/junit.xml")
  echo "$1 in $2: $counts"
  number() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counts"; }
  # What is 0 may be left out.
  [[ $(number failures)$(number errors)$(number skipped) =~ ^0*$ ]] ||
    fail "$(grep -B 1 -A 3 -m 20 '<failure\|<error\|<skipped' "$results/junit.xml")"
  (($(number tests) >= 800)) || fail 'it ran few checks'
  if [[ $1 == dev ]]; then [[ $(number disabled) =~ ^0*$ ]] || fail 'checks are turned off'; fi
}

test_dev_public() { conform dev library; }
test_dev_private() { conform dev private; }
test_1_1_public() { conform 1.1 library; }
test_1_1_private() { conform 1.1 private; }
