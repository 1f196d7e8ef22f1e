/**
 * Which of our revisions serves, as the cluster shows it, for a status that was lost or could never be written. A
 * revision that serves is stable, and no other replaces it without the steps (spec 7.1, 11).
 */
import { LABELS } from '../../api/words/labels.ts';
import { productionService } from '../../api/schema/named-services.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import {
  availableReplicasOf,
  isOlder,
  hasScaleDownDeadline,
  replicaSetOf,
  revisionOf,
  specReplicasOf,
  statusReplicasOf,
} from './replica-sets.ts';
import type { RolloutWorld } from './world.ts';

/** Other than the revision of the present template, whose hash is `canaryHash`; `null` when none serves, or that one does. */
export function servingRevision(
  { rollout, services }: RolloutWorld,
  all: readonly ReplicaSet[],
  canaryHash: string,
): ReplicaSet | null {
  const withPods = all.filter((one) => specReplicasOf(one) > 0 || statusReplicasOf(one) > 0);
  const selected = services.get(productionService(rollout))?.spec.selector?.[LABELS.podTemplateHash] ?? '';
  const canary = replicaSetOf(withPods, canaryHash);
  const leadsTo = replicaSetOf(withPods, selected);
  if (leadsTo !== null) return leadsTo === canary ? null : leadsTo;
  const [other] = withPods.filter((one) => one !== canary).toSorted(byService);
  return other === undefined || (canary !== null && servedBefore(canary, other)) ? null : other;
}

/** The other one is younger and no further: it was being rolled out when the status was lost. */
function servedBefore(canary: ReplicaSet, other: ReplicaSet): boolean {
  return isOlder(canary, other) && byService(canary, other) <= 0;
}

/** A revision with a scale-down deadline was replaced by another. Of two with as many pods the older one has served longer. */
function byService(a: ReplicaSet, b: ReplicaSet): number {
  return (
    Number(hasScaleDownDeadline(a)) - Number(hasScaleDownDeadline(b)) ||
    availableReplicasOf(b) - availableReplicasOf(a) ||
    revisionOf(a) - revisionOf(b)
  );
}
