/**
 * What keeps a canary rollout from moving, in a sentence for a person. It names what the other files
 * decided and decides nothing itself.
 */
import type { TrafficSplit } from '../../traffic/router.ts';
import { blocked, waitsFor, type BlockedOn } from '../../rollout/blocked.ts';
import type { Memory } from '../../rollout/memory.ts';
import type { Split } from '../../rollout/replica-arithmetic.ts';
import { availableReplicasOf, statusReplicasOf } from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';
import { formatTime } from '../../../kube/time.ts';
import { pauseEnd } from './advance.ts';
import type { CanarySpec } from './canary-spec.ts';
import { canBePromoted, meetsThreshold } from './sizes.ts';

export interface WaitFacts {
  readonly desired: Split;
  readonly wanted: TrafficSplit;
  readonly splitInForce: boolean;
  /** What keeps the traffic from being as wanted. */
  readonly trafficBlockedOn: BlockedOn | null;
}

export function waitOf(situation: Situation, spec: CanarySpec, memory: Memory, facts: WaitFacts): BlockedOn | null {
  if (situation.rollout.spec.paused === true) {
    return blocked('PausedByUser', 'paused by spec.paused, set it to false to go on');
  }
  const pause = pauseWait(spec, memory);
  if (pause !== null) return pause;
  if (facts.trafficBlockedOn !== null) return facts.trafficBlockedOn;
  if (memory.abort) return null;
  const available = availableReplicasOf(situation.canary);
  if (memory.stableRS === situation.canaryHash) {
    return available < situation.replicas
      ? waitsFor(
          'StablePodsNotAvailable',
          `${available} of ${situation.replicas} pods are available, waiting for ${situation.replicas}`,
        )
      : null;
  }
  const pods = podsWait(situation, spec, memory, facts.desired);
  if (pods !== null) return pods;
  return facts.splitInForce
    ? null
    : waitsFor('TrafficNotInForce', `waiting for weight ${facts.wanted.weight} to be on the canary Ingress`);
}

/** Everything that keeps the pods from being as the position asks, in the order in which it is judged (spec 5.6, 4.11). */
function podsWait(situation: Situation, spec: CanarySpec, memory: Memory, desired: Split): BlockedOn | null {
  const { canary, stable, replicas } = situation;
  const available = availableReplicasOf(canary);
  const done = memory.currentStepIndex === null || memory.currentStepIndex >= spec.steps.length;
  const needed = done ? replicas : desired.canary;
  const { replicaProgressThreshold: threshold } = spec.strategy;
  const enough = done ? canBePromoted(spec, situation) : meetsThreshold(spec, canary, desired.canary);
  if (!enough && available < needed) {
    return waitsFor(
      'CanaryPodsNotAvailable',
      `${available} of ${replicas} canary pods are available, waiting for ${needed}`,
    );
  }
  if (!enough) {
    const until =
      threshold === undefined ? `until ${needed} are left` : `for the ${threshold.value} of replicaProgressThreshold`;
    return waitsFor('CanaryPodsNotAvailable', `${available} canary pods are available, waiting ${until}`);
  }
  if (!spec.routed && situation.retired.some((one) => availableReplicasOf(one) > 0)) {
    return waitsFor('RetiredPodsRemain', 'waiting for the pods of earlier revisions to be gone');
  }
  const standing = statusReplicasOf(stable);
  return !done && !spec.dynamicStableScale && standing !== desired.stable
    ? waitsFor('StablePodsNotAvailable', `there are ${standing} stable pods, waiting for ${desired.stable}`)
    : null;
}

function pauseWait(spec: CanarySpec, memory: Memory): BlockedOn | null {
  const pause = memory.pauseConditions[0];
  if (pause === undefined) return null;
  const index = memory.currentStepIndex;
  const step = index === null ? undefined : spec.steps[index];
  if (pause.reason !== 'CanaryPauseStep' || step === undefined || index === null) {
    return blocked('PausedAtStep', `paused since ${pause.startTime} (${pause.reason}), promote to go on`);
  }
  const end = pauseEnd(step, pause.startTime);
  return end === null
    ? blocked('PausedAtStep', `paused at step ${index + 1} since ${pause.startTime}, promote to go on`)
    : blocked('PausedAtStep', `paused at step ${index + 1} until ${formatTime(end)}`);
}
