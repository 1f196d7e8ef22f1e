/** Which revision each Service should select now, and when it has to wait (spec 7). */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { RolloutStatus } from '../../../../src/api/schema/status.ts';
import type { CanaryStep } from '../../../../src/api/schema/steps.ts';
import { situationOf } from '../../../../src/core/observed/situation.ts';
import { desiredSelectors } from '../../../../src/core/strategies/canary/selectors.ts';
import {
  buildSituation,
  buildWorld,
  hashOf,
  replicaSetNameOf,
  routed,
  type Revision,
  type WorldOptions,
} from '../../build-world.ts';
import { positionOf } from './position-of.ts';

const STEPS: CanaryStep[] = [{ setWeight: 20 }, { pause: {} }];
const DONE: RolloutStatus = { currentStepIndex: STEPS.length };

interface Row {
  readonly name: string;
  readonly strategy?: CanaryStrategy;
  readonly status?: RolloutStatus;
  readonly revisions: readonly Revision[];
  readonly stable?: string;
  readonly selects?: WorldOptions['selects'];
  readonly endpoints?: WorldOptions['endpoints'];
  readonly observed?: number;
  /** The version that each Service is to select; left out: it keeps what it selects. */
  readonly targets: Readonly<Record<string, string>>;
}

function targetsOf({ strategy, status, revisions, stable, selects, endpoints, observed = 0 }: Omit<Row, 'targets'>) {
  const situation = buildSituation({
    strategy: strategy ?? routed({ steps: STEPS }),
    status: status ?? {},
    revisions,
    ...(stable === undefined ? {} : { stable }),
    ...(selects === undefined ? {} : { selects }),
    ...(endpoints === undefined ? {} : { endpoints }),
  });
  const targets = desiredSelectors(positionOf(situation, observed));
  return Object.fromEntries(targets.map(({ service, templateHash }) => [service, templateHash]));
}

function check({ targets, ...row }: Row): void {
  const expected = Object.entries(targets).map(([service, version]) => [service, hashOf(version)]);
  expect(targetsOf(row)).toEqual(Object.fromEntries(expected));
}

describe('the stable Service', () => {
  const stableOnly: CanaryStrategy = { steps: STEPS, stableService: 'web-stable', maxSurge: 0, maxUnavailable: 1 };
  test.each<Row>([
    {
      name: 'stays with the stable revision during an update',
      strategy: stableOnly,
      revisions: [
        { version: 'v1', size: 4 },
        { version: 'v2', size: 1 },
      ],
      targets: { 'web-stable': 'v1' },
    },
    {
      name: 'waits while the promoted revision carries less than what it selects now',
      stable: 'v2',
      strategy: stableOnly,
      revisions: [
        { version: 'v1', size: 3 },
        { version: 'v2', size: 5, available: 2 },
      ],
      selects: { 'web-stable': 'v1' },
      targets: {},
    },
    {
      name: 'moves to a promoted revision that carries its share',
      stable: 'v2',
      strategy: stableOnly,
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 5 },
      ],
      selects: { 'web-stable': 'v1' },
      targets: { 'web-stable': 'v2' },
    },
    {
      name: 'without surge moves one pod early, when the steps are done',
      strategy: stableOnly,
      status: DONE,
      revisions: [
        { version: 'v1', size: 1 },
        { version: 'v2', size: 4 },
      ],
      targets: { 'web-stable': 'v2' },
    },
    {
      name: 'that was never ours waits for a complete revision',
      strategy: stableOnly,
      revisions: [
        { version: 'v1', size: 5, available: 4 },
        { version: 'v2', size: 0 },
      ],
      selects: { 'web-stable': null },
      targets: {},
    },
    {
      name: 'that was replaced and leads to the canary as well goes back at once, although a pod is missing',
      strategy: stableOnly,
      revisions: [
        { version: 'v1', size: 5, available: 4 },
        { version: 'v2', size: 1 },
      ],
      selects: { 'web-stable': null },
      targets: { 'web-stable': 'v1' },
    },
    {
      name: 'that leads to pods of others as well is left to them until a revision is complete',
      strategy: stableOnly,
      revisions: [
        { version: 'v1', size: 5, available: 4 },
        { version: 'v2', size: 1 },
      ],
      selects: { 'web-stable': null },
      endpoints: {
        'web-stable': [
          { podName: 'a-deployment-1', ready: true, terminating: false },
          { podName: `${replicaSetNameOf('v2')}-0`, ready: true, terminating: false },
        ],
      },
      targets: {},
    },
  ])('$name', check);
});

