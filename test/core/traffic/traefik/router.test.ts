/** What the router of Traefik makes of TraefikServices that people own, beyond the contract of every router. */
import { describe, expect, test } from 'vitest';
import type { CanaryStrategy } from '../../../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../../../src/api/schema/traffic-routing.ts';
import { fieldErrorText } from '../../../../src/api/words/field-error.ts';
import { ANNOTATIONS } from '../../../../src/api/words/labels.ts';
import { lookupIn } from '../../../../src/core/observed/lookup.ts';
import { situationOf, type Situation } from '../../../../src/core/observed/situation.ts';
import { departures, routerOf } from '../../../../src/core/traffic/routers.ts';
import { traefikRouter } from '../../../../src/core/traffic/traefik/router.ts';
import type { PatchWrite, Write } from '../../../../src/kube/plan.ts';
import type { TraefikService } from '../../../../src/kube/traefik-service.ts';
import { buildSituation, NOW, routed } from '../../build-world.ts';
import { httpRoute } from '../../routes.ts';
import { afterPatches, patchedObject, withShared } from '../../shared-objects.ts';
import { IDLE, traefikService, weightedBackend } from '../../traefik-services.ts';

const REVISIONS = [
  { version: 'v1', size: 5 },
  { version: 'v2', size: 1 },
];
const THROUGH_WEB: TrafficRouting = { traefik: { weightedTraefikServiceName: 'web' } };

function along(service: TraefikService, trafficRouting: TrafficRouting | null = THROUGH_WEB): Situation {
  const { trafficRouting: _nginx, ...strategy }: CanaryStrategy = routed();
  const { world } = buildSituation({
    strategy: { ...strategy, ...(trafficRouting === null ? {} : { trafficRouting }) },
    revisions: REVISIONS,
    split: null,
  });
  return situationOf(withShared(world, [service]));
}

function patchOf(writes: readonly Write[]): PatchWrite {
  const [write, ...others] = writes;
  if (write?.op !== 'patch' || others.length > 0) throw new Error(`not one patch: ${JSON.stringify(writes)}`);
  return write;
}

function serviceAt(service: TraefikService, weight: number, at = 0): TraefikService {
  return patchedObject(service, patchOf(traefikRouter.render(along(service), { weight, headerRoutes: [] })), at);
}

const weightsOf = ({ spec }: TraefikService) => spec?.weighted?.services?.map(({ name, weight }) => [name, weight]);

describe('weights', () => {
  test('are added where the manifest has none', () => {
    const bare = traefikService('web', [weightedBackend('web-stable'), weightedBackend('web-canary')]);
    expect(traefikRouter.observe(along(bare))).toEqual({ lowestWeight: 50, highestWeight: 50 });
    expect(weightsOf(serviceAt(bare, 0))).toEqual([
      ['web-stable', 100],
      ['web-canary', 0],
    ]);
  });

  test('leave a further service its share, and everything else as it is', () => {
    const more = { sticky: { cookie: {} }, port: 8080 };
    const services = [
      weightedBackend('web-stable', 200, more),
      weightedBackend('web-canary', 0),
      weightedBackend('web-canary', 50, { kind: 'TraefikService' }),
    ];
    const { spec } = serviceAt(traefikService('web', services), 30);
    expect(spec?.weighted?.services).toEqual([
      { ...services[0], weight: 140 },
      { ...services[1], weight: 60 },
      services[2],
    ]);
  });

  test('are written at the version that was seen, and told once', () => {
    const { resourceVersion, events } = patchOf(
      traefikRouter.render(along(traefikService('web')), { weight: 5, headerRoutes: [] }),
    );
    expect(resourceVersion).toBe('1');
    expect(events?.map(({ message }) => message)).toEqual(['Traffic weight updated from 0 to 5']);
  });

  test('count for as long as Traefik needs after they were written', () => {
    const written = serviceAt(traefikService('web'), 20, NOW - 1_000);
    expect(traefikRouter.settledAt(along(written))).toBe(NOW - 1_000 + 4_000);
    const { propagationMs: _none, ...world } = along(written).world;
    expect(traefikRouter.settledAt(situationOf({ ...world, propagationMs: 500 }))).toBe(NOW - 500);
  });
});

test('a cookie that binds clients to one of the services is a hazard', () => {
  const plain = traefikService('web');
  const sticky: TraefikService = { ...plain, spec: { weighted: { services: IDLE, sticky: { cookie: {} } } } };
  expect(traefikRouter.hazards(along(plain))).toEqual([]);
  expect(traefikRouter.hazards(along(sticky)).map(({ reason }) => reason)).toEqual(['SessionAffinity']);
});

