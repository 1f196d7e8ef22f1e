/** Which reports wait a moment for the next one, and what they say of the traffic that the same look moves. */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import { reportDueAt } from '../../../src/core/report/pace.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import type { Condition } from '../../../src/kube/objects.ts';
import type { JsonObject } from '../../../src/kube/json.ts';
import type { PatchWrite, Refusal } from '../../../src/kube/plan.ts';
import { INGRESSES, ROLLOUTS } from '../../../src/kube/resources.ts';
import { formatTime } from '../../../src/kube/time.ts';
import { buildWorld, hashOf, NOW, routed, type WorldOptions } from '../build-world.ts';

const SECOND = 1000;

/** The status said that much ago that the update had moved. */
function movedBefore(ms: number): RolloutStatus {
  const at = formatTime(NOW - ms);
  const condition: Condition = {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: '',
    lastUpdateTime: at,
    lastTransitionTime: at,
  };
  return { conditions: [condition] };
}

function dueAt(
  status: JsonObject,
  {
    movedMs,
    changesCluster = false,
    events = [],
  }: {
    readonly movedMs: number;
    readonly changesCluster?: boolean;
    readonly events?: PatchWrite['events'];
  },
): number | null {
  const situation = situationOf(buildWorld({ revisions: [{ version: 'v1', size: 2 }], status: movedBefore(movedMs) }));
  const target = { op: 'patch', resource: ROLLOUTS, namespace: 'shop', name: 'web', why: 'a test' } as const;
  return reportDueAt(situation, { ...target, patch: { status }, events: events ?? [] }, changesCluster);
}

const COUNTS = { readyReplicas: 1, availableReplicas: 1, message: 'more', conditions: [] };
const WEIGHTS = { canary: { weights: { canary: { weight: 20 } } } };

test.each<{ name: string; status: JsonObject; moved: number; changes?: boolean; due: number | null }>([
  { name: 'counts, a moment after others', status: COUNTS, moved: SECOND, due: NOW + SECOND },
  { name: 'counts, two seconds after others', status: COUNTS, moved: 2 * SECOND, due: null },
  { name: 'weights', status: WEIGHTS, moved: SECOND, due: NOW + SECOND },
  { name: 'weights and counts', status: { ...WEIGHTS, ...COUNTS }, moved: SECOND, due: NOW + SECOND },
  { name: 'weights and a pause', status: { canary: { ...WEIGHTS.canary, pausedStepIndex: 1 } }, moved: 0, due: null },
  { name: 'no canary any more', status: { canary: null }, moved: 0, due: null },
  { name: 'a phase', status: { ...COUNTS, phase: 'Healthy' }, moved: 0, due: null },
  { name: 'a step', status: { ...COUNTS, currentStepIndex: 1 }, moved: 0, due: null },
  {
    name: 'counts of a slow start, beside a selector',
    status: COUNTS,
    moved: 20 * SECOND,
    changes: true,
    due: NOW + 2 * SECOND,
  },
  {
    name: 'the same while another writer undoes it for ever',
    status: COUNTS,
    moved: 60 * SECOND,
    changes: true,
    due: null,
  },
  {
    name: 'a wait that is new, beside a selector',
    status: {
      conditions: [{ type: 'Blocked', status: 'True', reason: 'CanaryPodsNotAvailable', message: '0 of 1' }],
    },
    moved: 20 * SECOND,
    changes: true,
    due: null,
  },
  { name: 'a step, beside a selector', status: { currentStepIndex: 1 }, moved: 20 * SECOND, changes: true, due: null },
  { name: 'counts, with a time of a clock that is ahead', status: COUNTS, moved: -SECOND, changes: true, due: null },
])('$name: due at $due', ({ status, moved, changes = false, due }) => {
  expect(dueAt(status, { movedMs: moved, changesCluster: changes })).toBe(due);
});

test('what is told with an event does not wait', () => {
  const events = [{ type: 'Normal', reason: 'RolloutPaused', message: '' }] as const;
  expect(dueAt(COUNTS, { movedMs: 0, events })).toBeNull();
});

describe('the weights that a look reports are those that it writes', () => {
  const steps = [{ setWeight: 20 }, { pause: {} }];
  const world: WorldOptions = {
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    strategy: routed({ steps }),
    split: { weight: 20 },
    status: {
      ...movedBefore(60 * SECOND),
      currentStepIndex: 1,
      abort: true,
      canary: { weights: { canary: { weight: 20 }, stable: { weight: 80 } } },
    },
  };

  function weightsAfter(options: WorldOptions) {
    const report = decideRollout(buildWorld(options)).writes.find(
      (write) => write.op === 'patch' && write.subresource === 'status',
    ) as PatchWrite | undefined;
    return (report?.patch['status'] as RolloutStatus | undefined)?.canary?.weights;
  }

  test('in an abort, in one write', () => {
    expect(weightsAfter(world)).toMatchObject({ canary: { weight: 0 }, stable: { weight: 100 } });
  });

  test('and the revision that a Service is about to select', () => {
    const weights = weightsAfter({ ...world, split: { weight: 0 } });
    expect(weights).toMatchObject({ canary: { weight: 0, podTemplateHash: hashOf('v1') } });
  });

  test('but not when the API server refuses to write them', () => {
    const plan = decideRollout(buildWorld(world));
    const write = plan.writes.find(({ resource }) => resource === INGRESSES);
    if (write === undefined) throw new Error('no Ingress is written');
    const refusal: Refusal = { write, message: 'no' };
    expect(weightsAfter({ ...world, refused: [refusal] })?.canary).toMatchObject({
      podTemplateHash: hashOf('v2'),
    });
    expect(weightsAfter({ ...world, refused: [refusal] })?.canary).not.toHaveProperty('weight');
  });
});
