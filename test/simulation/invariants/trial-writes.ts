/**
 * What must be true of every write about an AnalysisRun or an Experiment, and of every status write that names one or
 * leaves one behind.
 */
import type { Rollout } from '../../../src/api/schema/rollout.ts';
import type { RolloutStatus } from '../../../src/api/schema/status.ts';
import { LABELS } from '../../../src/api/words/labels.ts';
import { isOutcome } from '../../../src/core/analysis/phases.ts';
import type { Trial } from '../../../src/core/analysis/run-history.ts';
import { isWithinRollbackWindow } from '../../../src/core/strategies/rollback.ts';
import { situationOf } from '../../../src/core/observed/situation.ts';
import { deepEqual } from '../../../src/kube/merge-patch.ts';
import { isControlledBy } from '../../../src/kube/owners.ts';
import { ROLLOUTS } from '../../../src/kube/resources.ts';
import { rolloutOf } from './settled.ts';
import { isStatusWrite, reportedStatus } from './plans.ts';
import {
  aboutAny,
  EXPERIMENTS_OF_STEPS,
  hasFailed,
  isGoingOn,
  isPausedByTrial,
  isTrying,
  namedIn,
  purposeOf,
  RUNS,
  TRIALS,
  trialsOf,
  type TrialKind,
} from './trials.ts';
import type { Finding } from './violation.ts';
import { canaryStrategyOf, changeOf, replicaSetOf, type WriteFacts } from './write-facts.ts';

interface WrittenTrial {
  readonly kind: TrialKind;
  readonly trial: Trial;
}

/** The trial before the write, when the write is about one that exists. */
function writtenTrial({ made: { write, before, answer } }: WriteFacts): WrittenTrial | null {
  const kind = TRIALS.find(({ resource }) => resource === write.resource);
  if (kind === undefined || answer.outcome !== 'made' || before === undefined) return null;
  return { kind, trial: before as Trial };
}

function madeTrial({ made: { write, answer } }: WriteFacts): WrittenTrial | null {
  const kind = TRIALS.find(({ resource }) => resource === write.resource);
  if (kind === undefined || write.op !== 'create' || answer.outcome !== 'made') return null;
  return { kind, trial: answer.object as Trial };
}

function foreignTrialsAreLeftAlone(facts: WriteFacts): Finding {
  const written = writtenTrial(facts);
  const isOwn = written === null || isControlledBy(written.trial, facts.made.world.rollout.metadata.uid);
  return isOwn ? null : `${facts.made.write.op} of ${written.trial.metadata.name}: ${facts.made.write.why}`;
}

/** What a trial comes to is its own business: it is only asked to end. */
function trialsAreOnlyAskedToEnd({ made: { write } }: WriteFacts): Finding {
  if (write.op !== 'patch' || !TRIALS.some(({ resource }) => resource === write.resource)) return null;
  const { metadata: _version, ...patch } = write.patch;
  return deepEqual(patch, { spec: { terminate: true } }) ? null : `a patch of ${write.name}: ${JSON.stringify(patch)}`;
}

/** What the status names is heeded later, so it must not come to what a termination makes of it, and it is not removed. */
function namedTrialsAreLeftAlone(facts: WriteFacts): Finding {
  const written = writtenTrial(facts);
  const { cluster, made } = facts;
  if (written === null || made.author !== 'serin') return null;
  const { ofCanary } = written.kind;
  const { name } = written.trial.metadata;
  const { status = {} } = rolloutOf(cluster, made.world.rollout.metadata.name);
  // A person may have written a name since it was decided.
  const isKnown = ofCanary(made.world.rollout.status ?? {}).includes(name);
  return isKnown && ofCanary(status).includes(name)
    ? `${made.write.op} of ${name}, which the status names: ${made.write.why}`
    : null;
}

/** History is about trials that have ended. */
function onlyEndedTrialsAreDeleted(facts: WriteFacts): Finding {
  const written = writtenTrial(facts);
  if (written === null || facts.made.write.op !== 'delete') return null;
  const { metadata, status } = written.trial;
  return isOutcome(status?.phase) ? null : `${metadata.name} is ${status?.phase ?? 'new'}`;
}

/** None is made while another one shows the same for the same, unless a person has changed what is to be shown. */
function nothingIsTriedTwice(facts: WriteFacts): Finding {
  const created = madeTrial(facts);
  const { cluster, made } = facts;
  if (created === null || made.author !== 'serin') return null;
  const { trial, kind } = created;
  const twin = trialsOf(cluster, made.world.rollout, kind).find(
    (one) =>
      one.metadata.uid !== trial.metadata.uid &&
      isGoingOn(one) &&
      purposeOf(one) === purposeOf(trial) &&
      deepEqual(one.spec, trial.spec),
  );
  return twin === undefined ? null : `${trial.metadata.name} beside ${twin.metadata.name}`;
}

