/** Whole plans: what a pass writes, in which order, and that it ends. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS, LABELS } from '../../../src/api/words/labels.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import type { OwnerReference } from '../../../src/kube/objects.ts';
import type { CreateWrite, Plan, Write } from '../../../src/kube/plan.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { deepFrozen } from '../../kube/deep-frozen.ts';
import {
  blueGreen,
  buildWorld,
  hashOf,
  ingress,
  NAME,
  NAMESPACE,
  NOW,
  replicaSetNameOf,
  routed,
  templateOf,
  UID,
  type WorldOptions,
} from '../build-world.ts';
import { statusOf } from '../plan-effects.ts';

const STEPS = [{ setWeight: 20 }, { pause: {} }];

/** The writes as `<op> <plural> <name>`, with the subresource behind it. */
function outline({ writes }: Plan): string[] {
  return writes.map((write) => {
    const sub = write.op === 'patch' && write.subresource !== undefined ? `/${write.subresource}` : '';
    return `${write.op} ${write.resource.plural}${sub} ${write.name}`;
  });
}

/** The world in which the plan's status is written and nothing else has happened. */
function withStatus(world: RolloutWorld, patch: RolloutStatus): RolloutWorld {
  const status = Object.fromEntries(
    Object.entries({ ...world.rollout.status, ...patch }).filter(([, value]) => value !== null),
  );
  return { ...world, rollout: { ...world.rollout, status } };
}

function isEmpty({ writes, requeueAfterMs }: Plan): boolean {
  return writes.length === 0 && requeueAfterMs === undefined;
}

/** Reasons of all events, in the order in which they are told. */
function told({ writes }: Plan): string[] {
  return writes.flatMap(({ events = [] }) => events.map(({ reason }) => reason));
}

describe('a settled Rollout', () => {
  test.each<{ name: string; options: WorldOptions }>([
    { name: 'without a router', options: { revisions: [{ version: 'v1', size: 5 }] } },
    { name: 'with steps', options: { strategy: { steps: STEPS }, revisions: [{ version: 'v1', size: 5 }] } },
    { name: 'with nginx', options: { strategy: routed({ steps: STEPS }), revisions: [{ version: 'v1', size: 5 }] } },
    { name: 'of no pods', options: { replicas: 0, revisions: [{ version: 'v1' }] } },
    {
      name: 'with a history',
      options: { stable: 'v2', revisions: [{ version: 'v1' }, { version: 'v2', size: 5 }] },
    },
  ])('$name is reported on, and then there is nothing to do', ({ options }) => {
    let world = buildWorld(options);
    let plan = decideRollout(world);
    for (let look = 0; look < 5 && !isEmpty(plan); look += 1) {
      expect(outline(plan).filter((line) => line !== `patch rollouts/status ${NAME}`)).toEqual([]);
      world = { ...withStatus(world, statusOf(plan)), now: world.now + (plan.requeueAfterMs ?? 1) };
      plan = decideRollout(world);
    }
    expect(plan).toEqual({ writes: [] });
    expect(world.rollout.status?.phase).toBe('Healthy');
  });

  test('whose report was lost gets the same one again', () => {
    const world = deepFrozen(buildWorld({ strategy: routed({ steps: STEPS }) }));
    expect(decideRollout(world)).toEqual(decideRollout(world));
  });
});

