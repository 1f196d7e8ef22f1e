/**
 * Plays the demo inside a network namespace, in the same terminal: the keys are read in there. On the host there are only
 * doors on its loopback, because nothing else of the host reaches a namespace. However this process ends, the demo ends
 * with it, and nothing is left.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startReaper } from '../../test/testbed/cluster/reaper.ts';
import { ANY_PORT, openDoor } from './door.ts';
import type { DemoOptions } from './options.ts';

const PROGRAM = fileURLToPath(import.meta.resolve('./inside-main.ts'));

/** Where a door leads: from the port on the host's loopback to the process that listens on the socket. */
export interface DoorPlan {
  readonly socket: string;
  readonly port: number;
}

export interface Doors {
  readonly api: DoorPlan;
  readonly page: DoorPlan;
}

/** What the process inside gets, as JSON in its only argument. */
export interface InsideOrder {
  readonly options: DemoOptions;
  readonly doors: Doors;
}

/** `prefix` is what runs a command inside. Resolves with the exit code of the demo. */
export async function playInside(prefix: readonly string[], options: DemoOptions): Promise<number> {
  const reaper = await startReaper();
  const scratch = await mkdtemp(join(tmpdir(), 'serin-demo-'));
  reaper.removeLater(scratch);
  const open = async (name: string) => {
    const socket = join(scratch, `${name}.sock`);
    const door = await openDoor(ANY_PORT, { path: socket });
    return { door, plan: { socket, port: door.port } };
  };
  const [api, page] = [await open('api'), await open('page')];
  try {
    const order: InsideOrder = { options, doors: { api: api.plan, page: page.plan } };
    const [command = '', ...args] = prefix;
    // In our own process group, or a terminal would not let it read keys. The channel shows it when we end.
    const child = spawn(command, [...args, process.execPath, PROGRAM, JSON.stringify(order)], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    return await exitCodeOf(child);
  } finally {
    await Promise.all([api.door.close(), page.door.close()]);
    await reaper.close();
  }
}

/** As a shell counts it. */
function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
