/**
 * What must be true of every status write: the position moves step by step, and commands of users are
 * obeyed or overtaken by later ones, never lost.
 */
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import type { CanaryStep } from '../../../src/api/schema/steps.ts';
import { requestedAnalysis } from '../../../src/core/analysis/template-problem.ts';
import { scaleAt, weightAt } from '../../../src/core/strategies/canary/steps.ts';
import { canaryIngressName, stableIngressNames } from '../../../src/core/traffic/nginx/ingress.ts';
import { ingressesIn } from '../../../src/core/traffic/nginx/observed.ts';
import { pauseSeconds } from '../../../src/kube/duration.ts';
import { ROLLOUTS } from '../../../src/kube/resources.ts';
import { parseTime } from '../../../src/kube/time.ts';
import { hashOf } from '../cluster/pod.ts';
import { canaryRuleOf } from '../cluster/proxy.ts';
import type { Finding } from './violation.ts';
import {
  blueGreenStrategyOf,
  canaryStrategyOf,
  changeOf,
  isBlueGreen,
  isRouted,
  replicaSetOf,
  type WriteFacts,
} from './write-facts.ts';

interface Transition {
  readonly before: RolloutStatus;
  readonly after: RolloutStatus;
  readonly steps: readonly CanaryStep[];
}

function transitionOf(facts: WriteFacts): Transition | null {
  const { write, world } = facts.made;
  if (write.op !== 'patch' || write.subresource !== 'status') return null;
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  if (change === null) return null;
  return {
    before: change.before.status ?? {},
    after: change.after.status ?? {},
    steps: canaryStrategyOf(world.rollout).steps ?? [],
  };
}

function isReset({ before, after }: Transition): boolean {
  return before.currentPodHash !== after.currentPodHash || before.currentStepHash !== after.currentStepHash;
}

function isPromoted({ after }: Transition): boolean {
  return after.stableRS !== undefined && after.stableRS !== '' && after.stableRS === after.currentPodHash;
}

/** A step is neither skipped nor repeated unless a user says so, or the rollout starts over. */
function stepsMoveOneByOne(facts: WriteFacts): Finding {
  const transition = transitionOf(facts);
  if (transition === null) return null;
  const { before, after, steps } = transition;
  const [written, to] = [before.currentStepIndex, after.currentStepIndex];
  // A person may write any number.
  const from = written === undefined ? undefined : Math.max(0, written);
  if (to === written || to === from || from === undefined || isReset(transition) || isPromoted(transition)) return null;
  if (to === undefined) return steps.length === 0 ? null : `from ${from} to nowhere`;
  if (to === steps.length && (before.promoteFull === true || isGoingBack(facts) || from > steps.length)) return null;
  if (to === 0 && after.abort === true) return null;
  if (to === from + 1) return stepIsIncomplete(facts, transition, from);
  return `from ${from} to ${to}`;
}

/** A window for rollbacks makes older revisions skip the steps. */
function isGoingBack(facts: WriteFacts): boolean {
  return (facts.made.world.rollout.spec.rollbackWindow?.revisions ?? 0) > 0;
}

function stepIsIncomplete(facts: WriteFacts, { before, steps }: Transition, index: number): Finding {
  const step = steps[index];
  if (step === undefined) return `step ${index} does not exist`;
  if (step.pause !== undefined) return pauseIsNotOver(facts, before, step, index);
  return step.setWeight === undefined ? null : weightIsNotInForce(facts, steps, index);
}

function pauseIsNotOver(facts: WriteFacts, before: RolloutStatus, step: CanaryStep, index: number): Finding {
  if (facts.ledger.resumed) return null;
  const pause = before.pauseConditions?.find((one) => one.reason === 'CanaryPauseStep');
  const since = parseTime(pause?.startTime);
  if (since === null) return `pause ${index} ended before it began`;
  const seconds = pauseSeconds(step.pause?.duration);
  if (seconds === null) return `pause ${index} ended and nobody ended it`;
  const lasted = (facts.made.world.now - since) / 1000;
  return lasted > seconds ? null : `pause ${index} ended after ${lasted} s`;
}

