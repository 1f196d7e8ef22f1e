/**
 * What must be true of the AnalysisRuns and Experiments of a Rollout that has come to rest.
 */
import { LABELS } from '../../../src/api/words/labels.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import { hashOf } from '../cluster/pod.ts';
import { isInvalid, replicaSets, type SettledFacts } from './settled.ts';
import {
  aboutAny,
  countedIn,
  hasFailed,
  isGoingOn,
  isPausedByTrial,
  isTrying,
  namedIn,
  purposeOf,
  trialsOf,
  type TrialKind,
} from './trials.ts';
import type { Finding } from './violation.ts';

/** A finding about either kind of trial, of a Rollout whose spec can be rolled out. */
function ofValid(facts: SettledFacts, find: (kind: TrialKind) => Finding): Finding {
  return isInvalid(facts) ? null : aboutAny(find);
}

/** The status of a canary names trials of the present revision and step, and none when no update is under way. */
function namedTrialsServeThePosition(facts: SettledFacts): Finding {
  const { status = {} } = facts.rollout;
  return ofValid(facts, (kind) => {
    for (const name of kind.ofCanary(status)) {
      const trial = trialsOf(facts.cluster, facts.rollout, kind).find(({ metadata }) => metadata.name === name);
      if (trial === undefined) return `${name} is named, and the Rollout has no such ${kind.resource.kind}`;
      if (!isTrying(status)) return `${name} is named, and no update is under way`;
      const { [LABELS.podTemplateHash]: hash, [LABELS.stepIndex]: step } = trial.metadata.labels ?? {};
      const isPresent = step === undefined || step === String(status.currentStepIndex);
      if (hash !== status.currentPodHash || !isPresent)
        return `${name} is named at step ${status.currentStepIndex}: ${purposeOf(trial)}`;
    }
    return null;
  });
}

/** One that nothing waits for is asked to end: nothing is left running after a promotion or an abort. */
function strayTrialsAreAskedToEnd(facts: SettledFacts): Finding {
  return ofValid(facts, (kind) => {
    const named = countedIn(facts.rollout.status ?? {}, kind);
    const stray = trialsOf(facts.cluster, facts.rollout, kind).find(
      (one) => isGoingOn(one) && !named.includes(one.metadata.name),
    );
    return stray === undefined ? null : `${stray.metadata.name} goes on`;
  });
}

/** One that failed is not named any more, because the update was aborted. */
function failedTrialsAreHeeded(facts: SettledFacts): Finding {
  return ofValid(facts, (kind) => {
    const named = countedIn(facts.rollout.status ?? {}, kind);
    const failed = trialsOf(facts.cluster, facts.rollout, kind).find(
      (one) => hasFailed(one) && named.includes(one.metadata.name),
    );
    return failed === undefined ? null : `${failed.metadata.name} has failed, and is named`;
  });
}

function inconclusiveTrialsPause(facts: SettledFacts): Finding {
  const { status = {}, spec } = facts.rollout;
  if (spec.paused === true) return null;
  return ofValid(facts, (kind) => {
    const named = countedIn(status, kind);
    const unclear = trialsOf(facts.cluster, facts.rollout, kind).find(
      (one) => one.status?.phase === 'Inconclusive' && named.includes(one.metadata.name),
    );
    if (unclear === undefined) return null;
    return isPausedByTrial(status) && status.phase === 'Paused'
      ? null
      : `${unclear.metadata.name} is inconclusive, and the phase is ${status.phase}`;
  });
}

function oneTrialGoesOnForEach(facts: SettledFacts): Finding {
  return ofValid(facts, (kind) => {
    const purposes = trialsOf(facts.cluster, facts.rollout, kind).filter(isGoingOn).map(purposeOf);
    const twice = purposes.find((purpose, index) => purposes.indexOf(purpose) !== index);
    return twice === undefined ? null : `two are for ${twice}`;
  });
}

/** Of those that have ended and are not named, as many stay as the user keeps, of revisions that have a ReplicaSet. */
function trialHistoryIsBounded(facts: SettledFacts): Finding {
  const { status = {}, spec } = facts.rollout;
  return ofValid(facts, (kind) => {
    const named = namedIn(status, kind);
    const past = trialsOf(facts.cluster, facts.rollout, kind).filter(
      (one) => isOutcome(one.status?.phase) && !named.includes(one.metadata.name),
    );
    const hashes = new Set(replicaSets(facts).map(hashOf));
    const orphan = past.find(({ metadata }) => !hashes.has(metadata.labels?.[LABELS.podTemplateHash] ?? ''));
    if (orphan !== undefined) return `${orphan.metadata.name} stays, and its revision is gone`;
    const { successfulRunHistoryLimit = 5, unsuccessfulRunHistoryLimit = 5 } = spec.analysis ?? {};
    const successful = past.filter((one) => one.status?.phase === 'Successful').length;
    const others = past.length - successful;
    if (successful > successfulRunHistoryLimit)
      return `${successful} successful ${kind.resource.plural} of ${successfulRunHistoryLimit}`;
    return others > unsuccessfulRunHistoryLimit
      ? `${others} other ${kind.resource.plural} of ${unsuccessfulRunHistoryLimit}`
      : null;
  });
}

export const settledTrialInvariants = {
  namedTrialsServeThePosition,
  strayTrialsAreAskedToEnd,
  failedTrialsAreHeeded,
  inconclusiveTrialsPause,
  oneTrialGoesOnForEach,
  trialHistoryIsBounded,
} satisfies Record<string, (facts: SettledFacts) => Finding>;
