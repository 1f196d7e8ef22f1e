/**
 * Runs and Experiments of a Rollout that its status no longer names: which of them are ended, and which are deleted (spec
 * B.8, history).
 */
import type { RolloutSpec } from '../../api/schema/rollout.ts';
import { LABELS } from '../../api/words/labels.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { isOutcome } from './phases.ts';

const DEFAULT_HISTORY_LIMIT = 5;

/** An AnalysisRun or an Experiment. */
export interface Trial extends KubeObject {
  readonly spec: { readonly terminate?: boolean | undefined };
  readonly status?: { readonly phase?: string | undefined };
}

/** Incomplete runs that no part of the Rollout waits for, and that were not asked to end yet. `current` are the names of those in the status and of those that this look creates. */
export function runsToTerminate<One extends Trial>(runs: readonly One[], current: ReadonlySet<string>): readonly One[] {
  return runs.filter(
    (run) =>
      !current.has(run.metadata.name) &&
      !isBeingDeleted(run) &&
      !isOutcome(run.status?.phase) &&
      run.spec.terminate !== true,
  );
}

/**
 * Finished runs that the history does not keep: those of revisions without a ReplicaSet, and all but the newest
 * successful and the newest unsuccessful ones. `hashes` are those of the ReplicaSets that are not being deleted.
 */
export function runsToDelete<One extends Trial>(
  runs: readonly One[],
  current: ReadonlySet<string>,
  hashes: ReadonlySet<string>,
  limits: RolloutSpec['analysis'],
): readonly One[] {
  const past = runs.filter(
    (run) => !current.has(run.metadata.name) && !isBeingDeleted(run) && isOutcome(run.status?.phase),
  );
  const isKnown = ({ metadata }: One) => hashes.has(metadata.labels?.[LABELS.podTemplateHash] ?? '');
  const known = past.filter(isKnown).toSorted(newestFirst);
  const isSuccessful = ({ status }: One) => status?.phase === 'Successful';
  const { successfulRunHistoryLimit, unsuccessfulRunHistoryLimit } = limits ?? {};
  return [
    ...past.filter((run) => !isKnown(run)),
    ...beyond(successfulRunHistoryLimit, known.filter(isSuccessful)),
    ...beyond(
      unsuccessfulRunHistoryLimit,
      known.filter((run) => !isSuccessful(run)),
    ),
  ];
}

function beyond<One extends Trial>(limit: number | undefined, runs: readonly One[]): readonly One[] {
  return runs.slice(Math.max(0, limit ?? DEFAULT_HISTORY_LIMIT));
}

/** Creation times have whole seconds; the name only makes the order the same at every look. */
function newestFirst(a: Trial, b: Trial): number {
  const [timeA, timeB] = [a, b].map(({ metadata }) => metadata.creationTimestamp ?? '');
  if (timeA !== timeB) return (timeA ?? '') < (timeB ?? '') ? 1 : -1;
  return a.metadata.name < b.metadata.name ? 1 : -1;
}
