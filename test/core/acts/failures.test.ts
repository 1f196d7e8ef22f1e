/** What is told and written when the API server refuses a write of a plan. */
import { describe, expect, test } from 'vitest';
import { collisionPlan } from '../../../src/core/acts/collision.ts';
import { failureEvent } from '../../../src/core/acts/failures.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import type { EventReason } from '../../../src/api/words/reasons.ts';
import type { RolloutWorld } from '../../../src/core/observed/world.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { Write } from '../../../src/kube/plan.ts';
import { DEPLOYMENTS, INGRESSES, PODS, REPLICA_SETS, SERVICES, type Resource } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { buildWorld, deploymentOf, hashOf, NOW, replicaSetNameOf, routed } from '../build-world.ts';

/** Two pods of v1 serve, v2 is to follow them, and no Service is ours yet. */
const RELEASE = buildWorld({
  strategy: routed({ steps: [{ setWeight: 50 }] }),
  version: 'v2',
  revisions: [{ version: 'v1', size: 5 }],
  selects: { 'web-stable': null },
  split: null,
});

test.each<{ op: Write['op']; resource: Resource; world: RolloutWorld; reason: EventReason; message?: string }>([
  {
    op: 'create',
    resource: REPLICA_SETS,
    world: RELEASE,
    reason: 'ReplicaSetCreateError',
    message: `Failed to create new replica set "${replicaSetNameOf('v2')}": not allowed`,
  },
  { op: 'apply', resource: INGRESSES, world: RELEASE, reason: 'TrafficRoutingError' },
  { op: 'patch', resource: SERVICES, world: RELEASE, reason: 'RolloutBlocked' },
  {
    op: 'patch',
    resource: DEPLOYMENTS,
    world: buildWorld({
      workload: deploymentOf('v1'),
      scaleDown: 'progressively',
      revisions: [{ version: 'v1', size: 5 }],
      status: { workloadScaleDown: { name: 'web', from: 5 } },
    }),
    reason: 'ScalingDeploymentFailed',
  },
  {
    op: 'evict',
    resource: PODS,
    world: buildWorld({ spec: { restartAt: formatTime(NOW - 1000) } }),
    reason: 'RestartingPodFailed',
  },
])('a refused $op of $resource.plural is reported as $reason', ({ op, resource, world, reason, message }) => {
  const write = decideRollout(world).writes.find((one) => one.op === op && one.resource === resource);
  if (write === undefined) throw new Error('no such write is planned');
  expect(failureEvent(write, 'not allowed')).toEqual({ type: 'Warning', reason, message: message ?? 'not allowed' });
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
