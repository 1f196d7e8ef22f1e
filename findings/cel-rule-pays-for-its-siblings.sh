#!/usr/bin/env bash
# Surprise: what a validation rule of a CustomResourceDefinition costs the API server depends on fields that it does not
# name. Each field that a rule reads makes a copy of the schema of every field beside it, whether or not the object has
# them. The cost that the API server counts for a rule, and limits, is the same.
#
# Run with the validator of the API server (k8s.io/apiextensions-apiserver), the rule `has(self.a)` and one small object.
# Needs Go, and some minutes the first time; leaves nothing but Go's own caches. Fails when that changes.
set -euo pipefail
version=v0.36.3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > go.mod <<MODULE
module finding

go 1.26.0

require (
	k8s.io/apiextensions-apiserver $version
	k8s.io/apiserver $version
)
MODULE

cat > main.go <<'PROGRAM'
package main

import (
	"context"
	"fmt"
	"os"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	limits "k8s.io/apiserver/pkg/apis/cel"
)

const budget = limits.RuntimeCELCostBudget

type measured struct {
	allocations float64
	counted     int64
}

// One rule that reads one field, among so many fields of text.
func measure(fields int) measured {
	properties := map[string]apiextensions.JSONSchemaProps{"a": {Type: "string"}}
	for index := 1; index < fields; index++ {
		properties[fmt.Sprintf("unused%d", index)] = apiextensions.JSONSchemaProps{Type: "string"}
	}
	structural, err := schema.NewStructural(&apiextensions.JSONSchemaProps{
		Type:         "object",
		Properties:   properties,
		XValidations: apiextensions.ValidationRules{{Rule: "has(self.a)"}},
	})
	if err != nil {
		panic(err)
	}
	validator := cel.NewValidator(structural, false, limits.PerCallLimit)
	object := map[string]any{"a": "text"}
	validate := func() int64 {
		errs, left := validator.Validate(context.Background(), nil, structural, object, nil, budget)
		if len(errs) > 0 {
			panic(errs.ToAggregate())
		}
		return budget - left
	}
	counted := validate()
	return measured{testing.AllocsPerRun(200, func() { validate() }), counted}
}

func main() {
	fmt.Printf("%-22s %12s %14s\n", "fields in the schema", "allocations", "counted cost")
	few, many := measure(10), measure(210)
	for _, row := range []struct {
		fields int
		measured
	}{{10, few}, {210, many}} {
		fmt.Printf("%-22d %12.0f %14d\n", row.fields, row.allocations, row.counted)
	}
	// At least one more for each of the 200 fields that nobody reads.
	if many.allocations-few.allocations < 200 || many.counted != few.counted {
		fmt.Println("not as expected")
		os.Exit(1)
	}
}
PROGRAM

export GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0
go build -o finding . 2> build.log || { cat build.log; exit 1; }
echo "k8s.io/apiextensions-apiserver $version"
./finding
