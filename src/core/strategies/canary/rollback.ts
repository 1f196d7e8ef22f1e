/**
 * Whether the present template is one that ran before, and how recently (spec 5.9). Age is creation
 * time, not revision number: going back gives an old ReplicaSet a new number.
 */
import { ANNOTATIONS } from '../../../api/labels.ts';
import { createdAt } from '../../rollout/replica-sets.ts';
import type { Situation } from '../../rollout/situation.ts';

/** The canary is older than the stable revision, with fewer than `rollbackWindow.revisions` others made in between. */
export function isWithinRollbackWindow(situation: Situation): boolean {
  const { canary, stable } = situation;
  const window = situation.rollout.spec.rollbackWindow?.revisions ?? 0;
  if (canary === null || stable === null || canary === stable || window <= 0) return false;
  const from = createdAt(canary);
  const to = createdAt(stable);
  if (from >= to) return false;
  const between = situation.all.filter(
    (one) =>
      createdAt(one) > from &&
      createdAt(one) < to &&
      one.metadata.annotations?.[ANNOTATIONS.experimentName] === undefined,
  );
  return between.length < window;
}
