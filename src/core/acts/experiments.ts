/**
 * The Experiments of a Rollout: which one serves the step that wants it now, and what happens to all others (spec C.3).
 */
import { events } from '../../api/events.ts';
import type { Experiment } from '../../api/schema/experiment.ts';
import type { ExperimentStep } from '../../api/schema/steps.ts';
import { LABELS } from '../../api/words/labels.ts';
import type { CreateWrite, Write } from '../../kube/plan.ts';
import { EXPERIMENTS } from '../../kube/resources.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import { freeName, isStillOf, sameAmong, withoutNulls } from '../analysis/run-name.ts';
import { experimentBaseName, stepExperiment } from '../experiment/step-experiment.ts';
import type { Situation } from '../observed/situation.ts';
import { trialEndings, trialWrites, type DesiredRuns } from './analysis-runs.ts';
import { needsAttention, waitsFor, type BlockedOn } from './blocked.ts';
import { isRefused } from './failures.ts';
import { currentRevision } from './revisions.ts';

export interface ServingExperiment {
  /** What the status names; `null` while there is none. */
  readonly name: string | null;
  /** `null` when it exists. */
  readonly creation: CreateWrite | null;
  /** Why there can be none yet. */
  readonly blockedOn: BlockedOn | null;
}

/** The Experiment that the status names, as it is seen now; `null` when it names none, or when a person has deleted it. */
export function recordedExperiment({ world }: Situation, recorded: string | null): Experiment | null {
  return world.experiments.own.find(({ metadata }) => metadata.name === recorded) ?? null;
}

/** Whether the Experiment was made for the step. One of another controller says so by its name alone. */
export function isOfStep(situation: Situation, { metadata: { name, labels } }: Experiment, stepIndex: number): boolean {
  const labelled = labels?.[LABELS.stepIndex];
  if (labelled !== undefined) return labelled === String(stepIndex);
  const baseName = baseNameAt(situation, stepIndex);
  return name === baseName || name.startsWith(`${baseName}-`);
}

/** The Experiment of a step that stands now: the recorded one, one that was made for the same, or a new one. */
export function servingExperiment(
  situation: Situation,
  step: ExperimentStep,
  stepIndex: number,
  recorded: string | null,
): ServingExperiment {
  if (recordedExperiment(situation, recorded) !== null) return { name: recorded, creation: null, blockedOn: null };
  const { canary, stable, rollout, canaryHash, status, namespace, world } = situation;
  const { unreadable } = world.experiments;
  // One that is there would be made twice.
  if (unreadable !== null) return { ...nothing(needsAttention('ExperimentNotStarted', unreadable)), name: recorded };
  if (canary === null || stable === null) {
    return nothing(waitsFor('ExperimentNotStarted', 'waiting for the ReplicaSets that the experiment compares'));
  }
  const wanted = stepExperiment({
    step,
    stepIndex,
    rollout,
    stable,
    canary,
    canaryHash,
    stableHash: status.stableRS ?? '',
    revision: currentRevision(situation),
  });
  if ('problem' in wanted) return nothing(needsAttention('ExperimentNotStarted', wanted.problem));
  const baseName = baseNameAt(situation, stepIndex);
  const isSame = (present: Experiment): boolean =>
    isStillOf(present, rollout.metadata.uid) && deepEqual(withoutNulls(present.spec), withoutNulls(wanted.spec));
  const same = sameAmong(world.experiments.own, baseName, '-', isSame);
  if (same !== null) return { name: same.metadata.name, creation: null, blockedOn: null };
  const named = (asked: string): Experiment | undefined =>
    [...world.experiments.own, ...world.experiments.inTheWay].find(({ metadata }) => metadata.name === asked);
  const { name, isTaken } = freeName(baseName, '-', named, isSame);
  if (isTaken) return { name, creation: null, blockedOn: null };
  const creation: CreateWrite = {
    op: 'create',
    resource: EXPERIMENTS,
    namespace,
    name,
    body: wanted.bodyNamed(name),
    why: 'the step asks for an experiment',
    events: [events.experimentCreated(name)],
  };
  return { name: isRefused(situation, EXPERIMENTS, name) ? null : name, creation, blockedOn: null };
}

/** `desired`: what the strategy asks for; `undefined` when it never asks for any. `kept`: see `runWrites`. */
export function experimentWrites(
  situation: Situation,
  desired: DesiredRuns | undefined,
  kept: ReadonlySet<string>,
): readonly Write[] {
  return trialWrites(situation, EXPERIMENTS, situation.world.experiments.own, desired ?? NONE, kept);
}

/** Asks all Experiments to end that are not over, but for those that stay. */
export function experimentEndings({ world }: Situation, staying: ReadonlySet<string>): readonly Write[] {
  return trialEndings(EXPERIMENTS, world.experiments.own, staying);
}

const NONE: DesiredRuns = { current: new Set(), creations: [] };

function nothing(blockedOn: BlockedOn): ServingExperiment {
  return { name: null, creation: null, blockedOn };
}

function baseNameAt(situation: Situation, stepIndex: number): string {
  const { name, canaryHash } = situation;
  return experimentBaseName(name, canaryHash, currentRevision(situation), stepIndex);
}
