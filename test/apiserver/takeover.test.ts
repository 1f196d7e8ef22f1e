/**
 * Taking over from another controller of this API in the middle of its work: nothing starts anew, nothing moves
 * that need not, and it goes on from there (spec 4.4, 4.5, 11.50).
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import type { RolloutStatus } from '../../src/api/schema/status.ts';
import type { ReplicaSet } from '../../src/kube/objects.ts';
import { waitFor } from '../testbed/cluster/wait.ts';
import { patchSpec, promote, retry } from './commands.ts';
import { CANARY_HASH, inheritedCondition, STABLE_HASH } from './inherited-rollout.ts';
import { basicRollout, routedRollout } from './manifests.ts';
import { TakeoverCluster, touched } from './takeover-cluster.ts';

/** Their hash as the API publishes it. */
const STEPS = [{ setWeight: 20 }, { pause: {} }];
const STEP_HASH = '54649b9f5c';

const PREFIX = 'nginx.ingress.kubernetes.io';

let cluster: TakeoverCluster;
beforeAll(async () => {
  cluster = await TakeoverCluster.start();
});
afterEach(() => cluster.killController());
afterAll(() => cluster?.stop());

const REVISIONS = [
  { image: 'web:1', hash: STABLE_HASH, replicas: 5 },
  { image: 'web:2', hash: CANARY_HASH, replicas: 1 },
];

function inPause(startTime: string): RolloutStatus {
  return {
    phase: 'Paused',
    message: 'CanaryPauseStep',
    stableRS: STABLE_HASH,
    currentPodHash: CANARY_HASH,
    currentStepHash: STEP_HASH,
    currentStepIndex: 1,
    controllerPause: true,
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime }],
    conditions: [
      inheritedCondition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability'),
      inheritedCondition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted'),
      inheritedCondition('Progressing', 'Unknown', 'RolloutPaused', 'Rollout is paused'),
      inheritedCondition('Paused', 'True', 'RolloutPaused', 'Rollout is paused'),
    ],
  };
}

function weights(weight: number, canaryHash = CANARY_HASH): RolloutStatus {
  return {
    canary: {
      weights: {
        canary: { weight, serviceName: 'web-canary', podTemplateHash: canaryHash },
        stable: { weight: 100 - weight, serviceName: 'web', podTemplateHash: STABLE_HASH },
      },
    },
  };
}

describe('a canary that waits at a pause', () => {
  const manifest = routedRollout({ replicas: 5, image: 'web:2', canary: { steps: STEPS, scaleDownDelaySeconds: 1 } });
  const inheritance = {
    manifest,
    revisions: REVISIONS,
    routing: { stable: STABLE_HASH, canary: CANARY_HASH, weight: 20 },
    status: { ...inPause('2026-01-02T03:04:05Z'), ...weights(20) },
  };

  test('waits on with its weight and its pods, and a promotion ends it', async (context) => {
    const session = await cluster.inherit(context, inheritance);
    using recording = await cluster.takeOver(session);
    expect(touched(recording).filter((one) => !one.includes(' ingresses '))).toEqual([]);
    expect(await session.look('web')).toMatchObject({
      phase: 'Paused',
      index: 1,
      sizes: 'web:1=5 web:2=1',
      stableService: 'web:1',
      canaryService: 'web:2',
      revision: 2,
    });
    await promote(session, 'web');
    await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0, retired: 0, pods: 5, revision: 2 });
    expect(await recording.moments('web', ({ index }) => index)).toEqual([1, 2]);
    expect(await recording.moments('web', ({ weight }) => weight)).toEqual([20, 100, 0]);
    expect(await session.list('replicasets')).toHaveLength(2);
  });

  test('the canary Ingress becomes ours, and what nobody asks for any more leaves it', async (context) => {
    const session = await cluster.inherit(context, {
      ...inheritance,
      manifest: routedRollout({
        replicas: 5,
        image: 'web:2',
        canary: {
          steps: STEPS,
          trafficRouting: { nginx: { stableIngress: 'web', additionalIngressAnnotations: { 'limit-rps': '10' } } },
        },
      }),
      routing: {
        ...inheritance.routing,
        annotations: {
          [`${PREFIX}/limit-rps`]: '10',
          // Left by a spec of former times: the other controller takes nothing away.
          [`${PREFIX}/canary-by-header`]: 'X-Old',
          'example.com/owner': 'somebody else',
        },
      },
    });
    using recording = await cluster.takeOver(session);
    const annotations = async () => (await session.get('ingresses', 'web-web-canary')).metadata.annotations;
    const rules = { [`${PREFIX}/canary`]: 'true', [`${PREFIX}/canary-weight`]: '20' };
    const foreign = { 'example.com/owner': 'somebody else' };
    expect(await annotations()).toEqual({ ...rules, ...foreign, [`${PREFIX}/limit-rps`]: '10' });
    expect(await recording.moments('web', ({ weight }) => weight)).toEqual([20]);
    await patchSpec(session, 'web', {
      strategy: { canary: { trafficRouting: { nginx: { additionalIngressAnnotations: null } } } },
    });
    await waitFor(annotations, {
      what: 'the annotation to go that the spec no longer asks for',
      until: (present) => present?.[`${PREFIX}/limit-rps`] === undefined,
    });
    expect(await annotations()).toEqual({ ...rules, ...foreign });
  });
});

