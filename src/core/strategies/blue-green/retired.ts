/**
 * What happens to the pods of revisions that are neither stable nor new (spec A.8): former stable ones in their delay,
 * and superseded previews.
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
import { reaches, selectedHash } from '../../observed/endpoints.ts';
import {
  availableReplicasOf,
  byRevision,
  scaleDownDeadlineOf,
  specReplicasOf,
  stayingReplicasOf,
} from '../../observed/replica-sets.ts';
import type { SizeDecision } from '../../acts/scale.ts';
import { revisionNotReached } from '../../acts/service-not-ready.ts';
import { fateOfRetired, type Scaling } from '../scale-down-delay.ts';
import { retirementRules } from './blue-green-spec.ts';
import type { Position } from './position.ts';
import { isWhole } from './sizes.ts';

export function retiredSizes(position: Position): Scaling {
  const { situation, spec } = position;
  const rules = retirementRules(spec);
  const decisions: SizeDecision[] = [];
  let wakeAt: number | null = null;
  let waiting = 0;
  for (const one of situation.retired.toSorted(byRevision)) {
    if (specReplicasOf(one) === 0 || isReferenced(position, one)) continue;
    const fate = fateOfRetired(situation, one, rules, waiting);
    if (fate.keepUntil === null) {
      // Even when the deadline has passed these may be the only pods that work.
      if (isServedWithout(position, one)) decisions.push({ replicaSet: one, replicas: 0, why: fate.why });
      continue;
    }
    waiting += 1;
    wakeAt = wakeAt === null ? fate.keepUntil : Math.min(wakeAt, fate.keepUntil);
    const isFresh = scaleDownDeadlineOf(one) === null;
    decisions.push({
      replicaSet: one,
      // It must be able to take over again at once. A preview that was never complete gets no pods now (spec G-22).
      replicas: isWhole(one) ? situation.replicas : specReplicasOf(one),
      ...(isFresh ? { deadline: fate.keepUntil } : {}),
      why: fate.why,
    });
  }
  return { decisions, wakeAt };
}

/**
 * Whether requests may still reach the revision, by a selector or by endpoints that have not followed it yet.
 * An active Service that was never taken over reaches every pod, and needs those of this revision only while
 * no other works.
 */
function isReferenced({ situation, spec, memory }: Position, one: ReplicaSet): boolean {
  const { activeService, previewService } = spec;
  if (situation.replicas === 0) return false;
  const wasNeverOurs = selectedHash(situation, activeService) === '' && memory.activeSelector === '';
  const named = wasNeverOurs ? [previewService] : [activeService, previewService];
  return named.some((service) => service !== '' && reaches(situation, service, one));
}

/** All requests are served without the revision, and the endpoints prove it. */
function isServedWithout({ situation, spec: { activeService } }: Position, one: ReplicaSet): boolean {
  if (situation.replicas === 0 || availableReplicasOf(one) === 0) return true;
  const selected = selectedHash(situation, activeService);
  if (selected === '') return situation.all.some((other) => other !== one && stayingReplicasOf(other) > 0);
  return revisionNotReached(situation, activeService, selected, 1) === null;
}
