/**
 * The reaper process: reads orders from its standard input until that ends, which is when its parent has
 * ended or wants it to act. Then it ends the process groups and removes the folders it was told about.
 * It ends nothing else.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReaperOrder } from './reaper.ts';

/** Files of processes that are just dying may appear while a folder is removed; some rounds suffice. */
const REMOVE_ROUNDS = 50;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const pids = new Set<number>();
const paths = new Set<string>();

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as ReaperOrder;
  switch (order.order) {
    case 'end':
      pids.add(order.pid);
      break;
    case 'forget':
      pids.delete(order.pid);
      break;
    case 'remove':
      paths.add(order.path);
      break;
  }
}

for (const pid of pids) endGroup(pid);
for (const path of paths) await removeFolder(path);

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function removeFolder(path: string): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if (round === REMOVE_ROUNDS) throw error;
      await delay(100);
    }
  }
}
