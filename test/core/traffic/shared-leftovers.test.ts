/** What a former spec has led through and may not be read any more, whichever router it was. */
import { describe, expect, test } from 'vitest';
import { ANNOTATIONS } from '../../../src/api/words/labels.ts';
import { situationOf, type Situation } from '../../../src/core/observed/situation.ts';
import { problemOf } from '../../../src/core/rollout/spec-problem.ts';
import { formerRouterCarriesRequests } from '../../../src/core/traffic/routers.ts';
import { buildSituation, routed } from '../build-world.ts';

const WHY = 'it may not be listed';

/** A Rollout that has written the kind down, and leads through an Ingress by now. */
function left(plural: string, unreadable: readonly string[]): Situation {
  const { world } = buildSituation({ strategy: routed(), revisions: [{ version: 'v1', size: 5 }] });
  const annotations = { ...world.rollout.metadata.annotations, [ANNOTATIONS.dividedRoutes]: plural };
  const rollout = { ...world.rollout, metadata: { ...world.rollout.metadata, annotations } };
  return situationOf({ ...world, rollout, unreadableRouted: new Map(unreadable.map((one) => [one, WHY])) });
}

describe.each([
  { plural: 'grpcroutes', component: 'gateway-api' },
  { plural: 'virtualservices', component: 'istio' },
  { plural: 'destinationrules', component: 'istio' },
  { plural: 'traefikservices', component: 'traefik' },
])('$plural that may not be read', ({ plural, component }) => {
  test('count as leading requests to the canary', () => {
    expect(formerRouterCarriesRequests(left(plural, [plural]))).toBe(true);
    expect(formerRouterCarriesRequests(left(plural, []))).toBe(false);
    expect(formerRouterCarriesRequests(left('', [plural]))).toBe(false);
  });

  test('are named with the component that grants it', () => {
    expect(problemOf(left(plural, [plural]))?.text).toBe(
      `metadata.annotations[serin.dev/divided-routes]: Invalid value: "${plural}": the Rollout has led requests through ${plural}, and they may still reach the canary: ${WHY}; deploy/components/${component} grants it. When none of them leads to the canary, remove the annotation`,
    );
    expect(problemOf(left(plural, []))?.text).toBeUndefined();
  });
});
