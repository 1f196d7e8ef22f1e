/** When requests leave what a former spec has left: the router was removed while the canary had a share of them. */
import { expect, test } from 'vitest';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import { decideLeftovers } from '../../../src/core/rollout/leftovers.ts';
import { buildSituation, buildWorld, NOW, routed, type WorldOptions } from '../build-world.ts';

const CANARY = 'web-web-canary';
const STEPS = [{ setWeight: 80 }, { pause: {} }];

const CARRYING = [
  ...ingressesIn(buildWorld({ strategy: routed({ steps: STEPS }), split: { weight: 80 } })).values(),
].filter(({ metadata }) => metadata.name === CANARY);

const REVISIONS = [
  { version: 'v1', size: 5 },
  { version: 'v2', size: 4 },
];

function decided(options: WorldOptions) {
  const strategy = { stableService: 'web-stable', canaryService: 'web-canary', steps: STEPS };
  return decideLeftovers(buildSituation({ strategy, ingresses: CARRYING, revisions: REVISIONS, ...options }));
}

function removal(options: WorldOptions = {}) {
  const { writes, settledAt } = decided(options);
  return { writes: writes.map(({ op, name }) => `${op} ${name}`), settledAt };
}

const WAITS = { writes: [], settledAt: null };
const RETURNS = { writes: [`apply ${CANARY}`], settledAt: NOW + 6000 };

test('they return to a stable side that has the pods for all of them', () => {
  expect(removal()).toEqual(RETURNS);
});

test('they stay until it has', () => {
  const few = { version: 'v1', size: 1 };
  expect(removal({ revisions: [few, ...REVISIONS.slice(1)] })).toEqual(WAITS);
});

test('they stay until the stable Service reaches those pods', () => {
  expect(removal({ endpoints: { 'web-stable': [] } })).toEqual(WAITS);
});

test('they stay while the stable Service reaches others as well', () => {
  expect(removal({ selects: { 'web-stable': null } })).toEqual(WAITS);
});

test.each<{ name: string; options: WorldOptions }>([
  { name: 'nothing is stable yet', options: { stable: '', revisions: REVISIONS.slice(1) } },
  { name: 'the Rollout has no pods', options: { replicas: 0 } },
])('they do not wait where $name', ({ options }) => {
  expect(removal(options)).toEqual(RETURNS);
});

test('a stable side that is meant to be small is a hazard, and one that only lacks pods or is aborted is none', () => {
  const hazards = (options: WorldOptions) => decided(options).hazards;
  const small = [{ version: 'v1', size: 1 }, ...REVISIONS.slice(1)];
  expect(hazards({ revisions: small })).toEqual([
    {
      reason: 'FormerRouterKept',
      message:
        'Ingress web-web-canary, which the Rollout does not name any more, keeps sending 80 % of its requests to the ' +
        'canary until the release has ended: only 1 of 5 stable pods are meant to run before',
    },
  ]);
  expect(hazards({ revisions: small, status: { abort: true } })).toEqual([]);
  expect(hazards({ revisions: [{ version: 'v1', size: 5, available: 1 }, ...REVISIONS.slice(1)] })).toEqual([]);
  expect(hazards({})).toEqual([]);
});

test('what carries none does not wait for the stable side', () => {
  const [emptied] = CARRYING.map((one) => ({
    ...one,
    metadata: {
      ...one.metadata,
      annotations: { ...one.metadata.annotations, 'nginx.ingress.kubernetes.io/canary-weight': '0' },
    },
  }));
  const ingresses = emptied === undefined ? [] : [emptied];
  expect(removal({ ingresses, endpoints: { 'web-stable': [] } }).writes).toEqual([`delete ${CANARY}`]);
});
