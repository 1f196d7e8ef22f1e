/** How suites are run side by side, counted and ended, with suites that only pretend to test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { runSuites } from '../../scripts/suites/run-suites.ts';
import { resultIn, type Suite } from '../../scripts/suites/suite.ts';
import { isRunning } from '../testbed/cluster/is-running.ts';
import { waitFor } from '../testbed/cluster/wait.ts';

describe('how many tests a line tells of', () => {
  test.each([
    [
      '\u001B[2m      Tests \u001B[22m \u001B[1m\u001B[32m12 passed\u001B[39m\u001B[22m (12)',
      { passed: 12, failed: 0 },
    ],
    ['      Tests  2 failed | 10 passed | 1 skipped (13)', { passed: 10, failed: 2 }],
    ['      Tests  3 failed (3)', { passed: 0, failed: 3 }],
    ['300 passed, 0 failed, 0 not run', { passed: 300, failed: 0 }],
    ['17 passed, 1 failed, 282 not run', { passed: 17, failed: 1 }],
    [' Test Files  116 passed (116)', null],
    [' ✓ 3 passed, 2 failed are words of a test', null],
    ['', null],
  ])('%s', (line, result) => {
    expect(resultIn(line)).toEqual(result);
  });
});

/** A suite that runs a script in Node. */
function pretending(name: string, script: string, ...after: readonly string[]): Suite {
  return { name, command: [process.execPath, '-e', script], after };
}

async function run(...suites: readonly Suite[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const code = await runSuites(suites, (line) => lines.push(line));
  return { code, lines };
}

describe('running', () => {
  test('the last line counts all tests, and every line stands under the name of its suite', async () => {
    const { code, lines } = await run(
      pretending('one', 'console.log("3 passed, 0 failed")'),
      pretending('second', 'console.error("\\nto stderr"); console.log("4 passed, 0 failed, 0 not run")'),
    );
    expect(code).toBe(0);
    expect(lines).toContain('one    | 3 passed, 0 failed');
    expect(lines).toContain('second | to stderr');
    expect(lines).toContainEqual(expect.stringMatching(/^==> second: 4 passed, 0 failed in \d+ s$/));
    expect(lines.at(-1)).toBe('7 passed, 0 failed');
  });

  test('a suite waits for those before it', async () => {
    const { lines } = await run(
      pretending('slow', 'setTimeout(() => console.log("1 passed, 0 failed"), 300)'),
      pretending('next', 'console.log("1 passed, 0 failed")', 'slow'),
    );
    const starts = lines.findIndex((line) => line.startsWith('==> next: '));
    expect(starts).toBeGreaterThan(lines.findIndex((line) => line.startsWith('==> slow: 1 passed')));
  });

  test('a failure is told at the end, and the others run all the same', async () => {
    const { code, lines } = await run(
      pretending('bad', 'console.log("2 passed, 1 failed"); process.exitCode = 1'),
      pretending('good', 'console.log("5 passed, 0 failed")', 'bad'),
    );
    expect(code).toBe(1);
    expect(lines.slice(-2)).toEqual(['==> failed: bad', '7 passed, 1 failed']);
  });

  test('a suite that ends badly without a failed test counts as one', async () => {
    const { code, lines } = await run(pretending('broken', 'process.exit(3)'));
    expect(code).toBe(1);
    expect(lines).toContain('broken | ended with 3');
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
  });
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('%s ends the suites as well', async (signal) => {
  const suites = [pretending('endless', 'console.log(process.pid); setInterval(() => {}, 1000)')];
  const runner = join(import.meta.dirname, '..', '..', 'scripts', 'suites', 'run-suites.ts');
  const script = `import { runSuites } from ${JSON.stringify(runner)};
    await runSuites(${JSON.stringify(suites)}, (line) => process.stdout.write(line + '\\n'));`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: owner.stdout })) {
    const pid = Number(/^endless \| (\d+)$/.exec(line)?.[1] ?? 0);
    if (pid === 0) continue;
    owner.kill(signal);
    await waitFor(() => !isRunning(pid), { what: 'the suite to end' });
    break;
  }
  if (owner.exitCode === null && owner.signalCode === null) await once(owner, 'exit');
  expect(owner.signalCode).toBe(signal);
});
