/** What is told and written when the API server refuses a write of a plan. */
import { describe, expect, test } from 'vitest';
import { collisionPlan } from '../../../src/core/rollout/collision.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { failureEvent, failurePlan } from '../../../src/core/rollout/failures.ts';
import type { RolloutStatus } from '../../../src/api/status.ts';
import { LABELS } from '../../../src/api/labels.ts';
import type { Write } from '../../../src/kube/plan.ts';
import { DEPLOYMENTS, INGRESSES, SERVICES, type Resource } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { buildWorld, hashOf, NOW, routed } from '../build-world.ts';

describe('an abort while the Ingress cannot be written', () => {
  const worldWith = (status: RolloutStatus) =>
    buildWorld({
      strategy: routed({ steps: [{ setWeight: 50 }, { pause: {} }] }),
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 3 },
      ],
      split: { weight: 50 },
      status: { currentStepIndex: 1, ...status },
    });

  test('is told all the same', () => {
    const world = worldWith({ abort: true });
    const plan = decideRollout(world);
    const [first] = plan.writes;
    if (first === undefined) throw new Error('nothing was planned');
    expect(first.resource.plural).toBe('ingresses');
    const said = failurePlan(world, plan, first, 'the webhook is down');
    expect(said?.writes).toMatchObject([{ subresource: 'status', patch: { status: { abortedAt: formatTime(NOW) } } }]);
    expect(said?.writes[0]?.events).toMatchObject([{ reason: 'RolloutAborted' }]);
  });

  test('is told once', () => {
    const world = worldWith({ abort: true, abortedAt: formatTime(NOW - 1000) });
    const plan = decideRollout(world);
    const [first] = plan.writes;
    if (first === undefined) throw new Error('nothing was planned');
    expect(failurePlan(world, plan, first, 'the webhook is down')).toBeNull();
  });

  test('and nothing else is: a step does not count before its weight is there', () => {
    const world = worldWith({ currentStepIndex: 0 });
    const plan = decideRollout({ ...world, ingresses: buildWorld({ strategy: routed(), split: null }).ingresses });
    const [first] = plan.writes;
    if (first === undefined) throw new Error('nothing was planned');
    expect(failurePlan(world, plan, first, 'the webhook is down')).toBeNull();
  });
});

test.each<{ resource: Resource; reason: string | null }>([
  { resource: DEPLOYMENTS, reason: 'ScalingDeploymentFailed' },
  { resource: INGRESSES, reason: 'TrafficRoutingError' },
  { resource: SERVICES, reason: null },
])('a refused patch of $resource.plural is told as $reason', ({ resource, reason }) => {
  const write: Write = { op: 'patch', resource, namespace: 'shop', name: 'web', patch: {}, why: 'a test' };
  expect(failureEvent(write, 'not allowed')?.reason ?? null).toBe(reason);
});

describe('a ReplicaSet that is in the way of ours', () => {
  const world = buildWorld({ revisions: [{ version: 'v1', size: 5 }] });
  const [own] = world.replicaSets;
  if (own === undefined) throw new Error('the world has no ReplicaSet');

  test("is another template's: the next look computes another name", () => {
    const other = { ...own, spec: { ...own.spec, template: {} } };
    expect(collisionPlan(world, other)?.writes).toMatchObject([{ patch: { status: { collisionCount: 1 } } }]);
  });

  test('is our own, which a cache has not shown yet', () => {
    expect(collisionPlan(world, own)).toBeNull();
  });

  test('is our own, and somebody took away the label by which caches find it', () => {
    const { [LABELS.podTemplateHash]: _label, ...labels } = own.metadata.labels ?? {};
    const bare = { ...own, metadata: { ...own.metadata, labels } };
    expect(collisionPlan(world, bare)?.writes).toMatchObject([
      {
        resource: { plural: 'replicasets' },
        patch: { metadata: { labels: { [LABELS.podTemplateHash]: hashOf('v1') } } },
      },
    ]);
  });
});