describe('a new template', () => {
  const world = buildWorld({
    strategy: routed({ steps: STEPS }),
    version: 'v2',
    revisions: [{ version: 'v1', size: 5 }],
    status: { currentPodHash: hashOf('v1'), currentStepIndex: 2 },
  });
  const plan = decideRollout(world);

  test('is a ReplicaSet first, then the number on the Rollout, then the report', () => {
    expect(outline(plan)).toEqual([
      `create replicasets ${replicaSetNameOf('v2')}`,
      `patch rollouts ${NAME}`,
      `patch rollouts/status ${NAME}`,
    ]);
    expect(statusOf(plan)).toMatchObject({ currentPodHash: hashOf('v2'), currentStepIndex: 0, phase: 'Progressing' });
  });

  test('becomes a ReplicaSet that is ours, of that template and no other', () => {
    const create = plan.writes.find((one): one is CreateWrite => one.op === 'create');
    const labels = { app: NAME, [LABELS.podTemplateHash]: hashOf('v2') };
    const template = templateOf('v2');
    expect(create?.body).toMatchObject({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: replicaSetNameOf('v2'),
        namespace: NAMESPACE,
        labels,
        annotations: { [ANNOTATIONS.revision]: '2', [ANNOTATIONS.desiredReplicas]: '5' },
        ownerReferences: [{ kind: 'Rollout', name: NAME, uid: UID, controller: true, blockOwnerDeletion: true }],
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    });
  });

  test('is told in the order in which it happens', () => {
    expect(told(plan)).toEqual(['RolloutUpdated', 'NewReplicaSetCreated', 'RolloutNotCompleted', 'ScalingReplicaSet']);
  });

  test('carries fields that nobody here has heard of to the ReplicaSet', () => {
    const spec = { ...templateOf('v2').spec, futureField: { nested: [1, '2', null] } };
    const future = buildWorld({
      version: 'v2',
      revisions: [{ version: 'v1', size: 5 }],
      spec: { template: { ...templateOf('v2'), spec } },
    });
    const create = decideRollout(future).writes.find((one): one is CreateWrite => one.op === 'create');
    expect(create?.body).toMatchObject({ spec: { template: { spec: { futureField: { nested: [1, '2', null] } } } } });
  });
});

test.each([
  { name: 'a canary', options: { strategy: { steps: STEPS } } },
  { name: 'blue-green', options: { blueGreen: blueGreen() } },
])('a first deploy of $name is not told as an update that is not completed', ({ options }) => {
  const plan = decideRollout(buildWorld({ ...options, version: 'v1', stable: '', revisions: [] }));
  expect(told(plan)).toEqual(['RolloutUpdated', 'NewReplicaSetCreated', 'ScalingReplicaSet', 'RolloutCompleted']);
});

test('a pause of blue-green is told to be over before the update is', () => {
  const plan = decideRollout(
    buildWorld({
      blueGreen: blueGreen({ autoPromotionEnabled: false }),
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 5 },
      ],
      selects: { web: 'v2' },
      status: {
        controllerPause: true,
        blueGreen: { activeSelector: hashOf('v2'), previewSelector: hashOf('v2') },
      },
    }),
  );
  expect(told(plan)).toEqual(['RolloutResumed', 'RolloutCompleted']);
});