/** They are made for the revision on trial, for the step that it stands at, and not before the starting step. */
function trialsAreMadeWhereTheyAreAskedFor(facts: WriteFacts): Finding {
  const created = madeTrial(facts);
  const { made } = facts;
  if (created === null || made.author !== 'serin') return null;
  const { rollout } = made.world;
  const { name, labels = {} } = created.trial.metadata;
  const status = { ...rollout.status, ...reportedStatus(made.plan) };
  if (!isTrying(status)) return `${name}, and no update is under way`;
  if (rollout.spec.paused === true) return `${name}, while the user pauses`;
  if (labels[LABELS.podTemplateHash] !== status.currentPodHash) return `${name} is of another revision`;
  const { steps = [], analysis } = canaryStrategyOf(rollout);
  const { currentStepIndex = steps.length } = status;
  if (labels[LABELS.stepIndex] !== undefined) {
    const step = steps[currentStepIndex];
    const isHere = labels[LABELS.stepIndex] === String(currentStepIndex);
    return isHere && step !== undefined && created.kind.isAskedForBy(step)
      ? null
      : `${purposeOf(created.trial)} at ${currentStepIndex}`;
  }
  const { startingStep = 0 } = analysis ?? {};
  return currentStepIndex >= startingStep
    ? null
    : `${name} at step ${currentStepIndex}, and it starts at step ${startingStep}`;
}

/** What Kubernetes removes with the Rollout is what it controls. */
function trialsEndWithTheirRollout(facts: WriteFacts): Finding {
  const created = madeTrial(facts);
  const { rollout } = facts.made.world;
  return created === null || isControlledBy(created.trial, rollout.metadata.uid)
    ? null
    : `${created.trial.metadata.name} would outlive its Rollout`;
}

export interface Heard {
  readonly before: RolloutStatus;
  readonly after: RolloutStatus;
  /** Those of the kind that it was decided on, by name. */
  readonly seen: (kind: TrialKind) => ReadonlyMap<string, Trial>;
}

/** A status write about an update that was under way and still is the same, with the trials that it was decided on. */
export function heard(facts: WriteFacts): Heard | null {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  const { world } = facts.made;
  if (change === null || !isStatusWrite(facts.made.write) || !isTrying(change.before.status ?? {})) return null;
  const [before, after] = [change.before.status ?? {}, change.after.status ?? {}];
  if (before.currentPodHash !== after.currentPodHash || before.currentStepHash !== after.currentStepHash) return null;
  // Where the stable revision is gone, or was never known, the one that serves takes its place.
  if (replicaSetOf(facts.cluster, before.stableRS ?? '') === undefined) return null;
  if (isWithinRollbackWindow(situationOf(world)) || isInvalid(after)) return null;
  const seen = (kind: TrialKind) => new Map(kind.ownIn(world).map((one) => [one.metadata.name, one]));
  return { before, after, seen };
}

function isInvalid({ message = '', conditions }: RolloutStatus): boolean {
  const isWaiting = conditions?.some(({ reason }) => reason === 'ReferencesNotReady') === true;
  return message.startsWith('InvalidSpec') || isWaiting;
}

/** A step with a trial is passed by a Successful one of that step and revision, which was named while it went on and which we have not asked to end. */
function passesOnSuccess(facts: WriteFacts, kind: TrialKind): Finding {
  const told = heard(facts);
  if (told === null) return null;
  const { before, after, seen } = told;
  const { currentStepIndex: from, currentPodHash } = before;
  const step = canaryStrategyOf(facts.made.world.rollout).steps?.[from ?? -1];
  const isPassed = from !== undefined && after.abort !== true && after.currentStepIndex === from + 1;
  if (!isPassed || step === undefined || !kind.isAskedForBy(step)) return null;
  const name = kind.ofStep(before);
  const trial = seen(kind).get(name ?? '');
  const { labels = {} } = trial?.metadata ?? {};
  if (trial?.status?.phase !== 'Successful') return `step ${from} passes with ${name}: ${trial?.status?.phase}`;
  if (labels[LABELS.podTemplateHash] !== currentPodHash || labels[LABELS.stepIndex] !== String(from))
    return `step ${from} passes with ${trial.metadata.name}, made for ${purposeOf(trial)}`;
  return facts.ledger.wasCutShort(trial.metadata.uid)
    ? `step ${from} passes with ${trial.metadata.name}, which was cut short`
    : null;
}

