#!/usr/bin/env bash
# Surprise: some flags of V8 that only say how the heap grows make Node compile its own modules from their source at every
# start. Node's program holds them compiled, but V8 takes compiled code only where a hash of the flags is the same, and
# that hash leaves out the flags for the largest sizes, and no others. Nothing is printed, and NODE_COMPILE_CACHE is no
# help: it is for the modules of the application. The same flag set by the program itself, after it has loaded what it
# needs, costs nothing.
#
# Run with the pinned Node alone. It is asked how many of the modules behind http, https, http2, tls, crypto, zlib and
# worker_threads it has taken from its compiled code. Needs npm; leaves nothing. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund node@26.10.0
node=$folder/node_modules/.bin/node
"$node" --version

cat > modules.cjs <<'PROGRAM'
for (const name of ['http', 'https', 'http2', 'tls', 'crypto', 'zlib', 'worker_threads']) require(name);
const { getCacheUsage } = require('internal/test/binding').internalBinding('builtins');
const { setFlagsFromString } = require('v8');
const later = process.argv[2];
if (later !== undefined) setFlagsFromString(later);
const { compiledWithCache, compiledWithoutCache } = getCacheUsage();
console.log([...compiledWithCache].length, [...compiledWithoutCache].length);
PROGRAM

failed=0
# What is expected: `all` of them from compiled code, or `none`.
expect() {
  local expected=$1 what=$2 taken compiled seen=some
  shift 2
  read -r taken compiled < <("$node" --expose-internals --no-warnings "$@")
  if [ "$compiled" = 0 ]; then seen=all; elif [ "$taken" = 0 ]; then seen=none; fi
  echo "$what: $taken modules from compiled code, $compiled compiled from their source"
  if [ "$seen" != "$expected" ]; then
    echo "expected $expected of them from compiled code"
    failed=1
  fi
}

expect all 'no flag' modules.cjs
for flag in --max-old-space-size=400 --max-semi-space-size=8 --max-heap-size=400; do
  expect all "$flag" "$flag" modules.cjs
done
for flag in --initial-old-space-size=48 --initial-heap-size=48 --heap-growing-percent=30; do
  expect none "$flag" "$flag" modules.cjs
done
expect all '--heap-growing-percent=30, set when they are loaded' modules.cjs --heap-growing-percent=30
exit $failed