describe('a TraefikService that does not fit', () => {
  const PATH = 'spec.strategy.canary.trafficRouting.traefik.weightedTraefikServiceName: Invalid value: "web"';
  test.each<{ readonly name: string; readonly services: TraefikService; readonly problem: string }>([
    {
      name: 'without one of the Services',
      services: traefikService('web', [weightedBackend('web-stable', 100)]),
      problem: 'TraefikService `web` does not name both services web-stable and web-canary in spec.weighted.services',
    },
    {
      name: 'that mirrors',
      services: { ...traefikService('web'), spec: {} },
      problem: 'TraefikService `web` does not name both services web-stable and web-canary in spec.weighted.services',
    },
    {
      name: 'with the Service of another namespace',
      services: traefikService('web', [
        weightedBackend('web-stable', 100),
        weightedBackend('web-canary', 0, { namespace: 'elsewhere' }),
      ]),
      problem: 'TraefikService `web` does not name both services web-stable and web-canary in spec.weighted.services',
    },
    {
      name: 'that names one twice',
      services: traefikService('web', [...IDLE, weightedBackend('web-canary', 0)]),
      problem: 'TraefikService `web` names one Service twice in spec.weighted.services',
    },
    {
      name: 'whose weights leave a further service no whole share',
      services: traefikService('web', [
        weightedBackend('web-stable', 9),
        weightedBackend('web-canary', 0),
        weightedBackend('old', 1),
      ]),
      problem:
        'TraefikService `web` has further services, and there the weights of web-stable and web-canary must add up to 100 or a multiple of it, and not to 9',
    },
  ])('$name', ({ services, problem }) => {
    const { world } = along(services);
    expect([...traefikRouter.unfitReferences(world)].map(fieldErrorText)).toEqual([`${PATH}: ${problem}`]);
  });

  test('is missed in words that say why', () => {
    const { world } = along(traefikService('other'));
    expect([...traefikRouter.missingReferences(world)].map(fieldErrorText)).toEqual([
      `${PATH}: traefikservice.traefik.io "web" not found`,
    ]);
    const unreadableRouted = new Map([['traefikservices', 'Cannot list']]);
    expect([...traefikRouter.missingReferences({ ...world, unreadableRouted })].map(fieldErrorText)).toEqual([
      `${PATH}: Cannot list; deploy/components/traefik grants it`,
    ]);
  });
});

describe('a TraefikService is left', () => {
  test('by a Rollout that is gone, all requests at the stable Service', () => {
    const divided = serviceAt(traefikService('web'), 20);
    const lookup = lookupIn(({ plural }) => (plural === 'traefikservices' ? [divided] : []));
    const { namespace, name } = along(divided);
    const [left] = afterPatches([divided], departures(lookup, { namespace, name }));
    expect(left && weightsOf(left)).toEqual([
      ['web-stable', 100],
      ['web-canary', 0],
    ]);
    expect(left?.metadata.annotations ?? {}).not.toHaveProperty([ANNOTATIONS.dividedBy]);
    expect(departures(lookup, { namespace, name: 'another' })).toEqual([]);
  });

  test('for another one: emptied first, and unmarked when Traefik has heard of that', () => {
    const divided = serviceAt(traefikService('web'), 20);
    const elsewhere: TrafficRouting = { traefik: { weightedTraefikServiceName: 'other' } };
    const [first] = traefikRouter.leftovers(along(divided, elsewhere));
    expect(first).toMatchObject({ returnsRequests: true, leadsRequests: true, weight: 20, settledAt: NOW + 4_000 });
    const emptied = patchedObject(divided, patchOf([first?.write].filter((one) => one != null)), NOW);
    expect(weightsOf(emptied)).toEqual(weightsOf(traefikService('web')));
    expect(traefikRouter.leftovers(along(emptied, elsewhere))).toEqual([
      { write: null, returnsRequests: false, leadsRequests: false, weight: 0, settledAt: NOW + 4_000 },
    ]);
  });
});

test('beside another router both get the same weight', () => {
  const routing: TrafficRouting = { ...THROUGH_WEB, gatewayAPI: { httpRoute: 'web' } };
  const { world } = along(traefikService('web'), routing);
  const situation = situationOf(withShared(world, [traefikService('web'), httpRoute('web')]));
  const router = routerOf(situation.rollout);
  expect(router.name).toBe('GatewayAPI, Traefik');
  const writes = router.render(situation, { weight: 20, headerRoutes: [] });
  expect(writes.map(({ resource }) => resource.kind)).toEqual(['HTTPRoute', 'TraefikService']);
});
