/** Routers side by side: weights that differ are a hazard, but for what has not been written yet. */
import { describe, expect, test } from 'vitest';
import { situationOf, type Situation } from '../../../src/core/observed/situation.ts';
import { gatewayRouter } from '../../../src/core/traffic/gateway/router.ts';
import { istioRouter } from '../../../src/core/traffic/istio/router.ts';
import { nginxRouter } from '../../../src/core/traffic/nginx/router.ts';
import { sideBySide } from '../../../src/core/traffic/side-by-side.ts';
import { traefikRouter } from '../../../src/core/traffic/traefik/router.ts';
import type { PatchWrite } from '../../../src/kube/plan.ts';
import { buildSituation, NOW, routed } from '../build-world.ts';
import { destination, destinationRule, virtualService } from '../istio.ts';
import { accepted, httpRoute } from '../routes.ts';
import { afterPatches, patchedObject, sharedIn, withShared } from '../shared-objects.ts';
import { traefikService } from '../traefik-services.ts';

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
  return situationOf(withShared(world, [httpRoute('web')]));
}

function withRouteAt(situation: Situation, weight: number): Situation {
  const [write] = gatewayRouter.render(situation, { weight, headerRoutes: [] });
  const routes = sharedIn(situation.world).map((route) => accepted(patchedObject(route, write as PatchWrite)));
  return situationOf(withShared(situation.world, routes));
}

function hazards(situation: Situation): readonly string[] {
  return both.hazards(situation).map(({ reason, message }) => `${reason}: ${message}`);
}

describe('weights of the two', () => {
  test('that differ are a hazard', () => {
    expect(hazards(withRouteAt(along(50), 20))).toEqual([
      'RoutersDisagree: the weight of the canary is 50 by canary Ingress and 20 by routes, so it depends on the way of a request how likely it reaches the canary; all are written again in every look, and if this lasts, Blocked or another writer of one of them is the cause',
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

describe('beside Istio', () => {
  const routers = [nginxRouter, istioRouter, traefikRouter];
  const all = sideBySide(routers);
  const strategy = routed({
    trafficRouting: {
      nginx: { stableIngress: 'web' },
      istio: {
        virtualService: { name: 'web' },
        destinationRule: { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'canary' },
      },
      traefik: { weightedTraefikServiceName: 'web' },
    },
  });
  const subsets = [destination('web:stable', 100), destination('web:canary', 0)];
  const rule = destinationRule('web', 'web', [{ name: 'stable' }, { name: 'canary' }]);

  /** After the writes for this weight, with an Ingress that had it before; the last of them `ms` ago. */
  function writtenAt(weight: number, ms: number): Situation {
    const { world } = buildSituation({
      strategy,
      revisions: [
        { version: 'v1', size: 5 },
        { version: 'v2', size: 1 },
      ],
      split: { weight },
    });
    const objects = [virtualService('web', { name: 'primary', route: subsets }), rule, traefikService('web')];
    const before = situationOf(withShared(world, objects));
    const writes = all.render(before, { weight, headerRoutes: [] });
    const written = afterPatches(
      objects,
      writes.filter(({ resource }) => resource.group !== 'networking.k8s.io'),
      NOW,
    );
    return situationOf({ ...withShared(world, written), now: NOW + ms });
  }

  test('no weight is said to differ while requests wait for the proxies to know a subset', () => {
    const waiting = writtenAt(30, 0);
    expect(istioRouter.observe(waiting).highestWeight).toBe(0);
    expect(traefikRouter.observe(waiting).highestWeight).toBe(30);
    expect(all.hazards(waiting)).toEqual([]);
  });

  test('three are named, each with its weight', () => {
    const settled = writtenAt(30, 60_000);
    const { world } = settled;
    const [write] = istioRouter.render(settled, { weight: 10, headerRoutes: [] });
    const objects = afterPatches(sharedIn(world), write === undefined ? [] : [write], NOW);
    const [hazard] = all.hazards(situationOf({ ...withShared(world, objects), now: NOW + 60_000 }));
    expect(hazard?.message).toContain(
      'the weight of the canary is 30 by canary Ingress, 10 by VirtualService and 30 by TraefikService',
    );
  });
});
