/**
 * What is replaced in a recording does not change what follows from it: in every world of many histories the decision on
 * the recorded world is that on the plain one, up to the values that are replaced.
 */
import { describe, expect, test } from 'vitest';
import { decideRollout } from '../../src/core/rollout/decide.ts';
import type { RolloutWorld } from '../../src/core/observed/world.ts';
import { NOTHING_AROUND } from '../../src/core/view/surroundings.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { BLUE_GREEN_STATES, CANARY_STATES, STEPS } from '../core/live-states.ts';
import { blueGreen, buildWorld, routed, type WorldOptions } from '../core/build-world.ts';
import { runRandomHistory } from '../simulation/random-history.ts';
import { SECRET, withSecrets } from './secret-world.ts';

const SEEDS = Array.from({ length: 16 }, (_, index) => 7001 + index);

/** A client that only watches never learns what the API server has refused or answered to the controller. */
function isObserved({ refused, defaultedTemplate, analysis, experiments }: RolloutWorld): boolean {
  const inTheWay = [...analysis.inTheWay, ...experiments.inTheWay, ...analysis.takenNames];
  return refused.length === 0 && defaultedTemplate === null && inTheWay.length === 0;
}

test.each(SEEDS)('the history of seed %i', async (seed) => {
  const recorder = new Recorder();
  const altered: unknown[] = [];
  const leaks: unknown[] = [];
  let writes = 0;
  const { failure } = await runRandomHistory(seed, {
    decide: (world) => {
      if (isObserved(world)) {
        const { line } = recorder.take({ ...withSecrets(world), propagationMs: null }, NOTHING_AROUND);
        if (JSON.stringify(line).includes('hunter2')) leaks.push(line);
        if (line?.altered === true) altered.push({ look: line.look, writes: line.plan.writes });
        writes += line?.plan.writes.length ?? 0;
      }
      return decideRollout(world);
    },
  });
  expect(failure).toBeNull();
  expect(altered).toEqual([]);
  expect(leaks).toEqual([]);
  expect(writes).toBeGreaterThan(0);
});

describe('a state of a live rollout', () => {
  const canaries = Object.entries(CANARY_STATES).flatMap(([name, state]) => [
    { name: `canary ${name}`, world: buildWorld({ ...state, strategy: { steps: STEPS } }) },
    { name: `routed canary ${name}`, world: buildWorld({ ...state, strategy: routed({ steps: STEPS }) }) },
  ]);
  const both = Object.entries(BLUE_GREEN_STATES).map(([name, state]) => ({
    name: `blue-green ${name}`,
    world: buildWorld({ ...state, blueGreen: blueGreen() }),
  }));
  test.each([...canaries, ...both])('$name', ({ world }) => {
    const { line } = new Recorder().take(withSecrets(world), NOTHING_AROUND);
    expect(line?.altered).toBeUndefined();
    expect(JSON.stringify(line)).not.toContain(SECRET);
  });
});

describe('headers, whose values a proxy may not accept', () => {
  const header = (annotations: Record<string, string>) =>
    routed({
      steps: [{ setWeight: 50 }, { pause: {} }],
      trafficRouting: { nginx: { stableIngress: 'web', canaryIngressAnnotations: annotations } },
    });
  const route = (headerValue: object) =>
    routed({
      steps: [{ setHeaderRoute: { name: 'r', match: [{ headerName: 'X', headerValue }] } }, { pause: {} }],
      trafficRouting: { nginx: { stableIngress: 'web' }, managedRoutes: [{ name: 'r' }] },
    });
  const PREFIX = 'nginx.ingress.kubernetes.io/canary-by-header';
  const traefik = [
    {
      metadata: { name: 'nginx', uid: 'c', resourceVersion: '1' },
      spec: { controller: 'traefik.io/ingress-controller' },
    },
  ];
  test.each([
    { name: 'a value with a blank', strategy: header({ [PREFIX]: 'X', [`${PREFIX}-value`]: 'open hunter2' }) },
    { name: 'a value that is no ASCII', strategy: header({ [PREFIX]: 'X', [`${PREFIX}-value`]: 'hunter2\u00FC' }) },
    { name: 'a pattern with a look-ahead', strategy: header({ [PREFIX]: 'X', [`${PREFIX}-pattern`]: '^(?!hunter2)' }) },
    { name: 'an exact match of a step', strategy: route({ exact: 'hunter2' }) },
    { name: 'a prefix, of which a pattern is made', strategy: route({ prefix: 'hunter2.*[x]' }) },
  ])('$name', ({ strategy }) => {
    const states: readonly WorldOptions[] = [
      {
        revisions: [
          { version: 'v1', size: 5 },
          { version: 'v2', size: 3 },
        ],
        split: { weight: 0 },
      },
      {
        revisions: [
          { version: 'v1', size: 5 },
          { version: 'v2', size: 3 },
        ],
        ingressClasses: traefik,
      },
    ];
    for (const state of states) {
      const { line } = new Recorder().take(buildWorld({ ...state, strategy }), NOTHING_AROUND);
      expect(line?.plan.writes.length).toBeGreaterThan(0);
      expect(line?.altered).toBeUndefined();
      expect(JSON.stringify(line)).not.toContain('hunter2');
    }
  });
});
