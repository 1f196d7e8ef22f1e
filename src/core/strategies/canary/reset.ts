/**
 * What a new template or a new list of steps does to the memory: the rollout starts over (spec 5.7).
 */
import { events } from '../../../api/events.ts';
import { isStepHash, stepHash } from '../../../kube/step-hash.ts';
import { NO_ABORT, NO_PAUSE, type Memory } from '../../rollout/memory.ts';
import { specReplicasOf } from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';
import type { Transition } from '../../rollout/transition.ts';
import type { CanarySpec } from './canary-spec.ts';
import { isWithinRollbackWindow } from '../rollback.ts';

/** `null` when neither the template nor the steps have changed since the status was written. */
export function resetAfterChange(situation: Situation, spec: CanarySpec, memory: Memory): Transition | null {
  const { steps } = spec.strategy;
  const templateChanged = memory.currentPodHash !== '' && memory.currentPodHash !== situation.canaryHash;
  if (!templateChanged && isStepHash(memory.currentStepHash, steps)) return null;
  const count = spec.steps.length;
  const start: Memory = {
    ...memory,
    ...NO_PAUSE,
    ...NO_ABORT,
    promoteFull: false,
    restartedAt: situation.rollout.spec.restartAt ?? null,
    currentPodHash: situation.canaryHash,
    currentStepHash: stepHash(steps),
    currentStepIndex: count === 0 ? null : 0,
  };
  if (count === 0) return { memory: start, events: [] };
  if (memory.stableRS === situation.canaryHash) {
    return { memory: { ...start, currentStepIndex: count }, events: [events.skippedStepsToStable()] };
  }
  if (isWithinRollbackWindow(situation) && specReplicasOf(situation.canary) > 0) {
    return { memory: { ...start, currentStepIndex: count }, events: [events.skippedStepsWithinWindow()] };
  }
  return { memory: start, events: [] };
}
