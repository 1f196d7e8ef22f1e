/**
 * What the proxy's requests find, by its own view of the cluster, at every moment of a history.
 */
import { productionService } from '../../../src/api/named-services.ts';
import type { Rollout } from '../../../src/api/rollout.ts';
import type { Ingress } from '../../../src/kube/objects.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { INGRESSES, PODS, ROLLOUTS } from '../../../src/kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { endpointsOf } from '../cluster/endpoint-controller.ts';
import { answers, type Pod } from '../cluster/pod.ts';
import { canaryRuleOf } from '../cluster/proxy.ts';
import type { Ledger } from '../ledger.ts';
import type { Finding } from './violation.ts';
import { acceptsGaps, replicaSetOf, selectedBy, sizeOf } from './write-facts.ts';

export interface MomentFacts {
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly rolloutName: string;
}

const AFTER_RESIZE_MS = 120_000;

/**
 * The Service of production, stable or active, has a pod that answers behind it in the proxy's view, even while the canary gets all
 * requests: without endpoints behind it the proxy refuses the whole route. A canary that the API asks
 * for has ready endpoints in the API; what the proxy finds empty there it serves from the stable side.
 */
export class RequestsFindAPod {
  #production = '';
  #hasServed = false;

  check(facts: MomentFacts): Finding {
    const { cluster, ledger, rolloutName } = facts;
    const rollout = cluster.store.get<Rollout>(ROLLOUTS.plural, rolloutName);
    if (rollout === undefined) return null;
    const production = productionService(rollout);
    // What was emptied gets its pods back no sooner than an invalid spec is mended.
    const stable = replicaSetOf(cluster, selectedBy(cluster, production));
    const isEmptied = sizeOf(rollout) === 0 || (ledger.wasEmptied && stable?.spec.replicas === 0);
    if (isEmptied || production !== this.#production) this.#hasServed = false;
    this.#production = production;
    const served = production === '' ? null : this.#withoutPods(cluster, production);
    const meddled = ledger.wasUpheaved('weight');
    const canary = meddled ? null : canaryWithoutPods(cluster, rollout);
    const finding = served ?? canary;
    if (finding === null || acceptsGaps(rollout) || cluster.isShaken()) return null;
    return ledger.wasUpheaved('replicas', AFTER_RESIZE_MS) ? null : finding;
  }

  #withoutPods(cluster: Cluster, service: string): Finding {
    const pods = cluster.proxy.podsBehind(service) ?? [];
    if (pods.some((name) => answers(cluster.store.get<Pod>(PODS.plural, name)))) {
      // From the first promotion on; before it nobody has been promised anything.
      if (selectedBy(cluster, service) !== '') this.#hasServed = true;
      return null;
    }
    return this.#hasServed ? `no pod answers behind Service ${service} (the proxy knows ${pods.length})` : null;
  }
}

/** Also behind a canary Ingress that the spec does not lead to any more. */
function canaryWithoutPods(cluster: Cluster, rollout: Rollout): Finding {
  const empty = cluster.store
    .list<Ingress>(INGRESSES.plural)
    .filter((one) => isControlledBy(one, rollout.metadata.uid))
    .flatMap((one) => canaryRuleOf(one) ?? [])
    .filter((rule) => rule.weight > 0 || rule.hasHeader)
    .find(({ service }) => !endpointsOf(cluster.store, service).some((endpoint) => endpoint.ready));
  return empty === undefined
    ? null
    : `no ready endpoint is behind Service ${empty.service}, and a canary Ingress sends requests there`;
}
