/**
 * What must be true of the AnalysisRuns of a Rollout that has come to rest.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import { hashOf } from '../cluster/pod.ts';
import {
  canaryRuns,
  countedRuns,
  hasFailed,
  isMeasuring,
  isPausedByRun,
  isTrying,
  namedRuns,
  purposeOf,
  runsOf,
} from './runs.ts';
import { isInvalid, replicaSets, type SettledFacts } from './settled.ts';
import type { Finding } from './violation.ts';

function runs({ cluster, rollout }: SettledFacts): readonly AnalysisRun[] {
  return runsOf(cluster, rollout);
}

/** The status of a canary names runs of the present revision and step, and none when no update is under way. */
function namedRunsServeThePosition(facts: SettledFacts): Finding {
  const { status = {} } = facts.rollout;
  if (isInvalid(facts)) return null;
  for (const name of canaryRuns(status)) {
    const run = runs(facts).find(({ metadata }) => metadata.name === name);
    if (run === undefined) return `${name} is named, and there is no such run of the Rollout`;
    if (!isTrying(status)) return `${name} is named, and no update is under way`;
    const { [LABELS.podTemplateHash]: hash, [LABELS.stepIndex]: step } = run.metadata.labels ?? {};
    const isPresent = step === undefined || step === String(status.currentStepIndex);
    if (hash !== status.currentPodHash || !isPresent)
      return `${name} is named at step ${status.currentStepIndex}: ${purposeOf(run)}`;
  }
  return null;
}

/** A run that nothing waits for is asked to end. */
function strayRunsAreAskedToEnd(facts: SettledFacts): Finding {
  if (isInvalid(facts)) return null;
  const named = countedRuns(facts.rollout.status ?? {});
  const stray = runs(facts).find((run) => isMeasuring(run) && !named.includes(run.metadata.name));
  return stray === undefined ? null : `${stray.metadata.name} goes on`;
}

/** A run that failed is not named any more, because the update was aborted. */
function failedRunsAreHeeded(facts: SettledFacts): Finding {
  const named = countedRuns(facts.rollout.status ?? {});
  const failed = runs(facts).find((run) => hasFailed(run) && named.includes(run.metadata.name));
  return failed === undefined || isInvalid(facts) ? null : `${failed.metadata.name} has failed, and is named`;
}

function inconclusiveRunsPause(facts: SettledFacts): Finding {
  const { status = {}, spec } = facts.rollout;
  const named = countedRuns(status);
  const unclear = runs(facts).find((run) => run.status?.phase === 'Inconclusive' && named.includes(run.metadata.name));
  if (unclear === undefined || isInvalid(facts) || spec.paused === true) return null;
  return isPausedByRun(status) && status.phase === 'Paused'
    ? null
    : `${unclear.metadata.name} is inconclusive, and the phase is ${status.phase}`;
}

function oneRunMeasuresForEach(facts: SettledFacts): Finding {
  const measuring = isInvalid(facts) ? [] : runs(facts).filter(isMeasuring).map(purposeOf);
  const twice = measuring.find((purpose, index) => measuring.indexOf(purpose) !== index);
  return twice === undefined ? null : `two runs measure ${twice}`;
}

/** Of the runs that have ended and are not named, as many stay as the user keeps, of revisions that have a ReplicaSet. */
function runHistoryIsBounded(facts: SettledFacts): Finding {
  if (isInvalid(facts)) return null;
  const { status = {}, spec } = facts.rollout;
  const named = namedRuns(status);
  const past = runs(facts).filter((run) => isOutcome(run.status?.phase) && !named.includes(run.metadata.name));
  const hashes = new Set(replicaSets(facts).map(hashOf));
  const orphan = past.find(({ metadata }) => !hashes.has(metadata.labels?.[LABELS.podTemplateHash] ?? ''));
  if (orphan !== undefined) return `${orphan.metadata.name} stays, and its revision is gone`;
  const { successfulRunHistoryLimit = 5, unsuccessfulRunHistoryLimit = 5 } = spec.analysis ?? {};
  const successful = past.filter((run) => run.status?.phase === 'Successful').length;
  const others = past.length - successful;
  if (successful > successfulRunHistoryLimit) return `${successful} successful runs of ${successfulRunHistoryLimit}`;
  return others > unsuccessfulRunHistoryLimit ? `${others} other runs of ${unsuccessfulRunHistoryLimit}` : null;
}

export const settledRunInvariants = {
  namedRunsServeThePosition,
  strayRunsAreAskedToEnd,
  failedRunsAreHeeded,
  inconclusiveRunsPause,
  oneRunMeasuresForEach,
  runHistoryIsBounded,
} satisfies Record<string, (facts: SettledFacts) => Finding>;
