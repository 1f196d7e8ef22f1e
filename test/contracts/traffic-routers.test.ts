/** Every traffic router there is, held to the contract. */
import { selectedHash } from '../../src/core/observed/endpoints.ts';
import { situationOf, type Situation } from '../../src/core/observed/situation.ts';
import { gatewayRouter } from '../../src/core/traffic/gateway/router.ts';
import { nginxRouter } from '../../src/core/traffic/nginx/router.ts';
import { istioRouter } from '../../src/core/traffic/istio/router.ts';
import { ingressesIn } from '../../src/core/traffic/nginx/observed.ts';
import { noRouter } from '../../src/core/traffic/none.ts';
import { sideBySide } from '../../src/core/traffic/side-by-side.ts';
import { traefikRouter } from '../../src/core/traffic/traefik/router.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import type { Route } from '../../src/kube/route.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { TrafficRouting } from '../../src/api/schema/traffic-routing.ts';
import type { Write } from '../../src/kube/plan.ts';
import { applied, buildSituation, ingress, routed } from '../core/build-world.ts';
import { withIngresses } from '../core/routed-ingresses.ts';
import { accepted, backend, dividedRule, grpcRoute, httpRoute } from '../core/routes.ts';
import { afterPatches, sharedIn, withShared } from '../core/shared-objects.ts';
import { destination, destinationRule, dividedRoute, virtualService } from '../core/istio.ts';
import { IDLE, traefikService, weightedBackend } from '../core/traefik-services.ts';
import { trafficRouterContract, weightRouterContract, withCanary, type RouterHarness } from './traffic-router.ts';

const REVISIONS = [
  { version: 'v1', size: 5 },
  { version: 'v2', size: 1 },
];

function updating(strategy: CanaryStrategy): Situation {
  return buildSituation({ strategy, revisions: REVISIONS, split: null });
}

function afterIngressWrites(situation: Situation, writes: readonly Write[]): Situation {
  const ingresses = new Map(ingressesIn(situation.world));
  for (const write of writes) {
    if (write.op === 'delete') ingresses.delete(write.name);
    else if (write.op === 'apply') ingresses.set(write.name, applied(write.body));
    else throw new Error(`unexpected ${write.op}`);
  }
  return situationOf(withIngresses(situation.world, ingresses.values()));
}

trafficRouterContract('none', {
  router: noRouter,
  maxWeight: 100,
  untouched: () => updating({}),
  after: (situation, writes) => {
    if (writes.length > 0) throw new Error(`wrote ${JSON.stringify(writes)}`);
    return situation;
  },
});

const nginx: RouterHarness = {
  router: nginxRouter,
  maxWeight: 100,
  untouched: () => updating(routed()),
  after: afterIngressWrites,
};

const severalIngresses: RouterHarness = {
  router: nginxRouter,
  maxWeight: 1000,
  untouched: () =>
    updating(
      routed({
        trafficRouting: {
          maxTrafficWeight: 1000,
          nginx: {
            stableIngresses: ['web', 'api'],
            additionalIngressAnnotations: { 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'always' },
          },
        },
      }),
    ),
  after: afterIngressWrites,
};

const foreign = ingress('theirs', { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } });
const blocked = (): Situation => buildSituation({ strategy: routed(), revisions: REVISIONS, ingresses: [foreign] });

for (const [name, harness] of Object.entries({ nginx, 'nginx with several Ingresses': severalIngresses })) {
  trafficRouterContract(name, harness);
  weightRouterContract(name, harness, blocked);
}

function afterSharedWrites(situation: Situation, writes: readonly Write[]): Situation {
  const objects = afterPatches(sharedIn(situation.world), writes).map((object) =>
    object.kind?.endsWith('Route') === true ? accepted(object) : object,
  );
  return situationOf(withShared(situation.world, objects));
}

function afterAllWrites(situation: Situation, writes: readonly Write[]): Situation {
  const isOfIngress = ({ resource }: Write) => resource.plural === 'ingresses';
  const withIngressWrites = afterIngressWrites(situation, writes.filter(isOfIngress));
  return afterSharedWrites(
    withIngressWrites,
    writes.filter((write) => !isOfIngress(write)),
  );
}

function alongShared(trafficRouting: CanaryStrategy['trafficRouting'], routes: readonly KubeObject[]): Situation {
  const { world } = updating(routed({ trafficRouting: { managedRoutes: [{ name: 'testers' }], ...trafficRouting } }));
  return situationOf(withShared(world, routes));
}

const gatewayApi: RouterHarness = {
  router: gatewayRouter,
  maxWeight: 100,
  untouched: () => alongShared({ gatewayAPI: { httpRoute: 'web' } }, [httpRoute('web')]),
  after: afterSharedWrites,
};

const severalRules: RouteRules = [
  dividedRule(90, 0, { backendRefs: [backend('web-stable', 90), backend('other', 10), backend('web-canary', 0)] }),
  { name: 'static', backendRefs: [backend('files')] },
  dividedRule(90, 0, { matches: [] }),
];
type RouteRules = NonNullable<Route['spec']>['rules'] & {};

