/** Every traffic router there is, held to the contract. */
import { situationOf, type Situation } from '../../src/core/observed/situation.ts';
import { nginxRouter } from '../../src/core/traffic/nginx/router.ts';
import { ingressesIn } from '../../src/core/traffic/nginx/observed.ts';
import { noRouter } from '../../src/core/traffic/none.ts';
import type { CanaryStrategy } from '../../src/api/schema/canary.ts';
import type { Write } from '../../src/kube/plan.ts';
import { applied, buildSituation, ingress, routed } from '../core/build-world.ts';
import { withIngresses } from '../core/routed-ingresses.ts';
import { trafficRouterContract, weightRouterContract, type RouterHarness } from './traffic-router.ts';

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
