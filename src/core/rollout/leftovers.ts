/**
 * Removes traffic rules that a former spec has left behind. The routers know what is left and how it is removed; here is
 * decided whether requests may return to the stable side now.
 */
import { productionService } from '../../api/schema/named-services.ts';
import type { Write } from '../../kube/plan.ts';
import { waitsFor, type BlockedOn } from '../acts/blocked.ts';
import type { Hazard } from '../acts/hazard.ts';
import { serviceNotReady } from '../acts/service-not-ready.ts';
import { specReplicasOf, stayingReplicasOf, templateHashOf } from '../observed/replica-sets.ts';
import type { Situation } from '../observed/situation.ts';
import type { Leftover } from '../traffic/router.ts';
import { leftoversOf } from '../traffic/routers.ts';

export interface LeftoverRemoval {
  readonly writes: readonly Write[];
  /** When every proxy is sure to act on the removal, in milliseconds since the epoch; `null`: nothing is on its way. */
  readonly settledAt: number | null;
  readonly hazards: readonly Hazard[];
}

export function decideLeftovers(situation: Situation): LeftoverRemoval {
  const all = leftoversOf(situation);
  const mayReturn = !all.some((one) => one.returnsRequests) || stableSideNotReady(situation) === null;
  const removable = all.filter((one) => mayReturn || !one.returnsRequests);
  const settling = removable.flatMap(({ settledAt }) => settledAt ?? []);
  return {
    writes: removable.flatMap(({ write }) => write ?? []),
    settledAt: settling.length === 0 ? null : Math.max(...settling),
    hazards: mayReturn ? [] : all.flatMap((one) => keptHazard(situation, one)),
  };
}

/**
 * The stable side is as small as the present router's weight lets it be, so requests that come by a former one cannot
 * return before the release has ended. It does not grow for them: it would shrink again at once, and pods that close their
 * port at once would lose requests that come by a proxy which nobody waits for any more.
 */
function keptHazard({ stable, replicas, status }: Situation, { returnsRequests, weight, write }: Leftover): Hazard[] {
  const size = specReplicasOf(stable);
  // An abort gives it all of its pods.
  if (!returnsRequests || write === null || size >= replicas || status.abort === true) return [];
  const message =
    `${write.resource.kind} ${write.name}, which the Rollout does not name any more, keeps sending ${weight} % of its ` +
    `requests to the canary until the release has ended: only ${size} of ${replicas} stable pods are meant to run before`;
  return [{ reason: 'FormerRouterKept', message }];
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
