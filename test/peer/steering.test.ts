/**
 * The released plugin of Argo Rollouts steers our controller: every command that a person types there, and what it did
 * to the cluster. Nothing of our command line takes part.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { allowJobs } from '../apiserver/analysis-examples.ts';
import { analysisRun, jobMetric, jobNamesIn, untilPhase } from '../apiserver/analysis-scene.ts';
import {
  basicRollout,
  blueGreenRollout,
  routedRollout,
  routing,
  twoServices,
  type RolloutManifest,
} from '../apiserver/manifests.ts';
import { test, type Session } from '../apiserver/session.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { plugin } from './plugin.ts';

const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }];
const AT_FIRST_PAUSE = { phase: 'Paused', index: 1, weight: 20, canary: 1, canaryImage: 'web:2' } as const;

function release(image: string): RolloutManifest {
  return routedRollout({ replicas: 2, image, canary: { steps } });
}

/** What the plugin prints; it must succeed without a complaint. */
async function say(session: Session, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await plugin(session, ...args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout.trimEnd();
}

/** The first version serves, and the second one is at the pause at 20 %. */
async function atFirstPause(session: Session): Promise<void> {
  await session.apply(...routing(), release('web:1'));
  await session.until('web', { phase: 'Healthy', stableImage: 'web:1' });
  expect(await say(session, 'set', 'image', 'web', 'web=web:2')).toBe('rollout "web" image updated');
  await session.until('web', AT_FIRST_PAUSE);
}

describe('a canary', () => {
  test('is updated with set image, promoted step by step, and done', async ({ session }) => {
    await atFirstPause(session);
    expect(await say(session, 'promote', 'web')).toBe("rollout 'web' promoted");
    await session.until('web', { phase: 'Paused', index: 3, weight: 60 });
    const watched = plugin(session, 'status', 'web', '--timeout', '5m');
    expect(await say(session, 'promote', 'web')).toBe("rollout 'web' promoted");
    const { code, stdout } = await watched;
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, last: 'Healthy' });
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', stableService: 'web:2', weight: 0 });
  });

  test('is promoted in full', async ({ session }) => {
    await atFirstPause(session);
    expect(await say(session, 'promote', 'web', '--full')).toBe("rollout 'web' fully promoted");
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', stableService: 'web:2', weight: 0 });
  });

  test('is aborted, which status reports, and tried again', async ({ session }) => {
    await atFirstPause(session);
    expect(await say(session, 'abort', 'web')).toBe("rollout 'web' aborted");
    await session.until('web', { phase: 'Degraded', aborted: true, weight: 0, stable: 2, stableService: 'web:1' });
    const { code, stdout, stderr } = await plugin(session, 'status', 'web');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Degraded - RolloutAborted: /);
    expect(stderr).toMatch(/^Error: The rollout is in a degraded state with message: RolloutAborted: /);
    expect(await say(session, 'retry', 'rollout', 'web')).toBe("rollout 'web' retried");
    await session.until('web', { ...AT_FIRST_PAUSE, aborted: false });
  });

  test('is undone, to the revision before and to a named one', async ({ session }) => {
    await atFirstPause(session);
    await say(session, 'promote', 'web', '--full');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', revision: 2 });
    expect(await say(session, 'undo', 'web')).toBe("rollout 'web' undo");
    await session.until('web', { phase: 'Paused', canaryImage: 'web:1', stableImage: 'web:2', revision: 3 });
    expect(await say(session, 'undo', 'web', '--to-revision=2')).toBe("rollout 'web' undo");
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', canaryImage: 'web:2', revision: 4 });
  });

  test('is paused, promoted and restarted', async ({ session }) => {
    await session.apply(basicRollout({ replicas: 2 }));
    await session.until('web', { phase: 'Healthy' });
    expect(await say(session, 'pause', 'web')).toBe("rollout 'web' paused");
    await session.until('web', { phase: 'Paused', message: 'manually paused' });
    expect(await say(session, 'promote', 'web')).toBe("rollout 'web' promoted");
    await session.until('web', { phase: 'Healthy' });
    const before = (await session.list('pods')).map(({ metadata }) => metadata.uid);
    // Times have whole seconds, and a pod of the same second counts as younger.
    expect(await say(session, 'restart', 'web', '--in=2s')).toBe("rollout 'web' restarts in 2s");
    await waitFor(() => session.list('pods'), {
      what: 'two other pods',
      until: (pods) => pods.length === 2 && pods.every(({ metadata }) => !before.includes(metadata.uid)),
    });
  });

  test('is shown and listed as it is', async ({ session }) => {
    await atFirstPause(session);
    const shown = await say(session, 'get', 'rollout', 'web', '--no-color');
    expect(shown).toMatch(/^Status: +॥ Paused$/m);
    expect(shown).toMatch(/^ {2}SetWeight: +20\n {2}ActualWeight: +20$/m);
    expect(shown).toMatch(/^Images: +web:1 \(stable\)\n +web:2 \(canary\)$/m);
    expect(shown).toMatch(/□ web-\S+ +Pod +✔ Running +\w+ +ready:1\/1 *$/m);
    expect((await say(session, 'list', 'rollouts')).split('\n').map((row) => row.trim().split(/ +/))).toEqual([
      ['NAME', 'STRATEGY', 'STATUS', 'STEP', 'SET-WEIGHT', 'READY', 'DESIRED', 'UP-TO-DATE', 'AVAILABLE'],
      ['web', 'Canary', 'Paused', '1/4', '20', '3/3', '2', '1', '3'],
    ]);
    expect(await say(session, 'status', 'web', '--watch=false')).toBe('Paused - CanaryPauseStep');
  });
});

