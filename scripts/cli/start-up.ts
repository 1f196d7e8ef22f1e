/** How long programs take from start to end, side by side, so that a busy machine slows all of them. */
import { spawnSync } from 'node:child_process';

export interface StartUp {
  readonly command: readonly string[];
  readonly medianMs: number;
  readonly bestMs: number;
}

/** Each is run `rounds` times, in turns. */
export function measureStartUps(commands: readonly (readonly string[])[], rounds: number): readonly StartUp[] {
  const times = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [program = '', ...args]] of commands.entries()) {
      const startedAt = performance.now();
      const { status } = spawnSync(program, args, { stdio: 'ignore' });
      if (status !== 0) throw new Error(`${program} ended with ${status}`);
      times[index]?.push(performance.now() - startedAt);
    }
  }
  return commands.map((command, index) => {
    const sorted = (times[index] ?? []).toSorted((a, b) => a - b);
    return { command, medianMs: sorted[sorted.length >> 1] ?? 0, bestMs: sorted[0] ?? 0 };
  });
}
