/** The canary as the rest of the core knows it. */
import type { Rollout } from '../../../api/schema/rollout.ts';
import type { RolloutStatus } from '../../../api/schema/status.ts';
import type { Situation } from '../../observed/situation.ts';
import type { Strategy, StrategyView } from '../strategy.ts';
import { pauseEnd } from './pauses.ts';
import { canarySpecOf } from './canary-spec.ts';
import { decideCanary } from './canary.ts';
import { holdCanary } from './held.ts';
import { CANARY_FIELDS } from './memory.ts';
import { weightAt } from './steps.ts';

export const canaryStrategy: Strategy = {
  name: 'canary',
  decide: decideCanary,
  hold: holdCanary,
  ownFields: CANARY_FIELDS,
  view,
  skipSteps,
  pausesAgain,
};

function view(situation: Situation): StrategyView {
  const { steps, maxWeight } = canarySpecOf(situation);
  const { currentStepIndex: stepsDone = 0, pauseConditions = [] } = situation.status;
  const [step, pause] = [steps[stepsDone], pauseConditions[0]];
  const pauses = step?.pause !== undefined && pause !== undefined && isUnderWay(situation);
  return {
    steps,
    stepsDone,
    pauseEndsAt: pauses ? pauseEnd(step, pause.startTime) : null,
    totalWeight: maxWeight,
    askedWeight: stepsDone < steps.length ? (weightAt(steps, stepsDone) ?? 0) : maxWeight,
    rolesOf: (hash) => (hash === situation.canaryHash && hash !== situation.status.stableRS ? ['canary'] : []),
  };
}

/** A status of another template says nothing about the steps of this one, and an abort gives them all up. */
function isUnderWay({ status, canaryHash }: Situation): boolean {
  return status.currentPodHash === canaryHash && status.stableRS !== canaryHash && status.abort !== true;
}

function skipSteps({ spec, status }: Rollout, skipped: number): RolloutStatus {
  const count = spec.strategy?.canary?.steps?.length ?? 0;
  return count === 0 ? {} : { currentStepIndex: Math.min((status?.currentStepIndex ?? 0) + skipped, count) };
}

/** Its analysis has come to no conclusion, and would not come to another one. */
function pausesAgain({ status = {} }: Rollout): boolean {
  const run = status.canary?.currentStepAnalysisRunStatus;
  return status.controllerPause === true && run?.status === 'Inconclusive';
}
