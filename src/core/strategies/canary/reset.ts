/**
 * What a new template or a new list of steps does to the memory: the rollout starts over (spec 5.7).
 */
import { events } from '../../../api/events.ts';
import { isStepHash, stepHash } from '../../../api/schema/step-hash.ts';
import { NO_RUNS, type CanaryMemory } from './memory.ts';
import { specReplicasOf } from '../../observed/replica-sets.ts';
import { isPromoted } from '../../observed/memory.ts';
import type { Situation } from '../../observed/situation.ts';
import type { Transition } from '../../acts/transition.ts';
import type { CanarySpec } from './canary-spec.ts';
import { isWithinRollbackWindow } from '../rollback.ts';
import { memoryAtStart } from '../turning-points.ts';

/** `null` when neither the template nor the steps have changed since the status was written. */
export function resetAfterChange(
  situation: Situation,
  spec: CanarySpec,
  memory: CanaryMemory,
): Transition<CanaryMemory> | null {
  const { steps } = spec.strategy;
  const templateChanged = memory.currentPodHash !== '' && memory.currentPodHash !== situation.canaryHash;
  if (!templateChanged && isStepHash(memory.currentStepHash, steps)) return null;
  const count = spec.steps.length;
  const start: CanaryMemory = {
    ...memoryAtStart(situation, memory),
    ...NO_RUNS,
    pausedStepIndex: null,
    currentStepHash: stepHash(steps),
    currentStepIndex: count === 0 ? null : 0,
  };
  if (count === 0) return { memory: start, events: [] };
  if (isPromoted(memory, situation.canaryHash)) {
    return { memory: { ...start, currentStepIndex: count }, events: [events.skippedStepsToStable()] };
  }
  if (isWithinRollbackWindow(situation) && specReplicasOf(situation.canary) > 0) {
    return { memory: { ...start, currentStepIndex: count }, events: [events.skippedStepsWithinWindow()] };
  }
  return { memory: start, events: [] };
}
