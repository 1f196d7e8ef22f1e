/**
 * `node --expose-gc test/bench/memory/main.ts [N]`: fills the caches of a controller with N Rollouts and what belongs to
 * them, then with two newer versions of each, and prints the bytes of the heap that each kind takes for one Rollout, and
 * for how long filling it kept the event loop busy at most.
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import { addRolloutIndexes } from '../../../src/controllers/rollout/indexes.ts';
import { createCaches, informerOf } from '../../../src/controllers/caches.ts';
import type { Resource } from '../../../src/kube/resources.ts';
import { realClock } from '../../../src/runtime/clock.ts';
import type { Client } from '../../../src/runtime/client.ts';
import { quietLogger, testMetrics } from '../../runtime/parts.ts';
import { KINDS } from './objects.ts';

type ListOptions = Parameters<Client['list']>[1];
type WatchOptions = Parameters<Client['watch']>[1];

const DEFAULT_SIZE = 2000;
const NEWER_VERSIONS = 2;

const { gc } = globalThis;
if (gc === undefined) throw new Error('Run it with --expose-gc');
const size = Number(process.argv[2] ?? DEFAULT_SIZE);
const watches = new Map<string, WatchOptions>();

const caches = createCaches({
  client: { list, watch },
  clock: realClock,
  logger: quietLogger,
  metrics: testMetrics(),
  namespace: undefined,
  instanceId: '',
});
addRolloutIndexes(caches);

const delay = monitorEventLoopDelay({ resolution: 1 });
let total = { listed: 0, updated: 0 };
for (const plural of Object.keys(KINDS)) {
  const informer = informerOf(caches, plural);
  if (informer === undefined) throw new Error(`Nothing watches ${plural}`);
  const before = heapUsed();
  delay.reset();
  delay.enable();
  const startedAt = performance.now();
  informer.start();
  await informer.synced;
  const tookMs = performance.now() - startedAt;
  delay.disable();
  const listed = (heapUsed() - before) / size;
  for (let version = 0; version < NEWER_VERSIONS; version += 1) update(plural);
  const updated = (heapUsed() - before) / size;
  total = { listed: total.listed + listed, updated: total.updated + updated };
  print({ kind: plural, listed, updated, tookMs, longestTurnMs: delay.max / 1e6 });
}
print({ kind: 'all', ...total });
process.exit(0);

/** As the API server answers, a page of text at a time. */
async function list(resource: Resource, { limit = size, continueToken = '0' }: ListOptions = {}) {
  // A request takes at least a turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  const from = Number(continueToken);
  const perRollout = KINDS[resource.plural]?.(0).length ?? 1;
  const to = Math.min(size, from + Math.max(1, Math.floor(limit / perRollout)));
  const items = JSON.parse(`[${textsOf(resource.plural, from, to).join(',')}]`) as unknown[];
  return { items, resourceVersion: '1', continueToken: to === size ? '' : String(to) };
}

function watch(resource: Resource, options: WatchOptions): Promise<void> {
  watches.set(resource.plural, options);
  return new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(new Error('stopped'))));
}

function update(plural: string): void {
  for (const text of textsOf(plural, 0, size))
    watches.get(plural)?.onEvent({ type: 'MODIFIED', object: JSON.parse(text) as unknown });
}

function textsOf(plural: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => KINDS[plural]?.(from + at) ?? []).flat();
}

function heapUsed(): number {
  for (let round = 0; round < 3; round += 1) gc?.();
  return process.memoryUsage().heapUsed;
}

function print(figures: Readonly<Record<string, string | number>>): void {
  const rounded = Object.entries(figures).map(([key, value]) => [
    key,
    typeof value === 'number' ? Math.round(value) : value,
  ]);
  process.stdout.write(`${JSON.stringify(Object.fromEntries(rounded))}\n`);
}
