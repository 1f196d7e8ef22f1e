/** A person steers a Rollout with the command line. */
import { expect } from 'vitest';
import { cli } from './cli.ts';
import { routedRollout, routing } from './manifests.ts';
import { test } from './session.ts';

const canary = { steps: [{ setWeight: 50 }, { pause: {} }, { setWeight: 75 }, { pause: {} }] };

test('get, list and promote: a canary at its pause, and what comes after it', async ({ session }) => {
  await session.apply(...routing(), routedRollout({ replicas: 2, canary }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(routedRollout({ replicas: 2, image: 'web:2', canary }));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50, canaryAvailable: 1 });

  const shown = await cli(session, ['get', 'rollout', 'web']);
  expect(shown).toMatchObject({ code: 0, err: '' });
  expect(shown.out).toMatch(/^Status: +॥ Paused$/m);
  expect(shown.out).toMatch(/^Message: +CanaryPauseStep$/m);
  expect(shown.out).toMatch(/^ {2}Step: +1\/4$/m);
  expect(shown.out).toMatch(/^ {2}SetWeight: +50$/m);
  expect(shown.out).toMatch(/^ {2}ActualWeight: +50$/m);
  expect(shown.out).toMatch(/^Images: +web:1 \(stable\)\n +web:2 \(canary\)$/m);
  expect(shown.out).toMatch(/\(a person: promote, promote --full, abort\)/);
  expect(shown.out).toMatch(/^├──# revision:2$/m);
  expect(shown.out).toMatch(/^│ {2}└──⧉ web-\w+ +ReplicaSet +✔ Healthy +\w+ +canary$/m);
  expect(shown.out).toMatch(/^└──# revision:1$/m);
  expect(shown.out.match(/□ web-\S+ +Pod +✔ Running +\w+ +ready:1\/1$/gm)).toHaveLength(3);

  const listed = await cli(session, ['list', 'rollouts']);
  expect(listed.out.split('\n').map((row) => row.split(/ +/))).toEqual([
    ['NAME', 'STRATEGY', 'STATUS', 'STEP', 'SET-WEIGHT', 'READY', 'DESIRED', 'UP-TO-DATE', 'AVAILABLE'],
    ['web', 'Canary', 'Paused', '1/4', '50', '3/3', '2', '1', '3'],
    [''],
  ]);

  expect(await cli(session, ['promote', 'web'])).toEqual({ code: 0, out: "rollout 'web' promoted\n", err: '' });
  await session.until('web', { phase: 'Paused', index: 3, weight: 75 });
  expect((await cli(session, ['promote', 'web', '--full'])).out).toBe("rollout 'web' fully promoted\n");
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2' });
  const view = JSON.parse((await cli(session, ['get', 'ro', 'web', '-o=json'])).out) as object;
  expect(view).toMatchObject({ phase: 'Healthy', progress: 'settled', share: { asked: 100 }, waitsFor: null });
});

test('what is not there, and what nothing can be printed of', async ({ session }) => {
  const missing = await cli(session, ['get', 'rollout', 'web']);
  expect(missing).toMatchObject({ code: 1, out: '' });
  expect(missing.err).toMatch(/^Error: .*rollouts\.argoproj\.io "web" not found$/m);
  expect(await cli(session, ['list', 'rollouts'])).toEqual({ code: 0, out: '', err: 'No resources found.\n' });
});

test('history and undo --dry-run: the defaults that the API server has added are no difference', async ({
  session,
}) => {
  const cause = { annotations: { 'kubernetes.io/change-cause': 'ticket 7' } };
  const release = (image: string, metadata: object) => {
    const manifest = routedRollout({ replicas: 1, image, canary });
    return { ...manifest, metadata: { ...manifest.metadata, ...metadata } };
  };
  await session.apply(...routing(), release('web:1', {}));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(release('web:2', cause));
  await session.until('web', { phase: 'Paused', index: 1, weight: 50 });

  const listed = await cli(session, ['history', 'web']);
  expect(listed).toMatchObject({ code: 0, err: '' });
  const [head, second, first] = listed.out.split('\n');
  expect(head).toMatch(/^REVISION +REPLICASET +HASH +ROLE +PODS +AGE +IMAGES +CHANGE-CAUSE$/);
  expect(second).toMatch(/^2 +web-(\w+) +\1 +canary +1\/1 +\w+ +web:2 +ticket 7$/);
  expect(first).toMatch(/^1 +web-(\w+) +\1 +stable +1\/1 +\w+ +web:1$/);

  const shown = await cli(session, ['undo', 'web', '--dry-run']);
  expect(shown).toMatchObject({ code: 0, err: 'Note: nothing was changed, because of --dry-run.\n' });
  const changed = shown.out.split('\n').filter((line) => /^[-+]/.test(line));
  expect(changed).toEqual(['--- present', '+++ revision 1', '-    - image: web:2', '+    - image: web:1']);
  expect(await session.look('web')).toMatchObject({ canaryImage: 'web:2', revision: 2 });
});
