# shellcheck shell=bash
# helm: charts as OCI artifacts, with and without provenance.

needs='helm'

setup() {
  helm registry login --plain-http -u "$ADMIN" --password-stdin "$REGISTRY" <<<"$PASSWORD"
  export GNUPGHOME=$WORK/gnupg
  mkdir -m 700 "$GNUPGHOME"
  # helm reads the keyrings of GnuPG 1 only.
  gpg --batch --quiet --passphrase '' --quick-generate-key 'Tester <tester@example.com>' rsa2048 sign never
  gpg --batch --export-secret-keys >secret.gpg
  gpg --batch --export >public.gpg
  gpgconf --kill all
}

chart() { # NAME VERSION: makes NAME-VERSION.tgz
  rm -rf "$1"
  helm create "$1"
  head -c 20000 /dev/urandom | base64 >"$1/files.txt"
  helm package --version "$2" "$1"
}

test_login() {
  export HELM_REGISTRY_CONFIG=$WORK/second.json
  if output=$(helm registry login --plain-http -u "$USER2" --password-stdin "$REGISTRY" <<<'Wrong1234' 2>&1); then fail "logged in: $output"; fi
  expect_match "$output" '401|unauthorized' 'what it says'
  helm registry login --plain-http -u "$USER2" --password-stdin "$REGISTRY" <<<"$PASSWORD2"
  chart denied 1.0.0
  expect_refusal helm push --plain-http denied-1.0.0.tgz "oci://$REGISTRY/library/helm"
  expect_match "$output" '401|403|unauthorized|denied' 'what it says'
  helm registry logout "$REGISTRY"
}

test_push_pull() {
  chart thing 1.2.3
  helm push --plain-http thing-1.2.3.tgz "oci://$REGISTRY/library/helm" >out 2>&1
  cat out
  expect_match "$(cat out)" "Digest: $(digest_of library/helm/thing 1.2.3)" 'the digest that the push tells'
  manifest library/helm/thing 1.2.3 >manifest
  expect_equal "$(jq -r '.config.mediaType, .layers[0].mediaType' manifest | xargs)" \
    'application/vnd.cncf.helm.config.v1+json application/vnd.cncf.helm.chart.content.v1.tar+gzip' 'media types'
  mkdir -p pulled
  helm pull --plain-http "oci://$REGISTRY/library/helm/thing" --version 1.2.3 -d pulled
  expect_same_file pulled/thing-1.2.3.tgz thing-1.2.3.tgz
  helm show chart --plain-http "oci://$REGISTRY/library/helm/thing" --version 1.2.3 >shown
  expect_equal "$(grep '^version:' shown)" 'version: 1.2.3' 'shown version'
  helm template --plain-http x "oci://$REGISTRY/library/helm/thing" --version 1.2.3 >rendered
  grep -q 'helm.sh/chart: thing-1.2.3' rendered
}

# Versions are found by the list of tags; `+` stands as `_` in a tag.
test_versions() {
  for version in 1.0.0 1.10.0 1.9.0 2.0.0-rc.1 1.9.1+build.5; do
    chart many "$version"
    helm push --plain-http "many-$version.tgz" "oci://$REGISTRY/private/helm"
  done
  expect_match " $(tags_of private/helm/many) " ' 1.9.1_build.5 ' tags
  for wanted in ' 1.10.0' '~1.9.0 1.9.1+build.5' '>=2.0.0-0 2.0.0-rc.1'; do
    helm show chart --plain-http "oci://$REGISTRY/private/helm/many" --version "${wanted% *}" >shown
    expect_equal "$(sed -n 's/^version: //p' shown)" "${wanted##* }" "version chosen by \`${wanted% *}\`"
  done
}

test_provenance() {
  rm -rf signed
  helm create signed
  helm package --version 0.1.0 --sign --key Tester --keyring secret.gpg signed </dev/null
  helm push --plain-http signed-0.1.0.tgz "oci://$REGISTRY/library/helm"
  expect_equal "$(manifest library/helm/signed 0.1.0 | jq -r '.layers[].mediaType' | sort | xargs)" \
    'application/vnd.cncf.helm.chart.content.v1.tar+gzip application/vnd.cncf.helm.chart.provenance.v1.prov' layers
  mkdir -p verified
  helm pull --plain-http --verify --keyring public.gpg "oci://$REGISTRY/library/helm/signed" --version 0.1.0 -d verified
  expect_same_file verified/signed-0.1.0.tgz.prov signed-0.1.0.tgz.prov
}

test_dependency() {
  chart part 0.3.0
  helm push --plain-http part-0.3.0.tgz "oci://$REGISTRY/library/helm"
  rm -rf whole
  helm create whole
  printf 'dependencies:\n- name: part\n  version: 0.3.0\n  repository: oci://%s/library/helm\n' "$REGISTRY" >>whole/Chart.yaml
  helm dependency update --plain-http whole
  expect_same_file whole/charts/part-0.3.0.tgz part-0.3.0.tgz
}
