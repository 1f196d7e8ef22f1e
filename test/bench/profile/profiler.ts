/**
 * Keeps, in a folder, CPU profiles of named stretches of a process's time, with a flame graph and a table of self times
 * beside each, and summaries of its heap. The process was started with the options of `inspectedAt`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { foldCpuProfile } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';
import { heapSummary } from './heap-summary.ts';
import { Inspector } from './inspector.ts';
import { byFunction, byOwner, selfTimes, selfTimeTable } from './self-times.ts';

const ROWS = 60;

/** The environment of a Node process that a Profiler can look into. */
export function inspectedAt(port: number): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` };
}

export interface Profiler extends AsyncDisposable {
  /** Profiles what happens while `act` is under way. */
  cpu<T>(name: string, act: () => Promise<T>): Promise<T>;
  heap(name: string): Promise<void>;
}

export const NO_PROFILER: Profiler = {
  cpu: (_, act) => act(),
  heap: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

export async function startProfiler(port: number, folder: string): Promise<Profiler> {
  const inspector = await Inspector.connect(port);
  const path = resolve(folder);
  await mkdir(path, { recursive: true });
  return {
    async cpu(name, act) {
      await inspector.startCpuProfile();
      const result = await act();
      await writeCpuProfile(path, name, await inspector.stopCpuProfile());
      return result;
    },
    async heap(name) {
      await writeFile(join(path, `${name}.heap.txt`), heapSummary(await inspector.heapSnapshot()));
    },
    [Symbol.asyncDispose]: () => inspector[Symbol.asyncDispose](),
  };
}

async function writeCpuProfile(folder: string, name: string, profile: unknown): Promise<void> {
  const root = foldCpuProfile(profile);
  await writeFile(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
  await writeFile(
    join(folder, `${name}.svg`),
    flameGraph(root, `${name}: ${(root.totalMs / 1000).toFixed(1)} s of CPU`),
  );
  const tables = [byOwner, byFunction].map((key) => selfTimeTable(selfTimes(root, key), ROWS));
  await writeFile(join(folder, `${name}.txt`), `${(root.totalMs / 1000).toFixed(1)} s\n\n${tables.join('\n')}`);
}
