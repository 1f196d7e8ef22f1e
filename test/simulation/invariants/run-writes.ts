/**
 * What must be true of every write about an AnalysisRun, and of every status write that names one or leaves one behind.
 */
import type { AnalysisRun } from '../../../src/api/schema/analysis-run.ts';
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import { requestedAnalysis } from '../../../src/core/analysis/template-problem.ts';
import { isWithinRollbackWindow } from '../../../src/core/strategies/rollback.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import { deepEqual } from '../../../src/kube/merge-patch.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { ANALYSIS_RUNS, ROLLOUTS } from '../../../src/kube/resources.ts';
import { rolloutOf } from './settled.ts';
import { isStatusWrite, reportedStatus } from './plans.ts';
import { canaryRuns, hasFailed, isMeasuring, isPausedByRun, isTrying, namedRuns, purposeOf, runsOf } from './runs.ts';
import type { Finding } from './violation.ts';
import { canaryStrategyOf, changeOf, replicaSetOf, type WriteFacts } from './write-facts.ts';

/** The run before the write, when the write is about a run that exists. */
function writtenRun({ made: { write, before, answer } }: WriteFacts): AnalysisRun | null {
  if (write.resource !== ANALYSIS_RUNS || answer.outcome !== 'made' || before === undefined) return null;
  return before as AnalysisRun;
}

function madeRun({ made: { write, answer } }: WriteFacts): AnalysisRun | null {
  if (write.resource !== ANALYSIS_RUNS || write.op !== 'create' || answer.outcome !== 'made') return null;
  return answer.object as AnalysisRun;
}

function foreignRunsAreLeftAlone(facts: WriteFacts): Finding {
  const run = writtenRun(facts);
  const isOwn = run === null || isControlledBy(run, facts.made.world.rollout.metadata.uid);
  return isOwn ? null : `${facts.made.write.op} of ${run.metadata.name}: ${facts.made.write.why}`;
}

/** What a run measures is its own business: it is only asked to end. */
function runsAreOnlyAskedToEnd({ made: { write } }: WriteFacts): Finding {
  if (write.resource !== ANALYSIS_RUNS || write.op !== 'patch') return null;
  const { metadata: _version, ...patch } = write.patch;
  return deepEqual(patch, { spec: { terminate: true } }) ? null : `a patch of ${write.name}: ${JSON.stringify(patch)}`;
}

/** What the status names is heeded later, so it must not come to what a termination makes of it, and it is not removed. */
function namedRunsAreLeftAlone(facts: WriteFacts): Finding {
  const run = writtenRun(facts);
  const { cluster, made } = facts;
  if (run === null || made.author !== 'serin') return null;
  const { status = {} } = rolloutOf(cluster, made.world.rollout.metadata.name);
  // A person may have written a name since it was decided.
  const isKnown = canaryRuns(made.world.rollout.status ?? {}).includes(run.metadata.name);
  return isKnown && canaryRuns(status).includes(run.metadata.name)
    ? `${made.write.op} of ${run.metadata.name}, which the status names: ${made.write.why}`
    : null;
}

/** History is about runs that have ended. */
function onlyEndedRunsAreDeleted(facts: WriteFacts): Finding {
  const run = writtenRun(facts);
  if (run === null || facts.made.write.op !== 'delete' || isOutcome(run.status?.phase)) return null;
  return `${run.metadata.name} is ${run.status?.phase ?? 'new'}`;
}

/** No run is made while another one measures the same for the same, unless a person has changed what is to be measured. */
function nothingIsMeasuredTwice(facts: WriteFacts): Finding {
  const run = madeRun(facts);
  const { cluster, made } = facts;
  if (run === null || made.author !== 'serin') return null;
  const twin = runsOf(cluster, made.world.rollout).find(
    (one) =>
      one.metadata.uid !== run.metadata.uid &&
      isMeasuring(one) &&
      purposeOf(one) === purposeOf(run) &&
      deepEqual(one.spec, run.spec),
  );
  return twin === undefined ? null : `${run.metadata.name} beside ${twin.metadata.name}`;
}

/** Runs are made for the revision on trial, for the step that it stands at, and not before the starting step. */
function runsAreMadeWhereTheyAreAskedFor(facts: WriteFacts): Finding {
  const run = madeRun(facts);
  const { made } = facts;
  if (run === null || made.author !== 'serin') return null;
  const { rollout } = made.world;
  const status = { ...rollout.status, ...reportedStatus(made.plan) };
  const labels = run.metadata.labels ?? {};
  if (!isTrying(status)) return `${run.metadata.name}, and no update is under way`;
  if (rollout.spec.paused === true) return `${run.metadata.name}, while the user pauses`;
  if (labels[LABELS.podTemplateHash] !== status.currentPodHash) return `${run.metadata.name} is of another revision`;
  const { steps = [], analysis } = canaryStrategyOf(rollout);
  const { currentStepIndex = steps.length } = status;
  const isStep = labels[LABELS.rolloutType] === 'Step';
  if (isStep && labels[LABELS.stepIndex] !== String(currentStepIndex))
    return `${purposeOf(run)} at ${currentStepIndex}`;
  if (isStep) return null;
  const { startingStep = 0 } = analysis ?? {};
  return currentStepIndex >= startingStep
    ? null
    : `${run.metadata.name} at step ${currentStepIndex}, and it starts at step ${startingStep}`;
}