function analysisStepsPassOnSuccess(facts: WriteFacts): Finding {
  return passesOnSuccess(facts, RUNS);
}

function experimentStepsPassOnSuccess(facts: WriteFacts): Finding {
  return passesOnSuccess(facts, EXPERIMENTS_OF_STEPS);
}

/** One that the status has begun to name has not ended yet: old results are not heeded anew. */
function namedTrialsAreFresh(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null) return null;
  return aboutAny((kind) => {
    const former = namedIn(told.before, kind);
    const stale = namedIn(told.after, kind).find(
      (name) => !former.includes(name) && isOutcome(told.seen(kind).get(name)?.status?.phase),
    );
    return stale === undefined ? null : `it names ${stale}, which had ended before`;
  });
}

/** Another owner's trial may have the name that a new one was to get. */
function onlyOwnTrialsAreNamed(facts: WriteFacts): Finding {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  if (change === null || facts.made.author !== 'serin') return null;
  return aboutAny((kind) => {
    const named = namedIn(change.after.status ?? {}, kind);
    const foreign = kind
      .inTheWayIn(facts.made.world)
      .find((one) => named.includes(one.metadata.name) && !isControlledBy(one, change.after.metadata.uid));
    return foreign === undefined ? null : `${foreign.metadata.name} is named, and belongs to another owner`;
  });
}

/** A failed one ends the update in the look that sees it, unless a person has moved it away from the trial, or tries again. */
function failedTrialsGiveTheCanaryUp(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null || told.before.abortedAt !== undefined || told.after.abort === true) return null;
  return aboutAny((kind) => {
    const failed = kind.ofCanary(told.before).find((name) => {
      const trial = told.seen(kind).get(name);
      const step = trial?.metadata.labels?.[LABELS.stepIndex];
      return hasFailed(trial) && (step === undefined || step === String(told.before.currentStepIndex));
    });
    return failed === undefined ? null : `${failed} has failed, and the update goes on`;
  });
}

/** While a trial that shows nothing pauses no step completes, and only a person ends the pause. */
function inconclusivePauseLasts(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null || told.after.abort === true) return null;
  const { before, after } = told;
  if (!isPausedByTrial(before)) return null;
  if (!isPausedByTrial(after)) return 'the pause of an inconclusive trial is over, and no person has ended it';
  return before.currentStepIndex === after.currentStepIndex || (before.currentStepIndex ?? 0) < 0
    ? null
    : `from step ${before.currentStepIndex} to ${after.currentStepIndex}`;
}

/** Whatever a trial came to after it was asked to end: what is promoted stays promoted. */
function promotedMeansNoAbort(facts: WriteFacts): Finding {
  const change = changeOf<Rollout>(facts, ROLLOUTS.plural);
  const [before, after] = [change?.before.status ?? {}, change?.after.status ?? {}];
  const { stableRS = '', currentPodHash } = after;
  return after.abort === true && before.abort !== true && stableRS !== '' && stableRS === currentPodHash
    ? `${stableRS} is stable, and aborted`
    : null;
}

/** The step that an Experiment was made for is left with it: no other one names it. */
function leftStepsNameNoExperiment(facts: WriteFacts): Finding {
  const told = heard(facts);
  if (told === null) return null;
  const { after, seen } = told;
  const name = after.canary?.currentExperiment;
  const { labels } = seen(EXPERIMENTS_OF_STEPS).get(name ?? '')?.metadata ?? {};
  const step = labels?.[LABELS.stepIndex];
  return step === undefined || step === String(after.currentStepIndex)
    ? null
    : `${name} was made for step ${step}, and the canary is at step ${after.currentStepIndex}`;
}

export const trialWriteInvariants = {
  foreignTrialsAreLeftAlone,
  trialsAreOnlyAskedToEnd,
  namedTrialsAreLeftAlone,
  onlyEndedTrialsAreDeleted,
  nothingIsTriedTwice,
  trialsAreMadeWhereTheyAreAskedFor,
  trialsEndWithTheirRollout,
  analysisStepsPassOnSuccess,
  experimentStepsPassOnSuccess,
  leftStepsNameNoExperiment,
  namedTrialsAreFresh,
  onlyOwnTrialsAreNamed,
  failedTrialsGiveTheCanaryUp,
  inconclusivePauseLasts,
  promotedMeansNoAbort,
} satisfies Record<string, (facts: WriteFacts) => Finding>;
