/** Every field of the status, as it stands at the turning points of a rollout (spec 3.1). */
import { expect } from 'vitest';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import { templateHash } from '../../src/kube/template-hash.ts';
import { abort, promote } from './commands.ts';
import { basicRollout, routedRollout, routing, type RolloutManifest } from './manifests.ts';
import { test, type Session } from './session.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const STEPS = [{ setWeight: 20 }, { pause: {} }];
/** The published hash of these steps. */
const STEPS_HASH = '54649b9f5c';

async function statusOf(session: Session): Promise<RolloutStatus> {
  const { conditions: _told, ...status } = (await session.get('rollouts', 'web')).status ?? {};
  return status;
}

async function hashOf(session: Session, revision: number): Promise<string> {
  const replicaSet = (await session.list('replicasets')).find(
    ({ metadata }) => metadata.annotations?.['rollout.argoproj.io/revision'] === String(revision),
  );
  return replicaSet?.metadata.labels?.['rollouts-pod-template-hash'] ?? '';
}

test('from the first deploy over a pause to the end', async ({ session }) => {
  const manifest = (image: string) => routedRollout({ replicas: 3, image, canary: { steps: STEPS } });
  await session.apply(...routing(), manifest('web:1'));
  await session.until('web', { phase: 'Healthy', canaryService: 'web:1' });
  await session.settled();
  const first = await hashOf(session, 1);
  const destinations = (weight: number, canary: string, stable: string) => ({
    weights: {
      canary: { weight, serviceName: 'web-canary', podTemplateHash: canary },
      stable: { weight: 100 - weight, serviceName: 'web', podTemplateHash: stable },
    },
  });
  const idle = {
    observedGeneration: '1',
    phase: 'Healthy',
    message: '',
    currentPodHash: first,
    stableRS: first,
    currentStepHash: STEPS_HASH,
    currentStepIndex: 2,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    HPAReplicas: 3,
    selector: 'app=web',
    canary: destinations(0, first, first),
    duration: { rolloutStartedAt: TIME, finishedAt: TIME, completionStatus: 'Promoted' },
  };
  expect(await statusOf(session)).toEqual(idle);

  await session.apply(manifest('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, weight: 20 });
  await session.settled();
  const second = await hashOf(session, 2);
  expect(await statusOf(session)).toEqual({
    ...idle,
    observedGeneration: '2',
    phase: 'Paused',
    message: 'CanaryPauseStep',
    currentPodHash: second,
    currentStepIndex: 1,
    replicas: 4,
    updatedReplicas: 1,
    readyReplicas: 4,
    availableReplicas: 4,
    HPAReplicas: 4,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: TIME }],
    controllerPause: true,
    canary: { ...destinations(20, second, first), pausedStepIndex: 1 },
    duration: { rolloutStartedAt: TIME, manualPauseStartedAt: TIME },
  });

  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0 });
  await session.settled();
  expect(await statusOf(session)).toEqual({
    ...idle,
    observedGeneration: '2',
    currentPodHash: second,
    stableRS: second,
    // The old pods stay for their delay.
    replicas: 6,
    readyReplicas: 6,
    availableReplicas: 6,
    HPAReplicas: 6,
    canary: destinations(0, second, second),
    duration: { ...idle.duration, totalManualPauseDurationSeconds: expect.any(Number) },
  });
});

test('without steps and router there is no index and no weight', async ({ session }) => {
  await session.apply(basicRollout());
  await session.until('web', { phase: 'Healthy' });
  const status = await statusOf(session);
  expect(status.currentStepHash).toBe('5ffbfbbd64');
  expect(status).not.toHaveProperty('currentStepIndex');
  expect(status).not.toHaveProperty('canary');
});

test('an abort leaves its time, which stays while it lasts', async ({ session }) => {
  await session.apply(basicRollout({ canary: { steps: STEPS } }));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(basicRollout({ image: 'web:2', canary: { steps: STEPS } }));
  await session.until('web', { phase: 'Paused', index: 1 });
  await abort(session, 'web');
  await session.until('web', { phase: 'Degraded', pods: 1 });
  const { abortedAt, duration, ...status } = await statusOf(session);
  expect(abortedAt).toEqual(TIME);
  expect(duration?.completionStatus).toBe('Aborted');
  expect(status).toMatchObject({ abort: true, currentStepIndex: 0 });
  expect(status).not.toHaveProperty('pauseConditions');

  await session.kubectl('annotate', 'rollout', 'web', 'touched=yes');
  await session.settled();
  expect((await statusOf(session)).abortedAt).toBe(abortedAt);
});

test('the scale subresource reports all pods and selects both revisions', async ({ session }) => {
  const rollout = basicRollout({ replicas: 2, canary: { steps: STEPS } });
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'tier', operator: 'In', values: ['b', 'a'] }],
  };
  const template = (image: string) => ({
    metadata: { labels: { app: 'web', tier: 'a' } },
    spec: { containers: [{ name: 'web', image }] },
  });
  const manifest = (image: string) => ({ ...rollout, spec: { ...rollout.spec, selector, template: template(image) } });
  await session.apply(manifest('web:1'));
  await session.until('web', { phase: 'Healthy' });
  await session.apply(manifest('web:2'));
  await session.until('web', { phase: 'Paused', index: 1, pods: 3 });
  const scale = await session.client.get(`${session.pathOf('rollouts')}/web/scale`);
  expect(scale).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 3, selector: 'app=web,tier in (a,b)' } });
});

test('a ReplicaSet name that is taken counts as a collision', async ({ session }) => {
  // What the server makes of the manifest is what is hashed.
  const manifest = basicRollout();
  const stored = await session.tryKubectl(
    ['apply', '--dry-run=server', '-o', 'json', '-f', '-'],
    JSON.stringify(manifest),
  );
  const { template = {} } = (JSON.parse(stored.stdout) as RolloutManifest).spec;
  const taken = `web-${templateHash(template)}`;
  await session.apply({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: taken },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'other' } },
      template: { metadata: { labels: { app: 'other' } }, spec: { containers: [{ name: 'other', image: 'other:1' }] } },
    },
  });
  await session.apply(manifest);
  await session.until('web', { phase: 'Healthy', canary: 1 });
  const status = await statusOf(session);
  expect(status.collisionCount).toBe(1);
  expect(status.currentPodHash).toBe(templateHash(template, 1));
  expect((await session.get('replicasets', taken)).spec.replicas).toBe(0);
});
