#!/usr/bin/env bash
# Surprise: to the API server the selector of a Service is one field. A controller that adds one key to it owns all of
# it, and a chart that is applied server-side afterwards is refused, or takes the key away, whatever way the key was
# written in. Only a chart without a selector leaves it alone.
#
# Run with the API server's own field manager (k8s.io/apimachinery) and its own schema of a Service, as published in
# k8s.io/client-go. Needs Go, and a minute the first time; leaves nothing but Go's own caches. Fails when that changes.
set -euo pipefail
version=v0.36.3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > go.mod <<MODULE
module finding

go 1.26.0

require (
	k8s.io/apimachinery $version
	k8s.io/client-go $version
)
MODULE

cat > main.go <<'PROGRAM'
package main

import (
	"fmt"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields/managedfieldstest"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
)

type object = map[string]any

var (
	chart      = object{"app": "web"}
	keyAlone   = object{"hash": "abc"}
	withKey    = object{"app": "web", "hash": "abc"}
	noSelector object
)

func service(selector object) *unstructured.Unstructured {
	spec := object{"ports": []any{object{"port": int64(80), "protocol": "TCP"}}}
	if selector != nil {
		spec["selector"] = selector
	}
	return &unstructured.Unstructured{Object: object{
		"apiVersion": "v1", "kind": "Service", "metadata": object{"name": "web"}, "spec": spec,
	}}
}

// One Service on the server.
type server struct {
	managedfieldstest.TestFieldManager
}

func (s server) apply(selector object, manager string, force bool) error {
	return s.Apply(service(selector), manager, force)
}

func (s server) update(selector object, manager string, change func(*unstructured.Unstructured)) error {
	next := s.Live().DeepCopyObject().(*unstructured.Unstructured)
	if err := unstructured.SetNestedMap(next.Object, selector, "spec", "selector"); err != nil {
		return err
	}
	change(next)
	return s.Update(next, manager)
}

func (s server) hasKey() bool {
	_, found, _ := unstructured.NestedString(s.Live().(*unstructured.Unstructured).Object, "spec", "selector", "hash")
	return found
}

func asItIs(*unstructured.Unstructured) {}

// As a controller does that does not want to own what it wrote.
func givenAway(next *unstructured.Unstructured) {
	kept := next.GetManagedFields()[:0:0]
	for _, entry := range next.GetManagedFields() {
		if entry.Manager != "controller" {
			kept = append(kept, entry)
		}
	}
	next.SetManagedFields(kept)
}

func main() {
	failed := false
	// A chart is applied, the controller adds its key, and the same chart is applied again.
	try := func(what string, chart object, addKey func(server) error, expected string) {
		converter := applyconfigurations.NewTypeConverter(scheme.Scheme)
		s := server{managedfieldstest.NewTestFieldManager(converter, schema.GroupVersionKind{Version: "v1", Kind: "Service"})}
		must(s.apply(chart, "chart", false))
		must(addKey(s))
		seen := "accepted"
		if err := s.apply(chart, "chart", false); err != nil {
			if !strings.Contains(err.Error(), ".spec.selector") {
				must(err)
			}
			seen = "refused for .spec.selector; by force"
			must(s.apply(chart, "chart", true))
		}
		if s.hasKey() {
			seen += ", the key stays"
		} else {
			seen += ", the key is gone"
		}
		fmt.Printf("%-58s %s\n", what, seen)
		failed = failed || seen != expected
	}
	const refused = "refused for .spec.selector; by force, the key is gone"
	try("update", chart, func(s server) error { return s.update(withKey, "controller", asItIs) }, refused)
	try("update under the name of the chart's manager", chart,
		func(s server) error { return s.update(withKey, "chart", asItIs) }, refused)
	try("apply of the whole selector", chart,
		func(s server) error { return s.apply(withKey, "controller", true) }, refused)
	try("apply of the one key (which takes the others away)", chart,
		func(s server) error { return s.apply(keyAlone, "controller", true) }, refused)
	try("update, and a second one that gives the ownership away", chart, func(s server) error {
		must(s.update(withKey, "controller", asItIs))
		return s.update(withKey, "controller", givenAway)
	}, "accepted, the key is gone")
	try("update, where the chart has no selector", noSelector,
		func(s server) error { return s.update(keyAlone, "controller", asItIs) }, "accepted, the key stays")
	if failed {
		fmt.Println("not as expected")
		os.Exit(1)
	}
}

func must(err error) {
	if err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(1)
	}
}
PROGRAM

export GOFLAGS=-mod=mod GOWORK=off CGO_ENABLED=0
go build -o finding . 2> build.log || { cat build.log; exit 1; }
echo "k8s.io/apimachinery and k8s.io/client-go $version"
./finding
