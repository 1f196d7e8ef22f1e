/**
 * What must be true of the step that a history has come to rest at.
 */
import { headerRoutesAt, scaleAt } from '../../../src/core/strategies/canary/steps.ts';
import { pauseSeconds } from '../../../src/kube/duration.ts';
import { hashOf } from '../cluster/pod.ts';
import { canaryRuleOf } from '../cluster/proxy.ts';
import { isPausedByTrial } from './trials.ts';
import { isBlockedByForeignCanary, isInvalid, ownIngresses, replicaSets, type SettledFacts } from './settled.ts';
import type { Finding } from './violation.ts';
import { canaryStrategyOf, isRouted, selectedBy } from './write-facts.ts';

/** A pause with a duration ends by itself. */
function timedPausesEnd(facts: SettledFacts): Finding {
  const { rollout } = facts;
  const { currentStepIndex = -1, pauseConditions = [], abort } = rollout.status ?? {};
  if (isInvalid(facts) || rollout.spec.paused === true || abort === true || pauseConditions.length === 0) return null;
  // A person has to judge first.
  if (isPausedByTrial(rollout.status ?? {})) return null;
  const pause = canaryStrategyOf(rollout).steps?.[currentStepIndex]?.pause;
  return pause === undefined || pauseSeconds(pause.duration) === null
    ? null
    : `it stands still at step ${currentStepIndex}, a pause of ${String(pause.duration)}`;
}

/** Requests with the header go to the canary exactly while the step says so and gives the canary pods for them. */
function headerRoutesFollowThePosition(facts: SettledFacts): Finding {
  const { cluster, rollout } = facts;
  if (isInvalid(facts) || !isRouted(rollout) || isBlockedByForeignCanary(facts)) return null;
  const { stableRS = '', currentPodHash, currentStepIndex, abort, promoteFull } = rollout.status ?? {};
  const { steps = [] } = canaryStrategyOf(rollout);
  const scale = scaleAt(steps, currentStepIndex ?? 0);
  const asksForNoPods = scale?.replicas === 0 || scale?.weight === 0;
  const isTrying = stableRS !== '' && stableRS !== currentPodHash && abort !== true && promoteFull !== true;
  const asked = isTrying && currentStepIndex !== undefined && headerRoutesAt(steps, currentStepIndex).length > 0;
  const on = ownIngresses(facts).filter((one) => canaryRuleOf(one)?.hasHeader === true);
  const [left] = on;
  if (!asked) return left === undefined ? null : `${left.metadata.name} still has a header route`;
  const canary = replicaSets(facts).find((one) => hashOf(one) === currentPodHash);
  const canServe = canary !== undefined && canary.spec.replicas !== 0 && cluster.availableOf(canary) > 0;
  // While no stable pod works the canary Service stays on a superseded canary: no other pod could answer its requests.
  const isReached = selectedBy(cluster, canaryStrategyOf(rollout).canaryService ?? '') === currentPodHash;
  const stopped = rollout.spec.paused === true || asksForNoPods || !canServe || !isReached;
  return stopped || on.length > 0 ? null : `step ${currentStepIndex} asks for a header route, and there is none`;
}

export const settledStepInvariants = { timedPausesEnd, headerRoutesFollowThePosition } satisfies Record<
  string,
  (facts: SettledFacts) => Finding
>;
