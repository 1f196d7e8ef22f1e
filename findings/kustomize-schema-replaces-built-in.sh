#!/usr/bin/env bash
# Surprise: a schema for a kind of one's own, named by `openapi` in a kustomization, takes the place of the one that
# kustomize has inside. A strategic merge patch of a Deployment then replaces its containers, and a second one is gone
# without a word. A component that names the same schema does no such harm, because it is read after the resources.
#
# Needs Go, and a minute the first time; leaves nothing but Go's own caches. Fails when the behaviour changes.
set -euo pipefail
version=v5.8.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
GOBIN=$folder GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0 \
  go install "sigs.k8s.io/kustomize/kustomize/v5@$version" 2> build.log || { cat build.log; exit 1; }
echo "kustomize $(./kustomize version)"

cat > schema.json <<'SCHEMA'
{"definitions": {"com.example.v1.Stack": {
  "x-kubernetes-group-version-kind": [{"group": "example.com", "version": "v1", "kind": "Stack"}],
  "properties": {"spec": {"properties": {"parts": {
    "type": "array", "items": {"type": "object"},
    "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "name"}}}}}}}
SCHEMA
cat > resources.yaml <<'RESOURCES'
apiVersion: example.com/v1
kind: Stack
metadata: { name: web }
spec:
  parts:
  - { name: engine, size: 1 }
  - { name: wheels, size: 4 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - { name: web, image: "web:1" }
      - { name: side, image: "side:1" }
RESOURCES
cat > patch.yaml <<'PATCH'
apiVersion: example.com/v1
kind: Stack
metadata: { name: web }
spec: { parts: [{ name: engine, size: 2 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { spec: { containers: [{ name: web, image: "web:2" }] } } }
PATCH

# try NAME FIELDS-OF-THE-KUSTOMIZATION EXPECTED
try() {
  local name=$1 fields=$2 expected=$3 seen
  mkdir -p "$name/component"
  cp resources.yaml patch.yaml schema.json "$name"
  cp schema.json "$name/component"
  printf 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nopenapi: { path: schema.json }\n' \
    > "$name/component/kustomization.yaml"
  printf 'resources: [resources.yaml]\npatches: [{ path: patch.yaml }]\n%s\n' "$fields" > "$name/kustomization.yaml"
  ./kustomize build "$name" > "$name.out"
  seen=$(for part in wheels side; do grep -q "name: $part" "$name.out" && echo "$part kept" || echo "$part gone"; done | paste -sd, -)
  printf '%-34s %s\n' "$name" "$seen"
  [ "$seen" = "$expected" ] || { echo "expected: $expected"; exit 1; }
}

try 'no-schema' '' 'wheels gone,side kept'
try 'schema-by-openapi' 'openapi: { path: schema.json }' 'wheels kept,side gone'
try 'schema-by-a-component' 'components: [component]' 'wheels kept,side kept'
