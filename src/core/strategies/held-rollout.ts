/**
 * How a Rollout is held whose spec cannot be followed: as a paused Rollout of the revision that was rolled out last. So
 * the strategies still decide what has to happen: sizes follow `spec.replicas`, and an abort works. What a strategy keeps
 * of its own spec is in its folder.
 */
import type { Rollout, RolloutSpec } from '../../api/schema/rollout.ts';
import type { RolloutStatus } from '../../api/schema/status.ts';
import { DEFAULTS } from '../../api/words/defaults.ts';
import { managerOf } from '../../api/words/service-manager.ts';
import type { ReplicaSet } from '../../kube/objects.ts';
import { formatTime } from '../../kube/time.ts';
import type { Memory } from '../observed/memory.ts';
import { templateHashOf } from '../observed/replica-sets.ts';
import { situationAround, type Situation } from '../observed/situation.ts';
import type { DesiredState } from './strategy.ts';

/** The situation in which the running revision is that of the present template, under the strategy and the memory given. */
export function heldSituation(
  { world, all, stable }: Situation,
  running: ReplicaSet,
  strategy: NonNullable<RolloutSpec['strategy']>,
  status: RolloutStatus,
): Situation {
  // The others need room. Where no revision is known to be stable, none of them counts as stable.
  const replicaSets = stable === null ? [running] : all;
  return situationAround({ ...world, replicaSets, rollout: pausedRollout(world.rollout, strategy, status) }, running);
}

function pausedRollout(
  rollout: Rollout,
  strategy: NonNullable<RolloutSpec['strategy']>,
  { promoteFull: _promotes, ...status }: RolloutStatus,
): Rollout {
  const { replicas, selector, template } = rollout.spec;
  return {
    ...rollout,
    spec: {
      replicas: Math.max(0, replicas ?? DEFAULTS.replicas),
      ...(selector === undefined ? {} : { selector }),
      ...(template === undefined ? {} : { template }),
      paused: true,
      strategy,
    },
    status,
  };
}

/** What is desired, without the writes that need a spec that can be followed. */
export function heldActs({ world, name, canary, stable }: Situation, desired: DesiredState): DesiredState {
  return {
    ...desired,
    // It does not say whether another revision is wanted.
    sizes: desired.sizes.filter(({ replicaSet }) => replicaSet === canary || replicaSet === stable),
    // A Service that it names may belong to another Rollout, or to none yet, and is not taken over now.
    selectors: desired.selectors.filter(({ service }) => managerOf(world.services.get(service)) === name),
  };
}

/** The memory of a Rollout that is held: what was going on, with the abort that a person asked for. */
export function heldMemory<Remembered extends Memory>(
  situation: Situation,
  running: ReplicaSet,
  was: Remembered,
  decided: Memory,
): Remembered {
  if (!isTried(situation, running)) {
    return { ...was, abortedAt: was.abort ? (was.abortedAt ?? formatTime(situation.now)) : null };
  }
  const { abort, abortedAt, pauseConditions, controllerPause } = decided;
  return { ...was, abort, abortedAt, ...(abort ? { pauseConditions, controllerPause } : {}) };
}

/** The running revision is the one on trial. That one may not exist; then the stable one is held. */
export function isTried({ rollout }: Situation, running: ReplicaSet): boolean {
  return templateHashOf(running) === rollout.status?.currentPodHash;
}

interface Delays {
  readonly scaleDownDelaySeconds?: number;
  readonly abortScaleDownDelaySeconds?: number;
}

/** Those of the delays that can be followed. */
export function delaysOf({ scaleDownDelaySeconds, abortScaleDownDelaySeconds }: Delays): Delays {
  return {
    ...(isCount(scaleDownDelaySeconds) ? { scaleDownDelaySeconds } : {}),
    ...(isCount(abortScaleDownDelaySeconds) ? { abortScaleDownDelaySeconds } : {}),
  };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && value >= 0;
}
