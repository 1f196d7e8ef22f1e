/**
 * The AnalysisRuns of a Rollout: which run serves an analysis that is wanted now, and what happens to all others. One
 * place creates, adopts, terminates and removes them (spec B.8).
 */
import type { RolloutAnalysis } from '../../api/schema/analysis.ts';
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import type { RolloutStatus } from '../../api/schema/status.ts';
import { LABELS } from '../../api/words/labels.ts';
import type { CreateWrite, Write } from '../../kube/plan.ts';
import { ANALYSIS_RUNS, type Resource } from '../../kube/resources.ts';
import { deepEqual } from '../../kube/merge-patch.ts';
import { isTerminating as isBeingDeleted } from '../../kube/terminating.ts';
import { mirrorOf, type RunMirror } from '../analysis/current-run.ts';
import { findTemplateIn } from '../analysis/gather-templates.ts';
import { analysisRunFor, type RunPurpose } from '../analysis/rollout-run.ts';
import { runsToDelete, runsToTerminate, type Trial } from '../analysis/run-history.ts';
import { placeRun, sameRunAmong, type NameHolder } from '../analysis/run-name.ts';
import { deleteRun, terminateRun } from '../analysis/run-writes.ts';
import { recall, remembersTheSame, type Memory } from '../observed/memory.ts';
import { recordedExperimentNames, recordedRunNames } from '../observed/recorded-runs.ts';
import type { Situation } from '../observed/situation.ts';
import type { RolloutWorld } from '../observed/world.ts';
import { needsAttention, type BlockedOn } from './blocked.ts';
import { isRefused } from './failures.ts';
import { currentRevision } from './revisions.ts';

/** What the strategy needs measured now. */
export interface WantedAnalysis {
  readonly purpose: RunPurpose;
  readonly analysis: RolloutAnalysis;
  /** The run that the status names for it; `null` when it names none. */
  readonly recorded: RunMirror | null;
}

/** The runs that are wanted now, as the strategy decided. */
export interface DesiredRuns {
  /** Names; all others that have not finished are asked to end. */
  readonly current: ReadonlySet<string>;
  readonly creations: readonly CreateWrite[];
}

export interface ServingRun {
  /** What the status shows of the run; `null` while there is none. */
  readonly mirror: RunMirror | null;
  /** `null` when it exists. */
  readonly creation: CreateWrite | null;
  /** Why there can be no run yet. */
  readonly blockedOn: BlockedOn | null;
}

/** The run that the status names, as it is seen now; `null` when it names none, or when a person has deleted it. */
export function recordedRun({ world }: Situation, recorded: RunMirror | null): AnalysisRun | null {
  return (recorded === null ? undefined : runNamed(world, recorded.name)) ?? null;
}

/**
 * Why that run may be there although it is not seen, or, when the status names none, one that was made for the same;
 * `null` when it is seen, or known to be gone.
 */
export function unseenRun({ world }: Situation, recorded: RunMirror | null): BlockedOn | null {
  const { unreadable } = world.analysis;
  const isSeen = recorded !== null && runNamed(world, recorded.name) !== undefined;
  return unreadable === null || isSeen ? null : needsAttention('AnalysisNotStarted', unreadable);
}

/** The run for an analysis that is wanted now: the recorded one, one that was made for the same, or a new one. */
export function servingRun(situation: Situation, { purpose, analysis, recorded }: WantedAnalysis): ServingRun {
  const run = recordedRun(situation, recorded);
  if (run !== null) return { mirror: mirrorOf(run), creation: null, blockedOn: null };
  const unseen = unseenRun(situation, recorded);
  if (unseen !== null) return { mirror: recorded, creation: null, blockedOn: unseen };
  const { world, rollout, canaryHash, status } = situation;
  const request = {
    purpose,
    analysis,
    rollout,
    hash: canaryHash,
    revision: currentRevision(situation),
    stableHash: status.stableRS ?? '',
    instanceId: rollout.metadata.labels?.[LABELS.instanceId] ?? null,
  };
  const wanted = analysisRunFor(request, findTemplateIn(world));
  if ('problem' in wanted) {
    return { mirror: null, creation: null, blockedOn: needsAttention('AnalysisNotStarted', wanted.problem) };
  }
  const same = sameRunAmong(world.analysis.runs, wanted);
  if (same !== null) return { mirror: mirrorOf(same), creation: null, blockedOn: null };
  const named = (name: string) => runNamed(world, name) ?? world.analysis.inTheWay.find(hasName(name));
  const holderOf = (name: string): NameHolder =>
    named(name) ?? (world.analysis.takenNames.has(name) ? 'unreadable' : undefined);
  const { name, write } = placeRun(wanted, holderOf, 'the rollout is measured from here on');
  const exists = named(name);
  if (exists !== undefined) return { mirror: mirrorOf(exists), creation: null, blockedOn: null };
  return {
    mirror: isRefused(situation, ANALYSIS_RUNS, name) ? null : { name, status: '' },
    creation: write,
    blockedOn: null,
  };
}

/** In this order: what is needed is made before what is not needed ends. `kept`: runs that neither end nor are removed in this look. */
export function runWrites(situation: Situation, desired: DesiredRuns, kept: ReadonlySet<string>): readonly Write[] {
  return trialWrites(situation, ANALYSIS_RUNS, situation.world.analysis.runs, desired, kept);
}

/** The same for AnalysisRuns and for Experiments; `trials` are those that the Rollout controls. */
export function trialWrites(
  { all, rollout }: Situation,
  resource: Resource,
  trials: readonly Trial[],
  { current, creations }: DesiredRuns,
  kept: ReadonlySet<string>,
): readonly Write[] {
  const staying = current.union(kept);
  const hashes = new Set(
    all
      .filter((one) => !isBeingDeleted(one))
      .flatMap(({ metadata }) => metadata.labels?.[LABELS.podTemplateHash] ?? []),
  );
  return [
    ...creations,
    ...trialEndings(resource, trials, staying),
    ...runsToDelete(trials, staying, hashes, rollout.spec.analysis).map((one) =>
      deleteRun(one, 'the history keeps no more of them', resource),
    ),
  ];
}

/** Asks all runs to end that have not finished, but for those that stay. */
export function runEndings({ world }: Situation, staying: ReadonlySet<string>): readonly Write[] {
  return trialEndings(ANALYSIS_RUNS, world.analysis.runs, staying);
}

/** The same for AnalysisRuns and for Experiments. */
export function trialEndings(
  resource: Resource,
  trials: readonly Trial[],
  staying: ReadonlySet<string>,
): readonly Write[] {
  return runsToTerminate(trials, staying).map((one) =>
    terminateRun(one, 'the rollout does not need its result', resource),
  );
}

/**
 * The runs and Experiments that the stored status names, as long as it does not say what this look has decided: if its
 * write is lost, the next look needs them again, and a run that was ended would say that it was successful.
 */
export function runsOfStoredStatus(
  { rollout }: Situation,
  memory: Memory,
  ownStatus: RolloutStatus,
): ReadonlySet<string> {
  const stored = rollout.status ?? {};
  const namesIn = (status: RolloutStatus) => [...recordedRunNames(status), ...recordedExperimentNames(status)];
  const names = namesIn(stored);
  const isWritten = deepEqual(names, namesIn(ownStatus)) && remembersTheSame(recall(stored), memory);
  return new Set(isWritten ? [] : names);
}

function runNamed({ analysis }: RolloutWorld, name: string): AnalysisRun | undefined {
  return analysis.runs.find(hasName(name));
}

function hasName(name: string): (run: AnalysisRun) => boolean {
  return ({ metadata }) => metadata.name === name;
}
