/**
 * Revisions that are not needed any more and stay for a while, so that a rollback is quick: the delay of a retired
 * revision, and that of an aborted one (spec 5.4, 5.12). The strategy decides whether one is still needed.
 */
import type { ReplicaSet } from '../../kube/objects.ts';
import {
  hasScaleDownDeadline,
  scaleDownDeadlineOf,
  specReplicasOf,
  stayingReplicasOf,
} from '../observed/replica-sets.ts';
import type { SizeDecision } from '../acts/scale.ts';
import type { Situation } from '../observed/situation.ts';

export interface Scaling {
  readonly decisions: readonly SizeDecision[];
  /** Milliseconds since the epoch at which a delayed scale-down is due. */
  readonly wakeAt: number | null;
}

export interface RetirementRules {
  /** Without a delay a retired revision is removed at once. */
  readonly delaySeconds: number;
  /** How many may wait at a time; `undefined`: all. */
  readonly limit: number | undefined;
}

export interface Fate {
  /** Milliseconds since the epoch, `null`: now. */
  readonly keepUntil: number | null;
  readonly why: string;
}

/** How long a revision stays that has served and is not needed any more. `waiting`: how many newer ones wait already. */
export function fateOfRetired(
  situation: Situation,
  replicaSet: ReplicaSet,
  { delaySeconds, limit }: RetirementRules,
  waiting: number,
): Fate {
  if (delaySeconds <= 0) return { keepUntil: null, why: 'a retired revision is removed at once' };
  if (limit !== undefined && waiting >= limit)
    return { keepUntil: null, why: 'more retired revisions than scaleDownDelayRevisionLimit' };
  const deadline = scaleDownDeadlineOf(replicaSet) ?? situation.now + delaySeconds * 1000;
  return deadline <= situation.now
    ? { keepUntil: null, why: 'the delay of a retired revision is over' }
    : { keepUntil: deadline, why: 'keep a retired revision for its delay' };
}

/**
 * The size of the canary of an aborted rollout: as it is until stable is back and the delay is over.
 * `drained`: no request is sent to it any more. A delay of 0 keeps it for good.
 */
export function abortedSize(
  situation: Situation,
  canary: ReplicaSet,
  delaySeconds: number,
  drained: boolean,
): { readonly decision: SizeDecision; readonly wakeAt: number | null } {
  const size = specReplicasOf(canary);
  const keep = (deadline?: number): SizeDecision => ({
    replicaSet: canary,
    replicas: size,
    ...(deadline === undefined ? {} : { deadline }),
    why: 'keep the aborted canary for its delay',
  });
  if (delaySeconds === 0 || size === 0) return { decision: keep(), wakeAt: null };
  const deadline = scaleDownDeadlineOf(canary);
  if (hasScaleDownDeadline(canary) && deadline !== null) {
    if (deadline > situation.now || !drained) {
      return { decision: keep(), wakeAt: Math.max(deadline, situation.now) };
    }
    return {
      decision: { replicaSet: canary, replicas: 0, why: 'the delay of the aborted canary is over' },
      wakeAt: null,
    };
  }
  const stableIsBack = stayingReplicasOf(situation.stable) >= situation.replicas;
  if (!drained || !stableIsBack) return { decision: keep(), wakeAt: null };
  const until = situation.now + delaySeconds * 1000;
  return { decision: keep(until), wakeAt: until };
}