describe('the order of a plan', () => {
  test('capacity up, Services, traffic, capacity down, report', () => {
    const plan = decideRollout(
      buildWorld({
        strategy: routed({ steps: STEPS }),
        revisions: [
          { version: 'v1', size: 4 },
          { version: 'v2', size: 1 },
          { version: 'v3', size: 1 },
        ],
        selects: { 'web-canary': 'v2' },
        split: { weight: 20 },
      }),
    );
    const kinds = outline(plan).map((line) => line.split(' ').slice(0, 2).join(' '));
    const order = ['patch replicasets', 'patch services', 'apply ingresses', 'patch rollouts/status'];
    const places = kinds.map((kind) => order.indexOf(kind)).filter((place) => place >= 0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(kinds).toContain('patch replicasets');
    expect(kinds.at(-1)).toBe('patch rollouts/status');
  });

  test('pods are taken away and added on what was seen: an old growth may be a shrink by now', () => {
    const shrinking = decideRollout(buildWorld({ replicas: 3, revisions: [{ version: 'v1', size: 5 }] }));
    const growing = decideRollout(buildWorld({ replicas: 5, revisions: [{ version: 'v1', size: 3 }] }));
    const scaling = ({ writes }: Plan): Write | undefined =>
      writes.find(({ resource }) => resource.plural === 'replicasets');
    expect(scaling(shrinking)).toMatchObject({ patch: { spec: { replicas: 3 } }, resourceVersion: '1' });
    expect(scaling(growing)).toMatchObject({ patch: { spec: { replicas: 5 } }, resourceVersion: '1' });
  });

  test('a report is written on the Rollout that was seen', () => {
    const plan = decideRollout(buildWorld());
    expect(plan.writes.at(-1)).toMatchObject({ subresource: 'status', resourceVersion: '100' });
  });
});

describe('ownership', () => {
  const withOwners = (
    world: RolloutWorld,
    ownerReferences: OwnerReference[],
    labels?: Record<string, string>,
  ): RolloutWorld => ({
    ...world,
    replicaSets: world.replicaSets.map((one) => ({
      ...one,
      metadata: { ...one.metadata, ownerReferences, ...(labels === undefined ? {} : { labels }) },
    })),
  });

  test('an orphan is adopted after a live look at the Rollout, and nothing else happens', () => {
    const plan = decideRollout(withOwners(buildWorld(), []));
    expect(outline(plan)).toEqual([`require rollouts ${NAME}`, `patch replicasets ${replicaSetNameOf('v1')}`]);
    expect(plan.writes[0]).toMatchObject({ uid: UID });
    expect(plan.writes[1]).toMatchObject({
      resourceVersion: '1',
      patch: { metadata: { ownerReferences: [{ uid: UID, controller: true }] } },
    });
  });

  test('one that the selector no longer matches is let go', () => {
    const world = buildWorld();
    const owners = [...(world.replicaSets[0]?.metadata.ownerReferences ?? [])];
    const plan = decideRollout(withOwners(world, owners, { app: 'other', [LABELS.podTemplateHash]: hashOf('v1') }));
    expect(plan.writes).toMatchObject([{ op: 'patch', patch: { metadata: { ownerReferences: [] } } }]);
  });

  test('one of somebody else is left alone', () => {
    const stranger = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-other', controller: true };
    const plan = decideRollout(withOwners(buildWorld(), [stranger]));
    expect(outline(plan).filter((line) => line.startsWith('patch replicasets'))).toEqual([]);
  });
});

describe('what stops everything', () => {
  test('a Rollout that is being deleted is left alone', () => {
    const world = buildWorld({ version: 'v2', revisions: [{ version: 'v1', size: 5 }] });
    const metadata = { ...world.rollout.metadata, deletionTimestamp: '2026-01-02T03:04:00Z' };
    expect(decideRollout({ ...world, rollout: { ...world.rollout, metadata } })).toEqual({ writes: [] });
  });

  test.each<{ name: string; options: WorldOptions; says: string }>([
    {
      name: 'a spec that makes no sense',
      options: { strategy: { steps: [{ setWeight: 120 }] } },
      says: 'spec.strategy.steps[0].setWeight',
    },
    {
      name: 'something of a later version',
      options: { spec: { strategy: { canary: { steps: [{ plugin: { name: 'org/step' } }] } } } },
      says: 'spec.strategy.canary.steps[0].plugin',
    },
  ])('$name is said, and nothing else is done', ({ options, says }) => {
    const plan = decideRollout(
      buildWorld({ version: 'v2', replicas: 3, revisions: [{ version: 'v1', size: 3 }], ...options }),
    );
    expect(outline(plan)).toEqual([`patch rollouts/status ${NAME}`]);
    const status = statusOf(plan);
    expect(status.phase).toBe('Degraded');
    expect(status.message).toContain(`InvalidSpec: The Rollout "${NAME}" is invalid: `);
    expect(status.message).toContain(says);
    // What was remembered is not forgotten.
    expect(Object.keys(status).toSorted()).toEqual(['conditions', 'message', 'phase']);
  });

  test('a Service that is missing is said with its path', () => {
    const world = buildWorld({ strategy: routed({ steps: STEPS }) });
    const services = new Map([...world.services].filter(([name]) => name !== 'web-canary'));
    const { message } = statusOf(decideRollout({ ...world, services }));
    expect(message).toContain('spec.strategy.canary.canaryService');
    expect(message).toContain('web-canary');
  });
});

describe('what is left behind', () => {
  test('retired ReplicaSets beyond the history, the oldest first and only empty ones', () => {
    const revisions = [
      { version: 'v1' },
      { version: 'v2', size: 0, pods: 1 },
      { version: 'v3', observedGeneration: 0 },
      { version: 'v4' },
      { version: 'v5' },
      { version: 'v6', size: 5 },
    ];
    const plan = decideRollout(buildWorld({ stable: 'v6', revisions, spec: { revisionHistoryLimit: 1 } }));
    expect(outline(plan).filter((line) => line.startsWith('delete'))).toEqual([
      `delete replicasets ${replicaSetNameOf('v1')}`,
      `delete replicasets ${replicaSetNameOf('v4')}`,
    ]);
  });

  test('of those that were made within one second, the one with the lowest revision number is the oldest', () => {
    const createdAt = Date.parse('2026-01-01T00:00:00Z');
    const versions = ['v1', 'v2', 'v3', 'v4', 'v5'];
    const revisions = versions.map((version) => ({ version, createdAt }));
    const world = buildWorld({
      stable: 'v6',
      revisions: [...revisions, { version: 'v6', size: 5 }],
      spec: { revisionHistoryLimit: 2 },
    });
    const deleted = decideRollout(world).writes.filter(({ op }) => op === 'delete');
    expect(deleted.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3'].map(replicaSetNameOf));
  });

  test('a Service that the Rollout no longer names', () => {
    const world = buildWorld({ selects: { former: 'v1' } });
    const write = decideRollout(world).writes.find(({ name }) => name === 'former');
    expect(write).toMatchObject({
      op: 'patch',
      patch: {
        metadata: { annotations: { [ANNOTATIONS.managedByRollouts]: null } },
        spec: { selector: { [LABELS.podTemplateHash]: null } },
      },
    });
  });
});

describe('taking over', () => {
  test('a ReplicaSet with another hash and defaults of the server is the same revision', () => {
    const world = buildWorld({ strategy: { steps: STEPS } });
    const [replicaSet] = world.replicaSets;
    if (replicaSet === undefined) throw new Error('the world has no ReplicaSet');
    const labels = { app: NAME, [LABELS.podTemplateHash]: '5f6f7d8c9b' };
    const template = {
      metadata: { labels },
      spec: {
        ...replicaSet.spec.template.spec,
        restartPolicy: 'Always',
        dnsPolicy: 'ClusterFirst',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
      },
    };
    const foreign = {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, name: 'web-5f6f7d8c9b', labels },
      spec: { ...replicaSet.spec, template },
    };
    const status = { stableRS: '5f6f7d8c9b', currentPodHash: '5f6f7d8c9b' };
    const taken = withStatus({ ...world, replicaSets: [foreign] }, status);
    const plan = decideRollout(taken);
    expect(outline(plan)).toEqual([`patch rollouts/status ${NAME}`]);
    expect(statusOf(plan)).toMatchObject({ phase: 'Healthy' });
    expect(statusOf(plan)).not.toHaveProperty('currentStepIndex');
  });
});

describe('an Ingress of somebody else that has the name of the canary Ingress', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }];
  const foreign = ingress('web-web-canary', {
    annotations: {
      'nginx.ingress.kubernetes.io/canary': 'true',
      'nginx.ingress.kubernetes.io/canary-weight': '20',
    },
  });
  const options = (currentStepIndex: number): WorldOptions => ({
    strategy: routed({ steps }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: currentStepIndex === 0 ? 1 : 5 },
    ],
    status: { currentStepIndex },
    ingresses: [foreign],
  });

  test('holds the step whose weight it stands in the way of', () => {
    expect(statusOf(decideRollout(buildWorld(options(0))))).not.toHaveProperty('currentStepIndex');
  });

  test('holds the promotion', () => {
    const plan = decideRollout(buildWorld(options(steps.length)));
    expect(statusOf(plan)).not.toHaveProperty('stableRS');
    expect(outline(plan)).not.toContain('patch services web-stable');
  });
});

test('numbers are not held back by a time to come', () => {
  const future = formatTime(NOW + 7_200_000);
  const world = buildWorld({ revisions: [{ version: 'v1', size: 5, available: 3 }] });
  const settled = statusOf(decideRollout(world));
  const conditions = (settled.conditions ?? []).map((one) => ({ ...one, lastUpdateTime: future }));
  const skewed = withStatus(world, { ...settled, conditions, availableReplicas: 5 });
  expect(statusOf(decideRollout(skewed)).availableReplicas).toBe(3);
});