test('a blue-green Rollout is promoted, and undone', async ({ session }) => {
  const blueGreen = { autoPromotionEnabled: false };
  await session.apply(...twoServices(), blueGreenRollout({ replicas: 2, blueGreen }));
  await session.until('web', { phase: 'Healthy', active: 'web:1' });
  await say(session, 'set', 'image', 'web', '*=web:2');
  await session.until('web', { phase: 'Paused', active: 'web:1', preview: 'web:2' });
  expect(await say(session, 'promote', 'web')).toBe("rollout 'web' promoted");
  await session.until('web', { phase: 'Healthy', active: 'web:2', stableImage: 'web:2' });
  expect(await say(session, 'undo', 'web')).toBe("rollout 'web' undo");
  await session.until('web', { canaryImage: 'web:1', revision: 3 });
});

test('an AnalysisRun is terminated', async ({ session }) => {
  await allowJobs(session);
  await session.apply(analysisRun({ metrics: [jobMetric({ command: ['sleep', '3600'] })] }));
  await waitFor(() => jobNamesIn(session), { what: 'the Job', until: ({ length }) => length === 1 });
  expect(await say(session, 'terminate', 'analysisrun', 'check')).toBe("analysisRun 'check' terminated");
  const run = await untilPhase(session, 'Inconclusive');
  expect(run.spec.terminate).toBe(true);
  await waitFor(() => jobNamesIn(session), { what: 'the Job to be gone', until: ({ length }) => length === 0 });
});

test('lint finds no fault with what our controller rolls out, and the fault that it refuses', async ({ session }) => {
  const folder = await mkdtemp(join(tmpdir(), 'serin-lint-'));
  try {
    const file = join(folder, 'rollout.yaml');
    const text = (objects: readonly object[]) => objects.map((one) => JSON.stringify(one)).join('\n---\n');
    const good = [...routing(), release('web:1')];
    await writeFile(file, text(good));
    await say(session, 'lint', '-f', file);
    await session.kubectl('apply', '-f', file);
    await session.until('web', { phase: 'Healthy' });

    // The API server refuses it for the same reason, by the rules of our CRD.
    const bad = routedRollout({ replicas: 2, canary: { steps, maxSurge: 0, maxUnavailable: 0 } });
    await writeFile(file, text([...routing(), bad]));
    const { code, stderr } = await plugin(session, 'lint', '-f', file);
    expect(code).toBe(1);
    const [, problem = 'no problem'] = /^Error: spec\.strategy\..*: (.+)$/m.exec(stderr) ?? [];
    const refused = await session.tryKubectl(['apply', '-f', file]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) as string });
  } finally {
    await rm(folder, { recursive: true });
  }
});