describe('the canary Service', () => {
  /** v2 is superseded by v3; no pod of the stable v1 works. */
  const brokenStable: readonly Revision[] = [
    { version: 'v1', size: 5, available: 0 },
    { version: 'v2', size: 1 },
    { version: 'v3', size: 5 },
  ];
  const superseded = { 'web-stable': 'v1', 'web-canary': 'v2' };

  test.each<Row>([
    {
      name: 'moves to a canary with an available pod',
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 1 },
      ],
      selects: { 'web-canary': 'v1' },
      targets: { 'web-stable': 'v1', 'web-canary': 'v2' },
    },
    {
      name: 'waits for the first available pod of the canary',
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 1, available: 0 },
      ],
      selects: { 'web-canary': 'v1' },
      targets: { 'web-stable': 'v1' },
    },
    {
      name: 'stays with a superseded canary that carries traffic',
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 1 },
        { version: 'v3', size: 1 },
      ],
      selects: superseded,
      observed: 20,
      targets: { 'web-stable': 'v1' },
    },
    {
      name: 'leaves a superseded canary without traffic',
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 1 },
        { version: 'v3', size: 1 },
      ],
      selects: superseded,
      targets: { 'web-stable': 'v1', 'web-canary': 'v3' },
    },
    {
      name: 'goes back to the stable revision on an abort, even when no stable pod is ready',
      status: { abort: true },
      revisions: [
        { version: 'v1', size: 5, available: 0 },
        { version: 'v2', size: 1 },
      ],
      targets: { 'web-canary': 'v1' },
    },
    {
      name: 'takes the requests of a superseded canary to the next one when no stable pod works and the steps are done',
      status: DONE,
      revisions: brokenStable,
      selects: superseded,
      observed: 20,
      targets: { 'web-canary': 'v3' },
    },
    {
      name: 'does not while steps are to come',
      status: { currentStepIndex: 1 },
      revisions: brokenStable,
      selects: superseded,
      observed: 20,
      targets: {},
    },
    {
      name: 'does not before the next canary is complete',
      status: DONE,
      revisions: brokenStable.with(2, { version: 'v3', size: 5, available: 4 }),
      selects: superseded,
      observed: 20,
      targets: {},
    },
    {
      name: 'does not while a stable pod works',
      status: DONE,
      revisions: brokenStable.with(0, { version: 'v1', size: 5, available: 1 }),
      selects: superseded,
      observed: 20,
      targets: { 'web-stable': 'v1' },
    },
    {
      name: 'does not while stable pods work whose ReplicaSet has just been resized',
      status: DONE,
      revisions: brokenStable.with(0, { version: 'v1', size: 5, available: 2, observedGeneration: 0 }),
      selects: superseded,
      observed: 20,
      targets: {},
    },
  ])('$name', check);
});

test('the canary Service of a rollout that is aborted stays while a former router sends requests to it', () => {
  const targets = (weight: number) => {
    const world = buildWorld({
      strategy: routed({ steps: STEPS }),
      status: { abort: true },
      revisions: [
        { version: 'v1', size: 4 },
        { version: 'v2', size: 4 },
      ],
      split: { weight },
    });
    const { rollout } = world;
    const canary = { ...rollout.spec.strategy?.canary, trafficRouting: {} };
    const situation = situationOf({
      ...world,
      rollout: { ...rollout, spec: { ...rollout.spec, strategy: { canary } } },
    });
    return desiredSelectors(positionOf(situation, 0)).map(({ service }) => service);
  };
  expect(targets(100)).not.toContain('web-canary');
  expect(targets(0)).toContain('web-canary');
});
