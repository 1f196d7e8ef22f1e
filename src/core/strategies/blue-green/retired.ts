/**
 * What happens to revisions that are neither stable nor new (spec A.8): former stable ones in their delay,
 * and previews that were superseded. Deleting them is the history's affair.
 */
import type { ReplicaSet } from '../../../kube/objects.ts';
import { reaches, selectedHash, serviceShows } from '../../rollout/endpoints.ts';
import type { BlueGreenMemory, Memory } from '../../rollout/memory.ts';
import {
  availableReplicasOf,
  byRevision,
  scaleDownDeadlineOf,
  specReplicasOf,
  stayingReplicasOf,
} from '../../rollout/replica-sets.ts';
import type { SizeDecision } from '../../rollout/scale.ts';
import type { Situation } from '../../rollout/situation.ts';
import { fateOfRetired, type Scaling } from '../scale-down-delay.ts';
import { retirementRules, type BlueGreenSpec } from './blue-green-spec.ts';
import { isWhole } from './sizes.ts';

export function retiredSizes(situation: Situation, spec: BlueGreenSpec, memory: Memory): Scaling {
  const rules = retirementRules(spec);
  const decisions: SizeDecision[] = [];
  let wakeAt: number | null = null;
  let waiting = 0;
  for (const one of situation.retired.toSorted(byRevision)) {
    if (specReplicasOf(one) === 0 || isReferenced(situation, spec, memory.blueGreen, one)) continue;
    const fate = fateOfRetired(situation, one, rules, waiting);
    if (fate.keepUntil === null) {
      // The deadline has passed, and yet these may be the only pods that work.
      if (isServedWithout(situation, spec, one)) decisions.push({ replicaSet: one, replicas: 0, why: fate.why });
      continue;
    }
    waiting += 1;
    wakeAt = wakeAt === null ? fate.keepUntil : Math.min(wakeAt, fate.keepUntil);
    const isFresh = scaleDownDeadlineOf(one) === null;
    decisions.push({
      replicaSet: one,
      // It has to be able to take over again at once; a preview that never had all its pods is not given them now (spec G-22).
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
 * nobody else works.
 */
function isReferenced(
  situation: Situation,
  { activeService, previewService }: BlueGreenSpec,
  { activeSelector }: BlueGreenMemory,
  one: ReplicaSet,
): boolean {
  if (situation.replicas === 0) return false;
  const wasNeverOurs = selectedHash(situation, activeService) === '' && activeSelector === '';
  const named = wasNeverOurs ? [previewService] : [activeService, previewService];
  return named.some((service) => service !== '' && reaches(situation, service, one));
}

/** Everybody is served without the revision, and the endpoints prove it. */
function isServedWithout(situation: Situation, { activeService }: BlueGreenSpec, one: ReplicaSet): boolean {
  if (situation.replicas === 0 || availableReplicasOf(one) === 0) return true;
  const selected = selectedHash(situation, activeService);
  if (selected === '') return situation.all.some((other) => other !== one && stayingReplicasOf(other) > 0);
  return serviceShows(situation, activeService, selected).ready > 0;
}
