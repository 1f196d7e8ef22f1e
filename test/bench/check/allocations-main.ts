/**
 * How many KiB one release allocates, as one number on the standard output: in the controller, and in the simulated
 * cluster around it. It is a process of its own because only without threads of V8 is the number the same each time.
 */
import process from 'node:process';
import { GCProfiler } from 'node:v8';
import { create, release } from './play.ts';
import { Stage } from './stage.ts';

/** Until the code is compiled, and until as many revisions are retired as are kept. */
const WARMUP = 12;
const MEASURED = 10;

interface Collection {
  readonly beforeGC: { readonly heapStatistics: { readonly usedHeapSize: number } };
  readonly afterGC: { readonly heapStatistics: { readonly usedHeapSize: number } };
}

const stage = new Stage();
await stage.start();
await create(stage);
for (let index = 0; index < WARMUP; index += 1) await release(stage);
const profiler = new GCProfiler();
profiler.start();
let last = process.memoryUsage().heapUsed;
for (let index = 0; index < MEASURED; index += 1) await release(stage);
const end = process.memoryUsage().heapUsed;
const { statistics } = profiler.stop() as unknown as { readonly statistics: readonly Collection[] };
let allocated = 0;
for (const { beforeGC, afterGC } of statistics) {
  allocated += beforeGC.heapStatistics.usedHeapSize - last;
  last = afterGC.heapStatistics.usedHeapSize;
}
allocated += end - last;
process.stdout.write(`${Math.round(allocated / MEASURED / 1024)}\n`);
