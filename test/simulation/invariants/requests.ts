/**
 * What the proxy's requests find, by its own view of the cluster, at every moment of a history.
 */
import type { Rollout } from '../../../src/api/rollout.ts';
import { PODS, ROLLOUTS } from '../../../src/kube/resources.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { answers, type Pod } from '../cluster/pod.ts';
import type { Ledger } from '../ledger.ts';
import type { Finding } from './violation.ts';
import { canaryStrategyOf, isRouted, sizeOf } from './write-facts.ts';

export interface MomentFacts {
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly rolloutName: string;
}

const AFTER_RESIZE_MS = 120_000;

/**
 * Every Service that the proxy sends requests to has a pod that answers. The stable Service counts even
 * while the canary gets all requests: without endpoints behind it the proxy refuses the whole route.
 */
export class RequestsFindAPod {
  /** Services behind which a pod has answered before. */
  readonly #served = new Set<string>();

  check({ cluster, ledger, rolloutName }: MomentFacts): Finding {
    const rollout = cluster.store.get<Rollout>(ROLLOUTS.plural, rolloutName);
    if (rollout === undefined) return null;
    for (const { service, isNew } of this.#asked(cluster, rollout)) {
      const pods = cluster.proxy.podsBehind(service) ?? [];
      if (pods.some((name) => answers(cluster.store.get<Pod>(PODS.plural, name)))) {
        this.#served.add(service);
        continue;
      }
      if (isNew || sizeOf(rollout) === 0 || ledger.wasUpheaved('replicas', AFTER_RESIZE_MS) || cluster.isShaken()) {
        continue;
      }
      return `no pod answers behind Service ${service} (the proxy knows ${pods.length})`;
    }
    return null;
  }

  /** The Services that get requests; one that has never served is not missed. */
  #asked(cluster: Cluster, rollout: Rollout): readonly { readonly service: string; readonly isNew: boolean }[] {
    const { stableService = '' } = canaryStrategyOf(rollout);
    const asked = cluster.proxy
      .canaryRules()
      .filter((rule) => rule.weight > 0 || rule.hasHeader)
      .filter((rule) => isRouted(rollout) && rule.service === canaryStrategyOf(rollout).canaryService)
      .map((rule) => ({ service: rule.service, isNew: false }));
    return stableService === ''
      ? asked
      : [...asked, { service: stableService, isNew: !this.#served.has(stableService) }];
  }
}