test('a pause that ended while nobody looked is over', async (context) => {
  const steps = [{ setWeight: 10 }, { pause: { duration: 10 } }];
  const session = await cluster.inherit(context, {
    manifest: routedRollout({ replicas: 5, image: 'web:2', canary: { steps } }),
    revisions: REVISIONS,
    routing: { stable: STABLE_HASH, canary: CANARY_HASH, weight: 10 },
    status: { ...inPause('2026-01-02T03:04:05Z'), ...weights(10), currentStepHash: '78f6ffd7ff' },
  });
  using recording = await cluster.takeOver(session);
  await session.until('web', { phase: 'Healthy', stableImage: 'web:2', weight: 0, revision: 2 });
  expect(await recording.moments('web', ({ index }) => index)).toEqual([1, 2]);
});

test('without a router the pods stay as they are divided', async (context) => {
  const session = await cluster.inherit(context, {
    manifest: basicRollout({ replicas: 5, image: 'web:2', canary: { steps: STEPS } }),
    revisions: [
      { image: 'web:1', hash: STABLE_HASH, replicas: 4 },
      { image: 'web:2', hash: CANARY_HASH, replicas: 1 },
    ],
    status: inPause('2026-01-02T03:04:05Z'),
  });
  using recording = await cluster.takeOver(session);
  expect(touched(recording)).toEqual([]);
  await promote(session, 'web');
  await session.until('web', { phase: 'Healthy', sizes: 'web:2=5', pods: 5, revision: 2 });
  expect(await recording.moments('web', ({ index }) => index)).toEqual([1, 2]);
});

test('an aborted rollout stays aborted, keeps the canary until its deadline, and a retry starts the same revision', async (context) => {
  const deadline = '2099-01-02T03:04:05Z';
  const session = await cluster.inherit(context, {
    manifest: routedRollout({ replicas: 5, image: 'web:2', canary: { steps: STEPS } }),
    revisions: [
      { image: 'web:1', hash: STABLE_HASH, replicas: 5 },
      { image: 'web:2', hash: CANARY_HASH, replicas: 1, annotations: { 'scale-down-deadline': deadline } },
    ],
    routing: { stable: STABLE_HASH, canary: STABLE_HASH, weight: 0 },
    status: {
      phase: 'Degraded',
      message: 'RolloutAborted: Rollout aborted update to revision 2',
      stableRS: STABLE_HASH,
      currentPodHash: CANARY_HASH,
      currentStepHash: STEP_HASH,
      currentStepIndex: 0,
      abort: true,
      abortedAt: '2026-01-02T03:04:05Z',
      conditions: [
        inheritedCondition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability'),
        inheritedCondition('Completed', 'False', 'RolloutCompleted', 'RolloutCompleted'),
        inheritedCondition('Progressing', 'False', 'RolloutAborted', 'Rollout aborted update to revision 2'),
      ],
      ...weights(0, STABLE_HASH),
    },
  });
  using recording = await cluster.takeOver(session);
  expect(touched(recording).filter((one) => !one.includes(' ingresses '))).toEqual([]);
  expect(await session.look('web')).toMatchObject({
    phase: 'Degraded',
    message: 'RolloutAborted: Rollout aborted update to revision 2',
    aborted: true,
    weight: 0,
    canaryService: 'web:1',
    sizes: 'web:1=5 web:2=1',
  });
  expect((await session.get('rollouts', 'web')).status?.abortedAt).toBe('2026-01-02T03:04:05Z');
  await retry(session, 'web');
  await session.until('web', { phase: 'Paused', index: 1, weight: 20, canaryService: 'web:2', revision: 2 });
  const canary = await session.get('replicasets', `web-${CANARY_HASH}`);
  expect(canary.metadata.annotations).not.toHaveProperty('scale-down-deadline');
  expect(recording.changes.filter(({ plural, type }) => plural === 'pods' && type !== 'MODIFIED')).toEqual([]);
});

