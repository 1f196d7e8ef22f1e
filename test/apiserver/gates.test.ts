/** The gates of examples/analysis/: each kind of hook is asked at its time, and decides what README.md there says. */
import { describe } from 'vitest';
import { allowJobs, manifestsIn } from './analysis-examples.ts';
import { OutsideWorld } from './outside-world.ts';
import { test, type Session } from './session.ts';

const BLUE = 'argoproj/rollouts-demo:blue';
const GREEN = 'argoproj/rollouts-demo:green';
const OPEN = { status: 200, body: 'OK' };
const CLOSED = { status: 403, body: 'Forbidden' };

/** Both files as they are, but for the server of the hooks and for the length of pauses. */
async function applyGated(
  session: Session,
  world: OutsideWorld,
  change: (text: string) => string = (text) => text,
): Promise<void> {
  await allowJobs(session);
  const here = (text: string) =>
    change(text).replaceAll('http://hooks.example.test', world.url).replaceAll('duration: 30s', 'duration: 1s');
  await session.apply(...(await manifestsIn('examples/analysis/gates.yaml', here)));
  await session.apply(...(await manifestsIn('examples/analysis/gates-rollout.yaml', here)));
  await session.until('gated', { phase: 'Healthy', stableImage: BLUE, weight: 0 });
  await session.kubectl(
    'patch',
    'rollout',
    'gated',
    '--type=json',
    '-p',
    JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: GREEN }]),
  );
}

describe('a release with gates', () => {
  test('waits at each until it opens, and ends with the new version', async ({ session, expect }) => {
    const open = new Set(['/rollout', '/post-rollout']);
    await using world = await OutsideWorld.open(({ path }) => (open.has(path) ? OPEN : CLOSED));
    await applyGated(session, world);

    await world.untilAsked('/confirm-rollout', 2);
    const before = await session.until('gated', { phase: 'Progressing', index: 0 });
    expect(before).toMatchObject({ weight: 0, sizes: `${BLUE}=4` });
    open.add('/confirm-rollout');

    await world.untilAsked('/confirm-traffic-increase');
    await session.until('gated', { index: 6, weight: 20 });
    open.add('/confirm-traffic-increase');

    await world.untilAsked('/confirm-promotion');
    await session.until('gated', { index: 9, weight: 60 });
    expect(world.paths).not.toContain('/post-rollout');
    open.add('/confirm-promotion');

    await session.until('gated', { phase: 'Healthy', stableImage: GREEN, weight: 0 });
    const hooks = ['/confirm-rollout', '/confirm-traffic-increase', '/confirm-promotion', '/post-rollout'];
    expect(world.paths.filter((path) => hooks.includes(path))).toEqual(hooks);
    expect(world.paths).toEqual(expect.arrayContaining(['/rollout', '/rollback']));
    const gate = world.asked.find(({ path }) => path === '/confirm-rollout')?.body ?? '{}';
    expect(JSON.parse(gate)).toEqual({
      name: 'gated',
      namespace: session.namespace,
      phase: 'Progressing',
      metadata: { hook: 'confirm-rollout' },
    });
    const jobs = await session.kubectl('get', 'jobs', '-o', 'jsonpath={.items[*].status.succeeded}');
    expect(jobs).toBe('1');
  });

  test('goes back from a closed gate when the rollback hook says so', async ({ session, expect }) => {
    const open = new Set(['/rollout', '/confirm-rollout']);
    await using world = await OutsideWorld.open(({ path }) => (open.has(path) ? OPEN : CLOSED));
    await applyGated(session, world);
    await session.until('gated', { index: 6, weight: 20 });
    open.add('/rollback');
    const { message } = await session.until('gated', {
      phase: 'Degraded',
      aborted: true,
      weight: 0,
      stableImage: BLUE,
    });
    expect(message).toContain('Metric "rollback-wanted" assessed Failed');
    expect(world.paths).not.toContain('/post-rollout');
  });

  test('goes back before any user reaches a canary that fails its smoke test', async ({ session, expect }) => {
    await using world = await OutsideWorld.open(({ path }) => (path === '/rollback' ? CLOSED : OPEN));
    const failing = (text: string) => text.replace(/args: \[--fail.*\]/, 'command: ["false"]').replace('10s', '1s');
    await applyGated(session, world, failing);
    const { message } = await session.until('gated', {
      phase: 'Degraded',
      aborted: true,
      weight: 0,
      stableImage: BLUE,
    });
    expect(message).toContain('Metric "smoke-test" assessed Failed due to failed (3) > failureLimit (2)');
    expect(world.paths).not.toContain('/confirm-traffic-increase');
    const weights = (await session.events('gated')).filter(({ reason }) => reason === 'TrafficWeightUpdated');
    expect(weights.map(({ message }) => message)).toEqual(['Traffic weight updated to 0']);
  });
});