const severalRoutes: RouterHarness = {
  router: gatewayRouter,
  maxWeight: 90,
  untouched: () =>
    alongShared(
      {
        maxTrafficWeight: 90,
        plugins: {
          'argoproj-labs/gatewayAPI': { httpRoutes: [{ name: 'web', useHeaderRoutes: true }], grpcRoute: 'web' },
        },
      },
      [
        httpRoute('web', { spec: { parentRefs: [{ name: 'edge' }, { name: 'inner' }], rules: severalRules } }),
        grpcRoute('web', { spec: { parentRefs: [{ name: 'edge' }], rules: [dividedRule(90, 0)] } }),
      ],
    ),
  after: afterSharedWrites,
};

const bothAtOnce: RouterHarness = {
  router: sideBySide([nginxRouter, gatewayRouter]),
  maxWeight: 100,
  untouched: () =>
    alongShared({ nginx: { stableIngress: 'web' }, gatewayAPI: { httpRoute: 'web' } }, [httpRoute('web')]),
  after: afterAllWrites,
};

function refused(situation: Situation): Situation {
  const routes = sharedIn(situation.world).map((route): Route => {
    const condition = { status: 'False', reason: 'NotAllowedByListeners', observedGeneration: 1 };
    const conditions = ['Accepted', 'ResolvedRefs'].map((type) => ({ ...condition, type, message: 'No listener.' }));
    return { ...route, status: { parents: [{ parentRef: { name: 'edge' }, conditions }] } };
  });
  return situationOf(withShared(situation.world, routes));
}

for (const [name, harness] of Object.entries({
  'Gateway API': gatewayApi,
  'Gateway API with several routes and rules': severalRoutes,
  'nginx beside Gateway API': bothAtOnce,
})) {
  trafficRouterContract(name, harness);
  weightRouterContract(name, harness, () => refused(harness.untouched()));
}

const traefik: RouterHarness = {
  router: traefikRouter,
  maxWeight: 100,
  matchesHeaders: false,
  untouched: () => alongShared({ traefik: { weightedTraefikServiceName: 'web' } }, [traefikService('web')]),
  after: afterSharedWrites,
};

const furtherBackends: RouterHarness = {
  ...traefik,
  untouched: () =>
    alongShared({ traefik: { weightedTraefikServiceName: 'web' } }, [
      traefikService('web', [weightedBackend('old', 25, { kind: 'TraefikService' }), ...IDLE]),
    ]),
};

for (const [name, harness] of Object.entries({ Traefik: traefik, 'Traefik with further services': furtherBackends })) {
  trafficRouterContract(name, harness);
  // Nothing reports about a TraefikService, and one that cannot be divided is refused with the spec.
  weightRouterContract(name, harness, null);
}

const istio: RouterHarness = {
  router: istioRouter,
  maxWeight: 100,
  untouched: () => alongShared({ istio: { virtualService: { name: 'web' } } }, [virtualService('web')]),
  after: afterSharedWrites,
};

const severalVirtualServices: RouterHarness = {
  ...istio,
  untouched: () =>
    alongShared(
      {
        istio: {
          virtualServices: [{ name: 'web', routes: ['primary', 'api'] }, { name: 'inner' }],
        },
      },
      [
        virtualService(
          'web',
          { name: 'static', route: [destination('files')] },
          dividedRoute(100, 0, { name: 'api', match: [{ headers: { 'x-api': { exact: '2' } } }] }),
          dividedRoute(),
        ),
        virtualService(
          'inner',
          dividedRoute(200, 0, {
            route: [
              destination('web-stable.shop.svc.cluster.local', 200),
              destination('web-canary.shop', 0),
              destination('old', 50),
            ],
          }),
        ),
      ],
    ),
};

function throughSubsets(stableSubsetName: string): TrafficRouting {
  const destinationRule = { name: 'web', stableSubsetName, canarySubsetName: 'canary' };
  return { istio: { virtualService: { name: 'web' }, destinationRule } };
}

function besideSubsets(): Situation {
  const routing = throughSubsets('stable');
  const { world } = alongShared(routing, []);
  const labelsOf = (service: string) => ({ 'rollouts-pod-template-hash': selectedHash(situationOf(world), service) });
  const route = { route: [destination('web:stable', 100), destination('web:canary', 0)] };
  return situationOf(
    withShared(world, [
      virtualService('web', dividedRoute(100, 0, route)),
      destinationRule('web', 'web', [
        { name: 'stable', labels: labelsOf('web-stable') },
        { name: 'canary', labels: labelsOf('web-canary') },
      ]),
    ]),
  );
}

const subsets: RouterHarness = {
  ...istio,
  carriesWeight: (resource) => resource?.kind !== 'DestinationRule',
  misled: (situation) => withCanary(situation, (canary) => ({ ...canary, trafficRouting: throughSubsets('another') })),
  untouched: besideSubsets,
};

for (const [name, harness] of Object.entries({
  Istio: istio,
  'Istio with several VirtualServices and routes': severalVirtualServices,
  'Istio with subsets': subsets,
})) {
  trafficRouterContract(name, harness);
  weightRouterContract(name, harness, null);
}
