/**
 * Removes traffic rules that a former spec has left behind. The routers know what is left and how it is removed; here is
 * decided whether requests may return to the stable side now.
 */
import { productionService } from '../../api/schema/named-services.ts';
import type { Write } from '../../kube/plan.ts';
import { waitsFor, type BlockedOn } from '../acts/blocked.ts';
import { serviceNotReady } from '../acts/service-not-ready.ts';
import { stayingReplicasOf, templateHashOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import { leftoversOf } from '../traffic/routers.ts';

export interface LeftoverRemoval {
  readonly writes: readonly Write[];
  /** When every proxy is sure to act on the removal, in milliseconds since the epoch; `null`: nothing is on its way. */
  readonly settledAt: number | null;
}

export function decideLeftovers(situation: Situation): LeftoverRemoval {
  const all = leftoversOf(situation);
  const mayReturn = !all.some((one) => one.returnsRequests) || stableSideNotReady(situation) === null;
  const removable = all.filter((one) => mayReturn || !one.returnsRequests);
  const settling = removable.flatMap(({ settledAt }) => settledAt ?? []);
  return {
    writes: removable.flatMap(({ write }) => write ?? []),
    settledAt: settling.length === 0 ? null : Math.max(...settling),
  };
}

/** Requests return to the stable side only when it has the pods for all of them, and its Service reaches these and no others (spec 8.2, 2). */
function stableSideNotReady(situation: Situation): BlockedOn | null {
  const { stable, replicas } = situation;
  if (stable === null || replicas === 0) return null;
  const available = stayingReplicasOf(stable);
  if (available < replicas) {
    return waitsFor('StablePodsNotAvailable', `${available} of ${replicas} stable pods are available`);
  }
  const service = productionService(situation.rollout);
  return service === '' ? null : serviceNotReady(situation, service, templateHashOf(stable), replicas);
}
