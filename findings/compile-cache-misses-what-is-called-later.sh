#!/usr/bin/env bash
# Surprise: NODE_COMPILE_CACHE is written when a process ends, and holds nothing of the functions that were compiled
# because they were called. It is made of what is compiled while a file is loaded. So a process that has run for long
# leaves the same cache as one that has only loaded its files, and a start compiles every function that it calls again.
# V8 itself can do better: a cache that is made after the calls holds them.
#
# Run with the pinned Node alone, on one file with a function that is called or not. Needs npm; leaves nothing. Fails when
# that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true}' > package.json
npm install --silent --no-audit --no-fund node@26.10.0
node=$folder/node_modules/.bin/node
"$node" --version

# Two hundred functions of ten lines.
"$node" -e '
  const one = (n) => `function f${n}(x) {\n${"  x = Math.sqrt(x + 1.5) * 2.5;\n".repeat(8)}  return x;\n}\n`;
  const numbers = Array.from({ length: 200 }, (_, n) => n);
  const calls = `if (process.env.CALL === "yes") { ${numbers.map((n) => `f${n}(1)`).join("; ")} }\n`;
  require("fs").writeFileSync("functions.cjs", numbers.map(one).join("") + calls);
'

size() {
  find "$1" -type f -exec cat {} + | wc -c
}
for call in no yes; do
  CALL=$call NODE_COMPILE_CACHE=$folder/cache-$call "$node" functions.cjs
done
loaded=$(size cache-no)
called=$(size cache-yes)
byV8=$(CALL=yes "$node" -e '
  const { Script } = require("vm");
  const script = new Script(require("fs").readFileSync("functions.cjs", "utf8"));
  script.runInThisContext();
  console.log(script.createCachedData().length);
')
echo "the cache of Node after loading the file:            $loaded bytes"
echo "the cache of Node after calling its 200 functions:   $called bytes"
echo "a cache made by vm.Script after the same calls:      $byV8 bytes"
[ "$loaded" = "$called" ] && [ "$byV8" -gt $((2 * called)) ]