export interface Heard {
  readonly before: RolloutStatus;
  readonly after: RolloutStatus;
  readonly runs: ReadonlyMap<string, AnalysisRun>;
}

/** A status write about an update that was under way and still is the same, with the runs that it was decided on. */
export function heard(facts: WriteFacts): Heard | null {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  const { world } = facts.made;
  if (change === null || !isStatusWrite(facts.made.write) || !isTrying(change.before.status ?? {})) return null;
  const [before, after] = [change.before.status ?? {}, change.after.status ?? {}];
  if (before.currentPodHash !== after.currentPodHash || before.currentStepHash !== after.currentStepHash) return null;
  // Where the stable revision is gone, or was never known, the one that serves takes its place.
  if (replicaSetOf(facts.cluster, before.stableRS ?? '') === undefined) return null;
  if (isWithinRollbackWindow(situationOf(world)) || isInvalid(after)) return null;
  return { before, after, runs: new Map(world.analysis.runs.map((run) => [run.metadata.name, run])) };
}

function isInvalid({ message = '', conditions }: RolloutStatus): boolean {
  const isWaiting = conditions?.some(({ reason }) => reason === 'ReferencesNotReady') === true;
  return message.startsWith('InvalidSpec') || isWaiting;
}

/** A step with an analysis is passed by a Successful run of that step and revision, which was named while it measured and which we have not asked to end. */
function analysisStepsPassOnSuccess(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null) return null;
  const { before, after, runs } = told;
  const { currentStepIndex: from, currentPodHash } = before;
  const step = canaryStrategyOf(facts.made.world.rollout).steps?.[from ?? -1];
  const isPassed = from !== undefined && after.abort !== true && after.currentStepIndex === from + 1;
  if (!isPassed || requestedAnalysis(step?.analysis) === null) return null;
  const name = before.canary?.currentStepAnalysisRunStatus?.name;
  const run = runs.get(name ?? '');
  const { labels = {} } = run?.metadata ?? {};
  if (run?.status?.phase !== 'Successful') return `step ${from} passes with ${name}: ${run?.status?.phase}`;
  if (labels[LABELS.podTemplateHash] !== currentPodHash || labels[LABELS.stepIndex] !== String(from))
    return `step ${from} passes with ${run.metadata.name}, made for ${purposeOf(run)}`;
  return facts.ledger.wasCutShort(run.metadata.uid) ? `step ${from} passes with a run that was cut short` : null;
}

/** A run that the status has begun to name has not ended yet: old results are not heeded anew. */
function namedRunsAreFresh(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null) return null;
  const former = namedRuns(told.before);
  const stale = namedRuns(told.after).find(
    (name) => !former.includes(name) && isOutcome(told.runs.get(name)?.status?.phase),
  );
  return stale === undefined ? null : `it names ${stale}, which had ended before`;
}

/** Another owner's run may have the name that a new run was to get. */
function onlyOwnRunsAreNamed(facts: WriteFacts): Finding {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  if (change === null || facts.made.author !== 'serin') return null;
  const named = namedRuns(change.after.status ?? {});
  const foreign = facts.made.world.analysis.inTheWay.find(
    (run) => named.includes(run.metadata.name) && !isControlledBy(run, change.after.metadata.uid),
  );
  return foreign === undefined ? null : `${foreign.metadata.name} is named, and belongs to another owner`;
}

/** A failed run ends the update in the look that sees it, unless a person has moved it away from the run, or tries again. */
function failedRunsGiveTheCanaryUp(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null || told.before.abortedAt !== undefined || told.after.abort === true) return null;
  const failed = canaryRuns(told.before).find((name) => {
    const run = told.runs.get(name);
    const step = run?.metadata.labels?.[LABELS.stepIndex];
    return hasFailed(run) && (step === undefined || step === String(told.before.currentStepIndex));
  });
  return failed === undefined ? null : `${failed} has failed, and the update goes on`;
}

/** While a run that shows nothing pauses no step completes, and only a person ends the pause. */
function inconclusivePauseLasts(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null || told.after.abort === true) return null;
  const { before, after } = told;
  if (!isPausedByRun(before)) return null;
  if (!isPausedByRun(after)) return 'the pause of an inconclusive run is over, and no person has ended it';
  return before.currentStepIndex === after.currentStepIndex || (before.currentStepIndex ?? 0) < 0
    ? null
    : `from step ${before.currentStepIndex} to ${after.currentStepIndex}`;
}

/** Whatever a run came to after it was asked to end: what is promoted stays promoted. */
function promotedMeansNoAbort(facts: WriteFacts): Finding {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  const [before, after] = [change?.before.status ?? {}, change?.after.status ?? {}];
  const { stableRS = '', currentPodHash } = after;
  return after.abort === true && before.abort !== true && stableRS !== '' && stableRS === currentPodHash
    ? `${stableRS} is stable, and aborted`
    : null;
}

export const runWriteInvariants = {
  foreignRunsAreLeftAlone,
  runsAreOnlyAskedToEnd,
  namedRunsAreLeftAlone,
  onlyEndedRunsAreDeleted,
  nothingIsMeasuredTwice,
  runsAreMadeWhereTheyAreAskedFor,
  analysisStepsPassOnSuccess,
  namedRunsAreFresh,
  onlyOwnRunsAreNamed,
  failedRunsGiveTheCanaryUp,
  inconclusivePauseLasts,
  promotedMeansNoAbort,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
