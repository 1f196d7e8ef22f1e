/**
 * The writes of a decision in an order that is safe to stop after any of them: capacity up, selectors, traffic, capacity
 * down, and last what affects no requests.
 */
import type { Write } from '../../kube/plan.ts';
import type { DesiredState, StrategyDecision } from '../strategies/strategy.ts';
import { runEndings, runsOfStoredStatus, runWrites } from '../acts/analysis-runs.ts';
import { experimentEndings, experimentWrites } from '../acts/experiments.ts';
import { ephemeralMetadataWrites } from '../acts/ephemeral-metadata.ts';
import { historyWrites } from '../acts/history.ts';
import { heldWhilePodsLeave } from '../acts/leaving-pods.ts';
import { specReplicasOf } from '../observed/replica-sets.ts';
import { createRevisionWrites, syncRevisionWrites } from '../acts/revisions.ts';
import { dividedRoutesWrites } from './divided-routes.ts';
import { scaleWrite } from '../acts/scale.ts';
import { releaseWrites, selectorWrites } from '../acts/services.ts';
import { heldWhileSettling } from '../acts/settling.ts';
import type { Situation } from '../observed/situation.ts';
import type { LeftoverRemoval } from './leftovers.ts';
import { workloadGenerationWrites } from '../acts/workload-generation.ts';

export interface Acts {
  /** In the order in which they are made. */
  readonly all: readonly Write[];
  /** Those of them that the Rollout needs to be as it should be. */
  readonly essential: readonly Write[];
}

export function actsOf(
  situation: Situation,
  { desired, memory, ownStatus }: Pick<StrategyDecision, 'desired' | 'memory' | 'ownStatus'>,
  leftovers: LeftoverRemoval,
): Acts {
  const { world, namespace, name } = situation;
  const revision =
    situation.canary === null
      ? createRevisionWrites(situation, desired.revisionRole, desired.initialReplicas)
      : syncRevisionWrites(situation, desired.revisionRole);
  const { growing, leading, shrinking } = movingWrites(situation, desired, leftovers);
  const kept = runsOfStoredStatus(situation, memory, ownStatus);
  const runs = [...runWrites(situation, desired.runs, kept), ...experimentWrites(situation, desired.experiments, kept)];
  return {
    all: [
      ...workloadGenerationWrites(situation),
      ...dividedRoutesWrites(situation),
      ...revision,
      ...growing,
      ...leading,
      ...releaseWrites(namespace, name, world.services.values(), desired.services),
      ...shrinking,
      ...runs,
      ...ephemeralMetadataWrites(situation, desired.podRoleOf),
      ...historyWrites(situation),
    ],
    essential: [
      ...revision,
      ...growing,
      ...leading,
      ...shrinking,
      ...desired.runs.creations,
      ...(desired.experiments?.creations ?? []),
    ],
  };
}

/** Sizes and traffic, and with an abort the end of what is measured, for a Rollout whose spec cannot be followed. */
export function heldActsOf(
  situation: Situation,
  { desired, memory, ownStatus }: Pick<StrategyDecision, 'desired' | 'memory' | 'ownStatus'>,
  leftovers: LeftoverRemoval,
): Write[] {
  const { growing, leading, shrinking } = movingWrites(situation, desired, leftovers);
  const kept = runsOfStoredStatus(situation, memory, ownStatus);
  const endings = memory.abort ? [...runEndings(situation, kept), ...experimentEndings(situation, kept)] : [];
  return [...growing, ...leading, ...shrinking, ...endings];
}

function movingWrites(
  situation: Situation,
  desired: DesiredState,
  leftovers: LeftoverRemoval,
): { readonly growing: Write[]; readonly leading: Write[]; readonly shrinking: Write[] } {
  const settled = heldWhileSettling(situation, leftovers.settledAt, desired.sizes);
  const sizes = heldWhilePodsLeave(situation, settled).flatMap((size) => {
    const write = scaleWrite(situation, size);
    return write === null ? [] : [{ write, grows: size.replicas > specReplicasOf(size.replicaSet) }];
  });
  const selectors = selectorWrites(situation, desired.selectors);
  return {
    growing: sizes.filter(({ grows }) => grows).map(({ write }) => write),
    leading: [
      ...selectors,
      ...desired.trafficWrites,
      // Requests return from the leftovers to where the Services lead now.
      ...(selectors.length > 0 ? [] : leftovers.writes),
    ],
    shrinking: sizes.filter(({ grows }) => !grows).map(({ write }) => write),
  };
}
