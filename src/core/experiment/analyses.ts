/**
 * The analyses of an Experiment: what their runs have come to, which runs begin now, and why one cannot (spec C.2, 5).
 */
import type { ExperimentAnalysis, ExperimentAnalysisStatus } from '../../api/schema/experiment.ts';
import type { AnalysisRun } from '../../api/schema/analysis-run.ts';
import { events } from '../../api/events.ts';
import type { CreateWrite, EventNote } from '../../kube/plan.ts';
import { ANALYSIS_RUNS } from '../../kube/resources.ts';
import { parseTime } from '../../kube/time.ts';
import { mirrorOf } from '../analysis/current-run.ts';
import type { FlattenProblem } from '../analysis/flatten.ts';
import { isOutcome } from '../analysis/phases.ts';
import { placeRun, type NameHolder } from '../analysis/run-name.ts';
import { analysisTemplateProblem, experimentRunFor } from './analysis-run.ts';
import type { ExperimentWorld } from './world.ts';

/**
 * - `waiting`: the pods are not available yet
 * - `running`: what has not begun begins
 * - `ending`: nothing begins any more
 */
export type AnalysisStage = 'waiting' | 'running' | 'ending';

export interface Analyses {
  /** In the order of the spec; those that have not begun are not in it. */
  readonly statuses: readonly ExperimentAnalysisStatus[];
  readonly creations: readonly CreateWrite[];
}

/** A template may come later in the same file as the experiment: for this long it is not reported as missing. */
const TEMPLATES_MAY_FOLLOW_MS = 10_000;

export function analysesAt(world: ExperimentWorld, stage: AnalysisStage): Analyses {
  const each = (world.experiment.spec.analyses ?? []).map((analysis) => analysisAt(world, analysis, stage));
  return {
    statuses: each.flatMap(({ status }) => status ?? []),
    creations: each.flatMap(({ creation }) => creation ?? []),
  };
}

/** Until when a missing template is waited for, in milliseconds since the epoch; `null` when none is missing. */
export function templatesMayFollowUntil(world: ExperimentWorld): number | null {
  const { spec, metadata } = world.experiment;
  const isMissing = (spec.analyses ?? []).some(
    (analysis) => (analysisTemplateProblem(world, analysis)?.missing ?? []).length > 0,
  );
  return isMissing ? (parseTime(metadata.creationTimestamp) ?? 0) + TEMPLATES_MAY_FOLLOW_MS : null;
}

export function analysisEvents(
  before: readonly ExperimentAnalysisStatus[] | undefined,
  { statuses }: Analyses,
): readonly EventNote[] {
  return statuses.flatMap(({ name, analysisRun, phase }) => {
    const former = before?.find((one) => one.name === name);
    if (former?.phase === phase && former?.analysisRun === analysisRun) return [];
    return phase === 'Running' || isOutcome(phase) ? [events.experimentRunChanged(name, analysisRun, phase)] : [];
  });
}

interface OneAnalysis {
  readonly status: ExperimentAnalysisStatus | null;
  readonly creation: CreateWrite | null;
}

function analysisAt(world: ExperimentWorld, analysis: ExperimentAnalysis, stage: AnalysisStage): OneAnalysis {
  const { name } = analysis;
  const recorded = world.experiment.status?.analysisRuns?.find((one) => one.name === name) ?? null;
  const run = recorded === null ? undefined : runNamed(world, recorded.analysisRun);
  if (run !== undefined) return only(statusOf(name, run));
  if (recorded !== null && isOutcome(recorded.phase)) return only(recorded);
  const { unreadable } = world.analysis;
  // Its run or its template may be there.
  if (unreadable !== null) {
    return only(
      recorded ?? (stage === 'ending' ? null : { name, analysisRun: '', phase: 'Pending', message: unreadable }),
    );
  }
  switch (stage) {
    case 'waiting':
      return only(withoutTemplates(world, analysis));
    case 'running':
      return begun(world, analysis);
    case 'ending': {
      const wasDeleted = recorded !== null && recorded.analysisRun !== '';
      return only(
        wasDeleted
          ? { ...recorded, phase: 'Error', message: `AnalysisRun '${recorded.analysisRun}' was deleted` }
          : null,
      );
    }
  }
}

function begun(world: ExperimentWorld, analysis: ExperimentAnalysis): OneAnalysis {
  const wanted = experimentRunFor(world, analysis);
  if ('problem' in wanted) return only(unlessItFollows(world, analysis, wanted));
  const { inTheWay, takenNames } = world.analysis;
  const holderOf = (name: string): NameHolder =>
    runNamed(world, name) ??
    inTheWay.find(({ metadata }) => metadata.name === name) ??
    (takenNames.has(name) ? 'unreadable' : undefined);
  const { name, write } = placeRun(wanted, holderOf, 'the pods of the experiment are measured from here on');
  const present = holderOf(name);
  if (present !== undefined && present !== 'unreadable') return only(statusOf(analysis.name, present));
  const refusal = world.refused.find((one) => one.write.resource === ANALYSIS_RUNS && one.write.name === name);
  if (refusal !== undefined) {
    return only({ name: analysis.name, analysisRun: '', phase: 'Pending', message: refusal.message });
  }
  return { status: { name: analysis.name, analysisRun: name, phase: 'Pending' }, creation: write };
}

function withoutTemplates(world: ExperimentWorld, analysis: ExperimentAnalysis): ExperimentAnalysisStatus | null {
  const problem = analysisTemplateProblem(world, analysis);
  return problem === null ? null : unlessItFollows(world, analysis, problem);
}

function unlessItFollows(
  world: ExperimentWorld,
  { name }: ExperimentAnalysis,
  { problem, missing }: FlattenProblem,
): ExperimentAnalysisStatus | null {
  const mayFollow = missing.length > 0 && world.now < (templatesMayFollowUntil(world) ?? 0);
  return mayFollow
    ? null
    : { name, analysisRun: '', phase: 'Error', message: `analysis '${name}' cannot run: ${problem}` };
}

function statusOf(name: string, run: AnalysisRun): ExperimentAnalysisStatus {
  const { name: analysisRun, status, message } = mirrorOf(run);
  return {
    name,
    analysisRun,
    phase: status === '' ? 'Pending' : status,
    ...(message === undefined ? {} : { message }),
  };
}

function only(status: ExperimentAnalysisStatus | null): OneAnalysis {
  return { status, creation: null };
}

function runNamed({ analysis }: ExperimentWorld, name: string): AnalysisRun | undefined {
  return analysis.runs.find(({ metadata }) => metadata.name === name);
}
