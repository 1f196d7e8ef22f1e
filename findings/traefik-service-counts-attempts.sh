#!/usr/bin/env bash
# Surprise: traefik_service_requests_total, whose help text speaks of requests, counts attempts. Where the retry
# middleware saves a request, the failed attempt stays in it as a 502. So a success rate by service reports an outage
# that no client has seen, and the rate by router, of the same requests, reports none. A query about one backend
# (a canary) has only the first to go by.
#
# Runs the real Traefik with one backend of two servers, of which one accepts no connection. Needs Go, Node and curl,
# and some minutes the first time to build Traefik; leaves nothing but Go's own caches. Fails when that changes.
set -euo pipefail
version=v3.7.5
requests=20
folder=$(mktemp -d)
started=()
finish() {
  for pid in ${started[@]+"${started[@]}"}; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

# The module needs the replaces of its own go.mod again, and leaves out one package that two empty types stand in for.
mkdir ext
printf 'module github.com/traefik/traefik/dynamic/ext\n\ngo 1.26\n' > ext/go.mod
printf 'package ext\n\ntype (\n\tHTTP   struct{}\n\tRouter struct{}\n)\n' > ext/ext.go
cat > go.mod <<MODULE
module finding

go 1.26.0

tool github.com/traefik/traefik/v3/cmd/traefik

require github.com/traefik/traefik/v3 $version

replace (
	github.com/abbot/go-http-auth => github.com/containous/go-http-auth v0.4.1-0.20200324110947-a37a7636d23e
	github.com/gorilla/mux => github.com/containous/mux v0.0.0-20250523120546-41b6ec3aed59
	github.com/mailgun/minheap => github.com/containous/minheap v0.0.0-20190809180810-6e71eb837595
	github.com/traefik/traefik/dynamic/ext => ./ext
)
MODULE
echo "building Traefik $version"
CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags '-s -w' -o traefik github.com/traefik/traefik/v3/cmd/traefik

# Ports that are free now: one for the server that answers, one that stays closed, two for Traefik.
read -r up down web metrics < <(node -e '
  const net = require("node:net");
  const servers = Array.from({ length: 4 }, () => net.createServer().listen(0, "127.0.0.1"));
  Promise.all(servers.map((one) => new Promise((listening) => one.on("listening", listening)))).then(() => {
    console.log(servers.map((one) => one.address().port).join(" "));
    for (const one of servers) one.close();
  });')
node -e 'require("node:http").createServer((_, answer) => answer.end("ok")).listen(Number(process.argv[1]), "127.0.0.1")' "$up" &
started+=($!)

cat > dynamic.yaml <<DYNAMIC
http:
  routers:
    app: { rule: 'Host(\`app.test\`)', service: app, middlewares: [again] }
  middlewares:
    again: { retry: { attempts: 2 } }
  services:
    app:
      loadBalancer:
        servers:
          - url: http://127.0.0.1:$down
          - url: http://127.0.0.1:$up
DYNAMIC

./traefik --providers.file.filename=dynamic.yaml --entrypoints.web.address=127.0.0.1:"$web" \
  --entrypoints.metrics.address=127.0.0.1:"$metrics" --metrics.prometheus.entrypoint=metrics \
  --metrics.prometheus.addrouterslabels=true --global.checknewversion=false --global.sendanonymoususage=false \
  > traefik.log 2>&1 &
started+=($!)

ask() { curl --silent --output /dev/null --write-out '%{http_code}\n' --header 'Host: app.test' "http://127.0.0.1:$web/"; }
for _ in $(seq 600); do
  if [ "$(ask || true)" = 200 ]; then break; fi
  sleep 0.1
done

count() { # count METRIC CODE: the sum over all series of that name and status code
  curl --silent "http://127.0.0.1:$metrics/metrics" |
    awk -v metric="$1" -v code="code=\"$2\"" 'index($0, metric "{") == 1 && index($0, code) { sum += $NF } END { print sum + 0 }'
}
before=$(count traefik_service_requests_total 502)
routed_before=$(count traefik_router_requests_total 200)
for _ in $(seq "$requests"); do ask; done > codes
seen_by_clients=$(sort codes | uniq -c | tr -s ' \n' ' ')
attempts=$(( $(count traefik_service_requests_total 502) - before ))
routed=$(( $(count traefik_router_requests_total 200) - routed_before ))

echo "Traefik $version, $requests requests through a retry of 2 attempts, one of two servers down"
echo "clients saw (count, status):       $seen_by_clients"
echo "traefik_router_requests_total:     200: +$routed, 502: $(count traefik_router_requests_total 502)"
echo "traefik_service_requests_total:    502: +$attempts"

fail() { echo "changed: $1" >&2; exit 1; }
[ "$(grep -c '^200$' codes)" = "$requests" ] || fail 'a client saw a failure'
[ "$routed" = "$requests" ] || fail 'the router did not count each request once'
[ "$(count traefik_router_requests_total 502)" = 0 ] || fail 'the router counted a failure'
[ "$attempts" -ge $((requests / 4)) ] || fail 'the service does not count failed attempts any more'
echo 'as described'
