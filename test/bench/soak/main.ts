/**
 * `npm run soak`: an hour of releases, aborts, deletions and restarts of the API server under one controller. The live
 * heap, after a full collection, must not grow. Prints the figures as one line of JSON, and ends with 1 if it grows.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FlagError, parseFlags, type FlagTable, type FlagValues } from '../../../src/flags.ts';
import { startControlPlane } from '../../testbed/cluster/control-plane.ts';
import { startController } from '../../testbed/cluster/controller-process.ts';
import { ADMIN } from '../../testbed/cluster/credentials.ts';
import { freePorts } from '../../testbed/cluster/free-port.ts';
import { bundledController } from '../../testbed/cluster/image-command.ts';
import { installSerin } from '../../testbed/cluster/install.ts';
import { startKubeletProcess } from '../../testbed/cluster/kubelet/process.ts';
import { growthPer10Minutes, type MemorySample } from '../analysis/memory-trend.ts';
import { createFleet, nameOf } from '../fleet.ts';
import { note } from '../note.ts';
import { cpuSecondsOf, memoryOf } from '../process-usage.ts';
import { Inspector } from '../profile/inspector.ts';
import { inspectedAt } from '../profile/profiler.ts';
import { Watcher } from '../watcher.ts';
import { curve } from './curve.ts';
import { Lives, STEADY } from './lives.ts';
import { rounded } from '../rounded.ts';

const FLAGS = {
  minutes: { kind: 'count', default: 60, minimum: 5, help: 'how long it goes on' },
  rollouts: { kind: 'count', default: 60, minimum: 8, help: 'how many Rollouts there are at any time' },
  restarts: { kind: 'count', default: 5, minimum: 1, help: 'minutes between two restarts of the API server' },
  controller: {
    kind: 'text',
    default: '',
    help: 'the program of Serin to measure; by default the bundle, as in the image',
  },
  curve: { kind: 'text', default: '', help: 'file for a picture of the memory over time, as SVG' },
} as const satisfies FlagTable;

const SAMPLE_EVERY_MS = 10_000;
const LANES = 6;
/** Code is still compiled and caches fill up to their limits; the trend begins afterwards. */
const WARM_UP_SHARE = 0.3;
/** What the line through the samples may rise by because the last sample fell into a busier moment than the first. */
const GROWTH_LIMIT = 1;
const LIFE_LIMIT_MS = 240_000;

async function soak({ minutes, rollouts, restarts, controller, curve: file }: FlagValues<typeof FLAGS>) {
  await using plane = await startControlPlane();
  await startKubeletProcess(plane);
  await installSerin(plane);
  const [port = 0] = await freePorts(1);
  const serin = await startController(plane, {
    flags: ['--loglevel', 'warn'],
    env: inspectedAt(port),
    entry: controller === '' ? await bundledController(join(plane.scratch, 'bundle')) : resolve(controller),
  });
  const client = plane.client(ADMIN);
  const watcher = new Watcher(client, LIFE_LIMIT_MS);
  note(`creating ${rollouts} Rollouts`);
  await createFleet(client, rollouts, STEADY);
  const names = Array.from({ length: rollouts }, (_, index) => nameOf(index));
  await watcher.untilAll('the Rollouts to be Healthy', names, watcher.isHealthy);

  note(`soaking for ${minutes} minutes`);
  const startedAt = performance.now();
  const passed = () => (performance.now() - startedAt) / 60_000;
  const lives = new Lives(client, watcher, rollouts);
  const lanes = Array.from({ length: LANES }, () => lives.lane(() => passed() >= minutes));
  const heap: MemorySample[] = [];
  const rss: MemorySample[] = [];
  const restartedAt: number[] = [];
  await using inspector = await Inspector.connect(port);
  while (passed() < minutes) {
    if (passed() >= (restartedAt.length + 1) * restarts) {
      note(`${Math.round(passed())} minutes: ${heap.at(-1)?.mebibytes.toFixed(1)} MiB of live heap`);
      restartedAt.push(passed());
      await plane.restartApiServer();
    }
    const mebibytes = (await inspector.liveHeapBytes()) / (1 << 20);
    heap.push({ minutes: passed(), mebibytes });
    rss.push({ minutes: passed(), mebibytes: memoryOf(serin.pid).rssMiB });
    await delay(SAMPLE_EVERY_MS);
  }
  await Promise.all(lanes);
  await watcher.stop();

  const settledHeap = heap.slice(heap.length * WARM_UP_SHARE);
  const growth = growthPer10Minutes(settledHeap);
  const points = (samples: readonly MemorySample[]) =>
    samples.map(({ minutes: at, mebibytes: value }) => ({ minutes: at, value }));
  const title = `${rollouts} Rollouts, ${Object.values(lives.done).reduce((sum, one) => sum + one, 0)} lives; dashed: the API server is started again`;
  if (file !== '') {
    await mkdir(dirname(resolve(file)), { recursive: true });
    const drawn = [
      { name: 'memory of the process (RSS)', color: '#b45309', points: points(rss) },
      { name: 'live heap after a collection', color: '#0f766e', points: points(heap) },
    ];
    await writeFile(file, curve(title, 'MiB', drawn, restartedAt));
  }
  return {
    minutes,
    rollouts,
    lives: lives.done,
    restartsOfTheApiServer: restartedAt.length,
    cpuSeconds: cpuSecondsOf(serin.pid),
    liveHeapMiB: ends(heap),
    rssMiB: { ...ends(rss), peak: memoryOf(serin.pid).peakRssMiB },
    growthMiBPer10Minutes: {
      heap: rounded(growth),
      rss: rounded(growthPer10Minutes(rss.slice(rss.length * WARM_UP_SHARE))),
    },
    flat: growth <= GROWTH_LIMIT,
  };
}

function ends(samples: readonly MemorySample[]): {
  readonly start: number;
  readonly afterWarmUp: number;
  readonly end: number;
} {
  const at = (index: number) => rounded(samples.at(index)?.mebibytes ?? 0);
  return { start: at(0), afterWarmUp: at(Math.floor(samples.length * WARM_UP_SHARE)), end: at(-1) };
}

try {
  const figures = await soak(parseFlags(FLAGS, process.argv.slice(2)).values);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (!figures.flat) process.exitCode = 1;
} catch (error) {
  process.stderr.write(
    `${error instanceof FlagError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
}
