/** However the owner of a control plane ends, nothing of it is left: no process and no file. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { startControlPlane } from './control-plane.ts';
import { isRunning } from './is-running.ts';
import { REPOSITORY } from './repository.ts';
import { waitFor } from './wait.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'reaper'];

interface Owned {
  readonly pids: Readonly<Record<string, number>>;
  readonly scratch: string;
}

interface Owner {
  readonly process: ChildProcess;
  readonly owned: Owned;
}

async function startOwner(ending: string): Promise<Owner> {
  // A group of its own, as a shell gives to what a person starts: a signal to the group is a Ctrl-C.
  const owner = spawn(process.execPath, [join(FIXTURES, 'owner.ts'), ending], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: owner.stdout })) {
    const owned = JSON.parse(line) as Owned;
    expect(Object.keys(owned.pids).sort()).toEqual(COMPONENTS);
    return { process: owner, owned };
  }
  throw new Error('the owner ended before it had a control plane');
}

async function expectNothingLeft({ pids, scratch }: Owned): Promise<void> {
  const left = (): readonly string[] => [
    ...Object.entries(pids).flatMap(([name, pid]) => (isRunning(pid) ? [name] : [])),
    ...(existsSync(scratch) ? [scratch] : []),
  ];
  await waitFor(left, { what: 'the end of everything that was started', until: (names) => names.length === 0 });
}

async function hasEnded(owner: ChildProcess): Promise<void> {
  if (owner.exitCode === null && owner.signalCode === null) await once(owner, 'exit');
}

describe('a control plane goes away', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('when its owner gets %s', async (signal) => {
    const { process: owner, owned } = await startOwner('wait');
    expect(Object.values(owned.pids).every(isRunning)).toBe(true);
    process.kill(-(owner.pid ?? 0), signal);
    await expectNothingLeft(owned);
  });

  test.each(['crash', 'exit', 'return', 'stop'])('when its owner ends by itself: %s', async (ending) => {
    const { process: owner, owned } = await startOwner(ending);
    await hasEnded(owner);
    expect(owner.exitCode).toBe(ending === 'crash' ? 1 : 0);
    await expectNothingLeft(owned);
  });

  test('when a test fails before it is stopped', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'serin-lifetime-'));
    try {
      const file = join(dir, 'owned.json');
      const vitest = spawn(
        process.execPath,
        [
          join(REPOSITORY, 'node_modules', 'vitest', 'vitest.mjs'),
          'run',
          '--config',
          join(FIXTURES, 'vitest.config.ts'),
        ],
        { env: { PATH: process.env.PATH, OWNED_FILE: file }, stdio: 'ignore' },
      );
      await hasEnded(vitest);
      expect(vitest.exitCode).toBe(1);
      await expectNothingLeft(JSON.parse(readFileSync(file, 'utf8')) as Owned);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});

test('the end of one control plane leaves another one alone', async () => {
  const plane = await startControlPlane();
  try {
    const { process: owner, owned } = await startOwner('wait');
    expect(owned.scratch).not.toBe(plane.scratch);
    owner.kill('SIGKILL');
    await expectNothingLeft(owned);
    expect(Object.values(plane.pids).every(isRunning)).toBe(true);
    expect(await plane.mustKubectl(['get', '--raw', '/readyz'])).toBe('ok');
  } finally {
    await plane.stop();
  }
});
