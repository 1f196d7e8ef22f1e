/**
 * The phase of an Experiment, from what its templates and its analyses have come to (spec C.2, 6).
 */
import type { Experiment, ExperimentAnalysisStatus, TemplateStatus } from '../../api/schema/experiment.ts';
import { EXPERIMENT_PHASES, type ExperimentPhase } from '../../api/words/reasons.ts';
import { isBad, isOutcome, isWorse } from '../analysis/phases.ts';

export interface Verdict {
  readonly phase: ExperimentPhase;
  readonly message: string;
}

/**
 * A phase that is over stays. `templates` are all of the spec; an analysis that has not begun is not among `analyses`.
 * `isOver`: the duration has passed, or the experiment was asked to end.
 */
export function phaseOf(
  { spec, status }: Experiment,
  templates: readonly TemplateStatus[],
  analyses: readonly ExperimentAnalysisStatus[],
  isOver: boolean,
): Verdict {
  const before = EXPERIMENT_PHASES.find((one) => one === status?.phase);
  if (before !== undefined && isOutcome(before)) return { phase: before, message: status?.message ?? '' };
  return (
    lostTemplate(templates) ??
    badAnalysis(analyses) ??
    requiredDone(spec, analyses) ??
    (isOver ? templatesDone(spec, analyses) : null) ?? {
      phase: isUnderWay(status, templates) ? 'Running' : 'Pending',
      message: waitsFor(templates, analyses),
    }
  );
}

/** All pods were available at the same time, now or before. */
export function isUnderWay(status: Experiment['status'], templates: readonly TemplateStatus[]): boolean {
  return status?.availableAt !== undefined || templates.every((one) => one.status === 'Running');
}

function lostTemplate(templates: readonly TemplateStatus[]): Verdict | null {
  for (const phase of ['Error', 'Failed'] as const) {
    const lost = templates.find(({ status }) => status === phase);
    if (lost !== undefined) return { phase, message: lost.message ?? `Template '${lost.name}' is ${phase}` };
  }
  return null;
}

/** The worst of them, and of equals the first. */
function badAnalysis(analyses: readonly ExperimentAnalysisStatus[]): Verdict | null {
  let worst: Verdict | null = null;
  for (const { name, phase, message } of analyses) {
    if (!isOutcome(phase) || !isBad(phase) || (worst !== null && !isWorse(phase, worst.phase))) continue;
    worst = { phase, message: message ?? `Analysis '${name}' is ${phase}` };
  }
  return worst;
}

function requiredDone(spec: Experiment['spec'], analyses: readonly ExperimentAnalysisStatus[]): Verdict | null {
  const required = requiredOf(spec);
  const isDone = required.every((name) => analyses.some((one) => one.name === name && one.phase === 'Successful'));
  return required.length > 0 && isDone ? { phase: 'Successful', message: 'Required AnalysisRuns completed' } : null;
}

/** Required analyses are waited for, others are not. When a person ends the experiment, none begins that has not begun. */
function templatesDone(spec: Experiment['spec'], analyses: readonly ExperimentAnalysisStatus[]): Verdict | null {
  const isTerminated = spec.terminate === true;
  const missing = requiredOf(spec).find((name) => {
    const begun = analyses.find((one) => one.name === name);
    return begun === undefined ? !isTerminated : !isOutcome(begun.phase);
  });
  return missing === undefined
    ? { phase: 'Successful', message: isTerminated ? 'ended by spec.terminate' : '' }
    : { phase: 'Running', message: `waiting for required analysis '${missing}'` };
}

function requiredOf({ analyses = [] }: Experiment['spec']): readonly string[] {
  return analyses.filter(({ requiredForCompletion }) => requiredForCompletion === true).map(({ name }) => name);
}

/** What holds it up, where something says so: a wait for pods is no news. */
function waitsFor(templates: readonly TemplateStatus[], analyses: readonly ExperimentAnalysisStatus[]): string {
  const refusedRun = analyses.find(({ analysisRun, message }) => analysisRun === '' && message !== undefined);
  return templates.find(({ message }) => message !== undefined)?.message ?? refusedRun?.message ?? '';
}
