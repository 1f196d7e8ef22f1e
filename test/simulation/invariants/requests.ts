/**
 * What the proxy's requests find, by its own view of the cluster, at every moment of a history.
 */
import { productionService } from '../../../src/api/schema/named-services.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { Ingress } from '../../../src/kube/objects.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { INGRESSES, PODS, ROLLOUTS } from '../../../src/kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { endpointsOf } from '../cluster/endpoint-controller.ts';
import { answers, type Pod } from '../cluster/pod.ts';
import { canaryRuleOf, type CanaryRule } from '../cluster/proxy.ts';
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
  readonly #served = new Set<string>();

  check(facts: MomentFacts): Finding {
    const { cluster, ledger, rolloutName } = facts;
    const rollout = cluster.store.get<Rollout>(ROLLOUTS.plural, rolloutName);
    if (rollout === undefined) return null;
    const production = productionService(rollout);
    // A revision that was emptied gets its pods back only after an invalid spec is corrected.
    const stable = replicaSetOf(cluster, selectedBy(cluster, production));
    const isEmptied = sizeOf(rollout) === 0 || (ledger.wasEmptied && stable?.spec.replicas === 0);
    if (isEmptied || production !== this.#production) this.#hasServed = false;
    this.#production = production;
    const served = production === '' ? null : this.#withoutPods(cluster, production);
    const meddled = ledger.wasUpheaved('weight');
    const canary = meddled ? null : this.#canaryWithoutPods(cluster, rollout);
    const finding = served ?? canary;
    if (finding === null || acceptsGaps(rollout) || cluster.isShaken()) return null;
    return ledger.wasUpheaved('replicas', AFTER_RESIZE_MS) ? null : finding;
  }

  #withoutPods(cluster: Cluster, service: string): Finding {
    const pods = cluster.proxy.podsBehind(service) ?? [];
    if (pods.some((name) => answers(cluster.store.get<Pod>(PODS.plural, name)))) {
      // From the first promotion on; before it nothing is promised.
      if (selectedBy(cluster, service) !== '') this.#hasServed = true;
      return null;
    }
    return this.#hasServed ? `no pod answers behind Service ${service} (the proxy knows ${pods.length})` : null;
  }

  #canaryWithoutPods(cluster: Cluster, rollout: Rollout): Finding {
    const rules = canaryRules(cluster, rollout);
    for (const { service } of rules) if (isReady(cluster, service)) this.#served.add(service);
    // A cookie of the Rollout is asked for from the first deploy on, when there are no pods at all.
    const isPromised = (rule: CanaryRule) =>
      rule.weight > 0 || rule.hasHeader || (rule.hasCookie && this.#served.has(rule.service));
    const empty = rules.filter(isPromised).find(({ service }) => !isReady(cluster, service));
    return empty === undefined
      ? null
      : `no ready endpoint is behind Service ${empty.service}, and a canary Ingress sends requests there`;
  }
}

/** What the canary Ingresses of the Rollout ask for, also those that the spec does not lead to any more. */
function canaryRules(cluster: Cluster, rollout: Rollout): readonly CanaryRule[] {
  return cluster.store
    .list<Ingress>(INGRESSES.plural)
    .filter((one) => isControlledBy(one, rollout.metadata.uid))
    .flatMap((one) => canaryRuleOf(one) ?? []);
}

function isReady(cluster: Cluster, service: string): boolean {
  return endpointsOf(cluster.store, service).some((endpoint) => endpoint.ready);
}
