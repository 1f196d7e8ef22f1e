/**
 * The parent's side of the reaper: a child process that outlives this one by a moment, ends the processes
 * it was told about and removes the scratch folders it was told about.
 *
 * The reaper notices the end of this process by the end of its own standard input, which the operating
 * system closes however this process ends: by itself, by a signal, by a crash or by SIGKILL. No signal
 * handler and no exit hook is needed here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** One line of the reaper's input. Processes are leaders of their own process groups, and the group is ended. */
export type ReaperOrder =
  | { readonly order: 'end'; readonly pid: number }
  | { readonly order: 'forget'; readonly pid: number }
  | { readonly order: 'remove'; readonly path: string };

export interface Reaper {
  readonly pid: number;
  /** Hands over a process that was started detached, so that its group is ended with it. */
  endLater(pid: number): void;
  /** The process has ended, and its pid may belong to another process from now on. */
  forget(pid: number): void;
  removeLater(path: string): void;
  /** Ends and removes at once whatever was handed over, and resolves when that is done. */
  close(): Promise<void>;
}

export async function startReaper(): Promise<Reaper> {
  // Detached: a Ctrl-C in the terminal goes to the whole foreground group, and the reaper must survive it.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'reaper-main.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await once(child, 'spawn');
  child.unref();
  // A reaper that was killed is noticed by its exit; a write to it must not crash this process.
  child.stdin.on('error', () => undefined);
  const send = (order: ReaperOrder): void => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
  };
  return {
    pid: child.pid ?? 0,
    endLater: (pid) => send({ order: 'end', pid }),
    forget: (pid) => send({ order: 'forget', pid }),
    removeLater: (path) => send({ order: 'remove', path }),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
