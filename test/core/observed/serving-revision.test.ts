/** A first deploy is a fact about the cluster: where a revision of ours serves, nothing takes its place without its steps. */
import { describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { decideRollout } from '../../../src/core/rollout/decide.ts';
import { blueGreen, buildSituation, buildWorld, hashOf, NOW, routed, type WorldOptions } from '../build-world.ts';
import { statusOf } from '../plan-effects.ts';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { formatTime } from '../../../src/kube/time.ts';

const STEPS = [{ setWeight: 50 }, { pause: {} }];
/** What a Rollout is left with whose status was removed. */
const NOTHING: RolloutStatus = {
  currentPodHash: '',
  currentStepHash: '',
};

const stableOf = (options: WorldOptions) => {
  const { stable } = buildSituation({ stable: '', status: NOTHING, ...options });
  return stable === null ? null : Number(stable.metadata.annotations?.[ANNOTATIONS.revision]);
};

describe('the revision that serves, without a word in the status', () => {
  const two = (v1: number, v2: number): WorldOptions => ({
    replicas: 4,
    revisions: [
      { version: 'v1', size: v1 },
      { version: 'v2', size: v2 },
    ],
  });
  test.each<{ name: string; options: WorldOptions; stable: number | null }>([
    { name: 'none on a first deploy', options: { revisions: [{ version: 'v1', size: 4 }] }, stable: null },
    { name: 'the one with pods beside the canary', options: two(4, 1), stable: 1 },
    { name: 'the one with fewer pods beside a younger canary, which may be halfway', options: two(1, 4), stable: 1 },
    {
      name: 'none where the older template is back, which has most pods',
      options: { ...two(4, 1), version: 'v1' },
      stable: null,
    },
    {
      name: 'none where the older template is back and has as many pods: it has proved itself before',
      options: { ...two(2, 2), version: 'v1' },
      stable: null,
    },
    {
      name: 'the other one where the older template is back and had given way',
      options: {
        replicas: 4,
        version: 'v1',
        revisions: [
          { version: 'v1', size: 4, annotations: { [ANNOTATIONS.scaleDownDeadline]: formatTime(NOW + 9000) } },
          { version: 'v2', size: 2 },
        ],
      },
      stable: 2,
    },
    { name: 'none when the others are empty', options: two(0, 4), stable: null },
    {
      name: 'the one that the stable Service selects',
      options: {
        ...two(1, 4),
        strategy: routed({ steps: STEPS }),
        selects: { 'web-stable': 'v1', 'web-canary': 'v2' },
      },
      stable: 1,
    },
    {
      name: 'none when the stable Service selects the canary: it is the one',
      options: {
        ...two(4, 4),
        strategy: routed({ steps: STEPS }),
        selects: { 'web-stable': 'v2', 'web-canary': 'v2' },
      },
      stable: null,
    },
    {
      name: 'the one that the active Service selects',
      options: { ...two(4, 4), blueGreen: blueGreen(), selects: { web: 'v1', 'web-preview': 'v2' } },
      stable: 1,
    },
    {
      name: 'the one with most pods when there are several',
      options: {
        version: 'v3',
        revisions: [
          { version: 'v1', size: 1 },
          { version: 'v2', size: 4 },
        ],
      },
      stable: 2,
    },
    {
      name: 'none that waits for its end while there is another',
      options: {
        version: 'v3',
        revisions: [
          {
            version: 'v1',
            size: 5,
            annotations: { [ANNOTATIONS.scaleDownDeadline]: formatTime(NOW + 9000) },
          },
          { version: 'v2', size: 4 },
        ],
      },
      stable: 2,
    },
    {
      name: 'none when the canary is the older one, with more pods: the other was on its way',
      options: { ...two(4, 1), version: 'v1' },
      stable: null,
    },
    { name: 'the younger one when it has most of the pods', options: { ...two(1, 4), version: 'v1' }, stable: 2 },
    {
      name: 'the one with pods where the Service still names a revision that is gone',
      options: {
        ...two(4, 0),
        strategy: routed({ steps: STEPS }),
        selects: { 'web-stable': 'v9', 'web-canary': 'v9' },
      },
      stable: 1,
    },
  ])('$name', ({ options, stable }) => {
    expect(stableOf(options)).toBe(stable);
  });
});

test.each<{ name: string; options: WorldOptions }>([
  { name: 'a canary with a router', options: { strategy: routed({ steps: STEPS }) } },
  { name: 'a canary without one', options: { strategy: { steps: STEPS } } },
  { name: 'blue-green', options: { blueGreen: blueGreen({ autoPromotionEnabled: false }) } },
])('a new template beside a revision that serves is no first deploy: $name', ({ options }) => {
  const plan = decideRollout(
    buildWorld({
      version: 'v2',
      replicas: 4,
      revisions: [{ version: 'v1', size: 4 }],
      stable: '',
      status: NOTHING,
      ...options,
    }),
  );
  expect(statusOf(plan).stableRS).toBe(hashOf('v1'));
  expect(plan.writes.flatMap(({ events = [] }) => events.map(({ reason }) => reason))).not.toContain(
    'RolloutCompleted',
  );
});

test('a stable revision that somebody deleted is replaced by the one that serves, not by the canary', () => {
  const plan = decideRollout(
    buildWorld({
      replicas: 4,
      version: 'v3',
      stable: 'v1',
      strategy: routed({ steps: STEPS }),
      revisions: [
        { version: 'v2', size: 4 },
        { version: 'v3', size: 2 },
      ],
      selects: { 'web-stable': 'v2', 'web-canary': 'v3' },
      status: { currentStepIndex: 1 },
    }),
  );
  expect(statusOf(plan).stableRS).toBe(hashOf('v2'));
});