test('a promoted rollout keeps the former revision until its deadline', async (context) => {
  const deadline = '2099-01-02T03:04:05Z';
  const session = await cluster.inherit(context, {
    manifest: routedRollout({ replicas: 2, image: 'web:2', canary: { steps: STEPS } }),
    revisions: [
      { image: 'web:1', hash: STABLE_HASH, replicas: 2, annotations: { 'scale-down-deadline': deadline } },
      { image: 'web:2', hash: CANARY_HASH, replicas: 2 },
    ],
    routing: { stable: CANARY_HASH, canary: CANARY_HASH, weight: 0 },
    status: {
      phase: 'Healthy',
      stableRS: CANARY_HASH,
      currentPodHash: CANARY_HASH,
      currentStepHash: STEP_HASH,
      currentStepIndex: 2,
      conditions: [
        inheritedCondition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability'),
        inheritedCondition('Completed', 'True', 'RolloutCompleted', 'RolloutCompleted'),
        inheritedCondition(
          'Progressing',
          'True',
          'ReplicaSetUpdated',
          `ReplicaSet "web-${CANARY_HASH}" is progressing.`,
        ),
      ],
      ...weights(0),
    },
  });
  using recording = await cluster.takeOver(session);
  expect(touched(recording).filter((one) => !one.includes(' ingresses '))).toEqual([]);
  expect(await session.look('web')).toMatchObject({ phase: 'Healthy', index: 2, sizes: 'web:1=2 web:2=2', pods: 4 });
  const former = await session.get('replicasets', `web-${STABLE_HASH}`);
  expect(former.metadata.annotations).toHaveProperty('scale-down-deadline', deadline);
  await session.kubectl(
    'annotate',
    '--overwrite',
    'replicaset',
    `web-${STABLE_HASH}`,
    'scale-down-deadline=2026-01-02T03:04:05Z',
  );
  await session.until('web', { phase: 'Healthy', sizes: 'web:2=2', pods: 2 });
});

/** As an API server of a newer Kubernetes with one default more in pod templates: enableServiceLinks, which only pods get. */
const ONE_MORE_DEFAULT = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'one-more-default' },
    spec: {
      reinvocationPolicy: 'Never',
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['replicasets'] },
        ],
      },
      matchConditions: [
        {
          name: 'has-none',
          expression: '!has(object.spec.template.spec.enableServiceLinks) && object.metadata.labels.app == "web"',
        },
      ],
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              'Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{enableServiceLinks: true}}}}',
          },
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: 'one-more-default' },
    spec: { policyName: 'one-more-default' },
  },
];

describe('on a cluster that fills in a field which is not in our table of defaults', () => {
  async function inheritedThere(context: TestContext, wanted: string) {
    const manifest = basicRollout({ replicas: 2, image: wanted });
    const session = await cluster.inherit(context, {
      manifest,
      revisions: [{ image: 'web:1', hash: STABLE_HASH, replicas: 2, filledIn: { enableServiceLinks: true } }],
      status: {
        phase: 'Healthy',
        stableRS: STABLE_HASH,
        currentPodHash: STABLE_HASH,
        conditions: [
          inheritedCondition('Available', 'True', 'AvailableReason', 'Rollout has minimum availability'),
          inheritedCondition('Completed', 'True', 'RolloutCompleted', 'RolloutCompleted'),
        ],
      },
    });
    await session.apply(...ONE_MORE_DEFAULT);
    context.onTestFinished(async () => {
      for (const { kind, metadata } of ONE_MORE_DEFAULT) await session.kubectl('delete', kind, metadata.name);
    });
    const [replicaSet] = await session.list('replicasets');
    const { template, selector } = { ...replicaSet?.spec } as ReplicaSet['spec'];
    const { enableServiceLinks: _filledIn, ...spec } = template.spec ?? {};
    const probe = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'probe', labels: { app: 'web' } },
      spec: { replicas: 0, selector, template: { ...template, spec } },
    };
    await waitFor(
      () => session.tryKubectl(['create', '--dry-run=server', '-o', 'json', '-f', '-'], JSON.stringify(probe)),
      { what: 'the API server to fill it in', until: ({ stdout }) => stdout.includes('"enableServiceLinks": true') },
    );
    return session;
  }

  test('the ReplicaSet that runs the template is found, and no pod is restarted', async (context) => {
    const session = await inheritedThere(context, 'web:1');
    using recording = await cluster.takeOver(session);
    expect(touched(recording)).toEqual([]);
    expect(await session.look('web')).toMatchObject({ phase: 'Healthy', sizes: 'web:1=2', revision: 1 });
    await session.apply(basicRollout({ replicas: 3, image: 'web:1' }));
    await session.until('web', { phase: 'Healthy', sizes: 'web:1=3', revision: 1 });
    expect(await session.list('replicasets')).toHaveLength(1);
  });

  test('another template is released as ever', async (context) => {
    const session = await inheritedThere(context, 'web:2');
    using recording = await cluster.takeOver(session);
    await session.until('web', { phase: 'Healthy', sizes: 'web:2=2', revision: 2 });
    expect(touched(recording).filter((one) => one.startsWith('ADDED replicasets'))).toHaveLength(1);
  });
});
