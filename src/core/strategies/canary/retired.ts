/**
 * What happens to the pods of revisions that are neither stable nor canary (spec 5.12): superseded canaries, and former
 * stable revisions in their delay.
 */
import { reaches, selectedHash } from '../../observed/endpoints.ts';
import {
  availableReplicasOf,
  byRevision,
  hasScaleDownDeadline,
  readyReplicasOf,
  scaleDownDeadlineOf,
  specReplicasOf,
  stayingReplicasOf,
} from '../../observed/replica-sets.ts';
import type { SizeDecision } from '../../acts/scale.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import { fateOfRetired, type Fate, type Scaling } from '../scale-down-delay.ts';
import type { Position } from './position.ts';

export function retiredSizes(position: Position): Scaling {
  const { situation, spec } = position;
  const active = situation.retired.filter((one) => specReplicasOf(one) > 0);
  // Pods that do not work are removed first, and do not count against what must stay available.
  const broken = active
    .map((one) => ({ replicaSet: one, replicas: workingPods(position, one) }))
    .filter(({ replicaSet, replicas }) => replicas < specReplicasOf(replicaSet));
  if (broken.length > 0) {
    const why = 'drop pods of a retired revision that are not available';
    return { decisions: broken.map((one) => ({ ...one, why })), wakeAt: null };
  }
  let staying = situation.all.reduce((sum, one) => sum + stayingReplicasOf(one), 0);
  let budget = staying - (situation.replicas - spec.unavailable);
  const decisions: SizeDecision[] = [];
  let wakeAt: number | null = null;
  let waiting = 0;
  for (const one of active.toSorted(byRevision)) {
    if (budget <= 0) break;
    const size = specReplicasOf(one);
    const referenced = isReferenced(position, one);
    if (!spec.routed) {
      const others = staying - stayingReplicasOf(one);
      const isStandIn = referenced && !(others > 0 && isStableServiceOfAll(position));
      // The stable revision may need the room before it can get its Service back.
      const kept = isStandIn ? Math.min(1, situation.replicas + spec.surge - 1) : 0;
      const removed = Math.min(budget, size - kept);
      decisions.push({ replicaSet: one, replicas: size - removed, why: 'drain a retired revision' });
      budget -= removed;
      staying -= removed;
      continue;
    }
    if (referenced) continue;
    const fate = fateOf(position, one, waiting);
    if (fate.keepUntil === null) {
      decisions.push({ replicaSet: one, replicas: 0, why: fate.why });
      budget -= size;
    } else {
      waiting += 1;
      wakeAt = wakeAt === null ? fate.keepUntil : Math.min(wakeAt, fate.keepUntil);
      const fresh = scaleDownDeadlineOf(one) === null;
      decisions.push({
        replicaSet: one,
        replicas: size,
        ...(fresh ? { deadline: fate.keepUntil } : {}),
        why: fate.why,
      });
    }
  }
  return { decisions, wakeAt };
}

/** A pod that is ready but too young to count as available still serves, if a Service reaches it. */
function workingPods(position: Position, replicaSet: ReplicaSet): number {
  return isReferenced(position, replicaSet) ? readyReplicasOf(replicaSet) : availableReplicasOf(replicaSet);
}

/** A stable Service that was never taken over reaches every pod, so none of them has to stay for it while there is another. */
function isStableServiceOfAll({ situation, spec }: Position): boolean {
  return selectedHash(situation, spec.strategy.stableService ?? '') === '';
}

function fateOf(position: Position, replicaSet: ReplicaSet, waiting: number): Fate {
  const { situation, spec, standing } = position;
  if (standing !== 'promoted' && !hasScaleDownDeadline(replicaSet))
    return { keepUntil: null, why: 'a superseded canary is not needed any more' };
  const delaySeconds = spec.dynamicStableScale ? 0 : spec.scaleDownDelaySeconds;
  const limit = spec.strategy.scaleDownDelayRevisionLimit;
  return fateOfRetired(situation, replicaSet, { delaySeconds, limit }, waiting);
}

/**
 * Whether requests may still reach the revision. Without a router the Service of the canary counts only while a former
 * one still sends requests there: the next canary cannot start before the superseded one has made room, whatever the
 * Service selects.
 */
function isReferenced(position: Position, replicaSet: ReplicaSet): boolean {
  const { situation, spec, observed, standing } = position;
  const { stableService = '', canaryService = '' } = spec.strategy;
  if (situation.replicas === 0) return false;
  if (stableService !== '' && reaches(situation, stableService, replicaSet)) return true;
  if (!spec.routed && !formerRouterCarriesRequests(situation)) return false;
  if (canaryService !== '' && reaches(situation, canaryService, replicaSet)) return true;
  // The promotion is over when its weight is back at 0; until then no pod that served before is removed.
  return standing === 'promoted' && observed.highestWeight > 0;
}
