/**
 * Runs a command in a network namespace with pod addresses, after building what it will need, because nothing can
 * be fetched from in there. The command ends with this process, however that ends.
 *
 *     node test/testbed/data-plane/inside.ts [--if-possible] -- vitest run --project traffic
 *
 * SERIN_PROXY says which proxy it will need. Where no namespace can be made this fails; with --if-possible it prints the
 * reason and succeeds, except on a build server (CI is set), where a test that silently never runs would be worth nothing.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findOrBuildBinaries } from '../cluster/binaries.ts';
import { startReaper } from '../cluster/reaper.ts';
import { findNetworkNamespace } from './network-namespace.ts';
import { findOrBuildPrometheus } from './prometheus-binary.ts';
import { chosenProxy, findOrBuildProxy, readsIngresses } from './proxies.ts';

const { values, positionals } = parseArgs({
  options: { 'if-possible': { type: 'boolean', default: false } },
  allowPositionals: true,
});

const namespace = await findNetworkNamespace();
if (namespace.possible) {
  await findOrBuildBinaries();
  const proxy = chosenProxy();
  await findOrBuildProxy(proxy);
  // A team that moves to a Gateway has it beside what reads its Ingresses.
  if (readsIngresses(proxy)) await findOrBuildProxy('gateway-api');
  await findOrBuildPrometheus();
  process.exitCode = await run([...namespace.prefix, ...positionals]);
} else {
  process.stderr.write(`\nNo traffic can flow: ${namespace.reason}\n`);
  const mustRun = !values['if-possible'] || (process.env.CI ?? '') !== '';
  process.stderr.write(mustRun ? '\n' : `Not run: ${positionals.join(' ')}\n\n`);
  process.exitCode = mustRun ? 1 : 0;
}

async function run([command = '', ...args]: readonly string[]): Promise<number> {
  const reaper = await startReaper();
  // A group of its own, which is what the reaper ends when this process is gone.
  const child = spawn(command, args, { stdio: 'inherit', detached: true });
  if (child.pid !== undefined) reaper.endLater(child.pid);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  await reaper.close();
  return code;
}
