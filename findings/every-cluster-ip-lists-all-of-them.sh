#!/usr/bin/env bash
# Surprise: a new Service with a cluster IP costs the API server more, the more there are. For two gauges, how many
# addresses are in use and how many are free, it goes through all IPAddress objects of the cluster, twice for each
# address that it gives out. A headless Service costs none of that.
#
# Met with 20,000 Services on two cores: half of the API server's CPU went there, and the creation of 10,000 Rollouts with
# two Services each became slower and slower. Run with the allocator of kube-apiserver over a lister that counts.
# Needs Go, and some minutes the first time; leaves nothing but Go's own caches. Fails when that changes.
set -euo pipefail
version=1.36.3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

{
  printf 'module finding\n\ngo 1.26.0\n\nrequire (\n\tk8s.io/kubernetes v%s\n' "$version"
  printf '\tk8s.io/%s v0.%s\n' api "${version#1.}" apimachinery "${version#1.}" client-go "${version#1.}"
  printf ')\n\n'
  # The module of Kubernetes names its parts at v0.0.0.
  for part in api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap \
    code-generator component-base component-helpers controller-manager cri-api cri-client cri-streaming \
    csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator \
    kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission \
    sample-apiserver streaming; do
    printf 'replace k8s.io/%s => k8s.io/%s v0.%s\n' "$part" "$part" "${version#1.}"
  done
} > go.mod

cat > main.go <<'PROGRAM'
package main

import (
	"context"
	"fmt"
	"net"
	"os"

	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	typed "k8s.io/client-go/informers/networking/v1"
	"k8s.io/client-go/kubernetes/fake"
	listers "k8s.io/client-go/listers/networking/v1"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/registry/core/service/ipallocator"
)

// An informer whose lister counts what it hands out.
type counting struct {
	typed.IPAddressInformer
	lister *countingLister
}

type countingLister struct {
	listers.IPAddressLister
	lists, objects int
}

func (c counting) Lister() listers.IPAddressLister { return c.lister }

func (c *countingLister) List(selector labels.Selector) ([]*networking.IPAddress, error) {
	found, err := c.IPAddressLister.List(selector)
	c.lists++
	c.objects += len(found)
	return found, err
}

// What one more Service costs where so many addresses are in use.
func measure(inUse int) (lists, objects int) {
	client := fake.NewClientset()
	factory := informers.NewSharedInformerFactory(client, 0)
	real := factory.Networking().V1().IPAddresses()
	informer := counting{real, &countingLister{IPAddressLister: real.Lister()}}
	_, cidr, err := net.ParseCIDR("10.96.0.0/16")
	check(err)
	allocator, err := ipallocator.NewIPAllocator(cidr, client.NetworkingV1(), informer)
	check(err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for index := 0; index < inUse; index++ {
		name := fmt.Sprintf("10.96.%d.%d", index/250, index%250+1)
		labels := map[string]string{
			networking.LabelIPAddressFamily: string(api.IPv4Protocol),
			networking.LabelManagedBy:       ipallocator.ControllerName,
		}
		check(real.Informer().GetStore().Add(&networking.IPAddress{ObjectMeta: meta.ObjectMeta{Name: name, Labels: labels}}))
	}
	informer.lister.lists, informer.lister.objects = 0, 0
	_, err = allocator.AllocateNextService(&api.Service{ObjectMeta: meta.ObjectMeta{Namespace: "shop", Name: "web"}})
	check(err)
	return informer.lister.lists, informer.lister.objects
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	ok := true
	for _, inUse := range []int{100, 10000} {
		lists, objects := measure(inUse)
		fmt.Printf("%5d addresses in use: one more Service makes %d lists, of %d objects\n", inUse, lists, objects)
		// The new one may be among them.
		ok = ok && lists == 2 && objects >= 2*inUse
	}
	if !ok {
		fmt.Println("This has changed.")
		os.Exit(1)
	}
}
PROGRAM

echo "kube-apiserver $version, its allocator of cluster IPs"
go mod tidy -e >/dev/null 2>&1 || true
go run .
