/** nginx and the Gateway API side by side: weights that differ are a hazard, but for what has not been written yet. */
import { describe, expect, test } from 'vitest';
import { situationOf, type Situation } from '../../../src/core/observed/situation.ts';
import { sideBySide } from '../../../src/core/traffic/side-by-side.ts';
import { gatewayRouter } from '../../../src/core/traffic/gateway/router.ts';
import { nginxRouter } from '../../../src/core/traffic/nginx/router.ts';
import type { PatchWrite } from '../../../src/kube/plan.ts';
import { buildSituation, routed } from '../build-world.ts';
import { accepted, httpRoute, patchedRoute, routesIn, withRoutes } from '../routes.ts';

const both = sideBySide([nginxRouter, gatewayRouter]);
const TRAFFIC = { nginx: { stableIngress: 'web' }, gatewayAPI: { httpRoute: 'web' } };

/** `ingress`: the weight of the canary Ingress; `null`: there is none. */
function along(ingress: number | null): Situation {
  const { world } = buildSituation({
    strategy: routed({ trafficRouting: TRAFFIC }),
    revisions: [
      { version: 'v1', size: 5 },
      { version: 'v2', size: 1 },
    ],
    split: ingress === null ? null : { weight: ingress },
  });
  return situationOf(withRoutes(world, [httpRoute('web')]));
}

function withRouteAt(situation: Situation, weight: number): Situation {
  const [write] = gatewayRouter.render(situation, { weight, headerRoutes: [] });
  const routes = routesIn(situation.world).map((route) => accepted(patchedRoute(route, write as PatchWrite)));
  return situationOf(withRoutes(situation.world, routes));
}

function hazards(situation: Situation): readonly string[] {
  return both.hazards(situation).map(({ reason, message }) => `${reason}: ${message}`);
}

describe('weights of the two', () => {
  test('that differ are a hazard', () => {
    expect(hazards(withRouteAt(along(50), 20))).toEqual([
      'RoutersDisagree: the weight of the canary is 50 by canary Ingress and 20 by routes, so it depends on the way of a request how likely it reaches the canary; both are written again in every look, and if this lasts, Blocked or another writer of one of them is the cause',
    ]);
  });

  test('that are the same are none', () => {
    expect(hazards(withRouteAt(along(50), 50))).toEqual([]);
  });

  test('do not differ before both were written', () => {
    expect(hazards(along(50))).toEqual([]);
    expect(hazards(withRouteAt(along(null), 20))).toEqual([]);
  });
});