function weightIsNotInForce(facts: WriteFacts, steps: readonly CanaryStep[], index: number): Finding {
  const { cluster, made } = facts;
  const { rollout } = made.world;
  if (!isRouted(rollout) || cluster.isShaken() || facts.ledger.wasUpheaved('replicas', 60_000)) return null;
  if (facts.ledger.wasUpheaved('routing', 60_000)) return null;
  const wanted = weightAt(steps, index) ?? 0;
  const canary = made.world.replicaSets.find((one) => hashOf(one) === rollout.status?.currentPodHash);
  // A step may ask for a weight while setCanaryScale asks for no pods: then no request is sent to them.
  if (asksForNoPods(steps, index)) return null;
  if ((canary?.spec?.replicas ?? 0) === 0 || (canary?.status?.availableReplicas ?? 0) === 0) return null;
  // The same plan may have taken the last of them.
  if (replicaSetOf(cluster, rollout.status?.currentPodHash ?? '')?.spec.replicas === 0) return null;
  const { canaryService = '', trafficRouting } = canaryStrategyOf(rollout);
  const names = stableIngressNames(trafficRouting?.nginx ?? {}).map((name) =>
    canaryIngressName(rollout.metadata.name, name),
  );
  // What was seen when it was decided: the same plan may bring about the next step's weight.
  const weights = names
    .flatMap((name) => ingressesIn(made.world).get(name) ?? [])
    .map(canaryRuleOf)
    .filter((rule) => rule?.service === canaryService)
    .map((rule) => rule?.weight ?? 0);
  const wrong = weights.find((weight) => weight !== wanted);
  if (weights.length > 0 && wrong === undefined) return null;
  return `step ${index} asks for ${wanted}, and the canary Ingresses say ${weights.join(', ')}`;
}

function asksForNoPods(steps: readonly CanaryStep[], index: number): boolean {
  const scale = scaleAt(steps, index);
  return scale?.replicas === 0 || scale?.weight === 0;
}

function abortIsObeyedOrOvertaken(facts: WriteFacts): Finding {
  const transition = transitionOf(facts);
  if (transition === null || transition.before.abort !== true || transition.after.abort === true) return null;
  const overtaken =
    isReset(transition) || isPromoted(transition) || transition.before.promoteFull === true || isGoingBack(facts);
  return overtaken ? null : 'the abort is gone';
}

function fullPromotionIsObeyedOrOvertaken(facts: WriteFacts): Finding {
  const transition = transitionOf(facts);
  if (transition === null || transition.before.promoteFull !== true || transition.after.promoteFull === true)
    return null;
  return isReset(transition) || isPromoted(transition) ? null : 'the full promotion is gone';
}

/** A pause that a user has removed does not begin again at the same step. */
function resumeIsObeyedOrOvertaken(facts: WriteFacts): Finding {
  const transition = transitionOf(facts);
  if (transition === null || isReset(transition)) return null;
  const { before, after } = transition;
  const resumed = before.controllerPause === true && (before.pauseConditions ?? []).length === 0;
  const pausedAgain = (after.pauseConditions ?? []).length > 0 && after.currentStepIndex === before.currentStepIndex;
  const movedAway = before.canary?.pausedStepIndex !== before.currentStepIndex;
  return resumed && pausedAgain && !movedAway ? `step ${String(after.currentStepIndex)} is paused again` : null;
}

/** What a person has approved before the switch of blue-green stays approved until it has happened, or is not asked for any more. */
function approvalIsKept(facts: WriteFacts): Finding {
  const transition = transitionOf(facts);
  if (transition === null || !isBlueGreen(facts.made.world.rollout) || isReset(transition)) return null;
  const { before, after } = transition;
  const isApproved = before.controllerPause === true && (before.pauseConditions ?? []).length === 0;
  const hasMoved = after.blueGreen?.activeSelector === after.currentPodHash;
  if (!isApproved || hasMoved || !isApprovalOfTheSwitch(facts, before)) return null;
  if (after.controllerPause === true || isPromoted(transition) || after.abort === true) return null;
  const grows = after.blueGreen?.scaleUpPreviewCheckPoint === true;
  return grows || isAskedNoMore(facts, before) ? null : 'nobody remembers that it was approved';
}

/** And not of a run that showed nothing. */
function isApprovalOfTheSwitch(facts: WriteFacts, { blueGreen = {}, currentPodHash }: RolloutStatus): boolean {
  const { prePromotionAnalysis } = blueGreenStrategyOf(facts.made.world.rollout);
  const { prePromotionAnalysisRunStatus: pre, postPromotionAnalysisRunStatus: post, activeSelector } = blueGreen;
  if (pre?.status === 'Inconclusive' || post?.status === 'Inconclusive') return false;
  if (activeSelector === currentPodHash) return false;
  return requestedAnalysis(prePromotionAnalysis) === null || pre?.status === 'Successful';
}

function isAskedNoMore(facts: WriteFacts, before: RolloutStatus): boolean {
  const { autoPromotionEnabled, autoPromotionSeconds = 0 } = blueGreenStrategyOf(facts.made.world.rollout);
  const byItself = autoPromotionEnabled !== false && autoPromotionSeconds <= 0;
  return byItself || before.promoteFull === true || before.blueGreen?.fastRollback === true || isGoingBack(facts);
}

export const statusWriteInvariants = {
  stepsMoveOneByOne,
  abortIsObeyedOrOvertaken,
  fullPromotionIsObeyedOrOvertaken,
  resumeIsObeyedOrOvertaken,
  approvalIsKept,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
