/** The demo that people start with, told with kubectl alone: 20, promote, 50, 70, done; then one aborted and healed. */
import { describe, expect } from 'vitest';
import { abort, promote, promoteFull } from './commands.ts';
import { test, type Session } from './session.ts';

const INGRESS = 'canary-demo-canary-demo-canary';
const BLUE = 'argoproj/rollouts-demo:blue';
const GREEN = 'argoproj/rollouts-demo:green';

async function firstDeploy(session: Session): Promise<void> {
  await session.applyExamples('canary-demo-services.yaml', 'canary-demo-ingress.yaml', 'canary-demo-rollout.yaml');
  await session.until('canary-demo', { phase: 'Healthy', stableImage: BLUE, stableService: BLUE, canaryService: BLUE });
}

describe('canary-demo', () => {
  test('the first deploy skips the steps and gets a canary Ingress of weight 0', async ({ session }) => {
    await firstDeploy(session);
    expect(await session.look('canary-demo')).toMatchObject({ index: 6, canary: 1, pods: 1, weight: 0, revision: 1 });
    const { metadata, spec } = await session.get('ingresses', INGRESS);
    expect(metadata.annotations).toEqual({
      'kubernetes.io/ingress.class': 'nginx',
      'nginx.ingress.kubernetes.io/canary': 'true',
      'nginx.ingress.kubernetes.io/canary-weight': '0',
      'nginx.ingress.kubernetes.io/canary-by-header': 'X-Canary',
    });
    const backend = { service: { name: 'canary-demo-canary', port: { name: 'http' } } };
    expect(spec?.rules).toEqual([
      { host: 'canary.auto', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } },
    ]);
    const [pod] = await session.list('pods');
    expect(pod?.metadata.labels).toMatchObject({ deployment: 'stable' });
  });

  test('20, promote, 50, 70, done', async ({ session }) => {
    await firstDeploy(session);
    await session.applyExamples('canary-demo-rollout-green.yaml');
    await session.until('canary-demo', { phase: 'Paused', index: 1, weight: 20, canary: 1, stable: 1 });
    expect(await session.look('canary-demo')).toMatchObject({ stableService: BLUE, canaryService: GREEN, revision: 2 });

    // The two timed pauses last 30 s each: a person in a hurry ends them like the one without a time.
    await promote(session, 'canary-demo');
    await session.until('canary-demo', { phase: 'Paused', index: 3, weight: 50 });
    await promote(session, 'canary-demo');
    await session.until('canary-demo', { phase: 'Paused', index: 5, weight: 70 });
    await promote(session, 'canary-demo');
    const done = await session.until('canary-demo', { phase: 'Healthy', index: 6, weight: 0 });
    expect(done).toMatchObject({ stableService: GREEN, canaryService: GREEN, stableImage: GREEN, stable: 1 });
    // The old pod stays for its 30 s, so that a proxy that is behind still finds it.
    expect(done).toMatchObject({ retired: 1, pods: 2 });
  });

  test('an aborted update goes back to weight 0 and is healed by re-applying the old manifest', async ({ session }) => {
    await firstDeploy(session);
    await session.applyExamples('canary-demo-rollout-green.yaml');
    await session.until('canary-demo', { phase: 'Paused', index: 1, weight: 20 });
    await abort(session, 'canary-demo');
    const aborted = await session.until('canary-demo', { phase: 'Degraded', index: 0, weight: 0, canaryService: BLUE });
    expect(aborted.message).toBe('RolloutAborted: Rollout aborted update to revision 2');
    expect(aborted).toMatchObject({ aborted: true, stableService: BLUE, stable: 1, canary: 1 });

    await session.applyExamples('canary-demo-rollout.yaml');
    const healed = await session.until('canary-demo', { phase: 'Healthy', index: 6, weight: 0, aborted: false });
    expect(healed).toMatchObject({ stableImage: BLUE, canaryImage: BLUE, revision: 3 });
    expect(await session.list('replicasets')).toHaveLength(2);
  });

  test('kubectl alone tells how it went', async ({ session }) => {
    await firstDeploy(session);
    await session.applyExamples('canary-demo-rollout-green.yaml');
    await session.until('canary-demo', { phase: 'Paused', index: 1, weight: 20 });
    await promoteFull(session, 'canary-demo');
    await session.until('canary-demo', { phase: 'Healthy', weight: 0, stableImage: GREEN });
    expect((await session.kubectl('get', 'ro', 'canary-demo')).replace(/ +/g, ' ').split('\n')[0]).toBe(
      'NAME DESIRED CURRENT UP-TO-DATE AVAILABLE AGE',
    );
    const wait = ['wait', 'rollout/canary-demo', '--timeout=30s'];
    await session.kubectl(...wait, '--for=condition=Completed', '--for=condition=Available');
    await session.kubectl(...wait, '--for=jsonpath={.status.phase}=Healthy');
    const reasons = ['RolloutStepCompleted', 'RolloutPaused', 'TrafficWeightUpdated', 'RolloutCompleted'];
    // Events are written after what they tell.
    for (const reason of reasons) await session.waitForEvent('canary-demo', reason);
    const description = await session.kubectl('describe', 'rollout', 'canary-demo');
    for (const reason of reasons) expect(description).toContain(reason);
  });
});
