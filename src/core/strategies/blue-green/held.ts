/**
 * How blue-green is held when its spec cannot be followed: as if it waited at a gate that only a person opens, with the
 * pods that the new revision has.
 */
import type { BlueGreenStrategy } from '../../../api/schema/blue-green.ts';
import type { Rollout } from '../../../api/schema/rollout.ts';
import type { ReplicaSet } from '../../../kube/objects.ts';
import { specReplicasOf } from '../../observed/replica-sets.ts';
import type { Situation } from '../../observed/situation.ts';
import { delaysOf, heldActs, heldMemory, heldSituation, isTried } from '../held-rollout.ts';
import type { Held } from '../strategy.ts';
import { decideBlueGreen } from './blue-green.ts';
import { blueGreenFields, NO_RUNS, recallBlueGreen, type BlueGreenMemory } from './memory.ts';
import { isWhole } from './sizes.ts';

export function holdBlueGreen(situation: Situation, running: ReplicaSet): Held {
  const { currentStepHash: _hash, currentStepIndex: _index, ...status } = situation.status;
  const held = heldSituation(situation, running, { blueGreen: heldStrategy(situation.rollout, running) }, status);
  const decision = decideBlueGreen(held);
  const desired = heldActs(held, decision.desired);
  const was = recallBlueGreen(status);
  // Where a Service is not moved, what it selected stays remembered.
  const movesAll = desired.selectors.length === decision.desired.selectors.length;
  const followed = isTried(situation, running) && movesAll ? decision.memory : was;
  const own = { ...followed, ...heldRuns(was, decision.memory) };
  const memory = heldMemory(situation, running, was, decision.memory);
  return {
    situation: held,
    decision: { ...decision, memory, ownStatus: blueGreenFields(own), desired },
    isAborting: decision.memory.abort,
  };
}

/** What is recorded of runs stays, also where the spec no longer asks for them. Only a retry forgets them (spec G-9). */
function heldRuns(was: BlueGreenMemory, decided: BlueGreenMemory): Pick<BlueGreenMemory, keyof typeof NO_RUNS> {
  const isRetried = was.abortedAt !== null && !was.abort;
  const kept = isRetried ? NO_RUNS : was;
  return {
    prePromotionAnalysisRunStatus: decided.prePromotionAnalysisRunStatus ?? kept.prePromotionAnalysisRunStatus,
    postPromotionAnalysisRunStatus: decided.postPromotionAnalysisRunStatus ?? kept.postPromotionAnalysisRunStatus,
  };
}

/** A preview that has a part of its pods keeps that size, and a run that fails still gives the new revision up. */
function heldStrategy({ spec }: Rollout, running: ReplicaSet): BlueGreenStrategy {
  const {
    activeService = '',
    previewService,
    prePromotionAnalysis,
    postPromotionAnalysis,
    ...others
  } = spec.strategy?.blueGreen ?? {};
  return {
    activeService,
    ...(previewService === undefined ? {} : { previewService }),
    ...(isWhole(running) ? {} : { previewReplicaCount: specReplicasOf(running) }),
    autoPromotionEnabled: false,
    ...(prePromotionAnalysis === undefined ? {} : { prePromotionAnalysis }),
    ...(postPromotionAnalysis === undefined ? {} : { postPromotionAnalysis }),
    ...delaysOf(others),
  };
}
