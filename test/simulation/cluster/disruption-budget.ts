/**
 * A PodDisruptionBudget as the eviction endpoint applies it. It limits evictions only, not deletions or scaling.
 */
import type { KubeObject } from '../../../src/kube/objects.ts';
import { PODS } from '../../../src/kube/resources.ts';
import { isLeaving, type Pod } from './pod.ts';
import type { Store } from './store.ts';

export const DISRUPTION_BUDGETS = 'poddisruptionbudgets';

interface DisruptionBudget extends KubeObject {
  readonly spec: { readonly minAvailable: number };
}

/** Whether a budget keeps the pod from being evicted: it is ready, and too few others are. */
export function isHeld(store: Store, pod: Pod): boolean {
  if (!pod.status.ready) return false;
  const ready = store.list<Pod>(PODS.plural).filter((one) => one.status.ready && !isLeaving(one)).length;
  return store
    .list<DisruptionBudget>(DISRUPTION_BUDGETS)
    .some(({ spec }) => ready - (isLeaving(pod) ? 0 : 1) < spec.minAvailable);
}
