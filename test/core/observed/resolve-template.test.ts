/** Where the template of a Rollout comes from, and that nothing happens while it cannot be had. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import type { RolloutSpec } from '../../../src/api/schema/rollout.ts';
import { collisionPlan } from '../../../src/core/acts/collision.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { resolveTemplate } from '../../../src/core/observed/resolve-template.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import type { ReferencedWorkload } from '../../../src/core/observed/world.ts';
import type { CreateWrite, PatchWrite, Plan } from '../../../src/kube/plan.ts';
import { workloadOf } from '../../../src/kube/workload.ts';
import {
  buildSituation,
  buildWorld,
  deploymentOf,
  hashOf,
  NAME,
  replicaSetNameOf,
  routed,
  templateOf,
  type WorldOptions,
} from '../build-world.ts';
import { statusOf } from '../plan-effects.ts';

const POD_TEMPLATE = {
  metadata: { name: NAME, uid: 'u', resourceVersion: '1', generation: 1 },
  template: templateOf('v1'),
};
const MISSING: ReferencedWorkload = { missing: 'deployments.apps "web" not found' };

describe('the template and the selector of the workload', () => {
  const SELECTOR = { matchLabels: { app: NAME } };

  test.each<{ name: string; spec?: Partial<RolloutSpec>; workload: ReferencedWorkload; selector: object | undefined }>([
    { name: 'are taken from a Deployment', workload: deploymentOf('v1'), selector: SELECTOR },
    {
      name: 'the selector of the Rollout goes first',
      spec: { selector: { matchLabels: { app: NAME, tier: 'front' } } },
      workload: deploymentOf('v1'),
      selector: { matchLabels: { app: NAME, tier: 'front' } },
    },
    {
      name: 'a PodTemplate has no selector',
      spec: { workloadRef: { apiVersion: 'v1', kind: 'PodTemplate', name: NAME }, selector: SELECTOR },
      workload: workloadOf(POD_TEMPLATE),
      selector: SELECTOR,
    },
  ])('$name', ({ spec = {}, workload, selector }) => {
    const resolved = resolveTemplate(buildWorld({ workload, spec }));
    expect('world' in resolved && resolved.world.rollout.spec).toMatchObject({ template: templateOf('v1'), selector });
  });

  test('decide which revision is which, like a template of its own', () => {
    const revisions = [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ];
    const { canary, stable } = buildSituation({ workload: deploymentOf('v2'), version: 'v2', revisions });
    expect([canary, stable].map((one) => one?.metadata.name)).toEqual([replicaSetNameOf('v2'), replicaSetNameOf('v1')]);
  });

  test('make the ReplicaSet, which carries no mark of the Deployment', () => {
    const { writes } = decideRollout(
      buildWorld({ workload: deploymentOf('v2'), version: 'v2', revisions: [], stable: '' }),
    );
    const create = writes.find((one): one is CreateWrite => one.op === 'create');
    expect(create?.body).toMatchObject({
      metadata: { name: replicaSetNameOf('v2') },
      spec: {
        selector: { matchLabels: { app: NAME, 'rollouts-pod-template-hash': hashOf('v2') } },
        template: { spec: templateOf('v2').spec },
      },
    });
  });

  test('a collision count goes into the hash as always', () => {
    const world = (collisionCount?: number) =>
      buildSituation({
        workload: deploymentOf('v1'),
        revisions: [],
        ...(collisionCount === undefined ? {} : { status: { collisionCount } }),
      }).canaryHash;
    expect(world()).toBe(hashOf('v1'));
    expect(world(1)).not.toBe(hashOf('v1'));
  });

  test('a ReplicaSet in the way is told from our own by the template of the workload', () => {
    const world = buildWorld({ workload: deploymentOf('v1') });
    const [own] = world.replicaSets;
    if (own === undefined) throw new Error('the world has no ReplicaSet');
    expect(collisionPlan(world, own)).toBeNull();
    const foreign = { ...own, spec: { ...own.spec, template: templateOf('v2') } };
    expect(collisionPlan(world, foreign)?.writes).toMatchObject([{ patch: { status: { collisionCount: 1 } } }]);
  });

  test('anti-affinity is added to it', () => {
    const strategy = { antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } };
    const revisions = [{ version: 'v1', size: 5 }];
    const world = { workload: deploymentOf('v2'), version: 'v2', revisions, strategy };
    const create = decideRollout(buildWorld(world)).writes.find((one): one is CreateWrite => one.op === 'create');
    expect(JSON.stringify(create?.body)).toContain(`"values":["${hashOf('v1')}"]`);
  });

  test('what the scale subresource selects is the selector of the workload', () => {
    const plan = decideRollout(buildWorld({ workload: deploymentOf('v1'), status: { selector: '' } }));
    expect(statusOf(plan).selector).toBe(`app=${NAME}`);
  });
});

test('a workload with another selector is a release like any other: what runs stays ours until it is over', () => {
  const revisions = [{ version: 'v1', size: 5 }];
  const selector = { matchLabels: { app: NAME, track: 'b' } };
  const template = { ...templateOf('v2'), metadata: { labels: selector.matchLabels } };
  const strategy = { steps: [{ setWeight: 20 }, { pause: {} }] };
  const workload = deploymentOf('v2', { selector, template });
  const plan = decideRollout(buildWorld({ revisions, strategy, workload, status: { currentPodHash: hashOf('v1') } }));
  expect(JSON.stringify(plan.writes)).not.toContain('release a ReplicaSet');
  expect(plan.writes.some(({ op }) => op === 'create')).toBe(true);
  expect(statusOf(plan)).toMatchObject({ currentStepIndex: 0 });
  expect(statusOf(plan)).not.toHaveProperty('stableRS');
});

describe('while the reference leads nowhere', () => {
  const BUSY: WorldOptions = {
    strategy: routed({ steps: [{ setWeight: 20 }, { pause: {} }] }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    split: { weight: 20 },
  };

  test.each<{ name: string; workload: ReferencedWorkload; spec?: Partial<RolloutSpec>; problem: RegExp }>([
    { name: 'a missing object', workload: MISSING, problem: /^deployments\.apps "web" not found$/ },
    {
      name: 'a template beside it, before anything else',
      workload: MISSING,
      spec: { template: { metadata: { labels: { app: 'web' } } } },
      problem: /^template must be empty for workload reference rollout$/,
    },
    {
      name: 'a kind that has no template',
      workload: MISSING,
      spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' } },
      problem: /kind "apps\/v1 StatefulSet"/,
    },
    {
      name: 'a version that no cluster serves any more',
      workload: MISSING,
      spec: { workloadRef: { apiVersion: 'apps/v1beta2', kind: 'Deployment', name: 'web' } },
      problem: /kind "apps\/v1beta2 Deployment"/,
    },
    {
      name: 'no name',
      workload: MISSING,
      spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment' } },
      problem: /has no name/,
    },
    {
      name: 'a way to scale down that nobody knows',
      workload: MISSING,
      spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown: 'onSuccess' } },
      problem: /scaleDown "onSuccess"/,
    },
    {
      name: 'a ReplicaSet that is to be scaled down',
      workload: MISSING,
      spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', scaleDown: 'onsuccess' } },
      problem: /works with a Deployment, not with a ReplicaSet/,
    },
  ])('$name is told, and nothing else is written', ({ workload, spec = {}, problem }) => {
    const plan = decideRollout(buildWorld({ ...BUSY, workload, spec }));
    expect(plan.writes.map((one) => [one.op, one.op === 'patch' && one.subresource])).toEqual([['patch', 'status']]);
    const { phase, message = '', conditions = [] } = statusOf(plan);
    expect(phase).toBe('Degraded');
    const prefix = 'InvalidSpec: The Rollout "web" is invalid: ';
    expect(message.startsWith(prefix)).toBe(true);
    expect(message.slice(prefix.length)).toMatch(problem);
    expect(conditions.map(({ type }) => type)).toContain('InvalidSpec');
  });

  test('ReplicaSets that no selector matches any more are not released', () => {
    const world = buildWorld({ ...BUSY, workload: MISSING });
    expect(world.rollout.spec.selector).toBeUndefined();
    expect(decideRollout(world).writes.filter((one) => one.resource.plural === 'replicasets')).toEqual([]);
  });

  test('a selector that the template of the workload does not match is told with its path', () => {
    const spec = { selector: { matchLabels: { app: 'other' } } };
    const plan = decideRollout(buildWorld({ revisions: [], stable: '', workload: deploymentOf('v1'), spec }));
    expect(statusOf(plan).message).toContain('spec.template.metadata.labels: Invalid value');
  });

  test('a PodTemplate without a selector in the Rollout is told as a missing selector', () => {
    const { selector: _none, ...workload } = deploymentOf('v1');
    const spec = { workloadRef: { apiVersion: 'v1', kind: 'PodTemplate', name: NAME } };
    expect(statusOf(decideRollout(buildWorld({ workload, spec }))).message).toContain('spec.selector: Required value');
  });

  test('clients that compare generations see Degraded, and not a wait', () => {
    const annotations = { [ANNOTATIONS.workloadGeneration]: '4' };
    const status = { workloadObservedGeneration: '3' };
    const plan = decideRollout(buildWorld({ ...BUSY, workload: MISSING, annotations, status }));
    expect(statusOf(plan).workloadObservedGeneration).toBe('4');
  });
});

describe('the generation of the workload', () => {
  const ANNOTATED = { [ANNOTATIONS.workloadGeneration]: '3' };
  const annotationWrites = (plan: Plan) =>
    plan.writes.filter((one): one is PatchWrite => one.op === 'patch' && one.subresource === undefined);

  test('is noted on the Rollout before anything else, and the status follows', () => {
    const plan = decideRollout(buildWorld({ workload: deploymentOf('v1') }));
    expect(plan.writes[0]).toMatchObject({ patch: { metadata: { annotations: ANNOTATED } } });
    expect(statusOf(plan).workloadObservedGeneration).toBe('3');
  });

  test('is left alone when it is noted', () => {
    const status = { workloadObservedGeneration: '3' };
    const plan = decideRollout(buildWorld({ workload: deploymentOf('v1'), annotations: ANNOTATED, status }));
    expect(annotationWrites(plan).map(({ resource }) => resource.plural)).not.toContain('rollouts');
    expect(statusOf(plan)).not.toHaveProperty('workloadObservedGeneration');
  });

  test('goes with the reference', () => {
    const status = { workloadObservedGeneration: '3' };
    const plan = decideRollout(buildWorld({ annotations: ANNOTATED, status }));
    expect(plan.writes[0]).toMatchObject({
      patch: { metadata: { annotations: { [ANNOTATIONS.workloadGeneration]: null } } },
    });
    expect(statusOf(plan).workloadObservedGeneration).toBeNull();
    expect(situationOf(buildWorld()).rollout.spec.workloadRef).toBeUndefined();
  });
});
