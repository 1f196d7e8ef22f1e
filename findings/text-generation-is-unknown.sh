#!/usr/bin/env bash
# Surprise: kstatus, by which Helm 4 (`--wait`) and Flux (`wait: true`) tell whether an object is ready, gives up on a
# custom resource whose `status.observedGeneration` is text, whatever its conditions say, and calls it ready while it
# has no status at all. Flux's health check expressions go around it, if they compare the generations themselves.
#
# Needs Go, which fetches the toolchain that the library asks for; minutes the first time. Leaves nothing but Go's own
# caches. Fails when that changes.
set -euo pipefail
kstatus=v1.4.0
flux=v0.122.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > go.mod <<MODULE
module finding

go 1.27.0

require (
	github.com/fluxcd/cli-utils $kstatus
	github.com/fluxcd/pkg/apis/kustomize v1.23.0
	github.com/fluxcd/pkg/runtime $flux
	k8s.io/apimachinery v0.37.1
)
MODULE

cat > main.go <<'PROGRAM'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Those of docs/tools.md.
var expressions = kustomize.HealthCheckExpressions{
	InProgress: "!has(status.observedGeneration) || status.observedGeneration != string(metadata.generation)",
	Failed:     "status.phase == 'Degraded'",
	Current:    "status.phase in ['Healthy', 'Paused']",
}

// The object is at generation 2.
var cases = []struct{ status, kstatus, flux string }{
	{`{}`, "Current", "InProgress"},
	{`{"observedGeneration": "1", "phase": "Healthy"}`, "error", "InProgress"},
	{`{"observedGeneration": "2", "phase": "Progressing"}`, "error", "InProgress"},
	{`{"observedGeneration": "2", "phase": "Paused"}`, "error", "Current"},
	{`{"observedGeneration": "2", "phase": "Degraded"}`, "error", "Failed"},
	{`{"observedGeneration": "2", "phase": "Healthy"}`, "error", "Current"},
	{`{"observedGeneration": "2", "conditions": [{"type": "Reconciling", "status": "False"}]}`, "error", "error"},
	{`{"observedGeneration": 2, "phase": "Healthy"}`, "Current", "InProgress"},
}

func named(result *status.Result, err error) string {
	if err != nil {
		return "error"
	}
	return string(result.Status)
}

func main() {
	evaluator, err := cel.NewStatusEvaluator(&expressions)
	if err != nil {
		panic(err)
	}
	failed := false
	fmt.Printf("%-86s %-8s %s\n", "status", "kstatus", "health check expressions")
	for _, one := range cases {
		object := &unstructured.Unstructured{}
		text := `{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "web", "generation": 2}, "status": ` + one.status + `}`
		if err := json.Unmarshal([]byte(text), object); err != nil {
			panic(err)
		}
		byKstatus := named(status.Compute(object))
		byFlux := named(evaluator.Evaluate(context.Background(), object))
		fmt.Printf("%-86s %-8s %s\n", one.status, byKstatus, byFlux)
		failed = failed || byKstatus != one.kstatus || byFlux != one.flux
	}
	if failed {
		fmt.Println("not as expected")
		os.Exit(1)
	}
}
PROGRAM

export GOFLAGS=-mod=mod GOWORK=off GOTOOLCHAIN=auto CGO_ENABLED=0
go build -o finding . 2> build.log || { cat build.log; exit 1; }
echo "github.com/fluxcd/cli-utils $kstatus, github.com/fluxcd/pkg/runtime $flux"
./finding
