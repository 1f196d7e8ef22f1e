/** One suite of tests as a child process: what it prints, how it ends, and how many tests that were. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import type { Reaper } from '../../test/testbed/cluster/reaper.ts';

export interface Suite {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Names of suites that have to end first. */
  readonly after: readonly string[];
}

export interface Result {
  readonly passed: number;
  readonly failed: number;
}

/** How many tests a line of output reports, in the summaries of vitest and the simulation; `null` for other lines. */
export function resultIn(line: string): Result | null {
  const plain = stripVTControlCharacters(line).trim();
  if (!/^Tests {2}.*\(\d+\)$|^\d+ passed, \d+ failed\b/.test(plain)) return null;
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}\\b`).exec(plain)?.[1] ?? 0);
  return { passed: count('passed'), failed: count('failed') };
}

/**
 * Runs a suite, which does not outlive the reaper, and hands over each line that it prints. A suite that ends badly
 * without a failed test counts as one. Rejects when it cannot be started.
 */
export async function runSuite(
  { command: [program, ...args] }: Suite,
  reaper: Reaper,
  onLine: (line: string) => void,
): Promise<Result> {
  const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env;
  // A process group of its own, which is what the reaper ends.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env });
  if (child.pid !== undefined) reaper.endLater(child.pid);
  let result: Result = { passed: 0, failed: 0 };
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      onLine(line);
      result = resultIn(line) ?? result;
    });
  }
  const code = await new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve(exitCode ?? signal ?? ''));
  });
  if (child.pid !== undefined) reaper.forget(child.pid);
  if (code === 0 || result.failed > 0) return result;
  onLine(`ended with ${code}`);
  return { ...result, failed: 1 };
}
