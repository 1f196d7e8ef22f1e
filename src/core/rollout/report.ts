/**
 * The status that a pass reports, and the write that carries the difference to the last one.
 * The difference alone is written, on condition that nobody else has written in between, so that a
 * person's command is never lost (spec 11.2).
 */
import type { RolloutStatus } from '../../api/status.ts';
import type { EventNote, PatchWrite } from '../../kube/plan.ts';
import type { JsonObject } from '../../kube/json.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { mergePatchBetween } from '../../kube/merge-patch.ts';
import { selectorText } from '../../kube/selector.ts';
import type { StrategyDecision } from '../strategies/strategy.ts';
import type { Counts } from './counts.ts';
import type { Memory } from './memory.ts';
import type { Situation } from './situation.ts';
import { statusPatch } from './status-patch.ts';

/** The memory as status fields; what is not set disappears from the status. */
export function rememberedFields(memory: Memory): RolloutStatus {
  return {
    stableRS: memory.stableRS,
    currentPodHash: memory.currentPodHash,
    ...(memory.currentStepHash === '' ? {} : { currentStepHash: memory.currentStepHash }),
    ...(memory.currentStepIndex === null ? {} : { currentStepIndex: memory.currentStepIndex }),
    ...(memory.pauseConditions.length === 0 ? {} : { pauseConditions: memory.pauseConditions }),
    ...(memory.controllerPause ? { controllerPause: true } : {}),
    ...(memory.abort ? { abort: true } : {}),
    ...(memory.abortedAt === null ? {} : { abortedAt: memory.abortedAt }),
    ...(memory.promoteFull ? { promoteFull: true } : {}),
    ...(memory.restartedAt === null ? {} : { restartedAt: memory.restartedAt }),
    ...(memory.workloadScaleDown === null ? {} : { workloadScaleDown: memory.workloadScaleDown }),
  };
}

/** What belongs to one strategy: what it reports, and what it remembers beside the rest. */
export function strategyFields(memory: Memory, report: StrategyDecision['report']): RolloutStatus {
  const canary = {
    ...report.canary,
    ...(memory.pausedStepIndex === null ? {} : { pausedStepIndex: memory.pausedStepIndex }),
  };
  const { activeSelector, previewSelector, scaleUpPreviewCheckPoint, fastRollback } = memory.blueGreen;
  const blueGreen = {
    ...(activeSelector === '' ? {} : { activeSelector }),
    ...(previewSelector === '' ? {} : { previewSelector }),
    ...(scaleUpPreviewCheckPoint ? { scaleUpPreviewCheckPoint } : {}),
    ...(fastRollback ? { fastRollback } : {}),
  };
  return {
    ...(Object.keys(canary).length === 0 ? {} : { canary }),
    ...(Object.keys(blueGreen).length === 0 ? {} : { blueGreen }),
  };
}

/** `counted` is the revision that serves alone; then it alone is what an autoscaler measures. */
export function countedFields(situation: Situation, counts: Counts, counted: ReplicaSet | null): RolloutStatus {
  return {
    replicas: counts.replicas,
    updatedReplicas: counts.updated,
    readyReplicas: counts.ready,
    availableReplicas: counts.available,
    HPAReplicas: counts.scaled,
    selector: selectorText((counted ?? situation.rollout).spec.selector ?? {}),
  };
}

/** Fields that this version writes. Others in the status belong to controllers before or after us and stay. */
const OWN_FIELDS = [
  'observedGeneration',
  'workloadObservedGeneration',
  'workloadScaleDown',
  'phase',
  'message',
  'stableRS',
  'currentPodHash',
  'currentStepHash',
  'currentStepIndex',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'HPAReplicas',
  'selector',
  'conditions',
  'pauseConditions',
  'controllerPause',
  'abort',
  'abortedAt',
  'promoteFull',
  'restartedAt',
  'canary',
  'blueGreen',
  'duration',
] as const satisfies readonly (keyof RolloutStatus)[];

/** `null` when the status says all this already. */
export function statusWrite(
  situation: Situation,
  next: RolloutStatus,
  events: readonly EventNote[],
): PatchWrite | null {
  const difference = mergePatchBetween(ownFields(situation.status), ownFields(next));
  if (difference === null && events.length === 0) return null;
  return { ...statusPatch(situation.rollout, difference ?? {}, 'report what this look has found and decided'), events };
}

function ownFields(status: RolloutStatus): JsonObject {
  const own: Record<string, unknown> = {};
  for (const field of OWN_FIELDS) {
    if (status[field] !== undefined && status[field] !== null) own[field] = status[field];
  }
  return own as JsonObject;
}
