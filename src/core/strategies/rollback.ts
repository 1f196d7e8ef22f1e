/**
 * Whether the present template is one that ran before, and how recently (spec 5.9). Age is creation
 * time, not revision number: going back gives an old ReplicaSet a new number. What a rollback may skip
 * is decided by the strategy.
 */
import { ANNOTATIONS } from '../../api/labels.ts';
import type { Memory } from '../rollout/memory.ts';
import { createdAt } from '../rollout/replica-sets.ts';
import type { Situation } from '../rollout/situation.ts';

/** The canary is older than the stable revision: its template ran before. */
export function isRollback({ canary, stable }: Situation): boolean {
  return canary !== null && stable !== null && canary !== stable && createdAt(canary) < createdAt(stable);
}

/** The canary is older than the stable revision, with fewer than `rollbackWindow.revisions` others made in between. */
export function isWithinRollbackWindow(situation: Situation): boolean {
  const { canary, stable } = situation;
  const window = situation.rollout.spec.rollbackWindow?.revisions ?? 0;
  if (canary === null || stable === null || !isRollback(situation) || window <= 0) return false;
  const from = createdAt(canary);
  const to = createdAt(stable);
  const between = situation.all.filter(
    (one) =>
      createdAt(one) > from &&
      createdAt(one) < to &&
      one.metadata.annotations?.[ANNOTATIONS.experimentName] === undefined,
  );
  return between.length < window;
}

/** How a rollout ended, as its duration tells it (spec 9.3). `fast`: this pass promotes a revision that skipped what others wait for. */
export function rollbackKind(
  situation: Situation,
  before: Memory,
  after: Memory,
  fast: boolean,
): 'none' | 'plain' | 'fast' {
  if (after.stableRS !== situation.canaryHash) return 'none';
  if (before.stableRS === after.stableRS) {
    // A first deploy is stable before its pods are there; only another revision can have been interrupted.
    if (situation.retired.length === 0) return 'none';
    return before.promoteFull ? 'fast' : 'plain';
  }
  return fast ? 'fast' : 'none';
}
