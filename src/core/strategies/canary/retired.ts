/**
 * What happens to revisions that are neither stable nor canary (spec 5.12): superseded canaries, and
 * former stable revisions in their delay. Deleting them is the history's affair.
 */
import { reaches, selectedHash } from '../../rollout/endpoints.ts';
import type { Memory } from '../../rollout/memory.ts';
import {
  availableReplicasOf,
  byRevision,
  hasScaleDownDeadline,
  readyReplicasOf,
  scaleDownDeadlineOf,
  specReplicasOf,
  stayingReplicasOf,
} from '../../rollout/replica-sets.ts';
import type { SizeDecision } from '../../rollout/scale.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import type { ObservedSplit } from '../../traffic/router.ts';
import { formerRouterCarriesRequests } from '../../traffic/routers.ts';
import { fateOfRetired, type Fate, type Scaling } from '../scale-down-delay.ts';
import type { CanarySpec } from './canary-spec.ts';

export function retiredSizes(situation: Situation, spec: CanarySpec, memory: Memory, observed: ObservedSplit): Scaling {
  const active = situation.retired.filter((one) => specReplicasOf(one) > 0);
  // Pods that do not work anyway go first, and do not count against what must stay available.
  const broken = active
    .map((one) => ({ replicaSet: one, replicas: workingPods(situation, spec, memory, observed, one) }))
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
    const referenced = isReferenced(situation, spec, memory, observed, one);
    if (!spec.routed) {
      const others = staying - stayingReplicasOf(one);
      const isStandIn = referenced && !(others > 0 && isStableServiceOfAll(situation, spec));
      // The stable revision may need the room before it can take its Service back.
      const kept = isStandIn ? Math.min(1, situation.replicas + spec.surge - 1) : 0;
      const removed = Math.min(budget, size - kept);
      decisions.push({ replicaSet: one, replicas: size - removed, why: 'drain a retired revision' });
      budget -= removed;
      staying -= removed;
      continue;
    }
    if (referenced) continue;
    const fate = fateOf(situation, spec, memory, one, waiting);
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

/** A pod that is ready but too young to count as available serves all the same, if a Service reaches it. */
function workingPods(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  observed: ObservedSplit,
  replicaSet: ReplicaSet,
): number {
  return isReferenced(situation, spec, memory, observed, replicaSet)
    ? readyReplicasOf(replicaSet)
    : availableReplicasOf(replicaSet);
}

/** A stable Service that was never taken over reaches every pod: none of them has to stay for it while there is another. */
function isStableServiceOfAll(situation: Situation, spec: CanarySpec): boolean {
  return selectedHash(situation, spec.strategy.stableService ?? '') === '';
}

function fateOf(situation: Situation, spec: CanarySpec, memory: Memory, replicaSet: ReplicaSet, waiting: number): Fate {
  const promoted = memory.stableRS === situation.canaryHash;
  if (!promoted && !hasScaleDownDeadline(replicaSet))
    return { keepUntil: null, why: 'a superseded canary is not needed any more' };
  const delaySeconds = spec.dynamicStableScale ? 0 : spec.scaleDownDelaySeconds;
  const limit = spec.strategy.scaleDownDelayRevisionLimit;
  return fateOfRetired(situation, replicaSet, { delaySeconds, limit }, waiting);
}

/**
 * Whether requests may still reach the revision. Without a router the Service of the canary counts only while a former
 * one still sends requests there: the next canary cannot start before the superseded one has made room, so its Service
 * has to let go.
 */
function isReferenced(
  situation: Situation,
  spec: CanarySpec,
  memory: Memory,
  observed: ObservedSplit,
  replicaSet: ReplicaSet,
): boolean {
  const { stableService = '', canaryService = '' } = spec.strategy;
  if (situation.replicas === 0) return false;
  if (stableService !== '' && reaches(situation, stableService, replicaSet)) return true;
  if (!spec.routed && !formerRouterCarriesRequests(situation)) return false;
  if (canaryService !== '' && reaches(situation, canaryService, replicaSet)) return true;
  // The promotion is over when its weight is back at 0; until then nothing that served before goes.
  return memory.stableRS === situation.canaryHash && observed.highestWeight > 0;
}
